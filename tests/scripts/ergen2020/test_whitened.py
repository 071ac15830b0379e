"""SGD on whitened data: it descends on the objective, and units sleep where they start asleep."""

import runpy

import numpy as np
import pandas as pd
import pytest

from landscape import mnist
from landscape.convex import solve_whitened_classes

whitened = runpy.run_path("scripts/ergen2020/train_whitened.py")
# Stronger, the regulariser makes momentum swing units past zero.
SETTINGS = {"beta": 1e-3, "units": 40, "batch": 6, "rate": 0.05, "momentum": 0.9, "seed": 0}


def test_small_problems_are_solved():
    rng = np.random.default_rng(0)
    X = np.linalg.qr(rng.standard_normal((7, 4)))[0].T
    Y = np.eye(10)[[0, 0, 1, 2]]
    value = solve_whitened_classes(X, Y, 0.1)[0]
    W, A = rng.standard_normal((60, 7)) / 7, rng.standard_normal((60, 10)) / 8
    options = {"batch": 4, "rate": 0.05, "momentum": 0.9, "steps": 8000}
    whitened["_descend"](rng, X, Y, 0.1, W, A, **options)
    assert 1 - 1e-12 <= whitened["_objective"](X, Y, 0.1, W, A) / value < 1 + 1e-3


@pytest.fixture
def images(tmp_path):
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (40, 30)).astype(np.uint8)
    labels = rng.integers(0, 10, 40).astype(np.uint8)
    mnist.save(mnist.Mnist(pixels, labels, pixels, labels), tmp_path / "mnist.npz")
    return tmp_path / "mnist.npz"


def test_rows_do_not_depend_on_each_other(images, tmp_path):
    tables = []
    for number, (scales, trials) in enumerate([([1.0, 0.5], 2), ([0.5], 1)]):
        path = tmp_path / f"{number}.csv"
        sizes = {"samples": 12, "pixels": 20, "scales": scales, "trials": trials, "steps": 50}
        whitened["train_whitened"](data=images, **sizes, **SETTINGS, table=path)
        tables.append(pd.read_csv(path))
    several, alone = tables
    pd.testing.assert_series_equal(several.iloc[2], alone.iloc[0], check_names=False)
    assert (several["excess"] > 0).all()
    assert (several["inactive"] > 100).all()
    assert (several["woken"] == 0).all()


def test_dependent_images_are_refused(images, tmp_path):
    sizes = {"samples": 25, "pixels": 20, "scales": [1.0], "trials": 1, "steps": 1}
    with pytest.raises(ValueError, match="25 images are not independent on 20 pixels"):
        whitened["train_whitened"](data=images, **sizes, **SETTINGS, table=tmp_path / "t.csv")
