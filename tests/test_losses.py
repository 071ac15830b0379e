"""The losses against autograd of PyTorch's own, the convex optimum against another solver."""

import numpy as np
import pytest
import scipy.optimize
import torch
import torch.nn.functional as nn

from landscape.losses import LOSSES, Risk, random_data

ORACLES = {
    "square": lambda Z, Y: ((Z - Y) ** 2).sum(0),
    "huber": lambda Z, Y: nn.huber_loss(Z, Y, reduction="none", delta=0.5).sum(0),
    "log-cosh": lambda Z, Y: torch.log(torch.cosh(Z - Y)).sum(0),
    "logistic": lambda Z, Y: nn.binary_cross_entropy_with_logits(
        Z, (Y + 1) / 2, reduction="none"
    ).sum(0),
    "exponential": lambda Z, Y: torch.exp(-Y * Z).sum(0),
    "cross-entropy": lambda Z, Y: nn.cross_entropy(Z.T, Y.T, reduction="none"),
    "poisson": lambda Z, Y: nn.poisson_nll_loss(Z, Y, reduction="none").sum(0),
}


def problem(name, seed=0, samples=30, noise=1.0):
    rng = np.random.default_rng(seed)
    return rng, Risk(LOSSES[name], *random_data(LOSSES[name], rng, 4, 3, samples, noise))


def test_there_are_seven():
    assert list(LOSSES) == list(ORACLES)


@pytest.mark.parametrize("name", ORACLES)
def test_derivatives_are_those_of_autograd(name):
    rng, risk = problem(name)
    A = rng.normal(size=risk.shape)
    X, Y = torch.tensor(risk.X), torch.tensor(risk.Y)

    def f(A):
        return ORACLES[name](A @ X, Y).mean()

    matrix = torch.tensor(A, requires_grad=True)
    expected = f(matrix)
    (slope,) = torch.autograd.grad(expected, matrix)
    value, gradient = risk.value_gradient(A)
    hessian = torch.autograd.functional.hessian(f, torch.tensor(A)).reshape(A.size, A.size)
    assert value == pytest.approx(expected.item(), rel=1e-13)
    assert risk.value(A) == value
    np.testing.assert_allclose(gradient, slope.numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(risk.hessian(A), hessian.numpy(), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", ORACLES)
def test_convex_optimum_is_that_of_another_solver(name):
    rng, risk = problem(name, seed=1, samples=80)
    found = risk.minimum()
    assert found.gradient < 1e-12
    oracle = scipy.optimize.minimize(
        lambda a: risk.value(a.reshape(risk.shape)), rng.normal(size=12), method="BFGS"
    )
    assert found.value == pytest.approx(oracle.fun, abs=1e-8)
    assert found.value <= oracle.fun + 1e-14


def test_separable_classes_have_no_minimum():
    X = np.array([[1.0, 2.0, -1.0, -3.0]])
    with pytest.raises(ValueError, match=r"X, Y: "):
        Risk(LOSSES["logistic"], X, np.sign(X)).minimum()


@pytest.mark.parametrize("name", LOSSES)
def test_data_fit_their_loss_and_noise_hides_the_teacher(name):
    X, Y = random_data(LOSSES[name], np.random.default_rng(2), 4, 3, 50, 0.5)
    assert (X.shape, Y.shape) == ((4, 50), (3, 50))
    Risk(LOSSES[name], X, Y)


def test_data_without_noise_are_linear():
    X, Y = random_data(LOSSES["square"], np.random.default_rng(3), 4, 3, 50, 0.0)
    assert Risk(LOSSES["square"], X, Y).minimum().value < 1e-28


@pytest.mark.parametrize(
    ("name", "X", "Y", "message"),
    [
        ("square", [[1.0, np.nan]], [[1.0, 2.0]], "X: expected finite"),
        ("square", [1.0, 2.0], [[1.0, 2.0]], "X: expected a non-empty matrix"),
        ("square", [[1.0, 2.0]], [[1.0]], "Y: expected as many samples"),
        ("logistic", [[1.0]], [[0.0]], "Y: the logistic loss expects signs"),
        ("cross-entropy", [[1.0]], [[1.0], [1.0]], "expects classes"),
        ("poisson", [[1.0]], [[0.5]], "expects counts"),
    ],
)
def test_risk_refuses(name, X, Y, message):
    with pytest.raises(ValueError, match=message):
        Risk(LOSSES[name], X, Y)


@pytest.mark.parametrize(
    ("sizes", "name"), [((0, 3, 5, 0.5), "inputs"), ((4, 3, 5, -1.0), "noise")]
)
def test_data_refuse(sizes, name):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        random_data(LOSSES["square"], np.random.default_rng(0), *sizes)
