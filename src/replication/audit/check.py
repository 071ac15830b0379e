"""Hold the files of a run against the manifests of the steps that made them.

Snakemake compares inputs with what they were when a result was made. It sees neither a result that
was edited by hand, nor another library, nor a file that a step read without saying so; and it does
not say which claims are at stake.
"""

from replication.run.manifest import Manifest, identity, load, root, sha256, tree

import csv
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from replication.audit.criteria import UNCOMMITTED, History, histories
from replication.audit.criteria import summary as criteria_in_words
from replication.audit.difference import differences
from replication.audit.parameters import Parameters, ask_snakemake, differing
from replication.claims.ledger import load_ledger
from replication.claims.verdicts import judge
from replication.errors import InputError
from replication.settings import load_yaml
from replication.show.page import fill

GONE = "no such file"


@dataclass(frozen=True)
class Expected:
    """A file that the graph makes: its rule, the rule's inputs, and what Snakemake says of it.

    There are no inputs if Snakemake has no record of making it, as in a copy of the folder.
    """

    file: str
    rule: str
    inputs: frozenset[str]
    status: str


@dataclass(frozen=True)
class Finding:
    """Something that is not as the run left it.

    Attributes
    ----------
    kind : str
        "missing", "edited", "unrecorded", "made by nothing", "contradicted verdict", "other
        parameters", "other input", "undeclared input", "other code",
        "other lock", "other environment", "out of date" or "criterion changed".
    file : str
        The file, or what of the environment.
    expected, found : str
        Hashes, versions, or words.
    affected : tuple of str
        The results that are, or were made from, what was found.
    claims : tuple of str
        The claims that are measured on them, as paper/claim.
    mend : str
        The command that puts it right.
    """

    kind: str
    file: str
    expected: str
    found: str
    affected: tuple[str, ...]
    claims: tuple[str, ...]
    mend: str


@dataclass(frozen=True)
class Audit:
    """What an audit looked at, and what it found."""

    folder: Path
    root: str
    manifests: list[Manifest]
    files: int
    findings: list[Finding]
    criteria: list[History]


def plan(options: Iterable[str], papers: Sequence[str] = ()) -> list[Expected]:
    """Ask Snakemake which files the graph makes.

    Parameters
    ----------
    options : iterable of str
        What chooses the tier, for example ``["--config", "tier=smoke"]``.
    papers : sequence of str
        The papers whose files are meant; all if none are given.

    Raises
    ------
    InputError
        If Snakemake can't build the graph; its last line says why.
    """
    said = ask_snakemake(["--detailed-summary"], options, papers)
    rows = csv.DictReader(said.stdout.splitlines(), delimiter="\t")
    return [
        Expected(
            row["output_file"],
            row["rule"],
            frozenset(row["input-file(s)"].split(",")) - {"-", ""},
            row["status"],
        )
        for row in rows
    ]


def audit(
    expected: list[Expected],
    jobs: Mapping[str, Sequence[Parameters]],
    surroundings: Mapping[str, Any],
    options: str = "",
) -> Audit:
    """Compare every file of a run, and every file it was made from, with the manifests.

    Parameters
    ----------
    expected : list of Expected
        What the graph makes.
    jobs : mapping of str to sequence
        What `replication.audit.parameters.planned` returns here and now.
    surroundings : mapping
        What `replication.run.manifest.environment` returns here and now.
    options : str
        The options of `plan`, for the commands that mend a finding.

    Raises
    ------
    InputError
        If a manifest can't be read.
    """
    folders = sorted({folder for item in expected if (folder := tree(Path(item.file)))})
    made_by = {
        file: manifest
        for folder in folders
        for manifest in load(folder)
        for file in manifest["outputs"]
    }
    expected = [inner for item in expected for inner in _files_of(item, made_by)]
    run = {
        made_by[item.file]["path"]: made_by[item.file] for item in expected if item.file in made_by
    }
    manifests = list(run.values())
    # The same finding in several steps is one: what, the file, expected, found -> outputs.
    found: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for item in expected:
        if _now(item.file) == GONE:
            found["missing", item.file, "a file", GONE].append(item.file)
        elif item.file not in made_by:
            found["unrecorded", item.file, "a manifest", "none"].append(item.file)
        elif _now(item.file) != (digest := made_by[item.file]["outputs"][item.file]):
            found["edited", item.file, digest, _now(item.file)].append(item.file)
    inputs = {item.file: item.inputs for item in expected}
    for manifest in manifests:
        outputs = [file for file in manifest["outputs"] if file in inputs]
        for finding in _of_step(manifest, made_by, inputs[outputs[0]], surroundings):
            found[finding] += outputs
        name, wanted, had = differing(manifest, jobs)
        if name:
            found["other parameters", f"{manifest['step']}: {name}", wanted, had] += outputs
    explained = _downstream(manifests, {file for files in found.values() for file in files})
    for item in expected:
        if item.status != "ok" and item.file not in explained:
            found["out of date", item.file, "up to date", item.status].append(item.file)
    results = results_folder(expected)
    for file in _made_by_nothing(results, expected):
        found["made by nothing", file, "no such file", "a file"].append(file)
    for path, claim, wanted, had in _contradicted(results, expected):
        found["contradicted verdict", f"{path}: {claim}", wanted, had].append(path)
    claims = _claims(results)
    findings = []
    for (kind, file, digest, now), outputs in found.items():
        affected = sorted(_downstream(manifests, set(outputs)))
        named = tuple(name for path in affected for name in claims.get(path, ()))
        mend = _mend(kind, outputs, options)
        findings.append(Finding(kind, file, digest, now, tuple(affected), named, mend))
    _now.cache_clear()
    judged = {Path(item.file).parent.name for item in expected if item.rule == "judge_claims"}
    criteria = [history for history in histories() if history.paper in judged]
    findings += [_of_criterion(history) for history in criteria if history.unexplained]
    return Audit(results, root(manifests), manifests, len(expected), findings, criteria)


def page(found: Audit) -> str:
    """Return the page of an audit."""
    template = Path(__file__).with_name("audit.html.j2")
    criteria = criteria_in_words(found.criteria)
    title = f"Audit of {found.folder}"
    return fill(template, title, audit=found, short=short, criteria=criteria)


def short(text: str) -> str:
    """Return the beginning of a hash, and other words as they are."""
    return text[:12] if len(text) == 64 and " " not in text else text


def results_folder(expected: list[Expected]) -> Path:
    """Return results/<tier> of a graph."""
    trees = (tree(Path(item.file)) for item in expected)
    return next(folder for folder in trees if folder and folder.parts[0] == "results")


def _made_by_nothing(results: Path, expected: Iterable[Expected]) -> Iterator[str]:
    """Yield the files in the folders of papers, and manifests, that the graph does not make."""
    made = {item.file for item in expected}
    papers = {file.split("/")[2] for file in made if Path(file).is_relative_to(results)}
    for paper in sorted(papers):
        for path in sorted((results / paper).rglob("*")):
            if path.is_file() and not path.name.startswith(".") and str(path) not in made:
                yield str(path)
        for path in sorted((results / "manifests" / paper).rglob("*.json")):
            first = results / path.relative_to(results / "manifests").with_suffix("")
            if str(first) not in made:
                yield str(path)


def _contradicted(
    results: Path, expected: Iterable[Expected]
) -> Iterator[tuple[str, str, str, str]]:
    """Judge every claim anew; yield file, id, and both verdicts where the written one differs."""
    for item in expected:
        path = Path(item.file)
        if path.name != "verdicts.csv" or not path.is_file():
            continue
        ledger = Path(f"config/{path.parent.name}/claims.yaml")
        written = pd.read_csv(path).set_index("claim")["verdict"]
        tables = {table.stem: pd.read_csv(table) for table in path.parent.glob("tables/*.csv")}
        for claim in load_ledger(ledger):
            try:
                verdict = judge(claim, tables, results.name).verdict
            except InputError as error:
                verdict = str(error)
            if verdict != written.get(claim["id"]):
                yield str(path), claim["id"], verdict, str(written.get(claim["id"]))


def _of_criterion(history: History) -> Finding:
    """Return the finding that a criterion changed after a released run, and nobody says why."""
    ledger = f"config/{history.paper}/claims.yaml"
    since = "" if history.commit == UNCOMMITTED else f"{history.commit}~ "
    return Finding(
        "criterion changed",
        ledger,
        f"what judged {history.claim} in the released run of {', '.join(history.released)}",
        f"another since {history.commit}, without `changed: <reason>`",
        (),
        (f"{history.paper}/{history.claim}",),
        f"git diff {since}-- {ledger}",
    )


def _of_step(
    manifest: Manifest,
    made_by: Mapping[str, Manifest],
    declared: frozenset[str],
    surroundings: Mapping[str, Any],
) -> Iterator[tuple[str, str, str, str]]:
    """Yield what has changed since a step ran: kind, file, expected and found."""
    if manifest["identity"] != (now := identity(manifest)):
        yield "edited", manifest["path"], manifest["identity"], now
    for file, digest in manifest["inputs"].items():
        # An input that a step made is held against that step's record: whether the file itself
        # was edited since is a finding of its own.
        now = made_by[file]["outputs"][file] if file in made_by else _now(file)
        if now != digest:
            yield "other input", file, digest, now
    for file, digest in manifest["code"].items():
        if (now := _now(file)) != digest:
            yield "other code", file, digest, now
    if (lock := manifest["lock"] or GONE) != (now := _now("requirements.lock")):
        yield "other lock", "requirements.lock", lock, now
    read = {*manifest["inputs"], *manifest["code"]} if declared else set()
    for file in sorted(read - declared):
        # The printed forms of a table and the other forms of a figure come with it.
        if not {str(Path(file).with_suffix(suffix)) for suffix in (".csv", ".svg")} & declared:
            yield "undeclared input", file, "an input of the rule", "none"
    folder = tree(Path(manifest["path"])) or Path()
    path = folder / "manifests" / "environments" / f"{manifest['environment']}.json"
    if not path.is_file():
        yield "missing", str(path), "a file", GONE
        return
    for name, before, after in differences(load_yaml(path), surroundings):
        yield "other environment", name, before, after


def _files_of(item: Expected, made_by: Mapping[str, Manifest]) -> list[Expected]:
    """Return an expected file, or what the step recorded in an expected folder."""
    if not Path(item.file).is_dir():
        return [item]
    inside = [file for file in made_by if Path(file).is_relative_to(item.file)]
    return [replace(item, file=file) for file in sorted(inside)]


@cache
def _now(file: str) -> str:
    """Return the hash of a file."""
    return sha256(Path(file)) if Path(file).is_file() else GONE


def _downstream(manifests: Iterable[Manifest], files: set[str]) -> set[str]:
    """Return files and all that was made from them."""
    reached, waiting = set(files), True
    while waiting:
        more = {
            file
            for manifest in manifests
            if not reached.isdisjoint(manifest["inputs"])
            for file in manifest["outputs"]
        }
        waiting = not more <= reached
        reached |= more
    return reached


def _claims(results: Path) -> dict[str, list[str]]:
    """Return the claims that are measured on each table."""
    measured: dict[str, list[str]] = defaultdict(list)
    for path in sorted(Path("config").glob("*/claims.yaml")):
        paper = path.parent.name
        for claim in load_yaml(path)["claims"]:
            if "measure" in claim:
                table = results / paper / "tables" / f"{claim['measure']['table']}.csv"
                measured[str(table)].append(f"{paper}/{claim['id']}")
    return measured


def _mend(kind: str, outputs: list[str], options: str) -> str:
    """Return the command that puts a finding right."""
    again = {
        "edited",
        "unrecorded",
        "other environment",
        "undeclared input",
        "other parameters",
        "contradicted verdict",
    }
    if kind == "made by nothing":
        return shlex.join(["rm", *sorted(outputs)])
    forced = ["--forcerun", *sorted(outputs)] if kind in again else []
    if kind == "missing":  # what is made from it may be there, and then nothing else asks for it
        forced = sorted(outputs)
    return (
        " ".join(["snakemake --cores all", shlex.join(forced), options]).replace("  ", " ").strip()
    )
