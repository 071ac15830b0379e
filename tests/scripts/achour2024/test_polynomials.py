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
    assert script["_order"](np.random.default_rng(0), [3, 3, 3], 3) == 3
    assert script["_order"](np.random.default_rng(0), [3, 3, 3], 4) == 4
    # With two zero blocks the point is strict.
    assert script["_order"](np.random.default_rng(0), [3, 3, 3], 2) == 2
