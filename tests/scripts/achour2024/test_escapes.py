"""The stack of deep linear networks against autograd, torch.optim and runs trained alone."""

import runpy

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import stats

train = runpy.run_path("scripts/achour2024/train_escapes.py")
tabulate = runpy.run_path("scripts/achour2024/tabulate_escapes.py")
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
        chosen = (every["start"] == "strict") & (every["batch"] == SETTINGS["batch"])
        epochs.append(every[chosen]["epoch"].to_numpy())
    assert np.isfinite(epochs[0]).all()
    assert epochs[0].tolist() == epochs[1][:4].tolist()


def test_a_run_is_held_until_it_has_come_down_by_a_quarter(tmp_path):
    curves, escapes = tmp_path / "curves.parquet", tmp_path / "escapes.parquet"
    train["train_escapes"](
        **SETTINGS,
        strict_runs=2,
        non_strict_runs=1,
        other_runs=1,
        max_epochs=60,
        escapes=escapes,
        curves=curves,
    )
    every, curve = pd.read_parquet(escapes), pd.read_parquet(curves)
    run = every.iloc[0]
    curve = curve[curve["start"] == "strict"]
    assert len(curve) == run["epoch"]
    assert run["plateau"] - run["height"] == pytest.approx(curve["threshold"].iloc[0])
    assert run["held"] == (curve["loss"] > run["plateau"] - run["height"] / 4).sum() > 0


@pytest.mark.parametrize(("runs", "quantile"), [(20, 0.5), (60, 0.05), (300, 0.95), (7, 0.25)])
def test_order_statistics_are_those_of_the_binomial_distribution(runs, quantile):
    low, high = tabulate["order_statistics"](np.arange(runs), quantile)
    expected = [int(stats.binom.ppf(p, runs, quantile)) for p in (0.025, 0.975)]
    assert low == expected[0] - 1 or (np.isnan(low) and expected[0] == 0)
    assert high == expected[1] or (np.isnan(high) and expected[1] == runs)


class Numbers:
    """Published numbers as the steps ask for them."""

    def __init__(self, values, tables):
        self.values, self.tables = values, tables

    def value(self, name):
        return self.values[name]

    def table(self, name):
        return self.tables[name]


def test_the_ratio_allows_for_the_reading_of_the_figure():
    theirs = pd.DataFrame({"quantile": [0.5], "epoch": [100.0]})
    numbers = Numbers({"figure4_accuracy": 10}, {"figure4": theirs})
    group = pd.DataFrame({"start": "non-strict", "epoch": [*range(71, 131), np.nan]})
    (row,) = tabulate["_quantiles"](group, numbers)
    assert (row["runs"], row["escaped"], row["epoch"], row["ratio"]) == (61, 60, 101, 1.01)
    assert row["ratio_low"] == row["low"] / 110 < row["ratio"] < row["ratio_high"]
    assert row["ratio_high"] == row["high"] / 90
    (strict,) = tabulate["_quantiles"](group.assign(start="strict"), numbers)
    assert "ratio" not in strict


def test_a_printed_run_is_ranked_among_ours():
    runs = pd.DataFrame(
        {
            "start": "strict",
            "epoch": [10.0, 20.0, 30.0, np.nan],
            "plateau": [0.8, 0.9, 1.0, 1.1],
            "height": [0.1, 0.2, 0.3, 0.4],
        }
    )
    numbers = Numbers(
        {"figure3_plateau": 1.05, "figure3_threshold": 0.8},
        {"figure3": pd.DataFrame({"start": ["strict"], "epoch": [15]})},
    )
    rows = tabulate["_typical"](runs, numbers).set_index("quantity")
    # The run without an escape takes longer than any.
    assert rows["above"].to_dict() == {"epoch": 0.75, "plateau": 0.25, "height": 0.5}


def test_who_has_escaped_and_who_is_held():
    group = pd.DataFrame({"epoch": [40.0, 60.0, 80.0, np.nan], "held": [10, 30, 20, 50]})
    row = tabulate["_on_plateau"](group, Numbers({"figure4_strict": 60}, {}))
    assert row["escaped_by"] == 0.5
    assert row["held"] == 0.25
