"""Points on the sphere: distribution, scaling at all magnitudes, and refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from landscape import sphere
from landscape.seeds import generator

EPS = np.finfo(np.float64).eps


@pytest.mark.parametrize("draw", [sphere.uniform, sphere.uniform_positive_orthant])
@pytest.mark.parametrize(("m", "d"), [(1, 1), (7, 2), (50, 100)])
def test_rows_have_norm_one_and_follow_the_seed(draw, m, d):
    points = draw(generator(0, "points"), m, d)
    assert points.shape == (m, d)
    # A norm of d rounded squares is off by at most about d/2 units in the last place.
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1.0, rtol=(2 + d / 2) * EPS)
    np.testing.assert_array_equal(points, draw(generator(0, "points"), m, d))
    assert not np.array_equal(points, draw(generator(1, "points"), m, d)) or d == 1


def test_coordinates_on_the_sphere_in_three_dimensions_are_uniform():
    """Archimedes: each coordinate of a uniform point on S² is uniform on [-1, 1]."""
    points = sphere.uniform(generator(0, "archimedes"), 20_000, 3)
    for coordinate in points.T:
        assert kstest(coordinate, "uniform", args=(-1, 2)).pvalue > 1e-3


def test_moments_of_the_positive_orthant():
    """On the circle the quarter arc has E[x] = 2/π and E[x y] = 1/π."""
    x, y = sphere.uniform_positive_orthant(generator(0, "orthant"), 40_000, 2).T
    assert min(x.min(), y.min()) >= 0.0
    for sample, expected in ((x, 2 / np.pi), (x * y, 1 / np.pi)):
        z = (sample.mean() - expected) / (sample.std() / np.sqrt(sample.size))
        assert abs(z) < 4


@settings(deadline=None)
@given(st.integers(-1000, 1000), st.integers(0, 2**32 - 1))
def test_units_do_not_depend_on_a_power_of_two(exponent, seed):
    rows = np.random.default_rng(seed).uniform(0.5, 1.0, (3, 4))
    units, norms = sphere.unit_rows(rows, "W")
    scaled_units, scaled_norms = sphere.unit_rows(np.ldexp(rows, exponent), "W")
    np.testing.assert_array_equal(scaled_units, units)
    np.testing.assert_array_equal(scaled_norms, np.ldexp(norms, exponent))


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1e-200, 1e200, 1e308])
def test_unit_rows_survive_the_ends_of_the_range(scale):
    units, _ = sphere.unit_rows(np.array([[scale, 0.0], [-scale, scale]]), "W")
    np.testing.assert_allclose(units, [[1.0, 0.0], [-np.sqrt(0.5), np.sqrt(0.5)]], rtol=2 * EPS)


def test_unit_rows_keep_their_argument():
    rows = np.array([[3.0, 4.0]])
    units, norms = sphere.unit_rows(rows, "W")
    np.testing.assert_array_equal(rows, [[3.0, 4.0]])
    np.testing.assert_allclose(units, [[0.6, 0.8]], rtol=EPS)
    assert norms.tolist() == [5.0]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ([1.0, 2.0], r"^W: expected a non-empty matrix, got shape \(2,\)"),
        (3.0, r"^W: expected a non-empty matrix, got shape \(\)"),
        (np.empty((0, 3)), r"^W: expected a non-empty matrix, got shape \(0, 3\)"),
        (np.ones((2, 2, 2)), r"^W: expected a non-empty matrix"),
        ([[1.0, np.nan]], "^W: expected finite numbers"),
        ([[1.0, np.inf]], "^W: expected finite numbers"),
        ([[1.0, 2.0], [0.0, 0.0]], "^W: row 1 is zero"),
        ([[1.0, 2.0, 3.0]], "^W: expected 2 columns, got 3"),
    ],
)
def test_unit_rows_refuse(values, complaint):
    with pytest.raises(ValueError, match=complaint):
        sphere.unit_rows(values, "W", columns=2)


@pytest.mark.parametrize(("m", "d", "name"), [(0, 3, "m"), (3, 0, "d"), (-1, 3, "m")])
def test_uniform_refuses(m, d, name):
    with pytest.raises(ValueError, match=f"^{name}: expected at least 1"):
        sphere.uniform(generator(0), m, d)
