"""Discrepancy and regulariser against Monte Carlo, loops, automatic differentiation, geometry."""

from dataclasses import astuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape import diversity, relu, sphere
from landscape.diversity import kernels
from landscape.seeds import generator

EPS = np.finfo(np.float64).eps


def units(seed, n, d):
    return generator(seed, "units", n, d).standard_normal((n, d))


def discrepancies(W, X, Z):
    """Return dsp(W, S_xz) for the rows x of X and z of Z, from the definition (equation 11)."""
    share = np.mean((X @ W.T >= 0) & (Z @ W.T >= 0), axis=1)
    return share - (np.pi - np.arccos(np.clip(np.sum(X * Z, axis=1), -1, 1))) / (2 * np.pi)


def clustered(seed, n, d, spread):
    return np.eye(d)[0] + spread * units(seed, n, d)


def simplex(n):
    """Return n unit rows with all cosines -1/(n-1), in n dimensions."""
    return np.eye(n) - 1 / n


def gradient_by_pairs(W):
    """Sum over pairs in loops; the tangent comes from a difference, which loses no digits."""
    n = len(W)
    norms = np.linalg.norm(W, axis=1)
    U = W / norms[:, None]
    gradient = np.zeros_like(W)
    for i in range(n):
        for j in range(n):
            chord = U[j] - U[i]
            tangent = chord - (chord @ U[i]) * U[i]
            length = np.linalg.norm(tangent)
            if i != j and length > 1e-12:
                angle = np.arctan2(length, U[i] @ U[j])
                kernel = (np.pi - angle) / (2 * np.pi)
                gradient[i] += kernel / (2 * np.pi) * tangent / length / norms[i]
    return 4 / (n * (n - 1)) * gradient


@pytest.mark.parametrize(
    "W",
    [
        units(0, 1, 3),
        units(0, 20, 5),
        units(0, 3, 2),
        clustered(0, 10, 4, 0.1),
        np.ones((6, 3)),
        np.array([[1.0, 2.0, 0.0], [-1.0, -2.0, 0.0]]),
    ],
    ids=["one", "random", "plane", "clustered", "equal", "antipodal"],
)
def test_theorem_8_is_the_mean_over_slices(W):
    rng = generator(0, "slices", *W.shape)
    X, Z = (sphere.uniform(rng, 200_000, W.shape[1]) for _ in range(2))
    squares = discrepancies(W, X, Z) ** 2
    error = squares.mean() - diversity.l2_discrepancy_squared(W)
    assert abs(error) < 4 * squares.std() / np.sqrt(squares.size)


@pytest.mark.parametrize("d", [2, 3, 50])
def test_l2_discrepancy_of_one_equal_and_opposite_units(d):
    constant = kernels.mean_square_slice_kernel(d)
    one = diversity.l2_discrepancy_squared(units(0, 1, d))
    assert one == pytest.approx(0.25 - constant, rel=4 * EPS)
    assert one == pytest.approx(diversity.expected_l2_discrepancy_squared(1, d), rel=4 * EPS)
    # Cosines within a few EPS of ±1 give angles, and values, within the root of that.
    pair = np.outer([1.0, 3.0], units(0, 1, d))
    assert diversity.l2_discrepancy_squared(pair) == pytest.approx(one, rel=0, abs=np.sqrt(EPS))
    pair[1] *= -1
    expected = 0.125 - constant
    assert diversity.l2_discrepancy_squared(pair) == pytest.approx(expected, rel=0, abs=8 * EPS)


def test_expected_l2_discrepancy_is_the_mean_over_uniform_units():
    rng = generator(0, "expected")
    draws = [diversity.l2_discrepancy_squared(sphere.uniform(rng, 20, 50)) for _ in range(1000)]
    expected = diversity.expected_l2_discrepancy_squared(20, 50)
    assert abs(np.mean(draws) - expected) < 4 * np.std(draws) / np.sqrt(1000)
    assert expected == pytest.approx(9.35e-3, abs=5e-6)
    assert diversity.expected_l2_discrepancy_squared(100, 100) == pytest.approx(1.872e-3, abs=5e-7)


@settings(deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(2, 12),
    st.integers(2, 6),
    st.sampled_from([1e-200, 1.0, 1e200]),
)
def test_diversity_ignores_order_and_length_of_the_units(seed, n, d, scale):
    rng = np.random.default_rng(seed)
    W, X = rng.standard_normal((n, d)), rng.standard_normal((30, d))
    scales = scale * rng.uniform(0.1, 10.0, (n, 1))
    order = rng.permutation(n)
    moved = (scales * W)[order]
    # An error of a cosine is divided by the sine in the angle, and by its square in the gradient.
    rows, _ = sphere.unit_rows(W, "W")
    sine = np.sqrt(np.min(1 - (rows @ rows.T)[np.triu_indices(n, 1)] ** 2))
    l2 = diversity.l2_discrepancy_squared(W)
    assert diversity.l2_discrepancy_squared(moved) == pytest.approx(l2, rel=0, abs=10 * EPS / sine)
    value, gradient = diversity.discrepancy_regulariser(W)
    moved_value, moved_gradient = diversity.discrepancy_regulariser(moved)
    assert moved_value == pytest.approx(value, rel=0, abs=10 * EPS / sine)
    np.testing.assert_allclose(
        moved_gradient * scales[order], gradient[order], rtol=0, atol=10 * EPS / sine**2
    )
    linf = diversity.linf_discrepancy_lower_bound(W, X)
    moved_linf = diversity.linf_discrepancy_lower_bound(moved, 1e-200 * X)
    assert moved_linf == pytest.approx(linf, rel=0, abs=1e-12)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.integers(2, 6))
def test_regulariser_and_discrepancy_are_linked(seed, n, d):
    W = np.random.default_rng(seed).standard_normal((n, d))
    value, _ = diversity.discrepancy_regulariser(W)
    linked = value * (n - 1) / n + 1 / (4 * n) - kernels.mean_square_slice_kernel(d)
    assert diversity.l2_discrepancy_squared(W) == pytest.approx(linked, rel=0, abs=4 * EPS)


@pytest.mark.parametrize(("n", "d"), [(2, 2), (2, 5), (7, 3), (40, 12)])
def test_regulariser_agrees_with_automatic_differentiation(n, d):
    W = units(1, n, d) * np.linspace(0.1, 10.0, n)[:, None]
    weights = torch.tensor(W, requires_grad=True)
    rows = weights / weights.norm(dim=1, keepdim=True)
    cosines = (rows @ rows.T)[~torch.eye(n, dtype=torch.bool)]
    value = (((np.pi - torch.arccos(cosines)) / (2 * np.pi)) ** 2).mean()
    (derivative,) = torch.autograd.grad(value, weights)
    measured, gradient = diversity.discrepancy_regulariser(W)
    assert measured == pytest.approx(value.item(), rel=1e-14)
    np.testing.assert_allclose(gradient, derivative, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(("n", "d", "spread"), [(9, 4, 1.0), (9, 4, 1e-2), (9, 4, 1e-8)])
def test_regulariser_gradient_is_the_sum_over_pairs(n, d, spread):
    W = np.vstack([clustered(2, n, d, spread), units(3, 3, d)])
    gradient = diversity.discrepancy_regulariser(W)[1]
    # Units that are 1e-8 apart know their mutual direction to EPS / 1e-8.
    np.testing.assert_allclose(
        gradient, gradient_by_pairs(W), rtol=0, atol=1e-13 + EPS / min(spread, 1e-3)
    )


@pytest.mark.parametrize("angle", [2.0, 1e-1, 2e-3, 1e-3, 1e-5, 1e-9, 1e-14])
def test_two_units_are_pushed_apart_along_their_great_circle(angle):
    W = np.array([[2.0, 0.0, 0.0], [np.cos(angle), np.sin(angle), 0.0]])
    _, gradient = diversity.discrepancy_regulariser(W)
    size = (np.pi - angle) / (2 * np.pi) / np.pi
    expected = [[0.0, size / 2, 0.0], [size * np.sin(angle), -size * np.cos(angle), 0.0]]
    # 1 - cosine² is within EPS, of angle² or, where it is replaced by differences, of 1e-6.
    np.testing.assert_allclose(
        gradient, expected, rtol=0, atol=max(4 * EPS / max(angle**2, 1e-6), 1e-8)
    )
    if angle < 1e-3:
        assert abs(gradient[0, 1]) == pytest.approx(size / 2, rel=1e-8)


def test_parallel_and_antipodal_pairs_contribute_nothing():
    direction = np.array([0.3, -0.7, 0.2])
    for multiples in ([1.0, 1.0], [1.0, 3.0], [1.0, -1.0], [0.1, -7.0]):
        value, gradient = diversity.discrepancy_regulariser(np.outer(multiples, direction))
        expected = 0.25 if multiples[1] > 0 else 0.0
        assert value == pytest.approx(expected, rel=0, abs=np.sqrt(EPS))
        # An antipodal pair contributes k / 2π with k = angle / 2π and an angle below sqrt(EPS).
        np.testing.assert_allclose(gradient, 0.0, atol=np.sqrt(EPS))
    # Some of these have a cosine that rounds to more than 1.
    copies = units(8, 50, 3)
    assert np.isfinite(diversity.discrepancy_regulariser(np.vstack([copies, 3 * copies]))[1]).all()
    # A copy doubles the pull that a third unit feels, and leaves the pulls on the copies alike.
    W = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    _, gradient = diversity.discrepancy_regulariser(W)
    pull = 4 / 6 * 0.25 / (2 * np.pi)
    np.testing.assert_allclose(gradient, pull * np.array([[0, 1], [0, 1], [2, 0]]), rtol=1e-14)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.integers(2, 6))
def test_gradient_is_orthogonal_to_each_unit(seed, n, d):
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((n, d)) * rng.uniform(0.01, 100.0, (n, 1))
    _, gradient = diversity.discrepancy_regulariser(W)
    assert np.all(np.abs(np.sum(gradient * W, axis=1)) < 1e-13)


@pytest.mark.parametrize(("n", "d"), [(2, 3), (5, 4), (10, 30), (40, 40)])
def test_minimum_of_the_regulariser_is_a_simplex(n, d):
    found = diversity.minimise_regulariser(units(4, n, d))
    cosines = (found @ found.T)[np.triu_indices(n, 1)]
    # The value is flat to second order, so that cosines come out to about sqrt(EPS).
    np.testing.assert_allclose(cosines, -1 / (n - 1), rtol=0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, rtol=d * EPS)
    value = diversity.discrepancy_regulariser(found)[0]
    assert value == pytest.approx(diversity.discrepancy_regulariser(simplex(n))[0], abs=1e-13)


def test_few_iterations_go_part_of_the_way():
    W = units(5, 30, 10)
    stages = [W, *(diversity.minimise_regulariser(W, steps) for steps in (1, 2, 8, 1000))]
    assert np.all(np.diff([diversity.discrepancy_regulariser(U)[0] for U in stages]) < 0)


def test_minimiser_accepts_the_minimum_and_any_lengths():
    scaled = simplex(6) * np.array([1e-200, 1e-3, 1.0, 5.0, 1e3, 1e200])[:, None]
    found = diversity.minimise_regulariser(scaled)
    np.testing.assert_allclose(found, sphere.unit_rows(simplex(6), "W")[0], rtol=0, atol=1e-7)


def test_linf_bound_is_the_maximum_over_pairs():
    W, X = units(6, 7, 3), sphere.uniform(generator(6, "inputs"), 25, 3)
    first, second = np.meshgrid(np.arange(25), np.arange(25))
    brute = np.abs(discrepancies(W, X[first.ravel()], X[second.ravel()])).max()
    measured = diversity.linf_discrepancy_lower_bound(W, 3.0 * X)
    assert measured == pytest.approx(brute, rel=0, abs=np.sqrt(EPS))


def test_linf_is_at_least_a_half_if_a_half_space_holds_all_units():
    W = units(7, 20, 20)
    inside_all = np.linalg.solve(W, np.ones(20))[None]
    assert diversity.linf_discrepancy_lower_bound(W, inside_all) == 0.5
    assert diversity.linf_discrepancy_lower_bound(W[:1], W[:1]) == 0.5


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_discrepancy_is_the_error_of_the_gram_matrix_and_weyl_holds(seed):
    """D^T D / n - G = dsp ∘ X X^T, so the spectrum of one is near that of the other."""
    rng = np.random.default_rng(seed)
    W, X = rng.standard_normal((9, 4)), sphere.uniform(rng, 12, 4)
    ideal = kernels.feature_kernel(X @ X.T)
    error = relu.extended_feature_gram(X, W) / 9 - ideal
    bound = diversity.linf_discrepancy_lower_bound(W, X)
    assert np.all(np.abs(error) <= bound * np.abs(X @ X.T) + np.sqrt(EPS))
    smallest = relu.smallest_singular_value_squared(X, W) / 9
    assert smallest >= np.linalg.eigvalsh(ideal)[0] - np.linalg.norm(error, 2) - 1e-14


def test_bound_terms_are_those_of_lemma_5():
    terms = diversity.bound_terms(m=3000, d=100, delta=0.05, l2=np.sqrt(1.8e-3), linf=0.233)
    assert astuple(terms) == pytest.approx((34.5, 11.8, 58.6, 0.233), rel=5e-3)
    assert terms.total == pytest.approx(sum(astuple(terms)), rel=4 * EPS)
    # With delta = 1/e and m = 4 the printed roots can be taken by hand.
    scale = np.log(7) / np.sqrt(7) * 4
    by_hand = diversity.bound_terms(m=4, d=7, delta=np.exp(-1), l2=0.04, linf=0.25)
    assert astuple(by_hand) == pytest.approx(
        (scale * 0.1, scale * 0.25 / np.sqrt(3), scale * 0.04, 0.25), rel=8 * EPS
    )


def test_spectrum_is_at_hand_beside_the_discrepancy():
    assert diversity.kernel_eigenvalues is kernels.kernel_eigenvalues


@pytest.mark.parametrize(
    ("W", "complaint"),
    [
        (np.ones(3), "^W: expected a non-empty matrix"),
        (np.empty((0, 3)), "^W: expected a non-empty matrix"),
        (np.ones((3, 1)), "^W: expected at least 2 columns, got 1"),
        (np.array([[1.0, 0.0], [np.nan, 1.0]]), "^W: expected finite"),
        (np.array([[1.0, 0.0], [np.inf, 1.0]]), "^W: expected finite"),
        (np.array([[1.0, 0.0], [0.0, 0.0]]), "^W: row 1 is zero"),
    ],
)
@pytest.mark.parametrize(
    "function",
    [
        diversity.l2_discrepancy_squared,
        diversity.discrepancy_regulariser,
        diversity.minimise_regulariser,
        lambda W: diversity.linf_discrepancy_lower_bound(W, np.ones((1, 2))),
    ],
)
def test_units_are_checked(function, W, complaint):
    with pytest.raises(ValueError, match=complaint):
        function(W)


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (
            lambda: diversity.discrepancy_regulariser(np.ones((1, 2))),
            "^W: expected at least 2 rows",
        ),
        (lambda: diversity.minimise_regulariser(np.ones((1, 2))), "^W: expected at least 2 rows"),
        (lambda: diversity.minimise_regulariser(np.eye(2), 0), "^max_iterations"),
        (lambda: diversity.expected_l2_discrepancy_squared(0, 2), "^n"),
        (lambda: diversity.expected_l2_discrepancy_squared(1, 1), "^d"),
        (lambda: diversity.linf_discrepancy_lower_bound(np.eye(2), np.eye(3)), "^X: expected 2"),
        (lambda: diversity.linf_discrepancy_lower_bound(np.eye(2), np.zeros((1, 2))), "^X: row 0"),
        (lambda: diversity.bound_terms(0, 2, 0.5, 0.1, 0.1), "^m"),
        (lambda: diversity.bound_terms(1, 1, 0.5, 0.1, 0.1), "^d"),
        (lambda: diversity.bound_terms(1, 2, 0.0, 0.1, 0.1), "^delta"),
        (lambda: diversity.bound_terms(1, 2, np.nan, 0.1, 0.1), "^delta"),
        (lambda: diversity.bound_terms(1, 2, 0.5, -0.1, 0.1), "^l2"),
        (lambda: diversity.bound_terms(1, 2, 0.5, 0.1, np.nan), "^linf"),
    ],
)
def test_arguments_are_checked(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()
