"""Programs of some patterns, and what enumeration finds."""

import runpy

import numpy as np
import pandas as pd
import pytest

from replication.errors import InputError

programs = runpy.run_path("scripts/wang2020/solve_programs.py")


def test_fewer_patterns_never_give_a_lower_optimum(tmp_path):
    names = ("problems.npz", "programs.csv", "patterns.csv")
    programs["solve_programs"](
        [5, 4], [2, 2], [0.1, 0.2], [1, 50], 3, 0, *(tmp_path / name for name in names)
    )
    table = pd.read_csv(tmp_path / "programs.csv")
    assert table["formula"].tolist() == [10, 8]
    assert (table["missing"] == 0).all()
    # As many units as samples suffice.
    assert (table["units_over_samples"] <= 1).all()
    patterns = pd.read_csv(tmp_path / "patterns.csv")
    assert (patterns["gap_min"] >= -1e-7).all()
    assert patterns.loc[patterns["draws"] == 1, "gap"].min() > 1e-3
    assert np.load(tmp_path / "problems.npz")["X"].shape == (2, 5, 2)


def test_sizes_come_in_triples(tmp_path):
    with pytest.raises(InputError, match="expected as many of each, got 2, 1 and 1"):
        programs["solve_programs"]([4, 5], [2], [0.1], [3], 2, 0, *(tmp_path / n for n in "abc"))
