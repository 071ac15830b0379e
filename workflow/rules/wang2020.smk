# Wang, Lacotte & Pilanci 2020, "The Hidden Convex Optimization Landscape of Two-Layer ReLU Neural
# Networks".
TABLES["wang2020"] = [
    "programs",
    "patterns",
    "widths",
    "stationary",
    "barriers",
    "paths",
    "optima",
]
FIGURES["wang2020"] = ["widths", "paths"]


localrules:
    wang2020,


rule wang2020:
    input:
        "<results>/wang2020/verdicts.html",
        "<results>/wang2020/wang2020.html",


rule wang2020_solve_programs:
    input:
        **code("wang2020/solve_programs"),
    output:
        problems="<results>/wang2020/data/problems.npz",
        table=report(
            "<results>/wang2020/tables/programs.csv",
            caption="../report/wang2020/programs.rst",
            category="wang2020",
            subcategory="Statements",
            labels={"what": "Convex programs"},
        ),
        table_printed=multiext("<results>/wang2020/tables/programs", ".tex", ".md"),
        patterns=report(
            "<results>/wang2020/tables/patterns.csv",
            caption="../report/wang2020/patterns.rst",
            category="wang2020",
            subcategory="Statements",
            labels={"what": "Sampled patterns"},
        ),
        patterns_printed=multiext("<results>/wang2020/tables/patterns", ".tex", ".md"),
    log:
        "<logs>/wang2020/solve_programs.log",
    benchmark:
        "<benchmarks>/wang2020/solve_programs.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["wang2020"]["programs"], seed=config["seed"]),
    message:
        "Solve convex programs with all patterns and with sampled ones"
    shell:
        "python {input.script} {params.options}"
        " --problems {output.problems} --table {output.table}"
        " --patterns {output.patterns} > {log} 2>&1"


rule wang2020_train_widths:
    input:
        **code("wang2020/train_widths"),
        problems="<results>/wang2020/data/problems.npz",
    output:
        networks="<results>/wang2020/data/networks.npz",
    log:
        "<logs>/wang2020/train_widths.log",
    benchmark:
        "<benchmarks>/wang2020/train_widths.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["wang2020"]["widths"], seed=config["seed"]),
    message:
        "Train networks of many widths"
    shell:
        "python {input.script} {params.options}"
        " --problems {input.problems} --networks {output.networks} > {log} 2>&1"


rule wang2020_analyse_networks:
    input:
        **code("wang2020/analyse_networks"),
        problems="<results>/wang2020/data/problems.npz",
        networks="<results>/wang2020/data/networks.npz",
    output:
        widths=report(
            "<results>/wang2020/tables/widths.csv",
            caption="../report/wang2020/widths.rst",
            category="wang2020",
            subcategory="Figures",
            labels={"what": "Trained networks by width"},
        ),
        widths_printed=multiext("<results>/wang2020/tables/widths", ".tex", ".md"),
        stationary=report(
            "<results>/wang2020/tables/stationary.csv",
            caption="../report/wang2020/stationary.rst",
            category="wang2020",
            subcategory="Statements",
            labels={"what": "Stationary points"},
        ),
        stationary_printed=multiext(
            "<results>/wang2020/tables/stationary", ".tex", ".md"
        ),
        barriers=report(
            "<results>/wang2020/tables/barriers.csv",
            caption="../report/wang2020/barriers.rst",
            category="wang2020",
            subcategory="Statements",
            labels={"what": "Paths: climbs"},
        ),
        barriers_printed=multiext("<results>/wang2020/tables/barriers", ".tex", ".md"),
        paths=report(
            "<results>/wang2020/tables/paths.csv",
            caption="../report/wang2020/paths.rst",
            category="wang2020",
            subcategory="Figures",
            labels={"what": "Paths as numbers"},
        ),
        paths_printed=multiext("<results>/wang2020/tables/paths", ".tex", ".md"),
    log:
        "<logs>/wang2020/analyse_networks.log",
    benchmark:
        "<benchmarks>/wang2020/analyse_networks.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["wang2020"]["networks"]),
    message:
        "Hold trained networks against the convex program"
    shell:
        "python {input.script} {params.options}"
        " --problems {input.problems} --networks {input.networks}"
        " --widths {output.widths} --stationary {output.stationary}"
        " --barriers {output.barriers} --paths {output.paths} > {log} 2>&1"


rule wang2020_compare_optima:
    input:
        **code("wang2020/compare_optima"),
    output:
        table=report(
            "<results>/wang2020/tables/optima.csv",
            caption="../report/wang2020/optima.rst",
            category="wang2020",
            subcategory="Statements",
            labels={"what": "Spurious minima and certified optima"},
        ),
        table_printed=multiext("<results>/wang2020/tables/optima", ".tex", ".md"),
    log:
        "<logs>/wang2020/compare_optima.log",
    benchmark:
        "<benchmarks>/wang2020/compare_optima.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["wang2020"]["optima"], seed=config["seed"]),
    message:
        "Compare spurious minima with certified optima"
    shell:
        "python {input.script} {params.options}" " --table {output.table} > {log} 2>&1"


rule wang2020_plot_widths:
    input:
        **code("wang2020/plot_widths"),
        table="<results>/wang2020/tables/widths.csv",
    output:
        svg=report(
            "<results>/wang2020/figures/widths.svg",
            caption="../report/wang2020/widths.rst",
            category="wang2020",
            subcategory="Figures",
            labels={"what": "Trained networks by width"},
        ),
        others=multiext("<results>/wang2020/figures/widths", ".pdf", ".png"),
        csv="<results>/wang2020/figures/widths.csv",
    log:
        "<logs>/wang2020/plot_widths.log",
    benchmark:
        "<benchmarks>/wang2020/plot_widths.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the excess over the optimum against the width"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"


rule wang2020_plot_paths:
    input:
        **code("wang2020/plot_paths"),
        table="<results>/wang2020/tables/paths.csv",
    output:
        svg=report(
            "<results>/wang2020/figures/paths.svg",
            caption="../report/wang2020/paths.rst",
            category="wang2020",
            subcategory="Figures",
            labels={"what": "Paths to the optimum"},
        ),
        others=multiext("<results>/wang2020/figures/paths", ".pdf", ".png"),
        csv="<results>/wang2020/figures/paths.csv",
    log:
        "<logs>/wang2020/plot_paths.log",
    benchmark:
        "<benchmarks>/wang2020/plot_paths.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the paths to the optimum"
    shell:
        "python {input.script} --table {input.table} --output {output.csv} > {log} 2>&1"
