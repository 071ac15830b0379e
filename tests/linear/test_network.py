"""Loss, derivatives and input checks of deep linear networks."""

import itertools

import numpy as np
import pytest
import torch

from landscape.linear import LinearNetwork

# (d_0, m, d_H, hidden, rank of X): bottlenecks, wide outputs, m < d_0, rank-deficient inputs.
CASES = [
    (4, 9, 3, (2,), 4),
    (3, 8, 5, (4, 2), 2),
    (5, 3, 2, (3, 1, 4), 3),
    (2, 6, 4, (3, 3, 2, 3), 2),
    (1, 1, 1, (1, 1), 1),
]


def case(index):
    d0, m, dy, hidden, rank = CASES[index]
    rng = np.random.default_rng(index)
    X = rng.normal(size=(d0, rank)) @ rng.normal(size=(rank, m))
    Y = rng.normal(size=(dy, m))
    widths = (d0, *hidden, dy)
    W, V = ([rng.normal(size=(b, a)) for a, b in itertools.pairwise(widths)] for _ in "WV")
    return X, Y, hidden, W, V


def torch_loss(X, Y, shapes):
    X, Y = torch.tensor(X), torch.tensor(Y)

    def loss(flat):
        R = X
        start = 0
        for a, b in shapes:
            R = flat[start : start + a * b].reshape(a, b) @ R
            start += a * b
        return ((R - Y) ** 2).sum()

    return loss


def flatten(W):
    return np.concatenate([layer.ravel() for layer in W])


@pytest.mark.parametrize("index", range(len(CASES)))
def test_derivatives_agree_with_autograd(index):
    X, Y, hidden, W, V = case(index)
    net = LinearNetwork(X, Y, hidden)
    loss = torch_loss(X, Y, net.shapes)
    flat = torch.tensor(flatten(W))
    # Both sides sum a few hundred products of order one to 1000: rounding is a few 1e-13 of them.
    assert net.loss(W) == pytest.approx(loss(flat).item(), rel=1e-13)
    gradient = torch.autograd.functional.jacobian(loss, flat).numpy()
    np.testing.assert_allclose(flatten(net.gradient(W)), gradient, atol=1e-12 * abs(gradient).max())
    hessian = torch.autograd.functional.hessian(loss, flat).numpy()
    ours = net.hessian(W)
    assert ours.shape == (net.size, net.size)
    np.testing.assert_allclose(ours, hessian, atol=1e-12 * abs(hessian).max())
    np.testing.assert_allclose(ours, ours.T, rtol=0, atol=1e-15 * abs(hessian).max())
    product = hessian @ flatten(V)
    np.testing.assert_allclose(flatten(net.hvp(W, V)), product, atol=1e-12 * abs(product).max())


def test_dense_hessian_agrees_with_its_products():
    # Wider than the cases above, so that the strips of the dense Hessian have many lengths.
    rng = np.random.default_rng(6)
    widths = (7, 33, 12, 20, 5)
    net = LinearNetwork(rng.normal(size=(7, 6)), rng.normal(size=(5, 6)), widths[1:-1])
    W, V = ([rng.normal(size=s) for s in net.shapes] for _ in "WV")
    product = net.hessian(W) @ flatten(V)
    np.testing.assert_allclose(flatten(net.hvp(W, V)), product, atol=1e-13 * abs(product).max())


def test_gradient_agrees_with_finite_differences():
    X, Y, hidden, W, V = case(1)
    net = LinearNetwork(X, Y, hidden)
    h = 1e-5
    up, down = ([w + s * h * v for w, v in zip(W, V, strict=True)] for s in (1, -1))
    slope = (net.loss(up) - net.loss(down)) / (2 * h)
    exact = sum(np.sum(g * v) for g, v in zip(net.gradient(W), V, strict=True))
    # Truncation is h^2 times a third derivative (1e-10 of the loss), rounding eps / h = 2e-11.
    assert slope == pytest.approx(exact, rel=1e-7)


def test_cost_does_not_depend_on_the_number_of_samples():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 5000)), rng.normal(size=(2, 5000))
    net = LinearNetwork(X, Y, (4,))
    assert all(
        a.size < 100 for a in vars(net).values() if isinstance(a, np.ndarray)
    )  # no array of the problem keeps the samples
    W = [rng.normal(size=s) for s in net.shapes]
    assert net.loss(W) == pytest.approx(np.sum((W[1] @ W[0] @ X - Y) ** 2), rel=1e-12)
    np.testing.assert_allclose(net.XX, X @ X.T, atol=1e-12 * np.sum(X**2))
    np.testing.assert_allclose(net.YX, Y @ X.T, atol=1e-12 * np.sum(X**2))


def test_loss_is_accurate_where_moments_cancel():
    # An exact fit: the traces of the moments are 1e8 and would leave an error of 1e-8.
    X = np.array([[1e4, 2e4, -3e4], [5e3, 1e3, 7e3]])
    W = [np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, -1.0]])]
    net = LinearNetwork(X, W[1] @ W[0] @ X, (2,))
    assert net.loss(W) < 1e-18 * np.sum(X**2)


@pytest.mark.parametrize(
    ("X", "Y", "hidden", "name"),
    [
        (np.ones(3), np.ones((1, 3)), (2,), "X"),
        (np.ones((2, 0)), np.ones((1, 0)), (2,), "X"),
        (np.ones((2, 3)), np.array([[1.0, np.nan, 2.0]]), (2,), "Y"),
        (np.array([[1.0, np.inf]]), np.ones((1, 2)), (2,), "X"),
        (np.ones((2, 3)), np.ones((1, 4)), (2,), "Y"),
        (np.ones((2, 3)) + 1j, np.ones((1, 3)), (2,), "X"),
        (np.ones((2, 3)), np.ones((1, 3)), (), "hidden"),
        (np.ones((2, 3)), np.ones((1, 3)), (2, 0), "hidden"),
        (np.ones((2, 3)), np.ones((1, 3)), (2.5,), "hidden"),
        (np.ones((2, 3)), np.ones((1, 3)), (True,), "hidden"),
        (np.ones((2, 3)), np.ones((1, 3)), 4, "hidden"),
    ],
)
def test_bad_problems_are_refused(X, Y, hidden, name):
    with pytest.raises(ValueError, match=rf"^{name}: "):
        LinearNetwork(X, Y, hidden)


@pytest.mark.parametrize("method", ["loss", "gradient", "hessian"])
def test_bad_weights_are_refused(method):
    net = LinearNetwork(np.ones((2, 3)), np.ones((1, 3)), (2,))
    call = getattr(net, method)
    with pytest.raises(ValueError, match=r"^W: expected 2 matrices, got 1"):
        call([np.ones((2, 2))])
    with pytest.raises(ValueError, match=r"^W\[1\]: expected shape \(1, 2\), got \(2, 2\)"):
        call([np.ones((2, 2)), np.ones((2, 2))])
    with pytest.raises(ValueError, match=r"^W\[0\]: expected finite"):
        call([np.full((2, 2), np.nan), np.ones((1, 2))])
    with pytest.raises(ValueError, match=r"^V\[0\]: expected shape"):
        net.hvp([np.ones((2, 2)), np.ones((1, 2))], [np.ones((3, 2)), np.ones((1, 2))])
