"""A criterion that changes after a run has judged by it is found, in a small repository."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from replication.audit import criteria
from replication.audit.criteria import UNCOMMITTED, histories, summary

LEDGER = Path("config/p/claims.yaml")
CLAIM = {
    "id": "one",
    "place": "Theorem 1",
    "kind": "theorem",
    "statement": "It holds.",
    "measure": {"table": "t", "value": "gap"},
    "criterion": {"at_least": 0},
}


def git(*arguments):
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    return subprocess.run(
        ["git", *identity, *arguments], capture_output=True, check=True, encoding="utf-8"
    ).stdout.strip()


def write(**changes):
    LEDGER.parent.mkdir(parents=True, exist_ok=True)
    LEDGER.write_text(yaml.safe_dump({"paper": "p", "claims": [CLAIM | changes]}), encoding="utf-8")


def commit():
    git("add", "-A")
    git("commit", "-qm", "x", "--allow-empty")
    return git("rev-parse", "HEAD")


@pytest.fixture
def released(tmp_path, monkeypatch):
    """A repository whose released run was judged by its first commit, which is returned."""
    monkeypatch.chdir(tmp_path)
    criteria._claims.cache_clear()
    git("init", "-q")
    write()
    first = commit()
    verdicts = Path("results/reference/quick/p/verdicts.csv")
    manifest = Path("results/reference/quick/manifests/p/verdicts.csv.json")
    for path in (verdicts, manifest):
        path.parent.mkdir(parents=True)
    verdicts.write_text("claim,verdict\none,replicated\n", encoding="utf-8")
    manifest.write_text(json.dumps({"circumstances": {"commit": first}}), encoding="utf-8")
    commit()
    return first


def test_a_criterion_as_it_was_is_as_old_as_its_commit(released):
    write(statement="It holds, in other words.")
    commit()
    (history,) = histories()
    assert (history.commit, history.released, history.unexplained) == (released, (), False)
    assert summary([history]).startswith("1 criteria, 0 changed")


@pytest.mark.parametrize(
    "change",
    [{"criterion": {"at_least": -1}}, {"measure": {"table": "t", "value": "gain"}}],
)
def test_a_criterion_that_changes_after_a_run_is_flagged(released, change):
    write(**change)
    (history,) = histories()
    assert (history.commit, history.released, history.unexplained) == (
        UNCOMMITTED,
        ("quick",),
        True,
    )
    second = commit()
    (history,) = histories()
    assert history.commit == second
    assert summary([history]) == (
        "1 criteria, 1 changed after a released run was judged, 1 of them without a reason"
    )
    write(**change, changed="The first criterion asked for too much.")
    (history,) = histories()
    assert (history.released, history.unexplained) == (("quick",), False)


def test_a_ledger_is_followed_through_its_renames(released):
    Path("config/q").mkdir()
    git("mv", str(LEDGER), "config/q/claims.yaml")
    path = Path("config/q/claims.yaml")
    path.write_text(
        path.read_text(encoding="utf-8").replace("paper: p", "paper: q"), encoding="utf-8"
    )
    commit()
    (history,) = histories()
    assert history.commit == released


def test_without_a_repository_the_reason_is_git_s(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write()
    assert histories() == []
    assert "how old the criteria are can't be told" in capsys.readouterr().out
