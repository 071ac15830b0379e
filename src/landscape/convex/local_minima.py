"""Local minima of the objective of two-layer ReLU networks, proved in ball arithmetic.

The objective is that of `landscape.convex.duality`. Let all units be alive, w_i and a_i not zero,
and let no sample lie on the kink of a unit. Nearby networks have units in the same open cones and
with the same signs. Within these only the sums u_B of |a_i| w_i over the units of one cone and sign
count, and, by the inequality of the means, the objective is at least

    g(u) = 1/2 |Σ_B s_B D_B X u_B - y|² + β Σ_B |u_B|,

which is convex, and equal to it if all units of a cone and sign are parallel and |w_i| = |a_i|. So
a critical point of g in the open cones is a local minimum, and so is each network that it makes. A
Krawczyk test proves that there is one, in a small box around what Newton's method found. Networks
with a dead unit, or with a sample on a kink, are refused: the former are saddles unless they are
global minima, the latter may be local minima all the same.
"""

import math
from dataclasses import dataclass

import flint
import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape import enclosures
from landscape.arrays import Array, real_number, refuses_extremes
from landscape.convex.duality import check_network, check_problem
from landscape.enclosures import PRECISION, ball, ball_matrix, identity

# Boxes that are tried, half their side in units of the largest entry.
RADII = (1e-13, 1e-11, 1e-9, 1e-7)
NEWTON_STEPS = 30
# Newton's method has left the network if it ends further away, relative to the length of the u_B.
NEAR = 0.01


@dataclass(frozen=True)
class LocalMinimum:
    """What is proved near a network.

    Attributes
    ----------
    proved : bool
        Whether there is a local minimum, with as many units as the network.
    low, high : float
        Bounds of its objective; NaN if nothing is proved.
    distance : float
        How far it is from the network, in the vectors u_B and relative to their length; NaN if
        nothing is proved.
    reason : str
        Why nothing is proved; empty if it is.
    """

    proved: bool
    low: float
    high: float
    distance: float
    reason: str


@refuses_extremes("X, y, beta, W, a", infinite=True)
def certify_local_minimum(
    X: ArrayLike,
    y: ArrayLike,
    beta: float,
    W: ArrayLike,
    a: ArrayLike,
    *,
    dead: float = 1e-6,
    kink: float = 1e-6,
) -> LocalMinimum:
    """Prove that there is a local minimum near a network.

    Parameters
    ----------
    X, y : array_like, shapes (m, d) and (m,)
        Samples and targets.
    beta : float
        Strength of the regulariser, above 0.
    W, a : array_like, shapes (p, d) and (p,)
        Units and output weights, one at least.
    dead : float
        A unit with |w| |a| below this is refused at once.
    kink : float
        So is one with a sample this near to its kink, relative to |x| |w|.

    Raises
    ------
    ValueError
        If an argument has another shape, is not finite or out of its range, or so large or small
        that float64 fails.
    """
    X, y, beta = check_problem(X, y, beta)
    W, a = check_network(W, a, X.shape[1])
    dead, kink = real_number(dead, "dead", least=0), real_number(kink, "kink", least=0)
    if not len(a):
        raise ValueError("W, a: expected a unit, got none")
    return _certified(X, y, beta, W, a, dead, kink)


def _certified(
    X: Array, y: Array, beta: float, W: Array, a: Array, dead: float, kink: float
) -> LocalMinimum:
    lengths = np.linalg.norm(W, axis=1)
    if not (lengths * np.abs(a) > dead).all():
        return _refused("a unit is dead")
    Z = X @ W.T
    rows = np.linalg.norm(X, axis=1)
    if (np.abs(Z[rows > 0]) <= kink * np.outer(rows[rows > 0], lengths)).any():
        return _refused("a sample is on a kink")
    blocks: dict[tuple[bytes, bool], int] = {}
    owner = [
        blocks.setdefault(((z >= 0).tobytes(), c > 0), len(blocks))
        for z, c in zip(Z.T, a, strict=True)
    ]
    size, d = len(blocks), X.shape[1]
    start = np.zeros((size, d))
    patterns, signs = np.zeros((size, len(X)), dtype=bool), np.zeros(size)
    for i, block in enumerate(owner):
        start[block] += np.abs(a[i]) * W[i]
        patterns[block], signs[block] = Z[:, i] >= 0, np.sign(a[i])
    # Column block B is s_B D_B X.
    M = np.concatenate([s * D[:, None] * X for s, D in zip(signs, patterns, strict=True)], axis=1)
    u = _newton(M, y, beta, start)
    if u is None:
        return _refused("Newton's method does not settle")
    distance = float(np.linalg.norm(u - start) / np.linalg.norm(start))
    if distance > NEAR:
        return _refused("no critical point is near")
    with flint.ctx.workprec(PRECISION):
        for radius in RADII:
            box = _krawczyk(M, y, beta, u, radius * float(np.abs(u).max()))
            if box is None:
                continue
            if not _in_cones(X, patterns, box):
                return _refused("the critical point leaves the cones")
            value = _value(M, y, beta, box, d)
            low, high = enclosures.lower(value), enclosures.upper(value)
            return LocalMinimum(True, low, high, distance, "")
    return _refused("the Krawczyk test fails")


def _refused(reason: str) -> LocalMinimum:
    return LocalMinimum(False, math.nan, math.nan, math.nan, reason)


def _newton(M: Array, y: Array, beta: float, start: Array) -> Array | None:
    """Return a zero of the gradient of g near `start`, up to rounding, or None."""
    u = start.copy()
    for _ in range(NEWTON_STEPS):
        lengths = np.linalg.norm(u, axis=1)
        if not 1e-12 * lengths.max() < lengths.min() < 1e100:
            return None
        gradient = M.T @ (M @ u.ravel() - y) + beta * (u / lengths[:, None]).ravel()
        try:
            step = np.linalg.solve(_hessian(M, beta, u), gradient)
        except np.linalg.LinAlgError:
            return None
        u -= step.reshape(u.shape)
        if np.abs(step).max() <= 1e-15 * np.abs(u).max():
            break
    return u if np.isfinite(u).all() else None


def _hessian(M: Array, beta: float, u: Array) -> Array:
    H: Array = M.T @ M
    d = u.shape[1]
    for block, part in enumerate(u):
        length = float(np.linalg.norm(part))
        unit = part / length
        here = slice(block * d, (block + 1) * d)
        H[here, here] += beta / length * (np.eye(d) - np.outer(unit, unit))
    return H


def _krawczyk(M: Array, y: Array, beta: float, u: Array, radius: float) -> flint.arb_mat | None:
    """Return a box that holds exactly one zero of the gradient, as a column, or None."""
    size = u.size
    try:
        inverse = ball_matrix(np.linalg.inv(_hessian(M, beta, u)))
    except np.linalg.LinAlgError:
        return None
    matrix = ball_matrix(M)
    gram = matrix.transpose() * matrix
    point, box = ball_matrix(u.reshape(-1, 1)), ball_matrix(u.reshape(-1, 1), radius)
    targets = ball_matrix(y[:, None])
    gradient = gram * point - matrix.transpose() * targets
    slopes = gram
    for block in range(u.shape[0]):
        here = range(block * u.shape[1], (block + 1) * u.shape[1])
        length, wide = _length(point, here), _length(box, here)
        if not (enclosures.positive(length) and enclosures.positive(wide)):
            return None
        for i in here:
            gradient[i, 0] += ball(beta) * point[i, 0] / length
            for j in here:
                across = -box[i, 0] * box[j, 0] / (wide * wide * wide)
                slopes[i, j] += ball(beta) * (across + (1 / wide if i == j else 0))
    image = point - inverse * gradient + (identity(size) - inverse * slopes) * (box - point)
    try:
        reached = enclosures.largest(map(enclosures.magnitude, (image - point).entries()))
    except enclosures.NotFiniteError:
        return None
    return image if enclosures.less(reached, ball(radius)) else None


def _length(column: flint.arb_mat, rows: range) -> flint.arb:
    return enclosures.norm(column[i, 0] for i in rows)


def _in_cones(X: Array, patterns: NDArray[np.bool_], box: flint.arb_mat) -> bool:
    """Tell whether each u_B of the box is proved to be in the open cone of its pattern."""
    d = X.shape[1]
    for block, pattern in enumerate(patterns):
        for x, active in zip(X.tolist(), pattern, strict=True):
            if not any(x):
                continue
            here = range(block * d, (block + 1) * d)
            along = enclosures.dot(map(ball, x), [box[j, 0] for j in here])
            if not enclosures.positive(along if active else -along):
                return False
    return True


def _value(M: Array, y: Array, beta: float, box: flint.arb_mat, inputs: int) -> flint.arb:
    """Enclose g on the box."""
    r = ball_matrix(M) * box - ball_matrix(y[:, None])
    value = enclosures.total(map(enclosures.square, r.entries())) / 2
    for first in range(0, box.nrows(), inputs):
        value += ball(beta) * _length(box, range(first, first + inputs))
    return value
