# Zhou & Liang 2018, "Critical Points of Linear Neural Networks: Analytical Forms and Landscape
# Properties": linear networks, and ReLU networks with one hidden layer.
TABLES["zhou2018"] = [
    "shallow_form",
    "controls",
    "levels",
    "necessity",
    "deep_form",
    "descents",
    "cones",
    "examples",
    "kinks",
    "unit_minima",
    "unit_ends",
]
FIGURES["zhou2018"] = ["levels", "descents", "units"]


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


rule zhou2018_check_cones:
    input:
        **code("zhou2018/check_cones"),
    output:
        table=report(
            "<results>/zhou2018/tables/cones.csv",
            caption="../report/zhou2018/cones.rst",
            category="zhou2018",
            subcategory="ReLU networks",
            labels={"what": "Cones: census of critical points"},
        ),
        table_printed=multiext("<results>/zhou2018/tables/cones", ".tex", ".md"),
    log:
        "<logs>/zhou2018/check_cones.log",
    benchmark:
        "<benchmarks>/zhou2018/check_cones.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["zhou2018"]["cones"], seed=config["seed"]),
    message:
        "Build critical points of ReLU networks in activation cones"
    shell:
        "python {input.script} {params.options} --table {output.table} > {log} 2>&1"


rule zhou2018_certify_examples:
    input:
        **code("zhou2018/certify_examples"),
    output:
        table=report(
            "<results>/zhou2018/tables/examples.csv",
            caption="../report/zhou2018/examples.rst",
            category="zhou2018",
            subcategory="ReLU networks",
            labels={"what": "Spurious minima in exact fractions"},
        ),
        table_printed=multiext("<results>/zhou2018/tables/examples", ".tex", ".md"),
        kinks=report(
            "<results>/zhou2018/tables/kinks.csv",
            caption="../report/zhou2018/kinks.rst",
            category="zhou2018",
            subcategory="ReLU networks",
            labels={"what": "Points at a kink in exact fractions"},
        ),
        kinks_printed=multiext("<results>/zhou2018/tables/kinks", ".tex", ".md"),
    log:
        "<logs>/zhou2018/certify_examples.log",
    benchmark:
        "<benchmarks>/zhou2018/certify_examples.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["zhou2018"]["examples"]),
    message:
        "Certify spurious minima of small ReLU networks"
    shell:
        "python {input.script} {params.options} --table {output.table} --kinks {output.kinks}"
        " > {log} 2>&1"


rule zhou2018_enumerate_units:
    input:
        **code("zhou2018/enumerate_units"),
    output:
        minima=report(
            "<results>/zhou2018/tables/unit_minima.csv",
            caption="../report/zhou2018/unit_minima.rst",
            category="zhou2018",
            subcategory="ReLU networks",
            labels={"what": "One unit: all local minima"},
        ),
        minima_printed=multiext("<results>/zhou2018/tables/unit_minima", ".tex", ".md"),
        ends=report(
            "<results>/zhou2018/tables/unit_ends.csv",
            caption="../report/zhou2018/unit_ends.rst",
            category="zhou2018",
            subcategory="ReLU networks",
            labels={"what": "One unit: where gradient descent ends"},
        ),
        ends_printed=multiext("<results>/zhou2018/tables/unit_ends", ".tex", ".md"),
        profile="<results>/zhou2018/tables/unit_profile.csv",
        profile_printed=multiext(
            "<results>/zhou2018/tables/unit_profile", ".tex", ".md"
        ),
    log:
        "<logs>/zhou2018/enumerate_units.log",
    benchmark:
        "<benchmarks>/zhou2018/enumerate_units.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["zhou2018"]["units"], seed=config["seed"]),
    message:
        "List the local minima of one ReLU unit and descend into them"
    shell:
        "python {input.script} {params.options} --minima {output.minima} --ends {output.ends}"
        " --profile {output.profile} > {log} 2>&1"


rule zhou2018_plot_units:
    input:
        **code("zhou2018/plot_units"),
        profile="<results>/zhou2018/tables/unit_profile.csv",
        minima="<results>/zhou2018/tables/unit_minima.csv",
    output:
        svg=report(
            "<results>/zhou2018/figures/units.svg",
            caption="../report/zhou2018/units.rst",
            category="zhou2018",
            subcategory="ReLU networks",
            labels={"what": "One unit: landscapes and catchments"},
        ),
        others=multiext("<results>/zhou2018/figures/units", ".pdf", ".png"),
        csv="<results>/zhou2018/figures/units.csv",
    log:
        "<logs>/zhou2018/plot_units.log",
    benchmark:
        "<benchmarks>/zhou2018/plot_units.tsv"
    conda:
        ENVIRONMENT
    message:
        "Draw the landscapes of one ReLU unit"
    shell:
        "python {input.script} --profile {input.profile} --minima {input.minima}"
        " --output {output.csv} > {log} 2>&1"
