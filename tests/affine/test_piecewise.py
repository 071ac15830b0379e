"""Networks with a piecewise affine activation against autograd, and in Fractions."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from landscape.affine.piecewise import ACTIVATIONS, gradient, loss, outputs

RELU = ACTIVATIONS["relu"]


def draw(seed, shapes, runs=()):
    rng = np.random.default_rng(seed)
    return [
        (rng.standard_normal((*runs, b, a)), rng.standard_normal((*runs, b))) for a, b in shapes
    ]


@pytest.mark.parametrize(
    ("name", "oracle"),
    [
        ("relu", torch.relu),
        ("leaky relu", lambda z: torch.nn.functional.leaky_relu(z, 0.1)),
        ("hard tanh", torch.nn.functional.hardtanh),
    ],
)
def test_activation_loss_and_gradient_are_those_of_autograd(name, oracle):
    activation = ACTIVATIONS[name]
    layers = draw(0, [(2, 4), (4, 3), (3, 1)], runs=(5,))
    X, y = np.random.default_rng(1).standard_normal((2, 7)), np.arange(7.0)
    found = gradient(layers, X, y, activation)
    for run in range(5):
        mine = [torch.tensor(p[run], requires_grad=True) for pair in layers for p in pair]
        states = torch.tensor(X)
        for W, b in zip(mine[:-2:2], mine[1:-2:2], strict=True):
            states = oracle(W @ states + b[:, None])
        error = (mine[-2] @ states + mine[-1][:, None])[0] - torch.tensor(y)
        (error**2).mean().backward()
        value = loss(layers, X, y, activation)[run]
        assert value == pytest.approx(float((error**2).mean().detach()), rel=1e-13)
        for part, expected in zip([p for pair in found for p in pair], mine, strict=True):
            np.testing.assert_allclose(part[run], expected.grad, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_is_the_same_in_fractions(name):
    activation = ACTIVATIONS[name]
    z = np.array([Fraction(i, 4) for i in range(-8, 9)])
    np.testing.assert_allclose(activation(z).astype(float), activation(z.astype(float)), atol=1e-15)
    assert (activation.piece(z) == activation.piece(z.astype(float))).all()
    step = Fraction(1, 100)
    assert ((activation(z + step) - activation(z)) / step == activation.derivative(z)).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: outputs([([[1]], [1])], [[1]], RELU), "two layers or more"),
        (lambda: outputs([([[1]], [1]), ([[1, 1]], [1])], [[1]], RELU), "layer 2: expected W of"),
        (lambda: outputs([([[1]], [1]), ([[1]] * 2, [1] * 2)], [[1]], RELU), "one output, got 2"),
        (lambda: outputs([([[1]], [1]), ([[1]], [np.nan])], [[1]], RELU), "b_2: expected finite"),
        (lambda: outputs([([[1]], [1]), ([[1]], [1])], [1], RELU), "X: expected shape"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
