"""Train from shifted biases, and count the runs that end at the best affine function."""

from replication.run import run, track, write_table

from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.affine.piecewise import ACTIVATIONS, gradient, is_affine_on, loss
from landscape.affine.segment import best_affine
from landscape.exact import to_fractions
from landscape.seeds import generator
from landscape.statistics import wilson_interval
from replication.settings import Count, Distinct, Positive

# A run is caught if no neuron changes its piece on the data and its loss is within this of that of
# the best affine function, relative to the latter.
NEAR = 0.01
DIVERGED = 1e3
RELU = ACTIVATIONS["relu"]


def train_shifts(
    widths: Distinct[Annotated[int, Ge(2)]],
    shifts: Distinct[float],
    runs: Count,
    step_sizes: Distinct[Positive],
    steps: Count,
    seed: int,
    shares: Path,
) -> None:
    """Train ReLU networks with one hidden layer on x^2 by gradient descent.

    The data are 21 points of [-1, 1] and the loss is the mean squared error. All parameters are
    standard normal at the start, and the shift is added to the hidden biases.

    Parameters
    ----------
    widths
        Numbers of neurons.
    shifts
        What is added to the biases of the hidden layer.
    runs
        Runs for each width, step size and shift.
    step_sizes
        Step sizes.
    steps
        Number of steps.
    seed
        Root seed.
    shares
        The .csv table with a row for each width, step size and shift.
    """
    grid = to_fractions([range(-10, 11)]) / 10
    level = float(best_affine(grid, grid[0] ** 2)[2])
    X = grid.astype(float)
    y = X[0] ** 2
    rows = []
    for width, step, shift in product(widths, step_sizes, shifts):
        # Whatever the step size and the shift, runs start from the same draws.
        rng = generator(seed, "christof2022", "shifts", width)
        W, v = rng.standard_normal((runs, width, 1)), rng.standard_normal((runs, 1, width))
        b, c = rng.standard_normal((runs, width)), rng.standard_normal((runs, 1))
        layers = [(W, b + shift), (v, c)]
        start = is_affine_on(layers, X, RELU)
        diverged = _descend(layers, X, y, step, steps)
        losses, affine = loss(layers, X, y, RELU), is_affine_on(layers, X, RELU) & ~diverged
        caught = affine & (abs(losses / level - 1) <= NEAR)
        slopes = [part.reshape(runs, -1) for g in gradient(layers, X, y, RELU) for part in g]
        size = np.linalg.norm(np.concatenate(slopes, axis=1), axis=1)
        columns = wilson_interval(int(caught.sum()), runs).columns("caught")
        del columns["caught_sd"]
        free = losses[~affine & ~diverged]
        rows.append(
            {"width": width, "step": step, "shift": shift, "runs": runs}
            | columns
            | {
                "affine_at_start": int(start.sum()),
                "affine_but_not_settled": int((affine & ~caught).sum()),
                "diverged": int(diverged.sum()),
                "affine_level": level,
                "median_loss_otherwise": float(np.median(free)) if free.size else np.nan,
                "largest_gradient_of_caught": float(size[caught].max(initial=0.0)),
            }
        )
    write_table(pd.DataFrame(rows), shares)


def _descend(
    layers: list[tuple[np.ndarray, np.ndarray]],
    X: np.ndarray,
    y: np.ndarray,
    step: float,
    steps: int,
) -> np.ndarray:
    """Take steps of gradient descent in place, and tell which runs diverged (they rest at 0)."""
    diverged = np.zeros(len(layers[0][0]), dtype=bool)
    for _ in track(range(steps), "steps"):
        found = gradient(layers, X, y, RELU)
        # The last entry is twice the mean error.
        lost = abs(found[-1][1][:, 0]) > DIVERGED
        diverged |= lost
        for pair, slopes in zip(layers, found, strict=True):
            for part, slope in zip(pair, slopes, strict=True):
                part -= step * slope
                part[diverged] = 0.0
    return diverged


if __name__ == "__main__":
    run(train_shifts)
