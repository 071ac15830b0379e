"""Search for zeros of the gradient from random networks, to see which levels of the loss occur."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.affine.target_quadratic import QuadraticActivation
from landscape.affine.target_relu import AffineTarget, Network
from landscape.seeds import generator
from replication.settings import Count, Distinct, Positive, Probability

# The levels up to n = 6 are at least 1e-5 apart.
TOLERANCE = 1e-8
# A gradient that vanishes only as parameters grow without bound is no critical point.
BOUND = 1e3
# An eigenvalue of the Hessian below this is negative beyond rounding.
NEGATIVE = -1e-9
UNIT = AffineTarget(1.0, 0.0, 0.0, 1.0)
Task = AffineTarget | QuadraticActivation


def find_roots(
    widths: Distinct[Count],
    starts: Count,
    iterations: Count,
    gradient: Positive,
    leak: Probability,
    seed: int,
    table: Path,
) -> None:
    """Solve gradient = 0 by Levenberg and Marquardt's method with the exact Hessian.

    The target is x on [0, 1], where the levels above 0 are 1/12, 1/972, 1/7500 and so on for the
    ReLU, and 1/12 for squares. Weights are normal, and kinks uniform on the interval, so that every
    neuron is active to begin with.

    Parameters
    ----------
    widths
        Numbers N of neurons.
    starts
        Random networks for each width.
    iterations
        Largest number of steps.
    gradient
        A search has found a root when the norm of the gradient is at most this.
    leak
        Slope below 0 of the leaky ReLU, for which no list of levels is known.
    seed
        Root seed.
    table
        The .csv table with a row for each activation and width.
    """
    tasks: dict[str, Task] = {
        "ReLU": UNIT,
        "quadratic": QuadraticActivation(UNIT),
        "leaky ReLU": AffineTarget(1.0, 0.0, 0.0, 1.0, leak),
    }
    rows = [
        {"activation": name, **_search(tasks[name], N, starts, iterations, gradient, seed, widths)}
        for name, N in track([(name, N) for name in tasks for N in widths], "widths")
    ]
    write_table(pd.DataFrame(rows), table)


def _search(
    task: Task,
    N: int,
    starts: int,
    iterations: int,
    gradient: float,
    seed: int,
    widths: list[int],
) -> dict[str, int | float]:
    """Count the zeros of the gradient by level, and those above 0 that are no strict saddles."""
    rng = generator(seed, "cheridito2021", "roots", N)
    theta = _solve(task, _start(rng, starts, N), N, iterations, gradient)
    size = np.linalg.norm(_flat(task.gradient(_network(theta, N))), axis=1)
    root = size <= gradient
    bounded = np.abs(theta).max(1) <= BOUND
    found = theta[root & bounded]
    losses = task.loss(_network(found, N))
    levels = {"loss 0": 0.0}
    levels |= {f"n = {n}": float(x) for n, x in UNIT.critical_levels(max(widths)).items()}
    counts = {name: int((abs(losses - level) <= TOLERANCE).sum()) for name, level in levels.items()}
    # No list of levels is known for a leaky ReLU; a level of the ReLU needs at least n neurons.
    known = isinstance(task, QuadraticActivation) or task.leak == 0
    on_list = ["loss 0", *(f"n = {n}" for n in task.critical_levels(N))] if known else []
    off = len(losses) - sum(counts[name] for name in on_list)
    above = losses > TOLERANCE
    least = np.linalg.eigvalsh(task.hessian(_network(found[above], N)))[:, 0]
    return {
        "neurons": N,
        "starts": starts,
        "roots": len(losses),
        **counts,
        "off_the_list_or_above": off if known else np.nan,
        "above_zero": int(above.sum()),
        "above_zero_no_strict_saddle": int((least >= NEGATIVE).sum()),
        "unbounded": int((root & ~bounded).sum()),
        "no_root": int((~root).sum()),
    }


def _start(rng: np.random.Generator, starts: int, N: int) -> np.ndarray:
    w, v = rng.standard_normal((2, starts, N))
    b = -w * rng.uniform(0, 1, (starts, N))
    return np.concatenate([w, b, v, rng.standard_normal((starts, 1))], axis=1)


def _network(theta: np.ndarray, N: int) -> Network:
    return Network(theta[:, :N], theta[:, N : 2 * N], theta[:, 2 * N : -1], theta[:, -1])


def _flat(network: Network) -> np.ndarray:
    return np.concatenate([*network[:3], network.c[:, None]], axis=1)


def _solve(task: Task, theta: np.ndarray, N: int, iterations: int, gradient: float) -> np.ndarray:
    """Lower the norm of the gradient step by step, each start with its own damping."""
    theta = theta.copy()
    damping = np.full(len(theta), 1e-2)
    g = _flat(task.gradient(_network(theta, N)))
    for _ in range(iterations):
        active = np.flatnonzero(
            (np.linalg.norm(g, axis=1) > gradient) & (np.abs(theta).max(1) <= BOUND)
        )
        if active.size == 0:
            break
        # (H^2 + damping)^{-1} H g, by eigenvalues, for H is singular where neurons are dead.
        eigenvalues, Q = np.linalg.eigh(task.hessian(_network(theta[active], N)))
        factors = eigenvalues / (eigenvalues**2 + damping[active, None])
        step = np.einsum("rij,rj,rkj,rk->ri", Q, factors, Q, g[active], optimize=True)
        tried = theta[active] - step
        g_tried = _flat(task.gradient(_network(tried, N)))
        better = np.linalg.norm(g_tried, axis=1) < np.linalg.norm(g[active], axis=1)
        # There is no Hessian with a kink exactly at an end; a shorter step avoids it.
        w, b = tried[:, :N], tried[:, N : 2 * N]
        better &= ((b != 0) & (w + b != 0)).all(1)
        moved = active[better]
        theta[moved], g[moved] = tried[better], g_tried[better]
        damping[active] *= np.where(better, 0.3, 4.0)
        damping = np.clip(damping, 1e-18, 1e12)
    return theta


if __name__ == "__main__":
    run(find_roots)
