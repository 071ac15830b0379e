"""The table of Theorem 4, the second form of Lemma 3, and Gaussian matrices."""

import runpy

import numpy as np
import pandas as pd
import pytest

from landscape.convex.spikes import sampled_spike
from replication.errors import InputError

step = runpy.run_path("scripts/ergen2020/check_spike_free.py")
random_rows = runpy.run_path("scripts/ergen2020/check_random_rows.py")


def test_two_units_suffice_without_spikes(tmp_path):
    step["check_spike_free"](4, 5, [0.1], 1000, 0, tmp_path / "table.csv", tmp_path / "lemma3.csv")
    table = pd.read_csv(tmp_path / "table.csv").set_index("data")
    free = ["whitened", "orthogonal rows", "rank one, non-negative"]
    assert (table.loc[free, "difference"] < 1e-7).all()
    # Lemmas 4 and 5.
    assert (table.loc[free, "spike"] <= 1 + 1e-12).all()
    assert (table["excess"] > -1e-8).all()
    assert (table["problem"] == "equality").sum() == 3
    lemma3 = pd.read_csv(tmp_path / "lemma3.csv").iloc[0]
    assert (lemma3["second_form"], lemma3["outside"]) == (0, 0.5)


def test_orthogonal_rows_have_no_spike_in_many_draws():
    rng = np.random.default_rng(0)
    for _ in range(20):
        lengths = rng.uniform(0.01, 10, 4)
        A = lengths[:, None] * np.linalg.qr(rng.standard_normal((6, 4)))[0].T
        assert sampled_spike(A, rng.standard_normal((2000, 6)))[0] <= 1 + 1e-12


def test_half_of_two_gaussian_rows_have_a_spike(tmp_path):
    paths = tmp_path / "spikes.csv", tmp_path / "vertices.csv"
    random_rows["check_random_rows"]([2, 3], [5, 10**6], 500, [4, 5], 10, 0, *paths)
    spikes = pd.read_csv(paths[0])
    two = spikes[spikes["rows"] == 2]
    assert ((two["share_low"] < 0.5) & (two["share_high"] > 0.5)).all()
    three = spikes[(spikes["rows"] == 3) & (spikes["inputs"] == 10**6)].iloc[0]
    assert three["share_low"] < three["limit"] < three["share_high"]
    assert (spikes["mean_longest"] <= spikes["mean_bound"]).all()
    vertices = pd.read_csv(paths[1])
    # 2 n log(n - 1) is 8.8 and 13.9.
    assert vertices["inputs"].tolist() == [3, 9, 4, 14]
    assert (vertices["others"] == 0).all()
    assert (vertices["largest_misfit"] < 1e-12).all()
    with pytest.raises(InputError, match="expected at least as many as rows, 3, got 2"):
        random_rows["check_random_rows"]([3], [2], 5, [4], 5, 0, *paths)


def test_the_triangular_matrix_has_the_products_of_gaussian_rows():
    # The same share of spikes from the matrices themselves.
    rng = np.random.default_rng(1)
    spikes = [
        random_rows["single_spikes"](rng.standard_normal((3, 4))).max() > 1 + 1e-9
        for _ in range(2000)
    ]
    found = random_rows["_spikes"](3, 4, 2000, 0)
    assert abs(np.mean(spikes) - found["share"]) < 0.04
