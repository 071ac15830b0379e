"""Problems whose convex program shrinks to a line: data on a line, and whitened data.

Both are special cases of Ergen & Pilanci, "Convex geometry and duality of over-parameterized neural
networks", JMLR 22 (2021), arXiv 2002.11219.
"""

from dataclasses import dataclass

import cvxpy as cp
import flint
import numpy as np
from numpy.typing import ArrayLike

from landscape import enclosures
from landscape.arrays import (
    Array,
    exponent,
    finite_vector,
    in_range,
    refuses_extremes,
    scaled,
    shifted,
    strength_in_units,
)
from landscape.convex.duality import TIGHT, check_problem
from landscape.convex.program import SOLVABLE, STRONG, minimise
from landscape.convex.whitened import solve_whitened_outputs
from landscape.enclosures import PRECISION, ball, balls


@dataclass(frozen=True)
class OneDimensionalSolution:
    """A network Σ_i a_i relu(u_i x + b_i) + c on the line, with kinks at the data.

    Attributes
    ----------
    value : float
        1/2 |f(x) - y|² + β/2 Σ_i (u_i² + a_i²), which is at least the minimum.
    weights : tuple of ndarray, each of shape (p,)
        u, b and a, with |u_i| = |a_i|.
    bias : float
        c.
    dual_bound : float
        At most the objective of every such network of every width, proved in ball arithmetic.
    dual_point : ndarray, shape (m,)
        The point of the dual problem that gives the bound, before it is made feasible.
    """

    value: float
    weights: tuple[Array, Array, Array]
    bias: float
    dual_bound: float
    dual_point: Array

    @property
    def tight(self) -> bool:
        """Whether `dual_bound` is within 1 % of `value`; if not, it tells little of the optimum."""
        return self.value - self.dual_bound <= TIGHT * self.value


@refuses_extremes("x, kinks")
def kink_features(x: ArrayLike, kinks: ArrayLike) -> Array:
    """Return the activations of the units with |u| = 1 and a given kink (Corollary 3).

    Parameters
    ----------
    x : array_like, shape (m,)
        Samples on the line.
    kinks : array_like, shape (k,)
        Where the units bend.

    Returns
    -------
    ndarray, shape (m, 2 k)
        relu(x - t_j) for each kink t_j, then relu(t_j - x).

    Raises
    ------
    ValueError
        If an argument is empty, no vector, or not finite, or a difference exceeds float64's range.
    """
    x, kinks = finite_vector(x, "x"), finite_vector(kinks, "kinks")
    distance = x[:, None] - kinks[None, :]
    return np.concatenate([np.maximum(distance, 0.0), np.maximum(-distance, 0.0)], axis=1)


def solve_one_dimensional(
    x: ArrayLike, y: ArrayLike, beta: float, kinks: ArrayLike | None = None
) -> OneDimensionalSolution:
    """Minimise 1/2 |f(x) - y|² + β/2 Σ_i (u_i² + a_i²), f(x) = Σ_i a_i relu(u_i x + b_i) + c.

    Biases cost nothing, so the infimum is a lasso over units with kinks at the data (Corollary 3).
    A unit whose kink lies far outside the data is nearly constant on them at nearly no cost: the
    output bias c lets the infimum be attained and does not lower it.

    Parameters
    ----------
    x : array_like, shape (m,)
        Samples on the line.
    y : array_like, shape (m,)
        Targets.
    beta : float
        Strength of the regulariser, above 0.
    kinks : array_like, shape (k,), optional
        Where units may bend; at the samples by default, which loses nothing. The bound holds for
        all networks in any case.

    Raises
    ------
    ValueError
        If an argument is empty, has another shape, is not finite, or β is not positive; or if the
        solver fails, or a result exceeds float64's range, because of their scales.
    """
    x = finite_vector(x, "x")
    columns, y, beta = check_problem(x[:, None], y, beta)
    x = columns[:, 0]
    t = x if kinks is None else finite_vector(kinks, "kinks")
    # In units of powers of two, if need be, x and y are of moderate size.
    p, q = exponent(np.concatenate([x, t]), SOLVABLE), exponent(y, SOLVABLE)
    strength = strength_in_units(beta, -p - q)
    F = kink_features(shifted(x, -p), shifted(t, -p))
    signed = np.concatenate([F, -F], axis=1)
    weights, offset = _lasso(signed, shifted(y, -q), strength)
    v = shifted(shifted(y, -q) - signed @ weights - offset, q)
    weights, offset = shifted(weights, q - p), scaled(offset, q)
    in_range("x, y", weights, v)
    kept = weights > 1e-9 * max(float(weights.max()), np.finfo(float).tiny)
    roots = np.sqrt(weights[kept])
    u = np.tile(np.repeat([1.0, -1.0], len(t)), 2)[kept] * roots
    b = -u * np.tile(t, 4)[kept]
    a = np.repeat([1.0, -1.0], 2 * len(t))[kept] * roots
    with np.errstate(over="ignore", invalid="ignore"):
        r = np.maximum(np.outer(x, u) + b, 0.0) @ a + offset - y
        value = float(0.5 * (r @ r) + 0.5 * beta * (u @ u + a @ a))
    in_range("x, y, beta", value)
    return OneDimensionalSolution(
        value=value,
        weights=(u, b, a),
        bias=offset,
        dual_bound=_one_dimensional_bound(x, y, beta, v),
        dual_point=v,
    )


def _lasso(signed: Array, y: Array, beta: float) -> tuple[Array, float]:
    """Return the weights and the bias that minimise 1/2 |signed c + bias - y|² + β Σ c, c >= 0."""
    if beta >= STRONG * float(np.linalg.norm(y) * np.linalg.norm(signed)) > 0:
        return np.zeros(signed.shape[1]), float(y.mean())
    c, bias = cp.Variable(signed.shape[1], nonneg=True), cp.Variable()
    cost = 0.5 * cp.sum_squares(signed @ c + bias - y) + beta * cp.sum(c)
    minimise(cp.Problem(cp.Minimize(cost)), "x, y, beta")
    return np.maximum(np.asarray(c.value), 0.0), float(np.asarray(bias.value))


def _one_dimensional_bound(x: Array, y: Array, beta: float, v: Array) -> float:
    """Return a proved lower bound from v.

    With Σ v_l = 0 the function b -> v · relu(±x + b) is linear between kinks at data, zero on one
    side of all and constant on the other, so its largest absolute value is at a kink.
    """
    with flint.ctx.workprec(PRECISION):
        points, given = balls(x), balls(v)
        mean = enclosures.total(given) / len(given)
        centred = [t - mean for t in given]
        correlations = []
        for kink in points:
            for side in (1, -1):
                bent = [enclosures.positive_part(side * (p - kink)) for p in points]
                correlations.append(enclosures.magnitude(enclosures.dot(centred, bent)))
        along = enclosures.dot(centred, balls(y))
        squared = enclosures.dot(centred, centred)
        if not enclosures.positive(squared):
            return 0.0
        s = enclosures.centre(enclosures.centre(along) / enclosures.centre(squared))
        largest = enclosures.highest(enclosures.largest(correlations))
        if enclosures.positive(largest):
            s = enclosures.clipped(s, enclosures.lowest(ball(beta) / largest))
        return enclosures.lower_or_zero(s * along - s * s * squared / 2)


def solve_whitened(X: ArrayLike, y: ArrayLike, beta: float) -> tuple[float, tuple[Array, Array]]:
    """Return the minimum and an optimal network if the rows of X are orthonormal.

    Each sign of y is fitted by one unit, or by none if β is large (Theorem 9): with y_+ and y_- the
    positive parts of y and -y, the minimum is the sum over both of β t - β²/2 if t = |y_±| > β,
    and t²/2 otherwise. It is `landscape.convex.whitened.solve_whitened_outputs` with one output.

    Parameters
    ----------
    X : array_like, shape (m, d), m <= d
        Samples with X X^T = I up to 1e-10.
    y : array_like, shape (m,)
        Targets.
    beta : float
        Strength of the regulariser, above 0.

    Returns
    -------
    value : float
        The minimum, in closed form.
    weights : tuple of ndarray, shapes (p, d) and (p,)
        W and a of an optimal network, p <= 2.

    Raises
    ------
    ValueError
        If an argument has another shape, is not finite, the rows are not orthonormal, or β is not
        positive.
    """
    X, y, beta = check_problem(X, y, beta)
    try:
        value, (W, A) = solve_whitened_outputs(X, y[:, None], beta)
    except ValueError as error:
        raise ValueError(str(error).replace("Y, ", "y, ", 1)) from error
    return value, (W, A[:, 0])
