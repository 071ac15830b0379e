"""Whitened data: the closed form against the program over all patterns, and a proved bound."""

from replication.run import run, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, Le

from landscape.convex import certify_global, objective, solve_two_layer, solve_whitened
from landscape.seeds import generator
from replication.settings import Positive, Several


def check_whitened(
    samples: Annotated[int, Ge(2), Le(8)],
    inputs: Annotated[int, Ge(2)],
    strengths: Several[Positive],
    seed: int,
    whitened: Path,
) -> None:
    """Hold the closed form against the general program, and prove its network optimal.

    Parameters
    ----------
    samples, inputs
        Size of the data with orthonormal rows, at least as many inputs as samples; all 2^samples
        patterns are enumerated.
    strengths
        Strengths β, relative to the smaller of |y_+| and |y_-|.
    seed
        Root seed.
    whitened
        The .csv table with a row for each strength.
    """
    rng = generator(seed, "ergen2020", "whitened", samples, inputs)
    X = np.linalg.qr(rng.standard_normal((inputs, samples)))[0].T
    y = rng.standard_normal(samples)
    # Both signs occur, so that the optimum has a unit for each unless β is large.
    y[:2] = [1.0, -1.0]
    smaller = min(float(np.linalg.norm(np.maximum(sign * y, 0.0))) for sign in (1, -1))
    rows = []
    for strength in strengths:
        beta = strength * smaller
        value, (W, a) = solve_whitened(X, y, beta)
        solution = solve_two_layer(X, y, beta)
        rows.append(
            {
                "samples": samples,
                "inputs": inputs,
                "beta_over_smaller_norm": strength,
                "beta": beta,
                "closed_form": value,
                "units": len(a),
                "network": objective(X, y, beta, W, a),
                "patterns": len(solution.patterns),
                "program": solution.program_value,
                "difference": abs(solution.program_value / value - 1),
                "certified_gap": certify_global(X, y, beta, W, a).gap / value,
            }
        )
    write_table(pd.DataFrame(rows), whitened)


if __name__ == "__main__":
    run(check_whitened)
