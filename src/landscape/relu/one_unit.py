"""All local minima of a ReLU network with one hidden unit and two inputs.

The loss is that of Zhou & Liang (2018) for one output, L(w, a) = 1/2 sum_j (a relu(w.x_j) - y_j)^2,
with samples as columns of X and no bias; see `landscape.relu.cones` for any number of units. The
list of minima is ours.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from landscape.arrays import (
    Array,
    finite_vector,
    moderate,
    moderate_rows,
    real_array,
    refuses_extremes,
)

UnitKind = Literal["interior", "kink", "plateau", "zero"]


@dataclass(frozen=True)
class UnitMinimum:
    """A local minimum of L(w, a) = 1/2 sum_j (a relu(w.x_j) - y_j)^2, w in the plane.

    Attributes
    ----------
    kind : {"interior", "kink", "plateau", "zero"}
        In the interior of a cone; on the hyperplane of a sample; within an arc of directions of
        equal loss, whatever lies beyond its ends; at w = 0, for every a of one sign.
    low, high : float
        The angles of w in radians, low <= high, between which the minimum extends; equal except
        for a plateau, 0 and 2 pi for "zero".
    scale : float
        a ||w|| in the middle; for "zero" the sign of a.
    loss : float
    """

    kind: UnitKind
    low: float
    high: float
    scale: float
    loss: float


@refuses_extremes("X, y, angles")
def unit_loss(X: ArrayLike, y: ArrayLike, angles: ArrayLike) -> tuple[Array, Array]:
    """Return the least loss over a ||w|| for each direction of w, and the a ||w|| that has it.

    With z = relu(u.X) it is 1/2 (||y||^2 - (y.z)^2 / ||z||^2); 1/2 ||y||^2 where z = 0.

    Parameters
    ----------
    X : ndarray, shape (2, m)
    y : ndarray, shape (m,)
    angles : ndarray, shape (k,)
        Of the unit vectors u, in radians.

    Returns
    -------
    losses, scales : ndarray, shape (k,)

    Raises
    ------
    ValueError
        If shapes do not fit, or an entry is not finite.
    """
    X, y = _samples(X, y)
    angles = real_array(angles, "angles", ("k",))
    z = np.maximum(_units(angles) @ X, 0.0)
    square, product = np.sum(z**2, axis=-1), z @ y
    seen = square > 1e-20 * np.sum(X**2)
    scales = np.where(seen, product / np.where(seen, square, 1.0), 0.0)
    return 0.5 * (np.sum(y**2) - scales * np.where(seen, product, 0.0)), scales


@refuses_extremes("X, y")
def unit_minima(X: ArrayLike, y: ArrayLike) -> list[UnitMinimum]:
    """Return all local minima of a network with one hidden unit and two inputs that is not dead.

    For w != 0 they are those of `unit_loss` over directions. Between the directions at which a
    sample changes sides, 1/2 (||y||^2 - (g.u)^2 / u.M u) with g = X_J y_J and M = X_J X_J^T has no
    local minima but u = +-M^-1 g, or is constant; so the list is complete. Dead units, and arcs
    where a = 0 is best, have the loss 1/2 ||y||^2 and are left out. At w = 0 the loss grows
    in all directions if a sum_j y_j relu(u.x_j) < 0 for all u that are not dead.

    Parameters
    ----------
    X : ndarray, shape (2, m)
        Samples that are not zero.
    y : ndarray, shape (m,)

    Raises
    ------
    ValueError
        If shapes do not fit, a sample is zero, or y is.
    """
    X, y = _samples(X, y)
    if not np.any(X, axis=0).all() or not y.any():
        raise ValueError("X, y: expected samples and a target that are not zero")
    turns = np.arctan2(X[1], X[0])
    edges = np.unique(np.round(np.mod([turns - np.pi / 2, turns + np.pi / 2], 2 * np.pi), 13))
    # Directions between which the loss is monotone, in order; a dead arc is a wall.
    nodes: list[tuple[float, float, bool]] = []
    pushes: list[float] = []
    for low, high in zip(edges, [*edges[1:], edges[0] + 2 * np.pi], strict=True):
        active = _units([(low + high) / 2])[0] @ X > 0
        if not active.any():
            nodes.append((low, np.inf, False))
            continue
        g, M = X[:, active] @ y[active], X[:, active] @ X[:, active].T
        best = np.linalg.pinv(M, rcond=1e-12) @ g
        across = np.array([-g[1], g[0]])
        stops = _inside_arc([best, -best, across, -across], low, high)
        if np.linalg.matrix_rank(M, tol=1e-12 * np.trace(M)) == 1:  # samples in one direction
            values = np.full(2 + len(stops), 0.5 * (y @ y - g @ best))
        else:
            u = _units([low, *stops, high])
            values = 0.5 * (y @ y - (u @ g) ** 2 / np.sum(u @ M * u, axis=1))
        corners = [True, *(False for _ in stops), True]
        nodes += zip([low, *stops, high], values.tolist(), corners, strict=True)
        pushes += (_units([low, high, *_inside_arc([g, -g], low, high)]) @ g).tolist()
    minima = _valleys(X, y, nodes)
    none = 1e-12 * float(np.linalg.norm(X) * np.linalg.norm(y))
    for sign in (1.0, -1.0):
        if max(sign * push for push in pushes) <= none:
            minima.append(UnitMinimum("zero", 0.0, 2 * np.pi, sign, 0.5 * float(y @ y)))
    return minima


def _samples(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return samples (2, m) and targets (m,) after checking them."""
    X = real_array(X, "X", (2, "m"))
    y = finite_vector(y, "y", X.shape[1])
    moderate(X, "X")
    moderate(y, "y")
    moderate_rows(X.T, "X")
    return X, y


def _valleys(X: Array, y: Array, nodes: list[tuple[float, float, bool]]) -> list[UnitMinimum]:
    """Return the runs of nodes of equal loss that are arcs, or lower than their neighbours."""
    equal = 1e-11 * float(y @ y)
    runs: list[list[tuple[float, float, bool]]] = []
    for node in nodes:
        if runs and abs(node[1] - runs[-1][-1][1]) <= equal:
            runs[-1].append(node)
        else:
            runs.append([node])
    if len(runs) > 1 and abs(runs[-1][-1][1] - runs[0][0][1]) <= equal:  # the circle closes
        ahead = [(angle + 2 * np.pi, value, corner) for angle, value, corner in runs.pop(0)]
        runs[-1] += ahead
    minima = []
    for i, run in enumerate(runs):
        value = run[0][1]
        if value >= 0.5 * float(y @ y) - equal:
            continue
        low, high = run[0][0], run[-1][0]
        arc = high - low > 1e-9
        if arc or min(runs[i - 1][-1][1], runs[(i + 1) % len(runs)][0][1]) > value:
            kind: UnitKind = "plateau" if arc else "kink" if run[0][2] else "interior"
            scale = float(unit_loss(X, y, np.array([(low + high) / 2]))[1][0])
            minima.append(UnitMinimum(kind, low, high, scale, value))
    return minima


def _units(angles: ArrayLike) -> Array:
    """Return unit vectors, shape (k, 2)."""
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def _inside_arc(vectors: list[Array], low: float, high: float) -> list[float]:
    """Return the angles of the vectors that lie strictly between two angles, ascending."""
    angles = (
        low + float(np.mod(np.arctan2(v[1], v[0]) - low, 2 * np.pi)) for v in vectors if v.any()
    )
    return sorted(angle for angle in angles if low + 1e-12 < angle < high - 1e-12)
