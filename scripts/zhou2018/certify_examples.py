"""Certify spurious local minima of small ReLU networks in exact fractions."""

from replication.run import run, write_table

from fractions import Fraction
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
# At A_1 = 0 there is a kink: with X = [1, -1] and Y = [y, y] the loss is
# 1/2 y^2 + 1/2 (a_2 |a_1| - y)^2 for all (a_1, a_2). Rows: y, the sign of a_2, what (0, a_2) is.
KINKS = (
    ("a kink upwards", Fraction(1), 1, "local maximum"),
    ("a kink downwards", Fraction(-1), 1, "local minimum"),
    ("a kink upwards, mirrored", Fraction(-1), -1, "local maximum"),
)


def certify_examples(points: int, table: Path, kinks: Path) -> None:
    """Write what exact arithmetic says of each example.

    Parameters
    ----------
    points
        Values of a_1 and of a_2 on either side of zero at which the formula of a kink is compared
        with the loss. Both are of degree two in each weight for a_1 >= 0 and for a_1 <= 0, so that
        two values on either side and zero prove them equal.
    table
        The .csv table of points in the interior of a cone.
    kinks
        The .csv table of points at A_1 = 0.
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
    write_table(pd.DataFrame(rows), table)
    grid = [Fraction(3 * k, points) for k in range(-points, points + 1)]
    rows = []
    for name, y, sign, kind in KINKS:
        X, Y = _exact("1 -1"), _exact(f"{y} {y}")

        def at(a1: Fraction, a2: Fraction, X: Numbers = X, Y: Numbers = Y) -> Fraction:
            value: Fraction = loss(X, Y, _exact(str(a1)), _exact(str(a2)))
            return value

        differences = against = 0
        for a1 in grid:
            for a2 in grid:
                value = at(a1, a2)
                differences += value != y**2 / 2 + (a2 * abs(a1) - y) ** 2 / 2
                # Where 0 < |a_2 a_1| < |y| and a_2 has its sign, the loss moves one way only.
                if a1 and sign * a2 > 0 and abs(a1 * a2) < abs(y):
                    against += value >= y**2 if kind == "local maximum" else value <= y**2
        rows.append(
            {
                "example": name,
                "kind": kind,
                "loss": str(at(Fraction(0), Fraction(sign))),
                "lower_loss": str(at(Fraction(1), y)),
                "compared": len(grid) ** 2,
                "formula_differs": differences,
                "against_kind": against,
            }
        )
    write_table(pd.DataFrame(rows), kinks)


if __name__ == "__main__":
    run(certify_examples)
