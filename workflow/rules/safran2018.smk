# Safran & Shamir 2018, "Spurious Local Minima are Common in Two-Layer ReLU Neural Networks".
TABLES["safran2018"] = ["table1", "classes", "proofs", "proved"]
FIGURES["safran2018"] = ["shares"]
SAFRAN2018_TEACHERS = [
    *config["safran2018"]["students"]["teachers"],
    *config["safran2018"]["students"]["larger"],
]


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
        runs="<results>/safran2018/data/runs_k{k}.parquet",
        classes="<results>/safran2018/data/classes_k{k}.parquet",
    log:
        "<logs>/safran2018/train_students_k{k}.log",
    benchmark:
        "<benchmarks>/safran2018/train_students_k{k}.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(
            {**config["safran2018"]["students"], "teachers": None}, seed=config["seed"]
        ),
    message:
        "Descend on the population loss for {wildcards.k} teachers"
    shell:
        "python {input.script} --teachers {wildcards.k} {params.options}"
        " --output {output.runs} --classes {output.classes} > {log} 2>&1"


rule safran2018_certify_minima:
    input:
        **code("safran2018/certify_minima"),
        classes="<results>/safran2018/data/classes_k{k}.parquet",
    output:
        certificates=directory("<results>/safran2018/data/certificates_k{k}"),
        proofs="<results>/safran2018/data/proofs_k{k}.parquet",
    log:
        "<logs>/safran2018/certify_minima_k{k}.log",
    benchmark:
        "<benchmarks>/safran2018/certify_minima_k{k}.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["safran2018"]["certificates"]),
    message:
        "Prove in ball arithmetic that the minima for {wildcards.k} teachers are minima"
    shell:
        "python {input.script} {params.options} --classes {input.classes}"
        " --certificates {output.certificates} --proofs {output.proofs} > {log} 2>&1"


rule safran2018_tabulate_proofs:
    input:
        **code("safran2018/tabulate_proofs"),
        proofs=expand(
            "<results>/safran2018/data/proofs_k{k}.parquet", k=SAFRAN2018_TEACHERS
        ),
    output:
        table=report(
            "<results>/safran2018/tables/proofs.csv",
            caption="../report/safran2018/proofs.rst",
            category="safran2018",
            subcategory="Proofs",
            labels={"what": "Main theorem: every class"},
        ),
        printed=multiext("<results>/safran2018/tables/proofs", ".tex", ".md"),
        proved=report(
            "<results>/safran2018/tables/proved.csv",
            caption="../report/safran2018/proved.rst",
            category="safran2018",
            subcategory="Proofs",
            labels={"what": "Main theorem: classes proved"},
        ),
        proved_printed=multiext("<results>/safran2018/tables/proved", ".tex", ".md"),
    log:
        "<logs>/safran2018/tabulate_proofs.log",
    benchmark:
        "<benchmarks>/safran2018/tabulate_proofs.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(
            config["safran2018"]["certificates"],
            teachers=config["safran2018"]["students"]["teachers"],
            larger=config["safran2018"]["students"]["larger"],
        ),
    message:
        "List the proofs, and count them for each number of teachers"
    shell:
        "python {input.script} {params.options} --proofs {input.proofs}"
        " --table {output.table} --proved {output.proved} > {log} 2>&1"


rule safran2018_tabulate_minima:
    input:
        **code("safran2018/tabulate_minima"),
        runs=expand(
            "<results>/safran2018/data/runs_k{k}.parquet", k=SAFRAN2018_TEACHERS
        ),
        classes=expand(
            "<results>/safran2018/data/classes_k{k}.parquet", k=SAFRAN2018_TEACHERS
        ),
    output:
        table=report(
            "<results>/safran2018/tables/table1.csv",
            caption="../report/safran2018/table1.rst",
            category="safran2018",
            subcategory="Table",
            labels={"what": "Shares by (k, n)"},
        ),
        printed=multiext("<results>/safran2018/tables/table1", ".tex", ".md"),
        classes=report(
            "<results>/safran2018/tables/classes.csv",
            caption="../report/safran2018/classes.rst",
            category="safran2018",
            subcategory="Table",
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
        "Count spurious ends and hold them against the published table"
    shell:
        "python {input.script} --runs {input.runs} --classes {input.classes}"
        " --table {output.table} --classes-table {output.classes} > {log} 2>&1"


rule safran2018_plot_shares:
    input:
        **code("safran2018/plot_shares"),
        table="<results>/safran2018/tables/table1.csv",
    output:
        svg=report(
            "<results>/safran2018/figures/shares.svg",
            caption="../report/safran2018/shares.rst",
            category="safran2018",
            subcategory="Table",
            labels={"what": "Shares against k"},
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
        "Draw the shares of spurious ends"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"
