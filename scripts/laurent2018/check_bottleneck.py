"""Check networks narrower than Theorem 1 allows: local minima that are not global, with proofs."""

from replication.run import run, track, write_table

from pathlib import Path
from typing import Annotated, Literal, get_args

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.certify import certify_bottleneck_minimum
from landscape.linear.composite import Composite
from landscape.losses import LOSSES, Risk, random_data
from landscape.seeds import generator
from landscape.statistics import wilson_interval
from replication.settings import Count, NonNegative

# The losses for which there is a proof in ball arithmetic.
Certified = Literal["logistic", "exponential"]
# As in the check of Theorem 1: a critical point, a zero eigenvalue, and equal values.
CRITICAL, ZERO, LEVEL = 1e-8, 1e-7, 1e-8


def check_bottleneck(
    inputs: Count,
    outputs: Count,
    samples: Annotated[int, Ge(10)],
    noise: NonNegative,
    draws: Count,
    starts: Count,
    seed: int,
    minima: Path,
    totals: Path,
) -> None:
    """Train networks with one hidden neuron on random data, and certify the minima they end at.

    Parameters
    ----------
    inputs, outputs, samples
        Sizes of the random data.
    noise
        Standard deviation of the noise on a teacher whose outputs have variance one.
    draws
        Data sets for each loss.
    starts
        Gaussian starts for each data set.
    seed
        Root seed.
    minima
        The .csv table with a row for each local minimum that was found.
    totals
        The .csv table with a row for each loss.
    """
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


if __name__ == "__main__":
    run(check_bottleneck)
