"""Whether criteria were written before the runs that they judge, as far as git can tell.

Of each claim two things are looked up, neither by hand: the commit in which what it is judged by
got its present form, and the form that it had when a released run was judged.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from replication.audit.difference import REFERENCE
from replication.claims.ledger import load_ledger
from replication.errors import InputError
from replication.settings import SafeLoader

JUDGED_BY = ("measure", "criterion", "hypothesis", "vacuous")
UNCOMMITTED = "uncommitted"


@dataclass(frozen=True)
class History:
    """How old the criterion of a claim is.

    Attributes
    ----------
    paper, claim : str
        Citation key and id.
    commit, date : str
        The commit in which measure and criterion got their present form, and its date (ISO 8601);
        "uncommitted" and "" if they differ from those of the last commit.
    released : tuple of str
        The released tiers whose runs were judged by another measure or criterion.
    reason : str
        What the ledger says of that; empty if nothing.
    """

    paper: str
    claim: str
    commit: str
    date: str
    released: tuple[str, ...]
    reason: str

    @property
    def unexplained(self) -> bool:
        """Whether it changed after a released run, and the ledger gives no reason."""
        return bool(self.released) and not self.reason


def histories() -> list[History]:
    """Return the history of every claim of every paper, in the order of the ledgers.

    Without git, or outside a repository, there is none, and git's reason is printed.
    """
    try:
        _git("rev-parse", "HEAD")
    except InputError as error:
        print(f"{error}: how old the criteria are can't be told")
        return []
    return [
        history
        for path in sorted(Path("config").glob("*/claims.yaml"))
        for history in _of_paper(path)
    ]


def summary(found: list[History]) -> str:
    """Return in a sentence how many criteria changed after a released run."""
    changed = [history for history in found if history.released]
    unexplained = [history for history in changed if history.unexplained]
    return (
        f"{len(found)} criteria, {len(changed)} changed after a released run was judged, "
        f"{len(unexplained)} of them without a reason"
    )


def _of_paper(path: Path) -> Iterator[History]:
    paper = path.parent.name
    now = {claim["id"]: claim for claim in load_ledger(path)}
    past = list(_past(path))
    released = dict(_released(path))
    for name, claim in now.items():
        form = _form(claim)
        commit, date = UNCOMMITTED, ""
        for older, when, claims in past:
            if name not in claims or _form(claims[name]) != form:
                break
            commit, date = older, when
        others = tuple(
            tier for tier, claims in released.items() if name in claims and claims[name] != form
        )
        yield History(paper, name, commit, date, others, claim.get("changed", ""))


def _past(path: Path) -> Iterator[tuple[str, str, dict[str, dict[str, Any]]]]:
    """Yield commit, date and claims of each version of a ledger, the newest first."""
    said = _git("log", "--follow", "--name-only", "--format=%x00%H %cI", "--", str(path))
    for entry in said.split("\0")[1:]:
        head, *names = [line for line in entry.splitlines() if line]
        commit, date = head.split()
        yield commit, date, _claims(commit, names[0])


def _released(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield by which form each claim was judged in the released run of each tier."""
    paper = path.parent.name
    for verdicts in sorted(REFERENCE.glob(f"*/{paper}/verdicts.csv")):
        tier = verdicts.parts[-3]
        manifest = REFERENCE / tier / "manifests" / paper / "verdicts.csv.json"
        if not manifest.is_file():
            continue
        commit = json.loads(manifest.read_text(encoding="utf-8"))["circumstances"]["commit"] or ""
        names = set(pd.read_csv(verdicts)["claim"])
        commit = commit.removesuffix("-dirty")
        for then in (path, Path("config/claims") / f"{paper}.yaml"):
            if claims := _claims(commit, str(then)):
                yield tier, {name: _form(claims[name]) for name in names & claims.keys()}
                break


@cache
def _claims(commit: str, path: str) -> dict[str, dict[str, Any]]:
    """Return the claims of a ledger in a commit, by id; none if it was not there or no ledger."""
    try:
        content = yaml.load(_git("show", f"{commit}:{path}"), Loader=SafeLoader)
        return {claim["id"]: claim for claim in content["claims"]}
    except (InputError, yaml.YAMLError, KeyError, TypeError):
        return {}


def _form(claim: Mapping[str, Any]) -> str:
    """Return what a claim is judged by, as text that is equal if and only if it is the same."""
    parts = {part: dict(claim[part]) for part in JUDGED_BY if part in claim}
    for part in parts.values():
        part.pop("optional", None)  # which does not judge, but says where nothing is judged
    return json.dumps(parts, sort_keys=True)


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], capture_output=True, check=False, encoding="utf-8"
        )
    except FileNotFoundError:
        raise InputError("git: not installed") from None
    if done.returncode:
        raise InputError(f"git: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
    return done.stdout
