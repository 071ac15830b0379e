"""The census of constant functions sees a rule that is wrong."""

import runpy
from fractions import Fraction

import numpy as np
import pytest

from landscape.affine.target_relu import AffineTarget

certify = runpy.run_path("scripts/cheridito2021/certify_levels.py")
perturb = runpy.run_path("scripts/cheridito2021/perturb_constants.py")
UNIT = AffineTarget(1, 0, 0, 1)


@pytest.mark.parametrize("case", perturb["CASES"], ids=lambda case: case[0])
def test_a_wrong_prediction_is_a_mismatch(case):
    name, neuron, predicted, move = case
    other = {"saddle": "local minimum", "local minimum": "saddle"}[predicted]
    found = [
        perturb["_case"](UNIT, (name, neuron, prediction, move), 2000, [0.1, 0.01], 0)["mismatch"]
        for prediction in (predicted, other)
    ]
    assert found == [0, 1]


def test_perturbations_alone_tell_saddles_from_minima():
    for name, neuron, predicted, _ in perturb["CASES"]:
        row = perturb["_case"](UNIT, (name, neuron, predicted, None), 4000, [0.1], 0)
        assert row["observed"] == predicted, name


def test_errors_vanish_in_the_middle_of_each_piece():
    for n in (0, 2, 4):
        error = certify["_error"](UNIT, n)["error"].to_numpy()
        np.testing.assert_allclose(error[:-1], -error[1:], atol=1e-16)
        assert abs(error).max() == pytest.approx(1 / (2 * (n + 1) ** 2), rel=1e-14)


@pytest.mark.parametrize("kind", certify["QUADRATIC"])
def test_each_critical_point_of_squares_is_left_downhill(kind):
    target = AffineTarget(Fraction(-5, 2), 1, -1, 1)
    row = certify["_quadratic"](target, kind)
    assert row["critical"] == row["level_exact"] == row["exact_descent"] == 1
    assert (row["negative"] == 0) == (kind == "degenerate")
