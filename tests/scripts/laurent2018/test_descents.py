"""The batched descents against one run at a time, and the search against the proof."""

import runpy

import numpy as np
import pandas as pd
import pytest
import torch

balls = runpy.run_path("scripts/laurent2018/check_balls.py")
descents = runpy.run_path("scripts/laurent2018/train_descents.py")
threshold = runpy.run_path("scripts/laurent2018/check_threshold.py")
theorem1 = runpy.run_path("scripts/laurent2018/check_theorem1.py")


@pytest.mark.parametrize("example", ["matrix", "scalar"])
@pytest.mark.parametrize("depth", [2, 4])
@pytest.mark.parametrize("eps", [0.0, 0.3])
def test_descents_are_those_of_autograd(example, depth, eps):
    rates = np.array([0.05, 0.02, 0.01])
    W = descents["_starts"](example, depth, None, 3, np.random.default_rng(0))
    target = torch.zeros(W[-1].shape[0], W[0].shape[1], dtype=torch.float64)
    target[descents["MISSED"][example]] = 1
    expected = []
    for run in range(3):
        layers = [torch.tensor(layer[..., run], requires_grad=True) for layer in W]
        for rate in [*rates, 0.0]:
            A = layers[0]
            for layer in layers[1:]:
                A = layer @ A
            residual = A - target
            loss = (torch.sqrt(residual**2 + eps**2) - eps if eps else residual.abs()).sum()
            gradients = torch.autograd.grad(loss, layers)
            layers = [
                (layer - rate * slope).detach().requires_grad_()
                for layer, slope in zip(layers, gradients, strict=True)
            ]
        expected.append(loss.item())
    found = descents["_descend"](example, W, rates, eps)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(("longest", "settled"), [(500, False), (20_000, True)])
def test_smoothed_descents_are_followed_to_the_end(longest, settled):
    # Beside the saddle of three layers of zeros the descent is slow.
    W = [np.full((1, 2, 2), 0.05), np.full((1, 1, 2), 0.05), np.full((1, 1, 2), 0.05)]
    W[0][..., 1] = W[1][..., 1] = W[2][..., 1] = 1.0
    values = descents["_settle"]("scalar", W, 0.02, longest, 0.3)
    assert values[1] <= descents["NEAR"]
    assert (values[0] <= descents["NEAR"]) == settled


def test_starts_beside_the_point_are_within_the_ball():
    W = descents["_starts"]("matrix", 3, 0.1, 500, np.random.default_rng(1))
    point = [np.diag([0, 1]), np.eye(2), np.diag([1, 0])]
    distances = [
        abs(layer - centre[..., None]).max() for layer, centre in zip(W, point, strict=True)
    ]
    assert all(0.09 < distance <= 0.1 for distance in distances)


@pytest.mark.parametrize(("example", "least"), [("matrix", 0.4), ("scalar", 0.805)])
def test_search_finds_the_least_loss(example, least):
    rng = np.random.default_rng(2)
    found = min(balls["_search"](example, 0.65, rng) for _ in range(3))
    assert found == pytest.approx(least, abs=1e-9)


def test_descent_of_the_bottleneck_is_that_of_autograd():
    theta = np.random.default_rng(3).normal(size=(4, 5))
    weights = torch.tensor([[1.0, 3.0], [3.0, 1.0]], dtype=torch.float64)
    parameters = torch.tensor(theta)
    for _ in range(6):
        parameters = parameters.detach().requires_grad_()
        A = parameters[:2, None] * parameters[None, 2:]
        target = torch.diag(torch.tensor([1.0, 2.0], dtype=torch.float64))
        losses = (weights[..., None] * (A - target[..., None]) ** 2).sum(dim=(0, 1))
        (gradient,) = torch.autograd.grad(losses.sum(), parameters)
        parameters = parameters - 0.01 * gradient
    found = threshold["_descend"](3.0, theta, 5, 0.01)
    np.testing.assert_allclose(found, losses.detach().numpy(), rtol=1e-12)


def test_a_bad_minimum_would_be_counted():
    # The bottleneck of the closed form, in place of a network that meets the condition.
    class Threshold:
        shape = (2, 2)

        def value_gradient(self, A):
            weights = np.array([[1.0, 4.0], [4.0, 1.0]])
            residual = A - np.diag([1.0, 2.0])
            return float((weights * residual**2).sum()), 2 * weights * residual

        def hessian(self, A):
            return np.diag([2.0, 8.0, 8.0, 2.0])

    F = theorem1["Composite"](Threshold(), [1])
    names = {"loss": "t", "inputs": 2, "outputs": 2, "hidden": "1", "draw": 0}
    names |= {"known_excess": np.nan, "optimum_gradient": 0.0}
    rows = [
        names | theorem1["_measure"](F, np.array(point, dtype=float), 1.0)
        for point in ([1, 0, 1, 0], [0, 1, 0, 2], [0, 0, 0, 0])
    ]
    (row,) = theorem1["_summary"](pd.DataFrame(rows), ["1"]).to_dict("records")
    assert (row["critical"], row["saddles"], row["suboptimal"], row["most_levels"]) == (3, 1, 1, 2)
    assert row["excess_most"] == 4.0
