# The same for every paper: its ledger becomes verdicts, its notebook becomes a page.


rule judge_claims:
    input:
        **code("paper/judge_claims"),
        ledger="config/claims/{paper}.yaml",
        schema="workflow/schemas/claims.schema.yaml",
        tables=tables_of,
        template="scripts/paper/verdicts.html.j2",
    output:
        csv="<results>/{paper}/verdicts.csv",
        md="<results>/{paper}/verdicts.md",
        html=report(
            "<results>/{paper}/verdicts.html",
            caption="../report/verdicts.rst",
            category="{paper}",
            labels={"what": "Claims and verdicts"},
        ),
    log:
        "<logs>/{paper}/judge_claims.log",
    benchmark:
        "<benchmarks>/{paper}/judge_claims.tsv"
    conda:
        ENVIRONMENT
    params:
        tier=config["tier"],
    message:
        "Judge the claims of {wildcards.paper}"
    shell:
        "python {input.script} --ledger {input.ledger} --schema {input.schema}"
        " --tables {input.tables} --tier {params.tier}"
        " --template {input.template} --output {output.csv} > {log} 2>&1"


rule build_notebook:
    input:
        **code("paper/build_notebook"),
        notebook="paper/{paper}.py",
        notebook_library=lambda wildcards: closure(Path(f"paper/{wildcards.paper}.py")),
        verdicts=rules.judge_claims.output.csv,
        products=products_of,
    output:
        ipynb="<results>/{paper}/{paper}.ipynb",
        html=report(
            "<results>/{paper}/{paper}.html",
            caption="../report/notebook.rst",
            category="{paper}",
            labels={"what": "The paper, told with our figures"},
        ),
    log:
        "<logs>/{paper}/build_notebook.log",
    benchmark:
        "<benchmarks>/{paper}/build_notebook.tsv"
    conda:
        ENVIRONMENT
    message:
        "Execute the notebook of {wildcards.paper}"
    shell:
        "python {input.script} --notebook {input.notebook} --verdicts {input.verdicts}"
        " --library {input.notebook_library} --products {input.products} --output {output.ipynb} > {log} 2>&1"
