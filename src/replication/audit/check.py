"""Hold the files of a run against the manifests of the steps that made them.

Snakemake compares inputs with what they were when a result was made. It sees neither a result that
was edited by hand, nor another library, nor a file that a step read without saying so; and it does
not say which claims are at stake.

A finding says how to mend it: by a command for the shell, or in words where no command can. That
code was not committed when a step ran is no finding, since the code itself is held against its
hash; it is told apart, and a run that others are to find by its commit is not released with it.
"""

from replication.run.manifest import (
    KEPT,
    Manifest,
    identity,
    load,
    root,
    sha256,
    surroundings_of,
    tree,
)

import csv
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

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
# The table of the planted faults, which is the same for all tiers.
MUTATIONS = Path("results/mutations/mutations.csv")
# The targets of the graph whose results are the evidence of a run.
EVIDENCE = ("all", "mutations")
# As many outputs does a command name; it forces all steps to mend what is found in more.
NAMED = 8

Kind = Literal[
    "missing",
    "edited",
    "unrecorded",
    "made by nothing",
    "contradicted verdict",
    "other parameters",
    "other input",
    "undeclared input",
    "other code",
    "other lock",
    "other environment",
    "out of date",
    "criterion changed",
    "other root",
    "uncommitted code",
    "unknown commit",
]
# What is found: the kind, the file, what was expected and what is there.
What = tuple[Kind, str, str, str]


@dataclass(frozen=True)
class Expected:
    """A file that the graph makes: its rule, the rule's inputs, and what Snakemake says of it.

    Its output is what the rule calls it: the file, or the folder that it lies in. There are no
    inputs if Snakemake has no record of making it, as in a copy of the folder.
    """

    file: str
    output: str
    rule: str
    inputs: frozenset[str]
    status: str


@dataclass(frozen=True)
class Finding:
    """Something that is not as the run left it.

    Attributes
    ----------
    kind : str
        One of `Kind`; the last two are those of `Audit.commits`.
    file : str
        The file, or what of the environment.
    expected, found : str
        Hashes, versions, or words.
    affected : tuple of str
        The results that are, or were made from, what was found.
    claims : tuple of str
        The claims that are measured on them, as paper/claim.
    mend : str
        The command that puts it right; for the last four kinds, words.
    """

    kind: Kind
    file: str
    expected: str
    found: str
    affected: tuple[str, ...]
    claims: tuple[str, ...]
    mend: str


@dataclass(frozen=True)
class Audit:
    """What an audit looked at, and what it found; `commits` are the steps that no commit names."""

    folder: Path
    root: str
    manifests: list[Manifest]
    files: int
    findings: list[Finding]
    commits: list[Finding]
    criteria: list[History]


def plan(options: Iterable[str], targets: Sequence[str] = ()) -> list[Expected]:
    """Ask Snakemake which files the graph makes.

    Parameters
    ----------
    options : iterable of str
        What chooses the tier, for example ``["--config", "tier=smoke"]``.
    targets : sequence of str
        The papers whose files are meant, or `EVIDENCE`; those of all papers if none are given.

    Raises
    ------
    InputError
        If Snakemake can't build the graph; its last line says why.
    """
    said = ask_snakemake(["--detailed-summary"], options, targets)
    rows = csv.DictReader(said.stdout.splitlines(), delimiter="\t")
    return [
        Expected(
            row["output_file"],
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
    options: Sequence[str] = (),
    targets: Sequence[str] = (),
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
    options, targets
        Those of `plan`, for the commands that mend a finding.

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
    # Snakemake lists files in an order that differs from call to call.
    manifests = [run[path] for path in sorted(run)]
    # The same finding in several steps is one.
    found: dict[What, list[str]] = defaultdict(list)
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
    output_of = {item.file: item.output for item in expected}

    def told(what: What, outputs: list[str], mend: str) -> Finding:
        affected = sorted(_downstream(manifests, set(outputs)))
        at_stake = tuple(name for path in affected for name in claims.get(path, ()))
        return Finding(*what, tuple(affected), at_stake, mend)

    findings = []
    for what, outputs in found.items():
        # One output of each step names it.
        steps = {made_by[file]["path"] if file in made_by else file: file for file in outputs}
        named = {output_of.get(file, file) for file in steps.values()}
        findings.append(told(what, outputs, _mend(what[0], named, options, targets)))
    _now.cache_clear()
    judged = {Path(item.file).parent.name for item in expected if item.rule == "judge_claims"}
    criteria = [history for history in histories() if history.paper in judged]
    findings += [_of_criterion(history) for history in criteria if history.unexplained]
    commits = [
        told(what, outputs, _anew(outputs, options, targets))
        for what, outputs in _without_commit(manifests).items()
    ]
    return Audit(results, root(manifests), manifests, len(expected), findings, commits, criteria)


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
    return next(
        folder
        for folder in trees
        if folder and folder.parts[0] == "results" and folder != MUTATIONS.parent
    )


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
        f"say why in {ledger}, `changed: <reason>`; `git diff {since}-- {ledger}` shows the change",
    )


def _of_step(
    manifest: Manifest,
    made_by: Mapping[str, Manifest],
    declared: frozenset[str],
    surroundings: Mapping[str, Any],
) -> Iterator[What]:
    """Yield what has changed since a step ran."""
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
    path, recorded = surroundings_of(manifest)
    if recorded is None:
        if path.is_file():
            yield "edited", str(path), path.stem, _now(str(path))
        else:
            yield "missing", str(path), "a file", GONE
        return
    for name, before, after in differences(recorded, surroundings):
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


def _without_commit(manifests: Iterable[Manifest]) -> dict[What, list[str]]:
    """Return the outputs of steps that ran on code that no commit names, by what is to be said."""
    found: dict[What, list[str]] = defaultdict(list)
    for manifest in manifests:
        ran = manifest["circumstances"]
        if ran["commit"] is None:
            because = ran.get("no_commit_because", "git did not say why")
            found["unknown commit", "commit", "a commit", because] += manifest["outputs"]
        elif ran["commit"].endswith("-dirty"):
            changes = "changes that were not committed"
            found["uncommitted code", "commit", "a commit", changes] += manifest["outputs"]
    return found


def _mend(
    kind: Kind, outputs: Iterable[str], options: Sequence[str], targets: Sequence[str]
) -> str:
    """Return the command that puts a finding in some outputs right."""
    if kind == "made by nothing":
        return shlex.join(["rm", *sorted(outputs)])
    return _snakemake(outputs, options, targets)


def _anew(outputs: Iterable[str], options: Sequence[str], targets: Sequence[str]) -> str:
    """Return how steps get a record of the commit: by running, as what is kept has the old one."""
    kept = {str(folder / KEPT) for file in outputs if (folder := tree(Path(file)))}
    removed = shlex.join(["rm", "-rf", *sorted(kept)])
    return f"commit all changes, then `{removed}; {_snakemake(outputs, options, targets)}`"


def _snakemake(outputs: Iterable[str], options: Sequence[str], targets: Sequence[str]) -> str:
    """Return the command that runs the steps of some outputs again, whatever Snakemake thinks.

    Steps that need not have are run again where that makes the command short; their results are put
    back.
    """
    named = sorted(outputs)
    forced = ["--forceall"] if len(named) > NAMED else ["--forcerun", *named]
    return shlex.join(["snakemake", "--cores", "all", *targets, *forced, *options])
