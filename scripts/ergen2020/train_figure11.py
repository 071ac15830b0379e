"""Figure 11: networks with ten outputs, trained on whitened images of MNIST, and the optimum."""

from replication.run import run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, Le

from landscape.convex import (
    lower_bound_from_start,
    lower_bound_outputs,
    objective_outputs,
    solve_whitened_outputs,
    train_whitened,
    whiten_samples,
)
from landscape.datasets import mnist
from landscape.seeds import generator
from replication.settings import Count, Positive

DIGITS = 10


def train_figure11(
    data: Path,
    samples: Annotated[int, Ge(2), Le(784)],
    units: Count,
    beta: Positive,
    replicates: Count,
    steps: Count,
    rate: Positive,
    seed: int,
    table: Path,
    curves: Path,
) -> None:
    """Train networks on whitened images and compare them with the closed form.

    Whitening is a map of the inputs as well, so that test images go through the same map. Networks
    have no biases and see pixels divided by 255; another scale gives the same whitened data.

    Parameters
    ----------
    data
        MNIST as written by parse_mnist, pixels from 0 to 255.
    samples
        Number of training images, drawn without replacement, at most as many as pixels.
    units
        Width of the trained networks.
    beta
        Strength of the regulariser.
    replicates
        Number of trained networks.
    steps
        Steps of gradient descent with full gradients.
    rate
        First step size.
    seed
        Root seed.
    table
        The .csv table with a row for the closed form and each trained network.
    curves
        The .csv table of the objectives during training.
    """
    images = mnist.load(data)
    rng = generator(seed, "ergen2020", "figure11", "images")
    drawn = rng.choice(len(images.train_images), samples, replace=False)
    X, to_white = whiten_samples(mnist.scale(images.train_images[drawn]))
    Y = np.eye(DIGITS)[images.train_labels[drawn]]
    # All that networks without biases see of a whitened image is in the span of the samples.
    seen = mnist.scale(images.test_images) @ (to_white @ X.T)
    value, best = solve_whitened_outputs(X, Y, beta)
    bound = lower_bound_outputs(X, Y, beta)
    nothing = 0.5 * float(np.vdot(Y, Y))

    def row(name: str, W: np.ndarray, A: np.ndarray, start: float) -> dict[str, float | str]:
        reached = objective_outputs(X, Y, beta, W, A)
        digits = (np.maximum(seen @ (X @ W.T), 0.0) @ A).argmax(axis=1)
        return {
            "network": name,
            "samples": samples,
            "inputs": X.shape[1],
            "units": len(W),
            "beta": beta,
            "closed_form": value,
            "dual_bound": bound,
            "objective": reached,
            "excess": reached / bound - 1,
            "gap_over_nothing": (reached - bound) / nothing,
            "start_bound": start,
            "start_excess": start / bound - 1,
            "above_start_bound": reached / start - 1,
            "test_error": float(np.mean(digits != images.test_labels)),
        }

    rows = [row("closed form", *best, np.nan)]
    histories = []
    for replicate in track(range(replicates), "replicates"):
        rng = generator(seed, "ergen2020", "figure11", "start", replicate)
        W = rng.standard_normal((units, X.shape[1])) / np.sqrt(X.shape[1])
        A = rng.standard_normal((units, DIGITS)) / np.sqrt(units)
        start = lower_bound_from_start(X, Y, beta, W)
        trained = train_whitened(X, Y, beta, W, A, steps=steps, rate=rate)
        rows.append(row("trained", trained.W, trained.A, start))
        history = {"replicate": replicate, "step": trained.steps, "objective": trained.objectives}
        histories.append(pd.DataFrame(history).assign(closed_form=value))
    write_table(pd.DataFrame(rows), table)
    write_table(pd.concat(histories, ignore_index=True), curves)


if __name__ == "__main__":
    run(train_figure11)
