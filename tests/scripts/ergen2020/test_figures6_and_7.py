"""Printed solutions of Figure 7 in exact arithmetic, and the data and gaps of Figure 6."""

import runpy
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PUBLISHED = Path("config/ergen2020/published.yaml")
figure6 = runpy.run_path("scripts/ergen2020/solve_figure6.py")
figure7 = runpy.run_path("scripts/ergen2020/solve_figure7.py")
whitened = runpy.run_path("scripts/ergen2020/check_whitened.py")
kinks = runpy.run_path("scripts/ergen2020/check_kinks.py")


def test_printed_solutions_are_optimal_but_for_exchanged_kinks(tmp_path):
    figure7["solve_figure7"](PUBLISHED, tmp_path / "solutions.csv", tmp_path / "figure7.csv")
    solutions = pd.read_csv(tmp_path / "solutions.csv").set_index("solution")
    optimal = ["w1", "w2", "w3 with the kink of w4", "w4 with the kink of w3", "w", "w_hat"]
    assert (solutions.loc[optimal, "excess"] == 0).all()
    assert (solutions.loc[["w3", "w4"], "excess"] > 90).all()
    assert solutions.loc["w1", "exact"] == "1999/2500000"
    assert solutions.loc["w_hat", "distance"] == 1
    curves = pd.read_csv(tmp_path / "figure7.csv").pivot_table("output", "x", "solution")
    assert set(curves.columns) == {*optimal[:4], "data"}
    # All pass the data, but for the regulariser.
    at_data = curves.dropna()
    assert (at_data.sub(at_data["data"], axis=0).abs() < 0.002).all(axis=None)


def test_a_wrong_fraction_is_seen(tmp_path):
    text = PUBLISHED.read_text(encoding="utf-8").replace("3197/2400", "3198/2400")
    (tmp_path / "published.yaml").write_text(text, encoding="utf-8")
    figure7["solve_figure7"](
        tmp_path / "published.yaml", tmp_path / "solutions.csv", tmp_path / "figure7.csv"
    )
    solutions = pd.read_csv(tmp_path / "solutions.csv").set_index("solution")
    assert solutions.loc["w1", "excess"] > 0
    assert solutions.loc["w2", "excess"] == 0


def test_a_bias_may_hold_the_kink():
    units = figure7["_units"](
        pd.Series([1, -1]), pd.Series(["-c", "2"]), pd.Series(["1/2", "3"]), Fraction(1, 5)
    )
    assert units == [(1, Fraction(-1, 5), Fraction(1, 2)), (-1, Fraction(2), Fraction(3))]
    assert figure7["_outputs"](units, [Fraction(1)]) == [Fraction(1, 2) * Fraction(4, 5) + 3]


def test_gaps_close_with_the_known_neurons(tmp_path):
    names = ("figure6.csv", "duality.csv", "problems.npz")
    figure6["solve_figure6"](
        1e-3, 6, 4, 2, 5, 6, 0, PUBLISHED, *(tmp_path / name for name in names)
    )
    duality = pd.read_csv(tmp_path / "duality.csv")
    assert (duality["relative_gap"].abs() < 1e-9).all()
    assert (duality["relative_gap_with_few"].abs() < 1e-9).all()
    assert (duality["used"] <= duality["samples"] + 1).all()
    gaps = pd.read_csv(tmp_path / "figure6.csv")
    for _, curve in gaps.groupby(["data", "problem"]):
        assert (curve["gap"].diff().dropna() <= 1e-9).all()
    # Through (-2, 1), (-1, 0), ... the slope turns three times by two.
    line = duality[(duality["data"] == "line") & (duality["problem"] == "equality")]
    assert line["optimum"].item() == pytest.approx(6)
    given = np.load(tmp_path / "problems.npz")
    assert given["biases0"]
    assert not given["biases3"]
    np.testing.assert_allclose(given["X3"] @ given["X3"].T, np.eye(5), atol=1e-12)


def test_whitened_closed_forms_are_those_of_the_programs(tmp_path):
    whitened["check_whitened"](4, 5, [0.1], 0, tmp_path / "table.csv")
    table = pd.read_csv(tmp_path / "table.csv")
    assert table["problem"].tolist() == ["regularised"] * 3 + ["equality"]
    assert table["units"].tolist() == [2, 1, 0, 2]
    assert (table["difference"] < 1e-8).all()
    assert (table["certified_gap"].abs() < 1e-9).all()


def test_kinks_elsewhere_gain_nothing(tmp_path):
    kinks["check_kinks"]([6], [1e-3, 0.1], 50, 0, tmp_path / "table.csv")
    table = pd.read_csv(tmp_path / "table.csv")
    assert (table["gain"].abs() < 1e-7).all()
    assert (table["relative_gap"] < 1e-7).all()
