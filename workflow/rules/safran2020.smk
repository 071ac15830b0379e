# Safran, Yehudai & Shamir 2020, "The Effects of Mild Over-parameterization on the Optimization
# Landscape of Shallow ReLU Neural Networks".
TABLES["safran2020"] = [
    "theorem3",
    "theorem4",
    "shares",
    "minima",
    "norm_sums",
    "table1",
]
FIGURES["safran2020"] = ["figure1"]
SAFRAN2020_TEACHERS = [
    *config["safran2020"]["minima"]["teachers"],
    *config["safran2020"]["minima"]["larger"],
]


localrules:
    safran2020,


rule safran2020:
    input:
        "<results>/safran2020/verdicts.html",
        "<results>/safran2020/safran2020.html",


rule safran2020_check_statements:
    input:
        **code("safran2020/check_statements"),
    output:
        theorem3=report(
            "<results>/safran2020/tables/theorem3.csv",
            caption="../report/safran2020/theorem3.rst",
            category="safran2020",
            subcategory="Statements",
            labels={"what": "Theorem 3: the constant"},
        ),
        theorem3_printed=multiext("<results>/safran2020/tables/theorem3", ".tex", ".md"),
        theorem4=report(
            "<results>/safran2020/tables/theorem4.csv",
            caption="../report/safran2020/theorem4.rst",
            category="safran2020",
            subcategory="Statements",
            labels={"what": "Theorems 4, 7 and 9"},
        ),
        theorem4_printed=multiext("<results>/safran2020/tables/theorem4", ".tex", ".md"),
    log:
        "<logs>/safran2020/check_statements.log",
    benchmark:
        "<benchmarks>/safran2020/check_statements.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["safran2020"]["statements"], seed=config["seed"]),
    message:
        "Take the Hessian at and near global minima"
    shell:
        "python {input.script} {params.options} --theorem3 {output.theorem3}"
        " --theorem4 {output.theorem4} > {log} 2>&1"


rule safran2020_check_table1:
    input:
        **code("safran2020/check_table1"),
    output:
        table=report(
            "<results>/safran2020/tables/table1.csv",
            caption="../report/safran2020/table1.rst",
            category="safran2020",
            subcategory="Statements",
            labels={"what": "Table 1"},
        ),
        table_printed=multiext("<results>/safran2020/tables/table1", ".tex", ".md"),
    log:
        "<logs>/safran2020/check_table1.log",
    benchmark:
        "<benchmarks>/safran2020/check_table1.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["safran2020"]["table1"], seed=config["seed"]),
    message:
        "Try the curvature along displacements of split teachers"
    shell:
        "python {input.script} {params.options} --table {output.table} > {log} 2>&1"


rule safran2020_train_minima:
    input:
        **code("safran2020/train_minima"),
    output:
        runs="<results>/safran2020/data/runs_k{k}.parquet",
        classes="<results>/safran2020/data/classes_k{k}.parquet",
    log:
        "<logs>/safran2020/train_minima_k{k}.log",
    benchmark:
        "<benchmarks>/safran2020/train_minima_k{k}.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(
            {**config["safran2020"]["minima"], "teachers": None}, seed=config["seed"]
        ),
    message:
        "Descend with {wildcards.k} students and teachers"
    shell:
        "python {input.script} --teachers {wildcards.k} {params.options} --output {output.runs}"
        " --classes {output.classes} > {log} 2>&1"


rule safran2020_tabulate_minima:
    input:
        **code("safran2020/tabulate_minima"),
        runs=expand(
            "<results>/safran2020/data/runs_k{k}.parquet", k=SAFRAN2020_TEACHERS
        ),
        classes=expand(
            "<results>/safran2020/data/classes_k{k}.parquet", k=SAFRAN2020_TEACHERS
        ),
    output:
        shares=report(
            "<results>/safran2020/tables/shares.csv",
            caption="../report/safran2020/shares.rst",
            category="safran2020",
            subcategory="Minima",
            labels={"what": "Shares of spurious runs"},
        ),
        shares_printed=multiext("<results>/safran2020/tables/shares", ".tex", ".md"),
        minima=report(
            "<results>/safran2020/tables/minima.csv",
            caption="../report/safran2020/minima.rst",
            category="safran2020",
            subcategory="Minima",
            labels={"what": "What minima share"},
        ),
        minima_printed=multiext("<results>/safran2020/tables/minima", ".tex", ".md"),
        norm_sums=report(
            "<results>/safran2020/tables/norm_sums.csv",
            caption="../report/safran2020/norm_sums.rst",
            category="safran2020",
            subcategory="Minima",
            labels={"what": "Figure 1 as numbers"},
        ),
        norm_sums_printed=multiext(
            "<results>/safran2020/tables/norm_sums", ".tex", ".md"
        ),
    log:
        "<logs>/safran2020/tabulate_minima.log",
    benchmark:
        "<benchmarks>/safran2020/tabulate_minima.tsv"
    conda:
        ENVIRONMENT
    message:
        "Count the minima, split their units, sum their norms"
    shell:
        "python {input.script} --runs {input.runs} --classes {input.classes}"
        " --shares {output.shares} --minima {output.minima}"
        " --norm-sums {output.norm_sums} > {log} 2>&1"


rule safran2020_plot_figure1:
    input:
        **code("safran2020/plot_figure1"),
        table="<results>/safran2020/tables/norm_sums.csv",
    output:
        svg=report(
            "<results>/safran2020/figures/figure1.svg",
            caption="../report/safran2020/figure1.rst",
            category="safran2020",
            subcategory="Minima",
            labels={"what": "Figure 1"},
        ),
        others=multiext("<results>/safran2020/figures/figure1", ".pdf", ".png"),
        csv="<results>/safran2020/figures/figure1.csv",
    log:
        "<logs>/safran2020/plot_figure1.log",
    benchmark:
        "<benchmarks>/safran2020/plot_figure1.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw Figure 1"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"
