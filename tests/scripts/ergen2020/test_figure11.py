"""The rows of Figure 11 on images made up for the test."""

import runpy

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
        table=tmp_path / "table.csv",
        curves=tmp_path / "curves.csv",
    )
    table = pd.read_csv(tmp_path / "table.csv")
    curves = pd.read_csv(tmp_path / "curves.csv")
    optimum, trained = table.iloc[0], table.iloc[1:]
    drawn = figure11["generator"](0, "ergen2020", "figure11", "images").choice(
        40, 20, replace=False
    )
    counts = np.bincount(labels[drawn])
    assert optimum["closed_form"] == pytest.approx((1e-3 * np.sqrt(counts) - 0.5e-6).sum())
    assert 0 <= optimum["excess"] < 1e-9
    assert optimum["units"] == 3
    assert (trained["objective"] >= trained["start_bound"]).all()
    assert (trained["start_bound"] >= optimum["dual_bound"]).all()
    assert trained["objective"].nunique() == 2
    ends = curves.groupby("replicate")["objective"].last()
    np.testing.assert_allclose(ends, trained["objective"], rtol=1e-9)
    # The 20 training images among the 40 are right.
    assert optimum["test_error"] <= 0.5
