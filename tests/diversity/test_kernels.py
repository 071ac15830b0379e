"""Kernels and their spectra against quadrature, Monte Carlo, Fourier series and exact counts."""

from math import comb, factorial, gamma, pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import eval_gegenbauer

from landscape import sphere
from landscape.diversity import kernels
from landscape.seeds import generator

EPS = np.finfo(np.float64).eps


def legendre(d, degree, t):
    """Return P_{degree,d}(t), scaled to 1 at t = 1; for d > 2 a Gegenbauer polynomial."""
    if d == 2:
        return np.cos(degree * np.arccos(t))
    return eval_gegenbauer(degree, d / 2 - 1, t) / eval_gegenbauer(degree, d / 2 - 1, 1.0)


def test_slice_kernel_at_known_cosines():
    np.testing.assert_array_equal(kernels.slice_kernel([-1.0, 0.0, 1.0]), [0.0, 0.25, 0.5])
    # arccos(1/2) = π/3.
    np.testing.assert_allclose(kernels.slice_kernel([0.5, -0.5]), [1 / 3, 1 / 6], rtol=4 * EPS)
    assert kernels.slice_kernel(0.0) == 0.25
    assert kernels.slice_kernel(np.zeros((2, 3, 4))).shape == (2, 3, 4)


@pytest.mark.parametrize("cosine", [-0.9, -0.2, 0.0, 0.7])
def test_kernels_are_expectations_over_units(cosine):
    x, y = np.array([1.0, 0.0, 0.0]), np.array([cosine, sqrt(1 - cosine**2), 0.0])
    units = sphere.uniform(generator(0, "kernels", repr(cosine)), 100_000, 3)
    inside = (units @ x >= 0) & (units @ y >= 0)
    error = inside.mean() - kernels.slice_kernel(cosine)
    assert abs(error) < 4 * inside.std() / sqrt(inside.size)
    assert kernels.feature_kernel(cosine) == cosine * kernels.slice_kernel(cosine)


def test_kernels_leave_their_argument_alone_and_forgive_rounding():
    cosines = np.array([1.0 + 4 * EPS, -1.0 - 4 * EPS])
    np.testing.assert_array_equal(kernels.slice_kernel(cosines), [0.5, 0.0])
    np.testing.assert_array_equal(kernels.feature_kernel(cosines), [0.5, 0.0])
    np.testing.assert_array_equal(cosines, [1.0 + 4 * EPS, -1.0 - 4 * EPS])


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("angle", [0.0, 0.4, pi / 2, 2.9, pi])
def test_arc_cosine_kernels_are_gaussian_expectations(order, angle):
    """J_t = 2π E[1[u>0] 1[v>0] (u v)^t], u and v normal at that angle, in polar coordinates."""
    integral, _ = quad(
        lambda phi: (np.cos(phi) * np.cos(phi - angle)) ** order,
        angle - pi / 2,
        pi / 2,
        epsabs=1e-12,
    )
    expected = 2**order * factorial(order) * integral  # E[radius^(2t)] = 2^t t!
    measured = kernels.arc_cosine_kernel(order, angle)
    assert measured == pytest.approx(expected, rel=0, abs=1e-12)


@pytest.mark.parametrize("d", [2, 3, 4, 5, 15, 50, 100, 301])
def test_sphere_area_ratio_is_that_of_gamma_functions(d):
    expected = gamma(d / 2) / (sqrt(pi) * gamma((d - 1) / 2))
    assert kernels.sphere_area_ratio(d) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("d", [784, 1500])
def test_sphere_area_ratio_makes_the_density_of_a_cosine(d):
    width = 40 / sqrt(d)  # The density beyond is below exp(-700).
    total, _ = quad(lambda phi: np.cos(phi) ** (d - 2), -width, width, epsrel=1e-13)
    assert kernels.sphere_area_ratio(d) * total == pytest.approx(1.0, rel=1e-13)


@settings(deadline=None)
@given(st.integers(2, 200), st.integers(0, 60))
def test_harmonic_dimension_counts_polynomials(d, degree):
    """Harmonics are homogeneous polynomials modulo those that |x|² divides."""
    divisible = comb(degree + d - 3, d - 1) if degree >= 2 else 0
    assert kernels.harmonic_dimension(d, degree) == comb(degree + d - 1, d - 1) - divisible


def test_harmonic_dimension_at_known_sizes():
    assert [kernels.harmonic_dimension(15, k) for k in (0, 1, 2, 3, 4)] == [1, 15, 119, 665, 2940]
    assert [kernels.harmonic_dimension(100, k) for k in (2, 4)] == [5049, 4416225]
    assert kernels.harmonic_dimension(1500, 2) == 1125749


@pytest.mark.parametrize(("d", "degree"), [(2, 0), (2, 3), (3, 1), (5, 4), (15, 2), (50, 1)])
def test_zonal_eigenvalue_against_adaptive_quadrature(d, degree):
    def integrand(t):
        return np.exp(t) * legendre(d, degree, t) * (1 - t * t) ** ((d - 3) / 2)

    if d == 2:  # The weight has roots in the denominator, which this rule takes out.
        integral, _ = quad(
            lambda t: np.exp(t) * legendre(d, degree, t), -1, 1, weight="alg", wvar=(-0.5, -0.5)
        )
    else:
        integral, _ = quad(integrand, -1, 1, epsabs=1e-13)
    measured = kernels.zonal_eigenvalue(np.exp, d, degree)
    assert measured / kernels.sphere_area_ratio(d) == pytest.approx(integral, rel=0, abs=1e-12)


@pytest.mark.parametrize("d", [2, 3, 5, 15, 50, 100, 1500])
def test_spectrum_agrees_with_quadrature(d):
    for degree, eigenvalue, multiplicity in kernels.kernel_spectrum(d, 9):
        expected = kernels.zonal_eigenvalue(kernels.feature_kernel, d, degree)
        assert eigenvalue == pytest.approx(expected, rel=0, abs=1e-12 / (4 * d))
        assert multiplicity == kernels.harmonic_dimension(d, degree)
        assert (eigenvalue > 0) == (degree <= 2 or degree % 2 == 0)


@pytest.mark.parametrize(
    ("d", "values"),
    [
        (15, (1.0970e-2, 1.6667e-2, 1.3284e-3, 9.1255e-6)),
        (50, (3.2151e-3, 5.0e-3, 1.2485e-4, 9.197e-8)),
        (100, (1.5995e-3, 2.5e-3, 3.1517e-5, 6.045e-9)),
        (1500, (1.0614e-4, 1.6667e-4, 1.4138e-7, 1.253e-13)),
    ],
)
def test_spectrum_at_known_values(d, values):
    spectrum = kernels.kernel_spectrum(d, 4)
    for degree, value in zip((0, 1, 2, 4), values, strict=True):
        # The last of four or five printed digits.
        assert spectrum[degree].eigenvalue == pytest.approx(value, rel=1e-4)


def test_spectrum_on_the_circle_is_the_fourier_series():
    count = 2**14
    values = kernels.feature_kernel(np.cos(2 * pi * np.arange(count) / count))
    coefficients = np.fft.rfft(values).real / count
    for degree, eigenvalue, _ in kernels.kernel_spectrum(2, 12):
        # Sampling folds the coefficients 1/(π k)² from k >= count onto the low degrees.
        assert eigenvalue == pytest.approx(coefficients[degree], rel=0, abs=1 / count**2)


@pytest.mark.parametrize("d", [2, 3, 5, 8])
def test_trace_is_the_kernel_on_the_diagonal(d):
    """Σ N μ = g(1) = 1/2; the rest after degree K falls as 1/K, which extrapolation removes."""
    spectrum = kernels.kernel_spectrum(d, 4000)
    terms = np.array([float(h.multiplicity) * h.eigenvalue for h in spectrum])
    half, whole = terms[:2001].sum(), terms.sum()
    assert half < whole < 0.5
    assert 2 * whole - half == pytest.approx(0.5, rel=0, abs=2e-7)


@pytest.mark.parametrize("d", [3, 6, 20])
def test_spectrum_rebuilds_the_kernel(d):
    t = np.array([-0.8, -0.3, 0.1, 0.6])
    rebuilt = sum(
        float(h.multiplicity) * h.eigenvalue * legendre(d, h.degree, t)
        for h in kernels.kernel_spectrum(d, 400)
    )
    np.testing.assert_allclose(rebuilt, kernels.feature_kernel(t), rtol=0, atol=1e-5)


def test_spectrum_stops_at_the_last_degree():
    spectrum = kernels.kernel_spectrum(5, 3)
    assert [harmonic.degree for harmonic in spectrum] == [0, 1, 2, 3]
    for last in range(3):
        assert kernels.kernel_spectrum(5, last) == spectrum[: last + 1]


def test_eigenvalues_far_out_vanish_without_overflow():
    last = kernels.kernel_spectrum(1500, 1000)[-1]
    assert last.eigenvalue == 0.0
    assert last.multiplicity == comb(2499, 1499) - comb(2497, 1499)


@settings(deadline=None)
@given(st.integers(2, 60), st.integers(1, 400))
def test_kernel_eigenvalues_are_the_sorted_spectrum(d, count):
    expanded = sorted(
        (
            harmonic.eigenvalue
            for harmonic in kernels.kernel_spectrum(d, 2 * count if d == 2 else 60)
            for _ in range(min(harmonic.multiplicity, count))
        ),
        reverse=True,
    )
    measured = kernels.kernel_eigenvalues(d, count)
    assert measured.dtype == np.float64
    np.testing.assert_array_equal(measured, expanded[:count])


def test_kernel_eigenvalues_at_the_size_of_figure_1():
    gamma_m = kernels.kernel_eigenvalues(1500, 3_000_000)
    assert gamma_m.shape == (3_000_000,)
    assert np.all(np.diff(gamma_m) <= 0)
    (ends,) = np.nonzero(np.diff(gamma_m))
    assert (ends + 1).tolist() == [1500, 1501, 1500 + 1 + 1125749]
    np.testing.assert_array_equal(gamma_m[:1500], 1 / 6000)
    assert np.max(np.arange(1, gamma_m.size + 1) * gamma_m) == pytest.approx(0.25, rel=4 * EPS)


def test_eigenvalues_of_the_kernel_that_figure_2_shows():
    """The squared ReLU in 15 dimensions, without the factor 1/2π."""
    expected = (0.10472, 0.072694, 0.012320, 6.4816e-4, 0.0, 2.929e-6)
    for degree, value in enumerate(expected):
        measured = kernels.zonal_eigenvalue(
            lambda t: kernels.arc_cosine_kernel(1, np.arccos(t)) * t, 15, degree
        )
        assert measured == pytest.approx(value, rel=2e-4, abs=1e-14)


@pytest.mark.parametrize("d", [2, 3, 5, 10, 15, 50, 100, 784, 1500])
def test_mean_square_slice_kernel_against_quadrature(d):
    expected = kernels.zonal_eigenvalue(lambda t: kernels.slice_kernel(t) ** 2, d, 0)
    assert kernels.mean_square_slice_kernel(d) == pytest.approx(expected, rel=1e-12)


def test_mean_square_slice_kernel_in_the_plane():
    # The angle is uniform on [0, π], so k is uniform on [0, 1/2].
    assert kernels.mean_square_slice_kernel(2) == pytest.approx(1 / 12, rel=4 * EPS)


@pytest.mark.parametrize("value", [np.nan, 1.1, -1.1, np.inf, [0.0, np.nan]])
@pytest.mark.parametrize("kernel", [kernels.slice_kernel, kernels.feature_kernel])
def test_cosine_kernels_refuse(kernel, value):
    with pytest.raises(ValueError, match=r"^cosines: expected"):
        kernel(value)


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: kernels.arc_cosine_kernel(3, 0.0), "^order"),
        (lambda: kernels.arc_cosine_kernel(1, -0.1), "^angles"),
        (lambda: kernels.arc_cosine_kernel(1, np.nan), "^angles"),
        (lambda: kernels.sphere_area_ratio(1), "^d"),
        (lambda: kernels.harmonic_dimension(1, 2), "^d:"),
        (lambda: kernels.harmonic_dimension(3, -1), "^degree"),
        (lambda: kernels.zonal_eigenvalue(np.cos, 1, 0), "^d:"),
        (lambda: kernels.zonal_eigenvalue(np.cos, 3, -1), "^degree"),
        (lambda: kernels.kernel_spectrum(1, 3), "^d"),
        (lambda: kernels.kernel_spectrum(3, -1), "^max_degree"),
        (lambda: kernels.kernel_eigenvalues(1, 3), "^d"),
        (lambda: kernels.kernel_eigenvalues(3, 0), "^count"),
        (lambda: kernels.mean_square_slice_kernel(1), "^d"),
    ],
)
def test_kernels_refuse(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()


@pytest.mark.parametrize("d", [3, 15, 100])
def test_m_times_its_eigenvalue_is_at_most_the_trace(d):
    """So γ_m = Ω(m^-β) with β < 1 can hold over a finite range of m only."""
    m = np.arange(1, 6001)
    assert (m * kernels.kernel_eigenvalues(d, m[-1])).max() <= 0.5
