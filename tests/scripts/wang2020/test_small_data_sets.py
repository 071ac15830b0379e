"""Small data sets: where training ends, which minima are proved, and tests of optimality."""

import runpy

import numpy as np
import pandas as pd
import pytest

from landscape.convex import enumerate_patterns, solve_two_layer
from landscape.convex.solved import SolvedProblem, read_problems

compare = runpy.run_path("scripts/wang2020/compare_optima.py")
minima = runpy.run_path("scripts/wang2020/prove_minima.py")
optimality = runpy.run_path("scripts/wang2020/check_optimality.py")

# y = (1, 2) at x = (1, -1): one unit to each side, with |w| |a| = y - β.
BETA = 0.1
X, Y = np.array([[1.0], [-1.0]]), np.array([1.0, 2.0])
VALUE = 0.1 - 0.005 + 0.2 - 0.005
BEST = np.array([[np.sqrt(0.9)], [-np.sqrt(1.9)]]), np.sqrt([0.9, 1.9])
SPURIOUS = np.sqrt(0.45) * np.ones((2, 1)), np.sqrt(0.45) * np.ones(2)
PROBLEM = SolvedProblem(X, Y, BETA, *BEST, VALUE, VALUE - 1e-12)


def test_data_sets_are_small_and_distinct():
    sets = compare["data_sets"](0)
    assert 20 <= len(sets) <= 25
    for rows, targets in sets.values():
        m, d = rows.shape
        assert m <= 8
        assert d <= 3
        assert targets.shape == (m,)
    assert len({(x.tobytes(), y.tobytes()) for x, y in sets.values()}) == len(sets)


def test_ends_are_told_apart():
    classify = minima["classify"]
    kind, value = classify(PROBLEM, *SPURIOUS, 2.095)
    assert kind == "proved"
    assert value == pytest.approx(2.095, rel=1e-12)
    assert value <= 2.095
    # Alone on the first side, the other unit gone: it could grow on the second side.
    dead = np.array([[np.sqrt(0.9)], [0.0]]), np.array([np.sqrt(0.9), 0.0])
    assert classify(PROBLEM, *dead, 2.095) == ("dead unit", 2.095)
    # No unit at all: the objective is that of no network.
    assert classify(PROBLEM, np.zeros((2, 1)), np.zeros(2), 2.5) == ("dead unit", 2.5)
    moved = SPURIOUS[0] * 1.2, SPURIOUS[1]
    assert classify(PROBLEM, *moved, 2.12)[0] == "not stationary"


def test_an_end_on_a_kink_is_held_only_if_no_pattern_nearby_is_better():
    # Orthonormal samples, y = (1, t): the unit along the first has the second on its kink. With
    # t > 0 turning towards it helps; with t < 0 it does not.
    data = np.eye(2)
    unit = np.array([[np.sqrt(0.9), 0.0]]), np.array([np.sqrt(0.9)])
    for target, kind in ((0.5, "not held"), (-0.5, "held")):
        y = np.array([1.0, target])
        optimum = solve_two_layer(data, y, BETA)
        problem = SolvedProblem(data, y, BETA, *optimum.weights, optimum.value, optimum.dual_bound)
        value = 0.5 * (0.1**2 + target**2) + 0.1 * 0.9
        own = minima["nearby_patterns"](data, unit[0][0])
        assert own.tolist() == [[True, False], [True, True]]
        found = minima["classify"](problem, *unit, value)[0]
        # Its own pattern counts the second sample as active, so the first end is not stationary.
        assert found in ({kind, "not stationary"} if target > 0 else {kind})


def test_values_that_differ_are_counted_once():
    values = np.array([1.0, 1.0004, 2.0, 2.0004, 3.0])
    assert minima["distinct"](values, 1.0) == [2, 4]


def test_the_test_of_optimality_knows_what_is_optimal():
    patterns = enumerate_patterns(X)
    assert optimality["is_optimal"](PROBLEM, *BEST, patterns)
    assert not optimality["is_optimal"](PROBLEM, *SPURIOUS, patterns)
    for kind, networks in optimality["changed_optima"](PROBLEM, np.random.default_rng(0)).items():
        for W, a in networks:
            accepted = optimality["is_optimal"](PROBLEM, W, a, patterns)
            assert accepted == (kind in {"optimum", "optimum, one unit split"})


def test_a_run_of_all_steps(tmp_path):
    compare["compare_optima"](
        0.02, 2, 30, 0.05, 0, tmp_path / "optima.csv", tmp_path / "p.npz", tmp_path / "e.npz"
    )
    table = pd.read_csv(tmp_path / "optima.csv")
    assert (table["proved_gap"] < 1e-8).all()
    assert (table["difference"] < 1e-8).all()
    # No trained network is below the bound.
    assert (table["best_over_bound"] > -1e-12).all()
    problems = list(read_problems(tmp_path / "p.npz"))
    assert [problem.value for problem in problems] == table["optimum"].tolist()
    for problem in problems:
        outputs = np.maximum(problem.X @ problem.W.T, 0.0) @ problem.a
        assert np.linalg.norm(outputs - problem.y) ** 2 / 2 < problem.value
    minima["prove_minima"](
        tmp_path / "p.npz", tmp_path / "e.npz", tmp_path / "minima.csv", tmp_path / "totals.csv"
    )
    found = pd.read_csv(tmp_path / "minima.csv")
    kinds = ["proved", "held", "dead_unit", "not_held", "not_stationary"]
    assert (found[kinds].sum(axis=1) == found["spurious_values"]).all()
    assert found["by_hand"].sum() == 4
    optimality["check_optimality"](
        0, tmp_path / "p.npz", tmp_path / "e.npz", tmp_path / "optimality.csv"
    )
    tests = pd.read_csv(tmp_path / "optimality.csv").set_index("kind")
    assert tests.loc["optimum", "accepted"] == len(table)
    assert (tests["wrong"] == 0).all()
