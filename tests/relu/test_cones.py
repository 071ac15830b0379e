from fractions import Fraction

import numpy as np
import pytest
import torch

from landscape.relu.cones import (
    Cone,
    certify_in_cone,
    cone_of,
    cone_points,
    gradient,
    hessian,
    loss,
    squared_radius,
)

HALF = Fraction(1, 2)


@pytest.fixture
def point():
    rng = np.random.default_rng(0)
    sizes = ((3, 5), (2, 5), (4, 3), (2, 4))
    return [rng.normal(size=size) for size in sizes]


def test_loss_and_derivatives_are_those_of_autograd(point):
    X, Y, A1, A2 = map(torch.tensor, point)

    def of_all(parameters):
        first, second = parameters[: A1.numel()], parameters[A1.numel() :]
        hidden = torch.relu(first.reshape(A1.shape) @ X)
        return 0.5 * torch.sum((second.reshape(A2.shape) @ hidden - Y) ** 2)

    at = torch.cat([A1.flatten(), A2.flatten()])
    assert loss(*point) == pytest.approx(float(of_all(at)), rel=1e-14)
    (slopes,) = torch.autograd.functional.jacobian(of_all, (at,))
    ours = np.concatenate([part.ravel() for part in gradient(*point)])
    np.testing.assert_allclose(ours, slopes, atol=1e-12)
    np.testing.assert_allclose(
        hessian(*point), torch.autograd.functional.hessian(of_all, at), atol=1e-12
    )


def test_fractions_give_the_same_numbers_exactly(point):
    rounded = [np.round(array * 9).astype(int) for array in point]
    floats = [array.astype(float) for array in rounded]
    assert isinstance(loss(*rounded), Fraction)
    assert loss(*rounded) == loss(*floats)
    assert (gradient(*rounded)[0] == gradient(*floats)[0]).all()
    assert (rounded[2] @ rounded[0] != 0).all()
    assert (hessian(*rounded) == hessian(*floats)).all()


def test_a_point_has_the_cone_of_its_activation_pattern():
    X = np.eye(3)
    assert cone_of(X, [[1, 1, -1], [-1, -1, -1], [2, 1, -3]]) == Cone((0, 2), (0, 1))
    assert cone_of(X, [[1, 1, -1], [1, -1, -1]]) is None
    assert cone_of(X, -np.ones((2, 3))) == Cone((), ())


def test_no_unit_changes_sides_within_the_radius(point):
    X, _, A1, _ = point
    radius = float(np.sqrt(squared_radius(X, A1)))
    rng = np.random.default_rng(1)
    signs = A1 @ X > 0
    steps = rng.normal(size=(2000, *A1.shape))
    steps /= np.linalg.norm(steps, axis=(1, 2), keepdims=True)
    assert all((((A1 + 0.999 * radius * step) @ X > 0) == signs).all() for step in steps)
    # The nearest boundary is reached along the sample that is nearest.
    distances = np.abs(A1 @ X) / np.linalg.norm(X, axis=0)
    unit, sample = np.unravel_index(distances.argmin(), distances.shape)
    moved = A1.copy()
    moved[unit] -= 1.001 * (A1 @ X)[unit, sample] * X[:, sample] / np.sum(X[:, sample] ** 2)
    assert np.linalg.norm(moved - A1) == pytest.approx(1.001 * radius, rel=1e-12)
    assert ((moved @ X > 0) != signs).any()


@pytest.mark.parametrize("cone", [Cone((0,), (0, 1)), Cone((0, 2), (1,)), Cone((0, 1, 2), (0, 3))])
@pytest.mark.parametrize("outputs", [1, 3])
def test_points_are_critical_in_their_cone_and_of_the_stated_kind(cone, outputs):
    rng = np.random.default_rng(2)
    # With positive targets the first eigenvector is positive on the samples, and can be met.
    X, Y = rng.normal(size=(4, 4)), np.abs(rng.normal(size=(outputs, 4)))
    points = cone_points(X, Y, 3, cone, rng)
    assert any(point.minimum for point in points)
    for point in points:
        assert cone_of(X, point.A1) == cone
        assert loss(X, Y, point.A1, point.A2) == pytest.approx(point.loss, rel=1e-12)
        for part in gradient(X, Y, point.A1, point.A2):
            np.testing.assert_allclose(part, 0, atol=1e-11)
        least, *_, largest = np.linalg.eigvalsh(hessian(X, Y, point.A1, point.A2))
        assert (least > -1e-12 * largest) == point.minimum


def test_a_cone_without_points_gives_none():
    X = np.array([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]])
    # Four samples around the origin: no unit is dead, and none is active on two opposite ones.
    assert cone_points(X, np.ones((1, 4)), 2, Cone((0,), (0, 2)), np.random.default_rng(0)) == []
    assert cone_points(X, np.ones((1, 4)), 1, Cone((0,), (0, 1)), np.random.default_rng(0)) == []


EXAMPLES = {
    "one unit": ([[1, -1]], [[1, 2]], [[1]], [[1]], (0, 1, 1), 2, 1),
    "two units": ([[1, -1]], [[1, 2]], [[1], [1]], [[HALF, HALF]], (0, 3, 1), 2, 1),
    "least squares": (
        [[-1, 0, 1], [1, 1, 1]],
        [[1, 0, 1]],
        [[0, 1], [0, 1]],
        [[Fraction(1, 3), Fraction(1, 3)]],
        (0, 4, 2),
        Fraction(1, 3),
        HALF,
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_certified_and_a_perturbation_is_refused(name):
    *arrays, inertia, value, radius = EXAMPLES[name]
    found = certify_in_cone(*arrays)
    assert found.kind == "local_minimum"
    assert (found.inertia, found.loss, found.squared_radius) == (inertia, value, radius)
    arrays[3] = [[entry + Fraction(1, 10**9) for entry in arrays[3][0]]]
    assert certify_in_cone(*arrays).kind == "not_critical"


def test_dead_units_are_flat_and_saddles_are_saddles():
    X, Y = [[1, -1]], [[1, 2]]
    assert certify_in_cone([[1, 2]], Y, [[-1]], [[5]]).kind == "flat"
    # One unit on the smaller of two targets, which is all that its cone knows of.
    minimum = certify_in_cone([[2, 0], [0, 1]], [[2, 0], [0, 1]], [[-1, 1]], [[0], [1]])
    assert (minimum.kind, minimum.cone) == ("local_minimum", Cone((0,), (1,)))
    assert certify_in_cone(X, Y, [[1]], [[0]]).kind == "not_critical"
    saddle = certify_in_cone([[1, 1], [1, -2]], [[1, -1]], [[3, 0]], [[0]])
    assert (saddle.kind, saddle.cone) == ("saddle", Cone((0,), (0, 1)))


def test_what_is_not_exact_or_on_a_boundary_is_refused():
    with pytest.raises(ValueError, match="expected ints or Fractions, got floats"):
        certify_in_cone([[1.0, -1.0]], [[1, 2]], [[1]], [[1]])
    with pytest.raises(ValueError, match="interior of a cone"):
        certify_in_cone([[1, -1]], [[1, 2]], [[0]], [[1]])
    with pytest.raises(ValueError, match="unit 0 is zero on sample 0"):
        hessian([[1, -1]], [[1, 2]], [[0]], [[1]])
    with pytest.raises(ValueError, match="shapes that fit"):
        loss([[1, -1]], [[1, 2]], [[1, 1]], [[1]])
    with pytest.raises(ValueError, match="A2: expected finite"):
        loss([[1, -1]], [[1, 2]], [[1]], [[np.nan]])
    with pytest.raises(ValueError, match=r"cone: expected units below 1 and samples below 2"):
        cone_points(np.eye(2), np.eye(2), 1, Cone((0,), (2,)), np.random.default_rng(0))
