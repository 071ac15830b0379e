"""The steps of Zhou & Liang: what they count, and that they can fail."""

import runpy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from landscape.linear import LinearNetwork
from landscape.linear.analytical_form import eigenspaces, random_form
from landscape.linear.classify import DescentCurve
from landscape.linear.from_samples import loss_and_gradient, relative_gradient
from landscape.linear.prescribed_spectrum import data_with_spectrum

shallow = runpy.run_path("scripts/zhou2018/check_shallow_form.py")
controls = runpy.run_path("scripts/zhou2018/break_shallow_form.py")
necessity = runpy.run_path("scripts/zhou2018/check_necessity.py")
deep = runpy.run_path("scripts/zhou2018/check_deep_form.py")
descents = runpy.run_path("scripts/zhou2018/compute_descents.py")


def saddle(seed=0):
    """A saddle of the form (1) that uses the second of three eigenvalues, and its network."""
    rng = np.random.default_rng(seed)
    X, Y = data_with_spectrum(rng, 4, 3, 7, 4, (5.0, 3.0, 1.5))
    form = random_form(rng, X, Y, eigenspaces(X, Y), (0, 1, 0, 0), 2)
    return rng, form, LinearNetwork(X, Y, (2,))


def test_census_finds_nothing_wrong_with_the_form():
    rng, form, net = saddle()
    found = shallow["_measure"](form, net, rng)
    assert not found["global"]
    assert not found["lowest"]
    assert found["index"] == found["negative"] == 3
    assert found["descends"]
    assert found["ascends"]
    for column in ("gradient", "value_error", "recovered_error", "descent_error"):
        assert found[column] < 1e-13, column


def test_census_notices_a_wrong_pattern():
    rng, form, net = saddle()
    # The point of one pattern under the name of another.
    found = shallow["_measure"](replace(form, pattern=(1, 0, 0, 0)), net, rng)
    assert found["index"] != found["negative"]
    assert found["value_error"] > 1e-2
    assert found["recovered_error"] == np.inf
    assert found["descent_error"] > 1e-2
    assert not found["descends"]


@pytest.mark.parametrize("control", controls["CONTROLS"][1:])
def test_a_broken_form_is_not_critical(control):
    rng = np.random.default_rng(1)
    form = controls["_form"](rng)
    broken = controls["_broken"](form, control, rng)
    assert relative_gradient(form.X, form.Y, form.point()) < 1e-14
    assert relative_gradient(form.X, form.Y, broken.point()) > 1e-5
    # Each control breaks what it names and nothing else.
    gram = broken.V[:, :2].T @ broken.V[:, :2]
    assert np.allclose(gram, np.eye(2)) == (control != "V is not orthonormal")
    assert np.array_equal(broken.L1, form.L1) == (control != "L1 violates condition 2")


def test_solver_ends_at_critical_points_of_several_kinds():
    rng, form, net = saddle(2)
    kinds = set()
    for _ in range(12):
        W = necessity["_solve"](net, rng.normal(size=net.size))
        if relative_gradient(form.X, form.Y, W) < necessity["CRITICAL"]:
            kinds.add(net.classify(W).S)
    assert len(kinds) >= 3


def test_solver_returns_to_the_level_of_a_saddle_close_by():
    rng, form, net = saddle(3)
    x = np.concatenate([w.ravel() for w in form.point()]) + 1e-4 * rng.normal(size=net.size)
    found = necessity["_solve"](net, x)
    assert relative_gradient(form.X, form.Y, found) < 1e-15
    assert net.classify(found).S == (1,)


def test_deep_points_cover_every_set_and_kind():
    rng = np.random.default_rng(4)
    X, Y = data_with_spectrum(rng, 4, 3, 7, 4, (4.0, 2.0, 1.0))
    net = LinearNetwork(X, Y, (2, 3))
    rows = pd.DataFrame(deep["_measure"](X, Y, net, W, rng) for W in deep["_points"](net, rng))
    # One set of none, three of one (both kinds each), and three of r_max = 2 eigenvalues.
    assert len(rows) == 2 * (1 + 3) + 3
    assert rows["observed"].value_counts().to_dict() == {
        "strict_saddle": 8,
        "non_strict_saddle": 2,
        "global_minimizer": 1,
    }
    assert (rows["observed"] == rows["predicted"]).all()
    assert (rows["global"] == (rows["observed"] == "global_minimizer")).all()
    assert rows["descends"].all()
    assert rows["ascends"].all()
    assert rows["lower_nearby"].equals(~rows["global"])
    assert rows["residual"].max() < 1e-10
    assert rows["moved_residual"].min() > 1e-4


@pytest.mark.parametrize("hidden", [(3,), (2, 3), (3, 4, 3)])
@pytest.mark.parametrize("line", deep["LINES"])
def test_a_deep_point_fails_the_line_that_is_broken(line, hidden):
    rng = np.random.default_rng(5)
    X, Y = data_with_spectrum(rng, 4, 3, 7, 4, (4.0, 2.0, 1.0))
    found = deep["_break"](X, Y, LinearNetwork(X, Y, hidden), line, rng)
    assert found["gradient"] > 1e-5
    assert found["residual"] > 1e-5
    if line != "products":
        assert found["other_residual"] < 1e-13


def test_a_lower_loss_further_on_alone_is_no_descent():
    _, form, net = saddle()
    W = form.point()
    times = np.linspace(0.0, 1.0, 4 * net.depth)
    for seed in range(100):
        # The straight line to a global minimizer, along which the loss may rise first.
        end = net.critical_point(range(net.r_max), seed=seed)
        line = DescentCurve(
            [np.stack([w, z - w]) for w, z in zip(W, end, strict=True)], np.zeros(0)
        )
        losses = [2 * loss_and_gradient(form.X, form.Y, line.point(t))[0] for t in times]
        curve = replace(line, coefficients=np.polynomial.polynomial.polyfit(times, losses, 4))
        if curve.coefficients[2] > 0.1:
            break
    assert losses[-1] < losses[0]
    found = deep["_descend"](form.X, form.Y, W, curve)
    assert found["descent_error"] < 1e-12
    assert not found["descends"]


def test_descents_start_at_their_level_with_their_order(tmp_path):
    descents["compute_descents"](
        eigenvalues=[5.0, 3.0, 1.5],
        inputs=4,
        samples=7,
        hidden=2,
        depths=[3, 4],
        points=20,
        seed=0,
        descents=tmp_path / "descents.csv",
    )
    points = pd.read_csv(tmp_path / "descents.csv")
    assert points["error"].max() < 1e-14
    for name, order, fall in [
        ("rotation", 2, 0.5 * (5.0 - 3.0)),
        ("rank raised", 2, None),
        ("3 layers", 3, 0.5 * 3.0),
        ("4 layers", 4, 0.5 * 3.0),
    ]:
        curve = points[points["curve"] == name]
        assert (curve["order"] == order).all()
        down = (curve["level"] - curve["loss"]).to_numpy()
        assert (np.diff(down) > 0).all()
        slope = np.log(down[1] / down[0]) / np.log(curve["share"].iloc[1] / curve["share"].iloc[0])
        # A second term, smaller by the square of the share or more.
        assert slope == pytest.approx(order, abs=0.01)
        if fall is not None:
            assert down[-1] == pytest.approx(fall, abs=1e-12)


def test_a_curve_that_does_not_fall_or_not_as_stated_is_no_descent():
    _, form, net = saddle()
    W = form.point()
    curve = net.classify(W).descent
    assert deep["_descend"](form.X, form.Y, W, curve)["descends"]
    # A polynomial that is another one further on, and a point that is not on the curve.
    wrong = replace(curve, coefficients=np.append(curve.coefficients, 1e-6))
    assert not deep["_descend"](form.X, form.Y, W, wrong)["descends"]
    elsewhere = [w + 1.0 for w in W]
    assert not deep["_descend"](form.X, form.Y, elsewhere, curve)["lower_nearby"]
