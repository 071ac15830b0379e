# Ergen & Pilanci 2021, "Convex Geometry and Duality of Over-parameterized Neural Networks".
TABLES["ergen2020"] = [
    "figure6",
    "line",
    "whitened",
    "solutions",
    "figure7",
    "figure11",
    "figure11_curves",
    "cutting_planes",
    "figure1a",
    "figure1a_curves",
    "spike_free",
]
FIGURES["ergen2020"] = ["figure6", "figure7", "figure11", "figure1a"]


localrules:
    ergen2020,


rule ergen2020:
    input:
        "<results>/ergen2020/verdicts.html",
        "<results>/ergen2020/ergen2020.html",


rule ergen2020_train_figure6:
    input:
        **code("ergen2020/train_figure6"),
    output:
        table=report(
            "<results>/ergen2020/tables/figure6.csv",
            caption="../report/ergen2020/figure6.rst",
            category="ergen2020",
            subcategory="Figures",
            labels={"what": "Figure 6 as numbers"},
        ),
        table_printed=multiext("<results>/ergen2020/tables/figure6", ".tex", ".md"),
    log:
        "<logs>/ergen2020/train_figure6.log",
    benchmark:
        "<benchmarks>/ergen2020/train_figure6.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["ergen2020"]["figure6"], seed=config["seed"]),
    message:
        "Train the networks of Figure 6"
    shell:
        "python {input.script} {params.options}" " --table {output.table} > {log} 2>&1"


rule ergen2020_check_duality:
    input:
        **code("ergen2020/check_duality"),
    output:
        line=report(
            "<results>/ergen2020/tables/line.csv",
            caption="../report/ergen2020/line.rst",
            category="ergen2020",
            subcategory="Statements",
            labels={"what": "Kinks at data"},
        ),
        line_printed=multiext("<results>/ergen2020/tables/line", ".tex", ".md"),
        whitened=report(
            "<results>/ergen2020/tables/whitened.csv",
            caption="../report/ergen2020/whitened.rst",
            category="ergen2020",
            subcategory="Statements",
            labels={"what": "Whitened data"},
        ),
        whitened_printed=multiext("<results>/ergen2020/tables/whitened", ".tex", ".md"),
        solutions=report(
            "<results>/ergen2020/tables/solutions.csv",
            caption="../report/ergen2020/solutions.rst",
            category="ergen2020",
            subcategory="Statements",
            labels={"what": "Two optimal networks"},
        ),
        solutions_printed=multiext(
            "<results>/ergen2020/tables/solutions", ".tex", ".md"
        ),
        figure7=report(
            "<results>/ergen2020/tables/figure7.csv",
            caption="../report/ergen2020/figure7.rst",
            category="ergen2020",
            subcategory="Figures",
            labels={"what": "Figure 7 as numbers"},
        ),
        figure7_printed=multiext("<results>/ergen2020/tables/figure7", ".tex", ".md"),
    log:
        "<logs>/ergen2020/check_duality.log",
    benchmark:
        "<benchmarks>/ergen2020/check_duality.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["ergen2020"]["duality"], seed=config["seed"]),
    message:
        "Check closed forms on a line and for whitened data"
    shell:
        "python {input.script} {params.options}"
        " --line {output.line} --whitened {output.whitened}"
        " --solutions {output.solutions} --figure7 {output.figure7} > {log} 2>&1"


rule ergen2020_train_figure11:
    input:
        **code("ergen2020/train_figure11"),
        data="<resources>/mnist.npz",
    output:
        table=report(
            "<results>/ergen2020/tables/figure11.csv",
            caption="../report/ergen2020/figure11.rst",
            category="ergen2020",
            subcategory="Figures",
            labels={"what": "Whitened images"},
        ),
        table_printed=multiext("<results>/ergen2020/tables/figure11", ".tex", ".md"),
        curves=report(
            "<results>/ergen2020/tables/figure11_curves.csv",
            caption="../report/ergen2020/figure11_curves.rst",
            category="ergen2020",
            subcategory="Figures",
            labels={"what": "Figure 11 as numbers"},
        ),
        curves_printed=multiext(
            "<results>/ergen2020/tables/figure11_curves", ".tex", ".md"
        ),
    log:
        "<logs>/ergen2020/train_figure11.log",
    benchmark:
        "<benchmarks>/ergen2020/train_figure11.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["ergen2020"]["figure11"], seed=config["seed"]),
    message:
        "Train networks with ten outputs on whitened images"
    shell:
        "python {input.script} --data {input.data} {params.options}"
        " --table {output.table} --curves {output.curves} > {log} 2>&1"


rule ergen2020_check_cutting_planes:
    input:
        **code("ergen2020/check_cutting_planes"),
    output:
        table=report(
            "<results>/ergen2020/tables/cutting_planes.csv",
            caption="../report/ergen2020/cutting_planes.rst",
            category="ergen2020",
            subcategory="Statements",
            labels={"what": "Cutting planes"},
        ),
        table_printed=multiext(
            "<results>/ergen2020/tables/cutting_planes", ".tex", ".md"
        ),
    log:
        "<logs>/ergen2020/check_cutting_planes.log",
    benchmark:
        "<benchmarks>/ergen2020/check_cutting_planes.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["ergen2020"]["cutting_planes"], seed=config["seed"]),
    message:
        "Solve the dual by cutting planes"
    shell:
        "python {input.script} {params.options}" " --table {output.table} > {log} 2>&1"


rule ergen2020_check_spike_free:
    input:
        **code("ergen2020/check_spike_free"),
    output:
        table=report(
            "<results>/ergen2020/tables/spike_free.csv",
            caption="../report/ergen2020/spike_free.rst",
            category="ergen2020",
            subcategory="Statements",
            labels={"what": "Spike-free data"},
        ),
        table_printed=multiext("<results>/ergen2020/tables/spike_free", ".tex", ".md"),
    log:
        "<logs>/ergen2020/check_spike_free.log",
    benchmark:
        "<benchmarks>/ergen2020/check_spike_free.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["ergen2020"]["spike_free"], seed=config["seed"]),
    message:
        "Check that two units suffice for spike-free data"
    shell:
        "python {input.script} {params.options}" " --table {output.table} > {log} 2>&1"


rule ergen2020_train_figure1a:
    input:
        **code("ergen2020/train_figure1a"),
    output:
        table=report(
            "<results>/ergen2020/tables/figure1a.csv",
            caption="../report/ergen2020/figure1a.rst",
            category="ergen2020",
            subcategory="Figures",
            labels={"what": "Distance to the spline"},
        ),
        table_printed=multiext("<results>/ergen2020/tables/figure1a", ".tex", ".md"),
        curves=report(
            "<results>/ergen2020/tables/figure1a_curves.csv",
            caption="../report/ergen2020/figure1a_curves.rst",
            category="ergen2020",
            subcategory="Figures",
            labels={"what": "Figure 1a as numbers"},
        ),
        curves_printed=multiext(
            "<results>/ergen2020/tables/figure1a_curves", ".tex", ".md"
        ),
    log:
        "<logs>/ergen2020/train_figure1a.log",
    benchmark:
        "<benchmarks>/ergen2020/train_figure1a.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["ergen2020"]["figure1a"], seed=config["seed"]),
    message:
        "Train networks on a line from several sizes of weights"
    shell:
        "python {input.script} {params.options}"
        " --table {output.table} --curves {output.curves} > {log} 2>&1"


rule ergen2020_plot_figure6:
    input:
        **code("ergen2020/plot_figure6"),
        table="<results>/ergen2020/tables/figure6.csv",
    output:
        svg=report(
            "<results>/ergen2020/figures/figure6.svg",
            caption="../report/ergen2020/figure6.rst",
            category="ergen2020",
            subcategory="Figures",
            labels={"what": "Figure 6"},
        ),
        others=multiext("<results>/ergen2020/figures/figure6", ".pdf", ".png"),
        csv="<results>/ergen2020/figures/figure6.csv",
    log:
        "<logs>/ergen2020/plot_figure6.log",
    benchmark:
        "<benchmarks>/ergen2020/plot_figure6.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw Figure 6"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"


rule ergen2020_plot_figure7:
    input:
        **code("ergen2020/plot_figure7"),
        table="<results>/ergen2020/tables/figure7.csv",
    output:
        svg=report(
            "<results>/ergen2020/figures/figure7.svg",
            caption="../report/ergen2020/figure7.rst",
            category="ergen2020",
            subcategory="Figures",
            labels={"what": "Figure 7"},
        ),
        others=multiext("<results>/ergen2020/figures/figure7", ".pdf", ".png"),
        csv="<results>/ergen2020/figures/figure7.csv",
    log:
        "<logs>/ergen2020/plot_figure7.log",
    benchmark:
        "<benchmarks>/ergen2020/plot_figure7.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw Figure 7"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"


rule ergen2020_plot_figure11:
    input:
        **code("ergen2020/plot_figure11"),
        table="<results>/ergen2020/tables/figure11_curves.csv",
    output:
        svg=report(
            "<results>/ergen2020/figures/figure11.svg",
            caption="../report/ergen2020/figure11_curves.rst",
            category="ergen2020",
            subcategory="Figures",
            labels={"what": "Figure 11"},
        ),
        others=multiext("<results>/ergen2020/figures/figure11", ".pdf", ".png"),
        csv="<results>/ergen2020/figures/figure11.csv",
    log:
        "<logs>/ergen2020/plot_figure11.log",
    benchmark:
        "<benchmarks>/ergen2020/plot_figure11.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw Figure 11"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"


rule ergen2020_plot_figure1a:
    input:
        **code("ergen2020/plot_figure1a"),
        table="<results>/ergen2020/tables/figure1a_curves.csv",
    output:
        svg=report(
            "<results>/ergen2020/figures/figure1a.svg",
            caption="../report/ergen2020/figure1a_curves.rst",
            category="ergen2020",
            subcategory="Figures",
            labels={"what": "Figure 1a"},
        ),
        others=multiext("<results>/ergen2020/figures/figure1a", ".pdf", ".png"),
        csv="<results>/ergen2020/figures/figure1a.csv",
    log:
        "<logs>/ergen2020/plot_figure1a.log",
    benchmark:
        "<benchmarks>/ergen2020/plot_figure1a.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw Figure 1a"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"
