"""From runs to what the minima have in common, and splits of their units."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landscape.population import gradient, hessian, polish
from replication.errors import InputError

tabulate = runpy.run_path("scripts/safran2020/tabulate_minima.py")
train = runpy.run_path("scripts/safran2020/train_minima.py")["train_minima"]
far = runpy.run_path("scripts/safran2020/train_far_starts.py")["train_far_starts"]
PUBLISHED = Path("config/safran2020/published.yaml")


@pytest.fixture(scope="module")
def minimum():
    """The minimum of k = n = 7 (Safran & Shamir's)."""
    W = np.full((7, 7), -0.0350801559)
    np.fill_diagonal(W, 0.9969227988)
    W[0, 1:], W[1:, 0], W[0, 0] = 0.1859910463, 0.2616910758, -0.6327039049
    return polish(W, np.eye(7))


def test_a_split_unit_is_critical_and_has_the_hessian_of_lemma_28(minimum):
    V, i, a = np.eye(7), 2, 0.3
    whole = hessian(minimum, V).reshape(7, 7, 7, 7)
    block = whole[i, :, i, :] - V / 2
    others = [j for j in range(7) if j != i]
    wider = np.vstack([minimum[others], a * minimum[i], (1 - a) * minimum[i]])
    assert np.linalg.norm(gradient(wider, V)) < 1e-13
    split = hessian(wider, V).reshape(8, 7, 8, 7)
    expected = np.empty((8, 7, 8, 7))
    order = [*others, i, i]
    for row, p in enumerate(order):
        for column, q in enumerate(order):
            expected[row, :, column, :] = whole[p, :, q, :]
    expected[6, :, 6, :], expected[7, :, 7, :] = V / 2 + block / a, V / 2 + block / (1 - a)
    expected[6, :, 7, :] = expected[7, :, 6, :] = V / 2
    np.testing.assert_allclose(split, expected, atol=1e-12)


def test_curvatures_of_splits_are_those_of_lemma_29(minimum):
    probe = tabulate["_probe"](minimum)
    blocks = hessian(minimum, np.eye(7)).reshape(7, 7, 7, 7)
    least = [np.linalg.eigvalsh(blocks[i, :, i, :] - np.eye(7) / 2)[0] for i in range(7)]
    means = [np.trace(blocks[i, :, i, :]) / 7 - 0.5 for i in range(7)]
    assert probe.block == pytest.approx(max(least), rel=1e-12)
    assert probe.mean == pytest.approx(min(means), rel=1e-12)
    # Along (u, -u) / sqrt(2); the two halves resist most.
    assert probe.curvature == pytest.approx(2 * max(least), rel=1e-2)


def test_units_that_cannot_be_split_have_no_curvature():
    # Longer by far than the teachers: the others' pull makes each block positive.
    assert np.isnan(tabulate["_probe"](3 * np.ones((4, 4)) + np.eye(4)).curvature)


def test_tables_of_a_small_run(tmp_path):
    files = {"runs": [], "classes": []}
    for k in (5, 7, 8):
        for name, paths in files.items():
            paths.append(tmp_path / f"{name}_k{k}.parquet")
        train(
            teachers=k,
            runs=30,
            larger=[7],
            larger_runs=10,
            tolerance=1e-6,
            max_steps=10**6,
            seed=0,
            ends=files["runs"][-1],
            classes=files["classes"][-1],
        )
    out = {name: tmp_path / f"{name}.csv" for name in ("shares", "minima", "norm_sums")}
    tabulate["tabulate_minima"](**files, published=PUBLISHED, **out)
    shares, minima, sums = (pd.read_csv(out[name]) for name in out)
    runs = pd.read_parquet(files["runs"])
    assert shares["k"].tolist() == [5, 7, 8]
    assert shares["runs"].tolist() == [30, 10, 30]
    # Nothing is published of k = 5.
    assert shares["published_share"].isna().tolist() == [True, False, False]
    assert shares["difference"].isna().tolist() == [True, False, False]
    assert (
        shares["spurious"].tolist()
        == runs.groupby("k")["class"].apply(lambda labels: (labels >= 0).sum()).tolist()
    )
    assert sums["runs"].sum() == shares["spurious"].sum()
    # Proposition 15 allows k^2; that the sum is below k is the experiment's.
    assert (sums["norm_sum"] <= sums["k"] ** 2).all()
    assert (minima["deficit_least"] > 0).all()
    assert (minima["split_curvature"] < 0).all()
    assert minima["deficit_factor"].isna().all()
    with pytest.raises(InputError, match="no spurious minimum in any run"):
        tabulate["tabulate_minima"](
            **{name: paths[:1] for name, paths in files.items()}, published=PUBLISHED, **out
        )


@pytest.mark.parametrize(("largest", "factor"), [(7.01, np.inf), (6.995, 2.5)])
def test_the_range_of_norm_sums_is_held_against_the_published_one(minimum, largest, factor):
    found = pd.DataFrame(
        {
            "W": [minimum.ravel()] * 2,
            "runs": [3, 4],
            "norm_sum": [6.99, largest],
            "min_eigenvalue": [0.1, 0.1],
        }
    )
    theirs = pd.Series({"deficit_least": 0.002, "deficit_largest": 0.015})
    row = tabulate["_in_common"](found, 7, theirs)
    assert row["deficit_factor"] == pytest.approx(factor, rel=1e-9)


def test_runs_from_far_away(tmp_path):
    far(
        teachers=[1, 9],
        runs=12,
        tolerance=1e-9,
        max_steps=100_000,
        seed=0,
        table=tmp_path / "far_starts.csv",
    )
    table = pd.read_csv(tmp_path / "far_starts.csv").set_index("k")
    assert (table["unfinished"] == 0).all()
    assert table.loc[9, "start_norm_sum"] == 162
    # One unit has no spurious minimum, and so no sum of norms at any.
    assert table.loc[1, "spurious"] == 0
    assert np.isnan(table.loc[1, "deficit_least"])
    assert table.loc[9, "share"] == table.loc[9, "spurious"] / 12 > 0
    assert 0 < table.loc[9, "deficit_least"] <= table.loc[9, "deficit_largest"] < 0.1
