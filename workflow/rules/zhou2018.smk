# Zhou & Liang 2018, "Critical Points of Linear Neural Networks: Analytical Forms and Landscape
# Properties": linear networks.
TABLES["zhou2018"] = [
    "shallow_form",
    "controls",
    "levels",
    "necessity",
    "deep_form",
    "descents",
]
FIGURES["zhou2018"] = ["levels", "descents"]


localrules:
    zhou2018,


rule zhou2018:
    input:
        "<results>/zhou2018/verdicts.html",
        "<results>/zhou2018/zhou2018.html",


rule zhou2018_check_shallow_form:
    input:
        **code("zhou2018/check_shallow_form"),
    output:
        table=report(
            "<results>/zhou2018/tables/shallow_form.csv",
            caption="../report/zhou2018/shallow_form.rst",
            category="zhou2018",
            subcategory="Statements",
            labels={"what": "Shallow networks: census"},
        ),
        printed=multiext("<results>/zhou2018/tables/shallow_form", ".tex", ".md"),
        controls=report(
            "<results>/zhou2018/tables/controls.csv",
            caption="../report/zhou2018/controls.rst",
            category="zhou2018",
            subcategory="Statements",
            labels={"what": "Shallow networks: the form broken"},
        ),
        controls_printed=multiext("<results>/zhou2018/tables/controls", ".tex", ".md"),
        levels=report(
            "<results>/zhou2018/tables/levels.csv",
            caption="../report/zhou2018/levels.rst",
            category="zhou2018",
            subcategory="Statements",
            labels={"what": "Critical levels of one problem"},
        ),
        levels_printed=multiext("<results>/zhou2018/tables/levels", ".tex", ".md"),
    log:
        "<logs>/zhou2018/check_shallow_form.log",
    benchmark:
        "<benchmarks>/zhou2018/check_shallow_form.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["zhou2018"]["shallow"], seed=config["seed"]),
    message:
        "Build shallow critical points of every pattern by their analytical form"
    shell:
        "python {input.script} {params.options} --table {output.table}"
        " --controls {output.controls} --levels {output.levels} > {log} 2>&1"


rule zhou2018_check_necessity:
    input:
        **code("zhou2018/check_necessity"),
    output:
        table=report(
            "<results>/zhou2018/tables/necessity.csv",
            caption="../report/zhou2018/necessity.rst",
            category="zhou2018",
            subcategory="Statements",
            labels={"what": "Necessity: critical points found and taken apart"},
        ),
        printed=multiext("<results>/zhou2018/tables/necessity", ".tex", ".md"),
    log:
        "<logs>/zhou2018/check_necessity.log",
    benchmark:
        "<benchmarks>/zhou2018/check_necessity.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["zhou2018"]["necessity"], seed=config["seed"]),
    message:
        "Solve for critical points and recover their analytical form"
    shell:
        "python {input.script} {params.options} --table {output.table} > {log} 2>&1"


rule zhou2018_check_deep_form:
    input:
        **code("zhou2018/check_deep_form"),
    output:
        table=report(
            "<results>/zhou2018/tables/deep_form.csv",
            caption="../report/zhou2018/deep_form.rst",
            category="zhou2018",
            subcategory="Statements",
            labels={"what": "Deep networks: census"},
        ),
        printed=multiext("<results>/zhou2018/tables/deep_form", ".tex", ".md"),
    log:
        "<logs>/zhou2018/check_deep_form.log",
    benchmark:
        "<benchmarks>/zhou2018/check_deep_form.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["zhou2018"]["deep"], seed=config["seed"]),
    message:
        "Take deep critical points apart and descend from them"
    shell:
        "python {input.script} {params.options} --table {output.table} > {log} 2>&1"


rule zhou2018_compute_descents:
    input:
        **code("zhou2018/compute_descents"),
    output:
        table=report(
            "<results>/zhou2018/tables/descents.csv",
            caption="../report/zhou2018/descents.rst",
            category="zhou2018",
            subcategory="Statements",
            labels={"what": "Exact descents as numbers"},
        ),
        printed=multiext("<results>/zhou2018/tables/descents", ".tex", ".md"),
    log:
        "<logs>/zhou2018/compute_descents.log",
    benchmark:
        "<benchmarks>/zhou2018/compute_descents.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["zhou2018"]["descents"], seed=config["seed"]),
    message:
        "Follow exact curves down from saddles"
    shell:
        "python {input.script} {params.options} --table {output.table} > {log} 2>&1"


rule zhou2018_plot_levels:
    input:
        **code("zhou2018/plot_levels"),
        table="<results>/zhou2018/tables/levels.csv",
    output:
        svg=report(
            "<results>/zhou2018/figures/levels.svg",
            caption="../report/zhou2018/levels.rst",
            category="zhou2018",
            subcategory="Figures",
            labels={"what": "Critical levels and Morse indices"},
        ),
        others=multiext("<results>/zhou2018/figures/levels", ".pdf", ".png"),
        csv="<results>/zhou2018/figures/levels.csv",
    log:
        "<logs>/zhou2018/plot_levels.log",
    benchmark:
        "<benchmarks>/zhou2018/plot_levels.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the critical levels of one problem"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"


rule zhou2018_plot_descents:
    input:
        **code("zhou2018/plot_descents"),
        table="<results>/zhou2018/tables/descents.csv",
    output:
        svg=report(
            "<results>/zhou2018/figures/descents.svg",
            caption="../report/zhou2018/descents.rst",
            category="zhou2018",
            subcategory="Figures",
            labels={"what": "Exact descents"},
        ),
        others=multiext("<results>/zhou2018/figures/descents", ".pdf", ".png"),
        csv="<results>/zhou2018/figures/descents.csv",
    log:
        "<logs>/zhou2018/plot_descents.log",
    benchmark:
        "<benchmarks>/zhou2018/plot_descents.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the loss along exact descents"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"
