"""Check networks narrower than Theorem 1 allows: local minima that are not global, with proofs."""

from replication.run import run, track, write_table

from fractions import Fraction
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd

from landscape.certify import certify_bottleneck, certify_bottleneck_minimum
from landscape.linear.composite import Composite
from landscape.losses import LOSSES, Risk, random_data
from landscape.seeds import generator
from landscape.statistics import wilson_interval

# The losses for which there is a proof in ball arithmetic.
Certified = Literal["logistic", "exponential"]
# As in the check of Theorem 1: a critical point, a zero eigenvalue, and equal values.
CRITICAL, ZERO, LEVEL = 1e-8, 1e-7, 1e-8
# A descent has ended at one of the two values of the closed form if it is this near.
NEAR = 0.01


def check_bottleneck(
    weights: list[float],
    runs: int,
    steps: int,
    rate: float,
    inputs: int,
    outputs: int,
    samples: int,
    noise: float,
    draws: int,
    starts: int,
    seed: int,
    threshold: Path,
    minima: Path,
    totals: Path,
) -> None:
    """Certify bad minima of networks with one hidden neuron, and count the runs that end there.

    The first example has widths (2, 1, 2) and a quadratic loss with a weight w on two of the four
    entries of A; the second is the mean logistic or exponential loss of random data.

    Parameters
    ----------
    weights
        Weights w, with at most four decimals.
    runs
        Gradient descents for each weight, from standard Gaussian starts.
    steps
        Steps of a descent.
    rate
        Step size of the descents, divided by max(1, w).
    inputs, outputs, samples, noise
        Sizes of the random data, and noise of the teacher.
    draws
        Data sets for each loss.
    starts
        Gaussian starts for each data set.
    seed
        Root seed.
    threshold
        The .csv table with a row for each weight.
    minima
        The .csv table with a row for each local minimum that was found.
    totals
        The .csv table with a row for each loss.
    """
    rows: list[dict[str, object]] = []
    for weight in weights:
        proof = certify_bottleneck(Fraction(str(weight)))
        rng = generator(seed, "laurent2018", "threshold", str(weight))
        ends = _descend(weight, rng.normal(size=(4, runs)), steps, rate / max(1.0, weight))
        caught = wilson_interval(int((abs(ends - 4) <= NEAR).sum()), runs)
        rows.append(
            {
                "weight": weight,
                "negative": proof.bad[0],
                "zero": proof.bad[1],
                "positive": proof.bad[2],
                "curve": float(proof.near - 4),
                "minimum": int(proof.minimum),
                "good_negative": proof.good[0],
                "runs": runs,
                "caught": caught.value,
                "caught_low": caught.low,
                "caught_high": caught.high,
                "best": float((abs(ends - 1) <= NEAR).mean()),
            }
        )
    write_table(pd.DataFrame(rows), threshold)

    rows, counts = [], []
    for name in get_args(Certified):
        found = []
        for draw in track(range(draws), f"data sets, {name} loss"):
            rng = generator(seed, "laurent2018", "bottleneck", name, draw)
            f = Risk(LOSSES[name], *random_data(LOSSES[name], rng, inputs, outputs, samples, noise))
            F = Composite(f, [1])
            trained = [F.minimize(rng.normal(size=F.size)) for _ in range(starts)]
            found.append(_levels(F, name, trained, f))
            rows += [{"loss": name, "draw": draw} | level for level in found[-1]]
        # A bad minimum is proved where the value at one lies above that at another.
        several = [len(levels) > 1 for levels in found]
        bad = [
            any(
                a["certified"] and b["certified"] and a["high"] < b["low"]
                for k, a in enumerate(levels)
                for b in levels[k + 1 :]
            )
            for levels in found
        ]
        every = [level for levels in found for level in levels]
        share = wilson_interval(sum(bad), draws)
        counts.append(
            {
                "loss": name,
                "draws": draws,
                "with_levels": sum(several),
                "certified": sum(bad),
                "share": share.value,
                "share_low": share.low,
                "share_high": share.high,
                "most_levels": max(map(len, found)),
                "minima": len(every),
                "minima_certified": sum(bool(level["certified"]) for level in every),
                "ends": draws * starts,
                "ends_elsewhere": draws * starts - int(sum(level["ends"] for level in every)),
            }
        )
    write_table(pd.DataFrame(rows), minima)
    write_table(pd.DataFrame(counts), totals)


def _levels(
    F: Composite, name: Certified, ends: list[np.ndarray], f: Risk
) -> list[dict[str, float]]:
    """Return the local minima among the ends, by value, each with its certificate."""
    minimal: list[tuple[float, float, float, np.ndarray]] = []
    for end in map(F.balanced, ends):
        value, gradient = F.value_gradient(end)
        eigenvalues = np.linalg.eigvalsh(F.hessian(end))
        flat = abs(eigenvalues) <= ZERO * eigenvalues[-1]
        # One zero eigenvalue is that of scaling one layer against the other; the rest must be
        # positive, which leaves out ends on the way to infinity where a minimum does not exist.
        norm = float(np.linalg.norm(gradient))
        if norm <= CRITICAL and flat.sum() == 1 and eigenvalues[0] >= -ZERO * eigenvalues[-1]:
            minimal.append((value, norm, float(eigenvalues[1]), end))
    minimal.sort(key=lambda entry: entry[0])
    groups: list[list[tuple[float, float, float, np.ndarray]]] = []
    for entry in minimal:
        if not groups or entry[0] - groups[-1][-1][0] > LEVEL:
            groups.append([])
        groups[-1].append(entry)
    levels: list[dict[str, float]] = []
    for number, group in enumerate(groups):
        value, _, _, end = group[0]
        first, last = F.layers(end)
        proof = certify_bottleneck_minimum(name, f.X, f.Y, first[0], last[:, 0])
        share = wilson_interval(len(group), len(ends))
        levels.append(
            {
                "level": number,
                "value": value,
                "above_best": value - groups[0][0][0],
                "ends": len(group),
                "share": share.value,
                "share_low": share.low,
                "share_high": share.high,
                "gradient": max(entry[1] for entry in group),
                "least_positive": min(entry[2] for entry in group),
                "certified": int(proof.proved),
                "low": proof.low,
                "high": proof.high,
            }
        )
    return levels


def _descend(weight: float, theta: np.ndarray, steps: int, rate: float) -> np.ndarray:
    """Return (A_11 - 1)^2 + (A_22 - 2)^2 + w (A_12^2 + A_21^2) after gradient descent.

    The rows of theta are W_2 = (a, b) and W_1 = (c, d), its columns the runs.
    """
    weights = np.array([[1.0, weight], [weight, 1.0]])[..., None]
    target = np.diag([1.0, 2.0])[..., None]
    for _ in range(steps):
        outer, inner = theta[:2], theta[2:]
        G = 2 * weights * (outer[:, None] * inner[None] - target)
        theta = theta - rate * np.concatenate(
            [(G * inner[None]).sum(axis=1), (G * outer[:, None]).sum(axis=0)]
        )
    A = theta[:2, None] * theta[None, 2:]
    return np.asarray((weights * (A - target) ** 2).sum(axis=(0, 1)))


if __name__ == "__main__":
    run(check_bottleneck)
