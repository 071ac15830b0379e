"""Two-layer ReLU networks against loops, automatic differentiation and dense decompositions."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape import sphere
from landscape.relu import two_layer as relu
from landscape.seeds import generator

EPS = np.finfo(np.float64).eps


def network(seed, m, n, d):
    rng = generator(seed, "network", m, n, d)
    X = sphere.uniform(rng, m, d)
    W = rng.standard_normal((n, d))
    v = rng.choice([-1.0, 1.0], n)
    return X, W, v, rng.standard_normal(m)


def features_by_loops(X, W, v):
    D = np.zeros((W.size, len(X)))
    d = X.shape[1]
    for sample, x in enumerate(X):
        for unit, w in enumerate(W):
            if x @ w >= 0:
                D[unit * d : (unit + 1) * d, sample] = v[unit] * x
    return D


def with_spectrum(eigenvalues, seed=0):
    """Return a dense symmetric matrix with known eigenvalues: a reflected diagonal."""
    u = sphere.uniform(generator(seed, "reflection"), 1, len(eigenvalues))[0]
    reflection = np.eye(len(eigenvalues)) - 2 * np.outer(u, u)
    return reflection * eigenvalues @ reflection


@pytest.mark.parametrize(("m", "n", "d"), [(1, 1, 1), (5, 1, 3), (6, 4, 2), (20, 7, 5)])
def test_features_and_gram_are_those_of_the_definition(m, n, d):
    X, W, v, _ = network(0, m, n, d)
    D = features_by_loops(X, W, v)
    np.testing.assert_array_equal(relu.extended_feature_matrix(X, W, v), D)
    # A sum of n d products of numbers of size at most 1.
    np.testing.assert_allclose(relu.extended_feature_gram(X, W), D.T @ D, rtol=0, atol=n * d * EPS)


def test_gram_is_exact_on_integers_with_samples_on_the_kinks():
    rng = generator(0, "integers")
    X = rng.integers(-2, 3, (30, 3)).astype(float)
    W = rng.integers(-2, 3, (11, 3)).astype(float)
    X[0] = W[0] = 0.0
    assert np.count_nonzero(X[1:] @ W[1:].T == 0) > 20
    D = features_by_loops(X, W, np.ones(11))
    np.testing.assert_array_equal(relu.extended_feature_gram(X, W), D.T @ D)
    assert relu.activation_pattern(X, W)[0].all()
    assert relu.activation_pattern(X, W)[:, 0].all()


def test_gram_does_not_depend_on_memory_layout_and_is_symmetric():
    X, W, _, _ = network(0, 40, 9, 6)
    gram = relu.extended_feature_gram(X, W)
    np.testing.assert_array_equal(gram, gram.T)
    np.testing.assert_array_equal(
        relu.extended_feature_gram(np.asfortranarray(X), np.repeat(W, 2, axis=0)[::2]), gram
    )


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1e-200, 1e-3, 1e200]))
def test_gram_ignores_order_and_length_of_the_units(seed, scale):
    rng = np.random.default_rng(seed)
    X, W = rng.standard_normal((8, 3)), rng.standard_normal((5, 3))
    scales = rng.uniform(0.5, 2.0, (5, 1)) * scale
    np.testing.assert_array_equal(
        relu.extended_feature_gram(X, rng.permutation(scales * W)),
        relu.extended_feature_gram(X, W),
    )


@pytest.mark.parametrize(("m", "n", "d"), [(1, 1, 2), (12, 5, 4), (40, 16, 8)])
def test_loss_and_gradient_agree_with_automatic_differentiation(m, n, d):
    X, W, v, y = network(1, m, n, d)
    v *= 1.7  # The gradient, unlike the Gram matrix, holds for output weights of any size.
    weights = torch.tensor(W, requires_grad=True)
    outputs = torch.relu(torch.tensor(X) @ weights.T) @ torch.tensor(v)
    value = ((outputs - torch.tensor(y)) ** 2).sum() / (2 * m)
    (derivative,) = torch.autograd.grad(value, weights)
    np.testing.assert_allclose(relu.predict(X, W, v), outputs.detach(), rtol=0, atol=50 * n * EPS)
    assert relu.loss(X, W, v, y) == pytest.approx(value.item(), rel=1e-13)
    gradient = relu.gradient(X, W, v, y)
    np.testing.assert_allclose(gradient, derivative, rtol=0, atol=50 * n * EPS)
    D, r = relu.extended_feature_matrix(X, W, v), relu.residual(X, W, v, y)
    np.testing.assert_allclose((D @ r).reshape(n, d), gradient, rtol=0, atol=50 * n * EPS)
    np.testing.assert_allclose(D.T @ W.ravel(), relu.predict(X, W, v), rtol=0, atol=50 * n * EPS)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_equation_7_bounds_the_loss_by_the_gradient(seed):
    X, W, v, y = network(seed, 10, 6, 4)
    r = relu.residual(X, W, v, y)
    assert relu.loss(X, W, v, y) == pytest.approx(10 / 2 * (r @ r), rel=1e-14)
    squared = np.sum(relu.gradient(X, W, v, y) ** 2)
    smallest = relu.smallest_singular_value_squared(X, W)
    assert smallest * (r @ r) <= squared * (1 + 1e-12)


@pytest.mark.parametrize(("m", "n", "d"), [(1, 1, 1), (15, 10, 4), (40, 20, 3)])
def test_smallest_singular_value_is_that_of_the_explicit_features(m, n, d):
    X, W, v, _ = network(2, m, n, d)
    singular_values = np.linalg.svd(relu.extended_feature_matrix(X, W, v), compute_uv=False)
    # Squaring moves the rounding error from s_m to s_m², relative to the largest one squared.
    tolerance = m * EPS * singular_values[0] ** 2
    measured = relu.smallest_singular_value_squared(X, W)
    assert measured == pytest.approx(singular_values[m - 1] ** 2, rel=0, abs=tolerance)
    if m > 1:
        assert measured > 100 * tolerance


def test_smallest_singular_value_is_zero_without_enough_features():
    for seed in range(10):  # Rounding would leave half of them positive.
        X, W, _, _ = network(seed, 13, 3, 4)
        assert relu.smallest_singular_value_squared(X, W) == 0.0
    # Units in one direction span d features however many they are.
    X, _, _, _ = network(0, 30, 1, 4)
    alike = np.outer(np.arange(1.0, 21.0), [1.0, 2.0, -1.0, 0.5])
    bound = 30 * EPS * np.trace(relu.extended_feature_gram(X, alike))
    assert 0.0 <= relu.smallest_singular_value_squared(X, alike) < bound


@pytest.mark.parametrize("m", [1, 2, 50, relu.SMALL - 1, relu.SMALL, relu.SMALL + 50])
@pytest.mark.parametrize("smallest", [2.0, 1e-3, 1e-9])
def test_smallest_eigenvalue_of_a_positive_matrix(m, smallest):
    eigenvalues = np.linspace(smallest, 3.0, m) if m > 1 else np.array([smallest])
    measured = relu.smallest_eigenvalue(with_spectrum(eigenvalues))
    assert measured == pytest.approx(smallest, rel=1e-12, abs=1e-15 * m * 3.0)


@pytest.mark.parametrize("m", [60, relu.SMALL])
@pytest.mark.parametrize("smallest", [[0.0], [0.0] * 30, [-0.5], [1e-17]])
def test_smallest_eigenvalue_of_a_singular_or_indefinite_matrix(m, smallest):
    eigenvalues = np.append(smallest, np.linspace(0.1, 4.0, m - len(smallest)))
    measured = relu.smallest_eigenvalue(with_spectrum(eigenvalues))
    assert measured == pytest.approx(min(smallest), rel=0, abs=1e-15 * m * 4.0)


def test_smallest_eigenvalue_of_exactly_singular_features_at_full_size():
    m = relu.SMALL
    X, _, _, _ = network(0, m, 1, 5)
    gram = relu.extended_feature_gram(X, np.tile([1.0, 0.0, 0.0, 0.0, 0.0], (200, 1)))
    norm = np.linalg.norm(gram, 2)
    assert abs(relu.smallest_eigenvalue(gram)) < 1e-15 * m * norm


def test_smallest_eigenvalue_of_multiples_of_the_identity():
    assert relu.smallest_eigenvalue(3.0 * np.eye(relu.SMALL)) == pytest.approx(3.0, rel=4 * EPS)
    assert relu.smallest_eigenvalue(np.zeros((relu.SMALL, relu.SMALL))) == 0.0


@pytest.mark.parametrize("m", [20, relu.SMALL])
def test_smallest_eigenvalue_reads_the_lower_triangle_and_repeats(m):
    matrix = with_spectrum(np.linspace(0.2, 1.0, m))
    first = relu.smallest_eigenvalue(matrix)
    assert relu.smallest_eigenvalue(np.tril(matrix)) == first
    assert relu.smallest_eigenvalue(matrix.copy()) == first


def test_iteration_that_does_not_converge_gives_way_to_the_decomposition(monkeypatch):
    def stuck(*_, **__):
        raise relu.ArpackNoConvergence("stuck", np.empty(0), np.empty(0))

    monkeypatch.setattr(relu, "eigsh", stuck)
    matrix = with_spectrum(np.linspace(0.2, 1.0, relu.SMALL))
    assert relu.smallest_eigenvalue(matrix) == pytest.approx(0.2, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"X": np.ones(3)}, "^X: expected a non-empty matrix"),
        ({"X": np.full((5, 3), np.nan)}, "^X: expected finite"),
        ({"W": np.ones((2, 4))}, "^W: expected 3 columns, got 4"),
        ({"W": np.array([[1.0, np.inf, 0.0]] * 2)}, "^W: expected finite"),
        ({"v": np.ones(3)}, r"^v: expected shape \(2,\), got \(3,\)"),
        ({"v": np.array([1.0, np.nan])}, "^v: expected finite"),
        ({"y": np.ones((5, 1))}, r"^y: expected shape \(5,\), got \(5, 1\)"),
        ({"y": np.full(5, np.nan)}, "^y: expected finite"),
    ],
)
def test_networks_refuse(change, complaint):
    arguments = {"X": np.ones((5, 3)), "W": np.ones((2, 3)), "v": np.ones(2), "y": np.ones(5)}
    arguments |= change
    with pytest.raises(ValueError, match=complaint):
        relu.gradient(**arguments)
    if "y" not in change:
        del arguments["y"]
        with pytest.raises(ValueError, match=complaint):
            relu.extended_feature_matrix(**arguments)
    if not {"v", "y"} & set(change):
        for function in (relu.extended_feature_gram, relu.smallest_singular_value_squared):
            with pytest.raises(ValueError, match=complaint):
                function(arguments["X"], arguments["W"])


@pytest.mark.parametrize(
    ("matrix", "complaint"),
    [
        (np.ones((2, 3)), r"^G: expected a square matrix, got shape \(2, 3\)"),
        (np.ones(4), "^G: expected a non-empty matrix"),
        (np.full((2, 2), np.nan), "^G: expected finite"),
    ],
)
def test_smallest_eigenvalue_refuses(matrix, complaint):
    with pytest.raises(ValueError, match=complaint):
        relu.smallest_eigenvalue(matrix)
