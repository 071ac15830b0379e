"""Several outputs on whitened data: the closed form against training, programs and samples."""

import numpy as np
import pytest
from scipy.optimize import minimize

from landscape.convex import (
    gaussian_start,
    lower_bound_from_start,
    lower_bound_outputs,
    objective_outputs,
    solve_restricted,
    solve_two_layer,
    solve_whitened,
    solve_whitened_outputs,
    train_whitened,
    whiten_samples,
)


def orthonormal(m, d, seed=0):
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((d, m)))[0].T


# Signs, a column of both signs, one shorter than the strengths below, and a row without target.
TARGETS = np.array([[1.0, 0, 0], [0.5, 0, 0], [0, -2.0, 0], [0, 0.7, 0], [0, 0, 0.1], [0, 0, 0]])


def test_whitening_is_a_map_of_the_inputs():
    X = np.random.default_rng(0).standard_normal((4, 7)) * [1e3, 1, 1, 1, 1, 1, 1e-2]
    white, map_ = whiten_samples(X)
    np.testing.assert_allclose(white @ white.T, np.eye(4), atol=1e-13)
    np.testing.assert_allclose(X @ map_, white, atol=1e-9)
    # (X X^T)^{-1/2} is symmetric and positive.
    values, vectors = np.linalg.eigh(X @ X.T)
    np.testing.assert_allclose((vectors / np.sqrt(values)) @ vectors.T @ X, white, atol=1e-6)
    for dependent in (X[[0, 1, 0]], np.eye(3)[:, :2]):
        with pytest.raises(ValueError, match="X: expected independent rows"):
            whiten_samples(dependent)


@pytest.mark.parametrize("beta", [1e-3, 0.2, 1.2, 3.0])
def test_the_network_of_the_closed_form_attains_a_proved_bound(beta):
    X = orthonormal(6, 8)
    value, (W, A) = solve_whitened_outputs(X, TARGETS, beta)
    assert objective_outputs(X, TARGETS, beta, W, A) == pytest.approx(value, rel=1e-13)
    assert 0 <= value - lower_bound_outputs(X, TARGETS, beta) <= 1e-12 * value
    np.testing.assert_allclose(np.linalg.norm(W, axis=1), np.linalg.norm(A, axis=1), rtol=1e-13)


@pytest.mark.parametrize("beta", [0.05, 0.5])
def test_no_descent_gets_below_the_closed_form_and_some_get_there(beta):
    rng, (m, K, p) = np.random.default_rng(1), (5, 2, 8)
    X, Y = orthonormal(m, m), np.array([[1.0, 0], [0.8, 0], [0, 1.0], [0, -0.6], [0, 0.9]])

    def value(theta):
        W, A = theta[: p * m].reshape(p, m), theta[p * m :].reshape(p, K)
        Z = X @ W.T
        R = np.maximum(Z, 0.0) @ A - Y
        gradient = [((R @ A.T * (Z > 0)).T @ X).ravel(), (np.maximum(Z, 0.0).T @ R).ravel()]
        return objective_outputs(X, Y, beta, W, A), np.concatenate(gradient) + beta * theta

    optimum = solve_whitened_outputs(X, Y, beta)[0]
    size = p * (m + K)
    ends = [minimize(value, rng.standard_normal(size), jac=True).fun for _ in range(40)]
    assert min(ends) >= optimum * (1 - 1e-12)
    assert min(ends) <= optimum * (1 + 1e-2)


def test_one_output_is_the_scalar_theorem_and_the_program():
    X, y = orthonormal(4, 5), np.array([1.0, -2.0, 0.5, 0.3])
    for beta in (0.1, 1.2):
        value, (W, A) = solve_whitened_outputs(X, y[:, None], beta)
        scalar, (units, outputs) = solve_whitened(X, y, beta)
        assert value == scalar
        np.testing.assert_array_equal(W, units)
        np.testing.assert_array_equal(A[:, 0], outputs)
        assert value == pytest.approx(solve_two_layer(X, y, beta).value, rel=1e-8)


def test_the_dual_point_holds_for_all_units():
    beta, rng = 0.3, np.random.default_rng(2)
    parts = [np.maximum(s * TARGETS, 0.0) for s in (1, -1)]
    cut = [P * np.minimum(1, beta / np.maximum(np.linalg.norm(P, axis=0), 1e-9)) for P in parts]
    V = cut[0] - cut[1]
    units = rng.standard_normal((100_000, 6))
    units /= np.linalg.norm(units, axis=1)[:, None]
    lengths = np.linalg.norm(np.maximum(units, 0.0) @ V, axis=1)
    assert 0.8 * beta < lengths.max() <= beta * (1 + 1e-12)


@pytest.mark.parametrize("beta", [0.05, 0.4])
def test_the_bound_from_the_start_is_the_program_of_its_patterns(beta):
    X, y = orthonormal(5, 6), np.array([1.0, 0.5, 2.0, 0.7, 0.1])
    W = gaussian_start(np.random.default_rng(3), 3, 6)[0]
    patterns = W @ X.T > 0
    assert patterns.any(axis=1).all()
    program = solve_restricted(X, y, beta, patterns, np.empty((0, 5), dtype=bool))
    assert lower_bound_from_start(X, y[:, None], beta, W) == pytest.approx(program, rel=1e-7)
    # A unit that is active everywhere rules out nothing.
    everywhere = np.concatenate([W, X.sum(axis=0)[None]])
    free = lower_bound_from_start(X, y[:, None], beta, everywhere)
    assert free == pytest.approx(solve_whitened(X, y, beta)[0], rel=1e-8)


def test_training_is_gradient_descent_and_respects_its_start():
    rng, beta, steps, rate = np.random.default_rng(4), 0.05, 300, 0.1
    X = orthonormal(6, 9)
    W, A = rng.standard_normal((5, 9)) / 3, rng.standard_normal((5, 3)) / 2
    found = train_whitened(X, TARGETS, beta, W, A, steps=steps, rate=rate)
    U, B = W.copy(), A.copy()
    for step in range(steps):
        size = rate * 0.5 * (1 + np.cos(np.pi * step / steps))
        Z = X @ U.T
        R = np.maximum(Z, 0.0) @ B - TARGETS
        U, B = (
            U - size * ((R @ B.T * (Z > 0)).T @ X + beta * U),
            B - size * (np.maximum(Z, 0.0).T @ R + beta * B),
        )
    np.testing.assert_allclose(found.W, U, atol=1e-10)
    np.testing.assert_allclose(found.A, B, atol=1e-10)
    end = objective_outputs(X, TARGETS, beta, U, B)
    assert found.steps[-1] == steps
    assert found.objectives[-1] == pytest.approx(end, rel=1e-10)
    assert lower_bound_from_start(X, TARGETS, beta, W) <= end
    assert lower_bound_outputs(X, TARGETS, beta) <= end


def test_bad_arguments_are_named():
    X = orthonormal(6, 8)
    with pytest.raises(ValueError, match="X: expected orthonormal rows"):
        solve_whitened_outputs(2 * X, TARGETS, 0.1)
    with pytest.raises(ValueError, match="Y: expected at most one entry"):
        solve_whitened_outputs(X, np.ones((6, 2)), 0.1)
    with pytest.raises(ValueError, match="beta: expected a finite number above 0"):
        lower_bound_outputs(X, TARGETS, 0.0)
    with pytest.raises(ValueError, match="W, A: expected as many rows"):
        objective_outputs(X, TARGETS, 0.1, np.ones((2, 8)), np.ones((3, 3)))
    with pytest.raises(ValueError, match="steps: expected at least 1"):
        train_whitened(X, TARGETS, 0.1, np.ones((1, 8)), np.ones((1, 3)), steps=0, rate=0.1)
