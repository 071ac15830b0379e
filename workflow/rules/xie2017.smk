# Xie, Liang & Song 2017, "Diverse Neural Network Learns True Target Functions".
TABLES["xie2017"] = ["identities"]
FIGURES["xie2017"] = []


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
