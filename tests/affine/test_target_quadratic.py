"""Squares for an activation, against quadrature, finite differences and exact arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import quad

from landscape.affine.target_quadratic import QuadraticActivation
from landscape.affine.target_relu import AffineTarget, Network
from landscape.certify import exact_inertia

TARGETS = [
    AffineTarget(1, 0, 0, 1),
    AffineTarget(Fraction(-17, 10), Fraction(1, 3), Fraction(-1, 2), 2),
    # Symmetric about 0, where the second moment of the best constant's error vanishes.
    AffineTarget(2, 1, -1, 1),
]
KINDS = ["outer", "inner", "balanced", "degenerate"]


def random_network(rng, N, stack=()):
    w, b, v = rng.standard_normal((3, *stack, N))
    return Network(w, b, v, rng.standard_normal(stack))


def flat(network):
    return np.concatenate([*network[:3], np.asarray(network.c)[..., None]], axis=-1)


def from_flat(theta):
    n = (theta.size - 1) // 3
    return Network(theta[:n], theta[n : 2 * n], theta[2 * n : -1], theta[-1])


@pytest.mark.parametrize("target", TARGETS)
def test_loss_is_the_integral(target):
    network = random_network(np.random.default_rng(0), 3)

    def squared(x):
        f = network.c + network.v @ (network.w * x + network.b) ** 2
        return (f - float(target.alpha) * x - float(target.beta)) ** 2

    expected = quad(squared, float(target.T0), float(target.T1))[0]
    assert QuadraticActivation(target).loss(network) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("target", TARGETS)
def test_gradient_and_hessian_are_differences_of_the_loss_and_gradient(target):
    task = QuadraticActivation(target)
    theta = flat(random_network(np.random.default_rng(1), 2))
    h = 1e-6
    steps = h * np.eye(theta.size)
    slopes = [
        (task.loss(from_flat(theta + d)) - task.loss(from_flat(theta - d))) / (2 * h) for d in steps
    ]
    np.testing.assert_allclose(flat(task.gradient(from_flat(theta))), slopes, rtol=1e-6, atol=1e-7)
    curvatures = [
        (flat(task.gradient(from_flat(theta + d))) - flat(task.gradient(from_flat(theta - d))))
        / (2 * h)
        for d in steps
    ]
    np.testing.assert_allclose(task.hessian(from_flat(theta)), curvatures, rtol=1e-6, atol=1e-6)


def test_a_stack_is_its_networks():
    task = QuadraticActivation(TARGETS[1])
    stack = random_network(np.random.default_rng(2), 3, (2, 4))
    for index in np.ndindex(2, 4):
        alone = Network(*(part[index] for part in stack))
        np.testing.assert_allclose(task.loss(stack)[index], task.loss(alone))
        np.testing.assert_allclose(task.hessian(stack)[index], task.hessian(alone))
        np.testing.assert_allclose(flat(task.gradient(stack))[index], flat(task.gradient(alone)))


def test_exact_numbers_stay_exact():
    task = QuadraticActivation(TARGETS[0])
    network = Network([1], [Fraction(1, 3)], [2], Fraction(-1, 7))
    floats = Network(*(np.asarray(part, dtype=float) for part in network))
    assert isinstance(task.loss(network), Fraction)
    assert float(task.loss(network)) == pytest.approx(float(task.loss(floats)), rel=1e-14)
    np.testing.assert_allclose(task.hessian(network).astype(float), task.hessian(floats))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("kind", KINDS)
def test_critical_points_are_critical_at_their_level_and_have_a_way_down(target, kind):
    task = QuadraticActivation(target)
    point = task.critical_point([kind, "degenerate"])
    assert all(np.all(part == 0) for part in task.gradient(point))
    assert task.loss(point) == task.critical_levels(2)[0]
    negative, _, positive = exact_inertia(task.hessian(point))
    assert positive >= 1
    assert (negative > 0) == (kind != "degenerate")


@pytest.mark.parametrize("kinds", [[], ["outer", "dead"]])
def test_unknown_types_are_refused(kinds):
    with pytest.raises(ValueError, match="kinds: expected some of outer, inner"):
        QuadraticActivation(TARGETS[0]).critical_point(kinds)


def test_a_network_of_two_shapes_is_refused():
    with pytest.raises(ValueError, match="b: expected shape"):
        QuadraticActivation(TARGETS[0]).loss(Network([1.0], [1.0, 2.0], [1.0], 0.0))
