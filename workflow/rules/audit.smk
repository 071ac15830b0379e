# Is every result what its step wrote? Nothing is rebuilt; the page is <results>/audit.html.


onsuccess:
    print(agreement())


rule audit:
    log:
        "<logs>/audit.log",
    conda:
        ENVIRONMENT
    params:
        options=tier_options(),
    message:
        "Hold every file against the manifest of the step that made it"
    shell:
        "audit check {params.options} 2>&1 | tee {log}"


# How far do numbers reproduce? Everything is rebuilt in scratch, once a variant.
rule reproduce:
    input:
        expand("<results>/{paper}/{paper}.html", paper=PAPERS),
    output:
        tables="<results>/variants/tables.csv",
        claims="<results>/variants/claims.csv",
    log:
        "<logs>/reproduce.log",
    conda:
        ENVIRONMENT
    threads: workflow.cores
    params:
        options=tier_options(),
    message:
        "Rebuild everything in variants, and compare"
    shell:
        "audit reproduce {params.options} 2>&1 | tee {log}"


# All evidence of the run in one zip that checks itself: <results>/evidence.zip.


rule archive:
    input:
        sources_of,
        pages=expand("<results>/{paper}/{paper}.html", paper=PAPERS),
        codecheck="codecheck.yml",
    output:
        "<results>/evidence.zip",
    log:
        "<logs>/archive.log",
    conda:
        ENVIRONMENT
    params:
        options=tier_options(),
    message:
        "Pack the evidence of the {config[tier]} tier into one zip, and verify it"
    shell:
        "audit archive {params.options} --output {output} > {log} 2>&1"
