# Laurent & von Brecht 2018, "Deep Linear Networks with Arbitrary Loss: All Local Minima Are Global".
TABLES["laurent2018"] = [
    "theorem1",
    "origin",
    "balls",
    "smoothed",
    "descents",
    "theorem3",
    "threshold",
    "minima",
    "bottleneck",
]
FIGURES["laurent2018"] = ["excess", "balls", "bottleneck"]


localrules:
    laurent2018,


rule laurent2018:
    input:
        "<results>/laurent2018/verdicts.html",
        "<results>/laurent2018/laurent2018.html",


rule laurent2018_check_theorem1:
    input:
        **code("laurent2018/check_theorem1"),
    output:
        runs="<results>/laurent2018/data/theorem1.parquet",
        table=report(
            "<results>/laurent2018/tables/theorem1.csv",
            caption="../report/laurent2018/theorem1.rst",
            category="laurent2018",
            subcategory="Statements",
            labels={"what": "Theorem 1: seven losses"},
        ),
        table_printed=multiext("<results>/laurent2018/tables/theorem1", ".tex", ".md"),
        origin=report(
            "<results>/laurent2018/tables/origin.csv",
            caption="../report/laurent2018/origin.rst",
            category="laurent2018",
            subcategory="Statements",
            labels={"what": "The point W = 0"},
        ),
        origin_printed=multiext("<results>/laurent2018/tables/origin", ".tex", ".md"),
    log:
        "<logs>/laurent2018/check_theorem1.log",
    benchmark:
        "<benchmarks>/laurent2018/check_theorem1.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["laurent2018"]["theorem1"], seed=config["seed"]),
    message:
        "Train in seven convex losses, and compare with the convex optimum"
    shell:
        "python {input.script} {params.options} --runs {output.runs}"
        " --table {output.table} --origin {output.origin} > {log} 2>&1"


rule laurent2018_check_theorem2:
    input:
        **code("laurent2018/check_theorem2"),
    output:
        balls=report(
            "<results>/laurent2018/tables/balls.csv",
            caption="../report/laurent2018/balls.rst",
            category="laurent2018",
            subcategory="Statements",
            labels={"what": "Theorem 2: exact balls"},
        ),
        balls_printed=multiext("<results>/laurent2018/tables/balls", ".tex", ".md"),
        smoothed=report(
            "<results>/laurent2018/tables/smoothed.csv",
            caption="../report/laurent2018/smoothed.rst",
            category="laurent2018",
            subcategory="Statements",
            labels={"what": "Theorem 2: smoothed"},
        ),
        smoothed_printed=multiext(
            "<results>/laurent2018/tables/smoothed", ".tex", ".md"
        ),
        descents=report(
            "<results>/laurent2018/tables/descents.csv",
            caption="../report/laurent2018/descents.rst",
            category="laurent2018",
            subcategory="Statements",
            labels={"what": "Theorem 2: descents"},
        ),
        descents_printed=multiext(
            "<results>/laurent2018/tables/descents", ".tex", ".md"
        ),
    log:
        "<logs>/laurent2018/check_theorem2.log",
    benchmark:
        "<benchmarks>/laurent2018/check_theorem2.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["laurent2018"]["theorem2"], seed=config["seed"]),
    message:
        "Certify local minima of losses without a derivative"
    shell:
        "python {input.script} {params.options} --balls {output.balls}"
        " --smoothed {output.smoothed} --descents {output.descents} > {log} 2>&1"


rule laurent2018_check_theorem3:
    input:
        **code("laurent2018/check_theorem3"),
    output:
        table=report(
            "<results>/laurent2018/tables/theorem3.csv",
            caption="../report/laurent2018/theorem3.rst",
            category="laurent2018",
            subcategory="Statements",
            labels={"what": "Theorem 3: moves"},
        ),
        table_printed=multiext("<results>/laurent2018/tables/theorem3", ".tex", ".md"),
    log:
        "<logs>/laurent2018/check_theorem3.log",
    benchmark:
        "<benchmarks>/laurent2018/check_theorem3.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["laurent2018"]["theorem3"], seed=config["seed"]),
    message:
        "Move out of flat saddles"
    shell:
        "python {input.script} {params.options} --table {output.table} > {log} 2>&1"


rule laurent2018_check_bottleneck:
    input:
        **code("laurent2018/check_bottleneck"),
    output:
        threshold=report(
            "<results>/laurent2018/tables/threshold.csv",
            caption="../report/laurent2018/threshold.rst",
            category="laurent2018",
            subcategory="Statements",
            labels={"what": "One hidden neuron: closed form"},
        ),
        threshold_printed=multiext(
            "<results>/laurent2018/tables/threshold", ".tex", ".md"
        ),
        minima=report(
            "<results>/laurent2018/tables/minima.csv",
            caption="../report/laurent2018/minima.rst",
            category="laurent2018",
            subcategory="Statements",
            labels={"what": "One hidden neuron: minima"},
        ),
        minima_printed=multiext("<results>/laurent2018/tables/minima", ".tex", ".md"),
        totals=report(
            "<results>/laurent2018/tables/bottleneck.csv",
            caption="../report/laurent2018/bottleneck.rst",
            category="laurent2018",
            subcategory="Statements",
            labels={"what": "One hidden neuron: totals"},
        ),
        totals_printed=multiext(
            "<results>/laurent2018/tables/bottleneck", ".tex", ".md"
        ),
    log:
        "<logs>/laurent2018/check_bottleneck.log",
    benchmark:
        "<benchmarks>/laurent2018/check_bottleneck.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["laurent2018"]["bottleneck"], seed=config["seed"]),
    message:
        "Certify bad minima of networks with one hidden neuron"
    shell:
        "python {input.script} {params.options} --threshold {output.threshold}"
        " --minima {output.minima} --totals {output.totals} > {log} 2>&1"


rule laurent2018_plot_excess:
    input:
        **code("laurent2018/plot_excess"),
        table="<results>/laurent2018/tables/theorem1.csv",
    output:
        svg=report(
            "<results>/laurent2018/figures/excess.svg",
            caption="../report/laurent2018/excess.rst",
            category="laurent2018",
            subcategory="Figures",
            labels={"what": "Loss above the convex optimum"},
        ),
        others=multiext("<results>/laurent2018/figures/excess", ".pdf", ".png"),
        csv="<results>/laurent2018/figures/excess.csv",
    log:
        "<logs>/laurent2018/plot_excess.log",
    benchmark:
        "<benchmarks>/laurent2018/plot_excess.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the losses above the convex optimum"
    shell:
        "python {input.script} --table {input.table}"
        " --output {output.csv} > {log} 2>&1"


rule laurent2018_plot_balls:
    input:
        **code("laurent2018/plot_balls"),
        table="<results>/laurent2018/tables/balls.csv",
    output:
        svg=report(
            "<results>/laurent2018/figures/balls.svg",
            caption="../report/laurent2018/balls_figure.rst",
            category="laurent2018",
            subcategory="Figures",
            labels={"what": "Least loss in a ball"},
        ),
        others=multiext("<results>/laurent2018/figures/balls", ".pdf", ".png"),
        csv="<results>/laurent2018/figures/balls.csv",
    log:
        "<logs>/laurent2018/plot_balls.log",
    benchmark:
        "<benchmarks>/laurent2018/plot_balls.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the least loss in a ball"
    shell:
        "python {input.script} --table {input.table}"
        " --output {output.csv} > {log} 2>&1"


rule laurent2018_plot_bottleneck:
    input:
        **code("laurent2018/plot_bottleneck"),
        threshold="<results>/laurent2018/tables/threshold.csv",
        minima="<results>/laurent2018/tables/minima.csv",
    output:
        svg=report(
            "<results>/laurent2018/figures/bottleneck.svg",
            caption="../report/laurent2018/bottleneck_figure.rst",
            category="laurent2018",
            subcategory="Figures",
            labels={"what": "One hidden neuron: bad minima"},
        ),
        others=multiext("<results>/laurent2018/figures/bottleneck", ".pdf", ".png"),
        csv="<results>/laurent2018/figures/bottleneck.csv",
    log:
        "<logs>/laurent2018/plot_bottleneck.log",
    benchmark:
        "<benchmarks>/laurent2018/plot_bottleneck.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the bad minima of one hidden neuron"
    shell:
        "python {input.script} --threshold {input.threshold} --minima {input.minima}"
        " --output {output.csv} > {log} 2>&1"
