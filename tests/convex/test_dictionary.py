"""Output weights of known units against general solvers, and exact bounds on a line."""

from fractions import Fraction

import cvxpy as cp
import numpy as np
import pytest

from landscape.convex.closed_forms import kink_features, solve_one_dimensional
from landscape.convex.dictionary import bound_on_line, fit_units


@pytest.mark.parametrize("beta", [None, 1e-3, 0.1, 1e3])
def test_weights_are_those_of_a_general_solver(beta):
    rng = np.random.default_rng(0)
    F, y = rng.standard_normal((6, 9)), 3 * rng.standard_normal(6)
    found = fit_units(F, y, beta)
    c = cp.Variable(9)
    if beta is None:
        problem = cp.Problem(cp.Minimize(cp.norm1(c)), [F @ c == y])
    else:
        problem = cp.Problem(cp.Minimize(0.5 * cp.sum_squares(F @ c - y) + beta * cp.norm1(c)))
    problem.solve(solver=cp.CLARABEL)
    assert found.value == pytest.approx(problem.value, rel=1e-6)
    assert np.count_nonzero(found.weights) <= 6
    assert np.abs(F.T @ found.dual_point).max() <= (beta or 1.0) * (1 + 1e-9)
    if beta is None:
        np.testing.assert_allclose(F @ found.weights, y, atol=1e-9)
        assert found.dual_point @ y == pytest.approx(found.value, rel=1e-9)


def test_what_no_weights_fit_has_an_infinite_value():
    F = np.array([[1.0], [0.0]])
    found = fit_units(F, np.array([0.0, 1.0]))
    assert found.value == np.inf
    assert not found.weights.any()
    with pytest.raises(ValueError, match="y: expected shape"):
        fit_units(F, np.ones(3))


@pytest.mark.parametrize("beta", [1e-3, 0.1])
def test_the_bound_on_a_line_is_attained_by_kinks_at_samples(beta):
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal(8), rng.standard_normal(8)
    F = kink_features(x, x)
    found = fit_units(F - F.mean(axis=0), y - y.mean(), beta)
    assert found.value == pytest.approx(solve_one_dimensional(x, y, beta).value, rel=1e-9)
    bound = float(bound_on_line(x, y, found.dual_point, beta))
    assert found.value * (1 - 1e-9) <= bound <= found.value * (1 + 1e-12)


def test_the_bound_holds_for_networks_that_fit():
    # Through (0, 0), (1, 1) and (2, 0) the slope turns by 2 at least, wherever units bend.
    x, y = np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0])
    F = kink_features(x, x)
    found = fit_units(F - F.mean(axis=0), y - y.mean())
    assert found.value == pytest.approx(2)
    assert bound_on_line([0, 1, 2], [0, 1, 0], [Fraction(-1, 2), 1, Fraction(-1, 2)]) == 2
    rng = np.random.default_rng(2)
    for _ in range(50):
        assert bound_on_line(x, y, rng.standard_normal(3)) <= 2
        assert float(bound_on_line(x, y, rng.standard_normal(3), 0.1)) <= 0.2 - 0.5 * 0.04 + 1e-9


def test_a_constant_costs_nothing():
    # The free output bias fits it, so no bound is above zero, whatever the direction.
    for v in ([1.0, 1.0, 1.0], [2.0, 1.0, 1.0]):
        assert bound_on_line([0.0, 1.0, 2.0], [1.0, 1.0, 1.0], v) <= 0
        assert bound_on_line([0.0, 1.0, 2.0], [1.0, 1.0, 1.0], v, 0.01) <= 0
