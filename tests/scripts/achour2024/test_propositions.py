"""The points of the checks against printed formulas and exact constructions."""

import runpy
from itertools import pairwise

import numpy as np
import pytest

from landscape.certify import exact_data, point_from_blocks, rational_orthogonal
from landscape.linear import LinearNetwork
from landscape.linear.inertia import dense_inertia
from landscape.linear.normal_form import normal_form, reconstruct

check = runpy.run_path("scripts/achour2024/check_propositions.py")


def network(seed, hidden):
    rng = np.random.default_rng(seed)
    return LinearNetwork(rng.normal(size=(4, 8)), rng.normal(size=(3, 8)), hidden)


def test_equation_25_is_as_printed():
    net = network(0, [4, 5, 3])
    W = check["equation_25"](net, 2, np.eye)
    U_S = net.U[:, :2]
    least_squares = net.B @ net.F.T @ np.linalg.inv(net.F @ net.F.T)
    np.testing.assert_allclose(W[0], np.vstack([U_S.T @ least_squares, np.zeros((2, 4))]))
    np.testing.assert_allclose(W[1], np.eye(5, 4), atol=1e-15)
    np.testing.assert_allclose(W[2], np.eye(3, 5), atol=1e-15)
    np.testing.assert_allclose(W[3], np.hstack([U_S, np.zeros((3, 1))]), atol=1e-15)


def test_point_is_that_of_the_exact_construction():
    rng = np.random.default_rng(3)
    data = exact_data(rng, 4, 3, 5, [4, 3, 2])
    X, Y = data.X.astype(float), data.Y.astype(float)
    net = LinearNetwork(X, Y, [3, 4])
    D = [rational_orthogonal(rng, d) for d in (3, 4)]
    Z = [rng.integers(-2, 3, shape).astype(object) for shape in check["_shapes"](net, 1)]
    exact = point_from_blocks(data, [1], Z, D)
    # Eigenvectors are determined up to their signs, which the blocks Z_1 and Z_H take up.
    signs = np.sign(np.sum(net.U * data.U.astype(float), axis=0))
    flip = np.diag([signs[1], 1, 1])
    Z = [block.astype(float) for block in Z]
    Z[-1] = np.diag(signs[[0, 2]]) @ Z[-1]
    bases = [D[0].astype(float) @ flip, D[1].astype(float) @ np.diag([signs[1], 1, 1, 1])]
    for found, expected in zip(check["point"](net, [1], Z, bases), exact, strict=True):
        np.testing.assert_allclose(found, expected.astype(float), atol=1e-13)


@pytest.mark.parametrize("hidden", [[3, 4], [5, 2, 4]])
def test_balanced_points_are_balanced_and_critical(hidden):
    net = network(1, hidden)
    for r in range(net.r_max):
        W = check["balanced_point"](np.random.default_rng(r), net, r)
        for below, above in pairwise(W):
            np.testing.assert_allclose(above.T @ above, below @ below.T, atol=1e-14)
        assert max(np.abs(g).max() for g in net.gradient(W)) < 1e-12
        assert net.loss(W) == pytest.approx(net.scale**2 - net.eigenvalues[:r].sum())


def test_the_oracles_tell_points_apart():
    rng = np.random.default_rng(0)
    net = network(2, [4, 4])
    strict, flat = (
        check["equation_25"](net, 1, middle) for middle in (np.eye, lambda a, b: np.zeros((a, b)))
    )
    assert dense_inertia(net, strict)[0].negative == (3 - 1) * (4 - 1)
    assert dense_inertia(net, flat)[0].negative == 0
    assert not check["_associated"](net, [1], flat)
    assert check["_associated"](net, [0], flat)
    moved = [layer + 1e-6 * rng.normal(size=layer.shape) for layer in flat]
    assert not check["_associated"](net, [0], moved)


def test_sparse_blocks_give_both_answers():
    answers = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        answers |= {critical for _, critical in check["_conditions"](rng, 4)}
    assert answers == {0.0, 1.0}


@pytest.mark.parametrize(
    ("last", "first", "depth"),
    [(True, True, 2), (True, False, 3), (False, True, 3), (False, False, 4)],
)
def test_only_pivots_that_are_not_tightened_bend_their_own_layers(last, first, depth):
    for seed in range(5):
        ((failed, least),) = check["_own_layers"](np.random.default_rng(seed), depth, last, first)
        assert not failed
        assert least < -1e-6
    # With three zero blocks the point is tightened, and no two layers bend it.
    net = network(0, [4, 4, 4])
    Z = check["_blocks"](np.random.default_rng(1), net, 1)
    for h in (0, 1, 3):
        Z[h][:] = 0.0
    W = check["point"](net, [0], Z, [np.eye(4)] * 3)
    assert np.linalg.eigvalsh(net.hessian(W))[0] > -1e-12 * np.abs(net.hessian(W)).max()


def test_narrow_searches_have_a_bottleneck(monkeypatch):
    seen = []
    inner = check["_searched_narrow"].__globals__
    monkeypatch.setitem(inner, "_search", lambda rng, net: iter(seen.append(net.widths) or ()))
    for seed in range(20):
        list(inner["_searched_narrow"](np.random.default_rng(seed), 4))
    assert all(min(widths[1:-1]) < 3 for widths in seen)
    assert len(set(seen)) > 5


def test_a_point_that_is_not_critical_has_not_the_form():
    net = network(4, [3, 3])
    W = net.critical_point([1], seed=2)
    moved = [layer + 1e-4 for layer in W]
    form = check["FORM"]
    residuals = [reconstruct(net, at, normal_form(net, at)).residual for at in (W, moved)]
    assert residuals[0] < form < residuals[1]


def test_searched_points_have_the_form():
    found = [
        c for seed in range(8) for c in check["_searched_form"](np.random.default_rng(seed), 3)
    ]
    assert found
    assert not any(failed for failed, _ in found)
