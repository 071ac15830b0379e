"""Figure 11: networks with ten outputs, trained on whitened images of MNIST, and the optimum."""

from replication.run import Published, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, Le
from scipy.stats import norm

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
# Networks are compared with the closed form at this level together.
LEVEL = 0.95


def train_figure11(
    data: Path,
    samples: Annotated[int, Ge(2), Le(784)],
    units: Count,
    beta: Positive,
    replicates: Count,
    steps: Count,
    rate: Positive,
    seed: int,
    published: Path,
    figure11: Path,
    level: Path,
    curves: Path,
) -> None:
    """Train networks on whitened images and compare them with the closed form.

    Whitening is a map of the inputs as well, so that test images go through the same map. Networks
    have no biases and see pixels divided by 255; another scale gives the same whitened data. The
    paper has 250 inputs and trains by SGD for 1000 epochs; how its inputs come from images, batches
    and step sizes are not stated. On whitened data the number of inputs does not matter. Here
    training is gradient descent with full gradients.

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
    published
        The published numbers, config/ergen2020/published.yaml.
    figure11
        The .csv table with a row for the closed form, for its network as printed, and for each
        trained network.
    level
        The .csv table of the printed level of the closed form beside the largest that there can be.
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

    def right(W: np.ndarray, A: np.ndarray) -> np.ndarray:
        answers = (np.maximum(seen @ (X @ W.T), 0.0) @ A).argmax(axis=1)
        return np.asarray(answers == images.test_labels)

    right_best = right(*best)

    def row(name: str, W: np.ndarray, A: np.ndarray, start: float) -> dict[str, float | str]:
        reached, right_here = objective_outputs(X, Y, beta, W, A), right(W, A)
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
            "start_bound": start,
            "start_excess": start / bound - 1,
            "accuracy": float(right_here.mean()),
            **_advantage(right_best, right_here, LEVEL, replicates),
        }

    rows = [row("closed form", *best, np.nan), row("as printed", *_printed(X, Y, beta), np.nan)]
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
    write_table(pd.DataFrame(rows), figure11)
    write_table(pd.DataFrame([_level(Published(published), samples, beta, value)]), level)
    write_table(pd.concat(histories, ignore_index=True), curves)


def _printed(X: np.ndarray, Y: np.ndarray, beta: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the network of Theorem 15 as printed, with units of length one."""
    sizes = np.linalg.norm(Y, axis=0)
    used = sizes >= beta
    return (X.T @ Y[:, used] / sizes[used]).T, np.diag(sizes - beta)[used]


def _advantage(
    best: np.ndarray, other: np.ndarray, level: float, comparisons: int
) -> dict[str, float]:
    """Return by how much the first network is more often right, with an interval.

    Both answer the same images, so those on which one of them is wrong decide. All intervals of the
    comparisons hold together at the level, by Bonferroni's inequality.
    """
    difference = best.astype(float) - other
    error = difference.std() / np.sqrt(len(difference))
    reach = float(norm.ppf(1 - (1 - level) / 2 / comparisons)) * error
    mean = float(difference.mean())
    return {"advantage": mean, "advantage_low": mean - reach, "advantage_high": mean + reach}


def _level(numbers: Published, samples: int, beta: float, value: float) -> dict[str, float]:
    """Return the printed optimum over the largest that Theorem 15 allows for any class sizes.

    It is the sum of β √n_j - β²/2 over the classes, which is largest if all n_j are equal.
    """
    theirs, reading = numbers.value("figure11_theory"), numbers.value("figure11_reading")
    largest = beta * np.sqrt(DIGITS * samples) - DIGITS * beta**2 / 2
    return {
        "samples": samples,
        "classes": DIGITS,
        "beta": beta,
        "closed_form": value,
        "largest": largest,
        "published": theirs,
        "ratio": theirs / largest,
        "ratio_low": (theirs - reading) / largest,
        "ratio_high": (theirs + reading) / largest,
    }


if __name__ == "__main__":
    run(train_figure11)
