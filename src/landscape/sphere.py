"""Points on the unit sphere, one a row: drawn at random, or scaled from any rows."""

import numpy as np
from numpy.typing import ArrayLike

from landscape.arrays import Array, finite_matrix, in_range, shifted, whole_number


def unit_rows(values: ArrayLike, name: str, columns: int | None = None) -> tuple[Array, Array]:
    """Scale each row to length one.

    Parameters
    ----------
    values : array_like, shape (n, d)
        Rows of any positive norm; no square overflows or underflows on the way.
    name : str
        The caller's name of the argument, with which an error message begins.
    columns : int, optional
        The number of columns that the matrix must have.

    Returns
    -------
    units : ndarray, shape (n, d)
        The rows divided by their norms.
    norms : ndarray, shape (n,)
        The Euclidean norms of the rows.

    Raises
    ------
    ValueError
        If `values` is not a non-empty finite matrix with that many columns, or has a zero row or
        one whose norm exceeds float64's range.
    """
    matrix = finite_matrix(values, name, columns)
    largest = np.abs(matrix).max(axis=1)
    if not largest.all():
        raise ValueError(f"{name}: row {int(np.argmin(largest))} is zero and has no direction")
    # Division by a power of two is exact, so rows that differ by one have identical units.
    exponents = np.frexp(largest)[1]
    units = np.ldexp(matrix, -exponents[:, None])
    norms = np.linalg.norm(units, axis=1)
    units /= norms[:, None]
    norms = shifted(norms, exponents)
    in_range(name, norms)
    return units, norms


def uniform(rng: np.random.Generator, m: int, d: int) -> Array:
    """Draw m independent points, uniform on the sphere S^{d-1}.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream to draw from.
    m : int
        The number of points, at least 1.
    d : int
        The dimension of the space around the sphere, at least 1.

    Returns
    -------
    ndarray, shape (m, d)
        Rows of unit norm.

    Raises
    ------
    ValueError
        If `m` or `d` is less than 1.
    """
    m, d = whole_number(m, "m", 1), whole_number(d, "d", 1)
    return unit_rows(rng.standard_normal((m, d)), "the normal draw")[0]


def uniform_positive_orthant(rng: np.random.Generator, m: int, d: int) -> Array:
    """Draw m independent points, uniform on the part of S^{d-1} without negative coordinates.

    Parameters, returned value and errors are those of `uniform`. The inputs of Table 2 in the
    supplement of Xie, Liang & Song 2017 are such points.
    """
    return np.abs(uniform(rng, m, d))
