"""A path from any network to a global optimum along which the objective never rises.

The width stays what it is. Three things are done one after the other:

- each unit is rescaled to |w| = |a|, which keeps the outputs and lets the regulariser fall;
- units are weighed by the roots of numbers c_i, so that outputs Σ c_i g_i and regulariser
  β Σ c_i |w_i| |a_i| are linear in c. While more units are alive than there are samples, their g_i
  are dependent. So c can move without a change of the outputs, in the direction in which the
  regulariser does not rise, until a unit is gone;
- the units of the optimum take the places of dead units, weighed by the root of t, while the others
  are weighed by that of 1 - t: the objective is convex in t, and least at the end.

This is ours; Wang, Lacotte & Pilanci (2020) announce such a construction.
"""

import numpy as np
from numpy.typing import ArrayLike

from landscape.arrays import Array, finite_matrix, items, moderate, refuses_extremes, whole_number
from landscape.convex.duality import check_network

Network = tuple[Array, Array]

# A weight below this, relative to the largest, is zero.
GONE = 1e-12


@refuses_extremes("X, network, optimum")
def path_to_optimum(
    X: ArrayLike,
    network: tuple[ArrayLike, ArrayLike],
    optimum: tuple[ArrayLike, ArrayLike],
    points: int,
) -> list[tuple[str, Network]]:
    """Return networks along the path, each with the part of the path that it belongs to.

    Parameters
    ----------
    X : ndarray, shape (m, d)
        Samples.
    network : tuple of ndarray, shapes (p, d) and (p,)
        Units and output weights at the start; p at least m plus the units of the optimum.
    optimum : tuple of ndarray, shapes (q, d) and (q,)
        A global optimum.
    points : int
        Points of each straight piece, at least 2.

    Raises
    ------
    ValueError
        If the network is too narrow, a shape does not fit, or a number is not finite or so large or
        small that float64 fails.
    """
    X, points = finite_matrix(X, "X"), whole_number(points, "points", 2)
    moderate(X, "X")
    W, a = _network(network, "network", X.shape[1])
    best_W, best_a = _network(optimum, "optimum", X.shape[1])
    if len(a) < len(X) + len(best_a):
        raise ValueError(f"network: expected at least {len(X)} + {len(best_a)} units, got {len(a)}")
    steps = np.linspace(0.0, 1.0, points)
    path = [("rescale", _rescaled(W, a, t)) for t in steps]
    W, a = path[-1][1]
    c = np.ones(len(a))
    cost = np.linalg.norm(W, axis=1) * np.abs(a)
    outputs = np.maximum(X @ W.T, 0.0) * a
    c[cost <= GONE * cost.max(initial=0.0)] = 0.0
    while (alive := np.flatnonzero(c)).size > len(X):
        shift = np.zeros(len(c))
        shift[alive] = _direction(outputs[:, alive], cost[alive])
        falling = shift < 0
        length = (c[falling] / -shift[falling]).min()
        path += [("prune", _weighed(W, a, np.maximum(c + t * length * shift, 0.0))) for t in steps]
        c = np.maximum(c + length * shift, 0.0)
        c[c <= GONE * c.max(initial=0.0)] = 0.0
    W, a = _weighed(W, a, c)
    places = np.flatnonzero(c == 0)[: len(best_a)]
    for t in steps:
        moved_W, moved_a = np.sqrt(1 - t) * W, np.sqrt(1 - t) * a
        moved_W[places], moved_a[places] = np.sqrt(t) * best_W, np.sqrt(t) * best_a
        path.append(("join", (moved_W, moved_a)))
    return path


def _network(given: tuple[ArrayLike, ArrayLike], name: str, inputs: int) -> Network:
    """Return units and output weights after checking them."""
    parts = items(given, name)
    if len(parts) != 2:
        raise ValueError(f"{name}: expected units and output weights, got {len(parts)} parts")
    try:
        W, a = check_network(parts[0], parts[1], inputs)
        moderate(W, "W")
        moderate(a, "a")
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    return W, a


def _rescaled(W: Array, a: Array, t: float) -> Network:
    """Return the network with each |w| / |a| raised to the power 1 - t; dead units fade."""
    lengths, sizes = np.linalg.norm(W, axis=1), np.abs(a)
    alive = (lengths > 0) & (sizes > 0)
    ratio = np.ones(len(a))
    ratio[alive] = np.sqrt(sizes[alive] / lengths[alive]) ** t
    fading = np.where(alive, 1.0, 1.0 - t)
    return W * (ratio * fading)[:, None], a / ratio * fading


def _weighed(W: Array, a: Array, c: Array) -> Network:
    roots = np.sqrt(c)
    return W * roots[:, None], a * roots


def _direction(outputs: Array, cost: Array) -> Array:
    """Return z with outputs z = 0 that does not add to the cost, and has a negative entry."""
    z: Array = np.linalg.svd(outputs)[2][-1]
    slope = cost @ z
    return -z if slope > 0 or (slope == 0 and not (z < 0).any()) else z
