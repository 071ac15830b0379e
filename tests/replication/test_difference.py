"""Two small runs that differ in one known way at a time."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from replication.audit.difference import compare, release, results_of, summary
from replication.errors import InputError

SURROUNDINGS = {"python": "3.11", "cpu": "a", "system": "b", "packages": {}, "pinned": {}}


def write(folder, name, step, inputs=(), **changes):
    """Write a manifest of a step with one output."""
    manifest = {
        "step": step,
        "parameters": {"seed": 0, "output": f"results/quick/{name}"},
        "code": {"src/a.py": "1"},
        "inputs": {f"results/quick/{path}": digest for path, digest in inputs},
        "outputs": {f"results/quick/{name}": changes.pop("digest", "x")},
        "lock": None,
        "environment": "e",
        "identity": "i",
        **changes,
    }
    path = folder / "manifests" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(manifest), encoding="utf-8")


@pytest.fixture
def runs(tmp_path):
    """Two equal runs: data made by one step, a table of it by another."""
    folders = []
    for name in ("a", "b"):
        folder = tmp_path / name
        (folder / "p/tables").mkdir(parents=True)
        (folder / "p/figures").mkdir()
        pd.DataFrame({"n": [1, 2], "x": [0.5, np.nan], "kind": ["u", "v"]}).to_csv(
            folder / "p/tables/t.csv", index=False
        )
        pd.DataFrame({"claim": ["c", "d"], "verdict": ["replicated"] * 2}).to_csv(
            folder / "p/verdicts.csv", index=False
        )
        Image.new("RGB", (10, 10)).save(folder / "p/figures/f.png")
        (folder / "manifests/environments").mkdir(parents=True)
        (folder / "manifests/environments/e.json").write_text(
            json.dumps(SURROUNDINGS), encoding="utf-8"
        )
        write(folder, "p/data/d.parquet", "scripts/p/train.py")
        write(folder, "p/tables/t.csv", "scripts/p/tabulate.py", [("p/data/d.parquet", "x")])
        folders.append(folder)
    return folders


def only(found):
    """Return the one file that differs."""
    (item,) = [item for item in found if item.level != "bits"]
    return item


def test_equal_runs_are_equal_in_bits(runs):
    found = compare(*runs)
    assert [item.file for item in found] == ["p/figures/f.png", "p/tables/t.csv", "p/verdicts.csv"]
    assert {item.level for item in found} == {"bits"}
    assert summary(found) == "1 tables equal in bits, 0 within tolerance, 0 differ"


@pytest.mark.parametrize(
    ("x", "level", "words"),
    [
        (0.5 * (1 + 1e-7), "tolerance", "1.0e-07 of x"),
        (0.5 * (1 + 1e-5), "different", "1.0e-05 of x"),
        (np.nan, "different", "inf of x"),
    ],
)
def test_numbers_are_compared_on_the_scale_of_the_larger(runs, x, level, words):
    path = runs[1] / "p/tables/t.csv"
    pd.DataFrame({"n": [1, 2], "x": [x, np.nan], "kind": ["u", "v"]}).to_csv(path, index=False)
    item = only(compare(*runs))
    assert (item.file, item.level, item.words) == ("p/tables/t.csv", level, words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.assign(kind=["u", "w"]), "1 words"),
        (lambda t: t.iloc[:1], "2 rows, 1 rows"),
        (lambda t: t.rename(columns={"x": "y"}), "other columns: x, y"),
    ],
)
def test_other_shapes_and_words_differ(runs, change, words):
    path = runs[1] / "p/tables/t.csv"
    change(pd.read_csv(path)).to_csv(path, index=False)
    item = only(compare(*runs))
    assert (item.level, item.words) == ("different", words)


def test_pixels_verdicts_and_missing_files(runs):
    picture = Image.new("RGB", (10, 10))
    picture.putpixel((3, 4), (255, 0, 0))
    picture.save(runs[1] / "p/figures/f.png")
    verdicts = runs[1] / "p/verdicts.csv"
    verdicts.write_text(
        verdicts.read_text(encoding="utf-8").replace("d,replicated", "d,inconclusive"),
        encoding="utf-8",
    )
    (runs[0] / "p/tables/t.csv").unlink()
    found = compare(*runs)
    words = {item.file: item.words for item in found}
    assert words["p/figures/f.png"] == "1.00% of the pixels"
    assert words["p/verdicts.csv"] == "d: replicated -> inconclusive"
    assert words["p/tables/t.csv"] == f"only in {runs[1]}"
    assert "1 differ: p/tables/t.csv; p/verdicts.csv: d: replicated" in summary(found)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"code": {"src/a.py": "2"}}, "code src/a.py"),
        (
            {"parameters": {"seed": 1, "output": "results/quick/p/data/d.parquet"}},
            "parameter seed of scripts/p/train.py: 0 -> 1",
        ),
        ({}, "scripts/p/train.py: same inputs, code, parameters and environment"),
    ],
)
def test_a_difference_is_traced_to_the_step_that_began_it(runs, change, cause):
    write(runs[1], "p/data/d.parquet", "scripts/p/train.py", digest="y", **change)
    write(runs[1], "p/tables/t.csv", "scripts/p/tabulate.py", [("p/data/d.parquet", "y")])
    path = runs[1] / "p/tables/t.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("0.5", "0.6"), encoding="utf-8")
    assert only(compare(*runs)).causes == (cause,)


def test_another_library_is_a_cause(runs):
    other = SURROUNDINGS | {"packages": {"numpy": "1.0"}}
    (runs[1] / "manifests/environments/e.json").write_text(json.dumps(other), encoding="utf-8")
    path = runs[1] / "p/tables/t.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("0.5", "0.6"), encoding="utf-8")
    assert only(compare(*runs)).causes == ("numpy: None -> 1.0",)


def test_released_results_are_those_of_a_commit(runs, tmp_path, monkeypatch):
    repository = tmp_path / "repository"
    repository.mkdir()
    monkeypatch.chdir(repository)
    for command in (["init", "-q"], ["config", "user.name", "n"], ["config", "user.email", "e"]):
        subprocess.run(["git", *command], check=True)
    stale = Path("results/reference/a/p/tables/old.csv")
    stale.parent.mkdir(parents=True)
    stale.write_text("n\n1\n", encoding="utf-8")
    release(runs[0])
    assert not stale.exists()
    subprocess.run(["git", "add", "-A"], check=True)
    subprocess.run(["git", "commit", "-qm", "Release"], check=True)
    with results_of("HEAD:a") as folder:
        found = [item for item in compare(folder, runs[0]) if item.file.endswith(".csv")]
    assert {item.level for item in found} == {"bits"}
    with pytest.raises(ValueError, match="v9: neither a folder nor a commit"), results_of("v9"):
        pass
    with pytest.raises(ValueError, match="commit with results/reference/quick"), results_of("HEAD"):
        pass


def test_missing_text_equals_missing_text(tmp_path):
    for name, value in (("a", "1.0"), ("b", "1.00000000001")):
        folder = tmp_path / name / "p/tables"
        folder.mkdir(parents=True)
        (folder / "t.csv").write_text(f"x,remark\n{value},\n2.0,slow\n", encoding="utf-8")
    (found,) = compare(tmp_path / "a", tmp_path / "b")
    assert found.level == "tolerance"


@pytest.mark.parametrize("name", ["", "."])
def test_what_is_no_run_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"no run|neither a folder nor a commit"), results_of(name):
        pass
