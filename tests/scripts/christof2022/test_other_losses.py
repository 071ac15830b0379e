"""The construction for other losses."""

import runpy

import numpy as np
import pandas as pd
import pytest

check = runpy.run_path("scripts/christof2022/check_losses.py")
LOSSES = ["square", "huber", "log-cosh", "logistic", "exponential", "poisson"]


def test_every_loss_has_a_row_with_a_spurious_minimum(tmp_path):
    table = tmp_path / "losses.csv"
    check["check_losses"](
        losses=LOSSES, hidden=[3, 2], draws=2, perturbations=100, seed=1, minima=table
    )
    rows = pd.read_csv(table)
    assert rows["loss"].tolist() == np.repeat(LOSSES, 2).tolist()
    assert (rows["off"] < 1e-14).all()
    assert (rows["lower"] == 0).all()
    assert (rows["radius"] > 0).all()
    assert (rows["better_ratio"] < 0.9).all()


@pytest.mark.parametrize("name", LOSSES)
def test_a_stack_has_the_mean_loss_of_each_network(name):
    rng = np.random.default_rng(0)
    stack = [
        (rng.standard_normal((4, 2, 1)), rng.standard_normal((4, 2))),
        (rng.standard_normal((4, 1, 2)), rng.standard_normal((4, 1))),
    ]
    y = check["TARGETS"][check["LOSSES"][name].targets]
    for i, mean in enumerate(check["_mean_loss"](name, stack, y)):
        alone = [(W[i], b[i]) for W, b in stack]
        f = np.array([check["outputs"](alone, check["X"], check["RELU"])])
        assert mean == pytest.approx(check["LOSSES"][name].value(f, y).mean(), rel=1e-12)
