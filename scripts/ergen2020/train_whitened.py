"""Figures 11 and 12 on MNIST: SGD on whitened images against the closed form for ten classes."""

from landscape.step import run

from pathlib import Path

import numpy as np
import pandas as pd

from landscape import mnist
from landscape.convex import solve_whitened_classes
from landscape.progress import track
from landscape.seeds import generator
from landscape.tables import write_table

CLASSES = 10


def train_whitened(
    data: Path,
    samples: int,
    pixels: int,
    beta: float,
    units: int,
    scales: list[float],
    trials: int,
    batch: int,
    rate: float,
    momentum: float,
    steps: int,
    seed: int,
    table: Path,
) -> None:
    """Train networks with ten outputs on whitened images and one-hot targets.

    Whitened samples X (m, d) have X X^T = I. All such data are the same up to a rotation of the
    inputs: of the images only their labels are left.

    Parameters
    ----------
    data
        MNIST as written by parse_mnist.
    samples
        Number m of training images, drawn at random.
    pixels
        Number d of pixels, those of the largest variance over all training images.
    beta
        Strength of the regulariser.
    units
        Number p of units.
    scales
        Sizes of the initial weights, times N(0, 1/d) and N(0, 1/p).
    trials
        Runs for each scale.
    batch
        Images in a batch; batches run through a new order in each epoch.
    rate, momentum
        Of SGD on the objective, which is a sum over samples.
    steps
        Number of steps.
    seed
        Root seed.
    table
        The .csv table with a row for each scale and trial.

    Raises
    ------
    ValueError
        If the chosen images are linearly dependent on the chosen pixels.
    """
    X, Y = _whitened(mnist.load(data), samples, pixels, seed)
    value, (W, A) = solve_whitened_classes(X, Y, beta)
    attained = _objective(X, Y, beta, W, A) / value - 1
    rows = []
    for scale, trial in track([(s, t) for s in scales for t in range(trials)], "runs"):
        rng = generator(seed, "ergen2020", "whitened MNIST", trial)
        W = scale * rng.standard_normal((units, pixels)) / np.sqrt(pixels)
        A = scale * rng.standard_normal((units, CLASSES)) / np.sqrt(units)
        inactive = X @ W.T <= 0
        _descend(rng, X, Y, beta, W, A, batch=batch, rate=rate, momentum=momentum, steps=steps)
        objective = _objective(X, Y, beta, W, A)
        rows.append(
            {
                "scale": scale,
                "trial": trial,
                "closed_form": value,
                "attained": attained,
                "objective": objective,
                "excess": objective / value - 1,
                "errors": int(((np.maximum(X @ W.T, 0) @ A).argmax(1) != Y.argmax(1)).sum()),
                "inactive": int(inactive.sum()),
                "woken": int(((X @ W.T)[inactive] > 1e-9).sum()),
            }
        )
    write_table(pd.DataFrame(rows), table, {"attained": ".1e"})


def _whitened(images: mnist.Mnist, m: int, d: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return X (m, d) with orthonormal rows, (Z Z^T)^{-1/2} Z for pixels Z, and Y (m, 10)."""
    variance = images.train_images.var(axis=0, dtype=np.float64)
    chosen = np.sort(np.argsort(-variance, kind="stable")[:d])
    rng = generator(seed, "ergen2020", "whitened MNIST")
    drawn = rng.choice(len(images.train_images), m, replace=False)
    Z = mnist.scale(images.train_images[drawn])[:, chosen].astype(np.float64)
    U, sizes, Vt = np.linalg.svd(Z, full_matrices=False)
    if len(sizes) < m or sizes[-1] <= 1e-6 * sizes[0]:
        raise ValueError(f"samples: {m} images are not independent on {d} pixels")
    return U @ Vt, np.eye(CLASSES)[images.train_labels[drawn]]


def _objective(X: np.ndarray, Y: np.ndarray, beta: float, W: np.ndarray, A: np.ndarray) -> float:
    residual = np.maximum(X @ W.T, 0) @ A - Y
    return float((residual**2).sum() + beta * ((W**2).sum() + (A**2).sum())) / 2


def _descend(
    rng: np.random.Generator,
    X: np.ndarray,
    Y: np.ndarray,
    beta: float,
    W: np.ndarray,
    A: np.ndarray,
    *,
    batch: int,
    rate: float,
    momentum: float,
    steps: int,
) -> None:
    """Move W (p, d) and A (p, K) in place; a batch's gradient is scaled up to all samples."""
    m = len(X)
    W_velocity, A_velocity = np.zeros_like(W), np.zeros_like(A)
    order = np.arange(0)
    for _ in range(steps):
        if len(order) < batch:
            order = rng.permutation(m)
        now, order = order[:batch], order[batch:]
        Z = X[now] @ W.T
        H = np.maximum(Z, 0)
        residual = (H @ A - Y[now]) * (m / len(now))
        W_gradient = ((residual @ A.T) * (Z > 0)).T @ X[now] + beta * W
        A_gradient = H.T @ residual + beta * A
        W_velocity = momentum * W_velocity - rate * W_gradient
        A_velocity = momentum * A_velocity - rate * A_gradient
        W += W_velocity
        A += A_velocity


if __name__ == "__main__":
    run(train_whitened)
