# Safran & Shamir 2018, "Spurious Local Minima are Common in Two-Layer ReLU Neural Networks".
TABLES["safran2018"] = ["table1", "classes", "certificates"]
FIGURES["safran2018"] = ["shares"]


localrules:
    safran2018,


rule safran2018:
    input:
        "<results>/safran2018/verdicts.html",
        "<results>/safran2018/safran2018.html",


rule safran2018_train_students:
    input:
        **code("safran2018/train_students"),
    output:
        runs="<results>/safran2018/data/runs.parquet",
        classes="<results>/safran2018/data/classes.parquet",
    log:
        "<logs>/safran2018/train_students.log",
    benchmark:
        "<benchmarks>/safran2018/train_students.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["safran2018"]["students"], seed=config["seed"]),
    message:
        "Descend on the population loss of ReLU networks"
    shell:
        "python {input.script} {params.options} --output {output.runs}"
        " --classes {output.classes} > {log} 2>&1"


rule safran2018_tabulate_minima:
    input:
        **code("safran2018/tabulate_minima"),
        runs="<results>/safran2018/data/runs.parquet",
        classes="<results>/safran2018/data/classes.parquet",
    output:
        table=report(
            "<results>/safran2018/tables/table1.csv",
            caption="../report/safran2018/table1.rst",
            category="safran2018",
            subcategory="Tables",
            labels={"what": "Table 1: share of spurious minima"},
        ),
        table_printed=multiext("<results>/safran2018/tables/table1", ".tex", ".md"),
        classes=report(
            "<results>/safran2018/tables/classes.csv",
            caption="../report/safran2018/classes.rst",
            category="safran2018",
            subcategory="Tables",
            labels={"what": "Classes of minima"},
        ),
        classes_printed=multiext("<results>/safran2018/tables/classes", ".tex", ".md"),
    log:
        "<logs>/safran2018/tabulate_minima.log",
    benchmark:
        "<benchmarks>/safran2018/tabulate_minima.tsv"
    conda:
        ENVIRONMENT
    message:
        "Put the shares of spurious minima beside the published ones"
    shell:
        "python {input.script} --runs {input.runs} --classes {input.classes}"
        " --table {output.table} --classes-table {output.classes} > {log} 2>&1"


rule safran2018_certify_minima:
    input:
        **code("safran2018/certify_minima"),
        classes="<results>/safran2018/data/classes.parquet",
    output:
        certificates=directory("<results>/safran2018/certificates"),
        table=report(
            "<results>/safran2018/tables/certificates.csv",
            caption="../report/safran2018/certificates.rst",
            category="safran2018",
            subcategory="Statements",
            labels={"what": "Proofs of spurious minima"},
        ),
        printed=multiext("<results>/safran2018/tables/certificates", ".tex", ".md"),
    log:
        "<logs>/safran2018/certify_minima.log",
    benchmark:
        "<benchmarks>/safran2018/certify_minima.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["safran2018"]["certificates"]),
    message:
        "Prove spurious minima in ball arithmetic"
    shell:
        "python {input.script} {params.options} --classes {input.classes}"
        " --certificates {output.certificates} --table {output.table} > {log} 2>&1"


rule safran2018_plot_shares:
    input:
        **code("safran2018/plot_shares"),
        table="<results>/safran2018/tables/table1.csv",
    output:
        svg=report(
            "<results>/safran2018/figures/shares.svg",
            caption="../report/safran2018/shares.rst",
            category="safran2018",
            subcategory="Figures",
            labels={"what": "Share of spurious minima"},
        ),
        others=multiext("<results>/safran2018/figures/shares", ".pdf", ".png"),
        csv="<results>/safran2018/figures/shares.csv",
    log:
        "<logs>/safran2018/plot_shares.log",
    benchmark:
        "<benchmarks>/safran2018/plot_shares.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the shares of spurious minima"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"
