"""Matching units and their expected Gram matrix, against counting."""

import runpy

import numpy as np
import pandas as pd
import pytest

from landscape import relu, sphere
from landscape.diversity.kernels import feature_kernel

STEP = runpy.run_path("scripts/xie2017/compute_table2.py")


@pytest.mark.parametrize("d", [3, 4, 6])
def test_matching_gram_is_the_mean_over_matching_units(d):
    rng = np.random.default_rng(d)
    X = sphere.uniform_positive_orthant(rng, 6, d)
    W = STEP["matching_units"](rng, 40_000, d)
    counted = relu.extended_feature_gram(X, W) / len(W)
    expected = STEP["matching_gram"](X)
    # Each entry is a proportion of units times a cosine.
    cosines = X @ X.T
    share = expected / cosines
    error = cosines * np.sqrt(share * (1 - share) / len(W))
    # 21 different entries, correlated: a maximum above 4.5 has a probability below 2e-4.
    assert (np.abs(counted - expected) / error).max() < 4.5


def test_matching_units_leave_out_the_two_orthants_and_nothing_else():
    W = STEP["matching_units"](np.random.default_rng(0), 30_000, 3)
    assert W.shape == (30_000, 3)
    np.testing.assert_allclose(np.linalg.norm(W, axis=1), 1, rtol=1e-14)
    orthants, counts = np.unique((W > 0) @ [1, 2, 4], return_counts=True)
    assert orthants.tolist() == [1, 2, 3, 4, 5, 6]
    # Six equally likely orthants: chi-square with 5 degrees of freedom, 27.9 has p = 4e-5.
    assert ((counts - 5000) ** 2 / 5000).sum() < 27.9


def test_estimates_scatter_as_the_closest_pair_says():
    rng = np.random.default_rng(0)
    X = sphere.uniform_positive_orthant(rng, 40, 4)
    expected = relu.smallest_eigenvalue(feature_kernel(np.clip(X @ X.T, -1, 1)))
    weights = 20_000
    estimates = [STEP["_estimate"](X, sphere.uniform(rng, weights, 4)) for _ in range(60)]
    sd = np.std(estimates, ddof=1) / expected
    # 60 estimates leave 9 % to their standard deviation, and other pairs are near.
    assert 0.6 < sd / STEP["estimate_relative_sd"](expected, weights) < 1.3


def test_a_printed_quotient_is_held_against_its_noise():
    printed = pd.Series({"uniform": 2e-3, "matching": 2e-3 * np.exp(0.3)})
    row = STEP["_compare"](printed, np.exp(0.1), 100_000)
    noise = np.sqrt(1 / 400 + 1 / (400 * np.exp(0.3)))
    assert row["published_z"] == pytest.approx(0.2 / noise)
    assert row["published_noise_over_effect"] == pytest.approx(noise / 0.1)
