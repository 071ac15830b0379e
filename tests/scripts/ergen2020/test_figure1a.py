"""Training on a line for Figure 1a, and its table."""

import runpy

import numpy as np
import pandas as pd
import pytest

step = runpy.run_path("scripts/ergen2020/train_figure1a.py")
X = step["POSITIONS"]


def loss(theta, c, y):
    f = np.maximum(np.outer(X, theta[:, 0]) + theta[:, 1], 0.0) @ theta[:, 2] + c
    return 0.5 * ((f - y) ** 2).sum()


def test_a_step_follows_the_gradient():
    rng, y, rate = np.random.default_rng(0), step["LABELS"]["zigzag"], 1e-3
    start = rng.standard_normal((2, 4, 3))
    W, c = step["_descend"](y, start, 1, rate)
    for before, after, bias in zip(start, W, c, strict=True):
        for index in np.ndindex(4, 3):
            shift = np.zeros((4, 3))
            shift[index] = 1e-6
            slope = (loss(before + shift, 0.0, y) - loss(before - shift, 0.0, y)) / 2e-6
            assert after[index] == pytest.approx(before[index] - rate * slope, abs=1e-8)
        slope = (loss(before, 1e-6, y) - loss(before, -1e-6, y)) / 2e-6
        assert bias == pytest.approx(-rate * slope, abs=1e-8)


def test_a_run_does_not_depend_on_its_neighbours():
    y = step["LABELS"]["Figure 7"]
    start = np.random.default_rng(1).standard_normal((3, 6, 3))
    together = step["_descend"](y, start, 50, 0.01)
    alone = step["_descend"](y, start[1:2], 50, 0.01)
    np.testing.assert_array_equal(together[0][1], alone[0][0])
    np.testing.assert_array_equal(together[1][1], alone[1][0])


def test_the_spline_as_a_network_has_distance_zero():
    # Bends of 4, -4 and 4 at the inner samples, after a first slope of -2.
    W = np.array([[[1, 2, -2], [1, 1, 4], [1, 0, -4], [1, -1, 4]]], dtype=float)
    outputs = step["_outputs"](W, np.array([1.0]), step["GRID"])[0]
    spline = np.interp(step["GRID"], X, step["LABELS"]["zigzag"])
    np.testing.assert_allclose(outputs, spline, atol=1e-12)


def test_the_table_has_a_row_for_each_size(tmp_path):
    step["train_figure1a"](
        units=20,
        scales=[0.3, 3.0],
        runs=2,
        steps=200,
        rate=0.01,
        seed=0,
        table=tmp_path / "table.csv",
        curves=tmp_path / "curves.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    assert list(table["scale"]) == [0.3, 3.0] * 2
    assert (table["least_distance"] <= table["median_distance"]).all()
    curves = pd.read_csv(tmp_path / "curves.csv")
    assert curves.groupby("data")["curve"].nunique().tolist() == [3, 3]
