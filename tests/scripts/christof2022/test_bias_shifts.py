"""Gradient descent from shifted biases."""

import runpy

import numpy as np
import pandas as pd

train = runpy.run_path("scripts/christof2022/train_shifts.py")
SETTINGS = {"widths": [2], "step_sizes": [0.02], "seed": 0}


def test_a_row_does_not_depend_on_the_others(tmp_path):
    rows = []
    for shifts in ([1.0], [0.0, 1.0]):
        table = tmp_path / f"{len(shifts)}.csv"
        train["train_shifts"](**SETTINGS, shifts=shifts, runs=20, steps=200, shares=table)
        rows.append(pd.read_csv(table).set_index("shift").loc[1.0])
    pd.testing.assert_series_equal(*rows)


def test_large_biases_hold_every_short_run(tmp_path):
    train["train_shifts"](**SETTINGS, shifts=[30.0], runs=5, steps=1, shares=tmp_path / "t.csv")
    row = pd.read_csv(tmp_path / "t.csv").iloc[0]
    assert row["affine_at_start"] == 5


def test_a_diverging_run_rests_and_is_told():
    X = np.linspace(-1, 1, 5)[None]
    y = X[0] ** 2
    rng = np.random.default_rng(0)
    layers = [
        (rng.standard_normal((2, 3, 1)), np.array([[50.0] * 3, [-50.0] * 3])),
        (rng.standard_normal((2, 1, 3)), np.zeros((2, 1))),
    ]
    # The first run is far above the largest stable step; the second has no active neuron.
    diverged = train["_descend"](layers, X, y, 0.1, 50)
    assert diverged.tolist() == [True, False]
    assert all((part[0] == 0).all() for pair in layers for part in pair)
    assert layers[1][1][1, 0] > 0.1
