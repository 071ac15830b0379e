"""The objective on paths from networks to the global optimum."""

from replication.run import InputError, run, track, write_table

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.convex.descent import gaussian_start
from landscape.convex.duality import objective
from landscape.convex.paths import Network, path_to_optimum
from landscape.convex.solved import SolvedProblem, read_problems
from landscape.seeds import generator
from landscape.statistics import wilson_interval
from replication.settings import Count

# Relative to the optimum: a path that climbs by more than this above its start climbs.
CLIMB = 1e-4
# Points of each piece of the constructed path, and of the straight line.
POINTS, LINE_POINTS = 41, 201


def follow_paths(
    trained_width: Count,
    width: Count,
    runs: Count,
    seed: int,
    problems: Path,
    networks: Path,
    barriers: Path,
    paths: Path,
) -> None:
    """Follow the constructed path and the straight line from ends of training and random networks.

    The constructed path keeps the width; see `landscape.convex.paths`. Ends of training are of
    narrow networks, which often miss the optimum, with dead units to fill the width. The straight
    line in the weights is one of networks that hold the units of the start and those of the
    optimum.

    Parameters
    ----------
    trained_width
        Width of the trained networks, one of those that there are.
    width
        Width of all networks on the constructed path; at least the number of samples plus that of
        the optimum's units.
    runs
        Paths of each kind for each problem, at most as many as networks were trained.
    seed
        Root seed.
    problems, networks
        The .npz files of `solve_programs` and `train_widths`.
    barriers
        The .csv table with a row for each problem, kind of start and kind of path.
    paths
        The .csv table of the objective along each path from an end of training.
    """
    trained = np.load(networks, allow_pickle=False)
    if trained_width not in trained["widths"] or runs > trained[f"a{trained_width}"].shape[1]:
        raise InputError(
            f"trained_width, runs: expected a width of {trained['widths'].tolist()} and no more "
            f"runs than were trained, got {trained_width} and {runs}"
        )
    dead = max(0, width - trained_width)
    rows, curves = [], []
    for number, problem in enumerate(track(list(read_problems(problems)), "problems")):
        inputs = problem.X.shape[1]
        rng = generator(seed, "wang2020", "paths", number)
        starts = {
            "end of training": [
                (np.pad(W[:, :inputs], ((0, dead), (0, 0))), np.pad(a, (0, dead)))
                for W, a in zip(
                    trained[f"W{trained_width}"][number, :runs],
                    trained[f"a{trained_width}"][number, :runs],
                    strict=True,
                )
            ],
            "random network": [gaussian_start(rng, width, inputs) for _ in range(runs)],
        }
        for start, found in starts.items():
            for path, follow in (("constructed", constructed), ("straight", straight)):
                values = [follow(problem, network) / problem.value for network in found]
                key = problem.size | {"start": start, "path": path}
                rows.append(key | barrier(values))
                if start == "end of training":
                    curves += [_curve(key, run_, curve) for run_, curve in enumerate(values)]
    write_table(pd.DataFrame(rows), barriers)
    write_table(pd.concat(curves, ignore_index=True), paths)


def constructed(problem: SolvedProblem, network: Network) -> np.ndarray:
    """Return the objective along the constructed path."""
    path = path_to_optimum(problem.X, network, (problem.W, problem.a), POINTS)
    return _objectives(problem, [there for _, there in path])


def straight(problem: SolvedProblem, network: Network) -> np.ndarray:
    """Return the objective along the straight line to the optimum, units side by side."""
    W, a = network
    line = [
        (
            np.concatenate([(1 - t) * W, t * problem.W]),
            np.concatenate([(1 - t) * a, t * problem.a]),
        )
        for t in np.linspace(0.0, 1.0, LINE_POINTS)
    ]
    return _objectives(problem, line)


def barrier(curves: list[np.ndarray]) -> dict[str, object]:
    """Return how far the objective, over the optimum, climbs on paths of one kind."""
    climbs = np.array([curve.max() - curve[0] for curve in curves])
    share = wilson_interval(int((climbs > CLIMB).sum()), len(climbs))
    return {
        "runs": len(curves),
        "largest_step_up": max(np.diff(curve).max() for curve in curves),
        "median_climb": np.median(climbs),
        "largest_climb": climbs.max(),
        "climbing": share.value,
        "climbing_low": share.low,
        "climbing_high": share.high,
        "end_excess": max(abs(curve[-1] - 1) for curve in curves),
    }


def _objectives(problem: SolvedProblem, networks: list[Network]) -> np.ndarray:
    X, y, beta = problem.X, problem.y, problem.beta
    return np.array([objective(X, y, beta, *network) for network in networks])


def _curve(key: Mapping[str, object], number: int, values: np.ndarray) -> pd.DataFrame:
    t = np.linspace(0.0, 1.0, len(values))
    return pd.DataFrame({**key, "run": number, "t": t, "relative": values})


if __name__ == "__main__":
    run(follow_paths)
