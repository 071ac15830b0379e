"""The search for zeros of the gradient goes where there is one."""

import runpy

import numpy as np
import pandas as pd

from landscape.affine.target_relu import AffineTarget

find = runpy.run_path("scripts/cheridito2021/find_roots.py")
UNIT = AffineTarget(1, 0, 0, 1)


def test_a_saddle_is_found_from_nearby():
    point = UNIT.critical_point(4)
    theta = np.concatenate([point.w, point.b, point.v, [point.c]]).astype(float)
    starts = theta + 1e-3 * np.random.default_rng(0).standard_normal((10, theta.size))
    ends = find["_solve"](UNIT, starts, 4, 100, 1e-13)
    losses = UNIT.loss(find["_network"](ends, 4))
    assert abs(losses - 1 / 7500).max() < 1e-14
    assert abs(UNIT.loss(find["_network"](starts, 4)) - 1 / 7500).min() > 1e-10


def test_counts_add_up(tmp_path):
    table = tmp_path / "roots.csv"
    find["find_roots"](
        widths=[2, 1], starts=20, iterations=60, gradient=1e-11, leak=0.1, seed=1, table=table
    )
    rows = pd.read_csv(table)
    assert (rows["roots"] + rows["unbounded"] + rows["no_root"] == 20).all()
    named = rows["loss 0"] + rows["n = 0"] + rows["n = 2"]
    assert (rows["roots"] >= named).all()
    assert named.sum() > 20
    assert rows["activation"].tolist() == ["ReLU"] * 2 + ["quadratic"] * 2 + ["leaky ReLU"] * 2
    assert rows["off_the_list_or_above"].tolist()[:4] == [0] * 4
    # No list is known for the leaky ReLU.
    assert rows["off_the_list_or_above"].isna().tolist()[4:] == [True] * 2
    assert (rows["above_zero"] == rows["roots"] - rows["loss 0"]).all()


def test_local_minima_are_no_strict_saddles(tmp_path):
    # One dead ReLU is a local minimum, and searches from dead neurons stay at it; leaky ones leave.
    table = tmp_path / "roots.csv"
    find["find_roots"](
        widths=[1], starts=100, iterations=100, gradient=1e-11, leak=0.1, seed=0, table=table
    )
    rows = pd.read_csv(table).set_index("activation")
    assert rows.loc["ReLU", "above_zero_no_strict_saddle"] > 0
    assert rows.loc["leaky ReLU", "above_zero_no_strict_saddle"] == 0
