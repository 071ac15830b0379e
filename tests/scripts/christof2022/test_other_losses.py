"""The construction for other losses, for integrals, and the mirror argument."""

import runpy

import numpy as np
import pandas as pd
import pytest

check = runpy.run_path("scripts/christof2022/certify_losses.py")
integrals = runpy.run_path("scripts/christof2022/certify_integrals.py")
mirrors = runpy.run_path("scripts/christof2022/certify_ill_posed.py")
LOSSES = ["square", "huber", "log-cosh", "logistic", "exponential", "poisson"]


def test_every_loss_has_a_row_of_proved_minima(tmp_path):
    table = tmp_path / "losses.csv"
    check["certify_losses"](losses=LOSSES, hidden=[3, 2], draws=2, seed=1, minima=table)
    rows = pd.read_csv(table)
    assert rows["loss"].tolist() == np.repeat(LOSSES, 2).tolist()
    assert (rows["unproved"] == 0).all()
    assert (rows["radius"] > 0).all()
    assert (rows["affine_high"] - rows["affine_low"] < 1e-12).all()
    assert (rows["better_high"] < 0.9 * rows["affine_low"]).all()
    # The squared error of the best constant, and what is above it at 0 and below at +-1.
    square = rows.set_index("loss").loc["square", "affine_low"].iloc[0]
    assert square == pytest.approx(4807 / 45000, rel=1e-12)


def test_integrals_are_proved_and_say_when_nothing_is_better(tmp_path):
    table = tmp_path / "integrals.csv"
    step = integrals["certify_integrals"]
    step(targets=["square", "cube"], hidden=["2", "2-2"], draws=2, seed=0, minima=table)
    rows = pd.read_csv(table)
    assert rows["unproved"].eq(0).all()
    assert rows["affine_loss"].tolist() == ["4/45", "4/45", "4/175", "4/175"]
    # Passing a network on through further layers changes nothing.
    assert rows["better_ratio"].nunique() == 2
    # The affine function 3 x is worse than the best one.
    worse = [(np.array([[3], [0]]), np.array([9, 0])), (np.array([[1, 0]]), np.array([-9]))]
    step.__globals__["_better"] = lambda target, widths: worse
    step(targets=["square"], hidden=["2"], draws=2, seed=0, minima=table)
    assert pd.read_csv(table)["unproved"].eq(2).all()


def test_a_bent_network_is_what_it_says():
    network = integrals["_bent"](integrals["Fraction"](3, 10), [0, 0, 1], [4, 3, 2])
    x = np.linspace(-1, 1, 41)[None]
    values = x
    for number, (W, b) in enumerate(network):
        values = W.astype(float) @ values + b.astype(float)[:, None]
        if number < len(network) - 1:
            values = np.maximum(values, 0)
    kinked = np.array([np.maximum(x[0] - 0.3, 0), np.maximum(0.3 - x[0], 0), np.ones(41)])
    fitted = np.linalg.lstsq(kinked.T, values[0])
    assert fitted[1][0] < 1e-20
    assert np.mean((values[0] - x[0] ** 2) ** 2) < 0.02


def test_one_neuron_is_best_with_its_weights(tmp_path):
    mirrors["certify_ill_posed"](tmp_path / "mirrors.csv")
    rows = pd.read_csv(tmp_path / "mirrors.csv").set_index("target")
    assert rows.loc["x^2", "neuron_loss"] == rows.loc["x^2", "mirrored_loss"] == "13/180"
    x = (np.arange(20_000) + 0.5) / 10_000 - 1
    for power in (2, 4, 6):
        basis = np.array([np.maximum(x, 0), np.ones_like(x)]).T
        residual = np.linalg.lstsq(basis, x**power)[1][0] / len(x)
        ratio = residual / np.var(x**power)
        assert rows.loc[f"x^{power}", "ratio"] == pytest.approx(ratio, rel=1e-6)
