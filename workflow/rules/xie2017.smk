# Xie, Liang & Song 2017, "Diverse Neural Network Learns True Target Functions".
TABLES["xie2017"] = [
    "identities",
    "figure1",
    "figure1_blocks",
    "spectrum",
    "spectrum_totals",
    "figure2",
    "figure2_steps",
    "figure4",
    "figure4_groups",
    "figure4_relation",
    "table2",
    "theorem8",
    "theorem8_constants",
    "lemma6",
    "theorem1",
    "corollary2",
    "corollary2_slopes",
    "lemma5",
    "lemma9",
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
FIGURES["xie2017"] = ["figure1", "figure2", "figure3", "figure4", "singular_values"]


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


rule xie2017_compute_figure1:
    input:
        **code("xie2017/compute_figure1"),
    output:
        curve=report(
            "<results>/xie2017/tables/figure1.csv",
            caption="../report/xie2017/figure1.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Figure 1 as numbers"},
        ),
        curve_printed=multiext("<results>/xie2017/tables/figure1", ".tex", ".md"),
        blocks=report(
            "<results>/xie2017/tables/figure1_blocks.csv",
            caption="../report/xie2017/figure1_blocks.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Blocks of Figure 1"},
        ),
        blocks_printed=multiext(
            "<results>/xie2017/tables/figure1_blocks", ".tex", ".md"
        ),
    log:
        "<logs>/xie2017/compute_figure1.log",
    benchmark:
        "<benchmarks>/xie2017/compute_figure1.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["figure1"]),
    message:
        "Compute the eigenvalues of Figure 1"
    shell:
        "python {input.script} {params.options} --curve {output.curve}"
        " --blocks {output.blocks} > {log} 2>&1"


rule xie2017_plot_figure1:
    input:
        **code("xie2017/plot_figure1"),
        table="<results>/xie2017/tables/figure1.csv",
    output:
        svg=report(
            "<results>/xie2017/figures/figure1.svg",
            caption="../report/xie2017/figure1.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Figure 1"},
        ),
        others=multiext("<results>/xie2017/figures/figure1", ".pdf", ".png"),
        csv="<results>/xie2017/figures/figure1.csv",
    log:
        "<logs>/xie2017/plot_figure1.log",
    benchmark:
        "<benchmarks>/xie2017/plot_figure1.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw Figure 1"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"


rule xie2017_check_spectrum:
    input:
        **code("xie2017/check_spectrum"),
    output:
        table=report(
            "<results>/xie2017/tables/spectrum.csv",
            caption="../report/xie2017/spectrum.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Spectrum of the feature kernel"},
        ),
        table_printed=multiext("<results>/xie2017/tables/spectrum", ".tex", ".md"),
        totals=report(
            "<results>/xie2017/tables/spectrum_totals.csv",
            caption="../report/xie2017/spectrum_totals.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Trace of the feature kernel"},
        ),
        totals_printed=multiext(
            "<results>/xie2017/tables/spectrum_totals", ".tex", ".md"
        ),
    log:
        "<logs>/xie2017/check_spectrum.log",
    benchmark:
        "<benchmarks>/xie2017/check_spectrum.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["spectrum"]),
    message:
        "Check the spectrum of the feature kernel"
    shell:
        "python {input.script} {params.options} --table {output.table}"
        " --totals {output.totals} > {log} 2>&1"


rule xie2017_compute_figure2:
    input:
        **code("xie2017/compute_figure2"),
    output:
        curve=report(
            "<results>/xie2017/tables/figure2.csv",
            caption="../report/xie2017/figure2.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Figure 2 as numbers"},
        ),
        curve_printed=multiext("<results>/xie2017/tables/figure2", ".tex", ".md"),
        steps=report(
            "<results>/xie2017/tables/figure2_steps.csv",
            caption="../report/xie2017/figure2_steps.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Steps of Figure 2"},
        ),
        steps_printed=multiext("<results>/xie2017/tables/figure2_steps", ".tex", ".md"),
    log:
        "<logs>/xie2017/compute_figure2.log",
    benchmark:
        "<benchmarks>/xie2017/compute_figure2.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["figure2"], seed=config["seed"]),
    message:
        "Decompose the Gram matrices of Figure 2"
    shell:
        "python {input.script} {params.options} --curve {output.curve}"
        " --steps {output.steps} > {log} 2>&1"


rule xie2017_plot_figure2:
    input:
        **code("xie2017/plot_figure2"),
        table="<results>/xie2017/tables/figure2.csv",
        steps="<results>/xie2017/tables/figure2_steps.csv",
    output:
        svg=report(
            "<results>/xie2017/figures/figure2.svg",
            caption="../report/xie2017/figure2.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Figure 2"},
        ),
        others=multiext("<results>/xie2017/figures/figure2", ".pdf", ".png"),
        csv="<results>/xie2017/figures/figure2.csv",
    log:
        "<logs>/xie2017/plot_figure2.log",
    benchmark:
        "<benchmarks>/xie2017/plot_figure2.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw Figure 2"
    shell:
        "python {input.script} --table {input.table} --steps {input.steps}"
        " --output {output.csv} > {log} 2>&1"


rule xie2017_compute_figure4:
    input:
        **code("xie2017/compute_figure4"),
    output:
        points=report(
            "<results>/xie2017/tables/figure4.csv",
            caption="../report/xie2017/figure4.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Figure 4 as numbers"},
        ),
        points_printed=multiext("<results>/xie2017/tables/figure4", ".tex", ".md"),
        groups=report(
            "<results>/xie2017/tables/figure4_groups.csv",
            caption="../report/xie2017/figure4_groups.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Figure 4: means"},
        ),
        groups_printed=multiext(
            "<results>/xie2017/tables/figure4_groups", ".tex", ".md"
        ),
        relation=report(
            "<results>/xie2017/tables/figure4_relation.csv",
            caption="../report/xie2017/figure4_relation.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Figure 4: rank correlation"},
        ),
        relation_printed=multiext(
            "<results>/xie2017/tables/figure4_relation", ".tex", ".md"
        ),
    log:
        "<logs>/xie2017/compute_figure4.log",
    benchmark:
        "<benchmarks>/xie2017/compute_figure4.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["figure4"], seed=config["seed"]),
    message:
        "Measure the singular values of Figure 4"
    shell:
        "python {input.script} {params.options} --points {output.points}"
        " --groups {output.groups} --relation {output.relation} > {log} 2>&1"


rule xie2017_plot_figure4:
    input:
        **code("xie2017/plot_figure4"),
        points="<results>/xie2017/tables/figure4.csv",
        groups="<results>/xie2017/tables/figure4_groups.csv",
    output:
        svg=report(
            "<results>/xie2017/figures/figure4.svg",
            caption="../report/xie2017/figure4.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Figure 4"},
        ),
        others=multiext("<results>/xie2017/figures/figure4", ".pdf", ".png"),
        csv="<results>/xie2017/figures/figure4.csv",
    log:
        "<logs>/xie2017/plot_figure4.log",
    benchmark:
        "<benchmarks>/xie2017/plot_figure4.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw Figure 4"
    shell:
        "python {input.script} --points {input.points} --groups {input.groups}"
        " --output {output.csv} > {log} 2>&1"


rule xie2017_compute_table2:
    input:
        **code("xie2017/compute_table2"),
    output:
        runs="<results>/xie2017/data/table2_runs.parquet",
        table=report(
            "<results>/xie2017/tables/table2.csv",
            caption="../report/xie2017/table2.rst",
            category="xie2017",
            subcategory="Tables",
            labels={"what": "Table 2"},
        ),
        table_printed=multiext("<results>/xie2017/tables/table2", ".tex", ".md"),
    log:
        "<logs>/xie2017/compute_table2.log",
    benchmark:
        "<benchmarks>/xie2017/compute_table2.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["table2"], seed=config["seed"]),
    message:
        "Compute the least eigenvalues of Table 2"
    shell:
        "python {input.script} {params.options} --runs {output.runs}"
        " --table {output.table} > {log} 2>&1"


rule xie2017_check_theorem8:
    input:
        **code("xie2017/check_theorem8"),
    output:
        table=report(
            "<results>/xie2017/tables/theorem8.csv",
            caption="../report/xie2017/theorem8.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Theorem 8"},
        ),
        table_printed=multiext("<results>/xie2017/tables/theorem8", ".tex", ".md"),
        constants=report(
            "<results>/xie2017/tables/theorem8_constants.csv",
            caption="../report/xie2017/theorem8_constants.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Constant of Theorem 8"},
        ),
        constants_printed=multiext(
            "<results>/xie2017/tables/theorem8_constants", ".tex", ".md"
        ),
    log:
        "<logs>/xie2017/check_theorem8.log",
    benchmark:
        "<benchmarks>/xie2017/check_theorem8.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["theorem8"], seed=config["seed"]),
    message:
        "Compare Theorem 8 with random slices"
    shell:
        "python {input.script} {params.options} --table {output.table}"
        " --constants {output.constants} > {log} 2>&1"


rule xie2017_check_lemma6:
    input:
        **code("xie2017/check_lemma6"),
    output:
        csv=report(
            "<results>/xie2017/tables/lemma6.csv",
            caption="../report/xie2017/lemma6.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Lemma 6"},
        ),
        printed=multiext("<results>/xie2017/tables/lemma6", ".tex", ".md"),
    log:
        "<logs>/xie2017/check_lemma6.log",
    benchmark:
        "<benchmarks>/xie2017/check_lemma6.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["lemma6"], seed=config["seed"]),
    message:
        "Compare the least eigenvalue of the ideal Gram matrix with Lemma 6"
    shell:
        "python {input.script} {params.options} --output {output.csv} > {log} 2>&1"


rule xie2017_check_theorem1:
    input:
        **code("xie2017/check_theorem1"),
    output:
        csv=report(
            "<results>/xie2017/tables/theorem1.csv",
            caption="../report/xie2017/theorem1.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Theorem 1"},
        ),
        printed=multiext("<results>/xie2017/tables/theorem1", ".tex", ".md"),
    log:
        "<logs>/xie2017/check_theorem1.log",
    benchmark:
        "<benchmarks>/xie2017/check_theorem1.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["theorem1"], seed=config["seed"]),
    message:
        "Add units until s_m(D)² / n settles"
    shell:
        "python {input.script} {params.options} --output {output.csv} > {log} 2>&1"


rule xie2017_plot_singular_values:
    input:
        **code("xie2017/plot_singular_values"),
        table="<results>/xie2017/tables/theorem1.csv",
    output:
        svg=report(
            "<results>/xie2017/figures/singular_values.svg",
            caption="../report/xie2017/singular_values.rst",
            category="xie2017",
            subcategory="Figures",
            labels={"what": "Singular values against the number of units"},
        ),
        others=multiext("<results>/xie2017/figures/singular_values", ".pdf", ".png"),
        csv="<results>/xie2017/figures/singular_values.csv",
    log:
        "<logs>/xie2017/plot_singular_values.log",
    benchmark:
        "<benchmarks>/xie2017/plot_singular_values.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw singular values against the number of units"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"


rule xie2017_check_corollary2:
    input:
        **code("xie2017/check_corollary2"),
    output:
        table=report(
            "<results>/xie2017/tables/corollary2.csv",
            caption="../report/xie2017/corollary2.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Corollary 2"},
        ),
        table_printed=multiext("<results>/xie2017/tables/corollary2", ".tex", ".md"),
        slopes=report(
            "<results>/xie2017/tables/corollary2_slopes.csv",
            caption="../report/xie2017/corollary2_slopes.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Corollary 2: slopes"},
        ),
        slopes_printed=multiext(
            "<results>/xie2017/tables/corollary2_slopes", ".tex", ".md"
        ),
    log:
        "<logs>/xie2017/check_corollary2.log",
    benchmark:
        "<benchmarks>/xie2017/check_corollary2.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["corollary2"], seed=config["seed"]),
    message:
        "Measure how s_m(D)² grows with the number of samples"
    shell:
        "python {input.script} {params.options} --table {output.table}"
        " --slopes {output.slopes} > {log} 2>&1"


rule xie2017_check_lemma5:
    input:
        **code("xie2017/check_lemma5"),
    output:
        csv=report(
            "<results>/xie2017/tables/lemma5.csv",
            caption="../report/xie2017/lemma5.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Lemma 5"},
        ),
        printed=multiext("<results>/xie2017/tables/lemma5", ".tex", ".md"),
    log:
        "<logs>/xie2017/check_lemma5.log",
    benchmark:
        "<benchmarks>/xie2017/check_lemma5.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["lemma5"], seed=config["seed"]),
    message:
        "Evaluate the terms of Lemma 5"
    shell:
        "python {input.script} {params.options} --output {output.csv} > {log} 2>&1"


rule xie2017_check_lemma9:
    input:
        **code("xie2017/check_lemma9"),
    output:
        csv=report(
            "<results>/xie2017/tables/lemma9.csv",
            caption="../report/xie2017/lemma9.rst",
            category="xie2017",
            subcategory="Statements",
            labels={"what": "Lemma 9"},
        ),
        printed=multiext("<results>/xie2017/tables/lemma9", ".tex", ".md"),
    log:
        "<logs>/xie2017/check_lemma9.log",
    benchmark:
        "<benchmarks>/xie2017/check_lemma9.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["xie2017"]["lemma9"], seed=config["seed"]),
    message:
        "Compare the discrepancy of random units with Lemma 9"
    shell:
        "python {input.script} {params.options} --output {output.csv} > {log} 2>&1"
