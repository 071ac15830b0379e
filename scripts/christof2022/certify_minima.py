"""Construct spurious local minima for several targets and networks, and prove that they are."""

from replication.run import InputError, run, track, write_table

import re
from itertools import pairwise, product
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from landscape.affine.piecewise import (
    ACTIVATIONS,
    Activation,
    gradient,
    loss,
    outputs,
)
from landscape.affine.segment import affine_minimum, certify_spurious
from landscape.exact import Numbers, to_fractions
from landscape.seeds import generator
from replication.settings import Count, Distinct, Positive

Stack = list[tuple[np.ndarray, np.ndarray]]


def certify_minima(
    targets: Distinct[Literal["square", "absolute value", "cube", "step", "product", "noise"]],
    activations: Distinct[Literal["relu", "leaky relu", "hard tanh"]],
    hidden: Distinct[str],
    draws: Count,
    runs: Count,
    steps: Count,
    step: Positive,
    seed: int,
    minima: Path,
    fits: Path,
) -> None:
    """Prove, for each target, activation and network, that random members are spurious minima.

    A member is exact: its pre-activations lie inside the affine segment, also after a change of
    every parameter by the proved radius, its loss is that of the best affine function, and a
    trained network of the same widths, its floats taken for exact numbers, has a lower one.

    Parameters
    ----------
    targets
        Names of the targets, each with its own data set. The first one, whose fits are drawn, has a
        single input: it is not the product.
    activations
        Names of the activations, all with an affine segment.
    hidden
        Hidden widths, at least 2, such as 4-4 for two hidden layers of four.
    draws
        Members of the continuum for each target, activation and network.
    runs
        Trained networks from which the better one is chosen.
    steps
        Steps of Adam.
    step
        Step size of Adam.
    seed
        Root seed.
    minima
        The .csv table with a row for each target, activation and network.
    fits
        The .csv table of the first case: target, spurious minimum and better network.
    """
    if targets[0] == "product":
        raise InputError("targets: expected a target with one input first, got product")
    widths_of = {sizes: _widths(sizes) for sizes in hidden}
    rows = []
    data = _targets(seed)
    for target, name, sizes in track(list(product(targets, activations, hidden)), "cases"):
        X, y = data[target]
        activation, widths = ACTIVATIONS[name], widths_of[sizes]
        words = ("christof2022", "minima", target, name, sizes)
        better = _train(generator(seed, *words, 0), X, y, widths, activation, runs, steps, step)
        rng = generator(seed, *words, 1)
        members = [affine_minimum(rng, X, y, widths, activation) for _ in range(draws)]
        found = [certify_spurious(member, better, X, y, activation) for member in members]
        rows.append(
            {
                "target": target,
                "activation": name,
                "hidden": sizes,
                "members": draws,
                "unproved": sum(not one.proved for one in found),
                "loss": str(found[0].loss),
                "affine_loss": float(found[0].affine_loss),
                "better_loss": float(found[0].better_loss),
                "better_ratio": float(found[0].better_loss / found[0].affine_loss),
                "radius": float(min(one.radius for one in found)),
                "parameters": sum(part.size for pair in members[0] for part in pair),
                "dimension": min(one.dimension for one in found),
            }
        )
        if len(rows) == 1:
            fit = {
                "x": X[0].astype(float),
                "target": y.astype(float),
                "spurious_minimum": outputs(members[0], X, activation).astype(float),
                "better_network": outputs(better, X.astype(float), activation),
            }
    write_table(pd.DataFrame(rows), minima)
    write_table(pd.DataFrame(fit), fits)


def _widths(sizes: str) -> list[int]:
    """Return hidden widths from text such as 4-4."""
    if not re.fullmatch(r"([2-9]|[1-9]\d+)(-([2-9]|[1-9]\d+))*", sizes):
        raise InputError(f"hidden: expected widths of at least 2, such as 5 or 4-4, got {sizes!r}")
    return [int(size) for size in sizes.split("-")]


def _targets(seed: int) -> dict[str, tuple[Numbers, Numbers]]:
    """Return data sets with rational numbers, X (d, m) and y (m,), none of them affine."""
    grid = to_fractions([range(-10, 11)]) / 10
    plane = to_fractions(list(product(range(-2, 3), repeat=2))).T / 2
    rng = generator(seed, "christof2022", "noise")
    points = to_fractions(rng.choice(np.arange(-50, 51), (1, 12), replace=False)) / 50
    return {
        "square": (grid, grid[0] ** 2),
        "absolute value": (grid, abs(grid[0])),
        "cube": (grid, grid[0] ** 3),
        "step": (grid, to_fractions((grid[0] > 0).astype(int))),
        "product": (plane, plane[0] * plane[1]),
        "noise": (points, to_fractions(rng.integers(-10, 11, 12)) / 10),
    }


def _train(
    rng: np.random.Generator,
    X: Numbers,
    y: Numbers,
    widths: list[int],
    activation: Activation,
    runs: int,
    steps: int,
    step: float,
) -> Stack:
    """Return the best of a stack of networks trained by Adam."""
    sizes = [len(X), *widths, 1]
    layers = [
        (rng.standard_normal((runs, b, a)), 0.5 * rng.standard_normal((runs, b)))
        for a, b in pairwise(sizes)
    ]
    data = X.astype(float), y.astype(float)
    first = [tuple(np.zeros_like(part) for part in pair) for pair in layers]
    second = [tuple(np.zeros_like(part) for part in pair) for pair in layers]
    for number in range(1, steps + 1):
        slopes = gradient(layers, *data, activation)
        for pair, g, m, s in zip(layers, slopes, first, second, strict=True):
            for i in range(2):
                m[i][:] = 0.9 * m[i] + 0.1 * g[i]
                s[i][:] = 0.999 * s[i] + 0.001 * g[i] ** 2
                scale = np.sqrt(s[i] / (1 - 0.999**number)) + 1e-8
                pair[i][:] -= step * m[i] / (1 - 0.9**number) / scale
    best = int(np.argmin(loss(layers, *data, activation)))
    return [(W[best], b[best]) for W, b in layers]


if __name__ == "__main__":
    run(certify_minima)
