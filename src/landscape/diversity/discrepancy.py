"""Diversity of the units of a ReLU layer: discrepancy, regulariser, and the bound made of them.

The rows of W (n, d) are units, and only their directions count. Equation and theorem numbers are
those of Xie, Liang & Song, "Diverse Neural Network Learns True Target Functions", AISTATS 2017.

The slice of two inputs x and y holds the directions w with <w, x> >= 0 and <w, y> >= 0. The
discrepancy of W on a slice is the share of the units inside it minus its area, which is
`slice_kernel` at the cosine of x and y. The spectrum of the ideal kernel, which the diversity of
the units is measured against, is in `landscape.diversity.kernels`.
"""

from dataclasses import dataclass
from math import log, pi, sqrt

import numpy as np
import scipy.optimize

from landscape.arrays import Array, real_number, refuses_extremes, whole_number
from landscape.diversity.kernels import mean_square_slice_kernel, slice_kernel
from landscape.sphere import unit_rows

# Cosines have an absolute error near 1e-16, so 1 - cosine has a relative error of 1e-10 here.
NEARLY_PARALLEL = 1.0 - 1e-6


@refuses_extremes("W")
def l2_discrepancy_squared(W: Array) -> float:
    """Return L_2(W)², the mean square discrepancy over slices (equation 14), by Theorem 8.

    Parameters
    ----------
    W : ndarray, shape (n, d)
        Units of any positive norm; d >= 2.

    Returns
    -------
    float
        The mean of k(w_i, w_j)² over all pairs, i = j included, minus `mean_square_slice_kernel`.
        The absolute error is about 1e-16, except that a pair of units at a small angle θ adds
        1e-16 / θ, and a parallel pair 1e-8, to the error of the mean.

    Raises
    ------
    ValueError
        If `W` is not a non-empty finite matrix with d >= 2 columns, or has a zero row.
    """
    units, _ = _units(W)
    kernel = slice_kernel(_gram_of_units(units))
    return float(np.vdot(kernel, kernel) / kernel.size) - mean_square_slice_kernel(units.shape[1])


def expected_l2_discrepancy_squared(n: int, d: int) -> float:
    """Return E[L_2(W)²] for n independent uniform units in dimension d, (1/4 - E[k²]) / n.

    Raises
    ------
    ValueError
        If `n` is less than 1 or `d` is less than 2.
    """
    n = whole_number(n, "n", 1)
    return (0.25 - mean_square_slice_kernel(d)) / n


@refuses_extremes("W, X")
def linf_discrepancy_lower_bound(W: Array, X: Array) -> float:
    """Return the largest absolute discrepancy over the slices of all pairs of given inputs.

    It bounds L_∞(W) of equation (13), the supremum over all slices, from below. Half-spaces, the
    slices of an input with itself, are among the pairs.

    Parameters
    ----------
    W : ndarray, shape (n, d)
        Units of any positive norm; d >= 2.
    X : ndarray, shape (m, d)
        Inputs of any positive norm.

    Raises
    ------
    ValueError
        If a matrix is empty, not finite, has a zero row or another number of columns.
    """
    units, _ = _units(W)
    inputs, _ = unit_rows(X, "X", columns=units.shape[1])
    inside = (inputs @ units.T >= 0.0).astype(np.float64)
    discrepancy: Array = inside @ inside.T
    discrepancy /= units.shape[0]
    discrepancy -= slice_kernel(_gram_of_units(inputs))
    return float(np.abs(discrepancy, out=discrepancy).max())


@refuses_extremes("W")
def discrepancy_regulariser(W: Array) -> tuple[float, Array]:
    """Return the regulariser R(W) of equation (28) and its gradient.

    R is the mean of k(w_i, w_j)² over ordered pairs i ≠ j, so that
    L_2² = R (n-1)/n + 1/4n - E[k²].

    Parameters
    ----------
    W : ndarray, shape (n, d)
        Units of any positive norm; n >= 2 and d >= 2.

    Returns
    -------
    value : float
        R, between 0 and 1/4.
    gradient : ndarray, shape (n, d)
        Each row is orthogonal to its unit and scales inversely with the unit's norm.

    Raises
    ------
    ValueError
        If `W` is not a finite matrix with n >= 2 rows and d >= 2 columns, or has a zero row.

    Notes
    -----
    A pair at angle θ contributes to the gradient for w_i the unit vector tangent to the sphere at
    w_i that points to w_j, times 4 k / (2π n (n-1) ||w_i||). This stays bounded as the units
    approach each other, but the direction has no limit: pairs that are parallel to rounding
    contribute 0. For antipodal pairs k, and so the contribution, is 0.
    """
    units, norms = _units(W)
    n = units.shape[0]
    if n < 2:
        raise ValueError(f"W: expected at least 2 rows, got {n}")
    cosines = _gram_of_units(units)
    kernel = slice_kernel(cosines)
    np.fill_diagonal(kernel, 0.0)
    value = float(np.vdot(kernel, kernel)) / (n * (n - 1))

    near = cosines > NEARLY_PARALLEL
    sines = np.sqrt(1.0 - cosines**2)
    sines[sines == 0.0] = 1.0
    pull = np.where(near, 0.0, kernel) / sines
    # The tangent vector from w_i towards w_j is w_j - <w_i, w_j> w_i, of length sin θ.
    gradient: Array = pull @ units - np.einsum("ij,ij->i", pull, cosines)[:, None] * units
    # Nearly parallel pairs would lose their digits in 1 - cosine², and so go through differences.
    # Near the opposite direction k vanishes with the sine, and nothing is lost.
    for i in np.flatnonzero(near.sum(axis=1) > 1):
        chords = units[near[i]] - units[i]
        tangents = chords - np.outer(chords @ units[i], units[i])
        lengths = np.linalg.norm(tangents, axis=1)
        distinct = lengths > 4.0 * np.finfo(np.float64).eps
        gradient[i] += (kernel[i, near[i]][distinct] / lengths[distinct]) @ tangents[distinct]
    gradient *= (2.0 / (pi * n * (n - 1))) / norms[:, None]
    return value, gradient


@refuses_extremes("W")
def minimise_regulariser(W: Array, max_iterations: int = 1000) -> Array:
    """Return units that minimise the regulariser R, found by L-BFGS from W (Figure 4).

    Parameters
    ----------
    W : ndarray, shape (n, d)
        The units to start from, of any positive norm; n >= 2 and d >= 2.
    max_iterations : int
        Where to stop at the latest, at least 1. After a few the units are part of the way.

    Returns
    -------
    ndarray, shape (n, d)
        Units of norm 1. For n <= d+1 the minimum is a regular simplex, all cosines -1/(n-1).

    Raises
    ------
    ValueError
        If `W` is not a finite matrix with n >= 2 rows and d >= 2 columns, or has a zero row, or
        if `max_iterations` is less than 1.
    """
    max_iterations = whole_number(max_iterations, "max_iterations", 1)
    start, _ = _units(W)
    n, d = start.shape

    def objective(flat: Array) -> tuple[float, Array]:
        value, gradient = discrepancy_regulariser(flat.reshape(n, d))
        return value, gradient.ravel()

    found = scipy.optimize.minimize(
        objective,
        start.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": max_iterations, "maxfun": 100 * max_iterations, "ftol": 0, "gtol": 0},
    )
    return _units(found.x.reshape(n, d))[0]


@dataclass(frozen=True)
class BoundTerms:
    """The four terms of ρ(W) in Lemma 5, in the order of the paper.

    Up to a constant, ρ bounds the distance ||G_n - G|| of the Gram matrix D^T D / n from its
    expectation over the units.
    """

    fluctuation: float
    fluctuation_range: float
    mean: float
    diagonal: float

    @property
    def total(self) -> float:
        """ρ(W), the sum of the four terms."""
        return self.fluctuation + self.fluctuation_range + self.mean + self.diagonal


@refuses_extremes("m, d, delta, l2, linf")
def bound_terms(m: int, d: int, delta: float, l2: float, linf: float) -> BoundTerms:
    """Return the four terms of ρ(W) in Lemma 5, with the constants as printed.

    The lemma states s_m(D)² >= n m γ_m / 2 - c n ρ(W) for an unspecified constant c; take c = 1.

    Parameters
    ----------
    m : int
        The number of samples, at least 1.
    d : int
        The dimension of the inputs, at least 2.
    delta : float
        The probability δ of failure, between 0 and 1.
    l2, linf : float
        The discrepancies L_2(W), not squared, and L_∞(W); at least 0.

    Raises
    ------
    ValueError
        If an argument is outside its range.
    """
    m, d, delta = whole_number(m, "m", 1), whole_number(d, "d", 2), real_number(delta, "delta")
    l2, linf = real_number(l2, "l2", least=0), real_number(linf, "linf", least=0)
    if not 0.0 < delta < 1.0:
        raise ValueError(f"delta: expected a number between 0 and 1, got {delta}")
    largest_product = log(d) / sqrt(d)  # bounds |<x_i, x_j>| over all pairs, with high probability
    tail = log(1.0 / delta)
    return BoundTerms(
        fluctuation=largest_product * m * sqrt(linf * l2) * (4.0 / m * tail) ** 0.25,
        fluctuation_range=largest_product * m * linf * sqrt(4.0 / (3.0 * m) * tail),
        mean=largest_product * m * l2,
        diagonal=linf,
    )


def _units(W: Array) -> tuple[Array, Array]:
    units, norms = unit_rows(W, "W")
    if units.shape[1] < 2:
        raise ValueError(f"W: expected at least 2 columns, got {units.shape[1]}")
    return units, norms


def _gram_of_units(units: Array) -> Array:
    cosines: Array = units @ units.T
    np.clip(cosines, -1.0, 1.0, out=cosines)
    np.fill_diagonal(cosines, 1.0)
    return cosines
