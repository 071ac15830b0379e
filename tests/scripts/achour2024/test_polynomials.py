"""The exact lines of the check of polynomials, evaluated point by point."""

import runpy
from fractions import Fraction

import numpy as np
import pytest

from landscape.certify import exact_data, exact_loss

script = runpy.run_path("scripts/achour2024/check_polynomials.py")


@pytest.mark.parametrize("case", list(script["CASES"]))
def test_loss_on_the_line_is_the_polynomial(case):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        data = exact_data(rng, 3, 3, 5, [4, 3, 2])
        W, V, change = script["CASES"][case](rng, data, [4, 4])
        start = exact_loss(data.X, data.Y, W)
        for t in (Fraction(1), Fraction(-2, 3), Fraction(5, 2)):
            moved = [w + t * v for w, v in zip(W, V, strict=True)]
            found = exact_loss(data.X, data.Y, moved) - start
            assert found == sum(c * t**k for k, c in change.items())
        assert change[min(change)] < 0


def test_order_is_the_number_of_zero_blocks():
    for zeros in (2, 3, 4):
        found = script["_order"](np.random.default_rng(0), [3, 3, 3], zeros)
        assert found == pytest.approx(zeros, abs=0.05)


@pytest.mark.parametrize("order", [2, 3, 5])
def test_fitted_order_of_known_falls(order):
    rounding = np.random.default_rng(order)
    found = script["fitted_order"](
        lambda t: 0.3 * t**order * (1 - 0.8 * t) + 1e-16 * rounding.normal()
    )
    assert found == pytest.approx(order, abs=0.02)
    assert np.isnan(script["fitted_order"](lambda t: -(t**order)))
