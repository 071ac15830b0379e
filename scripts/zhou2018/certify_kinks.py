"""Certify local extrema of ReLU networks at kinks in exact fractions."""

from replication.run import run, write_table

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.exact import to_fractions
from landscape.relu.cones import loss

# At A_1 = 0 there is a kink: with X = [1, -1] and Y = [y, y] the loss is
# 1/2 y^2 + 1/2 (a_2 |a_1| - y)^2 for all (a_1, a_2). Rows: y, the sign of a_2, what (0, a_2) is.
KINKS = (
    ("a kink upwards", Fraction(1), 1, "local maximum"),
    ("a kink downwards", Fraction(-1), 1, "local minimum"),
    ("a kink upwards, mirrored", Fraction(-1), -1, "local maximum"),
)


def certify_kinks(points: Annotated[int, Ge(2)], kinks: Path) -> None:
    """Compare the formula of the loss with the loss itself, and its values with the stated kind.

    Parameters
    ----------
    points
        Values of a_1 and of a_2 on either side of zero at which the formula is compared with the
        loss. Both are of degree two in each weight for a_1 >= 0 and for a_1 <= 0, so that two
        values on either side and zero prove them equal.
    kinks
        The .csv table of points at A_1 = 0.
    """
    # From -3/2 to 3/2: with two points on either side some products of weights are below |y| = 1.
    grid = [Fraction(3 * k, 2 * points) for k in range(-points, points + 1)]
    rows = []
    for name, y, sign, kind in KINKS:
        contradictions = 0
        for a1 in grid:
            for a2 in grid:
                value = _loss(y, a1, a2)
                contradictions += value != y**2 / 2 + (a2 * abs(a1) - y) ** 2 / 2
                # Where 0 < |a_2 a_1| < |y| and a_2 has its sign, the loss moves one way only.
                if a1 and sign * a2 > 0 and abs(a1 * a2) < abs(y):
                    contradictions += value >= y**2 if kind == "local maximum" else value <= y**2
        rows.append(
            {
                "example": name,
                "kind": kind,
                "loss": str(_loss(y, Fraction(0), Fraction(sign))),
                "lower_loss": str(_loss(y, Fraction(1), y)),
                "compared": len(grid) ** 2,
                "contradictions": contradictions,
            }
        )
    write_table(pd.DataFrame(rows), kinks)


def _loss(y: Fraction, a1: Fraction, a2: Fraction) -> Fraction:
    """Return the loss of one unit on the samples 1 and -1, whose targets are y."""
    X, Y, A1, A2 = (np.array([row], dtype=object) for row in ([1, -1], [y, y], [a1], [a2]))
    value: Fraction = loss(to_fractions(X), Y, A1, A2)
    return value


if __name__ == "__main__":
    run(certify_kinks)
