"""Exact integrals over [-1, 1], held against quadrature and sums over many points."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from landscape.affine.integrals import affine_pieces, best_affine, mean_square
from landscape.affine.piecewise import ACTIVATIONS, outputs
from landscape.exact import to_fractions


def random_network(rng, widths):
    sizes = [1, *widths, 1]
    return [
        (to_fractions(rng.integers(-9, 10, (b, a))) / 3, to_fractions(rng.integers(-9, 10, b)) / 7)
        for a, b in pairwise(sizes)
    ]


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("widths", [[1], [4], [3, 2], [2, 3, 2]])
def test_pieces_and_their_integral_are_those_of_the_network(name, widths):
    rng = np.random.default_rng(len(widths))
    target = [Fraction(1, 2), Fraction(-1), Fraction(2), Fraction(1, 3)]
    polynomial = np.polynomial.Polynomial([float(c) for c in target])

    def square(x, at):
        return (at(x)[0] - polynomial(x)) ** 2

    for _ in range(5):
        network = random_network(rng, widths)

        def at(x, network=network):
            return outputs(network, np.atleast_2d(x), ACTIVATIONS[name])

        pieces = affine_pieces(network, ACTIVATIONS[name])
        assert pieces[0][0] == -1
        assert pieces[-1][1] == 1
        for low, high, slope, intercept in pieces:
            x = np.linspace(float(low), float(high), 7)
            np.testing.assert_allclose(at(x), float(slope) * x + float(intercept), atol=1e-12)
        knots = [float(high) for _, high, _, _ in pieces[:-1]]
        error = quad(square, -1, 1, args=(at,), points=knots or None, limit=200)[0]
        exact = mean_square(network, target, ACTIVATIONS[name])
        assert isinstance(exact, Fraction)
        assert float(exact) == pytest.approx(error / 2, rel=1e-9)


def test_best_affine_function_of_the_square():
    assert best_affine([0, 0, 1]) == (0, Fraction(1, 3), Fraction(4, 45))


def test_best_affine_function_is_that_of_many_points():
    target = [Fraction(1), Fraction(-2), Fraction(1, 2), Fraction(3), Fraction(-1)]
    slope, intercept, loss = best_affine(target)
    x = (np.arange(200_000) + 0.5) / 100_000 - 1
    y = np.polynomial.Polynomial([float(c) for c in target])(x)
    np.testing.assert_allclose(np.polyfit(x, y, 1), [float(slope), float(intercept)], rtol=1e-8)
    residual = y - float(slope) * x - float(intercept)
    assert float(loss) == pytest.approx(np.mean(residual**2), rel=1e-8)


def test_floats_and_more_inputs_are_refused():
    network = random_network(np.random.default_rng(0), [2])
    with pytest.raises(ValueError, match="exact"):
        mean_square([(W.astype(float), b) for W, b in network], [0, 0, 1], ACTIVATIONS["relu"])
    with pytest.raises(ValueError, match="exact"):
        best_affine([0.0, 1.0])
    (W, b), last = network
    with pytest.raises(ValueError, match="one input"):
        affine_pieces([(np.hstack([W, W]), b), last], ACTIVATIONS["relu"])
