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


# How far do numbers reproduce? Everything is rebuilt in scratch, once a variant.
rule reproduce:
    input:
        expand("<results>/{paper}/{paper}.html", paper=PAPERS),
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


# Does every planted fault in the mathematics turn a test red? It is the same for all tiers.
rule mutations:
    input:
        library=sorted(map(str, Path("src/landscape").rglob("*.py"))),
        tests=sorted(
            str(path)
            for path in Path("tests").rglob("*.py")
            if not {"scripts", "workflow", "replication"} & set(path.parts)
        ),
        faults="tests/mutation/faults.yaml",
    output:
        "results/mutations.xml",
    log:
        "results/mutations.log",
    conda:
        ENVIRONMENT
    threads: 2
    shell:
        "pytest tests/mutation --junitxml {output} > {log} 2>&1"


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
