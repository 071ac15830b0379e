"""Analyses of trained networks on problems that are solved by hand."""

import runpy

import numpy as np
import pytest

from landscape.convex.solved import SolvedProblem

widths = runpy.run_path("scripts/wang2020/compare_widths.py")
stationary = runpy.run_path("scripts/wang2020/check_stationary.py")
paths = runpy.run_path("scripts/wang2020/follow_paths.py")

# y = (1, 2) at x = (1, -1): one unit to each side, with |w| |a| = y - β.
BETA = 0.1
X, Y = np.array([[1.0], [-1.0]]), np.array([1.0, 2.0])
VALUE = 0.1 - 0.005 + 0.2 - 0.005
BEST = np.array([[np.sqrt(0.9)], [-np.sqrt(1.9)]]), np.sqrt([0.9, 1.9])
# Both units on the first side: the best of that cone.
SPURIOUS = np.sqrt(0.45) * np.ones((2, 1)), np.sqrt(0.45) * np.ones(2)
PROBLEM = SolvedProblem(X, Y, BETA, *BEST, VALUE, VALUE - 1e-12)


def test_an_end_is_the_optimum_of_its_own_program_only():
    own, both = stationary["restricted_optima"](PROBLEM, [SPURIOUS, BEST])
    assert own["largest_drop"] == pytest.approx(0, abs=1e-8)
    assert own["not_global"] == 1
    assert own["networks_on_kinks"] == 0
    # Without kinks there is one pattern for each unit, and the other sign is of no use here.
    assert both["largest_drop"] == pytest.approx(0, abs=1e-8)
    moved = SPURIOUS[0] * 1.1, SPURIOUS[1]
    (none, _) = stationary["restricted_optima"](PROBLEM, [(np.zeros((2, 1)), np.zeros(2))])
    assert none["largest_drop"] == 0
    (own, _) = stationary["restricted_optima"](PROBLEM, [moved])
    assert own["optimal"] == 0
    assert own["largest_drop"] > 1e-4


def test_the_shortest_subgradient():
    least = stationary["least_subgradient"]
    assert least(PROBLEM, *BEST) < 1e-12
    assert least(PROBLEM, *SPURIOUS) < 1e-12
    assert least(PROBLEM, np.zeros((2, 1)), np.zeros(2)) == 0
    W, a = SPURIOUS[0] * 1.1, SPURIOUS[1]
    r = 1.1 * 0.9 - 1
    by_hand = [r * a + BETA * W[:, 0], r * W[:, 0] + BETA * a]
    assert least(PROBLEM, W, a) == pytest.approx(np.linalg.norm(by_hand), rel=1e-12)
    # The second row is on the kink. A share of it, 0.1 over its target, cancels the first row's
    # pull to the side; no more than all of it can count.
    data, length = np.array([[1.0, 1.0], [0.0, -1.0]]), np.sqrt(0.9)
    unit = np.array([[length, 0.0]]), np.array([length])
    for target, expected in ((0.2, 0.0), (0.05, 0.05 * length), (-0.2, 0.1 * length)):
        problem = SolvedProblem(data, np.array([1.0, target]), BETA, *unit, 1.0, 1.0)
        assert least(problem, *unit) == pytest.approx(expected, abs=1e-9)


def test_the_constructed_path_goes_down_and_lines_climb():
    # Four units: as many as samples, and those of the optimum.
    wide = tuple(np.concatenate([part, np.zeros_like(part)]) for part in SPURIOUS)
    down = paths["constructed"](PROBLEM, wide) / VALUE
    row = paths["barrier"]([down])
    assert row["largest_step_up"] <= 1e-12
    assert row["end_excess"] < 1e-12
    assert down[0] == pytest.approx(2.095 / VALUE)
    # Between two copies of the optimum outputs shrink to a half, by the squares of both weights.
    row = paths["barrier"]([paths["straight"](PROBLEM, BEST) / VALUE])
    half = 0.5 * (0.55**2 + 1.05**2) + 0.1 * (0.9 + 1.9) / 2
    assert row["largest_climb"] == pytest.approx(half / VALUE - 1)
    assert row["climbing"] == 1


def test_widths_are_judged_against_the_optimum():
    row = widths["reached"](PROBLEM, np.array([VALUE, 2.0 + 0.095]), 2)
    assert (row["reached"], row["wide"]) == (0.5, 1)
    assert row["worst_excess"] == pytest.approx(2.095 / VALUE - 1)
    assert row["best_over_bound"] == pytest.approx(1e-12 / VALUE, rel=1e-3)
