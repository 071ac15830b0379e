"""How near trained networks of each width come to the optimum of the convex program."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.convex.solved import SolvedProblem, read_problems
from landscape.statistics import wilson_interval

# Relative to the optimum: an objective this near to it counts as reaching it.
REACHED = 1e-4


def compare_widths(problems: Path, networks: Path, widths: Path) -> None:
    """Write a row for each problem and width.

    Parameters
    ----------
    problems, networks
        The .npz files of `solve_programs` and `train_widths`.
    widths
        The .csv table.
    """
    trained = np.load(networks, allow_pickle=False)
    rows = [
        problem.size | reached(problem, trained[f"objective{width}"][number], int(width))
        for number, problem in enumerate(track(list(read_problems(problems)), "problems"))
        for width in trained["widths"]
    ]
    write_table(pd.DataFrame(rows), widths)


def reached(problem: SolvedProblem, values: np.ndarray, width: int) -> dict[str, object]:
    """Return how near the runs of one width come to the optimum."""
    excess = values / problem.value - 1
    share = wilson_interval(int((excess <= REACHED).sum()), len(values))
    return {
        "width": width,
        # As many units as samples suffice for the global optimum.
        "wide": int(width >= len(problem.y)),
        "runs": len(values),
        "optimum": problem.value,
        "best_excess": excess.min(),
        "median_excess": np.median(excess),
        "worst_excess": excess.max(),
        "best_over_bound": values.min() / problem.dual_bound - 1,
        "reached": share.value,
        "reached_low": share.low,
        "reached_high": share.high,
    }


if __name__ == "__main__":
    run(compare_widths)
