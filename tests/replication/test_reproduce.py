"""A small repository rebuilt in variants, and small runs rated."""

import json
from pathlib import Path

import pandas as pd
import pytest

from replication.audit.reproduce import (
    VARIANTS,
    Variant,
    narrowed,
    rate,
    rebuild,
    report,
    reported,
)
from replication.errors import InputError

SNAKEFILE = """
configfile: "config/config.yaml"

rule all:
    input: "results/quick/p/tables/t.csv"

rule p:
    input: "results/quick/p/tables/t.csv"

rule make:
    input: "config/a.json"
    output: "results/quick/p/tables/t.csv"
    params: seed=config["seed"]
    shell: "(cat {input}; echo {params.seed},$PINNED_X) > {output}; echo made >> results/made.txt"
"""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository whose table holds the contents of a.json, the seed and a pinned variable."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PINNED_X", "0")
    (tmp_path / "config").mkdir()
    (tmp_path / "Snakefile").write_text(SNAKEFILE, encoding="utf-8")
    (tmp_path / "config/config.yaml").write_text("seed: 0\n", encoding="utf-8")
    (tmp_path / "config/a.json").write_text("seed,x\n", encoding="utf-8")
    (tmp_path / "config/old.json").write_text("", encoding="utf-8")
    (tmp_path / "resources").mkdir()
    return tmp_path


def test_a_variant_is_rebuilt_with_its_change_and_brought_up_to_date(repository):
    variant = Variant("other", "conclusion", (("X", "7"),), ("seed=3",), cores=1)
    results = Path("results/quick")
    results.mkdir(parents=True)
    table = rebuild(variant, results, []) / "p/tables/t.csv"
    assert table.read_text(encoding="utf-8") == "seed,x\n3,7\n"
    made = results / "variants/other/results/made.txt"
    rebuild(variant, results, [])
    assert made.read_text(encoding="utf-8") == "made\n"
    (repository / "config/a.json").write_text("root,x\n", encoding="utf-8")
    (repository / "config/old.json").unlink()
    rebuild(variant, results, [])
    assert table.read_text(encoding="utf-8") == "root,x\n3,7\n"
    assert made.read_text(encoding="utf-8") == "made\nmade\n"
    assert not (results / "variants/other/config/old.json").exists()
    assert not (repository / "results/quick/p").exists()


def test_a_rebuild_that_fails_names_its_log(repository):
    (repository / "config/config.yaml").write_text("{}\n", encoding="utf-8")
    results = Path("results/quick")
    results.mkdir(parents=True)
    with pytest.raises(InputError, match=r"variants/again.log: the rebuild failed"):
        rebuild(Variant("again", "bits"), results, [])


def run_of(folder, tables, verdicts):
    """Write a run: tables, verdicts and a manifest for each."""
    for name, value in tables.items():
        paper = name.split("/")[0]
        path = folder / paper / "tables" / f"{name.split('/')[1]}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame({"x": [value]}).to_csv(path, index=False)
        output = str(path.relative_to(folder))
        manifest = {
            "step": f"scripts/{name}.py",
            "outputs": {f"results/quick/{output}": str(value)},
            **{part: {} for part in ("parameters", "code", "inputs")},
            **dict.fromkeys(("lock", "environment", "identity"), ""),
        }
        place = folder / "manifests" / f"{output}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(manifest), encoding="utf-8")
    for name, verdict in verdicts.items():
        paper, claim = name.split("/")
        frame = pd.DataFrame({"claim": [claim], "verdict": [verdict]})
        frame.to_csv(folder / paper / "verdicts.csv", index=False)
    return folder


@pytest.fixture
def rated(tmp_path):
    """A run of two papers, the same built again, with other arithmetic, and with another seed."""
    tables = {"p/same": 1.0, "p/rounded": 2.0, "p/moved": 3.0, "q/timed": 4.0}
    verdicts = {"p/holds": "replicated", "q/other": "replicated"}
    base = run_of(tmp_path / "base", tables, verdicts)
    again = tables | {"q/timed": 5.0}
    arithmetic = tables | {"p/rounded": 2.0 + 1e-9, "p/moved": 3.1, "q/timed": -1.0}
    seed = {name: value + 1 for name, value in tables.items()}
    folders = {
        Variant("again", "bits"): run_of(tmp_path / "again", again, verdicts),
        Variant("threads", "tolerance", papers=("p",)): run_of(
            tmp_path / "threads", arithmetic, verdicts | {"q/other": "inconclusive"}
        ),
        Variant("seed-1", "conclusion"): run_of(
            tmp_path / "seed", seed, verdicts | {"p/holds": "not replicated"}
        ),
    }
    return base, folders


def test_variants_are_narrowed_to_papers_that_they_reach(repository):
    for paper, variants in {"p": {"double": {"train": {"dtype": "float64"}}}, "q": {}}.items():
        path = Path(f"config/{paper}/settings.yaml")
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({paper: {"variants": variants}}), encoding="utf-8")
    (double,) = [variant for variant in narrowed([]) if variant not in VARIANTS]
    assert (double.name, double.papers) == ("double", ("p",))
    assert double.config == ('p={"train": {"dtype": "float64"}}',)
    assert {variant.name: variant.papers for variant in narrowed(["p", "q"])} == {
        variant.name: variant.papers or ("p", "q") for variant in (*VARIANTS, double)
    }
    assert double.name not in [variant.name for variant in narrowed(["q"])]


def test_each_table_and_claim_has_the_level_that_it_reaches(rated):
    tables, claims = rate(*rated)
    rows = tables.set_index("table")
    levels = {file: (row["rebuilt"], row["arithmetic"]) for file, row in rows.iterrows()}
    assert levels == {
        "p/tables/same.csv": ("bits", "bits"),
        "p/tables/rounded.csv": ("bits", "tolerance"),
        "p/tables/moved.csv": ("bits", "different"),
        "q/tables/timed.csv": ("different", ""),
    }
    first = rows["first"]
    assert first["p/tables/moved.csv"] == "scripts/p/moved.py, threads"
    assert first["q/tables/timed.csv"] == "scripts/q/timed.py, again"
    assert first["p/tables/same.csv"] == ""
    rows = claims.set_index("claim")
    # The variant of threads is of paper p alone: what it says of q does not count.
    assert rows.loc["other", ["tolerance_agree", "tolerance_of"]].tolist() == [0, 0]
    assert rows.loc["holds", ["tolerance_agree", "tolerance_of"]].tolist() == [1, 1]
    assert rows.loc["holds", ["conclusion_agree", "conclusion_of"]].tolist() == [0, 1]
    assert rows.loc["other", ["conclusion_agree", "conclusion_of"]].tolist() == [1, 1]


def test_the_report_is_of_the_run_whose_root_it_has(rated):
    base, folders = rated
    said = report(base, "abc", folders)
    assert said == reported(base, "abc")
    assert "rebuilt, 3 bits, 0 tolerance, 1 different; with other" in said
    assert "1 in every variant of conclusion" in said
    assert reported(base, "abd") == ""
    page = (base / "variants/index.html").read_text(encoding="utf-8")
    # What changes stands first.
    assert page.index("p/holds") < page.index("q/other")
    assert "<script" not in page
