"""Figure 7: two optimal networks on the same data."""

from replication.run import Published, run, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.convex import OneDimensionalSolution, solve_one_dimensional
from replication.settings import Positive

GRID = np.linspace(-2.5, 2.5, 201)


def solve_figure7(strength: Positive, published: Path, solutions: Path, figure7: Path) -> None:
    """Write two optimal networks: kinks at data, and one kink between two of them instead.

    Parameters
    ----------
    strength
        Strength β of the regulariser.
    published
        The published numbers, config/ergen2020/published.yaml.
    solutions
        The .csv table with a row for each network.
    figure7
        The .csv table of these networks on a grid.
    """
    x, y = Published(published).table("figure7_data").to_numpy(dtype=float).T
    first = solve_one_dimensional(x, y, strength)
    f = _outputs(first, x)
    # Where the lines through the first and the last two outputs of the samples -1 to 2 meet.
    left, right = f[2] - f[1], f[4] - f[3]
    between = (f[3] - right - f[2]) / (left - right)
    second = solve_one_dimensional(x, y, strength, kinks=np.array([x[0], x[1], between, x[4]]))
    named = {"kinks at data": first, "one kink between": second}
    apart = float(np.abs(_outputs(first, GRID) - _outputs(second, GRID)).max())
    at_data = float(np.abs(_outputs(first, x) - _outputs(second, x)).max())
    rows = [
        {
            "solution": name,
            "beta": strength,
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
    curves = [
        pd.DataFrame({"solution": name, "x": GRID, "output": _outputs(solution, GRID)})
        for name, solution in named.items()
    ]
    data = pd.DataFrame({"solution": "data", "x": x, "output": y})
    write_table(pd.concat([*curves, data], ignore_index=True), figure7)


def _outputs(solution: OneDimensionalSolution, x: np.ndarray) -> np.ndarray:
    u, b, a = solution.weights
    outputs: np.ndarray = np.maximum(np.outer(x, u) + b, 0.0) @ a + solution.bias
    return outputs


if __name__ == "__main__":
    run(solve_figure7)
