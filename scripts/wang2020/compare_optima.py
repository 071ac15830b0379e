"""Where training ends on many small data sets, beside certified global optima."""

from replication.run import atomic, run, track, write_table

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.convex import (
    Solution,
    gaussian_start,
    solve_two_layer,
    train_networks,
)
from landscape.seeds import generator
from landscape.statistics import wilson_interval
from replication.settings import Count, Positive

# An end of training this near to the optimum, relative to it, is at it.
SAME = 1e-3


def compare_optima(
    beta: Positive,
    runs: Count,
    steps: Count,
    rate: Positive,
    seed: int,
    optima: Path,
    problems: Path,
    ends: Path,
) -> None:
    """Train networks just wide enough for the global optimum, and certify where they should end.

    The objective is 1/2 |f(X) - y|² + β/2 Σ_i (|w_i|² + a_i²): with β = 0 there would be data sets
    without a global minimum, or with a trivial one.

    Parameters
    ----------
    beta
        Strength of the regulariser.
    runs
        Runs for each data set.
    steps
        Steps of Adam with the full gradient.
    rate
        First step size.
    seed
        Root seed.
    optima
        The .csv table with a row for each data set.
    problems
        The .npz file of the data sets and their optima, as `solve_programs` writes it, with names.
    ends
        The .npz file of the ends of training: W<i> (R, p, d), a<i> (R, p) and objective<i> (R,) for
        each data set i.
    """
    sets = data_sets(seed)
    best = [solve_two_layer(X, y, beta) for X, y in track(list(sets.values()), "data sets")]
    widest = max(len(solution.weights[1]) for solution in best)
    m = max(len(y) for _, y in sets.values())
    d = max(X.shape[1] for X, _ in sets.values())
    # Zeros pad samples, inputs and units; training leaves them alone.
    X, y = np.zeros((len(sets), m, d)), np.zeros((len(sets), m))
    W, a = np.zeros((len(sets), runs, widest, d)), np.zeros((len(sets), runs, widest))
    for i, (name, (samples, targets)) in enumerate(sets.items()):
        n, inputs = samples.shape
        X[i, :n, :inputs], y[i, :n] = samples, targets
        width = len(best[i].weights[1])
        for number in range(runs):
            rng = generator(seed, "wang2020", "optima", name, number)
            W[i, number, :width, :inputs], a[i, number, :width] = gaussian_start(rng, width, inputs)
    trained = train_networks(X, y, beta, W, a, steps=steps, rate=rate)
    rows = []
    solved: dict[str, np.ndarray] = {
        "names": np.array(list(sets)),
        "X": X,
        "y": y,
        "samples": np.array([len(targets) for _, targets in sets.values()]),
        "inputs": np.array([samples.shape[1] for samples, _ in sets.values()]),
        "beta": np.full(len(sets), beta),
    }
    reached: dict[str, np.ndarray] = {}
    for i, (name, (samples, _)) in enumerate(sets.items()):
        n, inputs = samples.shape
        key = {"data": name, "samples": n, "inputs": inputs, "beta": beta}
        rows.append(key | _compare(best[i], trained.objective[i]))
        solved[f"W{i}"], solved[f"a{i}"] = best[i].weights
        solved[f"value{i}"] = np.array([best[i].value, best[i].dual_bound])
        width = len(best[i].weights[1])
        reached[f"W{i}"] = trained.W[i, :, :width, :inputs]
        reached[f"a{i}"] = trained.a[i, :, :width]
        reached[f"objective{i}"] = trained.objective[i]
    write_table(pd.DataFrame(rows), optima)
    for path, arrays in ((problems, solved), (ends, reached)):
        with atomic(path) as temporary:
            np.savez(temporary, allow_pickle=False, **arrays)


def data_sets(seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return X (m, d) and y (m,) of each data set; an input that is constantly 1 stands for a bias.

    The first four are those on which spurious minima can be written down by hand.
    """
    pair = np.array([[1.0], [-1.0]])
    sets = {
        "x = 1, -1; y = 1, 2": (pair, np.array([1.0, 2.0])),
        "absolute value": (_with_constant([-1, 0, 1]), np.array([1.0, 0.0, 1.0])),
        "x = 1, -1; y = 1, 1": (pair, np.array([1.0, 1.0])),
        "x = 1, -1; y = -1, -1": (pair, np.array([-1.0, -1.0])),
        "exclusive or": (
            np.array([[p, q, 1.0] for p, q in product([0.0, 1.0], repeat=2)]),
            np.array([0.0, 1.0, 1.0, 0.0]),
        ),
        "parity of two signs": (
            np.array(list(product([1.0, -1.0], repeat=2))),
            np.array([1.0, -1.0, -1.0, 1.0]),
        ),
        "five points on a line": (
            _with_constant([-2, -1, 0, 1, 2]),
            np.array([1.0, -1.0, 1.0, 1.0, -1.0]),
        ),
        "zigzag on a line": (
            _with_constant([-2, -1, 0, 1, 2]),
            np.array([1.0, -1.0, 1.0, -1.0, 1.0]),
        ),
        "parabola": (
            _with_constant(np.linspace(-1, 1, 7)),
            2 * np.linspace(-1, 1, 7) ** 2 - 1,
        ),
        "circle, alternating": (
            np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], axis=1),
            np.array([1.0, -1.0] * 4),
        ),
        "orthonormal": (np.eye(3), np.array([1.0, -2.0, 0.5])),
    }
    shapes = [(4, 1), (4, 2), (5, 2), (6, 2), (8, 2), (5, 3), (6, 3), (7, 3), (8, 3)]
    for m, d in shapes:
        rng = generator(seed, "wang2020", "data", m, d)
        sets[f"Gaussian, {m} in {d}"] = (rng.standard_normal((m, d)), rng.standard_normal(m))
    for m, d in [(6, 2), (8, 2), (8, 3)]:
        rng = generator(seed, "wang2020", "teacher", m, d)
        X, W = rng.standard_normal((m, d)), rng.standard_normal((2, d))
        sets[f"teacher, {m} in {d}"] = (X, np.maximum(X @ W.T, 0.0) @ np.array([1.0, -1.0]))
    return sets


def _with_constant(x: list[int] | np.ndarray) -> np.ndarray:
    return np.stack([np.asarray(x, dtype=float), np.ones(len(x))], axis=1)


def _compare(optimum: Solution, values: np.ndarray) -> dict[str, object]:
    """Return what training found beside what is proved."""
    share = wilson_interval(int((values / optimum.value - 1 <= SAME).sum()), len(values))
    return {
        "patterns": len(optimum.patterns),
        "width": len(optimum.weights[1]),
        "runs": len(values),
        "global": share.value,
        "global_low": share.low,
        "global_high": share.high,
        "best": values.min(),
        "worst": values.max(),
        "program": optimum.program_value,
        "optimum": optimum.value,
        "difference": abs(optimum.program_value / optimum.value - 1),
        "dual_bound": optimum.dual_bound,
        "proved_gap": 1 - optimum.dual_bound / optimum.value,
        "best_over_bound": values.min() / optimum.dual_bound - 1,
    }


if __name__ == "__main__":
    run(compare_optima)
