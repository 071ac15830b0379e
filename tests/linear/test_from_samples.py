"""Loss and gradient from the samples, against finite differences and closed cases."""

import numpy as np
import pytest

from landscape.linear import LinearNetwork
from landscape.linear.from_samples import loss_and_gradient, relative_gradient, rises_nearby


def problem(seed=0):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(3, 5)), rng.normal(size=(2, 5))
    return X, Y, [rng.normal(size=s) for s in ((4, 3), (2, 4), (2, 2))]


def test_gradient_is_the_slope_of_the_loss():
    X, Y, W = problem()
    loss, gradient = loss_and_gradient(X, Y, W)
    assert loss == pytest.approx(0.5 * np.sum((W[2] @ W[1] @ W[0] @ X - Y) ** 2), rel=1e-14)
    for h, layer in enumerate(W):
        for entry in np.ndindex(layer.shape):
            values = []
            for step in (1e-5, -1e-5):
                moved = [w.copy() for w in W]
                moved[h][entry] += step
                values.append(loss_and_gradient(X, Y, moved)[0])
            # The loss is a polynomial of degree two in one entry: only rounding is left.
            slope = (values[0] - values[1]) / 2e-5
            assert gradient[h][entry] == pytest.approx(slope, abs=1e-9 * loss)


def test_the_loss_is_half_of_the_librarys():
    X, Y, W = problem(1)
    net = LinearNetwork(X, Y, (4, 2))
    loss, gradient = loss_and_gradient(X, Y, W)
    assert net.loss(W) == pytest.approx(2 * loss, rel=1e-13)
    for ours, theirs in zip(gradient, net.gradient(W), strict=True):
        np.testing.assert_allclose(theirs, 2 * ours, rtol=0, atol=1e-12 * loss)


def test_relative_gradient_does_not_depend_on_the_unit_of_the_targets_at_the_origin():
    X, Y, _ = problem(2)
    W = [np.zeros((1, 3)), np.ones((2, 1))]
    small, large = (relative_gradient(X, scale * Y, W) for scale in (1.0, 1e3))
    assert small > 1e-2
    # The residual is Y, so the gradient grows with it.
    assert large == pytest.approx(small, rel=1e-12)


def test_maxima_and_minima_are_told_apart():
    X, Y = np.eye(1), np.ones((1, 1))
    directions = [np.array([1.0, 0.0]), np.array([1.0, 1.0])]
    minimum, saddle = [np.ones((1, 1))] * 2, [np.zeros((1, 1))] * 2
    assert rises_nearby(X, Y, minimum, directions, (0.3, 0.01))
    # From the saddle at the origin the loss is flat along one weight and falls along their sum.
    assert not rises_nearby(X, Y, saddle, directions, (0.3, 0.01))
    assert rises_nearby(X, Y, saddle, [*directions, np.array([1.0, -1.0])], (0.3, 0.01))
