# Is every result what its step wrote? Nothing is rebuilt; the page is <results>/audit.html.


onsuccess:
    print(agreement())


rule audit:
    log:
        "<logs>/audit.log",
    conda:
        ENVIRONMENT
    params:
        overrides=overrides(),
    shell:
        "audit check {params.overrides} 2>&1 | tee {log}"


# Does every planted fault in the mathematics turn a test red? It is the same for all tiers.
use rule step as mutations with:
    input:
        **code("report/mutations"),
        faults=FAULTS,
        tests=tests_of_faults(),
        modules=modules_of_faults(),
        configuration="pyproject.toml",
    output:
        csv="results/mutations/mutations.csv",
    log:
        "results/mutations/mutations.log",
    threads: 2


# How far do numbers reproduce? Everything is rebuilt in scratch, once a variant.
rule reproduce:
    input:
        pages=expand("<results>/{paper}/{paper}.html", paper=PAPERS),
        mutations=rules.mutations.output,
    output:
        tables="<results>/variants/tables.csv",
        claims="<results>/variants/claims.csv",
        page="<results>/variants/index.html",
    log:
        "<logs>/reproduce.log",
    conda:
        ENVIRONMENT
    threads: 1024  # all that there are
    params:
        overrides=overrides(),
    shell:
        "audit reproduce {params.overrides} 2>&1 | tee {log}"


# All evidence of the run in one zip that checks itself: <results>/evidence.zip.
rule archive:
    input:
        sources_of,
        pages=expand("<results>/{paper}/{paper}.html", paper=PAPERS),
        codecheck="codecheck.yml",
        mutations=rules.mutations.output,
    output:
        "<results>/evidence.zip",
    log:
        "<logs>/archive.log",
    conda:
        ENVIRONMENT
    params:
        overrides=overrides(),
    shell:
        "audit archive {params.overrides} --output {output} > {log} 2>&1"
