"""The table of cutting planes on small data."""

import runpy

import pandas as pd
import pytest

from replication.errors import InputError

step = runpy.run_path("scripts/ergen2020/check_cutting_planes.py")


def test_a_row_for_each_size_and_strength(tmp_path):
    step["check_cutting_planes"]([4], [5, 4], [2, 3], [0.1, 50.0], 0, tmp_path / "table.csv")
    table = pd.read_csv(tmp_path / "table.csv")
    assert list(table["samples"]) == [4, 4, 5, 5, 4, 4]
    assert (table["difference"] < 1e-6).all()
    # Nothing is worth a unit at the larger strength.
    assert (table.loc[table["beta"] == 50, "rounds"] == 1).all()
    assert (table.loc[table["beta"] == 0.1, "rounds"] > 1).all()
    assert (
        table.loc[table["beta"] == 0.1, "first"] > table.loc[table["beta"] == 0.1, "last"]
    ).all()


def test_a_rise_is_seen():
    values = step["np"].array([4.0, 2.0, 3.0])
    found = step["CuttingPlanes"](values, values, values)
    row = step["_row"]("line, biases", 3, 1, 0.1, 6, found, 3.0)
    assert row["largest_rise"] == 0.25
    assert row["difference"] == 0


def test_sizes_come_in_pairs(tmp_path):
    with pytest.raises(InputError, match="samples, inputs: expected as many of both, got 2 and 1"):
        step["check_cutting_planes"]([3], [4, 5], [2], [0.1], 0, tmp_path / "table.csv")
