"""Best affine functions of convex losses in ball arithmetic, held against Newton's method."""

import numpy as np
import pytest
from flint import arb

from landscape.affine.convex_losses import BALL_LOSSES, certify_affine_loss, mean_loss
from landscape.affine.piecewise import ACTIVATIONS
from landscape.affine.segment import affine_minimum
from landscape.exact import to_fractions
from landscape.losses import HUBER, LOSSES, Risk

GRID = to_fractions([range(-10, 11)]) / 10
X = GRID.astype(float)
TARGETS = {
    "real": X[0] ** 2 + 0.3 * X[0],
    "signs": np.where((abs(X[0]) > 0.45) | (X[0] == 0), 1.0, -1.0),
    "counts": np.rint(4 * X[0] ** 2 + X[0] + 1),
}
RELU = ACTIVATIONS["relu"]


def case(name, width=3, seed=0):
    """A network that is affine on the data, nearly the best one, and a better one."""
    y = to_fractions(TARGETS[LOSSES[name].targets])
    floats = y.astype(float)[None]
    affine = Risk(LOSSES[name], np.vstack([X, np.ones_like(X)]), floats).minimum()
    slope, intercept = to_fractions(affine.point[0])
    rows = np.vstack([np.maximum(X, 0), np.maximum(-X, 0), np.ones_like(X)])
    a, b, c = Risk(LOSSES[name], rows, floats).minimum().point[0]
    better = [
        (np.array([[1.0], [-1.0]] + [[0.0]] * (width - 2)), np.zeros(width)),
        (np.array([[a, b] + [0.0] * (width - 2)]), np.array([c])),
    ]
    network = affine_minimum(
        np.random.default_rng(seed), GRID, slope * GRID[0] + intercept, [width], RELU
    )
    return network, better, y, affine


@pytest.mark.parametrize("name", BALL_LOSSES)
def test_values_and_derivatives_are_those_in_floats(name):
    loss, balls = LOSSES[name], BALL_LOSSES[name]
    y = {"real": 0.7, "signs": -1.0, "counts": 3.0}[loss.targets]
    for z in (-2.0, -0.1, 0.3, 0.9, 1.6):
        found = balls(arb(z), arb(y))
        at = np.array([[z]]), np.array([[y]])
        expected = loss.value(*at)[0], loss.gradient(*at)[0, 0], loss.hessian(*at)[0, 0, 0]
        np.testing.assert_allclose([float(f) for f in found], expected, rtol=1e-13, atol=1e-15)
        # A ball of arguments gives balls that hold the values at its points.
        wide = balls(arb(z, 0.25), arb(y))
        for shift in np.linspace(-0.25, 0.25, 9):
            inner = balls(arb(z + shift), arb(y))
            for outer, value in zip(wide, inner, strict=True):
                assert outer.lower() <= value.upper()
                assert value.lower() <= outer.upper()


def test_a_ball_that_holds_the_kink_of_huber_is_not_lost():
    value, first, second = BALL_LOSSES["huber"](arb(HUBER, 0.1), arb(0))
    assert value.lower() <= 0.4**2 / 2
    assert value.upper() >= HUBER * (0.6 - HUBER / 2)
    assert first.lower() <= 0.4
    assert first.upper() >= HUBER
    assert second.lower() <= 0
    assert second.upper() >= 1


@pytest.mark.parametrize("name", BALL_LOSSES)
def test_the_best_affine_loss_is_enclosed_and_no_network_nearby_is_lower(name):
    network, better, y, affine = case(name)
    found = certify_affine_loss(name, network, better, GRID, y)
    assert found.proved
    # Newton's value is rounded.
    assert found.affine_low - 1e-14 <= affine.value <= found.affine_high + 1e-14
    assert found.affine_high - found.affine_low < 1e-12
    assert found.better_high < 0.95 * found.affine_low
    rng = np.random.default_rng(1)
    at = [part.astype(float) for pair in network for part in pair]
    for size in float(found.radius) * 10.0 ** rng.uniform(-4, 0, 200):
        W, b, v, c = (part + rng.uniform(-size, size, part.shape) for part in at)
        moved = v @ np.maximum(W @ X + b[:, None], 0) + c[:, None]
        loss = LOSSES[name].value(moved, y.astype(float)[None]).mean()
        assert loss >= found.affine_low - 1e-13


def test_what_is_no_spurious_minimum_is_not_proved():
    network, better, y, _ = case("logistic")
    (W, b), (v, c) = network
    # Not the best affine function: too far for the exact one to be nearby.
    assert not certify_affine_loss("logistic", [(W, b), (v, c + 1)], better, GRID, y).proved
    # A neuron that changes sides on the data.
    assert not certify_affine_loss("logistic", [(W, b - 50), (v, c)], better, GRID, y).proved
    # No better network.
    same = [(W.astype(float), b.astype(float)), (v.astype(float), c.astype(float))]
    assert not certify_affine_loss("logistic", network, same, GRID, y).proved
    # A hidden layer that is constant on the data cannot follow the best slope.
    flat = [(0 * W, b), (v, c + (v @ (W @ GRID))[0].mean())]
    assert not certify_affine_loss("logistic", flat, better, GRID, y).proved


def test_separable_signs_have_no_best_affine_function():
    network, better, _, _ = case("logistic")
    y = to_fractions(np.where(X[0] > 0.05, 1, -1))
    assert not certify_affine_loss("logistic", network, better, GRID, y).proved


@pytest.mark.parametrize("name", BALL_LOSSES)
def test_mean_loss_of_a_network(name):
    _, better, y, _ = case(name)
    found = mean_loss(name, better, GRID, y)
    hidden = np.maximum(better[0][0] @ X + better[0][1][:, None], 0)
    z = better[1][0] @ hidden + better[1][1][:, None]
    value = LOSSES[name].value(z, y.astype(float)[None]).mean()
    assert float(found) == pytest.approx(value, rel=1e-14)
