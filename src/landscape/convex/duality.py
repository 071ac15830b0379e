"""Objective and dual bounds of two-layer ReLU networks, proved in ball arithmetic.

The problem is to minimise, over the number p of units, W (p, d) and a (p,),

    1/2 |Σ_i relu(X w_i) a_i - y|² + β/2 Σ_i (|w_i|² + a_i²).

Its dual (Theorem 8, Ergen & Pilanci 2021) is to maximise v·y - |v|²/2 over the v with
h(v) = max_{|u|<=1} |v · relu(X u)| <= β. Whatever v is, a multiple s v with |s| h(v) <= β is
feasible, so s v·y - s²|v|²/2 is a lower bound of the objective of every network of every width.

What is proved, and how. The float64 numbers X, y, β, W, a, v are taken as they are. h(v) is bounded
on the closure of each cone {u : S_i X u >= 0} with S_i = 2 D_i - I: there v · relu(X u) is the
linear v · D_i X u, and for every λ >= 0

    max_{|u|<=1, S_i X u >= 0} v · D_i X u  <=  |X^T (D_i v + S_i λ)|,

with equality for the best λ. The cones are complete because `enumerate_patterns` works in integers;
λ comes from float arithmetic and may be anything non-negative; the norm is evaluated in balls of
PRECISION bits, and its upper end counts. No solver and no tolerance is part of the proof.
Balls that are not finite prove nothing and are refused (`landscape.enclosures`).
"""

import contextlib

import flint
import numpy as np
import scipy.optimize
from numpy.typing import ArrayLike, NDArray

from landscape import enclosures
from landscape.arrays import (
    Array,
    bool_array,
    exponent,
    finite_matrix,
    finite_vector,
    in_range,
    real_array,
    real_number,
    shifted,
)
from landscape.convex.patterns import Patterns
from landscape.enclosures import PRECISION, Ball, ball, ball_matrix, balls

# A gap of more than this share of the objective tells little of the optimum.
TIGHT = 0.01


def objective(X: ArrayLike, y: ArrayLike, beta: float, W: ArrayLike, a: ArrayLike) -> float:
    """Return 1/2 |Σ_i relu(X w_i) a_i - y|² + β/2 Σ_i (|w_i|² + a_i²) in float64.

    Parameters
    ----------
    X : array_like, shape (m, d)
        Samples.
    y : array_like, shape (m,)
        Targets.
    beta : float
        Strength of the regulariser, above 0.
    W : array_like, shape (p, d)
        Units; p may be 0.
    a : array_like, shape (p,)
        Output weights.

    Raises
    ------
    ValueError
        If an argument has another shape, is not finite, or β is not positive.
    """
    X, y, beta = check_problem(X, y, beta)
    W, a = check_network(W, a, X.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        r = np.maximum(X @ W.T, 0.0) @ a - y
        value = float(0.5 * (r @ r) + 0.5 * beta * (np.vdot(W, W) + a @ a))
    in_range("X, y, beta, W, a", value)
    return value


def objective_bound(X: Array, y: Array, beta: float, W: Array, a: Array) -> float:
    """Return a float64 number that is at least the objective, proved in ball arithmetic.

    It is infinite if no float64 number is so large.
    """
    with flint.ctx.workprec(PRECISION):
        outputs = balls(a)
        units = [balls(w) for w in W]
        costs = [*outputs, *(entry for w in units for entry in w)]
        terms = [ball(beta) * enclosures.total(enclosures.square(cost) for cost in costs)]
        for x, target in zip(X, y, strict=True):
            sample = balls(x)
            active = [enclosures.positive_part(enclosures.dot(sample, w)) for w in units]
            terms.append(enclosures.square(enclosures.dot(outputs, active) - ball(float(target))))
        return enclosures.upper(enclosures.total(terms) / 2)


def unit_bound(X: ArrayLike, v: ArrayLike, patterns: Patterns | None = None) -> float:
    """Return a proved upper bound of h(v) = max_{|u|<=1} |v · relu(X u)|.

    Parameters
    ----------
    X : array_like, shape (m, d)
        Samples.
    v : array_like, shape (m,)
        A direction of the dual problem.
    patterns : ndarray of bool, shape (P, m), optional
        All patterns of X, from `enumerate_patterns`; with fewer the bound would not be one. Without
        them the bound is |X| max(|v_+|, |v_-|), which is h(v) if the rows of X are orthonormal.

    Returns
    -------
    float
        A positive number; with patterns, above h(v) by rounding errors only.

    Raises
    ------
    ValueError
        If an argument has another shape or is not finite.
    """
    X = finite_matrix(X, "X")
    v = finite_vector(v, "v", X.shape[0])
    if patterns is not None:
        patterns = check_patterns(patterns, X.shape[0])
    with flint.ctx.workprec(PRECISION):
        bound = enclosures.upper(_unit_bound(X, v, patterns))
    in_range("X, v", bound)
    return bound


def _unit_bound(X: Array, v: Array, patterns: Patterns | None) -> Ball:
    """Return the bound of `unit_bound` as an exact ball, at any scale."""
    if patterns is None:
        matrix = ball_matrix(X)
        # The largest eigenvalue of X X^T is at most the largest absolute row sum.
        rows = enclosures.above(enclosures.row_sum(matrix * matrix.transpose()))
        parts = [enclosures.norm(balls(np.maximum(sign * v, 0.0))) for sign in (1.0, -1.0)]
        longest = enclosures.above(enclosures.largest(parts))
        return enclosures.highest(enclosures.root(rows) * longest)
    transposed = ball_matrix(X.T)
    lengths = []
    for D in patterns:
        S = np.where(D, 1.0, -1.0)
        for target in (v, -v):
            b = balls(np.where(D, target, 0.0))
            multipliers = balls(S * cone_multipliers(X, target, D))
            column = flint.arb_mat([[p + q] for p, q in zip(b, multipliers, strict=True)])
            lengths.append(enclosures.norm((transposed * column).entries()))
    return enclosures.highest(enclosures.largest(lengths))


def cone_multipliers(X: Array, v: Array, D: NDArray[np.bool_]) -> Array:
    """Return the λ >= 0 that makes X^T (D v + S λ) shortest, up to rounding.

    The vector is then the projection of X^T D v on the cone of the pattern.

    Parameters
    ----------
    X : ndarray, shape (m, d)
        Samples.
    v : ndarray, shape (m,)
        A direction of the dual problem.
    D : ndarray of bool, shape (m,)
        A pattern.

    Returns
    -------
    ndarray, shape (m,)
    """
    size, height = exponent(X), exponent(v)
    X, v = shifted(X, -size), shifted(v, -height)
    A = X.T * np.where(D, 1.0, -1.0)
    multipliers = np.zeros(len(v))
    with contextlib.suppress(RuntimeError, ValueError):  # No end, or entries too far apart.
        multipliers = scipy.optimize.nnls(A, -(X.T @ np.where(D, v, 0.0)))[0]
    multipliers = shifted(multipliers, height)
    # Any λ >= 0 will do.
    return np.where(np.isfinite(multipliers) & (multipliers > 0), multipliers, 0.0)


def lower_bound(
    X: ArrayLike, y: ArrayLike, beta: float | None, v: ArrayLike, patterns: Patterns | None = None
) -> float:
    """Return a proved lower bound of the objective of every network, from a direction v.

    Parameters
    ----------
    X, y : array_like, shapes (m, d) and (m,)
        Samples and targets.
    beta : float or None
        Strength of the regulariser, above 0; None for the interpolating form, whose objective is
        Σ_i (|w_i|² + a_i²)/2 over the networks with Σ_i relu(X w_i) a_i = y.
    v : array_like, shape (m,)
        Any direction; the residual y - f(X) of a global optimum makes the bound tight.
    patterns : ndarray of bool, shape (P, m), optional
        As in `unit_bound`.

    Raises
    ------
    ValueError
        If an argument has another shape, is not finite, or β is not positive.
    """
    X, y, strength = check_problem(X, y, 1.0 if beta is None else beta)
    v = finite_vector(v, "v", X.shape[0])
    if patterns is not None:
        patterns = check_patterns(patterns, X.shape[0])
    with flint.ctx.workprec(PRECISION):
        direction = balls(v)
        along, squared = enclosures.dot(direction, balls(y)), enclosures.dot(direction, direction)
        h = enclosures.above(_unit_bound(X, v, patterns))
        # An exact number: the largest s that is feasible for sure.
        largest = enclosures.lowest(ball(strength) / h)
        if beta is None:
            return enclosures.lower_or_zero(along * largest)
        s = enclosures.clipped(_best_multiple(v, y), largest)
        return enclosures.lower_or_zero(s * along - s * s * squared / 2)


def _best_multiple(v: Array, y: Array) -> Ball:
    """Return an s near to that for which s v is nearest to y; any s will do."""
    size, height = exponent(v), exponent(y)
    v, y = shifted(v, -size), shifted(y, -height)
    tiny = np.finfo(float).tiny
    return enclosures.scaled(
        ball(float(v @ y) / float(np.maximum(float(v @ v), tiny))), height - size
    )


def check_problem(X: ArrayLike, y: ArrayLike, beta: float) -> tuple[Array, Array, float]:
    """Return the arguments as float64 after checking them; errors are those of `objective`."""
    X = finite_matrix(X, "X")
    return X, finite_vector(y, "y", X.shape[0]), real_number(beta, "beta", above=0)


def check_network(W: ArrayLike, a: ArrayLike, inputs: int) -> tuple[Array, Array]:
    """Return W (p, inputs) and a (p,) as float64 after checking them; p may be 0."""
    W, a = real_array(W, "W", ("p", inputs), empty=True), real_array(a, "a", ("p",), empty=True)
    if len(W) != len(a):
        raise ValueError(f"W, a: expected as many units, got {len(W)} and {len(a)}")
    return W, a


def check_patterns(
    patterns: ArrayLike, samples: int, name: str = "patterns", least: int = 1
) -> Patterns:
    """Return patterns as a boolean array (P, samples), P >= `least`, after checking them."""
    found = bool_array(patterns, name, ("P", samples), empty=True)
    if len(found) < least:
        raise ValueError(f"{name}: expected at least {least}, got none")
    return found
