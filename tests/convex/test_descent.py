"""The stack of small networks against autograd, torch's Adam, and runs trained alone."""

import numpy as np
import pytest
import torch

from landscape.convex import gaussian_start, solve_two_layer, train_networks
from landscape.convex.descent import EPSILON, LAST


def problem(S=2, R=3, p=4, m=5, d=3):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((S, m, d)), rng.standard_normal((S, m))
    starts = [[gaussian_start(rng, p, d) for _ in range(R)] for _ in range(S)]
    W = np.array([[w for w, _ in row] for row in starts])
    return X, y, W, np.array([[a for _, a in row] for row in starts])


def by_torch(X, y, beta, W, a, steps, rate, penalised, output_bias):
    """Train one network with torch and return its weights and objective."""
    X, y, W, a = (torch.tensor(values) for values in (X, y, W, a))
    c = torch.zeros((), dtype=torch.float64)
    parameters = [W.requires_grad_(), a.requires_grad_(), c.requires_grad_(output_bias)]
    optimiser = torch.optim.Adam([q for q in parameters if q.requires_grad], lr=1.0, eps=EPSILON)
    counted = torch.tensor(np.broadcast_to(penalised, X.shape[1:]).astype(float))

    def objective():
        r = torch.relu(X @ W.T) @ a + c - y
        return 0.5 * r @ r + 0.5 * beta * ((counted * W**2).sum() + a @ a)

    for step in range(steps):
        optimiser.zero_grad()
        objective().backward()
        for group in optimiser.param_groups:
            group["lr"] = rate * (LAST + (1 - LAST) * 0.5 * (1 + np.cos(np.pi * step / steps)))
        optimiser.step()
    with torch.no_grad():
        return W.detach().numpy(), a.detach().numpy(), float(c.detach()), float(objective())


@pytest.mark.parametrize(
    ("penalised", "output_bias"), [(True, False), (np.array([True, True, False]), True)]
)
def test_a_stack_is_trained_as_torch_trains_each_run(penalised, output_bias):
    X, y, W, a = problem()
    beta = np.array([0.1, 0.3])
    settings = {"steps": 50, "rate": 0.05, "penalised": penalised, "output_bias": output_bias}
    found = train_networks(X, y, beta, W, a, **settings)
    for s in range(2):
        for r in range(3):
            oracle = by_torch(X[s], y[s], beta[s], W[s, r], a[s, r], **settings)
            for value, expected in zip(
                (found.W, found.a, found.bias, found.objective), oracle, strict=True
            ):
                np.testing.assert_allclose(value[s, r], expected, rtol=1e-9, atol=1e-11)


def test_padding_changes_nothing():
    X, y, W, a = problem(S=1)
    settings = {"steps": 40, "rate": 0.05}
    alone = train_networks(X, y, 0.1, W, a, **settings)
    wide = np.zeros((1, 3, 6, 4))
    wide[:, :, :4, :3] = W
    padded = train_networks(
        np.pad(X, ((0, 0), (0, 2), (0, 1))),
        np.pad(y, ((0, 0), (0, 2))),
        0.1,
        wide,
        np.pad(a, ((0, 0), (0, 0), (0, 2))),
        **settings,
    )
    np.testing.assert_allclose(padded.objective, alone.objective, rtol=1e-10)
    np.testing.assert_allclose(padded.W[:, :, :4, :3], alone.W, rtol=1e-7, atol=1e-9)
    assert not padded.W[:, :, 4:].any()
    assert not padded.W[..., 3].any()


def test_wide_networks_reach_the_convex_optimum():
    X, y, W, a = problem(S=1, R=5, p=20)
    optimum = solve_two_layer(X[0], y[0], 0.2)
    found = train_networks(X, y, 0.2, W, a, steps=2000, rate=0.05)
    assert found.objective.min() >= optimum.dual_bound
    assert found.objective.min() <= optimum.value * (1 + 1e-5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"a": np.zeros((2, 3, 5))}, r"^a: expected shape \(2, 3, 4\)"),
        ({"y": np.full((2, 5), np.nan)}, r"^y: .* NaN"),
        ({"beta": -1.0}, r"^beta: .* got -1.0"),
        ({"steps": 0}, r"^steps: .* got 0"),
    ],
)
def test_bad_input_is_named(changes, message):
    X, y, W, a = problem()
    given = {"X": X, "y": y, "beta": 0.1, "W": W, "a": a, "steps": 1, "rate": 0.1} | changes
    with pytest.raises(ValueError, match=message):
        train_networks(**given)
