"""Hold ends of training against convex programs with fewer patterns."""

from replication.run import InputError, run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd
import scipy.optimize

from landscape.convex.duality import objective
from landscape.convex.program import solve_restricted
from landscape.convex.solved import SolvedProblem, read_problems
from landscape.statistics import wilson_interval
from replication.settings import Count

# Relative to the optimum: an objective this near to it counts as reaching it.
REACHED = 1e-4
# A unit below this, |w| |a|, is dead, and a row within this of a unit's kink, relative to |x| |w|,
# is on it.
DEAD, KINK = 1e-6, 1e-4


def check_stationary(
    width: Count, runs: Count, problems: Path, networks: Path, stationary: Path
) -> None:
    """Write how far ends of training are from the optima of programs with their own patterns.

    Parameters
    ----------
    width
        Width of the networks, one of the trained ones.
    runs
        Their number for each problem, at most as many as were trained.
    problems, networks
        The .npz files of `solve_programs` and `train_widths`.
    stationary
        The .csv table with a row for each problem and choice of patterns.
    """
    trained = np.load(networks, allow_pickle=False)
    if width not in trained["widths"] or runs > trained[f"a{width}"].shape[1]:
        raise InputError(
            f"width, runs: expected a width of {trained['widths'].tolist()} and no more runs than "
            f"were trained, got {width} and {runs}"
        )
    rows = []
    for number, problem in enumerate(track(list(read_problems(problems)), "problems")):
        W = trained[f"W{width}"][number, :runs, :, : problem.X.shape[1]]
        ends = list(zip(W, trained[f"a{width}"][number, :runs], strict=True))
        rows += [problem.size | row for row in restricted_optima(problem, ends)]
    write_table(pd.DataFrame(rows), stationary)


def restricted_optima(
    problem: SolvedProblem, ends: list[tuple[np.ndarray, np.ndarray]]
) -> list[dict[str, object]]:
    """Return how far ends of training are from the optima of programs with their own patterns.

    A row that is on a unit's kink belongs to both patterns. One of them, with the sign of the
    unit's output weight, is what a stationary point asks for; both of them, with both signs, make
    another and a lower program.
    """
    X, y, beta = problem.X, problem.y, problem.beta
    own_drops, both_drops, norms, on_kinks = [], [], [], 0
    for W, a in ends:
        sizes = np.linalg.norm(W, axis=1) * np.abs(a)
        live = sizes > DEAD
        Z = X @ W[live].T
        scale = np.outer(np.linalg.norm(X, axis=1), np.linalg.norm(W[live], axis=1))
        kinks = np.abs(Z) <= KINK * scale
        on_kinks += int(kinks.any())
        patterns, positive = (Z >= 0).T, a[live] > 0
        norms.append(least_subgradient(problem, W, a))
        value = objective(X, y, beta, W, a)
        own = both = 0.5 * float(y @ y)
        if live.any():
            own = solve_restricted(X, y, beta, patterns[positive], patterns[~positive])
            every = np.unique(np.concatenate([((Z >= 0) ^ kinks).T, patterns]), axis=0)
            both = solve_restricted(X, y, beta, every, every)
        own_drops.append(value / own - 1)
        both_drops.append(value / both - 1)
    excess = np.array([objective(X, y, beta, W, a) for W, a in ends]) / problem.value - 1
    rows = []
    for name, drops in (
        ("own pattern and sign", own_drops),
        ("both patterns and signs", both_drops),
    ):
        share = wilson_interval(int((np.array(drops) <= REACHED).sum()), len(drops))
        rows.append(
            {
                "program": name,
                "networks": len(ends),
                "networks_on_kinks": on_kinks,
                "gradient_norm": max(norms),
                "not_global": int((excess > REACHED).sum()),
                "median_drop": float(np.median(drops)),
                "largest_drop": max(drops),
                "optimal": share.value,
                "optimal_low": share.low,
                "optimal_high": share.high,
            }
        )
    return rows


def least_subgradient(problem: SolvedProblem, W: np.ndarray, a: np.ndarray) -> float:
    """Return the length of the shortest Clarke subgradient, of the gradient where there is one.

    A row on a unit's kink counts for it by a share between 0 and 1, which is chosen. Shares are
    chosen for each unit by itself: where rows lie on the kinks of several units that allows more
    than Clarke's subgradients.
    """
    X, y, beta = problem.X, problem.y, problem.beta
    Z = X @ W.T
    H = np.maximum(Z, 0.0)
    residual = H @ a - y
    kinks = np.abs(Z) <= KINK * np.outer(np.linalg.norm(X, axis=1), np.linalg.norm(W, axis=1))
    squared = float(((H.T @ residual + beta * a) ** 2).sum())
    for unit, kink in enumerate(kinks.T):
        pulls = (a[unit] * residual)[:, None] * X
        slope = pulls[(Z[:, unit] > 0) & ~kink].sum(axis=0) + beta * W[unit]
        if kink.any():
            shares = scipy.optimize.lsq_linear(pulls[kink].T, -slope, bounds=(0, 1)).x
            slope = slope + shares @ pulls[kink]
        squared += float(slope @ slope)
    return float(np.sqrt(squared))


if __name__ == "__main__":
    run(check_stationary)
