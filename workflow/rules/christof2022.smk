# Christof & Kowalczyk 2022, "On the Omnipresence of Spurious Local Minima in Certain Neural Network
# Training Problems".
TABLES["christof2022"] = ["minima", "fits", "losses", "shifts"]
FIGURES["christof2022"] = ["fits", "shifts"]


localrules:
    christof2022,


rule christof2022:
    input:
        "<results>/christof2022/verdicts.html",
        "<results>/christof2022/christof2022.html",


rule christof2022_certify_minima:
    input:
        **code("christof2022/certify_minima"),
    output:
        minima=report(
            "<results>/christof2022/tables/minima.csv",
            caption="../report/christof2022/minima.rst",
            category="christof2022",
            subcategory="Statements",
            labels={"what": "Spurious minima with a proof"},
        ),
        minima_printed=multiext("<results>/christof2022/tables/minima", ".tex", ".md"),
        fits=report(
            "<results>/christof2022/tables/fits.csv",
            caption="../report/christof2022/fits.rst",
            category="christof2022",
            subcategory="Figures",
            labels={"what": "A spurious minimum beside a better network, as numbers"},
        ),
        fits_printed=multiext("<results>/christof2022/tables/fits", ".tex", ".md"),
    log:
        "<logs>/christof2022/certify_minima.log",
    benchmark:
        "<benchmarks>/christof2022/certify_minima.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["christof2022"]["minima"], seed=config["seed"]),
    message:
        "Construct spurious minima and prove them"
    shell:
        "python {input.script} {params.options}"
        " --minima {output.minima} --fits {output.fits} > {log} 2>&1"


rule christof2022_check_losses:
    input:
        **code("christof2022/check_losses"),
    output:
        table=report(
            "<results>/christof2022/tables/losses.csv",
            caption="../report/christof2022/losses.rst",
            category="christof2022",
            subcategory="Statements",
            labels={"what": "Other losses"},
        ),
        printed=multiext("<results>/christof2022/tables/losses", ".tex", ".md"),
    log:
        "<logs>/christof2022/check_losses.log",
    benchmark:
        "<benchmarks>/christof2022/check_losses.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["christof2022"]["losses"], seed=config["seed"]),
    message:
        "Construct such minima for other losses"
    shell:
        "python {input.script} {params.options} --table {output.table} > {log} 2>&1"


rule christof2022_train_shifts:
    input:
        **code("christof2022/train_shifts"),
    output:
        shifts=report(
            "<results>/christof2022/tables/shifts.csv",
            caption="../report/christof2022/shifts.rst",
            category="christof2022",
            subcategory="Statements",
            labels={"what": "Runs caught, by shift of the biases"},
        ),
        shifts_printed=multiext("<results>/christof2022/tables/shifts", ".tex", ".md"),
    log:
        "<logs>/christof2022/train_shifts.log",
    benchmark:
        "<benchmarks>/christof2022/train_shifts.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["christof2022"]["shifts"], seed=config["seed"]),
    message:
        "Train from shifted biases"
    shell:
        "python {input.script} {params.options}" " --table {output.shifts} > {log} 2>&1"


rule christof2022_plot_figures:
    input:
        **code("christof2022/plot_figures"),
        fits="<results>/christof2022/tables/fits.csv",
        shifts="<results>/christof2022/tables/shifts.csv",
    output:
        fits=report(
            "<results>/christof2022/figures/fits.svg",
            caption="../report/christof2022/fits.rst",
            category="christof2022",
            subcategory="Figures",
            labels={"what": "A spurious minimum beside a better network"},
        ),
        fits_others=multiext("<results>/christof2022/figures/fits", ".pdf", ".png"),
        fits_csv="<results>/christof2022/figures/fits.csv",
        shifts=report(
            "<results>/christof2022/figures/shifts.svg",
            caption="../report/christof2022/shifts.rst",
            category="christof2022",
            subcategory="Figures",
            labels={"what": "Runs caught, by shift of the biases"},
        ),
        shifts_others=multiext("<results>/christof2022/figures/shifts", ".pdf", ".png"),
        shifts_csv="<results>/christof2022/figures/shifts.csv",
    log:
        "<logs>/christof2022/plot_figures.log",
    benchmark:
        "<benchmarks>/christof2022/plot_figures.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the figures of christof2022"
    shell:
        "python {input.script} --fits-table {input.fits} --shifts-table {input.shifts}"
        " --fits-figure {output.fits_csv} --shifts-figure {output.shifts_csv} > {log} 2>&1"
