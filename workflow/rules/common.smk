import os
import shlex
import sys
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "src"))

from landscape.errors import InputError
from landscape.evidence.ledger import load_ledger, tables_needed
from landscape.evidence.closure import closure
from landscape.evidence.schema import check, load_yaml

# Steps import the library from this tree, the one whose files are their inputs.
shell.prefix(
    f"set -euo pipefail; export PYTHONPATH={shlex.quote(str(Path(workflow.basedir) / 'src'))}; "
)

ENVIRONMENT = f"{workflow.basedir}/environment.yml"


def source_of(key):
    """Say which file or option had the last word on a key of the config."""
    options = [("--config", dict(workflow.config_settings.config))]
    files = [*workflow.config_settings.configfiles[::-1], *workflow.configfiles[::-1]]
    for name, content in [*options, *((file, load_yaml(Path(file))) for file in files)]:
        for part in key:
            if isinstance(content, dict) and part not in content:
                break
            content = content[part] if isinstance(content, (dict, list)) else None
        else:
            return os.path.relpath(name) if name != "--config" else name
    return "config/config.yaml"


def check_config(papers):
    """Stop with one line, before any job runs, if the config does not fit its schema."""
    schema = load_yaml(Path(workflow.basedir) / "workflow/schemas/config.schema.yaml")
    for paper in papers:
        schema["properties"][paper] = load_yaml(
            Path(workflow.basedir) / f"workflow/schemas/{paper}.schema.yaml"
        )
    try:
        check(config, schema, source_of)
    except InputError as error:
        sys.exit(f"error: {error}")


def code(script):
    """Return a step's script and the library modules it imports, as named inputs of its rule."""
    path = f"scripts/{script}.py"
    return {"script": path, "library": [str(module) for module in closure(Path(path))]}


def options(section, **more):
    """Return a section of the config as command-line options, without null entries.

    They are sorted: the order in which files set the keys is no change of parameters.
    """
    words = []
    for name, value in sorted({**section, **more}.items()):
        values = value if isinstance(value, list) else [value]
        if value is None:
            continue
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words.append(flag if value else flag.replace("--", "--no-", 1))
        else:
            words.extend([flag, *map(str, values)])
    return shlex.join(words)


def tier_options():
    """Return the options of this call of snakemake that choose the tier and override settings."""
    files = workflow.config_settings.configfiles
    values = [f"{k}={v}" for k, v in workflow.config_settings.config.items()]
    return shlex.join(
        [
            *(
                ["--configfile", *(os.path.relpath(file) for file in files)]
                if files
                else []
            ),
            *(["--config", *values] if values else []),
        ]
    )


# What each paper rebuilds, by citation key; its rule file fills them in.
TABLES = {}
FIGURES = {}


def ledger_of(paper):
    """Return the claims of a paper; a broken ledger stops here with one line."""
    try:
        return load_ledger(
            Path(f"config/claims/{paper}.yaml"),
            Path("workflow/schemas/claims.schema.yaml"),
        )
    except InputError as error:
        sys.exit(f"error: {error}")


def tables_of(wildcards):
    """Return the tables that a paper's claims are measured on."""
    names = tables_needed(ledger_of(wildcards.paper))
    return collect(
        "<results>/{paper}/tables/{name}.csv", paper=wildcards.paper, name=names
    )


def products_of(wildcards):
    """Return every table and figure of a paper."""
    paper = wildcards.paper
    return [
        *collect(
            "<results>/{paper}/tables/{name}.csv", paper=paper, name=TABLES[paper]
        ),
        *collect(
            "<results>/{paper}/figures/{name}.svg", paper=paper, name=FIGURES[paper]
        ),
    ]


def agreement():
    """Return one line on how what was built compares with the released run, or nothing."""
    from landscape.evidence.difference import REFERENCE, compare, summary

    results, reference = Path("results", config["tier"]), REFERENCE / config["tier"]
    papers = [
        paper
        for paper in PAPERS
        if (results / paper / f"{paper}.html").is_file()
        and (reference / paper / "verdicts.csv").is_file()
    ]
    if not papers:
        return ""
    found = summary(compare(reference, results, papers))
    return f"Compared with the released run, {', '.join(papers)}: {found}"


def sources_of(_):
    """Return the code and settings that the archive of evidence holds."""
    from landscape.evidence.archive import sources

    return sources()
