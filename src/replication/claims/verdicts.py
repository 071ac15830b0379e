"""From a claim of a ledger and the tables of a run to a verdict."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from replication.errors import InputError

REPLICATED = "replicated"
NOT_REPLICATED = "not replicated"
INCONCLUSIVE = "inconclusive"
NOT_CHECKABLE = "not checkable"
VERDICTS = (REPLICATED, NOT_REPLICATED, INCONCLUSIVE, NOT_CHECKABLE)


@dataclass(frozen=True)
class Verdict:
    """What a run says of one claim.

    `measured`, `low` and `high` are the value and its interval in the row that decides: the one
    nearest to failing, or, where any row suffices, to succeeding. They are NaN if nothing was
    measured. `rows` counts the rows that the claim selects.
    """

    verdict: str
    measured: float
    low: float
    high: float
    rows: int


def judge(claim: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], tier: str) -> Verdict:
    """Judge one claim.

    In each selected row the interval from `low` to `high` (both the value itself where the claim
    names no such columns) is held against the criterion. Wholly inside, the row agrees; wholly
    outside, it disagrees; otherwise it is undecided. A claim needs all its rows to agree, or any of
    them if it says so. A row without a number makes the claim not checkable, and so does a run
    whose settings leave it no row, if the claim allows that.

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
        return Verdict(NOT_CHECKABLE, math.nan, math.nan, math.nan, 0)
    measure = claim["measure"]
    rows = _select(claim["id"], measure, tables)
    if rows.empty:
        if not measure.get("optional", False):
            raise InputError(
                f"claim {claim['id']}: table {measure['table']} has no row where "
                f"{measure.get('where', {})}"
            )
        return Verdict(NOT_CHECKABLE, math.nan, math.nan, math.nan, 0)
    value = rows[measure["value"]].astype(float)
    low = rows[measure["low"]].astype(float) if "low" in measure else value
    high = rows[measure["high"]].astype(float) if "high" in measure else value
    if value.isna().any() or low.isna().any() or high.isna().any():
        return Verdict(NOT_CHECKABLE, math.nan, math.nan, math.nan, len(rows))

    least, most = _bounds(claim["criterion"])
    # How far inside the criterion the interval stays, at its worse end and at its better one.
    worse = pd.concat([low - least, most - high], axis=1).min(axis=1)
    better = pd.concat([high - least, most - low], axis=1).min(axis=1)
    agrees, disagrees = worse >= 0, better < 0
    if measure.get("rows", "all") == "any":
        deciding = worse.argmax()
        whole = (agrees.any(), disagrees.all())
    else:
        deciding = better.argmin() if disagrees.any() else worse.argmin()
        whole = (agrees.all(), disagrees.any())
    verdict = {(True, False): REPLICATED, (False, True): NOT_REPLICATED}.get(whole, INCONCLUSIVE)
    return Verdict(
        verdict, value.iloc[deciding], low.iloc[deciding], high.iloc[deciding], len(rows)
    )


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
