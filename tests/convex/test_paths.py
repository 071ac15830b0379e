"""Paths at constant width: the objective never rises, and ends at the optimum."""

from itertools import pairwise

import numpy as np
import pytest

from landscape.convex import objective, solve_two_layer
from landscape.convex.paths import path_to_optimum


@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
def test_paths_never_rise_and_are_continuous(scale):
    rng = np.random.default_rng(0)
    X, y, beta = rng.standard_normal((5, 2)), rng.standard_normal(5), 0.1
    optimum = solve_two_layer(X, y, beta)
    W, a = scale * rng.standard_normal((12, 2)), rng.standard_normal(12)
    # A unit that is gone on one side only.
    a[3] = 0.0
    path = path_to_optimum(X, (W, a), optimum.weights, 50)
    values = np.array([objective(X, y, beta, *network) for _, network in path])
    assert values[0] == pytest.approx(objective(X, y, beta, W, a), rel=1e-15)
    assert np.diff(values).max() <= 1e-9 * values[0]
    assert values[-1] == pytest.approx(optimum.value, rel=1e-9)
    assert [part for part, _ in path].count("prune") >= 50 * 6
    assert {network[1].shape for _, network in path} == {(12,)}
    outputs = np.array([np.maximum(X @ W.T, 0) @ a for _, (W, a) in path])
    # Until the optimum joins, outputs stay.
    still = [i for i, (part, _) in enumerate(path) if part != "join"]
    assert np.abs(np.diff(outputs[still], axis=0)).max() < 1e-9 * np.abs(outputs).max()
    # In the sum of the units, whatever their places, neighbours are near.
    steps = [
        np.abs(np.abs(a)[:, None] * W - np.abs(b)[:, None] * V).max()
        for (_, (W, a)), (_, (V, b)) in pairwise(path)
    ]
    assert max(steps) < 0.2 * scale * np.abs(a).max() * 4


def test_a_wrong_optimum_is_not_reached_without_rising():
    rng = np.random.default_rng(1)
    X, y, beta = rng.standard_normal((5, 2)), rng.standard_normal(5), 0.1
    W, a = solve_two_layer(X, y, beta).weights
    padded = np.concatenate([W, np.zeros((10, 2))]), np.concatenate([a, np.zeros(10)])
    path = path_to_optimum(X, padded, (0.8 * W, a), 50)
    values = [objective(X, y, beta, *network) for _, network in path]
    assert np.diff(values).max() > 0


def test_narrow_networks_are_refused():
    X = np.ones((3, 1))
    with pytest.raises(ValueError, match=r"at least 3 \+ 1 units, got 3"):
        path_to_optimum(X, (np.ones((3, 1)), np.ones(3)), (np.ones((1, 1)), np.ones(1)), 5)
