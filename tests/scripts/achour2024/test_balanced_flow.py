"""The balanced flow against an explicit solver of high order."""

import runpy

import numpy as np
import pandas as pd
import pytest
from scipy import integrate

from landscape.linear import LinearNetwork

flow = runpy.run_path("scripts/achour2024/integrate_flow.py")


def test_start_is_balanced_with_positive_determinant():
    for seed in range(6):
        W = flow["balanced_start"](np.random.default_rng(seed), 3, 4)
        for layer in W:
            np.testing.assert_allclose(layer @ layer.T, np.eye(4), atol=1e-14)
        assert np.linalg.det(W[2] @ W[1] @ W[0]) == pytest.approx(1)


@pytest.mark.parametrize("depth", [2, 3])
def test_flow_agrees_with_an_explicit_solver(depth):
    s = np.array([3.0, 1.5, 0.5])
    net = LinearNetwork(np.eye(3), np.diag(s), [3] * (depth - 1))
    start = [0.02 * layer for layer in flow["balanced_start"](np.random.default_rng(4), depth, 3)]
    (row,), curve = flow["follow"](net, start)
    assert row["plateau"] == 1

    def velocity(_, w):
        return -np.ravel(net.gradient(list(w.reshape(depth, 3, 3))))

    times = curve["time"].to_numpy()[::10]
    oracle = integrate.solve_ivp(
        velocity, (0, times[-1]), np.ravel(start), "DOP853", times, rtol=1e-11, atol=1e-14
    )
    losses = [net.loss(list(w.reshape(depth, 3, 3))) for w in oracle.y.T]
    # Steps of relative error 1e-6, amplified where a saddle is left.
    np.testing.assert_allclose(curve["loss"].to_numpy()[::10], losses, rtol=1e-3)
    fine = np.linspace(0.9 * row["time"], 1.1 * row["time"], 201)
    oracle = integrate.solve_ivp(
        velocity, (0, fine[-1]), np.ravel(start), "DOP853", fine, rtol=1e-11, atol=1e-14
    )
    speed = [np.linalg.norm(velocity(0.0, w)) for w in oracle.y.T]
    W = list(oracle.y.T[np.argmin(speed)].reshape(depth, 3, 3))
    least = np.linalg.eigvalsh(net.hessian(W))[0]
    assert fine[np.argmin(speed)] == pytest.approx(row["time"], rel=5e-3)
    assert row["least_eigenvalue"] == pytest.approx(least, rel=1e-2)


def test_slopes_of_known_dependence():
    scale = np.array([1e-2, 1e-3, 1e-4])
    power = pd.DataFrame(
        {
            "scale": scale,
            "least_eigenvalue": -3 * scale**2,
            "time": 5 / scale**2,
            "loss_error": 2 * scale**0.5,
        }
    )
    found = flow["_dependence"](power)
    assert found["eigenvalue_slope"] == pytest.approx(2)
    assert found["time_slope"] == pytest.approx(2)
    assert found["growth"] == pytest.approx(100)
    assert found["loss_slope"] == pytest.approx(0.5)
    # A flow that rests elsewhere has a distance that stays.
    elsewhere = flow["_dependence"](power.assign(loss_error=0.1 + scale))
    assert elsewhere["loss_slope"] < 0.25
    logarithm = power.assign(time=1 - 2 * np.log(scale))
    assert flow["_dependence"](logarithm)["growth"] == pytest.approx(1)
