"""Activation patterns: which rows of X a unit can be active on.

The pattern of a unit u is 1[X u >= 0]. The hyperplanes x_l · u = 0 cut the space of units into open
cones, one for each pattern that an open set of units has; their closures cover the space, so no
other pattern is needed in a convex program.

A float64 number is a fraction, so the cones are those of an arrangement of hyperplanes with integer
normals, and `enumerate_patterns` finds them in integer arithmetic. Nothing is missed and nothing is
decided by a tolerance, whatever the position of the rows.
"""

from math import comb, gcd, lcm
from typing import TypeAlias

import flint
import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.arrays import Array, exponent, finite_matrix, shifted, whole_number

Patterns: TypeAlias = NDArray[np.bool_]
Vector: TypeAlias = tuple[int, ...]

# The convex program has 2 d variables and 2 m inequalities for each pattern.
LIMIT = 10_000


def count_patterns(X: ArrayLike) -> int:
    """Return the largest number of patterns that as many hyperplanes of the same rank can have.

    With n distinct hyperplanes and rank r it is 2 Σ_{i<r} C(n-1, i) (Cover 1965), which is their
    number if every r of the rows are independent, and an upper bound if not. Rows that are zero or
    multiples of others add no hyperplane; both this and the rank are exact.

    Parameters
    ----------
    X : array_like, shape (m, d)
        Samples.

    Raises
    ------
    ValueError
        If X is empty, no matrix, or not finite.
    """
    normals = _distinct(_integers(finite_matrix(X, "X")))
    if not normals:
        return 1
    rank = flint.fmpz_mat([list(x) for x in normals]).rank()
    return 2 * sum(comb(len(normals) - 1, i) for i in range(rank))


def enumerate_patterns(X: ArrayLike, limit: int = LIMIT) -> Patterns:
    """Return every pattern that an open set of units has.

    The hyperplanes are added one after the other. A new one cuts exactly those cones that it
    meets, and these are the cones of the arrangement that the earlier hyperplanes leave on it,
    which has one dimension less. Each cone carries a point of its interior with integer entries,
    on which all signs are exact.

    Parameters
    ----------
    X : array_like, shape (m, d)
        Samples, taken as exact fractions.
    limit : int
        Refuse if there may be more patterns than this.

    Returns
    -------
    ndarray of bool, shape (P, m)
        Different rows in lexicographic order. A sample that is zero is active in all of them.

    Raises
    ------
    ValueError
        If X is empty, no matrix, or not finite, or if `count_patterns` exceeds `limit`.
    """
    X = finite_matrix(X, "X")
    count = count_patterns(X)
    if count > limit:
        raise ValueError(
            f"X: up to {count} activation patterns ({X.shape[0]} rows, {X.shape[1]} columns) are "
            f"more than the limit of {limit}; raise the limit, take fewer rows, project X to fewer "
            "columns, or pass some patterns only, such as sample_patterns(X, draws, rng)"
        )
    rows = _integers(X)
    units = _chambers(_distinct(rows), X.shape[1])
    patterns = [[_dot(x, u) >= 0 for x in rows] for u in units]
    return np.array(sorted(patterns), dtype=bool)


def sample_patterns(X: ArrayLike, draws: int, rng: np.random.Generator) -> Patterns:
    """Return the different patterns of Gaussian units, which may miss thin cones.

    Parameters
    ----------
    X : array_like, shape (m, d)
        Samples.
    draws : int
        Number of units drawn, at least 1.
    rng : numpy.random.Generator
        The source of the units; the patterns of fewer draws are among those of more.

    Returns
    -------
    ndarray of bool, shape (P, m), P <= draws

    Raises
    ------
    ValueError
        If X is empty, no matrix, or not finite, or if `draws` is less than 1.
    """
    X = finite_matrix(X, "X")
    draws = whole_number(draws, "draws", 1)
    scales = np.array([exponent(row) for row in X])  # of which the signs do not depend
    rows = shifted(X, -scales[:, None])
    patterns: Patterns = np.unique(rng.standard_normal((draws, X.shape[1])) @ rows.T >= 0, axis=0)
    return patterns


def _integers(X: Array) -> list[Vector]:
    """Return each row of X times a positive number that makes it integral."""
    rows = []
    for row in X:
        fractions = [float(x).as_integer_ratio() for x in row]
        scale = lcm(*(denominator for _, denominator in fractions))
        rows.append(tuple(a * (scale // b) for a, b in fractions))
    return rows


def _distinct(rows: list[Vector]) -> list[Vector]:
    """Return one primitive normal for each hyperplane, in the order of appearance."""
    normals: dict[Vector, None] = {}
    for row in rows:
        if any(row):
            x = _primitive(row)
            leading = next(entry for entry in x if entry)
            normals[x if leading > 0 else tuple(-entry for entry in x)] = None
    return list(normals)


def _chambers(normals: list[Vector], dimension: int) -> list[Vector]:
    """Return a point inside each open cone that distinct hyperplanes leave."""
    cones: dict[tuple[bool, ...], Vector] = {(): (0,) * dimension}
    for k, x in enumerate(normals):
        basis = _kernel(x)
        inner = _distinct([tuple(_dot(z, b) for b in basis) for z in normals[:k]])
        cut = {}
        for coordinates in _chambers(inner, dimension - 1):
            u = tuple(
                sum(c * b[j] for c, b in zip(coordinates, basis, strict=True))
                for j in range(dimension)
            )
            products = [_dot(z, u) for z in normals[:k]]
            # u lies on the new hyperplane: a step along its normal to either side, small enough to
            # cross no other.
            far = 1 + max(
                (abs(_dot(z, x)) // abs(p) for z, p in zip(normals, products, strict=False)),
                default=0,
            )
            cut[tuple(p > 0 for p in products)] = [
                _primitive(tuple(far * a + side * b for a, b in zip(u, x, strict=True)))
                for side in (1, -1)
            ]
        grown = {}
        for signs, u in cones.items():
            if signs in cut:
                above, below = cut[signs]
                grown[(*signs, True)], grown[(*signs, False)] = above, below
            else:
                grown[(*signs, _dot(x, u) > 0)] = u
        cones = grown
    return list(cones.values())


def _kernel(x: Vector) -> list[Vector]:
    """Return an integer basis of the hyperplane with normal x."""
    p = next(i for i, entry in enumerate(x) if entry)
    basis = []
    for j in range(len(x)):
        if j != p:
            b = [0] * len(x)
            b[j], b[p] = x[p], -x[j]
            basis.append(_primitive(tuple(b)))
    return basis


def _primitive(x: Vector) -> Vector:
    """Divide by the greatest common divisor."""
    divisor = gcd(*x)
    return tuple(entry // divisor for entry in x)


def _dot(x: Vector, z: Vector) -> int:
    return sum(a * b for a, b in zip(x, z, strict=True))
