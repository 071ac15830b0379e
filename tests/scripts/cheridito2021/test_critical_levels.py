"""The census of constant functions sees a rule that is wrong."""

import runpy
from fractions import Fraction

import numpy as np
import pytest

from landscape.affine.target_relu import AffineTarget

certify = runpy.run_path("scripts/cheridito2021/certify_levels.py")
perturb = runpy.run_path("scripts/cheridito2021/perturb_constants.py")
UNIT = AffineTarget(1, 0, 0, 1)


CASES = perturb["CASES"]
MINIMUM, SADDLE = CASES[2], CASES[4]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_wrong_prediction_is_a_mismatch(case):
    # A kind that the rule does not allow is taken to be allowed, and the other way round.
    wrong = case._replace(move=None if case.move else (0, 0, 0))
    found = [
        perturb["_pair"](UNIT, (first, CASES[0]), 2000, [0.1, 0.01], 0)["mismatch"]
        for first in (case, wrong)
    ]
    assert found == [0, 1]


def test_perturbations_alone_tell_saddles_from_minima():
    for case in CASES:
        alone = (case._replace(move=None), CASES[0])
        observed = perturb["_pair"](UNIT, alone, 4000, [0.1], 0)["observed"]
        assert observed == ("saddle" if case.move else "local minimum"), case.name


@pytest.mark.parametrize("pair", [(MINIMUM, SADDLE), (SADDLE, MINIMUM)])
def test_one_neuron_of_the_wrong_kind_is_enough(pair):
    row = perturb["_pair"](UNIT, pair, 10, [1e-6], 0)
    assert (row["predicted"], row["exact_descent"], row["mismatch"]) == ("saddle", 1, 0)


def test_a_move_that_does_not_descend_is_no_descent():
    row = perturb["_pair"](UNIT, (MINIMUM._replace(move=(0, 1, 0)), MINIMUM), 10, [1e-6], 0)
    assert row["exact_descent"] == 0


def test_no_point_is_a_local_maximum():
    # The loss is a parabola in the outer bias, with the second derivative 2 (T1 - T0).
    target = AffineTarget(Fraction(5, 2), -1, -3, Fraction(-1, 7))
    t = Fraction(1, 1000)
    for n in (0, 2):
        point = target.critical_point(n, dead=1)
        up, down = (target.loss(point._replace(c=point.c + step)) for step in (t, -t))
        assert up - 2 * target.loss(point) + down == 2 * t**2 * (target.T1 - target.T0)


def test_errors_vanish_in_the_middle_of_each_piece():
    for n in (0, 2, 4):
        error = certify["_error"](UNIT, n)["error"].to_numpy()
        np.testing.assert_allclose(error[:-1], -error[1:], atol=1e-16)
        assert abs(error).max() == pytest.approx(1 / (2 * (n + 1) ** 2), rel=1e-14)


@pytest.mark.parametrize("kind", certify["QUADRATIC"])
def test_each_critical_point_of_squares_is_left_downhill(kind):
    target = AffineTarget(Fraction(-5, 2), 1, -1, 1)
    row = certify["_quadratic"](target, kind)
    assert row["exact"] == row["exact_descent"] == 1
    assert (row["negative"] == 0) == (kind == "degenerate")
