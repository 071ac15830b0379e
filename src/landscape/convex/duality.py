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
"""

import math
from numbers import Real

import flint
import numpy as np
import scipy.optimize
from numpy.typing import ArrayLike, NDArray

from landscape.convex.patterns import Patterns
from landscape.sphere import Array, finite_matrix

PRECISION = 128


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
    r = np.maximum(X @ W.T, 0.0) @ a - y
    return float(0.5 * (r @ r) + 0.5 * beta * (np.vdot(W, W) + a @ a))


def objective_bound(X: Array, y: Array, beta: float, W: Array, a: Array) -> float:
    """Return a float64 number that is at least the objective, proved in ball arithmetic."""
    with flint.ctx.workprec(PRECISION):
        total = flint.arb(0)
        for x, target in zip(X, y, strict=True):
            r = -flint.arb(target)
            for w, c in zip(W, a, strict=True):
                r += flint.arb(c) * _dot(x, w).max(flint.arb(0))
            total += r * r
        total += flint.arb(beta) * (sum((_dot(w, w) for w in W), flint.arb(0)) + _dot(a, a))
        return upper(total / 2)


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
    with flint.ctx.workprec(PRECISION):
        if patterns is None:
            ball = flint.arb_mat(X.tolist())
            gram = (ball * ball.transpose()).tolist()
            # The largest eigenvalue of X X^T is at most the largest absolute row sum.
            rows = [upper(sum((abs(entry) for entry in row), flint.arb(0))) for row in gram]
            parts = [upper(_norm(np.maximum(sign * v, 0.0))) for sign in (1.0, -1.0)]
            return upper(flint.arb(max(rows)).sqrt() * max(parts))
        patterns = check_patterns(patterns, X.shape[0])
        transposed = flint.arb_mat(X.T.tolist())
        largest = 0.0
        for D in patterns:
            S = np.where(D, 1.0, -1.0)
            for target in (v, -v):
                b = np.where(D, target, 0.0)
                multipliers = cone_multipliers(X, target, D)
                exact = [[flint.arb(p) + q] for p, q in zip(b, S * multipliers, strict=True)]
                column = transposed * flint.arb_mat(exact)
                squares = sum((column[j, 0] ** 2 for j in range(X.shape[1])), flint.arb(0))
                largest = max(largest, upper(squares.sqrt()))
        return largest


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
    A = X.T * np.where(D, 1.0, -1.0)
    try:
        multipliers: Array = scipy.optimize.nnls(A, -(X.T @ np.where(D, v, 0.0)))[0]
    except RuntimeError:  # Too many iterations; any λ >= 0 will do.
        multipliers = np.zeros(len(v))
    return multipliers


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
    h = unit_bound(X, v, patterns)
    with flint.ctx.workprec(PRECISION):
        along, squared = _dot(v, y), _dot(v, v)
        # An exact number: the largest s that is feasible for sure.
        largest = (flint.arb(strength) / flint.arb(h)).lower()
        if beta is None:
            return max(0.0, lower(along * largest))
        s = flint.arb(float(v @ y) / max(float(v @ v), np.finfo(float).tiny))
        if not bool(abs(s) <= largest):
            s = largest if bool(s > 0) else -largest
        return max(0.0, lower(s * along - s * s * squared / 2))


def check_problem(X: ArrayLike, y: ArrayLike, beta: float) -> tuple[Array, Array, float]:
    """Return the arguments as float64 after checking them; errors are those of `objective`."""
    X = finite_matrix(X, "X")
    y = finite_vector(y, "y", X.shape[0])
    if not (isinstance(beta, Real) and 0 < beta < math.inf):
        raise ValueError(f"beta: expected a finite number above 0, got {beta!r}")
    return X, y, float(beta)


def check_network(W: ArrayLike, a: ArrayLike, inputs: int) -> tuple[Array, Array]:
    """Return W (p, inputs) and a (p,) as float64 after checking them; p may be 0."""
    W = np.asarray(W, dtype=np.float64)
    if W.ndim != 2 or W.shape[1] != inputs:
        raise ValueError(f"W: expected shape (p, {inputs}), got {W.shape}")
    if not np.isfinite(W).all():
        raise ValueError("W: expected finite numbers, got NaN or infinity")
    return W, finite_vector(a, "a", W.shape[0])


def check_patterns(
    patterns: ArrayLike, samples: int, name: str = "patterns", least: int = 1
) -> Patterns:
    """Return patterns as a boolean array (P, samples), P >= `least`, after checking them."""
    found = np.asarray(patterns)
    if found.shape[1:] != (samples,) or len(found) < least or found.dtype != np.bool_:
        raise ValueError(
            f"{name}: expected booleans of shape (P, {samples}) with P of at least {least}, "
            f"got {found.dtype} of shape {found.shape}"
        )
    return found


def finite_vector(values: ArrayLike, name: str, size: int) -> Array:
    """Return a float64 vector of that size after checking it."""
    vector = np.asarray(values, dtype=np.float64)
    if vector.shape != (size,):
        raise ValueError(f"{name}: expected shape ({size},), got {vector.shape}")
    if not np.isfinite(vector).all():
        raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
    return vector


def upper(ball: flint.arb) -> float:
    """Return a float64 number that no number of the ball exceeds."""
    return math.nextafter(float(ball.upper()), math.inf)


def lower(ball: flint.arb) -> float:
    """Return a float64 number that exceeds no number of the ball."""
    return math.nextafter(float(ball.lower()), -math.inf)


def _dot(x: Array, z: Array) -> flint.arb:
    return sum(
        (flint.arb(p) * flint.arb(q) for p, q in zip(x.tolist(), z.tolist(), strict=True)),
        flint.arb(0),
    )


def _norm(x: Array) -> flint.arb:
    return _dot(x, x).sqrt()
