"""With which parameters the graph would run its steps here and now."""

from replication.run.manifest import Manifest

import inspect
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import TypeAdapter, ValidationError

from replication.errors import InputError
from replication.settings import signature, takes_lists

COMMAND = re.compile(r"^Shell command: python (\S+\.py) (.*?) > \S+ 2>&1$", re.MULTILINE)

# The parameters of one job, by name, as a manifest has them.
Parameters = dict[str, Any]


def planned(options: Iterable[str], targets: Sequence[str] = ()) -> dict[str, list[Parameters]]:
    """Ask Snakemake which steps it would run, and return the parameters of each job by script.

    Parameters
    ----------
    options : iterable of str
        What chooses the tier, for example ``["--config", "tier=smoke"]``.
    targets : sequence of str
        The papers, or other targets, whose steps are meant; all papers if none are given.

    Raises
    ------
    InputError
        If Snakemake can't build the graph; its last line says why.
    """
    said = ask_snakemake(["--dry-run", "--forceall", "--printshellcmds"], options, targets)
    jobs: dict[str, list[Parameters]] = {}
    for script, line in COMMAND.findall(f"{said.stdout}\n{said.stderr}"):
        jobs.setdefault(script, []).append(of_command(Path(script), shlex.split(line)))
    return jobs


def ask_snakemake(
    questions: Sequence[str], options: Iterable[str], targets: Sequence[str] = ()
) -> "subprocess.CompletedProcess[str]":
    """Run Snakemake with options that build nothing, and return what it said.

    Parameters
    ----------
    questions : sequence of str
        The options that ask.
    options, targets
        As for `planned`.

    Raises
    ------
    InputError
        If Snakemake can't build the graph; its last line says why.
    """
    if not Path("Snakefile").is_file():
        raise InputError(f"{Path.cwd()}: no Snakefile; run this in the folder of the repository")
    command = [sys.executable, "-m", "snakemake", *([*targets] or ["all"]), *questions, "--nolock"]
    with _books() as place:
        said = subprocess.run(
            [*command, *options],
            cwd=place,
            env=os.environ | {"PYTHONUTF8": "1"},
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
    if said.returncode:
        lines = (said.stderr.strip() or said.stdout.strip()).splitlines()
        raise InputError((lines or ["snakemake failed"])[-1])
    return said


@contextmanager
def _books() -> Iterator[Path]:
    """Yield a folder where Snakemake can keep its books: this one, or links to all that is in it.

    The latter is for a repository that can't be written.
    """
    here = Path.cwd()
    if os.access(here, os.W_OK):
        yield here
        return
    with TemporaryDirectory() as place:
        books = Path(place, ".snakemake")
        books.mkdir()
        for path in [*here.iterdir(), *(here / books.name).glob("*")]:
            if path.name != books.name:
                (Path(place) / path.relative_to(here)).symlink_to(path)
        yield Path(place)


def of_command(script: Path, words: Sequence[str]) -> Parameters:
    """Return the parameters that a command line gives a step, with its defaults."""
    parameters: Parameters = {}
    for name, parameter in signature(script).parameters.items():
        flag = f"--{name.replace('_', '-')}"
        if flag in words:
            start = words.index(flag) + 1
            end = next((i for i in range(start, len(words)) if words[i].startswith("--")), None)
            values: Any = list(words[start:end])
            if not values:
                values = True
            elif not takes_lists(parameter.annotation):
                (values,) = values
            parameters[name] = _plain(_typed(values, parameter.annotation))
        elif flag.replace("--", "--no-", 1) in words:
            parameters[name] = False
        elif parameter.default is not inspect.Parameter.empty:
            parameters[name] = _plain(parameter.default)
    return parameters


def differing(manifest: Manifest, jobs: Mapping[str, Sequence[Parameters]]) -> tuple[str, str, str]:
    """Return the first parameter with which the graph would run a step otherwise.

    Returns
    -------
    tuple of str
        Name, expected and found value; empty if the step was run as the graph would run it, or is
        no step of the graph.
    """
    found = manifest["parameters"]
    wanted = jobs.get(manifest["step"], [])
    if not wanted or found in wanted:
        return "", "", ""
    outputs = {*manifest["outputs"]}
    closest = max(wanted, key=lambda job: len(outputs & {*map(str, _flat(job.values()))}))
    for name in {**closest, **found}:
        if closest.get(name) != found.get(name):
            return name, str(closest.get(name)), str(found.get(name))
    return "", "", ""


def _typed(value: Any, annotation: Any) -> Any:
    try:
        return TypeAdapter(annotation).validate_python(value, strict=False)
    except ValidationError:  # what the step refuses it has not been run with
        return value


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _flat(values: Iterable[Any]) -> list[Any]:
    return [item for value in values for item in (value if isinstance(value, list) else [value])]
