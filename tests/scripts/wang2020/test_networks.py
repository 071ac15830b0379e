"""Analyses of trained networks on problems that are solved by hand."""

import runpy

import numpy as np
import pandas as pd
import pytest

analyse = runpy.run_path("scripts/wang2020/analyse_networks.py")
optima = runpy.run_path("scripts/wang2020/compare_optima.py")

# y = (1, 2) at x = (1, -1): one unit to each side, with |w| |a| = y - β.
BETA = 0.1
X, Y = np.array([[1.0], [-1.0]]), np.array([1.0, 2.0])
VALUE = 0.1 - 0.005 + 0.2 - 0.005
BEST = np.array([[np.sqrt(0.9)], [-np.sqrt(1.9)]]), np.sqrt([0.9, 1.9])
# Both units on the first side: the best of that cone.
SPURIOUS = np.sqrt(0.45) * np.ones((2, 1)), np.sqrt(0.45) * np.ones(2)


def problem():
    return analyse["Problem"](X, Y, BETA, *BEST, VALUE, VALUE - 1e-12)


def test_an_end_is_the_optimum_of_its_own_program_only():
    own, both = analyse["_restricted"](problem(), [SPURIOUS, BEST])
    assert own["largest_drop"] == pytest.approx(0, abs=1e-8)
    assert own["not_global"] == 1
    assert own["networks_on_kinks"] == 0
    # Without kinks there is one pattern for each unit, and the other sign is of no use here.
    assert both["largest_drop"] == pytest.approx(0, abs=1e-8)
    moved = SPURIOUS[0] * 1.1, SPURIOUS[1]
    (own, _) = analyse["_restricted"](problem(), [moved])
    assert own["optimal"] == 0


def test_paths_go_down_and_lines_climb():
    curves = analyse["_follow"](problem(), [SPURIOUS])
    downhill, _ = analyse["_barriers"](curves)
    assert downhill["largest_step_up"] < 0
    # Between two copies of the optimum outputs shrink to a half, by the squares of both weights.
    level, straight = analyse["_barriers"](analyse["_follow"](problem(), [BEST]))
    assert level["largest_climb"] < 1e-12
    half = 0.5 * (0.55**2 + 1.05**2) + 0.1 * (0.9 + 1.9) / 2
    assert straight["largest_climb"] == pytest.approx(half / VALUE - 1)
    assert downhill["end_excess"] < 1e-12
    middle = curves[(curves["path"] == "downhill") & (curves["t"] == 0.5)]["objective"].item()
    # Outputs (0.9, 0) and (0.9, 1.9) meet half way; penalties 0.1 of 0.9 and of 2.8.
    assert middle == pytest.approx(0.5 * (0.1**2 + 1.05**2) + 0.1 * (0.9 + 2.8) / 2)


def test_widths_are_judged_against_the_optimum():
    W = np.array([BEST[0], SPURIOUS[0]])
    a = np.array([BEST[1], SPURIOUS[1]])
    values = np.array([VALUE, 2.0 + 0.095])
    row = analyse["_reached"](problem(), W, a, values, 2)
    assert (row["reached"], row["wide"]) == (0.5, 1)
    assert row["worst_excess"] == pytest.approx(2.095 / VALUE - 1)
    assert abs(row["certificate_error_max"]) < 1e-8


def test_data_sets_are_small_and_distinct():
    sets = optima["data_sets"](0)
    assert 20 <= len(sets) <= 25
    for rows, targets in sets.values():
        m, d = rows.shape
        assert m <= 8
        assert d <= 3
        assert targets.shape == (m,)
    assert len({(x.tobytes(), y.tobytes()) for x, y in sets.values()}) == len(sets)


def test_spurious_ends_are_counted_once_and_unsettled_ones_apart(tmp_path):
    optimum = optima["solve_two_layer"](X, Y, BETA)
    moved = SPURIOUS[0] * 1.2, SPURIOUS[1]
    ends = [BEST, SPURIOUS, SPURIOUS, moved]
    objective = [VALUE, 2.095, 2.095, 0.5 * 0.08**2 + 2 + 0.05 * 0.9 * 2.44]
    row = optima["_compare"](
        X,
        Y,
        BETA,
        optimum,
        np.array(objective),
        np.array([W for W, _ in ends]),
        np.array([a for _, a in ends]),
    )
    assert (row["spurious_values"], row["unsettled"], row["global"]) == (1, 1, 0.25)
    assert row["least_spurious"] == row["largest_spurious"] == 2.095
    assert row["worst_certified_gap"] == pytest.approx(row["worst_excess"], rel=1e-6)


def test_a_run_of_the_whole_table(tmp_path):
    optima["compare_optima"](0.02, 2, 30, 0.05, 0, tmp_path / "optima.csv")
    table = pd.read_csv(tmp_path / "optima.csv")
    assert (table["proved_gap"] < 1e-8).all()
    assert (table["best_over_bound"] > -1e-12).all()
