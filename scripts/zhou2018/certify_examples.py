"""Certify spurious local minima of small ReLU networks in exact fractions."""

from replication.run import run, write_table

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from landscape.exact import Numbers, to_fractions
from landscape.relu.cones import certify_in_cone, loss


class Example(NamedTuple):
    """Data, a point that is no global minimizer, and a better point."""

    name: str
    X: Numbers
    Y: Numbers
    A1: Numbers
    A2: Numbers
    better: tuple[Numbers, Numbers]


def _exact(*rows: str) -> Numbers:
    return to_fractions([row.split() for row in rows])


OPPOSED = _exact("1 -1"), _exact("1 2")
LINE = _exact("-1 0 1", "1 1 1"), _exact("1 0 1")
FITS = _exact("1 0", "-1 0"), _exact("1 1")
EXAMPLES = (
    Example("one unit", *OPPOSED, _exact("1"), _exact("1"), (_exact("-1"), _exact("2"))),
    Example(
        "two units on one side",
        *OPPOSED,
        _exact("1", "1"),
        _exact("1/2 1/2"),
        (_exact("1", "-1"), _exact("1 2")),
    ),
    Example("least squares", *LINE, _exact("0 1", "0 1"), _exact("1/3 1/3"), FITS),
    Example("one unit dead", *LINE, _exact("0 1", "0 -1"), _exact("2/3 1"), FITS),
    Example("all units dead", *LINE, _exact("0 -1", "0 -1"), _exact("1 1"), FITS),
)


def certify_examples(examples: Path) -> None:
    """Write what exact arithmetic says of each example.

    Parameters
    ----------
    examples
        The .csv table of points, each in the interior of a cone.
    """
    rows = []
    for name, X, Y, A1, A2, better in EXAMPLES:
        found = certify_in_cone(X, Y, A1, A2)
        lower = loss(X, Y, *better)
        rows.append(
            {
                "example": name,
                "kind": found.kind.replace("_", " "),
                "loss": str(found.loss),
                "lower_loss": str(lower),
                "spurious": int(found.kind in ("local_minimum", "flat") and lower < found.loss),
                "negative": found.inertia[0],
                "zero": found.inertia[1],
                "positive": found.inertia[2],
                "squared_radius": str(found.squared_radius),
            }
        )
    write_table(pd.DataFrame(rows), examples)


if __name__ == "__main__":
    run(certify_examples)
