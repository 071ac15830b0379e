"""Spikes of known data, and the table of Theorem 4."""

import runpy

import numpy as np
import pandas as pd
import pytest

step = runpy.run_path("scripts/ergen2020/check_spike_free.py")
UNITS = np.random.default_rng(0).standard_normal((20_000, 2))


def test_spikes_of_known_data():
    assert step["_spike"](np.eye(2), UNITS) == (pytest.approx(1, abs=1e-6), pytest.approx(0))
    # With rows (1, 0) and (c, s) the activations (0, t) are those of w = (0, t / s). For c < 0 the
    # second row itself is a unit that the first does not see, with t = 1.
    c, s = -0.6, 0.8
    spike, outside = step["_spike"](np.array([[1.0, 0.0], [c, s]]), UNITS)
    assert spike == pytest.approx(1 / s, abs=1e-3)
    assert outside < 1e-12
    # With more samples than inputs activations leave the range.
    assert step["_spike"](np.array([[1.0, 0], [-1.0, 0], [0, 1.0]]), UNITS)[1] > 0.5


def test_two_units_suffice_without_spikes(tmp_path):
    step["check_spike_free"](4, 5, [0.1], 1000, 0, tmp_path / "table.csv")
    table = pd.read_csv(tmp_path / "table.csv").set_index("data")
    free = ["whitened", "orthogonal rows", "rank one, non-negative"]
    assert (table.loc[free, "difference"] < 1e-7).all()
    assert (table.loc[free, "spike"] <= 1 + 1e-12).all()
    assert (table["excess"] > -1e-8).all()
