"""What the command `audit` says where its questions, or its surroundings, are not as it expects."""

import os
import subprocess
import sys

import pytest

from replication.audit import command, parameters
from replication.audit.check import Audit
from replication.audit.difference import results_of
from replication.errors import InputError

AUDIT = [sys.executable, "-c", "from replication.audit.command import main; main()"]
SNAKEFILE = """
rule all:
    input: "results/quick/p/t.csv"

rule make:
    output: "results/quick/p/t.csv"
    shell: "echo {config} > {output}"
"""


def test_elsewhere_the_folder_of_the_repository_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no Snakefile; run this in the folder of the repository"):
        parameters.ask_snakemake(["--dry-run"], [])


def test_snakemake_is_asked_of_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "Snakefile").write_text(SNAKEFILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(parameters.os, "access", lambda *_: False)
    said = parameters.ask_snakemake(["--detailed-summary"], [])
    assert "results/quick/p/t.csv" in said.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["Snakefile"]


def test_what_cannot_be_written_is_said_once(tmp_path, capsys):
    (tmp_path / "run").write_text("", encoding="utf-8")  # no folder, nothing can lie in it
    command._write(Audit(tmp_path / "run", "", [], 0, [], [], []))
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Neither table nor page of the audit are written: [Errno ")


@pytest.mark.parametrize("name", ["", "nowhere", "src", "src/replication", "README.md"])
def test_what_is_no_run_is_refused(name):
    expected = f"^{name}: (no run|neither a folder nor a commit)"
    with pytest.raises(InputError, match=expected), results_of(name):
        pass


@pytest.mark.parametrize(
    "words",
    [("diff", "a", "b"), *((name, "--help") for name in ("check", "diff", "spot", "reproduce"))],
)
def test_a_reader_who_leaves_gets_no_traceback(tmp_path, words):
    for run, verdict in (("a", "replicated"), ("b", "inconclusive")):
        (tmp_path / run / "p").mkdir(parents=True)
        text = f"claim,verdict\nc,{verdict}\n"
        (tmp_path / run / "p/verdicts.csv").write_text(text, encoding="utf-8")
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*AUDIT, *words], cwd=tmp_path, stdout=write, stderr=subprocess.PIPE, encoding="utf-8"
    )
    os.close(write)
    assert done.stderr == ""
    assert done.returncode == 1
