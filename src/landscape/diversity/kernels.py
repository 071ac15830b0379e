"""Kernels on the sphere that belong to ReLU units, and their spectra.

A zonal kernel depends on two unit vectors through their cosine alone, so its eigenfunctions are the
spherical harmonics, with one eigenvalue a degree. Equation and theorem numbers are those of Xie,
Liang & Song, "Diverse Neural Network Learns True Target Functions", AISTATS 2017, and of its
supplement (letters). Expectations and eigenvalues are over the uniform probability measure on the
sphere S^{d-1}, d >= 2.
"""

from collections.abc import Callable, Iterator
from itertools import count as count_from
from itertools import takewhile
from math import comb, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import polygamma

from landscape.arrays import Array, real_array, whole_number


def slice_kernel(cosines: ArrayLike) -> Array:
    """Return k = (π - arccos t) / 2π, the area of the slice of two inputs at cosine t (Theorem 8).

    It is also the expectation of the slices' indicators: k(u, v) = P(<w, u> >= 0, <w, v> >= 0).

    Parameters
    ----------
    cosines : array_like
        Cosines t of any shape; up to 1e-8 outside [-1, 1] is taken for roundoff.

    Returns
    -------
    ndarray
        Values from 0 at t = -1 to 1/2 at t = 1, in the shape of `cosines`. Near t = ±1 an error ε
        of the cosine becomes an error of sqrt(2 ε) / 2π.

    Raises
    ------
    ValueError
        If a cosine is NaN or outside [-1, 1].
    """
    kernel = _clipped(cosines)
    np.arcsin(kernel, out=kernel)
    kernel /= 2.0 * pi
    kernel += 0.25
    return kernel


def feature_kernel(cosines: ArrayLike) -> Array:
    """Return g = t k(t), the expected inner product of two extended features (equation 9).

    Parameters and errors are those of `slice_kernel`.

    Returns
    -------
    ndarray
        Values from 0 at t = ±0 and t = -1 to 1/2 at t = 1, in the shape of `cosines`.
    """
    return _clipped(cosines) * slice_kernel(cosines)


def arc_cosine_kernel(order: int, angles: ArrayLike) -> Array:
    """Return the arc-cosine kernel J_0, J_1 or J_2, without a factor 1/2π (Section F.2).

    The activation max(u, 0)^t has the feature kernel J_{t-1}(θ) cos θ / 2π.

    Parameters
    ----------
    order : int
        0, 1 or 2.
    angles : array_like
        Angles θ in [0, π], of any shape.

    Returns
    -------
    ndarray
        The kernel in the shape of `angles`.

    Raises
    ------
    ValueError
        If `order` is another number, or an angle is NaN or outside [0, π].
    """
    theta = real_array(angles, "angles", (...,))
    if not ((theta >= 0.0) & (theta <= pi)).all():
        raise ValueError("angles: expected numbers from 0 to pi")
    match order:
        case 0:
            return pi - theta
        case 1:
            return np.sin(theta) + (pi - theta) * np.cos(theta)
        case 2:
            cosine = np.cos(theta)
            return 3.0 * np.sin(theta) * cosine + (pi - theta) * (1.0 + 2.0 * cosine**2)
        case _:
            raise ValueError(f"order: expected 0, 1 or 2, got {order}")


def sphere_area_ratio(d: int) -> float:
    """Return c_d = |S^{d-2}| / |S^{d-1}|, the factor in front of equation (32).

    Raises
    ------
    ValueError
        If `d` is less than 2.
    """
    d = whole_number(d, "d", 2)
    # c_2 = 1/π, c_3 = 1/2 and c_{k+2} = c_k k / (k-1): a product of ratios keeps full accuracy,
    # where a difference of log-gamma functions loses four digits at d = 1500.
    k = np.arange(2 + d % 2, d, 2, dtype=np.float64)
    return float(np.prod(k / (k - 1.0))) * (0.5 if d % 2 else 1.0 / pi)


def harmonic_dimension(d: int, degree: int) -> int:
    """Return N(d, degree), the exact number of independent spherical harmonics of a degree.

    Raises
    ------
    ValueError
        If `d` is less than 2 or `degree` is negative.
    """
    d, degree = whole_number(d, "d", 2), whole_number(degree, "degree", 0)
    if degree == 0:
        return 1
    return (2 * degree + d - 2) * comb(degree + d - 3, degree - 1) // degree


def zonal_eigenvalue(kernel: Callable[[Array], Array], d: int, degree: int) -> float:
    """Return an eigenvalue of a zonal kernel by Gauss quadrature (equation 32).

    The eigenvalue belongs to the integral operator over the uniform probability measure on the
    sphere, and has multiplicity ``harmonic_dimension(d, degree)``. Divide by
    ``sphere_area_ratio(d)`` for the integral without the factor in front.

    Parameters
    ----------
    kernel : callable
        The kernel as a function of an array of cosines. It must be a smooth function of the
        *angle*, as the arc-cosine kernels are; a step needs another method.
    d : int
        The dimension of the space around the sphere, at least 2.
    degree : int
        The degree of the spherical harmonics, at least 0.

    Returns
    -------
    float
        The eigenvalue, with an error below 1e-12 times the largest eigenvalue.

    Raises
    ------
    ValueError
        If `d` is less than 2 or `degree` is negative.
    """
    d, degree = whole_number(d, "d", 2), whole_number(degree, "degree", 0)
    # In the angle the integrand has no root singularity at the poles. It is a bump of width
    # 1/sqrt(d) times an oscillation of that degree, and the number of nodes follows both.
    nodes, weights = np.polynomial.legendre.leggauss(128 + 10 * round(sqrt(d)) + 2 * degree)
    angles = 0.5 * pi * (nodes + 1.0)
    t = np.cos(angles)
    previous, legendre = np.zeros_like(t), np.ones_like(t)
    for k in range(degree):
        step = t if k == 0 else ((2 * k + d - 2) * t * legendre - k * previous) / (k + d - 2)
        previous, legendre = legendre, step
    density = sphere_area_ratio(d) * np.sin(angles) ** (d - 2)
    return float(0.5 * pi * np.sum(weights * kernel(t) * legendre * density))


class Harmonic(NamedTuple):
    """The eigenvalue that a zonal kernel has on the spherical harmonics of one degree."""

    degree: int
    eigenvalue: float
    multiplicity: int


def kernel_spectrum(d: int, max_degree: int) -> list[Harmonic]:
    """Return the eigenvalue of the feature kernel g on every degree up to `max_degree`.

    Parameters
    ----------
    d : int
        The dimension of the space around the sphere, at least 2.
    max_degree : int
        The last degree, at least 0.

    Returns
    -------
    list of Harmonic
        Degree, eigenvalue (over the uniform probability measure) and exact multiplicity. Odd
        degrees from 3 have eigenvalue 0. Eigenvalues below 1e-308 come out as 0.

    Raises
    ------
    ValueError
        If `d` is less than 2 or `max_degree` is negative.

    Notes
    -----
    The eigenvalues are exact up to rounding. The hemisphere indicator has the zonal coefficients
    a_0 = 1/2, a_1 = c_d / (d-1), a_{k+2} = -a_k k / (d+k) for odd k, and 0 for even k; those of
    `slice_kernel` are a_k²; and multiplication by the cosine mixes neighbouring degrees as in the
    three-term recurrence of the Legendre polynomials, with weights k and k+d-2 over 2k+d-2.
    """
    d, max_degree = whole_number(d, "d", 2), whole_number(max_degree, "max_degree", 0)
    last = max(max_degree, 1)
    positive = takewhile(lambda harmonic: harmonic.degree <= last, _positive_harmonics(d))
    eigenvalues = {harmonic.degree: harmonic.eigenvalue for harmonic in positive}
    return [
        Harmonic(degree, eigenvalues.get(degree, 0.0), harmonic_dimension(d, degree))
        for degree in range(max_degree + 1)
    ]


def kernel_eigenvalues(d: int, count: int) -> Array:
    """Return the largest eigenvalues γ_1 >= γ_2 >= … of the feature kernel g.

    Parameters
    ----------
    d : int
        The dimension of the space around the sphere, at least 2.
    count : int
        How many eigenvalues, at least 1.

    Returns
    -------
    ndarray, shape (count,)
        In descending order, each as often as its multiplicity: degree 1 (1/4d, d times), degree 0
        (once), then degrees 2, 4, 6, …

    Raises
    ------
    ValueError
        If `d` is less than 2 or `count` is less than 1.
    """
    d, count = whole_number(d, "d", 2), whole_number(count, "count", 1)
    eigenvalues: list[float] = []
    repeats: list[int] = []
    missing = count
    for _, eigenvalue, multiplicity in _positive_harmonics(d):
        eigenvalues.append(eigenvalue)
        repeats.append(min(multiplicity, missing))
        missing -= repeats[-1]
        if missing == 0:
            break
    return np.repeat(np.array(eigenvalues), repeats)


def mean_square_slice_kernel(d: int) -> float:
    """Return E[k(u, v)²] = 1/16 + ψ₁(d/2) / 8π² for independent uniform directions u and v.

    It is the constant in Theorem 8, which the paper leaves as an expectation. With
    φ = arcsin <u, v> it is E[(1/4 + φ/2π)²]; φ has mean 0 and variance ψ₁(d/2) / 2, where ψ₁ is
    the trigamma function.

    Raises
    ------
    ValueError
        If `d` is less than 2.
    """
    d = whole_number(d, "d", 2)
    return float(1.0 / 16.0 + polygamma(1, d / 2) / (8.0 * pi**2))


def _positive_harmonics(d: int) -> Iterator[Harmonic]:
    """Yield the degrees on which the feature kernel is positive, by falling eigenvalue, endlessly.

    That is the order 1, 0, 2, 4, …: the mixed coefficients of slice_kernel fall with the degree.
    """
    odd = sphere_area_ratio(d) / (d - 1)  # a_k of the hemisphere, for the last odd degree k so far
    yield Harmonic(1, 1.0 / (4 * d), d)
    yield Harmonic(0, odd**2, 1)
    for degree in count_from(2, 2):
        lower, odd = odd**2, -odd * (degree - 1) / (d + degree - 1)
        mixed = degree * lower + (degree + d - 2) * odd**2
        yield Harmonic(degree, mixed / (2 * degree + d - 2), harmonic_dimension(d, degree))


def _clipped(values: ArrayLike) -> Array:
    """Return checked cosines as a new array."""
    cosines: Array = real_array(values, "cosines", (...,)).copy()
    if not (np.abs(cosines) <= 1.0 + 1e-8).all():
        raise ValueError("cosines: expected numbers from -1 to 1")
    np.clip(cosines, -1.0, 1.0, out=cosines)
    return cosines
