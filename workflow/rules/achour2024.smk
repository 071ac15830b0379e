# Achour, Malgouyres & Gerchinovitz 2024, "The Loss Landscape of Deep Linear Neural Networks: a
# Second-order Analysis".
TABLES["achour2024"] = [
    "census",
    "theorem7",
    "tightened",
    "certificates",
    "propositions",
    "polynomials",
    "balanced_flow",
    "balanced_slopes",
    "balanced_losses",
    "figure3",
    "figure4",
]
FIGURES["achour2024"] = ["balanced_flow", "figure3", "figure4"]


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
        census=report(
            "<results>/achour2024/tables/census.csv",
            caption="../report/achour2024/census.rst",
            category="achour2024",
            subcategory="Statements",
            labels={"what": "Theorem 7: totals"},
        ),
        census_printed=multiext("<results>/achour2024/tables/census", ".tex", ".md"),
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
        " --census {output.census} --pivots {output.pivots} > {log} 2>&1"


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


rule achour2024_check_propositions:
    input:
        **code("achour2024/check_propositions"),
    output:
        table=report(
            "<results>/achour2024/tables/propositions.csv",
            caption="../report/achour2024/propositions.rst",
            category="achour2024",
            subcategory="Statements",
            labels={"what": "Propositions 2, 8, 10, 11 and Lemma 16"},
        ),
        printed=multiext("<results>/achour2024/tables/propositions", ".tex", ".md"),
    log:
        "<logs>/achour2024/check_propositions.log",
    benchmark:
        "<benchmarks>/achour2024/check_propositions.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["achour2024"]["propositions"], seed=config["seed"]),
    message:
        "Check the propositions on random networks"
    shell:
        "python {input.script} {params.options} --table {output.table} > {log} 2>&1"


rule achour2024_check_polynomials:
    input:
        **code("achour2024/check_polynomials"),
    output:
        table=report(
            "<results>/achour2024/tables/polynomials.csv",
            caption="../report/achour2024/polynomials.rst",
            category="achour2024",
            subcategory="Statements",
            labels={"what": "Appendices D and E: exact polynomials"},
        ),
        printed=multiext("<results>/achour2024/tables/polynomials", ".tex", ".md"),
    log:
        "<logs>/achour2024/check_polynomials.log",
    benchmark:
        "<benchmarks>/achour2024/check_polynomials.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["achour2024"]["polynomials"], seed=config["seed"]),
    message:
        "Check the polynomials of the appendices in rational arithmetic"
    shell:
        "python {input.script} {params.options} --table {output.table} > {log} 2>&1"


rule achour2024_integrate_flow:
    input:
        **code("achour2024/integrate_flow"),
    output:
        table=report(
            "<results>/achour2024/tables/balanced_flow.csv",
            caption="../report/achour2024/balanced_flow.rst",
            category="achour2024",
            subcategory="Balanced flow",
            labels={"what": "Plateaus of the balanced flow"},
        ),
        table_printed=multiext(
            "<results>/achour2024/tables/balanced_flow", ".tex", ".md"
        ),
        slopes=report(
            "<results>/achour2024/tables/balanced_slopes.csv",
            caption="../report/achour2024/balanced_slopes.rst",
            category="achour2024",
            subcategory="Balanced flow",
            labels={"what": "How the plateaus depend on the start"},
        ),
        slopes_printed=multiext(
            "<results>/achour2024/tables/balanced_slopes", ".tex", ".md"
        ),
        losses="<results>/achour2024/tables/balanced_losses.csv",
        losses_printed=multiext(
            "<results>/achour2024/tables/balanced_losses", ".tex", ".md"
        ),
    log:
        "<logs>/achour2024/integrate_flow.log",
    benchmark:
        "<benchmarks>/achour2024/integrate_flow.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["achour2024"]["flow"], seed=config["seed"]),
    message:
        "Follow gradient flow from small balanced weights across its plateaus"
    shell:
        "python {input.script} {params.options} --table {output.table}"
        " --slopes {output.slopes} --losses {output.losses} > {log} 2>&1"


rule achour2024_plot_balanced_flow:
    input:
        **code("achour2024/plot_balanced_flow"),
        table="<results>/achour2024/tables/balanced_flow.csv",
        losses="<results>/achour2024/tables/balanced_losses.csv",
    output:
        svg=report(
            "<results>/achour2024/figures/balanced_flow.svg",
            caption="../report/achour2024/balanced_flow_figure.rst",
            category="achour2024",
            subcategory="Balanced flow",
            labels={"what": "Plateaus of the balanced flow"},
        ),
        others=multiext("<results>/achour2024/figures/balanced_flow", ".pdf", ".png"),
        csv="<results>/achour2024/figures/balanced_flow.csv",
    log:
        "<logs>/achour2024/plot_balanced_flow.log",
    benchmark:
        "<benchmarks>/achour2024/plot_balanced_flow.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the plateaus of the balanced flow"
    shell:
        "python {input.script} --table {input.table} --losses {input.losses}"
        " --output {output.csv} > {log} 2>&1"


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
