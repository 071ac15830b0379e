"""The claims ledger: what a paper says, and how each of its claims is judged.

A ledger is config/<paper>/claims.yaml, written before the runs that it judges. Each of its claims
says where in the paper it stands, what was published, which cells of which of our tables measure
it, and by which criterion it is judged.
"""

from replication.run.published import Published

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    ValidationError,
    model_validator,
)

from replication.errors import InputError
from replication.settings import TIERS, describe, load_yaml

Finite = Annotated[StrictInt | StrictFloat, Field(allow_inf_nan=False)]


class Part(BaseModel):
    """A part of a ledger; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class Cell(Part):
    """A column of a table of config/<paper>/published.yaml, and the rows that are meant."""

    entry: str
    column: str
    where: dict[str, Any] = {}


class Measure(Part):
    """The cells of one of our tables that measure a claim.

    Attributes
    ----------
    table : str
        Name of the table, without folder and suffix.
    where : dict
        Column values that select rows; a list accepts any of its entries.
    rows : str
        Whether all selected rows must meet the criterion, or any.
    value, low, high : str
        Columns of the measured value and of its interval.
    optional : bool
        Whether a run may have no such row, as where its settings leave it out; the claim is then
        not checkable. Elsewhere a selection of nothing is an error.
    """

    table: str
    where: dict[str, Any] = {}
    rows: Literal["all", "any"] = "all"
    value: str
    low: str | None = None
    high: str | None = None
    optional: bool = False


class Criterion(Part):
    """What the interval is held against: exactly one of these."""

    at_least: Finite | None = None
    above: Finite | None = None
    at_most: Finite | None = None
    below: Finite | None = None
    between: Annotated[list[Finite], Field(min_length=2, max_length=2)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"expected exactly one of {', '.join(type(self).model_fields)}")
        return self


class Condition(Measure):
    """A measure with a criterion of its own: what a claim takes for granted, or what empties it."""

    criterion: Criterion


class Claim(Part):
    """One claim.

    Attributes
    ----------
    id : str
        Short name, unique in the ledger.
    place : str
        Where in the paper it stands.
    kind : str
        "theorem", which the paper proves; "experiment", which it reports; "correction", where it
        errs; "ours", an addition to it.
    statement : str
        The claim in our words.
    published : str or Cell
        What was published: an entry of config/<paper>/published.yaml, or cells of a table there.
    measure, criterion
        How it is measured and judged.
    hypothesis : Condition
        What the claim presupposes; where this is not known to hold the claim is not judged.
    vacuous : Condition
        What makes the claim say nothing, such as a lower bound below zero, in all its rows.
    tiers : list of str
        The only tiers whose size can decide the claim; by default all can.
    changed : str
        Why measure or criterion changed after a released run was judged by them.
    not_checkable : str
        Instead of measure and criterion: why no run can decide the claim.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    place: str
    kind: Literal["theorem", "experiment", "correction", "ours"]
    statement: str
    published: str | Cell | None = None
    measure: Measure | None = None
    criterion: Criterion | None = None
    hypothesis: Condition | None = None
    vacuous: Condition | None = None
    tiers: Annotated[list[Literal[*TIERS]], Field(min_length=1)] | None = None  # type: ignore[valid-type]
    changed: str | None = None
    not_checkable: str | None = None

    @model_validator(mode="after")
    def _judged_or_not(self) -> Self:
        judged = self.measure is not None and self.criterion is not None
        said = self.measure is not None or self.criterion is not None
        if judged == (self.not_checkable is not None) or (said and not judged):
            raise ValueError("expected either measure and criterion or not_checkable")
        return self


class Ledger(Part):
    """The claims of one paper, by its citation key."""

    paper: str
    claims: Annotated[list[Claim], Field(min_length=1)]


def load_ledger(path: Path) -> list[dict[str, Any]]:
    """Read the claims of a ledger.

    Parameters
    ----------
    path : Path
        config/<paper>/claims.yaml.

    Returns
    -------
    list of dict
        The claims, with the keys of `Claim` that the file gives, and those of `Measure`.

    Raises
    ------
    InputError
        If the ledger deviates from `Ledger`, is of another paper than its folder, or an id occurs
        twice.
    """
    content = load_yaml(path)
    try:
        ledger = Ledger.model_validate(content)
    except ValidationError as error:
        raise InputError(f"{path}: {_named(describe(error), content)}") from None
    if ledger.paper != path.parent.name:
        raise InputError(f"{path}: paper: expected {path.parent.name}, got {ledger.paper!r}")
    seen: set[str] = set()
    for claim in ledger.claims:
        if claim.id in seen:
            raise InputError(f"{path}: {claim.id}: two claims have this id")
        seen.add(claim.id)
    return [claim.model_dump(exclude_none=True, exclude_unset=True) for claim in ledger.claims]


def published_in_words(claim: Mapping[str, Any], numbers: Published) -> tuple[str, str]:
    """Return what was published of a claim, with its unit, and how it was come by.

    Of a whole table it is the place.

    Raises
    ------
    InputError
        If the claim asks for an entry, column or row that is not there.
    """
    asked = claim.get("published")
    if asked is None:
        return "", ""
    name = asked if isinstance(asked, str) else asked["entry"]
    entry = numbers.entry(name)
    unit = entry.get("unit", "")
    if isinstance(asked, str):
        words = entry["place"] if "rows" in entry else f"{entry['value']} {unit}".rstrip()
        return words, entry["had"]
    rows = numbers.table(name)
    for column in (*asked.get("where", {}), asked["column"]):
        if column not in rows:
            raise InputError(f"{numbers.path}: {name}: no column {column}")
    for column, accepted in asked.get("where", {}).items():
        rows = rows[rows[column].isin(accepted if isinstance(accepted, list) else [accepted])]
    values = rows[asked["column"]].dropna()
    if values.empty:
        raise InputError(f"{numbers.path}: {name}: no row where {asked['where']}")
    unit = unit.get(asked["column"], "") if isinstance(unit, dict) else unit
    ends = f"{values.min()}" if len(values) == 1 else f"{values.min()} to {values.max()}"
    return f"{ends} {unit}".rstrip(), entry["had"]


def criterion_in_words(criterion: Mapping[str, Any]) -> str:
    """Return a criterion as the reader sees it, for example ``between -1 and -0.5``."""
    ((kind, limit),) = criterion.items()
    if kind == "between":
        low, high = limit
        return f"between {low:g} and {high:g}" if low < high else f"exactly {low:g}"
    return f"{kind.replace('_', ' ')} {limit:g}"


def decided_in_words(claim: Mapping[str, Any], by: str) -> str:
    """Return by what a claim was judged, as the reader sees it.

    Parameters
    ----------
    claim : mapping
        One entry of a ledger.
    by : str
        The part that decided: "measure", "hypothesis" or "vacuous".
    """
    if "measure" not in claim:
        return str(claim["not_checkable"])
    if by == "measure":
        return criterion_in_words(claim["criterion"])
    words = f"{claim[by]['value']} {criterion_in_words(claim[by]['criterion'])}"
    return f"needs {words}" if by == "hypothesis" else f"empty if {words}"


def interval_in_words(measured: float, low: float, high: float) -> str:
    """Return a value and its interval as the reader sees them; nothing if there is no value."""
    if math.isnan(measured):
        return ""
    interval = "" if low == high else f" [{low:.4g}, {high:.4g}]"
    return f"{measured:.4g}{interval}"


def _named(fault: str, content: Any) -> str:
    """Return a fault with the id of its claim in the place of its number."""
    parts = fault.split(".")
    try:
        number, _, rest = parts[2].partition(":")
        name = content["claims"][int(number)]["id"]
        return ".".join([f"{name}:{rest}" if rest else name, *parts[3:]])
    except (IndexError, KeyError, TypeError, ValueError):
        return fault.lstrip(".")
