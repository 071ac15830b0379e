"""Networks with one input as functions on [-1, 1], where the loss is an integral: exact numbers.

The loss against a polynomial target p is the mean square 1/2 int_{-1}^{1} (f(x) - p(x))^2 dx. A
network with a piecewise affine activation is affine between finitely many rational points, so that
the integral is a Fraction. Polynomials are lists of coefficients, that of 1 first; networks are
lists of (W, b) as in `landscape.affine.piecewise`.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from landscape.affine.piecewise import Activation, BiasedLayers, read_network, read_pairs
from landscape.exact import Numbers, is_exact, number_array, to_fractions


class Piece(NamedTuple):
    """An affine function slope x + intercept on the interval from low to high."""

    low: Fraction
    high: Fraction
    slope: Fraction
    intercept: Fraction


def affine_pieces(layers: BiasedLayers, activation: Activation) -> list[Piece]:
    """Return the pieces of a network on [-1, 1], from left to right.

    Raises
    ------
    ValueError
        If the network has not one input and one output, or an entry is not exact.
    """
    pairs = read_pairs(layers)
    if not pairs or not all(is_exact(part) for pair in pairs for part in pair):
        raise ValueError("layers: expected exact numbers, int or Fraction")
    if np.shape(pairs[0][0])[1:] != (1,):
        raise ValueError("layers: expected a network with one input and one output")
    layers = read_network(layers, np.array([[0]]))[0]
    one, none = to_fractions([1]), to_fractions([0])
    pieces = [(Fraction(-1), Fraction(1), one, none)]
    for number, (W, b) in enumerate(layers):
        found = []
        for low, high, slopes, intercepts in pieces:
            slopes, intercepts = to_fractions(W @ slopes), to_fractions(W @ intercepts + b)
            if number == len(layers) - 1:
                found.append((low, high, slopes, intercepts))
                continue
            ends = _splits(low, high, slopes, intercepts, activation)
            for start, end in pairwise(ends):
                middle = (start + end) / 2
                z = slopes * middle + intercepts
                bent = slopes * activation.derivative(z)
                found.append((start, end, bent, activation(z) - bent * middle))
        pieces = found
    return [Piece(low, high, slope[0], intercept[0]) for low, high, slope, intercept in pieces]


def mean_square(
    layers: BiasedLayers, target: Sequence[Fraction | int], activation: Activation
) -> Fraction:
    """Return 1/2 int_{-1}^{1} (f(x) - p(x))^2 dx of a network f and a polynomial p.

    Raises
    ------
    ValueError
        As for `affine_pieces`, or if a coefficient is not exact.
    """
    p = _coefficients(target)
    total = Fraction(0)
    for low, high, slope, intercept in affine_pieces(layers, activation):
        difference = [-c for c in p] + [Fraction(0)] * max(0, 2 - len(p))
        difference[0] += intercept
        difference[1] += slope
        square = _product(difference, difference)
        total += _integral(square, low, high)
    return total / 2


def best_affine(target: Sequence[Fraction | int]) -> tuple[Fraction, Fraction, Fraction]:
    """Return slope, intercept and loss of the affine function nearest to a polynomial.

    Raises
    ------
    ValueError
        If a coefficient is not exact.
    """
    p = _coefficients(target)
    ends = Fraction(-1), Fraction(1)
    # 1 and x are orthogonal, and the integrals of their squares are 2 and 2/3.
    intercept = _integral(p, *ends) / 2
    slope = _integral([Fraction(0), *p], *ends) * 3 / 2
    square = _integral(_product(p, p), *ends)
    return slope, intercept, (square - 2 * intercept**2 - slope**2 * 2 / 3) / 2


def _splits(
    low: Fraction, high: Fraction, slopes: Numbers, intercepts: Numbers, activation: Activation
) -> list[Fraction]:
    """Return the ends of an interval, and where a neuron crosses a knot between them, ascending."""
    crossings = {
        (knot - intercept) / slope
        for slope, intercept in zip(slopes, intercepts, strict=True)
        for knot in activation.knots
        if slope != 0
    }
    return [low, *sorted(x for x in crossings if low < x < high), high]


def _coefficients(polynomial: Sequence[Fraction | int]) -> list[Fraction]:
    coefficients = number_array(polynomial, "target")
    if coefficients.ndim != 1 or not coefficients.size or not is_exact(coefficients):
        raise ValueError("target: expected exact coefficients, int or Fraction")
    return [Fraction(c) for c in coefficients.tolist()]


def _product(p: Sequence[Fraction], q: Sequence[Fraction]) -> list[Fraction]:
    product = [Fraction(0)] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            product[i + j] += a * b
    return product


def _integral(p: Sequence[Fraction], low: Fraction, high: Fraction) -> Fraction:
    terms = (c * (high ** (k + 1) - low ** (k + 1)) / (k + 1) for k, c in enumerate(p))
    return sum(terms, Fraction(0))
