"""The table of cutting planes on small data."""

import runpy

import pandas as pd
import pytest

from replication.errors import InputError

step = runpy.run_path("scripts/ergen2020/check_cutting_planes.py")


def run(tmp_path, line, samples, inputs, strengths):
    paths = tmp_path / "algorithm1.csv", tmp_path / "table.csv"
    step["check_cutting_planes"](line, samples, inputs, strengths, 4, 5, 0, *paths)
    return [pd.read_csv(path) for path in paths]


def test_a_row_for_each_size_and_strength(tmp_path):
    _, table = run(tmp_path, [4], [5, 4], [2, 3], [0.1, 50.0])
    assert list(table["samples"]) == [4, 4, 5, 5, 4, 4]
    assert (table["difference"] < 1e-6).all()
    # Nothing is worth a unit at the larger strength.
    assert (table.loc[table["beta"] == 50, "rounds"] == 1).all()
    assert (table.loc[table["beta"] == 0.1, "rounds"] > 1).all()
    assert (
        table.loc[table["beta"] == 0.1, "first"] > table.loc[table["beta"] == 0.1, "last"]
    ).all()


def test_algorithm1_ends_at_the_optimum_of_spike_free_data(tmp_path):
    table, _ = run(tmp_path, [3], [4], [2], [0.05, 50.0])
    assert (table["difference"] < 1e-8).all()
    assert (table.loc[table["beta"] == 50, "rounds"] == 0).all()
    small = table[table["beta"] == 0.05].set_index("data")
    assert small.loc["whitened", "rounds"] == 1
    assert small.loc["orthogonal rows", "rounds"] > 1
    assert small.loc["whitened", "outside_first_units"] < 1e-12
    assert small.loc["orthogonal rows", "outside_first_units"] > 0.01


def test_the_relaxation_misses_units_that_are_not_active_everywhere():
    # Of samples at an obtuse angle no unit that is active on both is the best for the first alone.
    X, y = step["np"].array([[1.0, 0.0], [-0.6, 0.8]]), step["np"].array([1.0, 0.0])
    row = step["_algorithm1"]("obtuse", X, y, 0.05)
    assert row["violation"] <= 1 + 1e-9
    assert row["difference"] > 0.01


def test_relaxed_units_have_length_one_and_are_active():
    rng = step["np"].random.default_rng(0)
    X, v = rng.standard_normal((3, 5)), step["np"].array([1.0, -0.3, 0.5])
    best = step["_relaxed"](X, v)
    assert (best >= 0).all()
    units = rng.standard_normal((200_000, 5))
    units /= step["np"].linalg.norm(units, axis=1)[:, None]
    activations = units @ X.T
    allowed = activations[(activations >= 0).all(axis=1)]
    assert (allowed @ v).max() <= best @ v * (1 + 1e-9)
    assert (allowed @ v).max() >= 0.8 * (best @ v)


def test_sizes_come_in_pairs(tmp_path):
    with pytest.raises(InputError, match="samples, inputs: expected as many of both, got 2 and 1"):
        run(tmp_path, [3], [4, 5], [2], [0.1])
