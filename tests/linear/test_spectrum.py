"""Structured Hessian spectra against dense eigenvalues."""

import itertools

import numpy as np
import pytest
import scipy.linalg

from landscape.linear import LinearNetwork
from landscape.linear.critical_points import _orthogonal


def whitened_network(rng, widths, c=1.3, rank=None, delta=None):
    """X X^T = c^2 times a projector of the given rank; B has the singular values delta."""
    q = widths[0] if rank is None else rank
    m = q + 2
    X = c * _orthogonal(rng, widths[0])[:, :q] @ _orthogonal(rng, m)[:q]
    Y = rng.normal(size=(widths[-1], m))
    if delta is not None:
        n = min(q, widths[-1])
        rows = scipy.linalg.svd(X, full_matrices=False)[2][:n]
        Y = _orthogonal(rng, widths[-1])[:, :n] * delta[:n] @ rows
    return LinearNetwork(X, Y, widths[1:-1])


def aligned_point(rng, net, zeros=0.3):
    """Random signed diagonals between random bases; critical only by chance."""
    turn = np.eye(len(net.V))
    left = np.eye(len(net.U))
    for group in net.groups():
        g = slice(group.start, group.stop)
        turn[g, g] = left[g, g] = _orthogonal(rng, len(group))
    R = [net.V @ turn, *(_orthogonal(rng, d) for d in net.widths[1:-1]), net.U @ left]
    W = []
    for h in range(net.depth):
        D = np.zeros((R[h + 1].shape[0], R[h].shape[0]))
        np.fill_diagonal(D, rng.normal(size=min(D.shape)) * (rng.random(min(D.shape)) > zeros))
        W.append(R[h + 1] @ D @ R[h].T)
    W[0] = W[0] @ (net.F / net.singular_values[0]).T
    return W


def assert_agrees(net, W, method):
    found = net.spectrum(W)
    assert found.method == method
    dense = scipy.linalg.eigvalsh(net.hessian(W))
    assert found.eigenvalues.shape == (net.size,)
    scale = max(abs(dense).max(), 1e-2 * net.scale)  # the Hessian may vanish
    np.testing.assert_allclose(found.eigenvalues, dense, rtol=0, atol=1e-10 * scale)
    return found


@pytest.mark.parametrize(
    "widths",
    [(4, 3, 5), (3, 6, 2), (4, 4, 4, 4), (5, 2, 3, 4), (2, 5, 3, 6), (3, 4, 2, 5, 4), (1, 1, 1)],
)
@pytest.mark.parametrize("zeros", [0.0, 0.5])
def test_aligned_points_agree_with_the_dense_spectrum(widths, zeros):
    rng = np.random.default_rng([*widths, int(2 * zeros)])
    for rank, delta in itertools.product((None, 1), (None, np.r_[2.0, np.ones(9)])):
        net = whitened_network(rng, widths, rank=rank, delta=delta)
        found = assert_agrees(net, aligned_point(rng, net, zeros), "aligned")
        assert found.block_size <= 2 * net.depth


def test_balanced_points_at_plateaus_are_aligned():
    rng = np.random.default_rng(1)
    for depth, r in itertools.product((2, 3, 4), range(4)):
        net = whitened_network(rng, (4,) * (depth + 1), c=1.0)
        root = np.zeros(4)
        root[:r] = net.delta[:r] ** (1 / depth)
        R = [_orthogonal(rng, 4) for _ in range(depth + 1)]
        R[0], R[-1] = net.F @ net.V, net.U
        W = [R[h + 1] * root @ R[h].T for h in range(depth)]
        assert_agrees(net, W, "aligned")


@pytest.mark.parametrize("widths", [(4, 3, 5), (3, 6, 2), (5, 5, 5), (4, 1, 3), (2, 4, 6)])
def test_two_layer_critical_points_with_any_mixing(widths):
    rng = np.random.default_rng(widths)
    methods = set()
    for rank, delta in itertools.product((None, 2), (None, np.r_[2.0, np.ones(9)], np.eye(9)[0])):
        net = whitened_network(rng, widths, rank=rank, delta=delta)
        for r in range(net.r_max + 1):
            S = sorted(rng.choice(net.rank_sigma, r, replace=False))
            W = net.critical_point(S, seed=rng)
            found = net.spectrum(W)
            methods.add(found.method)
            assert_agrees(net, W, found.method)
            assert found.block_size <= max(4, 2 * widths[1])
    assert methods <= {"aligned", "two_layers"}
    assert "two_layers" in methods or widths[1] == 1


def test_everything_else_is_dense():
    rng = np.random.default_rng(2)
    net = whitened_network(rng, (3, 3, 3))
    assert_agrees(net, [rng.normal(size=s) for s in net.shapes], "dense")
    stretched = LinearNetwork(rng.normal(size=(3, 8)), rng.normal(size=(3, 8)), (3,))
    assert_agrees(stretched, stretched.critical_point([0, 2]), "dense")
    silent = LinearNetwork(np.zeros((2, 3)), np.ones((1, 3)), (2,))
    np.testing.assert_array_equal(
        silent.spectrum([np.ones((2, 2)), np.ones((1, 2))]).eigenvalues, 0
    )


def test_a_point_close_to_aligned_is_not_taken_for_it():
    rng = np.random.default_rng(4)
    net = whitened_network(rng, (4, 4, 4, 4))
    W = aligned_point(rng, net, 0.0)
    W[1] = W[1] + 1e-8 * rng.normal(size=W[1].shape)
    assert_agrees(net, W, "dense")


def test_signs_of_the_spectrum_are_the_inertia():
    rng = np.random.default_rng(8)
    for widths in ((4, 3, 5), (4, 4, 4)):
        net = whitened_network(rng, widths)
        W = net.critical_point([0, 2], seed=rng)
        values = net.spectrum(W).eigenvalues
        bound = 1e-9 * abs(values).max()
        counts = (values < -bound).sum(), (abs(values) <= bound).sum(), (values > bound).sum()
        assert net.inertia(W) == counts
