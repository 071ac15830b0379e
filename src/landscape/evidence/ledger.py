"""The claims ledger: what a paper says, and how each of its claims is judged.

A ledger is a YAML file, one for each paper, written before the runs that it judges. Each of its
claims says where in the paper it stands, what was published, which cells of which of our tables
measure it, and by which criterion it is judged. See ``workflow/schemas/claims.schema.yaml``.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landscape.errors import InputError
from landscape.evidence.schema import check, load_yaml


def load_ledger(path: Path, schema: Path) -> list[dict[str, Any]]:
    """Read the claims of a ledger.

    Raises
    ------
    InputError
        If the ledger deviates from the schema, or an id occurs twice.
    """
    ledger = load_yaml(path)
    check(ledger, load_yaml(schema), lambda _: str(path))
    claims: list[dict[str, Any]] = ledger["claims"]
    seen: set[str] = set()
    for claim in claims:
        if claim["id"] in seen:
            raise InputError(f"{path}: {claim['id']}: two claims have this id")
        seen.add(claim["id"])
    return claims


def tables_needed(claims: list[dict[str, Any]]) -> list[str]:
    """Return the names of the tables that the claims are measured on, sorted."""
    return sorted({claim["measure"]["table"] for claim in claims if "measure" in claim})


def criterion_in_words(criterion: Mapping[str, Any]) -> str:
    """Return a criterion as the reader sees it, for example ``between -1 and -0.5``."""
    ((kind, limit),) = criterion.items()
    if kind == "between":
        return f"between {limit[0]:g} and {limit[1]:g}"
    return f"{kind.replace('_', ' ')} {limit:g}"


def interval_in_words(measured: float, low: float, high: float) -> str:
    """Return a value and its interval as the reader sees them; nothing if there is no value."""
    if math.isnan(measured):
        return ""
    interval = "" if low == high else f" [{low:.4g}, {high:.4g}]"
    return f"{measured:.4g}{interval}"
