"""The rows of Figure 11 on images made up for the test."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landscape.datasets import mnist

figure11 = runpy.run_path("scripts/ergen2020/train_figure11.py")


def test_rows_measure_what_they_say(tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 30), dtype=np.uint8)
    labels = np.resize([0, 1, 2], 40).astype(np.uint8)
    # Test images that are training images, so that a network that fits makes no errors.
    mnist.save(mnist.Mnist(images, labels, images, labels), tmp_path / "mnist.npz")
    figure11["train_figure11"](
        data=tmp_path / "mnist.npz",
        samples=20,
        units=8,
        beta=1e-3,
        replicates=2,
        steps=2000,
        rate=0.1,
        seed=0,
        published=Path("config/ergen2020/published.yaml"),
        figure11=tmp_path / "table.csv",
        level=tmp_path / "level.csv",
        curves=tmp_path / "curves.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    curves = pd.read_csv(tmp_path / "curves.csv")
    optimum, printed, trained = table.iloc[0], table.iloc[1], table.iloc[2:]
    drawn = figure11["generator"](0, "ergen2020", "figure11", "images").choice(
        40, 20, replace=False
    )
    counts = np.bincount(labels[drawn])
    assert optimum["closed_form"] == pytest.approx((1e-3 * np.sqrt(counts) - 0.5e-6).sum())
    assert 0 <= optimum["excess"] < 1e-9
    assert optimum["units"] == printed["units"] == 3
    # As printed |u_j| = 1 and |w_j| = √n_j - β; half of their squares is more than their product.
    sizes = np.sqrt(counts) - 1e-3
    assert printed["objective"] == pytest.approx(
        3 * 0.5e-6 + 0.5e-3 * (1 + sizes**2).sum(), rel=1e-9
    )
    assert (trained["objective"] >= trained["start_bound"]).all()
    assert (trained["start_bound"] >= optimum["dual_bound"]).all()
    assert trained["objective"].nunique() == 2
    ends = curves.groupby("replicate")["objective"].last()
    np.testing.assert_allclose(ends, trained["objective"], rtol=1e-9)
    # The 20 training images among the 40 are right.
    assert optimum["accuracy"] >= 0.5
    assert optimum["advantage"] == 0
    np.testing.assert_allclose(trained["advantage"], optimum["accuracy"] - trained["accuracy"])
    level = pd.read_csv(tmp_path / "level.csv").iloc[0]
    assert level["largest"] == pytest.approx(1e-3 * np.sqrt(200) - 5e-6)
    assert level["ratio"] == pytest.approx(0.0523 / level["largest"])


def test_an_advantage_is_that_of_paired_answers():
    best = np.array([True] * 60 + [False] * 40)
    other = np.array([True] * 50 + [False] * 40 + [True] * 10)
    found = figure11["_advantage"](best, other, 0.95, 1)
    assert found["advantage"] == 0
    # Twenty images decide: a deviation of √0.2 each.
    assert found["advantage_high"] == pytest.approx(1.96 * np.sqrt(0.2) / 10, rel=1e-3)
    wider = figure11["_advantage"](best, other, 0.95, 5)
    assert wider["advantage_high"] > found["advantage_high"]
