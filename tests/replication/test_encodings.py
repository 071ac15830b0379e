"""Text is UTF-8 wherever the program runs, and a terminal that has fewer letters stops nothing."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from replication.audit.parameters import ask_snakemake
from replication.errors import InputError

SOURCES = [
    path
    for folder in ("src", "scripts", "tests", "paper")
    for path in sorted(Path(folder).rglob("*.py"))
]
# What Python takes for the encoding of files, streams and file names in such a locale is ASCII.
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
# These open archives, images and file descriptors.
OTHERS = {"gzip", "tarfile", "os", "Image"}


def opens_text_without_encoding(call):
    """Say whether a call reads or writes text in whatever encoding the locale has."""
    owner = getattr(getattr(call.func, "value", None), "id", "")
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    named = {keyword.arg for keyword in call.keywords}
    if "encoding" in named:
        return False
    if name in ("read_text", "write_text") or (owner == "subprocess" and "text" in named):
        return True
    if name != "open" or owner in OTHERS:
        return False
    arguments = call.args[1:] if isinstance(call.func, ast.Name) else call.args
    mode = getattr(arguments[0], "value", None) if arguments else "r"
    return isinstance(mode, str) and re.fullmatch("[rwxa+]+", mode) is not None


def test_every_file_and_process_is_read_in_a_named_encoding():
    assert len(SOURCES) > 100
    assert not [
        f"{path}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and opens_text_without_encoding(node)
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("path.read_text()", True),
        ("path.open('w')", True),
        ("path.open()", True),
        ("open(path)", True),
        ("subprocess.run(words, text=True)", True),
        ("path.open('rb')", False),
        ("zip.open(name)", False),
        ("path.write_text(text, encoding='utf-8')", False),
    ],
)
def test_the_search_finds_what_it_is_for(line, found):
    assert opens_text_without_encoding(ast.parse(line).body[0].value) is found


def run_of(folder, verdict):
    """Write a run of one claim that has letters beyond ASCII in its name."""
    (folder / "p").mkdir(parents=True)
    text = f"claim,verdict\nGödel–λ,{verdict}\n"
    (folder / "p/verdicts.csv").write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize("surroundings", [ASCII, {"PYTHONIOENCODING": "ascii"}])
def test_letters_that_a_terminal_lacks_are_spelt_out(tmp_path, surroundings):
    runs = run_of(tmp_path / "a", "replicated"), run_of(tmp_path / "b", "inconclusive")
    command = "from replication.audit.command import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "diff", *runs],
        env=os.environ | surroundings,
        capture_output=True,
        encoding="ascii",
    )
    assert done.returncode == 1
    assert done.stderr == ""
    assert r"G\xf6del\u2013\u03bb: replicated -> inconclusive" in done.stdout


def test_what_snakemake_says_is_read_as_it_was_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in ASCII.items():
        monkeypatch.setenv(name, value)
    text = 'print("λ")\nrule all:\n    input: "ö"\n'
    (tmp_path / "Snakefile").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="ö"):
        ask_snakemake(["--dry-run"], [])
