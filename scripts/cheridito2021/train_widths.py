"""Train networks of several widths on f(x) = x, and count how often all neurons die."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.affine.target_relu import AffineTarget, Network
from landscape.seeds import generator
from landscape.statistics import wilson_interval
from replication.settings import Count, Distinct, Positive, Probability

# A neuron that rises to no more than this on the interval counts as dead: gradient descent leads
# kinks to an end of the interval, but never quite there.
DEAD = 1e-12
# How near the outer bias must be to the mean of the target before a run with dead neurons ends.
SETTLED = 1e-8
# A run whose gradient is no longer than this is at a critical point.
CRITICAL = 1e-10


def train_widths(
    widths: Distinct[Count],
    runs: Count,
    step: Positive,
    steps: Count,
    fitted: Positive,
    leak: Probability,
    leaky_runs: Count,
    seed: int,
    table: Path,
) -> None:
    """Train stacks of networks by gradient descent on the exact loss, with and without a leak.

    The target is x on [0, 1], and all parameters are standard normal at the start. A run ends when
    its loss is small, or when all neurons are dead and the outer bias has settled.

    Parameters
    ----------
    widths
        Numbers N of neurons.
    runs
        Runs for each width.
    step
        Step size.
    steps
        Largest number of steps.
    fitted
        A run whose loss is at most this has fitted the target.
    leak
        Slope below 0 of the leaky ReLU.
    leaky_runs
        Runs for each width with the leaky ReLU.
    seed
        Root seed.
    table
        The .csv table with a row for each activation and width.
    """
    rows = []
    for activation, slope, count in (("ReLU", 0.0, runs), ("leaky ReLU", leak, leaky_runs)):
        target = AffineTarget(1.0, 0.0, 0.0, 1.0, slope)
        for N in track(widths, f"widths, {activation}"):
            rng = generator(seed, "cheridito2021", "widths", N)
            w, b, v = rng.standard_normal((3, count, N))
            start = Network(w, b, v, rng.standard_normal(count))
            end = _descend(target, start, step, steps, fitted)
            rows.append(
                {"activation": activation, "neurons": N, "runs": count}
                | _measure(target, start, end, fitted)
            )
    write_table(pd.DataFrame(rows), table)


def _height(network: Network) -> np.ndarray:
    """Return the largest argument of each neuron's activation on [0, 1]."""
    height: np.ndarray = np.maximum(network.b, network.w + network.b)
    return height


def _dead(network: Network) -> np.ndarray:
    dead: np.ndarray = np.asarray((_height(network) <= DEAD).all(axis=-1))
    return dead


def _descend(
    target: AffineTarget, start: Network, step: float, steps: int, fitted: float
) -> Network:
    """Return where gradient descent ends; finished runs leave the stack."""
    end = Network(*(part.copy() for part in start))
    network, running = start, np.arange(len(start.c))
    for number in range(1, steps + 1):
        gradient = target.gradient(network)
        network = Network(*(p - step * g for p, g in zip(network, gradient, strict=True)))
        if number % 50 and number != steps:
            continue
        stuck = _dead(network) & (abs(network.c - 0.5) <= SETTLED) & (target.leak == 0)
        keep = ~(stuck | (target.loss(network) <= fitted))
        for whole, part in zip(end, network, strict=True):
            whole[running] = part
        network = Network(*(part[keep] for part in network))
        running = running[keep]
        if running.size == 0:
            break
    return end


def _measure(
    target: AffineTarget, start: Network, end: Network, fitted: float
) -> dict[str, int | float]:
    loss, runs = target.loss(end), len(end.c)
    small, dead = loss <= fitted, _dead(end) & (target.leak == 0)
    plateau = abs(loss - 1 / 12) <= 1e-6
    slopes = target.gradient(end)
    squares = sum((part**2).reshape(runs, -1).sum(axis=1) for part in slopes)
    critical = np.sqrt(squares) <= CRITICAL
    height = _height(end)
    # Neurons whose kink has been led to an end of the interval.
    at_end = dead[:, None] & (abs(height) <= DEAD)
    wrong = at_end & (end.v * np.sign(end.w) > 0)
    return {
        **_share("plateau", int(plateau.sum()), runs),
        **_share("dead", int(dead.sum()), runs),
        **_share("dead_at_start", int((_dead(start) & (target.leak == 0)).sum()), runs),
        # b < 0 and w + b < 0 in the plane of standard normal (w, b): 3/8 of all directions.
        "dead_at_start_expected": 0.375 ** end.w.shape[1] if target.leak == 0 else 0.0,
        "fitted": int(small.sum()),
        "not_fitted": int((~small).sum()),
        "unfinished": int((~small & ~plateau).sum()),
        "plateau_not_dead": int((plateau & ~dead).sum()),
        "stationary_not_dead": int((plateau & ~dead & critical).sum()),
        "with_kink_at_end": int(at_end.any(1).sum()),
        "kinks_at_end": int(at_end.sum()),
        "kinks_of_wrong_sign": int(wrong.sum()),
        "largest_distance_from_level": float(abs(loss[plateau] - 1 / 12).max(initial=0.0)),
    }


def _share(name: str, successes: int, runs: int) -> dict[str, int | float]:
    columns = wilson_interval(successes, runs).columns(name)
    del columns[f"{name}_sd"]
    return {f"{name}_runs": successes, **columns}


if __name__ == "__main__":
    run(train_widths)
