"""Hold trained networks against the convex program: optima, stationary points, paths downhill."""

from replication.run import InputError, run, track, write_table

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.convex import certify_global, objective, solve_restricted
from landscape.statistics import wilson_interval
from replication.settings import Count

# Relative to the optimum: an objective this near to it counts as reaching it.
REACHED = 1e-4
# A unit below this, |w| |a|, is dead, and a row within this of a unit's kink, relative to |x| |w|,
# is on it.
DEAD, KINK = 1e-6, 1e-4
POINTS = 201


@dataclass(frozen=True)
class Problem:
    """A problem, its global optimum, and what is proved of that."""

    X: np.ndarray
    y: np.ndarray
    beta: float
    W: np.ndarray
    a: np.ndarray
    value: float
    dual_bound: float


def analyse_networks(
    stationary_width: Count,
    stationary_runs: Count,
    path_runs: Count,
    problems: Path,
    networks: Path,
    widths: Path,
    stationary: Path,
    barriers: Path,
    paths: Path,
) -> None:
    """Write what training reaches, whether its ends are optima of restricted programs, and paths.

    Parameters
    ----------
    stationary_width
        Width of the networks that are held against restricted programs, and that paths start at;
        one of the trained ones.
    stationary_runs
        Their number for each problem, at most as many as were trained.
    path_runs
        Number of paths for each problem, at most as many as these networks.
    problems, networks
        The .npz files of `solve_programs` and `train_widths`.
    widths
        The .csv table with a row for each problem and width.
    stationary
        The .csv table with a row for each problem and choice of patterns.
    barriers
        The .csv table with a row for each problem and kind of path.
    paths
        The .csv table of the objective along each path.
    """
    given, trained = np.load(problems, allow_pickle=False), np.load(networks, allow_pickle=False)
    if stationary_width not in trained["widths"]:
        raise InputError(
            f"stationary_width: expected one of {trained['widths'].tolist()}, which were trained, "
            f"got {stationary_width}"
        )
    reached_rows: list[dict[str, object]] = []
    stationary_rows: list[dict[str, object]] = []
    barrier_rows: list[dict[str, object]] = []
    curves = []
    for number, problem in enumerate(track(list(_problems(given)), "problems")):
        m, d = problem.X.shape
        name = {"samples": m, "inputs": d, "beta": problem.beta}
        for width in trained["widths"]:
            W, a = trained[f"W{width}"][number, :, :, :d], trained[f"a{width}"][number]
            values = trained[f"objective{width}"][number]
            reached_rows.append(name | _reached(problem, W, a, values, int(width)))
        W = trained[f"W{stationary_width}"][number, :stationary_runs, :, :d]
        a = trained[f"a{stationary_width}"][number, :stationary_runs]
        if len(a) < max(stationary_runs, path_runs):
            raise InputError(
                f"stationary_runs, path_runs: expected at most the {len(a)} networks that there "
                f"are, got {stationary_runs} and {path_runs}"
            )
        ends = list(zip(W, a, strict=True))
        stationary_rows += [name | row for row in _restricted(problem, ends)]
        followed = _follow(problem, ends[:path_runs])
        curves.append(followed.assign(**name))
        barrier_rows += [name | row for row in _barriers(followed)]
    write_table(pd.DataFrame(reached_rows), widths)
    write_table(pd.DataFrame(stationary_rows), stationary)
    write_table(pd.DataFrame(barrier_rows), barriers)
    write_table(pd.concat(curves, ignore_index=True), paths)


def _problems(given: dict[str, np.ndarray]) -> Iterator[Problem]:
    """Yield the problems without their padding."""
    for i, (m, d) in enumerate(zip(given["samples"], given["inputs"], strict=True)):
        yield Problem(
            given["X"][i, :m, :d],
            given["y"][i, :m],
            float(given["beta"][i]),
            given[f"W{i}"],
            given[f"a{i}"],
            *map(float, given[f"value{i}"]),
        )


def _reached(
    problem: Problem, W: np.ndarray, a: np.ndarray, values: np.ndarray, width: int
) -> dict[str, object]:
    """Return how near the runs of one width come to the optimum, and what is proved of two."""
    excess = values / problem.value - 1
    share = wilson_interval(int((excess <= REACHED).sum()), len(values))
    row: dict[str, object] = {
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
    errors = []
    for which in (values.argmin(), values.argmax()):
        certificate = certify_global(problem.X, problem.y, problem.beta, W[which], a[which])
        errors.append(certificate.gap / problem.value - excess[which])
    # What the certificate says beyond the true excess; below zero it would be wrong.
    return row | {"certificate_error_min": min(errors), "certificate_error_max": max(errors)}


def _restricted(
    problem: Problem, ends: list[tuple[np.ndarray, np.ndarray]]
) -> list[dict[str, object]]:
    """Return how far ends of training are from the optima of programs with their own patterns.

    A row that is on a unit's kink belongs to both patterns. One of them, with the sign of the
    unit's output weight, is what a stationary point asks for; both of them, with both signs, make
    another and a lower program.
    """
    X, y, beta = problem.X, problem.y, problem.beta
    own_drops, both_drops, on_kinks = [], [], 0
    for W, a in ends:
        sizes = np.linalg.norm(W, axis=1) * np.abs(a)
        live = sizes > DEAD
        Z = X @ W[live].T
        scale = np.outer(np.linalg.norm(X, axis=1), np.linalg.norm(W[live], axis=1))
        kinks = np.abs(Z) <= KINK * scale
        on_kinks += int(kinks.any())
        patterns, positive = (Z >= 0).T, a[live] > 0
        value = objective(X, y, beta, W, a)
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
                "not_global": int((excess > REACHED).sum()),
                "median_drop": float(np.median(drops)),
                "largest_drop": max(drops),
                "optimal": share.value,
                "optimal_low": share.low,
                "optimal_high": share.high,
            }
        )
    return rows


def _follow(problem: Problem, ends: list[tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    """Return the objective, over the optimum, on two paths from each end to the optimum.

    Both are paths of networks that hold the units of the end and those of the optimum. The path
    downhill weighs them by the roots of 1 - t and of t, so that the outputs and the regulariser are
    linear in t; the straight line weighs them by 1 - t and t.
    """
    t = np.linspace(0.0, 1.0, POINTS)
    frames = []
    for number, (W, a) in enumerate(ends):
        for path, (out, into) in {
            "downhill": (np.sqrt(1 - t), np.sqrt(t)),
            "straight": (1 - t, t),
        }.items():
            values = [
                objective(
                    problem.X,
                    problem.y,
                    problem.beta,
                    np.concatenate([p * W, q * problem.W]),
                    np.concatenate([p * a, q * problem.a]),
                )
                for p, q in zip(out, into, strict=True)
            ]
            frames.append(
                pd.DataFrame({"run": number, "path": path, "t": t, "objective": values}).assign(
                    relative=np.array(values) / problem.value
                )
            )
    return pd.concat(frames, ignore_index=True)


def _barriers(curves: pd.DataFrame) -> list[dict[str, object]]:
    """Return how far the objective climbs on each kind of path."""
    rows = []
    for path, group in curves.groupby("path", sort=False):
        # Runs are rows, t columns.
        values = group["relative"].to_numpy().reshape(-1, POINTS)
        climb = values.max(axis=1) - values[:, 0]
        share = wilson_interval(int((climb > REACHED).sum()), len(climb))
        rows.append(
            {
                "path": path,
                "runs": len(values),
                "largest_step_up": np.diff(values, axis=1).max(),
                "median_climb": np.median(climb),
                "largest_climb": climb.max(),
                "climbing": share.value,
                "climbing_low": share.low,
                "climbing_high": share.high,
                "end_excess": np.abs(values[:, -1] - 1).max(),
            }
        )
    return rows


if __name__ == "__main__":
    run(analyse_networks)
