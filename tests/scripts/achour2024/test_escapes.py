"""The stack of deep linear networks against autograd, torch.optim and runs trained alone."""

import runpy

import numpy as np
import pandas as pd
import pytest
import torch

train = runpy.run_path("scripts/achour2024/train_escapes.py")
SETTINGS = {"samples": 100, "perturbation": 0.1, "batch": 32, "other_batches": [100], "seed": 0}


def test_gradient_is_that_of_the_mean_squared_error():
    generator = torch.Generator().manual_seed(0)
    theta = torch.randn(3, 440, generator=generator, dtype=torch.float64, requires_grad=True)
    X = torch.randn(3, 10, 7, generator=generator, dtype=torch.float64)
    Y = torch.randn(3, 4, 7, generator=generator, dtype=torch.float64)
    outputs = X
    for W in train["layers"](theta):
        outputs = W @ outputs
    (expected,) = torch.autograd.grad((outputs - Y).square().mean(dim=(1, 2)).sum(), theta)
    found = train["gradient"](theta.detach(), X, Y)
    torch.testing.assert_close(
        found, expected, rtol=1e-12, atol=1e-12 * float(expected.abs().max())
    )


def test_adam_differs_from_pytorch_in_its_epsilon_alone():
    theta = torch.linspace(-1, 1, 5, dtype=torch.float64)[None].clone()
    oracle = theta.clone().requires_grad_()
    optimiser = torch.optim.Adam([oracle], lr=1e-3, eps=1e-30)
    first, second = torch.zeros_like(theta), torch.zeros_like(theta)
    for step in range(1, 6):
        G = torch.cos(theta * step)
        oracle.grad = torch.cos(oracle.detach() * step)
        optimiser.step()
        train["adam"](theta, first, second, G, step)
    # Steps are of size 1e-3, and epsilon is 1e-5 of the root of the second moment or less.
    torch.testing.assert_close(theta, oracle.detach(), rtol=0, atol=1e-7)


@pytest.mark.parametrize(("kind", "middle"), [("strict", 10), ("non-strict", 2)])
def test_start_is_a_critical_point_of_rank_two(kind, middle):
    stack = train["_start"](kind, range(2), 50, 0.0, 0)
    gradient = train["gradient"](stack.theta, stack.X, stack.Y)
    assert gradient.abs().max() < 1e-14
    torch.testing.assert_close(train["_loss"](stack), stack.plateau)
    assert (stack.threshold < stack.plateau).all()
    ranks = [int(torch.linalg.matrix_rank(W[0])) for W in train["layers"](stack.theta)]
    assert ranks == [2, middle, middle, middle, 2]


def test_a_run_does_not_depend_on_its_stack(tmp_path):
    epochs = []
    for runs in (4, 9):
        train["train_escapes"](
            **SETTINGS,
            strict_runs=runs,
            non_strict_runs=1,
            other_runs=1,
            max_epochs=60,
            escapes=tmp_path / f"{runs}.parquet",
            curves=tmp_path / f"curves_{runs}.parquet",
        )
        every = pd.read_parquet(tmp_path / f"{runs}.parquet")
        epochs.append(every[every["start"] == "strict"]["epoch"].to_numpy())
    assert np.isfinite(epochs[0]).all()
    assert epochs[0].tolist() == epochs[1][:4].tolist()
