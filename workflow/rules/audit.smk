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


FAULTS = "tests/mutation/faults.yaml"


def tests_of_faults():
    """Return the tests that are to catch the planted faults, and those that plant them."""
    named = {f"tests/{fault['tests']}" for fault in load_yaml(Path(FAULTS))}
    return sorted({*named, "tests/conftest.py", *map(str, Path("tests/mutation").glob("*.py"))})


def modules_of_faults():
    """Return the mathematics, and what else those tests import."""
    imported = {module for test in tests_of_faults() for module in closure(Path(test))}
    return sorted(map(str, {*Path("src/landscape").rglob("*.py"), *imported}))


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
