"""From a claim of a ledger and the tables of a run to a verdict."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from replication.errors import InputError

# What is said of a claim that agrees with its criterion, and of one that disagrees, by its kind.
WORDS = {
    "theorem": ("replicated", "not replicated"),
    "experiment": ("replicated", "not replicated"),
    "correction": ("confirmed", "not confirmed"),
    "ours": ("holds", "does not hold"),
}
# How a page names the claims of a kind.
KINDS = {
    "theorem": "theorems of the paper",
    "experiment": "experiments of the paper",
    "correction": "corrections of the paper",
    "ours": "additions of ours",
}
INCONCLUSIVE = "inconclusive"
VACUOUS = "vacuous"
HYPOTHESIS_NOT_MET = "hypothesis not met"
NOT_CHECKABLE = "not checkable"
VERDICTS = (
    *dict.fromkeys(word for words in WORDS.values() for word in words),
    INCONCLUSIVE,
    VACUOUS,
    HYPOTHESIS_NOT_MET,
    NOT_CHECKABLE,
)


@dataclass(frozen=True)
class Verdict:
    """What a run says of one claim.

    `measured`, `low` and `high` are the value and its interval in the row that decides: the one
    nearest to failing, or, where any row suffices, to succeeding. They are NaN if nothing was
    measured. `rows` counts the rows that the claim selects. `by` is the part of the claim that
    decided: "measure", "hypothesis" or "vacuous".
    """

    verdict: str
    measured: float = math.nan
    low: float = math.nan
    high: float = math.nan
    rows: int = 0
    by: str = "measure"


@dataclass(frozen=True)
class Outcome:
    """How the rows that a measure selects stand to a criterion; None if a number is missing."""

    state: Literal["agrees", "disagrees", "undecided"] | None
    row: tuple[float, float, float]
    rows: int


def judge(claim: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], tier: str) -> Verdict:
    """Judge one claim.

    In each selected row the interval from `low` to `high` (both the value itself where the claim
    names no such columns) is held against the criterion. Wholly inside, the row agrees; wholly
    outside, it disagrees; otherwise it is undecided. A claim needs all its rows to agree, or any of
    them if it says so. A row without a number makes the claim not checkable, and so does a run
    whose settings leave it no row, if the claim allows that.

    A claim with a hypothesis is judged only where this agrees with its own criterion: where it is
    undecided, so is the claim, and without a number the claim is not checkable. One that may be
    vacuous is judged unless `vacuous` agrees with its own.

    Parameters
    ----------
    claim : mapping
        One entry of a ledger.
    tables : mapping of str to DataFrame
        The tables of the run, by name.
    tier : str
        The tier of the run; a claim that needs the size of another is not checkable.

    Raises
    ------
    InputError
        If the claim's query names a table or column that does not exist, or selects no row and does
        not say that it may.
    """
    if "measure" not in claim or tier not in claim.get("tiers", [tier]):
        return Verdict(NOT_CHECKABLE)
    stopped: dict[str, dict[str | None, str]] = {
        "hypothesis": {
            "disagrees": HYPOTHESIS_NOT_MET,
            "undecided": INCONCLUSIVE,
            None: NOT_CHECKABLE,
        },
        "vacuous": {"agrees": VACUOUS},
    }
    for part, stops in stopped.items():
        if part in claim:
            outcome = _hold(claim["id"], claim[part], claim[part]["criterion"], tables)
            if outcome.state in stops:
                return Verdict(stops[outcome.state], *outcome.row, outcome.rows, part)
    outcome = _hold(claim["id"], claim["measure"], claim["criterion"], tables)
    if outcome.state is None:
        return Verdict(NOT_CHECKABLE, rows=outcome.rows)
    agrees, disagrees = WORDS[claim["kind"]]
    words = {"agrees": agrees, "disagrees": disagrees, "undecided": INCONCLUSIVE}
    return Verdict(words[outcome.state], *outcome.row, outcome.rows)


def counted(verdicts: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return how many claims of each kind have each verdict, as ``{kind: {verdict: number}}``.

    Kinds have the names of a page; kinds and verdicts that do not occur are left out.
    """
    counts = {}
    for kind, name in KINDS.items():
        of_kind = verdicts.loc[verdicts["kind"] == kind, "verdict"]
        if len(of_kind):
            numbers = {verdict: int((of_kind == verdict).sum()) for verdict in VERDICTS}
            counts[name] = {verdict: number for verdict, number in numbers.items() if number}
    return counts


def counts_in_words(verdicts: pd.DataFrame) -> str:
    """Return the verdicts counted by kind: ``3 theorems of the paper: 2 replicated, ...``."""
    return "; ".join(
        f"{sum(numbers.values())} {kind}: "
        + ", ".join(f"{number} {verdict}" for verdict, number in numbers.items())
        for kind, numbers in counted(verdicts).items()
    )


def _hold(
    claim: str,
    measure: Mapping[str, Any],
    criterion: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
) -> Outcome:
    """Hold the rows that a measure selects against a criterion."""
    rows = _select(claim, measure, tables)
    missing = (math.nan, math.nan, math.nan)
    if rows.empty:
        if not measure.get("optional", False):
            raise InputError(
                f"claim {claim}: table {measure['table']} has no row where {measure['where']}"
            )
        return Outcome(None, missing, 0)
    value = rows[measure["value"]].astype(float)
    low = rows[measure["low"]].astype(float) if "low" in measure else value
    high = rows[measure["high"]].astype(float) if "high" in measure else value
    if value.isna().any() or low.isna().any() or high.isna().any():
        return Outcome(None, missing, len(rows))

    least, most = _bounds(criterion)
    # How far inside the criterion the interval stays, at its worse end and at its better one.
    worse = pd.concat([low - least, most - high], axis=1).min(axis=1)
    better = pd.concat([high - least, most - low], axis=1).min(axis=1)
    agrees, disagrees = worse >= 0, better < 0
    if measure.get("rows", "all") == "any":
        deciding = int(worse.argmax())
        yes, no = bool(agrees.any()), bool(disagrees.all())
    else:
        deciding = int(better.argmin() if disagrees.any() else worse.argmin())
        yes, no = bool(agrees.all()), bool(disagrees.any())
    row = (value.iloc[deciding], low.iloc[deciding], high.iloc[deciding])
    # Both are so where an interval is upside down.
    return Outcome("undecided" if yes == no else "agrees" if yes else "disagrees", row, len(rows))


def _bounds(criterion: Mapping[str, Any]) -> tuple[float, float]:
    """Return the closed interval of values that meet a criterion."""
    ((kind, limit),) = criterion.items()
    match kind:
        case "at_least":
            return limit, math.inf
        case "above":
            return math.nextafter(limit, math.inf), math.inf
        case "at_most":
            return -math.inf, limit
        case "below":
            return -math.inf, math.nextafter(limit, -math.inf)
    least, most = limit
    return least, most


def _select(
    claim: str, measure: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    name = measure["table"]
    if name not in tables:
        raise InputError(f"claim {claim}: there is no table {name}")
    rows = tables[name]
    where = measure.get("where", {})
    wanted = [*where, *(measure[key] for key in ("value", "low", "high") if key in measure)]
    for column in wanted:
        if column not in rows:
            raise InputError(f"claim {claim}: table {name} has no column {column}")
    for column, accepted in where.items():
        rows = rows[rows[column].isin(accepted if isinstance(accepted, list) else [accepted])]
    return rows
