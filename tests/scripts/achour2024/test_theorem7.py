"""The census: what it counts, and that each count could fail."""

import runpy

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
    # A falling loss is measured, not computed from the curve's polynomial.
    lowest = min(
        net.loss(net.classify(W).descent.point(t)) for t in (*census["STEPS"], *census["BACK"])
    )
    assert row["descent"] == pytest.approx((net.loss(W) - lowest) / net.scale**2)


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
