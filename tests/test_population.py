import numpy as np
import pytest
import torch
from scipy import integrate

from landscape.population import (
    classes_of_minima,
    descend,
    gradient,
    hessian,
    loss,
    polish,
)


def relu_kernel(A, B):
    """E relu(a.x) relu(b.x) for torch rows, as in the papers, without care for parallel units."""
    lengths = A.norm(dim=1)[:, None] * B.norm(dim=1)
    cosines = (A @ B.T) / lengths
    angles = torch.acos(cosines)
    return lengths * (torch.sin(angles) + (torch.pi - angles) * cosines) / (2 * torch.pi)


def slow_loss(W, V):
    n = len(W)
    pairs = [relu_kernel(W[i : i + 1], W[j : j + 1]) for i in range(n) for j in range(i)]
    # f(w, w) = |w|^2 / 2, where autograd of the angle would be 0/0; for orthonormal V, |v| = 1.
    teachers = 0.25 * len(V) + len(V) * (len(V) - 1) / (4 * torch.pi)
    return 0.25 * (W**2).sum() + sum(pairs).sum() - relu_kernel(W, V).sum() + teachers


@pytest.fixture
def networks():
    rng = np.random.default_rng(0)
    V = np.linalg.qr(rng.standard_normal((7, 7)))[0][:5]
    return rng.standard_normal((6, 7)), V


def spurious(k):
    """The minimum of k = n = 7 as a pattern of five numbers (Safran & Shamir's, to 10 digits)."""
    W = np.full((k, k), -0.0350801559)
    np.fill_diagonal(W, 0.9969227988)
    W[0, 1:], W[1:, 0], W[0, 0] = 0.1859910463, 0.2616910758, -0.6327039049
    return W


def test_loss_is_the_mean_over_inputs(networks):
    W, V = networks
    x = np.random.default_rng(1).standard_normal((1_000_000, 7))
    residual = np.maximum(x @ W.T, 0).sum(axis=1) - np.maximum(x @ V.T, 0).sum(axis=1)
    sample = residual**2 / 2
    error = sample.std() / np.sqrt(len(sample))
    assert abs(sample.mean() - loss(W, V)) < 4 * error


def test_loss_is_the_integral_in_the_plane():
    W, V = np.array([[0.3, -1.2], [-0.5, 0.4]]), np.eye(2)

    # The residual is homogeneous: in polar coordinates the radius integrates to E r^2 = 2.
    def residual(angle):
        x = np.array([np.cos(angle), np.sin(angle)])
        return (np.maximum(W @ x, 0).sum() - np.maximum(V @ x, 0).sum()) ** 2

    kinks = [np.arctan2(w[0], -w[1]) % (2 * np.pi) for u in (*W, *V) for w in (u, -u)]
    value = integrate.quad(residual, 0, 2 * np.pi, points=sorted(kinks), epsabs=1e-13, limit=200)
    assert loss(W, V) == pytest.approx(value[0] / (2 * np.pi), abs=1e-12)


def test_derivatives_are_those_of_autograd(networks):
    W, V = (torch.tensor(a) for a in networks)
    parameters = W.clone().requires_grad_()
    value = slow_loss(parameters, V)
    (slope,) = torch.autograd.grad(value, parameters)
    curvature = torch.autograd.functional.hessian(lambda w: slow_loss(w, V), W).reshape(42, 42)
    np.testing.assert_allclose(loss(*networks), value.item(), atol=1e-13)
    np.testing.assert_allclose(gradient(*networks), slope.numpy(), atol=1e-14)
    np.testing.assert_allclose(hessian(*networks), curvature.numpy(), atol=1e-14)


def test_a_stack_is_its_networks(networks):
    W, V = networks
    stack = np.random.default_rng(2).standard_normal((2, 3, *W.shape))
    assert loss(stack, V).shape == (2, 3)
    for index in np.ndindex(2, 3):
        assert loss(stack, V)[index] == pytest.approx(loss(stack[index], V), abs=1e-14)
        np.testing.assert_allclose(gradient(stack, V)[index], gradient(stack[index], V), atol=1e-15)


@pytest.mark.parametrize("turn", [0.0, 1e-12, 1e-8, np.pi - 1e-8, np.pi])
def test_parallel_and_opposite_units_are_safe(turn):
    # One student of length 2 turned from one teacher: the loss is elementary, and so is
    # the gradient along the student and across it.
    w = 2 * np.array([np.cos(turn), np.sin(turn)])
    V = np.array([[1.0, 0.0]])
    kernel = 2 * (np.sin(turn) + (np.pi - turn) * np.cos(turn)) / (2 * np.pi)
    assert loss([w], V) == pytest.approx(0.25 * 4 - kernel + 0.25, abs=1e-15)
    across = np.array([-np.sin(turn), np.cos(turn)])
    np.testing.assert_allclose(gradient([w], V)[0] @ w / 2, 1 - kernel / 2, atol=1e-15)
    # d/dt [sin t + (pi - t) cos t] = -(pi - t) sin t.
    np.testing.assert_allclose(
        gradient([w], V)[0] @ across, (np.pi - turn) * np.sin(turn) / (2 * np.pi), atol=1e-15
    )
    near = hessian([w], V)
    assert np.all(np.isfinite(near))
    limit = 0.5 * np.eye(2)
    np.testing.assert_allclose(near, limit, atol=1e-8)


def test_parallel_units_have_the_limits_of_the_hessian():
    V = np.eye(3)
    W = np.array([[1.0, 0.2, 0.0], [2.0, 0.4, 0.0], [-1.0, -0.2, 0.0]])
    exact = hessian(W, V)
    turned = W + 1e-7 * np.random.default_rng(0).standard_normal(W.shape)
    np.testing.assert_allclose(exact, hessian(turned, V), atol=1e-6)


def test_known_values():
    # F(0) = (k/2 + k(k-1)/(2 pi))/2, 3.8873 for k = 6; Theorem 3's constant at the teacher.
    assert loss(np.zeros((6, 6)), np.eye(6)) == pytest.approx(3.8873, abs=5e-5)
    assert loss(np.eye(6), np.eye(6)) == pytest.approx(0, abs=1e-14)
    assert np.abs(gradient(np.eye(6), np.eye(6))).max() < 1e-15
    least = np.linalg.eigvalsh(hessian(np.eye(6), np.eye(6)))[0]
    assert least == pytest.approx(0.25 - 1 / (2 * np.pi), abs=1e-14)


def test_descent_finds_the_published_minimum():
    k = 7
    W = np.random.default_rng(0).standard_normal((60, k, k)) / np.sqrt(k)
    runs = descend(W, np.eye(k), step=5 / k, tolerance=1e-7, floor=1e-3)
    assert runs.finished.all()
    ends = np.flatnonzero(runs.loss >= 1e-3)
    assert np.all(runs.gradient_norm[ends] <= 1e-7)
    found = classes_of_minima(runs.W[ends], np.eye(k))
    assert sum(len(c.members) for c in found) == len(ends) > 0
    assert found[0].loss == pytest.approx(0.023203, abs=5e-7)
    assert found[0].min_eigenvalue == pytest.approx(0.0140590, abs=5e-8)
    assert found[0].gradient_norm < 1e-14
    assert found[0].norm_sum < k


def test_each_run_is_plain_gradient_descent():
    rng = np.random.default_rng(3)
    W, V = rng.standard_normal((70, 4, 5)), np.eye(5)[:3]
    runs = descend(W, V, step=0.3, tolerance=1e-3, max_steps=190)
    for run in (0, 40, 69):
        point = W[run]
        for _ in range(runs.steps[run]):
            point = point - 0.3 * gradient(point, V)
        np.testing.assert_allclose(runs.W[run], point, atol=1e-12)
        assert runs.loss[run] == pytest.approx(loss(point, V), abs=1e-12)
        assert runs.finished[run] == (np.linalg.norm(gradient(point, V)) <= 1e-3)
    assert runs.finished.any()
    assert set(runs.steps[~runs.finished]) <= {190}


def test_classes_ignore_the_order_of_units_and_of_teachers():
    W = polish(spurious(7), np.eye(7))
    rng = np.random.default_rng(4)
    Q = np.linalg.qr(rng.standard_normal((7, 7)))[0]
    V = Q[rng.permutation(7)]
    shuffled = [W[rng.permutation(7)][:, rng.permutation(7)] @ Q for _ in range(5)]
    other = shuffled[0] + 0.01 * rng.standard_normal((7, 7))
    found = classes_of_minima(np.array([*shuffled, other]), V)
    assert sorted(len(c.members) for c in found) in ([6], [1, 5])
    whole = [c for c in found if len(c.members) >= 5]
    assert whole[0].gradient_norm < 1e-13


def test_polishing_leaves_what_leads_nowhere():
    W = np.eye(3)[:2]
    np.testing.assert_array_equal(polish(W, np.eye(3)[:2]), W)


@pytest.mark.parametrize("function", [loss, gradient, hessian])
@pytest.mark.parametrize(
    ("W", "V", "name"),
    [
        (np.zeros((0, 3)), np.eye(3), "W"),
        (np.ones(3), np.eye(3), "W"),
        (np.ones((2, 3)), np.ones((4, 3)), "V"),
        (np.ones((2, 3)), np.zeros((0, 3)), "V"),
        (np.ones((2, 3)), np.eye(4), "W, V"),
        (np.array([[np.nan, 1.0]]), np.eye(2), "W"),
        (np.ones((2, 2)), np.diag([1.0, np.inf]), "V"),
    ],
)
def test_bad_input_is_named(function, W, V, name):
    with pytest.raises(ValueError, match=rf"^{name}: "):
        function(W, V)


def test_derivatives_do_not_exist_at_a_zero_unit():
    W = np.array([[0.0, 0.0], [1.0, 2.0]])
    alone = loss(W[1:], np.eye(2))
    assert loss(W, np.eye(2)) == pytest.approx(alone, abs=1e-15)
    for function in (gradient, hessian, polish):
        with pytest.raises(ValueError, match=r"unit \[0\] is zero"):
            function(W, np.eye(2))


def test_other_bad_input_is_named():
    W, V = np.ones((1, 2, 2)), np.eye(2)
    for bad in ({"step": 0.0}, {"step": 0.1, "tolerance": -1.0}, {"step": 0.1, "max_steps": 0}):
        with pytest.raises(ValueError, match=next(reversed(bad))):
            descend(W, V, **bad)
    with pytest.raises(ValueError, match="orthonormal"):
        classes_of_minima(W, 2 * V)
    with pytest.raises(ValueError, match="one network"):
        hessian(W, V)
    assert classes_of_minima(np.zeros((0, 2, 2)), V) == []
