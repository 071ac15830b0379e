"""Check Theorem 2's examples after smoothing: what the bad minima become."""

from replication.run import run, write_table

from pathlib import Path
from typing import Annotated, Literal, get_args

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.certify import certify_smoothed
from replication.settings import Distinct

Example = Literal["matrix", "scalar"]


def check_smoothed(smoothings: Distinct[Annotated[int, Ge(2)]], table: Path) -> None:
    """Certify inertia and negative eigenvalue of the smoothed examples in rational arithmetic.

    Parameters
    ----------
    smoothings
        Numbers n, for which the absolute value is smoothed with eps = 2 n / (n^2 - 1).
    table
        The .csv table with a row for each example and smoothing.
    """
    rows = []
    for example in get_args(Example):
        for n in smoothings:
            proof = certify_smoothed(example, n)
            least = np.linalg.eigvalsh(proof.hessian.astype(float))[0]
            width, slope = float(proof.eps), float(proof.slope)
            formula = -2 * slope**2 / (1 / width + np.sqrt(1 / width**2 + 4 * slope**2))
            rows.append(
                {
                    "example": example,
                    "n": n,
                    "eps": width,
                    "least_eigenvalue": least,
                    "formula": formula,
                    "over_eps": least / width,
                    "difference": abs(least - formula),
                    "negative": proof.inertia[0],
                    "zero": proof.inertia[1],
                    "positive": proof.inertia[2],
                    "certified": int(proof.inertia[0] == proof.explained > 0),
                }
            )
    write_table(pd.DataFrame(rows), table)


if __name__ == "__main__":
    run(check_smoothed)
