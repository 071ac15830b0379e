# Xie, Liang & Song 2017, "Diverse Neural Network Learns True Target Functions".
TABLES["xie2017"] = [
    "identities",
    "figure3",
    "figure3_slopes",
    "table1",
    "table1_effects",
    "table1_strengths",
    "table3",
    "table3_effects",
    "table3_strengths",
    "theorem3",
    "lemma14",
]
FIGURES["xie2017"] = ["figure3"]


localrules:
    xie2017,


rule xie2017:
    input:
        "<results>/xie2017/verdicts.html",
        "<results>/xie2017/xie2017.html",


rule xie2017_check_identities:
    input:
        **code("xie2017/check_identities"),
    output:
        csv=report(
            "<results>/xie2017/tables/identities.csv",
            caption="../report/xie2017/identities.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Equations 4 to 7"},
        ),
        printed=multiext("<results>/xie2017/tables/identities", ".tex", ".md"),
    log:
        "<logs>/xie2017/check_identities.log",
    benchmark:
        "<benchmarks>/xie2017/check_identities.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["identities"], seed=config["seed"]),
    message:
        "Check equations 4 to 7 on random networks"
    shell:
        "python {input.script} {params.options} --output {output.csv} > {log} 2>&1"


rule xie2017_train_figure3:
    input:
        **code("xie2017/train_figure3"),
    output:
        "<results>/xie2017/data/figure3_runs.parquet",
    log:
        "<logs>/xie2017/train_figure3.log",
    benchmark:
        "<benchmarks>/xie2017/train_figure3.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["figure3"], seed=config["seed"]),
    message:
        "Train the networks of Figure 3"
    shell:
        "python {input.script} {params.options} --output {output} > {log} 2>&1"


rule xie2017_tabulate_figure3:
    input:
        **code("xie2017/tabulate_figure3"),
        runs="<results>/xie2017/data/figure3_runs.parquet",
    output:
        table=report(
            "<results>/xie2017/tables/figure3.csv",
            caption="../report/xie2017/figure3.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Figure 3 as numbers"},
        ),
        table_printed=multiext("<results>/xie2017/tables/figure3", ".tex", ".md"),
        slopes=report(
            "<results>/xie2017/tables/figure3_slopes.csv",
            caption="../report/xie2017/figure3_slopes.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Slopes of Figure 3"},
        ),
        slopes_printed=multiext(
            "<results>/xie2017/tables/figure3_slopes", ".tex", ".md"
        ),
    log:
        "<logs>/xie2017/tabulate_figure3.log",
    benchmark:
        "<benchmarks>/xie2017/tabulate_figure3.tsv"
    conda:
        ENVIRONMENT
    params:
        dimension=config["xie2017"]["figure3"]["dimension"],
    message:
        "Average the runs of Figure 3 and fit slopes"
    shell:
        "python {input.script} --runs {input.runs} --dimension {params.dimension}"
        " --table {output.table} --slopes {output.slopes} > {log} 2>&1"


rule xie2017_plot_figure3:
    input:
        **code("xie2017/plot_figure3"),
        table="<results>/xie2017/tables/figure3.csv",
    output:
        svg=report(
            "<results>/xie2017/figures/figure3.svg",
            caption="../report/xie2017/figure3.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Figure 3"},
        ),
        others=multiext("<results>/xie2017/figures/figure3", ".pdf", ".png"),
        csv="<results>/xie2017/figures/figure3.csv",
    log:
        "<logs>/xie2017/plot_figure3.log",
    benchmark:
        "<benchmarks>/xie2017/plot_figure3.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw Figure 3"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"


rule xie2017_train_table1:
    input:
        **code("xie2017/train_table1"),
    output:
        "<results>/xie2017/data/table1_runs_n{n}.parquet",
    log:
        "<logs>/xie2017/train_table1_n{n}.log",
    benchmark:
        "<benchmarks>/xie2017/train_table1_n{n}.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["table1"], seed=config["seed"], widths=None),
    message:
        "Train the networks of Table 1 with {wildcards.n} units"
    shell:
        "python {input.script} --width {wildcards.n} {params.options}"
        " --output {output} > {log} 2>&1"


rule xie2017_tabulate_table1:
    input:
        **code("xie2017/tabulate_table1"),
        runs=expand(
            "<results>/xie2017/data/table1_runs_n{n}.parquet",
            n=config["xie2017"]["table1"]["widths"],
        ),
    output:
        table=report(
            "<results>/xie2017/tables/table1.csv",
            caption="../report/xie2017/table1.rst",
            category="xie2017",
            subcategory="Tables",
            labels={"what": "Table 1"},
        ),
        table_printed=multiext("<results>/xie2017/tables/table1", ".tex", ".md"),
        effects=report(
            "<results>/xie2017/tables/table1_effects.csv",
            caption="../report/xie2017/table1_effects.rst",
            category="xie2017",
            subcategory="Tables",
            labels={"what": "Table 1: paired differences"},
        ),
        effects_printed=multiext(
            "<results>/xie2017/tables/table1_effects", ".tex", ".md"
        ),
        strengths=report(
            "<results>/xie2017/tables/table1_strengths.csv",
            caption="../report/xie2017/table1_strengths.rst",
            category="xie2017",
            subcategory="Tables",
            labels={"what": "Table 1: each strength"},
        ),
        strengths_printed=multiext(
            "<results>/xie2017/tables/table1_strengths", ".tex", ".md"
        ),
    log:
        "<logs>/xie2017/tabulate_table1.log",
    benchmark:
        "<benchmarks>/xie2017/tabulate_table1.tsv"
    conda:
        ENVIRONMENT
    message:
        "Choose on validation data and average the runs of Table 1"
    shell:
        "python {input.script} --runs {input.runs} --table {output.table}"
        " --effects {output.effects} --strengths {output.strengths} > {log} 2>&1"


rule xie2017_train_table3:
    input:
        **code("xie2017/train_table3"),
        data="<resources>/mnist.npz",
    output:
        "<results>/xie2017/data/table3_runs_n{n}.parquet",
    log:
        "<logs>/xie2017/train_table3_n{n}.log",
    benchmark:
        "<benchmarks>/xie2017/train_table3_n{n}.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["table3"], seed=config["seed"], widths=None),
    message:
        "Train the networks of Table 3 with {wildcards.n} units"
    shell:
        "python {input.script} --data {input.data} --width {wildcards.n} {params.options}"
        " --output {output} > {log} 2>&1"


rule xie2017_tabulate_table3:
    input:
        **code("xie2017/tabulate_table3"),
        runs=expand(
            "<results>/xie2017/data/table3_runs_n{n}.parquet",
            n=config["xie2017"]["table3"]["widths"],
        ),
    output:
        table=report(
            "<results>/xie2017/tables/table3.csv",
            caption="../report/xie2017/table3.rst",
            category="xie2017",
            subcategory="Tables",
            labels={"what": "Table 3"},
        ),
        table_printed=multiext("<results>/xie2017/tables/table3", ".tex", ".md"),
        effects=report(
            "<results>/xie2017/tables/table3_effects.csv",
            caption="../report/xie2017/table3_effects.rst",
            category="xie2017",
            subcategory="Tables",
            labels={"what": "Table 3: paired differences"},
        ),
        effects_printed=multiext(
            "<results>/xie2017/tables/table3_effects", ".tex", ".md"
        ),
        strengths=report(
            "<results>/xie2017/tables/table3_strengths.csv",
            caption="../report/xie2017/table3_strengths.rst",
            category="xie2017",
            subcategory="Tables",
            labels={"what": "Table 3: each strength"},
        ),
        strengths_printed=multiext(
            "<results>/xie2017/tables/table3_strengths", ".tex", ".md"
        ),
    log:
        "<logs>/xie2017/tabulate_table3.log",
    benchmark:
        "<benchmarks>/xie2017/tabulate_table3.tsv"
    conda:
        ENVIRONMENT
    message:
        "Choose on validation data and average the runs of Table 3"
    shell:
        "python {input.script} --runs {input.runs} --table {output.table}"
        " --effects {output.effects} --strengths {output.strengths} > {log} 2>&1"


rule xie2017_check_theorem3:
    input:
        **code("xie2017/check_theorem3"),
    output:
        csv=report(
            "<results>/xie2017/tables/theorem3.csv",
            caption="../report/xie2017/theorem3.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Theorem 3"},
        ),
        printed=multiext("<results>/xie2017/tables/theorem3", ".tex", ".md"),
    log:
        "<logs>/xie2017/check_theorem3.log",
    benchmark:
        "<benchmarks>/xie2017/check_theorem3.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["theorem3"], seed=config["seed"]),
    message:
        "Follow loss, gradient and s_m(D) along training"
    shell:
        "python {input.script} {params.options} --output {output.csv} > {log} 2>&1"


rule xie2017_check_lemma14:
    input:
        **code("xie2017/check_lemma14"),
    output:
        csv=report(
            "<results>/xie2017/tables/lemma14.csv",
            caption="../report/xie2017/lemma14.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Lemma 14"},
        ),
        printed=multiext("<results>/xie2017/tables/lemma14", ".tex", ".md"),
    log:
        "<logs>/xie2017/check_lemma14.log",
    benchmark:
        "<benchmarks>/xie2017/check_lemma14.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["lemma14"], seed=config["seed"]),
    message:
        "Compare the generalisation gap with its bound"
    shell:
        "python {input.script} {params.options} --output {output.csv} > {log} 2>&1"
