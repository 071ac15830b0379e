"""Balls that enclose numbers, and every reduction over them; what is not finite is refused.

A ball is python-flint's `arb`, a midpoint with a rigorous bound of its error. Three traps make
ball arithmetic prove what is not so, and are shut here: in python-flint 0.9 the power
``arb(0, r)**2`` is NaN though ``x * x`` is right; Python's `max` and `min` drop or keep a NaN by
its place; and a comparison with NaN is false, so that its contrary seems proved. Other modules
take maxima, absolute values, squares, comparisons and floats of balls from here alone
(`tests/test_enclosures.py` reads their source).
"""

import math
import sys
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from flint import arb, arb_mat, fmpq
from numpy.typing import NDArray

from landscape.arrays import Array

Ball: TypeAlias = arb
BallMatrix: TypeAlias = arb_mat

# Bits of the midpoints wherever something is proved.
PRECISION = 128


class NotFiniteError(ArithmeticError):
    """An enclosure is NaN or has no bound, so that nothing can be proved with it."""


def finite(x: Ball) -> Ball:
    """Return the ball itself.

    Raises
    ------
    NotFiniteError
        If it is NaN or infinite; so in every function here that returns balls or floats.
    """
    if not x.is_finite():
        raise NotFiniteError(f"expected an enclosure with finite ends, got {x}")
    return x


def finite_entries(matrix: BallMatrix) -> BallMatrix:
    """Return the matrix itself if all of its entries are finite."""
    for entry in matrix.entries():
        finite(entry)
    return matrix


def ball(x: float, radius: float = 0.0) -> Ball:
    """Return the numbers that are within `radius` of the float `x`, which is exact."""
    return finite(arb(float(x), float(radius)))


def fraction_ball(x: Fraction) -> Ball:
    """Return a ball that holds a fraction."""
    return finite(arb(fmpq(x.numerator, x.denominator)))


def balls(x: Array) -> list[Ball]:
    """Return the entries of a vector (n,) as exact balls."""
    return [ball(entry) for entry in x.tolist()]


def ball_matrix(x: NDArray[np.floating[Any]], radius: float = 0.0) -> BallMatrix:
    """Return the matrices whose entries are within `radius` of those of x (m, n)."""
    return arb_mat([[ball(entry, radius) for entry in row] for row in x.tolist()])


def identity(size: int) -> BallMatrix:
    """Return the identity matrix of that size."""
    return arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])


def total(terms: Iterable[Ball]) -> Ball:
    """Enclose the sum of the terms, 0 if there is none."""
    return finite(sum(terms, arb(0)))


def dot(x: Iterable[Ball], z: Iterable[Ball]) -> Ball:
    """Enclose the inner product of two vectors of one length."""
    return total(p * q for p, q in zip(x, z, strict=True))


def square(x: Ball) -> Ball:
    """Enclose x², without negative numbers."""
    return finite((x * x).nonnegative_part())


def root(x: Ball) -> Ball:
    """Enclose the root of a number that is known not to be negative, even if its ball tells not."""
    return finite(finite(x).nonnegative_part().sqrt())


def norm(x: Iterable[Ball]) -> Ball:
    """Enclose the Euclidean norm of a vector."""
    return root(total(square(entry) for entry in x))


def magnitude(x: Ball) -> Ball:
    """Enclose |x|."""
    return finite(abs(x))


def positive_part(x: Ball) -> Ball:
    """Enclose max(x, 0)."""
    return finite(x).max(arb(0))


def scaled(x: Ball, k: int) -> Ball:
    """Enclose 2^k x, with an ordinary ball for k = 0."""
    return finite(x if k == 0 else x * arb((1, k)))


def clipped(x: Ball, size: Ball) -> Ball:
    """Return the exact ball x if |x| <= size is proved, else -size or size by the sign of x."""
    if at_most(magnitude(x), size):
        return x
    return size if positive(x) else -size


def largest(terms: Iterable[Ball]) -> Ball:
    """Enclose the largest of at least one number.

    Raises
    ------
    ValueError
        If there is none.
    """
    found = [finite(term) for term in terms]
    if not found:
        raise ValueError("terms: expected at least one")
    most = found[0]
    for term in found[1:]:
        most = most.max(term)
    return finite(most)


def smallest(terms: Iterable[Ball]) -> Ball:
    """Enclose the smallest of at least one number; errors are those of `largest`."""
    return -largest(-term for term in terms)


def sign(x: Ball) -> Ball:
    """Enclose the sign of x: -1, 0, 1, or what lies between."""
    return finite(arb(finite(x).sgn()))


def hull(x: Ball, z: Ball) -> Ball:
    """Enclose all numbers of two balls."""
    return finite(finite(x).union(finite(z)))


def row_sum(matrix: BallMatrix) -> Ball:
    """Return a number that the largest absolute row sum does not exceed, as an exact ball.

    It is the matrix norm that belongs to the maximum norm.
    """
    sums = (total(magnitude(entry) for entry in row) for row in matrix.tolist())
    return largest(finite(entry.upper()) for entry in sums)


def highest(x: Ball) -> Ball:
    """Return the upper end of a ball, as an exact ball."""
    return finite(finite(x).upper())


def lowest(x: Ball) -> Ball:
    """Return the lower end of a ball, as an exact ball."""
    return finite(finite(x).lower())


def upper(x: Ball) -> float:
    """Return a float64 number that no number of the ball exceeds; infinity if no other is."""
    return math.nextafter(float(highest(x)), math.inf)


def lower(x: Ball) -> float:
    """Return a float64 number that exceeds no number of the ball; -infinity if no other is."""
    return math.nextafter(float(lowest(x)), -math.inf)


def lower_or_zero(x: Ball) -> float:
    """Return `lower` of a number that is known not to be negative: at least 0."""
    return max(0.0, lower(x))


def above(x: Ball) -> Ball:
    """Return a number above those of a ball that is not negative, as an exact ball.

    It is a float64 number unless there is none near.
    """
    end, top = upper(x), highest(x)
    return top if top > 0 and not sys.float_info.min <= end < math.inf else ball(end)


def centre(x: Ball) -> Ball:
    """Return the midpoint, as an exact ball; it suggests, and bounds nothing."""
    return finite(finite(x).mid())


def middle(x: Ball) -> float:
    """Return the float64 number next to the midpoint; it suggests, and bounds nothing."""
    return float(finite(x).mid())


def less(x: Ball, z: Ball) -> bool:
    """Tell whether x < z is proved; False says nothing."""
    return x.is_finite() and z.is_finite() and bool(x < z)


def at_most(x: Ball, z: Ball) -> bool:
    """Tell whether x <= z is proved; False says nothing."""
    return x.is_finite() and z.is_finite() and bool(x <= z)


def positive(x: Ball) -> bool:
    """Tell whether x > 0 is proved; False says nothing."""
    return less(arb(0), x)
