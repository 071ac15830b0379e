"""The same construction for losses other than the squared error."""

from replication.run import run, track, write_table

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.affine.piecewise import ACTIVATIONS, BiasedLayers, outputs, perturbed
from landscape.affine.segment import affine_minimum, affine_radius
from landscape.exact import to_fractions
from landscape.losses import LOSSES, Risk, Targets
from landscape.seeds import generator
from replication.settings import Count, Distinct

GRID = to_fractions([range(-10, 11)]) / 10
X = GRID.astype(float)
# Functions of |x| that are far from affine; the signs cannot be separated by |x| either, for then
# the loss would have no minimum.
TARGETS: dict[Targets, np.ndarray] = {
    "real": X**2,
    "signs": np.where((abs(X) > 0.45) | (X == 0), 1.0, -1.0),
    "counts": np.rint(4 * X**2),
}
RELU = ACTIVATIONS["relu"]


def check_losses(
    losses: Distinct[Literal["square", "huber", "log-cosh", "logistic", "exponential", "poisson"]],
    hidden: Distinct[Annotated[int, Ge(2)]],
    draws: Count,
    perturbations: Count,
    seed: int,
    minima: Path,
) -> None:
    """Build networks that are the best affine function of each loss, and look around them.

    The best affine function is that of Newton's method, so that here, unlike for the squared error,
    the minimum holds up to rounding. That the network stays affine within a radius is exact. A
    better network is ``a relu(x) + b relu(-x) + c`` with the best a, b and c.

    Parameters
    ----------
    losses
        Names of losses with one output.
    hidden
        Widths of the hidden layer.
    draws
        Networks for each loss and width.
    perturbations
        Random perturbations of each network, within the proved radius.
    seed
        Root seed.
    minima
        The .csv table with a row for each loss and width.
    """
    pairs = [(name, width) for name in losses for width in hidden]
    rows = [_check(name, width, draws, perturbations, seed) for name, width in track(pairs, "rows")]
    write_table(pd.DataFrame(rows), minima)


def _check(
    name: str, width: int, draws: int, perturbations: int, seed: int
) -> dict[str, str | int | float]:
    y = TARGETS[LOSSES[name].targets]
    one = np.ones_like(X)
    affine = Risk(LOSSES[name], np.vstack([X, one]), y).minimum()
    slope, intercept = to_fractions(affine.point[0])
    bent = Risk(LOSSES[name], np.vstack([np.maximum(X, 0), np.maximum(-X, 0), one]), y).minimum()
    a, b, c = bent.point[0]
    better = [
        (np.array([[1.0], [-1.0]]), np.zeros(2)),
        (np.array([[a, b]]), np.array([c])),
    ]

    rng = generator(seed, "christof2022", "losses", name, width)
    radii, off, changes = [], [], []
    for _ in range(draws):
        member = affine_minimum(rng, GRID, slope * GRID[0] + intercept, [width], RELU)
        radii.append(affine_radius(member, GRID, RELU))
        layers = [(W.astype(float), b.astype(float)) for W, b in member]
        loss = _mean_loss(name, layers, y)
        off.append(abs(float(loss) - affine.value))
        sizes = float(radii[-1]) * 10 ** rng.uniform(-4, 0, perturbations)
        changes.append(_mean_loss(name, perturbed(layers, sizes, rng), y) - loss)
    lowest = float(np.min(changes))
    return {
        "loss": name,
        "width": width,
        "members": draws,
        "affine_loss": affine.value,
        "off": max(off),
        "radius": float(min(radii)),
        "perturbations": draws * perturbations,
        "lower": int((np.array(changes) < -1e-12).sum()),
        "lowest_change": lowest,
        "better_loss": float(_mean_loss(name, better, y)),
        "better_ratio": float(_mean_loss(name, better, y)) / affine.value,
    }


def _mean_loss(name: str, layers: BiasedLayers, y: np.ndarray) -> np.ndarray:
    """Return the mean loss of each network of a stack, shape (...)."""
    f = outputs(layers, X, RELU)
    targets = np.broadcast_to(y[0], f.shape)
    each = LOSSES[name].value(f.reshape(1, -1), targets.reshape(1, -1))
    mean: np.ndarray = each.reshape(f.shape).mean(-1)
    return mean


if __name__ == "__main__":
    run(check_losses)
