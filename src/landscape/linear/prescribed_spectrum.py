"""Random data whose matrix Sigma has the eigenvalues one asks for."""

from collections.abc import Sequence

import numpy as np

from landscape.arrays import Array, real_array, whole_number


def data_with_spectrum(
    rng: np.random.Generator,
    inputs: int,
    outputs: int,
    samples: int,
    rank: int,
    eigenvalues: Sequence[float],
) -> tuple[Array, Array]:
    """Return X, of the given rank, and Y such that Sigma = Y X^+ X Y^T has these eigenvalues.

    Parameters
    ----------
    rng : numpy.random.Generator
    inputs, outputs, samples : int
        Sizes d_0, d_H and m.
    rank : int
        Rank of X, from 1 to min(d_0, m).
    eigenvalues : sequence of float
        The positive eigenvalues with their multiplicities, at most min(rank, d_H) of them; the
        others are zero.

    Returns
    -------
    X : ndarray, shape (d_0, m)
        Nonzero singular values between 1/2 and 2.
    Y : ndarray, shape (d_H, m)
        With a part of the size of standard normal noise that no function of X reaches, if m is
        larger than the rank.

    Raises
    ------
    ValueError
        If rank or eigenvalues are out of range.
    """
    inputs, outputs = whole_number(inputs, "inputs", 1), whole_number(outputs, "outputs", 1)
    samples, rank = whole_number(samples, "samples", 1), whole_number(rank, "rank", 1)
    if rank > min(inputs, samples):
        raise ValueError(f"rank: expected 1 to {min(inputs, samples)}, got {rank}")
    roots = np.sqrt(_positive(eigenvalues))
    if len(roots) > min(rank, outputs):
        raise ValueError(
            f"eigenvalues: expected at most {min(rank, outputs)} of them, got {len(roots)}"
        )
    left = _frame(rng, inputs, rank)
    rows = _frame(rng, samples, rank)
    X = left * rng.uniform(0.5, 2.0, rank) @ rows.T
    reached = rows @ _frame(rng, rank, len(roots))
    noise = rng.normal(size=(outputs, samples))
    return X, _frame(rng, outputs, len(roots)) * roots @ reached.T + noise - noise @ rows @ rows.T


def _positive(eigenvalues: Sequence[float]) -> Array:
    values = real_array(eigenvalues, "eigenvalues", ("r",), empty=True)
    if (values <= 0).any():
        raise ValueError(f"eigenvalues: expected positive numbers, got {list(eigenvalues)}")
    return values


def _frame(rng: np.random.Generator, n: int, k: int) -> Array:
    """Return a random n x k matrix with orthonormal columns."""
    result: Array = np.linalg.qr(rng.normal(size=(n, k)))[0]
    return result
