"""Networks with several outputs on whitened data: closed form, proved bound and descent.

The problem is to minimise, over the number p of units, W (p, d) and A (p, K),

    1/2 |Σ_i relu(X w_i) a_i^T - Y|_F² + β/2 Σ_i (|w_i|² + |a_i|²),

with X X^T = I, and Y with at most one entry that is not zero in each row, such as labels one-hot.
It is the setting of Theorem 15 of Ergen & Pilanci, JMLR 22 (2021); the derivation is ours. The dual
is to maximise <V, Y> - |V|_F²/2 over the V with |V^T relu(X u)| <= β for |u| <= 1. For whitened X
the vectors relu(X u) are those of the unit ball without negative entries. Let the parts of V be
the positive and the negative parts of its columns. If V has at most one entry a row, too, their
supports are disjoint, so that the constraint is that no part is longer than β. The parts of Y, cut
to this length, are the optimum: a network of one unit for each part that is longer than β has its
value.
"""

from dataclasses import dataclass

import cvxpy as cp
import flint
import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape import enclosures
from landscape.arrays import (
    Array,
    exponent,
    finite_matrix,
    in_range,
    length,
    real_array,
    real_number,
    refuses_extremes,
    scaled,
    shifted,
    strength_in_units,
    whole_number,
)
from landscape.convex.duality import check_problem
from landscape.convex.program import SOLVABLE, STRONG, minimise
from landscape.enclosures import PRECISION, ball, ball_matrix, balls

# Rows of X further from orthonormal than this are refused.
ORTHONORMAL = 1e-10
# Samples whose smallest singular value is below this share of the largest count as dependent.
INDEPENDENT = 1e-8
# Training records its objective about this often, at steps that grow by a factor.
RECORDS = 80


@dataclass(frozen=True)
class TrainedNetwork:
    """A trained network and the way to it.

    Attributes
    ----------
    W : ndarray, shape (p, d)
    A : ndarray, shape (p, K)
    steps : ndarray of int, shape (r,)
        When the objective was recorded, the last number being that of all steps.
    objectives : ndarray, shape (r,)
    """

    W: Array
    A: Array
    steps: NDArray[np.int64]
    objectives: Array


def whiten_samples(X: ArrayLike) -> tuple[Array, Array]:
    """Return (X X^T)^{-1/2} X, whose rows are orthonormal, and a map of inputs that does the same.

    With the singular value decomposition X = U S V^T it is U V^T, which is X V S^{-1} V^T as well:
    the same map V S^{-1} V^T can be applied to new samples. X X^T is not formed, because its
    condition is the square of that of X.

    Parameters
    ----------
    X : array_like, shape (m, d), m <= d
        Independent samples.

    Returns
    -------
    whitened : ndarray, shape (m, d)
    map : ndarray, shape (d, d)
        X @ map is `whitened`.

    Raises
    ------
    ValueError
        If X is empty, no matrix, not finite, or its rows are not independent.
    """
    X = finite_matrix(X, "X")
    k = exponent(X)
    U, sizes, V = np.linalg.svd(shifted(X, -k), full_matrices=False)
    if len(sizes) < len(X) or not sizes[-1] > INDEPENDENT * sizes[0]:
        raise ValueError(f"X: expected independent rows, singular values end at {sizes[-1]:.1e}")
    map_ = shifted((V.T / sizes) @ V, -k)
    in_range("X", map_)
    return U @ V, map_


def objective_outputs(X: ArrayLike, Y: ArrayLike, beta: float, W: ArrayLike, A: ArrayLike) -> float:
    """Return 1/2 |Σ_i relu(X w_i) a_i^T - Y|_F² + β/2 Σ_i (|w_i|² + |a_i|²) in float64.

    Parameters
    ----------
    X, Y : array_like, shapes (m, d) and (m, K)
        Samples and targets.
    beta : float
        Strength of the regulariser, above 0.
    W, A : array_like, shapes (p, d) and (p, K)
        Units and their output weights; p may be 0.

    Raises
    ------
    ValueError
        If an argument has another shape, is not finite, or β is not positive.
    """
    X, Y, beta = _check_outputs(X, Y, beta)
    W, A = _check_network(W, A, X.shape[1], Y.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        R = np.maximum(X @ W.T, 0.0) @ A - Y
        value = float(0.5 * np.vdot(R, R) + 0.5 * beta * (np.vdot(W, W) + np.vdot(A, A)))
    in_range("X, Y, beta, W, A", value)
    return value


@refuses_extremes("Y, beta")
def solve_whitened_outputs(
    X: ArrayLike, Y: ArrayLike, beta: float
) -> tuple[float, tuple[Array, Array]]:
    """Return the minimum and an optimal network for whitened data with one target a sample.

    The minimum is the sum over the positive and the negative part of each column of Y, of length t,
    of β t - β²/2 if t > β, and of t²/2 otherwise. With K = 1 it is Theorem 9.

    Parameters
    ----------
    X : array_like, shape (m, d), m <= d
        Samples with X X^T = I up to 1e-10.
    Y : array_like, shape (m, K)
        Targets, at most one of them in a row not zero.
    beta : float
        Strength of the regulariser, above 0.

    Returns
    -------
    value : float
        The minimum, in closed form.
    weights : tuple of ndarray, shapes (p, d) and (p, K)
        W and A of an optimal network with a unit for each part of Y that is longer than β.

    Raises
    ------
    ValueError
        If an argument has another shape, is not finite, the rows of X are not orthonormal, a row of
        Y has two entries that are not zero, or β is not positive.
    """
    X, Y, beta = _check_whitened(X, Y, beta)
    value, W, A = 0.0, [], []
    for column, output in zip(Y.T, np.eye(Y.shape[1]), strict=True):
        for sign in (1.0, -1.0):
            part = np.maximum(sign * column, 0.0)
            size = length(part)
            if size <= beta:
                value += 0.5 * size * size
                continue
            value += beta * size - 0.5 * beta * beta
            root = np.sqrt(size - beta)
            W.append(root * (X.T @ part) / size)
            A.append(sign * root * output)
    return value, (np.array(W).reshape(-1, X.shape[1]), np.array(A).reshape(-1, Y.shape[1]))


def lower_bound_outputs(X: ArrayLike, Y: ArrayLike, beta: float) -> float:
    """Return a proved lower bound of the objective of every network of every width.

    The parts of Y, cut to length β, are made feasible for the rows of X as they are, in ball
    arithmetic: |X u| is at most the square root of the largest absolute row sum of X X^T.

    Parameters and errors are those of `solve_whitened_outputs`.
    """
    X, Y, beta = _check_whitened(X, Y, beta)
    with flint.ctx.workprec(PRECISION):
        matrix = ball_matrix(X)
        rows = enclosures.above(enclosures.row_sum(matrix * matrix.transpose()))
        longest = ball(beta) / enclosures.root(rows)
        terms = []
        for column in Y.T:
            for sign in (1.0, -1.0):
                # A part may be cut to any length v up to this; the gain v t - v²/2 grows until t.
                t = enclosures.norm(balls(np.maximum(sign * column, 0.0)))
                v = enclosures.smallest([t, longest])
                terms.append(v * t - v * v / 2)
        return enclosures.lower_or_zero(enclosures.total(terms))


def lower_bound_from_start(X: ArrayLike, Y: ArrayLike, beta: float, W: ArrayLike) -> float:
    """Return a lower bound of the objectives that gradient descent can reach from these units.

    A step of descent with full or partial gradients, shorter than 1/β, moves X w_i at an inactive
    sample by decay only, because the samples are orthonormal. So an inactive unit never becomes
    active again (ours). In the dual the constraints of all units give way to those of the starting
    units' active samples: no part of V, cut to them, is longer than β. Solved in float64, then
    scaled to hold up to rounding, which is not enclosed here.

    Parameters
    ----------
    X, Y, beta
        As in `solve_whitened_outputs`.
    W : array_like, shape (p, d)
        Units at the start; the bound holds for any output weights, and for networks of any width
        whose units are active nowhere else.

    Raises
    ------
    ValueError
        As in `solve_whitened_outputs`, and if W has another shape or is not finite; or if the
        solver fails, or the bound exceeds float64's range, because of the scales in Y and β.
    """
    X, Y, beta = _check_whitened(X, Y, beta)
    active = X @ finite_matrix(W, "W", X.shape[1]).T > 0
    # In units of a power of two, if need be, Y is of moderate size.
    k = exponent(Y, SOLVABLE)
    Y, strength = shifted(Y, -k), strength_in_units(beta, -k)
    total = 0.0
    for column in Y.T:
        for sign in (1.0, -1.0):
            part = np.maximum(sign * column, 0.0)
            used = part > 0
            if used.any():
                patterns = np.unique(active[used].T, axis=0).astype(np.float64)
                total += _cut_part(part[used], patterns, strength)
    total = scaled(total, 2 * k)
    in_range("Y", total)
    return total


def _cut_part(part: Array, patterns: Array, beta: float) -> float:
    """Return the gain v·part - |v|²/2 of the best v that no pattern cuts to a length above β."""
    seen = patterns.any(axis=0)
    if not seen.all():  # No unit has a say in the others.
        rest = 0.5 * float(part[~seen] @ part[~seen])
        return rest + (_cut_part(part[seen], patterns[:, seen], beta) if seen.any() else 0.0)
    if beta >= STRONG * float(np.linalg.norm(part)):
        return 0.5 * float(part @ part)
    # In units of β the constraints are of size one.
    v = cp.Variable(len(part))
    gain = part @ v - 0.5 * beta * cp.sum_squares(v)
    rows = cp.multiply(patterns, cp.reshape(v, (1, v.size), order="C"))
    lengths = cp.norm(rows, 2, axis=1)
    minimise(cp.Problem(cp.Minimize(-gain), [lengths <= 1]), "Y, beta")
    found = np.asarray(v.value)
    found = found / np.maximum(1.0, float(np.linalg.norm(patterns * found, axis=1).max()))
    return float(beta * (part @ found) - 0.5 * (beta * beta) * (found @ found))


def train_whitened(
    X: ArrayLike, Y: ArrayLike, beta: float, W: ArrayLike, A: ArrayLike, *, steps: int, rate: float
) -> TrainedNetwork:
    """Minimise the objective by gradient descent with full gradients.

    The step size falls to zero by a half cosine. Descent commutes with rotations of the inputs. So
    it runs in coordinates in which the samples are unit vectors; the part of W that no sample sees
    only decays.

    Parameters
    ----------
    X, Y, beta
        As in `solve_whitened_outputs`; Y is any matrix.
    W, A : array_like, shapes (p, d) and (p, K)
        First weights.
    steps : int
        Number of steps, at least 1.
    rate : float
        First step size, above 0.

    Raises
    ------
    ValueError
        If an argument has another shape or is not finite, the rows of X are not orthonormal, or a
        number is out of its range.
    """
    X, Y, beta = _check_outputs(X, Y, beta)
    _check_orthonormal(X)
    W, A = _check_network(W, A, X.shape[1], Y.shape[1])
    steps, rate = whole_number(steps, "steps", 1), real_number(rate, "rate", above=0)
    Z, A = W @ X.T, A.copy()
    unseen, share = W - Z @ X, 1.0
    recorded = np.unique(np.geomspace(1, steps, RECORDS).round().astype(np.int64))
    marks, objectives = set(recorded.tolist()), []
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, steps + 1):
            size = rate * 0.5 * (1 + np.cos(np.pi * (step - 1) / steps))
            H = np.maximum(Z, 0.0)
            R = H.T @ A - Y
            G = A @ R.T
            G *= Z > 0
            kept = 1 - size * beta
            Z *= kept
            Z -= size * G
            A *= kept
            A -= size * (H @ R)
            share *= kept
            if step in marks:
                R = np.maximum(Z, 0.0).T @ A - Y
                squares = np.vdot(Z, Z) + np.vdot(A, A) + share**2 * np.vdot(unseen, unseen)
                objectives.append(0.5 * np.vdot(R, R) + 0.5 * beta * squares)
        end = TrainedNetwork(Z @ X + share * unseen, A, recorded, np.array(objectives))
    in_range("rate, beta, Y, W, A", end.W, end.A, end.objectives)
    return end


def _check_outputs(X: ArrayLike, Y: ArrayLike, beta: float) -> tuple[Array, Array, float]:
    """Return the arguments as float64 after checking them."""
    Y = finite_matrix(Y, "Y")
    X, _, beta = check_problem(X, Y[:, 0], beta)
    return X, Y, beta


def _check_orthonormal(X: Array) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        error = float(np.abs(X @ X.T - np.eye(len(X))).max())
    if not error <= ORTHONORMAL:
        raise ValueError(f"X: expected orthonormal rows, X X^T differs from I by {error:.1e}")


def _check_whitened(X: ArrayLike, Y: ArrayLike, beta: float) -> tuple[Array, Array, float]:
    X, Y, beta = _check_outputs(X, Y, beta)
    _check_orthonormal(X)
    if (np.count_nonzero(Y, axis=1) > 1).any():
        raise ValueError("Y: expected at most one entry in each row that is not zero")
    return X, Y, beta


def _check_network(W: ArrayLike, A: ArrayLike, inputs: int, outputs: int) -> tuple[Array, Array]:
    W = real_array(W, "W", ("p", inputs), empty=True)
    A = real_array(A, "A", ("p", outputs), empty=True)
    if len(W) != len(A):
        raise ValueError(f"W, A: expected as many rows, got {len(W)} and {len(A)}")
    return W, A
