"""Proofs in ball arithmetic that a network with a bottleneck of one neuron has a local minimum.

The function is ``F(u, v) = (1/N) sum_n sum_i l(v_i <u, x_n>, y_in)``, the mean loss of a linear
network of widths (d_0, 1, d_L). It does not change under (u, v) -> (u / c, c v); holding the
largest entry of the two vectors fixed removes this freedom, and a minimum of what is left is a
local minimum of F. On a box X about a float point x, with the gradient g, an enclosure H of the
Hessian over X and a float inverse R of the Hessian, Krawczyk's operator

    K = x - R g(x) + (I - R H) (X - x)

proves that X holds exactly one critical point if K lies inside X. If, with float eigenvectors Q,
the enclosure Q^T H Q is diagonally dominant with a positive diagonal, every Hessian in X is
positive definite and the critical point is a minimum.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import flint
import numpy as np
from numpy.typing import ArrayLike

from landscape import enclosures
from landscape.arrays import Array, finite_matrix, finite_vector, real_number
from landscape.enclosures import Ball, ball, ball_matrix, balls, identity

# Bits of midpoints: the box is far wider than their rounding.
PRECISION = 53
# The loss at an output z for a target y = -1 or 1, and its first and second derivative.
_LOSSES: dict[str, Callable[[Ball, int], tuple[Ball, Ball, Ball]]] = {
    "logistic": lambda z, y: (
        (1 + (-y * z).exp()).log(),
        -y / (1 + (y * z).exp()),
        1 / ((1 + z.exp()) * (1 + (-z).exp())),
    ),
    "exponential": lambda z, y: ((-y * z).exp(), -y * (-y * z).exp(), (-y * z).exp()),
}


@dataclass(frozen=True)
class LocalMinimum:
    """A box that holds a local minimum, if that could be proved.

    Attributes
    ----------
    proved : bool
        Whether there is exactly one critical point in the box, and it is a local minimum.
    low, high : float
        Between which the value of F at that minimum is, rounded outwards; NaN if not proved.
    radius : float
        Half the side of the box.
    """

    proved: bool
    low: float
    high: float
    radius: float


def certify_bottleneck_minimum(
    loss: Literal["logistic", "exponential"],
    X: ArrayLike,
    Y: ArrayLike,
    u: ArrayLike,
    v: ArrayLike,
    radius: float = 1e-9,
) -> LocalMinimum:
    """Prove that F has a local minimum near (u, v), in ball arithmetic.

    Parameters
    ----------
    loss : {"logistic", "exponential"}
    X : array_like, shape (d_0, N)
        Inputs, taken exactly as the float64 numbers they are.
    Y : array_like, shape (d_L, N)
        Targets, -1 or 1.
    u, v : array_like, shapes (d_0,) and (d_L,)
        Where to look.
    radius : float
        Half the side of the box about them.

    Raises
    ------
    ValueError
        If the loss is unknown, shapes do not fit, numbers are not finite, targets are not signs,
        or the radius is not positive.
    """
    if loss not in _LOSSES:
        raise ValueError(f"loss: expected one of {', '.join(_LOSSES)}, got {loss!r}")
    X, Y = finite_matrix(X, "X"), finite_matrix(Y, "Y")
    u, v = finite_vector(u, "u", len(X)), finite_vector(v, "v", len(Y))
    if Y.shape[1] != X.shape[1]:
        raise ValueError(f"Y: expected {X.shape[1]} columns as X has, got {Y.shape[1]}")
    if not np.isin(Y, (-1, 1)).all():
        raise ValueError("Y: expected targets -1 or 1")
    radius = real_number(radius, "radius", above=0)
    with flint.ctx.workprec(PRECISION):
        try:
            return _proof(loss, X, Y, np.concatenate([u, v]), radius)
        except (enclosures.NotFiniteError, np.linalg.LinAlgError):
            return LocalMinimum(False, np.nan, np.nan, radius)


def _proof(loss: str, X: Array, Y: Array, theta: Array, radius: float) -> LocalMinimum:
    """Return what is proved about theta = (u, v); arguments as `certify_bottleneck_minimum`."""
    fixed = int(np.abs(theta).argmax())
    free = [k for k in range(len(theta)) if k != fixed]
    point = balls(theta)
    box = [ball(float(x), 0.0 if k == fixed else radius) for k, x in enumerate(theta)]
    _, gradient, at_point = _derivatives(loss, X, Y, point)
    value, _, over_box = _derivatives(loss, X, Y, box)
    middle = np.array([[enclosures.middle(at_point[i][j]) for j in free] for i in free])
    if not (theta[fixed] and free and np.isfinite(middle).all()):
        return LocalMinimum(False, np.nan, np.nan, radius)
    H = enclosures.finite_entries(flint.arb_mat([[over_box[i][j] for j in free] for i in free]))

    R = ball_matrix(np.linalg.inv(middle))
    g = flint.arb_mat([[gradient[i]] for i in free])
    side = flint.arb_mat([[ball(0.0, radius)] for _ in free])
    # K - x, which must lie within (-radius, radius).
    shift = (identity(len(free)) - R * H) * side - R * g
    reached = enclosures.largest(enclosures.magnitude(entry) for entry in shift.entries())
    unique = enclosures.less(reached, ball(radius))

    Q = ball_matrix(np.linalg.eigh(middle)[1])
    turned = (Q.transpose() * H * Q).tolist()
    # Twice the diagonal against the row with it: the diagonal entry must be positive as well.
    definite = all(
        enclosures.less(enclosures.total(map(enclosures.magnitude, row)), 2 * row[i])
        for i, row in enumerate(turned)
    )
    if not (unique and definite):
        return LocalMinimum(False, np.nan, np.nan, radius)
    # The minimum lies in the box, and above what the box encloses of F.
    return LocalMinimum(True, enclosures.lower(value), enclosures.upper(value), radius)


def _derivatives(
    loss: str, X: Array, Y: Array, theta: list[Ball]
) -> tuple[Ball, list[Ball], list[list[Ball]]]:
    """Return enclosures of F, its gradient and its Hessian in (u, v)."""
    inputs, samples = X.shape
    outputs = len(Y)
    u, v = theta[:inputs], theta[inputs:]
    zero = flint.arb(0)
    value, gradient = zero, [zero] * len(theta)
    hessian = [[zero] * len(theta) for _ in theta]
    for n in range(samples):
        x = balls(X[:, n])
        hidden = enclosures.dot(u, x)
        slope, curvature = zero, zero  # of this sample's loss in the hidden neuron
        mixed = []
        for i in range(outputs):
            l0, l1, l2 = _LOSSES[loss](v[i] * hidden, int(Y[i, n]))
            value += l0
            slope += l1 * v[i]
            curvature += l2 * v[i] * v[i]
            mixed.append(l2 * v[i] * hidden + l1)
            gradient[inputs + i] += l1 * hidden
            hessian[inputs + i][inputs + i] += l2 * hidden * hidden
        for k in range(inputs):
            gradient[k] += slope * x[k]
            for i in range(outputs):
                hessian[k][inputs + i] += mixed[i] * x[k]
            for j in range(k, inputs):
                hessian[k][j] += curvature * x[k] * x[j]
    for k in range(len(theta)):
        for j in range(k):
            hessian[k][j] = hessian[j][k]
    return (
        value / samples,
        [entry / samples for entry in gradient],
        [[entry / samples for entry in row] for row in hessian],
    )
