# What rule files use. A paper's own file names the inputs, outputs and labels of its steps.
import json
import os
import shlex
import sys
from contextlib import contextmanager
from pathlib import Path

from snakemake.utils import update_config

sys.path.insert(0, str(Path(workflow.basedir) / "src"))

from replication.errors import InputError
from replication.code import closure, sources
from replication.settings import as_in_yaml, load_yaml
from replication.workflow import (
    PYTHON,
    check_files,
    check_rule,
    check_source,
    command_line,
    resolve,
    tables_judged,
)

# Steps import this tree, the one whose files are their inputs, with the Python that runs Snakemake.
shell.prefix(
    f"set -euo pipefail; export PATH={shlex.quote(os.path.dirname(sys.executable))}:$PATH"
    f" PYTHONPATH={shlex.quote(str(Path(workflow.basedir) / 'src'))}"
    f" {' '.join(f'{name}={value}' for name, value in PYTHON.items())}; "
)

ENVIRONMENT = f"{workflow.basedir}/environment.yml"

# Folders of steps that belong to no paper; config/config.yaml has their settings.
SHARED = ["data", "benchmark"]

FAULTS = "tests/mutation/faults.yaml"

# Label and caption of what each paper rebuilds, by key and name, as its rules declare them.
TABLES = {}
FIGURES = {}


@contextmanager
def one_line():
    """End Snakemake with the one line of an error that is meant to be read."""
    try:
        yield
    except InputError as error:
        sys.exit(f"error: {error}")


def code(step):
    """Return a step's script and the modules it imports, as named inputs of its rule."""
    path = f"scripts/{step}.py"
    return {"script": path, "library": [str(module) for module in closure(Path(path))]}


def table(name, label, caption=""):
    """Declare the table <key>/<name>: an output that is printed, shown and reported."""
    return reported(TABLES, name, "tables", ".csv", label, caption)


def figure(name, label, caption=""):
    """Declare the figure <key>/<name>: three drawings that are shown and reported, and its data."""
    svg = reported(FIGURES, name, "figures", ".svg", label, caption)
    return [svg, *multiext(svg.removesuffix(".svg"), ".pdf", ".png", ".csv")]


def reported(registry, name, kind, suffix, label, caption):
    """Return a file that the report shows, and remember its label and caption."""
    paper, stem = name.split("/")
    registry.setdefault(paper, {})[stem] = (label, caption)
    # The template of captions sees a rule's files and the config, nothing else.
    config.setdefault("captions", {})[f"{paper}/{kind}/{stem}{suffix}"] = caption
    return report(
        f"<results>/{paper}/{kind}/{stem}{suffix}",
        caption="../report/caption.rst",
        category=paper,
        subcategory=kind.capitalize(),
        labels={"what": label},
    )


def options(**more):
    """Return the function of a rule's files that gives the options of its step.

    Inputs, outputs and wildcards are the options of their names; the rest are `more`, or the
    settings of the step.
    """

    def words(wildcards, input, output):
        files = {
            **dict(wildcards.items()),
            **dict(input.items()),
            **dict(output.items()),
        }
        script = Path(input.script)
        return command_line(script, {**settings_of(script), **more, **files})

    words.more = more
    return words


def settings_of(script):
    """Return the settings of a step, the root seed among them."""
    return {
        "seed": config["seed"],
        **config.get(script.parent.name, {}).get(script.stem, {}),
    }


def overrides():
    """Return the options of this call of snakemake that choose the tier and override settings."""
    given = workflow.config_settings.config.items()
    files = [os.path.relpath(file) for file in workflow.config_settings.configfiles]
    values = [
        f"{key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in given
    ]
    words = (["--configfile", *files] if files else []) + (["--config", *values] if values else [])
    return shlex.join(words)


def check_papers():
    """Stop with one line if this is another folder, or files of a paper are missing."""
    home = Path(workflow.basedir).resolve()
    if Path.cwd() != home:
        sys.exit(f"error: the paths of this workflow begin in its folder: cd {home}")
    with one_line():
        check_files(PAPERS)


def read_config():
    """Fill the config; stop with one line if a setting does not fit the step that it is for.

    What a file means is what it means here: Snakemake's own reader follows an older YAML, and takes
    values within `--config` for text.
    """
    folders = [*PAPERS, *SHARED]
    own = ["config/config.yaml", *(f"config/{paper}/settings.yaml" for paper in PAPERS)]
    given = [os.path.relpath(file) for file in workflow.config_settings.configfiles]
    with one_line():
        layers = [(file, load_yaml(Path(file)) or {}) for file in [*own, *given]]
        values = workflow.config_settings.config.items()
        typed = {key: as_in_yaml(value, f"--config: {key}") for key, value in values}
        layers.append(("--config", typed))
        for source, content in layers:
            check_source(source, content, folders)
            update_config(config, content)
        resolve(config, folders)


def check_rules():
    """Stop with one line, before any job runs, if a rule does not fit the step that it runs."""
    with one_line():
        for step in workflow.rules:
            if "script" in step.input.keys():
                script = Path(step.input.script)
                settings = {**settings_of(script), **step.params.options.more}
                check_rule(
                    f"{os.path.relpath(step.snakefile)}: rule {step.name}",
                    script,
                    {*step.input.keys(), *step.output.keys()} - {"script", "library"},
                    {*step.wildcard_names, *step.params.options.more},
                    settings_of(script),
                )
                # Options are derived from inputs and outputs, which is why Snakemake does not
                # compare them with those of the last run; the settings among them it must.
                step.set_params(settings=command_line(script, settings))


def contents_of(paper):
    """Return name, label and caption of each table and figure of a paper, as lists."""
    shown = [
        (f"{kind}/{name}", label, caption)
        for kind, registry in (("tables", TABLES), ("figures", FIGURES))
        for name, (label, caption) in registry.get(paper, {}).items()
    ]
    names, labels, captions = map(list, zip(*shown))
    return {"names": names, "labels": labels, "captions": captions}


def products_of(wildcards):
    """Return every table, printed too, and every figure of a paper."""
    paper = wildcards.paper
    return [
        *collect(
            "<results>/{paper}/tables/{name}.{suffix}",
            paper=paper,
            name=TABLES[paper],
            suffix=["csv", "md"],
        ),
        *collect("<results>/{paper}/figures/{name}.svg", paper=paper, name=FIGURES[paper]),
    ]


def judged(wildcards):
    """Return the tables that a paper's claims are measured on; a broken ledger stops here."""
    paper = wildcards.paper
    with one_line():
        names = tables_judged(Path(f"config/{paper}/claims.yaml"))
    return collect("<results>/{paper}/tables/{name}.csv", paper=paper, name=names)


def agreement():
    """Return one line on how what was built compares with the released run, or nothing."""
    from replication.audit.difference import REFERENCE, compare, summary

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
    return sources()


def tests_of_faults():
    """Return the tests that are to catch the planted faults, and those that plant them."""
    named = {f"tests/{fault['tests']}" for fault in load_yaml(Path(FAULTS))}
    return sorted({*named, "tests/conftest.py", *map(str, Path("tests/mutation").glob("*.py"))})


def modules_of_faults():
    """Return the mathematics, and what else those tests import."""
    imported = {module for test in tests_of_faults() for module in closure(Path(test))}
    return sorted(map(str, {*Path("src/landscape").rglob("*.py"), *imported}))
