"""Proved local minima against random moves, by hand, and what must be refused."""

import numpy as np
import pytest
from scipy.optimize import minimize

from landscape.convex import objective, solve_two_layer
from landscape.convex.local_minima import certify_local_minimum

# y = (1, 2) at x = (1, -1): with both units on the first side the other target is missed.
X, Y, BETA = np.array([[1.0], [-1.0]]), np.array([1.0, 2.0]), 0.1
SPURIOUS = np.sqrt(0.45) * np.ones((2, 1)), np.sqrt(0.45) * np.ones(2)
VALUE = 0.5 * (0.1**2 + 2**2) + 0.1 * 0.9


def test_a_spurious_minimum_by_hand_is_proved_and_enclosed():
    found = certify_local_minimum(X, Y, BETA, *SPURIOUS)
    assert found.proved
    assert found.low <= VALUE * (1 + 1e-15)
    assert found.high >= VALUE * (1 - 1e-15)
    assert found.high - found.low < 1e-12
    assert found.low > solve_two_layer(X, Y, BETA).value + 1
    # A network that is not quite there proves the same minimum.
    near = certify_local_minimum(X, Y, BETA, SPURIOUS[0] * 1.002, SPURIOUS[1])
    assert near.low == pytest.approx(VALUE, rel=1e-12)
    assert 0 < near.distance < 0.01


def test_no_network_near_a_proved_minimum_is_lower():
    rng = np.random.default_rng(0)
    data, y = rng.standard_normal((7, 2)), rng.standard_normal(7)
    optimum = solve_two_layer(data, y, 0.3)
    found = certify_local_minimum(data, y, 0.3, *optimum.weights, kink=1e-9)
    if found.proved:
        assert found.low <= optimum.value
        assert found.high >= optimum.dual_bound
    for size in (1e-6, 1e-4, 1e-3):
        for _ in range(200):
            W = SPURIOUS[0] + size * rng.standard_normal((2, 1))
            a = SPURIOUS[1] + size * rng.standard_normal(2)
            assert objective(X, Y, BETA, W, a) >= VALUE - 1e-15


@pytest.mark.parametrize(
    ("W", "a", "reason"),
    [
        # The second unit is gone, and can grow on the second side: a saddle.
        ([[np.sqrt(0.9)], [0.0]], [np.sqrt(0.9), 0.0], "a unit is dead"),
        ([[np.sqrt(0.9)], [-1e-4]], [np.sqrt(0.9), 1e-4], "a unit is dead"),
        # No critical point is near this one.
        ([[0.3], [0.3]], [0.3, 0.3], "no critical point is near"),
    ],
)
def test_what_is_no_minimum_is_refused(W, a, reason):
    found = certify_local_minimum(X, Y, BETA, np.array(W), np.array(a))
    assert not found.proved
    assert found.reason == reason
    assert np.isnan(found.low)


def test_a_sample_on_a_kink_is_refused():
    data = np.array([[1.0, 0.0], [0.0, 1.0]])
    W, a = np.array([[0.9**0.5, 0.0]]), np.array([0.9**0.5])
    found = certify_local_minimum(data, np.array([1.0, 0.0]), BETA, W, a)
    assert found.reason == "a sample is on a kink"


def test_a_critical_point_in_other_cones_is_refused():
    # Alone in its cone the unit would fit y = -1 at x = 1 by turning around.
    found = certify_local_minimum(
        np.array([[1.0]]), np.array([0.05]), 0.1, np.array([[0.1]]), np.array([0.1])
    )
    assert not found.proved


def test_a_minimum_in_two_dimensions_is_that_of_a_general_solver():
    # One unit that is active on all samples. They are nearly parallel, so that across them it is
    # the regulariser that curves the objective.
    data, y, beta = np.array([[1.0, 0.05], [0.9, -0.05], [1.1, 0.02]]), np.array([1, 2, 1.5]), 0.5

    def value(u):
        r = data @ u - y
        return 0.5 * r @ r + beta * np.linalg.norm(u)

    best = minimize(value, [1.0, 0.0], tol=1e-12)
    root = np.sqrt(np.linalg.norm(best.x))
    W, a = best.x[None] / root, np.array([root])
    found = certify_local_minimum(data, y, beta, W, a)
    assert found.proved
    assert found.low <= best.fun + 1e-12
    assert found.high >= best.fun - 1e-9
    assert found.high - found.low < 1e-9
    assert found.high == pytest.approx(objective(data, y, beta, W, a), rel=1e-9)
