from fractions import Fraction

import numpy as np
import pytest

from landscape.exact import is_exact, same_numbers, to_fractions


def test_exact_is_int_and_fraction_alone():
    assert is_exact([1, 2])
    assert is_exact(Fraction(1, 3))
    assert is_exact([Fraction(1, 3), 2])
    assert not is_exact(1.0)
    assert not is_exact([Fraction(1, 3), 0.5])
    assert not is_exact("1")


def test_a_float_becomes_the_fraction_that_it_equals():
    assert to_fractions([0.1, 2]).tolist() == [Fraction(0.1), Fraction(2)]
    assert to_fractions(3).shape == ()


def test_one_float_makes_all_floats():
    a, b = same_numbers(a=[1, 2], b=Fraction(1, 3))
    assert a.dtype == b.dtype == object
    assert a[0] / 3 == b
    a, b = same_numbers(a=[1.0, 2], b=Fraction(1, 3))
    assert a.dtype == b.dtype == np.float64


def test_what_is_not_finite_is_named():
    with pytest.raises(ValueError, match="b: expected finite numbers, got NaN or infinity"):
        same_numbers(a=[1, 2], b=[np.inf])
