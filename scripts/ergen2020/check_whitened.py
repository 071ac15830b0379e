"""Whitened data: closed forms against programs over all patterns, and proved bounds."""

from replication.run import run, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, Gt, Le, Lt

from landscape.convex import (
    certify_global,
    lower_bound,
    solve_interpolation,
    solve_two_layer,
    solve_whitened,
)
from landscape.seeds import generator
from replication.settings import Several


def check_whitened(
    samples: Annotated[int, Ge(2), Le(8)],
    inputs: Annotated[int, Ge(2)],
    strengths: Several[Annotated[float, Gt(0), Lt(1)]],
    seed: int,
    whitened: Path,
) -> None:
    """Hold closed forms against the general programs, and prove their networks optimal.

    Parameters
    ----------
    samples, inputs
        Size of the data with orthonormal rows, at least as many inputs as samples; all 2^samples
        patterns are enumerated.
    strengths
        Strengths β at which the optimum has two units, relative to the smaller of |y_+| and |y_-|.
        One between both is added, at which it has one unit, and one above, at which it has none.
    seed
        Root seed.
    whitened
        The .csv table with a row for each strength, and one for the problem with equality
        constraints, the limit of small ones.
    """
    rng = generator(seed, "ergen2020", "whitened", samples, inputs)
    X = np.linalg.qr(rng.standard_normal((inputs, samples)))[0].T
    y = rng.standard_normal(samples)
    # Both signs occur, so that the optimum has a unit for each unless β is large.
    y[:2] = [1.0, -1.0]
    lengths = [float(np.linalg.norm(np.maximum(sign * y, 0.0))) for sign in (1, -1)]
    size = {"samples": samples, "inputs": inputs}
    rows = []
    ratio = max(lengths) / min(lengths)
    for strength in [*strengths, np.sqrt(ratio), 2 * ratio]:
        beta = strength * min(lengths)
        value, (W, a) = solve_whitened(X, y, beta)
        solution = solve_two_layer(X, y, beta)
        rows.append(
            size
            | {
                "problem": "regularised",
                "beta_over_smaller_norm": strength,
                "closed_form": value,
                "units": len(a),
                "patterns": len(solution.patterns),
                "program": solution.program_value,
                "difference": abs(solution.program_value / value - 1),
                "certified_gap": certify_global(X, y, beta, W, a).gap / value,
            }
        )
    # Lemma 9: the weights of its two units are the lengths of the parts of y.
    value, solution = sum(lengths), solve_interpolation(X, y)
    v = np.maximum(y, 0.0) / lengths[0] - np.maximum(-y, 0.0) / lengths[1]
    rows.append(
        size
        | {
            "problem": "equality",
            "beta_over_smaller_norm": np.nan,
            "closed_form": value,
            "units": 2,
            "patterns": len(solution.patterns),
            "program": solution.program_value,
            "difference": abs(solution.program_value / value - 1),
            "certified_gap": 1 - lower_bound(X, y, None, v) / value,
        }
    )
    write_table(pd.DataFrame(rows), whitened)


if __name__ == "__main__":
    run(check_whitened)
