"""Proofs of minima in ball arithmetic against the float Hessian and points that are none."""

import flint
import numpy as np
import pytest

from landscape.certify import certify_bottleneck_minimum
from landscape.certify.bottleneck_minimum import _derivatives
from landscape.linear.composite import Composite
from landscape.losses import LOSSES, Risk, random_data


def trained(name, seed=0):
    rng = np.random.default_rng(seed)
    risk = Risk(LOSSES[name], *random_data(LOSSES[name], rng, 4, 3, 60, 0.7))
    F = Composite(risk, [1])
    return F, F.balanced(F.minimize(rng.normal(size=F.size)))


@pytest.mark.parametrize("name", ["logistic", "exponential"])
def test_derivatives_enclose_those_of_the_network(name):
    F, theta = trained(name)
    point = theta + np.random.default_rng(1).normal(size=F.size)
    balls = [flint.arb(float(x)) for x in point]
    value, gradient, hessian = _derivatives(name, F.f.X, F.f.Y, balls)
    expected, slope = F.value_gradient(point)
    assert float(value.mid()) == pytest.approx(expected, rel=1e-13)
    np.testing.assert_allclose([float(g.mid()) for g in gradient], slope, rtol=1e-11, atol=1e-13)
    found = [[float(entry.mid()) for entry in row] for row in hessian]
    np.testing.assert_allclose(found, F.hessian(point), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["logistic", "exponential"])
def test_a_trained_minimum_is_proved(name):
    F, theta = trained(name)
    W_1, W_2 = F.layers(theta)
    proof = certify_bottleneck_minimum(name, F.f.X, F.f.Y, W_1[0], W_2[:, 0])
    assert proof.proved
    assert proof.low < F.value_gradient(theta)[0] < proof.high
    assert proof.high - proof.low < 1e-7


def test_points_that_are_no_minima_are_not_proved():
    F, theta = trained("logistic")
    X, Y = F.f.X, F.f.Y
    W_1, W_2 = F.layers(theta)
    # Beside the minimum; at the saddle u = v = 0, where the reduced Hessian is indefinite or zero;
    # and in a box so large that its Hessians differ.
    assert not certify_bottleneck_minimum("logistic", X, Y, W_1[0] + 1e-6, W_2[:, 0]).proved
    assert not certify_bottleneck_minimum(
        "logistic", X, Y, 0 * W_1[0] + 1e-30, 0 * W_2[:, 0]
    ).proved
    assert not certify_bottleneck_minimum("logistic", X, Y, W_1[0], W_2[:, 0], radius=0.5).proved


def test_a_saddle_is_told_from_a_minimum():
    # Equal inputs with opposite labels: v = 0 is best, for every u.
    X, Y = np.array([[1.0, 1.0]]), np.array([[1.0, -1.0]])
    assert certify_bottleneck_minimum("logistic", X, Y, np.array([1.0]), np.array([0.0])).proved
    # A second input that tells the labels apart: v = 0 is critical for the u that ignores it, and
    # turning u while v grows lowers the loss.
    X = np.array([[1.0, -1.0], [1.0, 1.0]])
    assert not certify_bottleneck_minimum(
        "logistic", X, Y, np.array([0.0, 1.0]), np.array([0.0])
    ).proved


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": "square"}, "loss: expected one of"),
        ({"u": np.zeros(3)}, r"u: expected shape \(4,\), got \(3,\)"),
        ({"v": np.array([np.nan, 0.0, 0.0])}, "v: expected finite"),
        ({"Y": np.zeros((3, 60))}, "Y: expected targets"),
        ({"radius": 0.0}, "radius: expected a finite number above 0"),
    ],
)
def test_refuses(changes, message):
    F, theta = trained("logistic")
    W_1, W_2 = F.layers(theta)
    arguments = {"loss": "logistic", "X": F.f.X, "Y": F.f.Y, "u": W_1[0], "v": W_2[:, 0]}
    with pytest.raises(ValueError, match=message):
        certify_bottleneck_minimum(**(arguments | changes))
