"""The steps on ReLU networks: what they count, and that they can fail."""

import runpy
from dataclasses import replace

import numpy as np
import pandas as pd

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
    assert found["inside"]
    assert found["convex"]
    assert not found["lower"]
    moved = replace(point, A2=point.A2 * 1.01)
    found = cones["_measure"](X, Y, moved, 5, rng)
    assert found["gradient"] > 1e-4
    assert found["lower"]
    assert not cones["_measure"](X, Y, replace(point, A1=-point.A1), 5, rng)["inside"]


def test_examples_are_spurious_and_kinks_as_stated(tmp_path):
    points = tmp_path / "examples.csv"
    examples["certify_examples"](points)
    assert pd.read_csv(points)["spurious"].eq(1).all()
    points = tmp_path / "kinks.csv"
    kinks["certify_kinks"](3, points)
    assert pd.read_csv(points)[["formula_differs", "against_kind"]].eq(0).all(axis=None)


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
