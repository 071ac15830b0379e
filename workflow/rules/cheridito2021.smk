# Cheridito, Jentzen & Rossmannek 2021, "Landscape Analysis for Shallow Neural Networks: Complete
# Classification of Critical Points for Affine Target Functions".
TABLES["cheridito2021"] = [
    "levels",
    "plateau",
    "quadratic",
    "errors",
    "roots",
    "widths",
]
FIGURES["cheridito2021"] = ["errors", "widths"]


localrules:
    cheridito2021,


rule cheridito2021:
    input:
        "<results>/cheridito2021/verdicts.html",
        "<results>/cheridito2021/cheridito2021.html",


rule cheridito2021_certify_levels:
    input:
        **code("cheridito2021/certify_levels"),
    output:
        levels=report(
            "<results>/cheridito2021/tables/levels.csv",
            caption="../report/cheridito2021/levels.rst",
            category="cheridito2021",
            subcategory="Statements",
            labels={"what": "Critical levels in exact fractions"},
        ),
        levels_printed=multiext("<results>/cheridito2021/tables/levels", ".tex", ".md"),
        plateau=report(
            "<results>/cheridito2021/tables/plateau.csv",
            caption="../report/cheridito2021/plateau.rst",
            category="cheridito2021",
            subcategory="Statements",
            labels={"what": "Constant functions: minimum or saddle"},
        ),
        plateau_printed=multiext(
            "<results>/cheridito2021/tables/plateau", ".tex", ".md"
        ),
        quadratic=report(
            "<results>/cheridito2021/tables/quadratic.csv",
            caption="../report/cheridito2021/quadratic.rst",
            category="cheridito2021",
            subcategory="Statements",
            labels={"what": "Quadratic activation: every type of critical point"},
        ),
        quadratic_printed=multiext(
            "<results>/cheridito2021/tables/quadratic", ".tex", ".md"
        ),
        errors=report(
            "<results>/cheridito2021/tables/errors.csv",
            caption="../report/cheridito2021/errors.rst",
            category="cheridito2021",
            subcategory="Figures",
            labels={"what": "Error functions as numbers"},
        ),
        errors_printed=multiext("<results>/cheridito2021/tables/errors", ".tex", ".md"),
    log:
        "<logs>/cheridito2021/certify_levels.log",
    benchmark:
        "<benchmarks>/cheridito2021/certify_levels.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["cheridito2021"]["levels"], seed=config["seed"]),
    message:
        "Certify the critical levels in exact fractions"
    shell:
        "python {input.script} {params.options}"
        " --levels {output.levels} --plateau {output.plateau}"
        " --quadratic {output.quadratic} --errors {output.errors} > {log} 2>&1"


rule cheridito2021_find_roots:
    input:
        **code("cheridito2021/find_roots"),
    output:
        roots=report(
            "<results>/cheridito2021/tables/roots.csv",
            caption="../report/cheridito2021/roots.rst",
            category="cheridito2021",
            subcategory="Statements",
            labels={"what": "Levels at zeros of the gradient"},
        ),
        roots_printed=multiext("<results>/cheridito2021/tables/roots", ".tex", ".md"),
    log:
        "<logs>/cheridito2021/find_roots.log",
    benchmark:
        "<benchmarks>/cheridito2021/find_roots.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["cheridito2021"]["roots"], seed=config["seed"]),
    message:
        "Search for zeros of the gradient"
    shell:
        "python {input.script} {params.options}" " --table {output.roots} > {log} 2>&1"


rule cheridito2021_train_widths:
    input:
        **code("cheridito2021/train_widths"),
    output:
        widths=report(
            "<results>/cheridito2021/tables/widths.csv",
            caption="../report/cheridito2021/widths.rst",
            category="cheridito2021",
            subcategory="Statements",
            labels={"what": "Runs with all neurons dead"},
        ),
        widths_printed=multiext("<results>/cheridito2021/tables/widths", ".tex", ".md"),
    log:
        "<logs>/cheridito2021/train_widths.log",
    benchmark:
        "<benchmarks>/cheridito2021/train_widths.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["cheridito2021"]["widths"], seed=config["seed"]),
    message:
        "Train networks of several widths"
    shell:
        "python {input.script} {params.options}" " --table {output.widths} > {log} 2>&1"


rule cheridito2021_plot_figures:
    input:
        **code("cheridito2021/plot_figures"),
        errors="<results>/cheridito2021/tables/errors.csv",
        widths="<results>/cheridito2021/tables/widths.csv",
    output:
        errors=report(
            "<results>/cheridito2021/figures/errors.svg",
            caption="../report/cheridito2021/errors.rst",
            category="cheridito2021",
            subcategory="Figures",
            labels={"what": "Error functions"},
        ),
        errors_others=multiext("<results>/cheridito2021/figures/errors", ".pdf", ".png"),
        errors_csv="<results>/cheridito2021/figures/errors.csv",
        widths=report(
            "<results>/cheridito2021/figures/widths.svg",
            caption="../report/cheridito2021/widths.rst",
            category="cheridito2021",
            subcategory="Figures",
            labels={"what": "Runs with all neurons dead"},
        ),
        widths_others=multiext("<results>/cheridito2021/figures/widths", ".pdf", ".png"),
        widths_csv="<results>/cheridito2021/figures/widths.csv",
    log:
        "<logs>/cheridito2021/plot_figures.log",
    benchmark:
        "<benchmarks>/cheridito2021/plot_figures.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the figures of cheridito2021"
    shell:
        "python {input.script} --errors-table {input.errors} --widths-table {input.widths}"
        " --errors-figure {output.errors_csv} --widths-figure {output.widths_csv} > {log} 2>&1"
