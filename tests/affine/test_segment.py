"""Spurious minima on an affine segment against least squares and perturbations."""

from fractions import Fraction

import numpy as np
import pytest

from landscape.affine.piecewise import (
    ACTIVATIONS,
    Activation,
    gradient,
    is_affine_on,
    loss,
    outputs,
)
from landscape.affine.segment import affine_minimum, affine_radius, best_affine, certify_spurious

RELU = ACTIVATIONS["relu"]
GRID = np.array([[Fraction(i, 10) for i in range(-10, 11)]])
PLANE = np.array([[Fraction(i) for i in range(-1, 2) for _ in range(3)], [-1, 0, 1] * 3])
DATA = {
    "square": (GRID, GRID[0] ** 2),
    "cube": (GRID, GRID[0] ** 3),
    "product": (PLANE, PLANE[0] * PLANE[1] + PLANE[0]),
}


def draw(seed, shapes, runs=()):
    rng = np.random.default_rng(seed)
    return [
        (rng.standard_normal((*runs, b, a)), rng.standard_normal((*runs, b))) for a, b in shapes
    ]


def moved(layers, radius, runs, rng):
    return [
        tuple(p.astype(float) + radius * rng.uniform(-1, 1, (runs, *p.shape)) for p in pair)
        for pair in layers
    ]


@pytest.mark.parametrize("name", DATA)
def test_best_affine_function_is_that_of_least_squares(name):
    X, y = DATA[name]
    slope, intercept, value = best_affine(X, y)
    rows = np.vstack([X, np.ones(X.shape[1])]).astype(float)
    solution, *_ = np.linalg.lstsq(rows.T, y.astype(float))
    np.testing.assert_allclose([*map(float, slope), float(intercept)], solution, atol=1e-14)
    assert float(value) == pytest.approx(np.mean((solution @ rows - y.astype(float)) ** 2))


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("name", [*ACTIVATIONS, "falling"])
@pytest.mark.parametrize("widths", [[2], [5, 3], [2, 2, 2]])
def test_the_construction_is_a_minimum_and_perturbations_agree(data, name, widths):
    falling = Activation((Fraction(2),), (Fraction(-1), Fraction(0)), 0)
    activation = {**ACTIVATIONS, "falling": falling}[name]
    X, y = DATA[data]
    layers = affine_minimum(np.random.default_rng(0), X, y, widths, activation)
    slope, intercept, lowest = best_affine(X, y)
    assert (outputs(layers, X, activation) == slope @ X + intercept).all()
    assert loss(layers, X, y, activation) == lowest
    assert all((part == 0).all() for pair in gradient(layers, X, y, activation) for part in pair)
    radius = affine_radius(layers, X, activation)
    assert radius > 0
    others = moved(layers, float(radius), 500, np.random.default_rng(1))
    floats = X.astype(float)
    assert is_affine_on(others, floats, activation).all()
    assert (loss(others, floats, y.astype(float), activation) >= float(lowest) - 1e-12).all()


def test_the_radius_is_sharp_for_one_layer_up_to_a_power_of_two():
    # The first neuron's least pre-activation is 1, and moves by (|x| + 1) rho, at most 2 rho.
    layers = [([[1], [1]], [2, 5]), ([[1, 1]], [0])]
    assert affine_radius(layers, GRID, RELU) == Fraction(1, 4)


def test_certificate_needs_all_three_parts():
    X, y = DATA["square"]
    layers = affine_minimum(np.random.default_rng(0), X, y, [2], RELU)
    better = [(np.array([[1.0], [-1.0]]), np.zeros(2)), (np.ones((1, 2)), np.array([-0.2]))]
    certificate = certify_spurious(layers, better, X, y, RELU)
    assert certificate.proved
    # Seven parameters, and an affine function of one variable has two.
    assert certificate.dimension == 7 - 2
    assert not certify_spurious(layers, layers, X, y, RELU).proved
    (W, b), (v, c) = layers
    assert not certify_spurious([(W, b), (v, c + Fraction(1, 10**9))], better, X, y, RELU).proved
    outside = certify_spurious([(W, b - 10), (v, c)], better, X, y, RELU)
    assert (outside.radius, outside.dimension, outside.proved) == (0, 0, False)


def test_affine_target_has_no_better_network():
    X = GRID
    y = 2 * X[0] + 1
    layers = affine_minimum(np.random.default_rng(0), X, y, [3], RELU)
    assert loss(layers, X, y, RELU) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: affine_minimum(np.random.default_rng(0), *DATA["cube"], [1], RELU), "at least 2"),
        (lambda: affine_minimum(np.random.default_rng(0), *DATA["cube"], [], RELU), "at least 2"),
        (lambda: best_affine([[1, 2], [1, 2]], [1, 2]), "do not lie on one hyperplane"),
        (lambda: best_affine([[0.5, 2]], [1, 2]), "X: expected int and Fraction only"),
        (lambda: best_affine([[1, 2]], [1, 2, 3]), r"y: expected shape \(2,\)"),
        (lambda: affine_radius(draw(0, [(1, 2), (2, 1)]), GRID, RELU), "int and Fraction only"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_better_must_have_the_same_shape():
    X, y = DATA["square"]
    layers = affine_minimum(np.random.default_rng(0), X, y, [2], RELU)
    with pytest.raises(ValueError, match="better: expected a network with the shapes"):
        certify_spurious(layers, draw(0, [(1, 3), (3, 1)]), X, y, RELU)
