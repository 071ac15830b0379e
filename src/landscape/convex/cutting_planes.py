"""Cutting planes for the dual of the regularised problem, with an exact search for units.

Algorithm 1 of Ergen & Pilanci (2021) looks for units in a convex relaxation instead, which is exact
for spike-free data, and solves the dual of the problem with equality constraints.

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

from landscape.arrays import (
    Array,
    exponent,
    finite_matrix,
    finite_vector,
    in_range,
    real_array,
    real_number,
    shifted,
    strength_in_units,
    whole_number,
)
from landscape.convex.closed_forms import kink_features
from landscape.convex.duality import cone_multipliers
from landscape.convex.patterns import LIMIT, enumerate_patterns
from landscape.convex.program import SOLVABLE, minimise

# A unit that is found so often, and violates its constraint still, is beyond the solver's accuracy.
REPEATS = 3

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
        If y is no vector of finite numbers, β is not positive, or the search returns no activations
        of finite numbers; or if the solver fails because of the scales in y, β and these.
    RuntimeError
        If `limit` rounds do not suffice.
    """
    y, beta = finite_vector(y, "y"), real_number(beta, "beta", above=0)
    tolerance = real_number(tolerance, "tolerance", least=0)
    # In units of a power of two, if need be, y is of moderate size.
    q = exponent(y, SOLVABLE)
    y, beta = shifted(y, -q), strength_in_units(beta, -q)
    v = y - y.mean() if bias else y
    rows = np.empty((0, len(y)))
    values: list[float] = []
    violations: list[float] = []
    for _ in range(whole_number(limit, "limit", 1)):
        activations = search(shifted(v, q))
        real_array(activations, "search", y.shape)
        values.append(float(0.5 * (y @ y - (v - y) @ (v - y))))
        with np.errstate(over="ignore", invalid="ignore"):
            violations.append(abs(float(activations @ v)) / beta)
            row = activations[None] / beta
        in_range("y, beta, search", violations[-1], row)
        if violations[-1] <= 1 + tolerance:
            found = shifted(np.array(values), 2 * q)
            in_range("y", found)
            return CuttingPlanes(found, np.array(violations), shifted(v, q))
        if (rows == row).all(axis=1).sum() >= REPEATS:
            raise ValueError(
                "y, beta, search: too far apart in scale, the solver does not meet a constraint "
                f"that is violated by a factor of {violations[-1]:.3g}"
            )
        rows = np.concatenate([rows, row])
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
        If X is empty, no matrix, not finite, or there are too many patterns; in the search, if v
        does not fit, or a result exceeds float64's range.
    """
    X = finite_matrix(X, "X")
    patterns = enumerate_patterns(X, limit)
    k = exponent(X, SOLVABLE)
    scaled = shifted(X, -k)

    def search(v: Array) -> Array:
        v = finite_vector(v, "v", len(X))
        v = shifted(v, -exponent(v, SOLVABLE))
        longest, best = 0.0, np.zeros(X.shape[1])
        for D in patterns:
            S = np.where(D, 1.0, -1.0)
            for target in (v, -v):
                # The best unit of a cone points along the projection, whose length is its value.
                u = scaled.T @ (np.where(D, target, 0.0) + S * cone_multipliers(scaled, target, D))
                size = float(np.linalg.norm(u))
                if size > longest:
                    longest, best = size, u / size
        activations = shifted(np.maximum(scaled @ best, 0.0), k)
        in_range("X", activations)
        return activations

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
    x = finite_vector(x, "x")
    features = kink_features(x, x)

    def search(v: Array) -> Array:
        v = finite_vector(v, "v", len(x))
        with np.errstate(over="ignore"):
            correlations = np.abs(shifted(v, -exponent(v)) @ features)
        best: Array = features[:, correlations.argmax()]
        return best

    return search


def _nearest(y: Array, rows: Array, bias: bool) -> Array:
    """Return the v nearest to y with |rows v| <= 1, and with sum zero if there is a bias."""
    v = cp.Variable(len(y))
    # A row far from size one is scaled with its bound.
    scales = np.array([exponent(row, 2 * SOLVABLE) for row in rows])
    constraints: list[cp.Constraint] = [
        cp.abs(shifted(rows, -scales[:, None]) @ v) <= shifted(np.ones(len(rows)), -scales)
    ]
    if bias:
        constraints.append(cp.sum(v) == 0)
    minimise(cp.Problem(cp.Minimize(0.5 * cp.sum_squares(v - y)), constraints), "y, beta, search")
    return np.asarray(v.value)
