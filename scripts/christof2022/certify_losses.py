"""The same construction for losses other than the squared error, proved in ball arithmetic."""

from replication.run import run, track, write_table

from itertools import product
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.affine.convex_losses import certify_affine_loss
from landscape.affine.piecewise import ACTIVATIONS
from landscape.affine.segment import affine_minimum
from landscape.exact import Numbers, to_fractions
from landscape.losses import LOSSES, Risk, Targets
from landscape.seeds import generator
from replication.settings import Count, Distinct

GRID = to_fractions([range(-10, 11)]) / 10
X = GRID.astype(float)
ONE = np.ones(X.shape[1])
# Functions of |x| that are far from affine; the signs cannot be separated by |x| either, for then
# the loss would have no minimum.
TARGETS: dict[Targets, Numbers] = {
    "real": GRID[0] ** 2,
    "signs": to_fractions(np.where((abs(X[0]) > 0.45) | (X[0] == 0), 1, -1)),
    "counts": to_fractions(np.rint(4 * X[0] ** 2)),
}
# Members are built for a slope and an intercept that are multiples of 2^-30, near the best ones.
UNIT = 2**30


def certify_losses(
    losses: Distinct[Literal["square", "huber", "log-cosh", "logistic", "exponential", "poisson"]],
    hidden: Distinct[Annotated[int, Ge(2)]],
    draws: Count,
    seed: int,
    minima: Path,
) -> None:
    """Prove, for each loss and width, that random members of the continuum are spurious minima.

    A better network is ``a relu(x) + b relu(-x) + c`` with the best a, b and c.

    Parameters
    ----------
    losses
        Names of losses with one output.
    hidden
        Widths of the hidden layer.
    draws
        Members of the continuum for each loss and width.
    seed
        Root seed.
    minima
        The .csv table with a row for each loss and width.
    """
    rows = []
    for name, width in track(list(product(losses, hidden)), "rows"):
        y = TARGETS[LOSSES[name].targets]
        best = _minimum(name, [X[0], ONE], y)
        slope, intercept = to_fractions(np.rint(best * UNIT)) / UNIT
        kinked = [np.maximum(X[0], 0), np.maximum(-X[0], 0), ONE]
        better = _bent(_minimum(name, kinked, y), width)
        rng = generator(seed, "christof2022", "losses", name, width)
        found = []
        for _ in range(draws):
            values = slope * GRID[0] + intercept
            member = affine_minimum(rng, GRID, values, [width], ACTIVATIONS["relu"])
            found.append(certify_affine_loss(name, member, better, GRID, y))
        # The best affine function and the better network are those of all members.
        affine_low, better_high = found[0].affine_low, found[0].better_high
        rows.append(
            {
                "loss": name,
                "width": width,
                "members": draws,
                "unproved": sum(not one.proved for one in found),
                "affine_low": affine_low,
                "affine_high": found[0].affine_high,
                "better_high": better_high,
                "gain": affine_low - better_high,
                "radius": float(min(one.radius for one in found)),
            }
        )
    write_table(pd.DataFrame(rows), minima)


def _minimum(name: str, rows: list[np.ndarray], y: Numbers) -> np.ndarray:
    """Return the coefficients of the best combination of some functions, up to rounding."""
    best: np.ndarray = Risk(LOSSES[name], np.array(rows), y.astype(float)[None]).minimum().point[0]
    return best


def _bent(coefficients: np.ndarray, width: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the network a relu(x) + b relu(-x) + c, its other neurons zero."""
    a, b, c = coefficients
    spare = [0.0] * (width - 2)
    return [
        (np.array([[1.0], [-1.0], *([value] for value in spare)]), np.zeros(width)),
        (np.array([[a, b, *spare]]), np.array([c])),
    ]


if __name__ == "__main__":
    run(certify_losses)
