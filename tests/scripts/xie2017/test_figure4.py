"""Clustered units, and the comparison with the published means."""

from replication.run import Published

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landscape import diversity, sphere

STEP = runpy.run_path("scripts/xie2017/compute_figure4.py")


def test_clustered_units_coincide_without_spread_and_diversify_with_it():
    rng = np.random.default_rng(0)
    units = [STEP["clustered_units"](rng, 60, 20, 4, spread) for spread in (0, 0.5, 2, 50)]
    assert len(np.unique(units[0].round(12), axis=0)) == 4
    for W in units:
        np.testing.assert_allclose(np.linalg.norm(W, axis=1), 1, rtol=1e-14)
    discrepancies = [diversity.l2_discrepancy_squared(W) for W in units]
    assert discrepancies == sorted(discrepancies, reverse=True)


def test_summary_pairs_optimised_units_with_their_start():
    table = pd.DataFrame(
        {
            "group": ["random"] * 3 + ["optimised"] * 3,
            "setting": np.nan,
            "draw": [0, 1, 2, 2, 1, 0],
            "l2_squared": [2.0, 3.0, 4.0, 1.0, 1.0, 1.0],
            "s_m_squared": [1.0, 10.0, 100.0, 100.5, 10.5, 1.5],
        }
    )
    published = STEP["_published"](Published(Path("config/xie2017/published.yaml")))
    summary = STEP["_summarise"](table, [], {}, published).set_index("group")
    gain = summary.loc["optimised minus random"]
    # Unpaired, the interval would be over a hundred wide.
    assert gain["s_m_squared_low"] == gain["s_m_squared"] == gain["s_m_squared_high"] == 0.5
    assert gain["l2_squared"] == -2
    assert gain["s_m_squared_ratio"] == pytest.approx(0.5 / (3.869 - 3.574))
    # Ours has no error here; theirs is that of two means of twenty.
    error = np.sqrt((0.026**2 + 0.024**2) / 20) / (3.869 - 3.574)
    assert gain["s_m_squared_ratio_high"] / gain["s_m_squared_ratio"] == pytest.approx(
        1 + 1.96 * error
    )


def test_units_stop_where_they_are_told_to():
    W = sphere.uniform(np.random.default_rng(0), 12, 15)
    start = diversity.l2_discrepancy_squared(W)
    least = diversity.l2_discrepancy_squared(diversity.minimise_regulariser(W))
    assert STEP["least_l2_discrepancy_squared"](12, 15) == pytest.approx(least, rel=1e-6)
    wanted = (start + 3 * least) / 4
    stopped = STEP["optimise_to"](W, wanted)
    assert diversity.l2_discrepancy_squared(stopped) == pytest.approx(wanted, rel=1e-9)
    np.testing.assert_allclose(np.linalg.norm(stopped, axis=1), 1, rtol=1e-14)
    assert STEP["optimise_to"](W, 0.9 * least) is None
    assert STEP["optimise_to"](W, 2 * start) is None


def test_the_simplex_has_the_least_discrepancy_only_where_it_fits():
    # Two opposite units: k vanishes between them, and is 1/2 of each with itself.
    assert STEP["least_l2_discrepancy_squared"](2, 2) == pytest.approx(1 / 8 - 1 / 12)
    assert np.isnan(STEP["least_l2_discrepancy_squared"](4, 2))
