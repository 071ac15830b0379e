"""The census: what it counts, and that each count could fail."""

import runpy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from landscape.linear import LinearNetwork

census = runpy.run_path("scripts/achour2024/check_theorem7.py")


def network(hidden):
    rng = np.random.default_rng(5)
    return LinearNetwork(rng.normal(size=(4, 9)), rng.normal(size=(3, 9)), hidden)


@pytest.mark.parametrize("kind", ["tightened", "not_tightened"])
def test_measures_of_a_saddle_with_leading_eigenvalues(kind):
    net = network([4, 4, 4])
    W = net.critical_point([0], seed=3, kind=kind)
    row = census["_measure"](net, [0], W)
    flat = kind == "tightened"
    assert row["predicted"] == row["observed"] == ("non_strict_saddle" if flat else "strict_saddle")
    assert row["leading"]
    assert row["outer"] == (np.linalg.matrix_rank(W[2] @ W[1], tol=1e-8) > 1)
    assert row["descent"] > 1e-9


def test_the_loss_itself_is_asked_whether_it_falls():
    net = network([4, 4])
    W = net.critical_point([0], seed=3)
    curve = net.classify(W).descent
    fall = census["_fall"](net, curve, net.loss(W))
    fine = [net.loss(curve.point(t)) for t in np.linspace(-1, 1, 4001)]
    # Steps are five per cent apart.
    assert 0 < 0.99 * (net.loss(W) - min(fine)) <= fall
    # A curve that leads nowhere, or a polynomial that promises too much, is seen.
    still = replace(curve, terms=[np.stack([layer, 0 * layer]) for layer in W])
    assert census["_fall"](net, still, net.loss(W)) == pytest.approx(0, abs=1e-12)


def test_what_lies_behind_a_barrier_is_no_descent():
    class Line:
        """The loss t² - t⁴ - 0.1 t⁶ along a curve: higher at first, at 1 lower."""

        scale = 1.0
        coefficients = np.array([0, 0, 1, 0, -1, 0, -0.1])

        def point(self, t):
            return t

        def loss(self, t):
            return t**2 - t**4 - 0.1 * t**6

    line = Line()
    assert line.loss(1.0) < 0
    assert census["_fall"](line, line, 0.0) == 0


def test_a_global_minimizer_has_no_way_down():
    net = network([4, 4])
    row = census["_measure"](net, [0, 1, 2], net.critical_point([0, 1, 2], seed=1))
    assert row["observed"] == "global_minimizer"
    assert np.isnan(row["descent"])


def test_counts_by_the_hessian_not_by_the_theorem():
    row = {
        "depth": 3,
        "bottleneck": False,
        "index": 0,
        "negative": 0,
        "leading": True,
        "outer": True,
        "predicted": "strict_saddle",
        "observed": "non_strict_saddle",
    }
    totals = census["_totals"](pd.DataFrame([row])).set_index("depth").loc["3"]
    assert totals["mismatches"] == totals["non_strict"] == totals["outer_flat"] == 1
    assert totals["inner_strict"] == 0


@pytest.mark.parametrize(("tightened", "share"), [([True, True], 1.0), ([True, False], 0.5)])
def test_share_of_saddles_that_a_reading_calls_right(tightened, share):
    every = pd.DataFrame(
        {
            "tightened": tightened,
            "three_blocks": [not value for value in tightened],
            "observed": "non_strict_saddle",
        }
    )
    found = census["_two_definitions"](every).set_index("definition")["share_right"]
    assert found["two complementary blocks"] == share
    assert found["three separate blocks"] == 1 - share
    alike = census["_two_definitions"](every.assign(three_blocks=tightened))
    assert alike["share_right"].isna().all()
