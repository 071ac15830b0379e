"""Spurious minima among the ends of training on small data sets: which are proved."""

from replication.run import run, track, write_table

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from landscape.convex.local_minima import certify_local_minimum
from landscape.convex.program import solve_restricted
from landscape.convex.solved import SolvedProblem, read_problems

# Relative to the optimum: ends nearer than this to each other, or to it, are one.
SAME = 1e-3
# An end is an optimum of a program if it is this near to it, relative to it.
OPTIMAL = 1e-4
# A unit below this, |w| |a|, is dead, and a row within this of a unit's kink, relative to |x| |w|,
# is on it.
DEAD, KINK = 1e-4, 1e-4
# Data sets whose spurious minima can be written down by hand.
BY_HAND = 4


def prove_minima(problems: Path, ends: Path, minima: Path, totals: Path) -> None:
    """Write how many spurious values training finds on each data set, and what is known of them.

    An end is stationary if it is an optimum of the program with the patterns and signs of its own
    units. If a unit is dead, it is a saddle, because another unit can grow in its place. If none
    is, and the end is an optimum of the program with all patterns that units near its own can have,
    with the signs of these, no network nearby is lower: it is held, but for the accuracy of the
    solver. Where no sample lies on a kink a local minimum is proved in ball arithmetic, and that it
    is spurious follows from the objective of the optimal network.

    Parameters
    ----------
    problems, ends
        The .npz files of `compare_optima`.
    minima
        The .csv table with a row for each data set.
    totals
        The .csv table of the numbers of data sets.
    """
    reached = np.load(ends, allow_pickle=False)
    names = np.load(problems, allow_pickle=False)["names"].tolist()
    rows = []
    for number, problem in enumerate(track(list(read_problems(problems)), "data sets")):
        values = reached[f"objective{number}"]
        row: dict[str, Any] = {"data": names[number], "by_hand": int(number < BY_HAND)}
        found = [
            classify(problem, reached[f"W{number}"][end], reached[f"a{number}"][end], values[end])
            for end in distinct(values, problem.value)
        ]
        proved = [value for kind, value in found if kind == "proved"]
        row |= {"width": reached[f"a{number}"].shape[1], "spurious_values": len(found)}
        for kind in ("proved", "held", "dead unit", "not held", "not stationary"):
            row[kind.replace(" ", "_")] = sum(kind == other for other, _ in found)
        row["minima"] = row["proved"] + row["held"]
        row["optimum"] = problem.value
        row["least_proved"] = min(proved, default=np.nan)
        row["largest_proved"] = max(proved, default=np.nan)
        rows.append(row)
    table = pd.DataFrame(rows)
    write_table(table, minima)
    counts = {
        "data_sets": len(table),
        "with_spurious_values": int((table["spurious_values"] > 0).sum()),
        "with_minima": int((table["minima"] > 0).sum()),
        "with_proved_minima": int((table["proved"] > 0).sum()),
        "share_with_minima": float((table["minima"] > 0).mean()),
    }
    write_table(pd.DataFrame([counts]), totals)


def distinct(values: np.ndarray, optimum: float) -> list[int]:
    """Return an end for each value above the optimum that differs from the others."""
    chosen: list[int] = []
    for end in np.argsort(values).tolist():
        last = values[chosen[-1]] if chosen else optimum
        if values[end] - last > SAME * optimum:
            chosen.append(end)
    return chosen


def classify(
    problem: SolvedProblem, W: np.ndarray, a: np.ndarray, value: float
) -> tuple[str, float]:
    """Return what an end is, and its objective, from below if a minimum is proved."""
    X, y, beta = problem.X, problem.y, problem.beta
    lengths = np.linalg.norm(W, axis=1)
    alive = lengths * np.abs(a) > DEAD
    patterns, positive = (X @ W[alive].T >= 0).T, a[alive] > 0
    own = 0.5 * float(y @ y)
    if alive.any():
        own = solve_restricted(X, y, beta, patterns[positive], patterns[~positive])
    if value / own - 1 > OPTIMAL:
        return "not stationary", value
    if not alive.all():
        return "dead unit", value
    found = certify_local_minimum(X, y, beta, W, a, dead=DEAD)
    if found.proved and found.low > problem.value:
        return "proved", found.low
    nearby = [nearby_patterns(X, w) for w in W]
    chosen = [
        np.concatenate(
            [np.empty((0, len(y)), dtype=bool)]
            + [group for group, c in zip(nearby, a, strict=True) if (c > 0) == sign]
        )
        for sign in (True, False)
    ]
    lowest = solve_restricted(X, y, beta, *(np.unique(group, axis=0) for group in chosen))
    return ("held" if value / lowest - 1 <= OPTIMAL else "not held"), value


def nearby_patterns(X: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the patterns (P, m) of the units near one: both where a sample is on its kink."""
    z = X @ w
    kinks = np.abs(z) <= KINK * np.linalg.norm(X, axis=1) * np.linalg.norm(w)
    patterns = []
    for choice in product([False, True], repeat=int(kinks.sum())):
        pattern = z >= 0
        pattern[kinks] = choice
        patterns.append(pattern)
    return np.array(patterns)


if __name__ == "__main__":
    run(prove_minima)
