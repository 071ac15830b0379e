"""Loss and gradient of linear networks straight from the samples, to hold other ways against.

The loss is L(W) = 1/2 ||W_H ... W_1 X - Y||_F^2 as in Zhou & Liang (2018), half of that of
`landscape.linear.problem`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from landscape.arrays import (
    Array,
    finite_vector,
    items,
    moderate,
    real_array,
    real_number,
    refuses_extremes,
)
from landscape.linear.problem import Layers, prefixes, read_layers, suffixes


@refuses_extremes("X, Y, W")
def loss_and_gradient(X: ArrayLike, Y: ArrayLike, W: Sequence[ArrayLike]) -> tuple[float, Layers]:
    """Return 1/2 ||W_H ... W_1 X - Y||_F^2 and its gradient, in the shapes of `W`.

    Raises
    ------
    ValueError
        If a matrix is empty, not finite, or does not fit the others; so in all functions here.
    """
    X, Y, W = _read(X, Y, W)
    before, after = prefixes(W), suffixes(W)
    E = before[-1] @ X - Y
    gradient = [A.T @ E @ (B @ X).T for A, B in zip(after, before[:-1], strict=True)]
    return 0.5 * float(np.sum(E**2)), gradient


@refuses_extremes("X, Y, W")
def relative_gradient(X: ArrayLike, Y: ArrayLike, W: Sequence[ArrayLike]) -> float:
    """Return the norm of the gradient over ||X|| ||Y|| and the norms of the W_h that exceed 1."""
    X, Y, W = _read(X, Y, W)
    size = np.linalg.norm(X) * np.linalg.norm(Y)
    size *= np.prod([max(1.0, float(np.linalg.norm(layer))) for layer in W])
    gradient = loss_and_gradient(X, Y, W)[1]
    return float(np.sqrt(sum(np.sum(g**2) for g in gradient)) / size)


@refuses_extremes("X, Y, W, directions, radii")
def rises_nearby(
    X: ArrayLike,
    Y: ArrayLike,
    W: Sequence[ArrayLike],
    directions: Sequence[ArrayLike],
    radii: Sequence[float],
) -> bool:
    """Tell whether at each radius the loss is higher somewhere, so that `W` is no local maximum.

    Parameters
    ----------
    X, Y : ndarray, shapes (d_0, m) and (d_H, m)
    W : list of ndarray
    directions : sequence of ndarray, shape (P,)
        Where to look, both ways; W_1 first, each matrix row by row.
    radii : sequence of float
        Distances from `W`.
    """
    X, Y, W = _read(X, Y, W)
    size = sum(layer.size for layer in W)
    moves = [finite_vector(d, "directions", size) for d in items(directions, "directions")]
    lengths = [real_number(radius, "radii", above=0) for radius in items(radii, "radii")]
    if not moves or not all(move.any() for move in moves):
        raise ValueError("directions: expected one or more, none of them zero")
    if not lengths:
        raise ValueError("radii: expected one or more")
    bound = loss_and_gradient(X, Y, W)[0] + 1e-13 * float(np.sum(Y**2))  # more than rounding
    ends = np.cumsum([layer.size for layer in W])[:-1]

    def higher(direction: Array) -> bool:
        parts = np.split(direction, ends)
        moved = [w + part.reshape(w.shape) for w, part in zip(W, parts, strict=True)]
        return loss_and_gradient(X, Y, moved)[0] > bound

    return all(
        any(higher(sign * radius / np.linalg.norm(d) * d) for d in moves for sign in (1, -1))
        for radius in lengths
    )


def _read(X: ArrayLike, Y: ArrayLike, W: Sequence[ArrayLike]) -> tuple[Array, Array, Layers]:
    """Return samples, targets and layers as float64 arrays that fit each other."""
    layers = read_layers(W)
    X = real_array(X, "X", (layers[0].shape[1], "m"))
    Y = real_array(Y, "Y", (len(layers[-1]), X.shape[1]))
    moderate(X, "X")
    moderate(Y, "Y")
    return X, Y, layers
