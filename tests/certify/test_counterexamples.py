"""The proofs against sampling, autograd and floats."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from landscape.certify import certified_radius, certify_ball, certify_bottleneck, certify_smoothed
from landscape.certify.counterexamples import CENTRES, exact_value, identities, separable_hessian


def sampled(example, radius, rng, count=200_000):
    """Values of F at random points of a ball, half of them at its vertices, in floats."""
    W = []
    for centre in CENTRES[example]:
        inside = rng.uniform(-radius, radius, (count, *centre.shape))
        corner = radius * rng.choice([-1.0, 1.0], (count, *centre.shape))
        pick = rng.random((count, 1, 1)) < 0.5
        W.append(centre.astype(float) + np.where(pick, inside, corner))
    A = W[1] @ W[0]
    if example == "scalar":
        return abs(A[:, 0, 0]) + abs(A[:, 0, 1] - 1)
    rest, target = A[:, [0, 0, 1], [0, 1, 1]], A[:, 1, 0]
    if example == "matrix":
        return abs(rest).sum(axis=1) + abs(target - 1)
    return (rest**2).sum(axis=1) - target**2


def test_all_identities_hold():
    found = identities()
    assert len(found) == 8
    assert all(found.values())


@pytest.mark.parametrize("example", ["matrix", "scalar", "saddle"])
@pytest.mark.parametrize("radius", [Fraction(1, 100), Fraction(39, 100), Fraction(1, 2)])
def test_no_sample_is_below_a_proved_bound(example, radius):
    ball = certify_ball(example, radius)
    if ball.lower is not None:
        least = sampled(example, float(radius), np.random.default_rng(0)).min()
        assert least >= float(ball.lower) - 1e-14
    else:
        assert ball.attained < 0


@pytest.mark.parametrize("example", ["matrix", "scalar"])
@pytest.mark.parametrize("radius", [Fraction(51, 100), Fraction(3, 5), Fraction(7, 10)])
def test_beyond_one_half_the_bound_is_attained(example, radius):
    ball = certify_ball(example, radius)
    assert ball.lower == ball.attained < 1
    assert ball.attained == exact_value(example, ball.point)
    for layer, centre in zip(ball.point, CENTRES[example], strict=True):
        assert abs(layer - centre).max() <= radius
    assert sampled(example, float(radius), np.random.default_rng(1)).min() >= ball.lower - 1e-14


def test_the_minimum_is_one_up_to_one_half_and_the_global_one_is_zero():
    for example in ("matrix", "scalar"):
        ball = certify_ball(example, Fraction(1, 2))
        assert (ball.lower, ball.attained) == (1, 1)
    best = np.array([[1, 0], [0, 0]], dtype=object), np.array([[0, 0], [1, 0]], dtype=object)
    assert exact_value("matrix", best) == 0
    assert exact_value("scalar", (np.array([[0, 1]]), np.array([[1]]))) == 0


def test_the_saddle_is_a_minimum_up_to_the_stated_radius():
    below, above = Fraction(3915, 10_000), Fraction(3916, 10_000)
    assert certify_ball("saddle", below).lower == 0
    assert certify_ball("saddle", above).lower is None
    for radius in (above, Fraction(1, 2), Fraction(9, 10)):
        assert certify_ball("saddle", radius).attained < 0


@pytest.mark.parametrize("depth", [3, 4])
def test_deeper_nets_are_not_below_one_within_the_certified_radius(depth):
    rng, radius = np.random.default_rng(2), float(certified_radius(depth))
    first, last = (layer.astype(float) for layer in CENTRES["matrix"])
    product = first + radius * rng.choice([-1.0, 1.0], (100_000, 2, 2))
    for _ in range(depth - 2):
        product = (np.eye(2) + radius * rng.choice([-1.0, 1.0], (100_000, 2, 2))) @ product
    assert abs(product - first).max() <= 0.5
    A = (last + radius * rng.choice([-1.0, 1.0], (100_000, 2, 2))) @ product
    A[:, 1, 0] -= 1
    assert abs(A).sum(axis=(1, 2)).min() >= 1 - 1e-14
    assert certified_radius(2) == Fraction(1, 2)


@pytest.mark.parametrize("example", ["matrix", "scalar"])
@pytest.mark.parametrize("n", [2, 5, 40])
def test_smoothed_hessian_is_that_of_autograd(example, n):
    proof = certify_smoothed(example, n)
    eps = float(proof.eps)
    first, last = CENTRES[example]
    target = torch.zeros(len(last), first.shape[1], dtype=torch.float64)
    target[(1, 0) if example == "matrix" else (0, 1)] = 1

    def loss(theta):
        W_1 = theta[: first.size].reshape(first.shape)
        W_2 = theta[first.size :].reshape(last.shape)
        return (torch.sqrt((W_2 @ W_1 - target) ** 2 + eps**2) - eps).sum()

    point = torch.tensor(np.r_[first.ravel(), last.ravel()].astype(float))
    oracle = torch.autograd.functional.hessian(loss, point).numpy()
    exact = proof.hessian.astype(float)
    np.testing.assert_allclose(exact, oracle, rtol=0, atol=1e-12 * abs(oracle).max())
    least = (1 / eps - np.sqrt(1 / eps**2 + 4 / (1 + eps**2))) / 2
    eigenvalues = np.linalg.eigvalsh(oracle)
    assert eigenvalues[0] == pytest.approx(least, abs=1e-12 / eps)
    assert proof.inertia[0] == proof.explained == (eigenvalues < -1e-9).sum() > 0


def test_separable_hessian_is_that_of_autograd():
    rng = np.random.default_rng(3)
    W_1, W_2 = rng.integers(-3, 4, (2, 3)), rng.integers(-3, 4, (4, 2))
    weights = rng.integers(1, 5, (4, 3))

    def loss(theta):
        A = theta[6:].reshape(4, 2) @ theta[:6].reshape(2, 3)
        return (torch.tensor(weights) * A**4).sum()

    A = (W_2 @ W_1).astype(object)
    W = (W_1.astype(object), W_2.astype(object))
    exact = separable_hessian(W, 4 * weights * A**3, 12 * weights * A**2).astype(float)
    theta = torch.tensor(np.r_[W_1.ravel(), W_2.ravel()].astype(float))
    # All numbers are integers far below 2^53.
    np.testing.assert_array_equal(exact, torch.autograd.functional.hessian(loss, theta).numpy())


@pytest.mark.parametrize(
    ("weight", "bad", "good", "minimum"),
    [
        (Fraction(1, 4), (1, 1, 2), (1, 1, 2), False),
        (Fraction(1), (1, 1, 2), (0, 1, 3), False),
        (Fraction(2), (0, 2, 2), (0, 1, 3), False),
        (Fraction(2001, 1000), (0, 1, 3), (0, 1, 3), True),
    ],
)
def test_the_threshold_of_the_bottleneck_is_two(weight, bad, good, minimum):
    proof = certify_bottleneck(weight)
    assert (proof.bad, proof.good, proof.minimum) == (bad, good, minimum)
    # On the curve F = 4 + (2 w - 4) u + (2 - 2 w) u^2 with u = 1 - t; at w = 2 that is 4 - 2 u^2.
    u = 1 - 1 / (1 + Fraction(1, 100) ** 2)
    assert proof.near == 4 + (2 * weight - 4) * u + (2 - 2 * weight) * u**2
    assert (proof.near < 4) == (weight <= 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: certify_ball("other", Fraction(1, 2)), "example: expected one of"),
        (lambda: certify_ball("matrix", 0.5), "radius: expected an int or a"),
        (lambda: certify_ball("matrix", Fraction(0)), "radius: out of the range"),
        (lambda: certify_ball("matrix", Fraction(71, 100)), "radius: out of the range"),
        (lambda: certify_smoothed("saddle", 3), "example: expected matrix or scalar"),
        (lambda: certify_smoothed("matrix", 1), "n: expected at least 2"),
        (lambda: certify_bottleneck(Fraction(-1)), "weight: expected a positive number"),
        (lambda: certified_radius(1), "depth: expected at least 2"),
    ],
)
def test_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_nothing_is_certified_without_the_identities(monkeypatch):
    broken = "landscape.certify.counterexamples.identities"
    monkeypatch.setattr(broken, lambda: {"c <= x and g <= y": False})
    with pytest.raises(ArithmeticError, match="an identity of the proof fails"):
        certify_ball("matrix", Fraction(1, 4))
