"""Random functions that are not convex: their derivatives, and what is counted as a minimum."""

import runpy

import numpy as np
import pandas as pd
import pytest
import torch

from landscape.linear.composite import Composite

script = runpy.run_path("scripts/laurent2018/check_nonconvex.py")


@pytest.fixture
def waves():
    return script["Waves"](np.random.default_rng(0), (3, 4), 6, 0.7)


def test_derivatives_are_those_of_autograd(waves):
    B, phases = torch.tensor(waves.B), torch.tensor(waves.phases)

    def f(a):
        return 0.35 * a.square().sum() + torch.cos(B @ a + phases).sum()

    A = np.random.default_rng(1).normal(size=(3, 4))
    a = torch.tensor(A.ravel(), requires_grad=True)
    value, gradient = waves.value_gradient(A)
    assert value == pytest.approx(f(a).item())
    (expected,) = torch.autograd.grad(f(a), a)
    np.testing.assert_allclose(gradient.ravel(), expected, rtol=1e-12)
    hessian = torch.autograd.functional.hessian(f, a)
    np.testing.assert_allclose(waves.hessian(A), hessian, rtol=1e-12, atol=1e-14)


def test_they_are_not_convex(waves):
    points = np.random.default_rng(2).normal(size=(20, 3, 4))
    assert any(np.linalg.eigvalsh(waves.hessian(A))[0] < -0.1 for A in points)


def test_a_minimum_where_the_gradient_of_f_is_not_zero_would_be_seen(waves):
    # With one hidden neuron in place of a network that meets the condition.
    F = Composite(waves, [1])
    rng = np.random.default_rng(3)
    found = [
        {"draw": 0} | script["measure"](F, waves, F.minimize(rng.normal(size=F.size)))
        for _ in range(6)
    ]
    counts = script["summary"](pd.DataFrame(found))
    assert counts["minima"] > 0
    assert counts["slope_most"] > 1e-3
    assert counts["most_levels"] > 1
    # The origin is critical and no minimum, whatever f does there.
    origin = script["measure"](Composite(waves, [3]), waves, np.zeros(21))
    assert origin["gradient"] == 0
    assert origin["slope"] > 0.1
    assert script["summary"](pd.DataFrame([{"draw": 0} | origin]))["minima"] == 0


def test_margin_of_ranks():
    rng = np.random.default_rng(4)
    W = [rng.normal(size=(4, 3)), rng.normal(size=(4, 4)), rng.normal(size=(2, 4))]
    values = np.linalg.svd(W[1] @ W[0], compute_uv=False)
    others = np.linalg.svd(W[2] @ W[1], compute_uv=False)
    expected = max(values[-1] / values[0], others[-1] / others[0])
    assert script["rank_margin"](W) == pytest.approx(expected)
    # Both products lose a rank with the layer between; below the lesser width there is none.
    W[1] = np.outer(W[1][0], W[1][1])
    assert script["rank_margin"](W) < 1e-15
    assert script["rank_margin"]([np.ones((1, 3)), np.ones((2, 1))]) == 0
