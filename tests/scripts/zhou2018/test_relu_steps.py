"""The steps on ReLU networks: what they count, and that they can fail."""

import runpy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from landscape.relu.cones import Cone, cone_points
from landscape.relu.one_unit import unit_minima

cones = runpy.run_path("scripts/zhou2018/check_cones.py")
examples = runpy.run_path("scripts/zhou2018/certify_examples.py")
kinks = runpy.run_path("scripts/zhou2018/certify_kinks.py")
units = runpy.run_path("scripts/zhou2018/enumerate_units.py")


def a_minimum():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(4, 4)), np.abs(rng.normal(size=(2, 4)))
    points = cone_points(X, Y, 3, Cone((0, 1), (0, 2)), rng)
    return X, Y, next(point for point in points if point.minimum), rng


def test_a_point_moved_or_called_by_another_name_is_found():
    X, Y, point, rng = a_minimum()
    found = cones["_measure"](X, Y, point, 5, rng)
    assert found["gradient"] < 1e-14
    assert found["value_error"] < 1e-14
    assert found["convex"]
    assert not found["lower"]
    moved = replace(point, A2=point.A2 * 1.01)
    found = cones["_measure"](X, Y, moved, 5, rng)
    assert found["gradient"] > 1e-4
    assert found["lower"]


def test_examples_are_spurious_and_kinks_as_stated(tmp_path):
    points = tmp_path / "examples.csv"
    examples["certify_examples"](points)
    assert pd.read_csv(points)["spurious"].eq(1).all()
    points = tmp_path / "kinks.csv"
    kinks["certify_kinks"](2, points)
    assert pd.read_csv(points)["contradictions"].eq(0).all()


def test_a_wrong_formula_or_kind_is_found(tmp_path):
    points = tmp_path / "kinks.csv"
    globals_ = kinks["certify_kinks"].__globals__
    right = globals_["KINKS"]
    for wrong in (
        [("a kink upwards", right[0][1], 1, "local minimum")],
        [("a kink downwards", right[1][1], -1, "local minimum")],
    ):
        globals_["KINKS"] = wrong
        kinks["certify_kinks"](2, points)
        assert pd.read_csv(points)["contradictions"].gt(0).all()
    globals_["KINKS"] = right


def test_scaling_keeps_the_signs_of_eigenvalues_and_shows_a_weak_one():
    weak = np.array([[1e8, 2.0, 0.0], [2.0, 1e-8, 0.0], [0.0, 0.0, 0.0]])
    scaled = cones["_scaled"](weak)
    assert np.linalg.eigvalsh(scaled)[0] == pytest.approx(-1.0)
    rng = np.random.default_rng(0)
    for _ in range(20):
        root = rng.normal(size=(5, 3))
        for H in (root @ root.T, root @ root.T - 0.1 * np.eye(5)):
            if (np.diag(H) < 0).any():
                continue
            before, after = np.linalg.eigvalsh(H), np.linalg.eigvalsh(cones["_scaled"](H))
            assert (before < -1e-9).sum() == (after < -1e-9).sum()


def test_ends_of_runs_are_told_apart():
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(2, 6)), rng.normal(size=6)
    listed = unit_minima(X, y)
    at = (listed[0].low + listed[0].high) / 2
    angles = np.array([at, at, at + 0.5])
    w = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    a = np.array([listed[0].scale, 2 * listed[0].scale + 1, listed[0].scale])
    assert units["_ends"](X, y, listed, w, a).tolist() == [0, units["MOVING"], units["MOVING"]]
    # Without the minimum on the list, the first run is at rest where it should not be.
    assert units["_ends"](X, y, listed[1:], w[:1], a[:1]).tolist() == [units["ELSEWHERE"]]
    X_seen = np.abs(X)
    assert units["_ends"](X_seen, y, [], -np.ones((1, 2)), a[:1]).tolist() == [units["DEAD"]]


def test_gradient_descent_is_that_of_the_loss():
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(2, 6)), rng.normal(size=6)
    w, a = rng.normal(size=(1, 2)), rng.normal(size=1)

    def loss(w, a):
        return 0.5 * np.sum((a * np.maximum(w @ X, 0) - y) ** 2)

    moved_w, moved_a = units["_descend"](X, y, w, a, 1, 1e-3)
    at, shift = np.array([*w[0], *a]), 1e-6 * np.eye(3)
    slopes = [
        (loss(*np.split(at + row, [2])) - loss(*np.split(at - row, [2]))) / 2e-6 for row in shift
    ]
    moved = np.array([*moved_w[0], *moved_a])
    np.testing.assert_allclose(moved, at - 1e-3 * np.array(slopes), rtol=1e-7)


def test_shares_of_outcomes_are_of_all_runs():
    counted = pd.DataFrame(
        {
            "runs": [10, 10],
            "global": [4, 1],
            "at_spurious": [3, 5],
            "dead": [2, 2],
            "moving": [1, 0],
            "elsewhere": [0, 2],
        }
    )
    shares = units["_outcomes"](counted).set_index("outcome")
    assert shares["runs"].sum() == 20
    assert shares.loc["still moving", "share"] == 1 / 20
    assert shares.loc["at rest elsewhere", "runs"] == 2
    assert (shares["share_low"] < shares["share"]).all()
    assert (shares["share"] < shares["share_high"]).all()
