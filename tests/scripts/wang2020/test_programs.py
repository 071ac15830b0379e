"""The optimum in other units against descent by brute force, and by hand."""

import runpy

import numpy as np
import pytest
from scipy.optimize import minimize

programs = runpy.run_path("scripts/wang2020/solve_programs.py")


def trained(X, y, strength, width, starts):
    """Return the least |f - y|² + λ Σ (|w|² + a²) of many descents of a quasi-Newton method."""
    rng = np.random.default_rng(0)

    def value(theta):
        W, a = theta[:-width].reshape(width, -1), theta[-width:]
        Z = X @ W.T
        r = np.maximum(Z, 0.0) @ a - y
        G = r[:, None] * (Z > 0)
        gradient = np.concatenate([((G * a).T @ X).ravel(), r @ np.maximum(Z, 0.0)])
        return r @ r + strength * theta @ theta, 2 * gradient + 2 * strength * theta

    size = width * (X.shape[1] + 1)
    return min(
        minimize(value, rng.standard_normal(size), jac=True, method="L-BFGS-B").fun
        for _ in range(starts)
    )


@pytest.mark.parametrize("strength", [0.02, 0.3])
def test_the_optimum_without_halves_is_that_of_training(strength):
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((5, 2)), rng.standard_normal(5)
    networks, summary = programs["optima_without_halves"](X, y, strength)
    best = trained(X, y, strength, 8, 30)
    assert networks * (1 - 1e-9) <= best <= networks * (1 + 5e-3)
    assert summary < 0.95 * networks


def test_the_optimum_without_halves_by_hand():
    # One sample 1 and target 1: (u - 1)² + 2 λ |u| at u = 1 - λ, and with λ |u| at 1 - λ/2.
    found = programs["optima_without_halves"](np.ones((1, 1)), np.ones(1), 0.1)
    assert found == pytest.approx((0.01 + 0.2 * 0.9, 0.0025 + 0.1 * 0.95), rel=1e-7)
