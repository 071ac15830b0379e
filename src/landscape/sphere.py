"""Points on the unit sphere, one a row: drawn at random, or scaled from any rows."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def check_at_least(name: str, number: float, least: float) -> None:
    """Raise a ValueError that begins with `name` unless `number` is at least `least`."""
    if not number >= least:
        raise ValueError(f"{name}: expected at least {least}, got {number}")


def finite_matrix(values: ArrayLike, name: str, columns: int | None = None) -> Array:
    """Return `values` as a C-ordered float64 matrix after checking it.

    Parameters
    ----------
    values : array_like
        What the caller was given.
    name : str
        The caller's name of the argument, with which an error message begins.
    columns : int, optional
        The number of columns that the matrix must have.

    Raises
    ------
    ValueError
        If `values` is not a non-empty matrix of finite numbers with that many columns.
    """
    matrix = np.ascontiguousarray(values, dtype=np.float64)
    if np.ndim(values) != 2 or matrix.size == 0:
        raise ValueError(f"{name}: expected a non-empty matrix, got shape {np.shape(values)}")
    if columns is not None and matrix.shape[1] != columns:
        raise ValueError(f"{name}: expected {columns} columns, got {matrix.shape[1]}")
    if not np.isfinite(matrix).all():
        raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
    return matrix


def unit_rows(values: Array, name: str, columns: int | None = None) -> tuple[Array, Array]:
    """Scale each row to length one.

    Parameters
    ----------
    values : ndarray, shape (n, d)
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
        If `values` is not a non-empty finite matrix with that many columns, or has a zero row.
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
    return units, np.ldexp(norms, exponents)


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
    check_at_least("m", m, 1)
    check_at_least("d", d, 1)
    return unit_rows(rng.standard_normal((m, d)), "the normal draw")[0]


def uniform_positive_orthant(rng: np.random.Generator, m: int, d: int) -> Array:
    """Draw m independent points, uniform on the part of S^{d-1} without negative coordinates.

    Parameters, returned value and errors are those of `uniform`. The inputs of Table 2 in the
    supplement of Xie, Liang & Song 2017 are such points.
    """
    return np.abs(uniform(rng, m, d))
