"""Check the closed forms on a line and for whitened data, and that optima are not unique."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.convex import (
    OneDimensionalSolution,
    certify_global,
    objective,
    solve_one_dimensional,
    solve_two_layer,
    solve_whitened,
)
from landscape.seeds import generator

# The data of Figure 7.
POSITIONS, LABELS = (-2.0, -1.0, 0.0, 1.0, 2.0), (1.0, -1.0, 1.0, 1.0, -1.0)
GRID = np.linspace(-2.5, 2.5, 201)


def check_duality(
    line_samples: list[int],
    line_strengths: list[float],
    other_kinks: int,
    figure7_strength: float,
    whitened_samples: int,
    whitened_inputs: int,
    whitened_strengths: list[float],
    seed: int,
    line: Path,
    whitened: Path,
    solutions: Path,
    figure7: Path,
) -> None:
    """Hold closed forms against general programs and proved bounds.

    Parameters
    ----------
    line_samples, line_strengths
        Numbers of samples on a line and strengths β, all pairs of them; data are Gaussian.
    other_kinks
        Number of places off the data where units may bend, too, in a second program.
    figure7_strength
        Strength β for the data of Figure 7.
    whitened_samples, whitened_inputs
        Size of the data with orthonormal rows, all whose patterns are enumerated.
    whitened_strengths
        Strengths β for them, relative to the smaller of |y_+| and |y_-|.
    seed
        Root seed.
    line
        The .csv table with a row for each number of samples and strength.
    whitened
        The .csv table with a row for each strength.
    solutions
        The .csv table with a row for each of two optimal networks on the data of Figure 7.
    figure7
        The .csv table of these networks on a grid.
    """
    rows = []
    for m in track(line_samples, "samples on a line"):
        for beta in line_strengths:
            rng = generator(seed, "ergen2020", "line", m)
            x, y = rng.standard_normal(m), rng.standard_normal(m)
            rows.append(_kinks(x, y, beta, rng.uniform(x.min(), x.max(), other_kinks)))
    write_table(pd.DataFrame(rows), line)
    _write_whitened(whitened_samples, whitened_inputs, whitened_strengths, seed, whitened)
    _write_figure7(figure7_strength, solutions, figure7)


def _kinks(x: np.ndarray, y: np.ndarray, beta: float, others: np.ndarray) -> dict[str, float]:
    """Return the optimum over kinks at data, its bound, and what kinks elsewhere would add."""
    solution = solve_one_dimensional(x, y, beta)
    more = solve_one_dimensional(x, y, beta, kinks=np.concatenate([x, others]))
    return {
        "samples": len(x),
        "beta": beta,
        "value": solution.value,
        "dual_bound": solution.dual_bound,
        "relative_gap": 1 - solution.dual_bound / solution.value,
        "with_other_kinks": more.value,
        "gain": 1 - more.value / solution.value,
    }


def _write_whitened(m: int, d: int, strengths: list[float], seed: int, path: Path) -> None:
    """Write the closed form beside the program over all patterns."""
    rng = generator(seed, "ergen2020", "whitened", m, d)
    X = np.linalg.qr(rng.standard_normal((d, m)))[0].T
    y = rng.standard_normal(m)
    # Both signs occur, so that the optimum has a unit for each unless β is large.
    y[:2] = [1.0, -1.0]
    sizes = sorted(float(np.linalg.norm(np.maximum(s * y, 0.0))) for s in (1, -1))
    rows = []
    for strength in strengths:
        beta = strength * sizes[0]
        value, (W, a) = solve_whitened(X, y, beta)
        solution = solve_two_layer(X, y, beta)
        rows.append(
            {
                "samples": m,
                "inputs": d,
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
    write_table(pd.DataFrame(rows), path)


def _write_figure7(beta: float, solutions: Path, curves: Path) -> None:
    """Write two optimal networks: kinks at data, and one kink between two of them instead."""
    x, y = np.array(POSITIONS), np.array(LABELS)
    first = solve_one_dimensional(x, y, beta)
    f = _outputs(first, x)
    # Where the lines through the first and the last two outputs of the samples -1 to 2 meet.
    left, right = f[2] - f[1], f[4] - f[3]
    between = (f[3] - right - f[2]) / (left - right)
    second = solve_one_dimensional(x, y, beta, kinks=np.array([x[0], x[1], between, x[4]]))
    named = {"kinks at data": first, "one kink between": second}
    apart = float(np.abs(_outputs(first, GRID) - _outputs(second, GRID)).max())
    at_data = float(np.abs(_outputs(first, x) - _outputs(second, x)).max())
    rows = [
        {
            "solution": name,
            "beta": beta,
            "value": solution.value,
            "dual_bound": first.dual_bound,
            "relative_gap": solution.value / first.dual_bound - 1,
            "kink_between": np.nan if solution is first else between,
            "largest_difference": apart,
            "largest_difference_at_data": at_data,
        }
        for name, solution in named.items()
    ]
    write_table(pd.DataFrame(rows), solutions)
    write_table(
        pd.concat(
            [
                pd.DataFrame({"solution": name, "x": GRID, "output": _outputs(solution, GRID)})
                for name, solution in named.items()
            ]
            + [pd.DataFrame({"solution": "data", "x": x, "output": y})],
            ignore_index=True,
        ),
        curves,
    )


def _outputs(solution: OneDimensionalSolution, x: np.ndarray) -> np.ndarray:
    u, b, a = solution.weights
    outputs: np.ndarray = np.maximum(np.outer(x, u) + b, 0.0) @ a + solution.bias
    return outputs


if __name__ == "__main__":
    run(check_duality)
