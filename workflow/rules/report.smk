# The same for every paper: its tables are printed, its claims judged, its notebook made a page.


for paper in PAPERS:

    rule:
        name:
            paper
        input:
            f"<results>/{paper}/verdicts.html",
            f"<results>/{paper}/{paper}.html",
        localrule: True

    rule:
        name:
            f"{paper}_print_tables"
        input:
            **code("report/print_tables"),
            tables=expand("<results>/{paper}/tables/{name}.csv", paper=paper, name=TABLES[paper]),
        output:
            markdown=expand("<results>/{paper}/tables/{name}.md", paper=paper, name=TABLES[paper]),
            latex=expand("<results>/{paper}/tables/{name}.tex", paper=paper, name=TABLES[paper]),
            contents=f"<results>/{paper}/contents.csv",
        log:
            f"<logs>/{paper}/print_tables.log",
        conda:
            ENVIRONMENT
        params:
            options=options(**contents_of(paper)),
        shell:
            "python {input.script} {params.options} > {log} 2>&1"


use rule step as judge_claims with:
    input:
        **code("report/judge_claims"),
        ledger="config/{paper}/claims.yaml",
        published="config/{paper}/published.yaml",
        tables=judged,
        template="scripts/report/verdicts.html.j2",
    output:
        csv="<results>/{paper}/verdicts.csv",
        judged="<results>/{paper}/verdicts.json",
        markdown="<results>/{paper}/verdicts.md",
        html=report(
            "<results>/{paper}/verdicts.html",
            caption="../report/verdicts.rst",
            category="{paper}",
            labels={"what": "Claims and verdicts"},
        ),
    log:
        "<logs>/{paper}/judge_claims.log",
    params:
        options=options(tier=config["tier"]),


use rule step as build_notebook with:
    input:
        **code("report/build_notebook"),
        notebook="paper/{paper}.py",
        modules=lambda wildcards: closure(Path(f"paper/{wildcards.paper}.py")),
        published="config/{paper}/published.yaml",
        verdicts="<results>/{paper}/verdicts.csv",
        contents="<results>/{paper}/contents.csv",
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
