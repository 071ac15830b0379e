"""Cutting planes for the dual problem (Algorithm 1 of Ergen & Pilanci 2021, as recalled).

The dual is to maximise |y|²/2 - |v - y|²/2 over the v with |v · relu(X u)| <= β for all |u| <= 1, a
constraint for each unit. A round maximises with the constraints that are known and adds that of the
unit which its v violates most. The values are upper bounds of the dual optimum, and never rise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cvxpy as cp
import numpy as np
from numpy.typing import ArrayLike

from landscape.convex.closed_forms import kink_features
from landscape.convex.duality import check_problem, cone_multipliers, finite_vector
from landscape.convex.patterns import LIMIT, enumerate_patterns
from landscape.convex.program import minimise
from landscape.sphere import Array, finite_matrix

# Returns the activations (m,) of the unit that correlates most with v (m,), of either sign.
Search: TypeAlias = Callable[[Array], Array]


@dataclass(frozen=True)
class CuttingPlanes:
    """What each round found.

    Attributes
    ----------
    values : ndarray, shape (rounds,)
        Optimum of the dual with the constraints known before the round; the first knows none.
    violations : ndarray, shape (rounds,)
        Largest |v · relu(X u)| over all units, in units of β.
    dual_point : ndarray, shape (m,)
        The last v.
    """

    values: Array
    violations: Array
    dual_point: Array


def solve_cutting_planes(
    y: ArrayLike,
    beta: float,
    search: Search,
    *,
    bias: bool = False,
    tolerance: float = 1e-9,
    limit: int = 1000,
) -> CuttingPlanes:
    """Maximise the dual, one constraint a round, until no unit violates it.

    Parameters
    ----------
    y : array_like, shape (m,)
        Targets.
    beta : float
        Strength of the regulariser, above 0.
    search : callable
        Finds the unit to add, for example `search_patterns(X)` or `search_kinks(x)`.
    bias : bool
        Whether networks have a free output bias, so that the entries of v sum to zero.
    tolerance : float
        Stop if the largest |v · relu(X u)| is at most 1 + `tolerance` in units of β.
    limit : int
        Largest number of rounds.

    Raises
    ------
    ValueError
        If y is no vector of finite numbers, or β is not positive.
    RuntimeError
        If the solver fails, or `limit` rounds do not suffice.
    """
    y = finite_vector(y, "y", np.size(y))
    _, y, beta = check_problem(np.ones((len(y), 1)), y, beta)
    v = y - y.mean() if bias else y
    rows = np.empty((0, len(y)))
    values: list[float] = []
    violations: list[float] = []
    for _ in range(limit):
        activations = search(v)
        values.append(float(0.5 * (y @ y - (v - y) @ (v - y))))
        violations.append(abs(float(activations @ v)) / beta)
        if violations[-1] <= 1 + tolerance:
            return CuttingPlanes(np.array(values), np.array(violations), v)
        rows = np.concatenate([rows, activations[None] / beta])
        v = _nearest(y, rows, bias)
    raise RuntimeError(
        f"cutting planes: after {limit} rounds a unit still has {violations[-1]:.9g} in units of β"
    )


def search_patterns(X: ArrayLike, limit: int = LIMIT) -> Search:
    """Return the exact search over all units, one projection for each pattern and sign.

    Parameters
    ----------
    X : array_like, shape (m, d)
        Samples.
    limit : int
        Refuse if X may have more patterns than this.

    Raises
    ------
    ValueError
        If X is empty, no matrix, not finite, or there are too many patterns.
    """
    X = finite_matrix(X, "X")
    patterns = enumerate_patterns(X, limit)

    def search(v: Array) -> Array:
        longest, best = 0.0, np.zeros(X.shape[1])
        for D in patterns:
            S = np.where(D, 1.0, -1.0)
            for target in (v, -v):
                # The best unit of a cone points along the projection, whose length is its value.
                u = X.T @ (np.where(D, target, 0.0) + S * cone_multipliers(X, target, D))
                size = float(np.linalg.norm(u))
                if size > longest:
                    longest, best = size, u / size
        return np.maximum(X @ best, 0.0)

    return search


def search_kinks(x: ArrayLike) -> Search:
    """Return the exact search over units with |u| = 1 on a line, for v that sum to zero.

    Biases are free. The correlation with such a v is linear between samples, and constant or zero
    outside, so a unit that bends at a sample is best (Corollary 3).

    Parameters
    ----------
    x : array_like, shape (m,)
        Samples on the line.

    Raises
    ------
    ValueError
        If x is no vector of finite numbers.
    """
    x = finite_vector(x, "x", np.size(x))
    features = kink_features(x, x)

    def search(v: Array) -> Array:
        best: Array = features[:, np.abs(v @ features).argmax()]
        return best

    return search


def _nearest(y: Array, rows: Array, bias: bool) -> Array:
    """Return the v nearest to y with |rows v| <= 1, and with sum zero if there is a bias."""
    v = cp.Variable(len(y))
    constraints: list[cp.Constraint] = [cp.abs(rows @ v) <= 1]
    if bias:
        constraints.append(cp.sum(v) == 0)
    minimise(cp.Problem(cp.Minimize(0.5 * cp.sum_squares(v - y)), constraints))
    return np.asarray(v.value)
