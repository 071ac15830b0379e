import numpy as np
import pandas as pd
import pytest

from landscape.population import gradient, hessian, loss
from landscape.spurious import SPURIOUS_LOSS, search_minima


def test_search_finds_minima_and_counts_them():
    found = search_minima(7, 7, 80, np.random.default_rng(0))
    spurious = found.runs["loss"] >= SPURIOUS_LOSS
    assert 0 < spurious.sum() < 40
    assert found.runs["finished"].all()
    assert (found.runs.loc[~spurious, "class"] == -1).all()
    assert found.classes["runs"].sum() == spurious.sum()
    for _, row in found.classes.iterrows():
        W = np.reshape(row["W"], (7, 7))
        assert row["minimum"]
        assert row["loss"] == loss(W, np.eye(7))
        assert np.linalg.norm(gradient(W, np.eye(7))) == row["gradient_norm"]
        assert np.linalg.eigvalsh(hessian(W, np.eye(7)))[0] == row["min_eigenvalue"]
        members = found.runs[found.runs["class"] == row["class"]]
        np.testing.assert_allclose(members["loss"], row["loss"], atol=1e-9)
        assert (members["norm_sum"] == row["norm_sum"]).all()


def test_search_follows_its_stream_and_step():
    first = search_minima(3, 4, 5, np.random.default_rng(1)).runs
    again = search_minima(3, 4, 5, np.random.default_rng(1), step=5 / 4).runs
    slower = search_minima(3, 4, 5, np.random.default_rng(1), step=0.1).runs
    assert first.equals(again)
    assert (slower["steps"] > first["steps"]).any()


def test_a_run_that_has_not_ended_says_so():
    runs = search_minima(3, 3, 5, np.random.default_rng(1), max_steps=20).runs
    assert not runs["finished"].all()
    assert (runs["steps"] <= 20).all()


@pytest.mark.parametrize(("k", "n", "runs"), [(0, 3, 1), (4, 3, 1), (3, 3, 0)])
def test_search_refuses(k, n, runs):
    with pytest.raises(ValueError, match=r"^(teachers|students|runs): "):
        search_minima(k, n, runs, np.random.default_rng(0))


def test_without_a_spurious_run_the_columns_are_the_same():
    none, some = (search_minima(k, k, 4, np.random.default_rng(0)).classes for k in (5, 13))
    assert none.empty
    assert not some.empty
    pd.testing.assert_series_equal(none.dtypes, some.dtypes)
