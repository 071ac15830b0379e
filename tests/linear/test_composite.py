"""Smooth functions of a product of matrices against autograd, and the moves of Theorem 3."""

import numpy as np
import pytest
import torch

from landscape.linear import LinearNetwork
from landscape.linear.composite import Composite, kernel_move
from landscape.linear.problem import prefixes, product, suffixes
from landscape.losses import LOSSES, Risk, random_data


def composite(hidden, name="logistic", seed=0, samples=60):
    rng = np.random.default_rng(seed)
    risk = Risk(LOSSES[name], *random_data(LOSSES[name], rng, 4, 3, samples, 1.0))
    F = Composite(risk, hidden)
    return F, rng.normal(size=F.size)


@pytest.mark.parametrize("hidden", [[], [2], [5], [2, 4], [3, 1, 2]])
def test_derivatives_are_those_of_autograd(hidden):
    F, theta = composite(hidden)
    X, Y = torch.tensor(F.f.X), torch.tensor(F.f.Y)

    def oracle(parameters):
        Z, start = X, 0
        for a, b in F.shapes:
            Z = parameters[start : start + a * b].reshape(a, b) @ Z
            start += a * b
        return torch.nn.functional.softplus(-Y * Z).sum(0).mean()

    parameters = torch.tensor(theta, requires_grad=True)
    (expected,) = torch.autograd.grad(oracle(parameters), parameters)
    hessian = torch.autograd.functional.hessian(oracle, torch.tensor(theta))
    value, gradient = F.value_gradient(theta)
    assert value == pytest.approx(oracle(parameters).item(), rel=1e-13)
    np.testing.assert_allclose(gradient, expected.numpy(), rtol=0, atol=1e-13 * abs(theta).max())
    size = float(hessian.abs().max())
    np.testing.assert_allclose(F.hessian(theta), hessian.numpy(), rtol=0, atol=1e-13 * size)


def test_square_loss_is_that_of_the_linear_network():
    F, theta = composite([2, 4], "square")
    net = LinearNetwork(F.f.X, F.f.Y, [2, 4])
    W = F.layers(theta)
    assert F.value_gradient(theta)[0] * 60 == pytest.approx(net.loss(W), rel=1e-13)
    np.testing.assert_allclose(60 * F.hessian(theta), net.hessian(W), rtol=1e-11, atol=1e-10)


def test_balanced_layers_have_one_norm_and_the_same_product():
    F, theta = composite([2, 4])
    theta[: F.shapes[0][0] * F.shapes[0][1]] *= 1e3
    balanced = F.layers(F.balanced(theta))
    norms = [np.linalg.norm(layer) for layer in balanced]
    np.testing.assert_allclose(norms, norms[0], rtol=1e-13)
    np.testing.assert_allclose(product(balanced), product(F.layers(theta)), rtol=1e-12)
    assert (F.balanced(np.zeros(F.size)) == 0).all()


@pytest.mark.parametrize("name", LOSSES)
def test_wide_networks_reach_the_convex_optimum(name):
    F, theta = composite([3, 4], name)
    end = F.minimize(theta)
    value, gradient = F.value_gradient(end)
    assert np.linalg.norm(gradient) < 1e-9
    assert value == pytest.approx(F.f.minimum().value, rel=0, abs=1e-14)


def test_a_start_that_sends_lbfgs_astray_ends_at_the_optimum():
    # Weights that differ by orders of magnitude: one step overshoots.
    F, theta = composite([3], "poisson", seed=4)
    end = F.minimize(theta * np.geomspace(1e-2, 30, F.size))
    assert F.value_gradient(end)[0] == pytest.approx(F.f.minimum().value, rel=0, abs=1e-13)


@pytest.mark.parametrize("shape", [(3, (4, 3), 5), (5, (3, 4), 3), (3, (3, 3, 3), 3)])
def test_moves_keep_all_products_and_leave_a_flat_saddle(shape):
    inputs, hidden, outputs = shape
    rng = np.random.default_rng(5)
    net = LinearNetwork(rng.normal(size=(inputs, 9)), rng.normal(size=(outputs, 9)), hidden)
    W = net.critical_point([0], seed=rng, kind="tightened")
    moved = kernel_move(W, rng)
    assert sum((a != b).any() for a, b in zip(W, moved, strict=True)) >= 1
    partial = prefixes if inputs <= outputs else suffixes
    for before, after in zip(partial(W), partial(moved), strict=True):
        np.testing.assert_allclose(after, before, rtol=0, atol=1e-13)
    assert net.loss(moved) == pytest.approx(net.loss(W), rel=1e-13)
    assert max(abs(g).max() for g in net.gradient(W)) < 1e-12
    assert max(abs(g).max() for g in net.gradient(moved)) > 1e-3


def test_the_size_of_a_move_is_as_told():
    W = [np.zeros((3, 2)), np.zeros((2, 3))]
    small, large = (kernel_move(W, np.random.default_rng(0), size) for size in (1e-3, 1.0))
    np.testing.assert_allclose(1e3 * small[1], large[1], rtol=1e-14)
    assert (small[0] == 0).all()


def test_move_refuses_narrow_layers_and_products_without_a_kernel():
    rng = np.random.default_rng(6)
    with pytest.raises(ValueError, match=r"W\[0\]: expected a hidden width of at least 2"):
        kernel_move([np.zeros((1, 2)), np.zeros((2, 1))], rng)
    with pytest.raises(ValueError, match="has no kernel"):
        kernel_move([rng.normal(size=(3, 2)), rng.normal(size=(2, 3))], rng)


def test_composite_refuses():
    risk = composite([2])[0].f
    for width in (0, -1, 1.5):
        with pytest.raises(ValueError, match="hidden: expected at least 1"):
            Composite(risk, [width])
    with pytest.raises(ValueError, match=r"theta: expected shape \(14,\)"):
        Composite(risk, [2]).layers(np.zeros(3))
