"""Loss and gradient of linear networks straight from the samples, to hold other ways against.

The loss is L(W) = 1/2 ||W_H ... W_1 X - Y||_F^2 as in Zhou & Liang (2018), half of that of
`landscape.linear.problem`.
"""

from collections.abc import Sequence

import numpy as np

from landscape.linear.problem import Array, Layers, prefixes, suffixes


def loss_and_gradient(X: Array, Y: Array, W: Layers) -> tuple[float, Layers]:
    """Return 1/2 ||W_H ... W_1 X - Y||_F^2 and its gradient, in the shapes of `W`."""
    before, after = prefixes(W), suffixes(W)
    E = before[-1] @ X - Y
    gradient = [A.T @ E @ (B @ X).T for A, B in zip(after, before[:-1], strict=True)]
    return 0.5 * float(np.sum(E**2)), gradient


def relative_gradient(X: Array, Y: Array, W: Layers) -> float:
    """Return the norm of the gradient over ||X|| ||Y|| and the norms of the W_h that exceed 1."""
    size = np.linalg.norm(X) * np.linalg.norm(Y)
    size *= np.prod([max(1.0, float(np.linalg.norm(layer))) for layer in W])
    gradient = loss_and_gradient(X, Y, W)[1]
    return float(np.sqrt(sum(np.sum(g**2) for g in gradient)) / size)


def rises_nearby(
    X: Array, Y: Array, W: Layers, directions: Sequence[Array], radii: Sequence[float]
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
    bound = loss_and_gradient(X, Y, W)[0] + 1e-13 * float(np.sum(Y**2))  # more than rounding
    ends = np.cumsum([layer.size for layer in W])[:-1]

    def higher(direction: Array) -> bool:
        parts = np.split(direction, ends)
        moved = [w + part.reshape(w.shape) for w, part in zip(W, parts, strict=True)]
        return loss_and_gradient(X, Y, moved)[0] > bound

    return all(
        any(higher(sign * radius / np.linalg.norm(d) * d) for d in directions for sign in (1, -1))
        for radius in radii
    )
