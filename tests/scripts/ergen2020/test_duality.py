"""Figure 7's two networks, and the data of Figure 6."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

figure7 = runpy.run_path("scripts/ergen2020/solve_figure7.py")
figure6 = runpy.run_path("scripts/ergen2020/train_figure6.py")


def test_two_networks_of_figure7_share_objective_and_data(tmp_path):
    figure7["solve_figure7"](
        0.05,
        Path("config/ergen2020/published.yaml"),
        tmp_path / "solutions.csv",
        tmp_path / "figure7.csv",
    )
    solutions = pd.read_csv(tmp_path / "solutions.csv")
    # The lasso on these five points has the residual (1, -3, 2, 1, -1) / 20, and value 0.38.
    assert solutions["value"].to_numpy() == pytest.approx([0.38, 0.38], rel=1e-9)
    assert (solutions["largest_difference_at_data"] < 1e-8).all()
    # The lines through (-1, -0.85), (0, 0.9) and (1, 0.95), (2, -0.95) meet at 1.95 / 3.65.
    kink = solutions["kink_between"].iloc[1]
    assert kink == pytest.approx(1.95 / 3.65, rel=1e-8)
    curves = pd.read_csv(tmp_path / "figure7.csv").pivot_table("output", "x", "solution")
    top = curves["one kink between"].iloc[np.abs(curves.index - kink).argmin()]
    assert top == pytest.approx(0.9 + 1.75 * kink, abs=0.05)


def test_rank_one_data_have_the_optimum_of_their_coordinate():
    rng = np.random.default_rng(0)
    factor, direction = rng.standard_normal(6), rng.standard_normal(4)
    position, y = factor * np.linalg.norm(direction), rng.standard_normal(6)
    data = figure6["_line"](np.outer(factor, direction), position, y, 0.1)
    assert data.X.shape == (6, 5)
    assert data.optimum - data.dual_bound < 1e-9
    # In place of the free biases an input of size s, whose weights cost 1/s² of theirs.
    wide = np.stack([position, np.full(6, 100.0)], axis=1)
    general = figure6["certify_global"](wide, y, 0.1, np.zeros((0, 2)), np.zeros(0)).lower_bound
    assert data.optimum <= general * (1 + 1e-6) + 1e-9
    assert general <= data.optimum + 1e-2
