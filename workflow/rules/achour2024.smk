# Achour, Malgouyres & Gerchinovitz 2024, "The Loss Landscape of Deep Linear Neural Networks: a
# Second-order Analysis".
TABLES["achour2024"] = [
    "theorem7",
    "tightened",
    "certificates",
    "figure3",
    "figure4",
]
FIGURES["achour2024"] = ["figure3", "figure4"]


localrules:
    achour2024,


rule achour2024:
    input:
        "<results>/achour2024/verdicts.html",
        "<results>/achour2024/achour2024.html",


rule achour2024_check_theorem7:
    input:
        **code("achour2024/check_theorem7"),
    output:
        table=report(
            "<results>/achour2024/tables/theorem7.csv",
            caption="../report/achour2024/theorem7.rst",
            category="achour2024",
            subcategory="Statements",
            labels={"what": "Theorem 7: census"},
        ),
        table_printed=multiext("<results>/achour2024/tables/theorem7", ".tex", ".md"),
        pivots=report(
            "<results>/achour2024/tables/tightened.csv",
            caption="../report/achour2024/tightened.rst",
            category="achour2024",
            subcategory="Statements",
            labels={"what": "Definition 5: tightened pivots"},
        ),
        pivots_printed=multiext("<results>/achour2024/tables/tightened", ".tex", ".md"),
    log:
        "<logs>/achour2024/check_theorem7.log",
    benchmark:
        "<benchmarks>/achour2024/check_theorem7.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["achour2024"]["theorem7"], seed=config["seed"]),
    message:
        "Classify random critical points by Theorem 7 and by their Hessians"
    shell:
        "python {input.script} {params.options} --table {output.table}"
        " --pivots {output.pivots} > {log} 2>&1"


rule achour2024_certify_points:
    input:
        **code("achour2024/certify_points"),
    output:
        certificates="<results>/achour2024/data/certificates.jsonl",
        table=report(
            "<results>/achour2024/tables/certificates.csv",
            caption="../report/achour2024/certificates.rst",
            category="achour2024",
            subcategory="Statements",
            labels={"what": "Theorem 7: exact certificates"},
        ),
        printed=multiext("<results>/achour2024/tables/certificates", ".tex", ".md"),
    log:
        "<logs>/achour2024/certify_points.log",
    benchmark:
        "<benchmarks>/achour2024/certify_points.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["achour2024"]["certificates"], seed=config["seed"]),
    message:
        "Certify critical points of every kind in rational arithmetic"
    shell:
        "python {input.script} {params.options} --certificates {output.certificates}"
        " --table {output.table} > {log} 2>&1"


rule achour2024_train_escapes:
    input:
        **code("achour2024/train_escapes"),
    output:
        escapes="<results>/achour2024/data/escapes.parquet",
        curves="<results>/achour2024/data/escape_curves.parquet",
    log:
        "<logs>/achour2024/train_escapes.log",
    benchmark:
        "<benchmarks>/achour2024/train_escapes.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["achour2024"]["escapes"], seed=config["seed"]),
    message:
        "Train away from strict and non-strict saddles"
    shell:
        "python {input.script} {params.options} --escapes {output.escapes}"
        " --curves {output.curves} > {log} 2>&1"


rule achour2024_tabulate_escapes:
    input:
        **code("achour2024/tabulate_escapes"),
        escapes="<results>/achour2024/data/escapes.parquet",
        curves="<results>/achour2024/data/escape_curves.parquet",
    output:
        table=report(
            "<results>/achour2024/tables/figure4.csv",
            caption="../report/achour2024/figure4.rst",
            category="achour2024",
            subcategory="Figures",
            labels={"what": "Figure 4 as numbers"},
        ),
        table_printed=multiext("<results>/achour2024/tables/figure4", ".tex", ".md"),
        figure3=report(
            "<results>/achour2024/tables/figure3.csv",
            caption="../report/achour2024/figure3.rst",
            category="achour2024",
            subcategory="Figures",
            labels={"what": "Figure 3 as numbers"},
        ),
        figure3_printed=multiext("<results>/achour2024/tables/figure3", ".tex", ".md"),
    log:
        "<logs>/achour2024/tabulate_escapes.log",
    benchmark:
        "<benchmarks>/achour2024/tabulate_escapes.tsv"
    conda:
        ENVIRONMENT
    params:
        batch=config["achour2024"]["escapes"]["batch"],
    message:
        "Take the quantiles of Figure 4"
    shell:
        "python {input.script} --escapes {input.escapes} --curves {input.curves}"
        " --batch {params.batch} --table {output.table} --figure3 {output.figure3} > {log} 2>&1"


rule achour2024_plot_figure3:
    input:
        **code("achour2024/plot_figure3"),
        table="<results>/achour2024/tables/figure3.csv",
    output:
        svg=report(
            "<results>/achour2024/figures/figure3.svg",
            caption="../report/achour2024/figure3.rst",
            category="achour2024",
            subcategory="Figures",
            labels={"what": "Figure 3"},
        ),
        others=multiext("<results>/achour2024/figures/figure3", ".pdf", ".png"),
        csv="<results>/achour2024/figures/figure3.csv",
    log:
        "<logs>/achour2024/plot_figure3.log",
    benchmark:
        "<benchmarks>/achour2024/plot_figure3.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw Figure 3"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"


rule achour2024_plot_figure4:
    input:
        **code("achour2024/plot_figure4"),
        table="<results>/achour2024/tables/figure4.csv",
    output:
        svg=report(
            "<results>/achour2024/figures/figure4.svg",
            caption="../report/achour2024/figure4.rst",
            category="achour2024",
            subcategory="Figures",
            labels={"what": "Figure 4"},
        ),
        others=multiext("<results>/achour2024/figures/figure4", ".pdf", ".png"),
        csv="<results>/achour2024/figures/figure4.csv",
    log:
        "<logs>/achour2024/plot_figure4.log",
    benchmark:
        "<benchmarks>/achour2024/plot_figure4.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw Figure 4"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"
