"""Training on a line for Figure 1a, and its table."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

step = runpy.run_path("scripts/ergen2020/train_figure1a.py")
X, Y = np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), np.array([1.0, 0.0, 1.0, 0.0, 1.0])


def loss(theta):
    f = np.maximum(np.outer(X, theta[:, 0]) + theta[:, 1], 0.0) @ theta[:, 2]
    return 0.5 * ((f - Y) ** 2).sum()


def test_the_first_step_follows_the_gradient():
    rng, rate = np.random.default_rng(0), 1e-3
    start = rng.standard_normal((2, 4, 3))
    W = step["descend"](X, Y, start, 1, rate)
    for before, after in zip(start, W, strict=True):
        for index in np.ndindex(4, 3):
            shift = np.zeros((4, 3))
            shift[index] = 1e-6
            slope = (loss(before + shift) - loss(before - shift)) / 2e-6
            assert after[index] == pytest.approx(before[index] - rate * slope, abs=1e-8)


def test_the_second_step_has_momentum():
    start = np.random.default_rng(0).standard_normal((1, 4, 3))
    first = step["descend"](X, Y, start, 1, 1e-3)
    again = step["descend"](X, Y, first, 1, 1e-3)
    both = step["descend"](X, Y, start, 2, 1e-3)
    np.testing.assert_allclose(both, again + step["MOMENTUM"] * (first - start), atol=1e-15)


def test_training_ends_when_all_fit_and_runs_do_not_mix():
    start = 0.3 * np.random.default_rng(1).standard_normal((3, 60, 3))
    together = step["descend"](X, Y, start, 40_000, 0.01)
    assert (((step["outputs"](together, X) - Y) ** 2).sum(axis=1) < 2 * step["FITTED"]).all()
    longer = step["descend"](X, Y, start, 80_000, 0.01)
    np.testing.assert_array_equal(together, longer)
    short = step["descend"](X, Y, start, 50, 0.01)
    np.testing.assert_array_equal(short[1], step["descend"](X, Y, start[1:2], 50, 0.01)[0])


def test_the_spline_as_a_network_has_distance_zero():
    # From 1 at -2 with slope -1, and bends of 2, -2 and 2 at the inner samples.
    W = np.array([[[0, 1, 3], [1, 3, -1], [1, 1, 2], [1, 0, -2], [1, -1, 2]]], dtype=float)
    W[0, 0, 2] = 2.0
    outputs = step["outputs"](W, step["GRID"])[0]
    np.testing.assert_allclose(outputs, np.interp(step["GRID"], X, Y), atol=1e-12)


def test_the_table_has_a_row_for_each_width_and_deviation(tmp_path):
    step["train_figure1a"](
        widths=[20, 600],
        deviations=[0.1, 0.2],
        replicates=2,
        steps=200,
        rate=2e-3,
        seed=0,
        published=Path("config/ergen2020/published.yaml"),
        figure1a=tmp_path / "table.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    assert list(table["deviation"]) == [0.1, 0.2] * 2
    assert table["published_error"].isna().tolist() == [True, True, False, False]
    known = table.dropna()
    np.testing.assert_allclose(known["ratio"], known["error"] / known["published_error"])
    assert (table["error_low"] <= table["error"]).all()
