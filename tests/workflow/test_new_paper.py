"""The command that begins a paper: what it writes is built, and passes the checks."""

import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from conftest import snakemake

KEY = "smith2020"


def run(clone, *command):
    """Run a command in a clone, with the clone's own packages."""
    return subprocess.run(
        command,
        cwd=clone,
        env=os.environ | {"PYTHONPATH": str(clone / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


@pytest.fixture
def begun(bare):
    title = "A. Smith, *A Title*, ICML 2020"
    made = run(bare, sys.executable, "scripts/new_paper.py", KEY, "--title", title)
    assert made.returncode == 0, made.stdout
    yield bare
    shutil.rmtree(bare, ignore_errors=True)


def test_a_new_paper_is_built_and_passes_the_checks(begun):
    built = snakemake(KEY, "--config", "tier=smoke", cwd=begun)
    assert built.returncode == 0, built.stdout
    results = begun / f"results/smoke/{KEY}"
    assert list(pd.read_csv(results / "verdicts.csv")["verdict"]) == ["replicated"]
    assert (results / f"{KEY}.html").is_file()
    assert (results / "tables/bound.tex").is_file()
    written = [f"scripts/{KEY}", f"paper/{KEY}.py", f"tests/scripts/{KEY}", "scripts/new_paper.py"]
    python = (sys.executable, "-m")
    for command in (
        (*python, "ruff", "check", *written),
        (*python, "ruff", "format", "--check", *written),
        (*python, "snakefmt", "--check", "Snakefile", "workflow"),
        (*python, "snakemake", "--lint"),
        (*python, "mypy", f"scripts/{KEY}"),
        (*python, "pytest", f"tests/scripts/{KEY}"),
        (*python, "pytest", "tests/workflow/test_layout.py", "tests/workflow/test_notebooks.py"),
    ):
        checked = run(begun, *command)
        assert checked.returncode == 0, (command, checked.stdout)


def test_nothing_is_overwritten(begun):
    again = run(begun, sys.executable, "scripts/new_paper.py", KEY, "--title", "Another")
    assert again.returncode == 1
    assert again.stdout.startswith("error: workflow/rules/smith2020.smk, scripts/smith2020")
    assert "Another" not in (begun / f"paper/{KEY}.py").read_text(encoding="utf-8")


def test_a_key_that_is_none_is_refused(bare):
    refused = run(bare, sys.executable, "scripts/new_paper.py", "Smith 2020", "--title", "A")
    assert refused.returncode == 1
    assert refused.stdout.startswith("error: Smith 2020: expected an author and a year")
