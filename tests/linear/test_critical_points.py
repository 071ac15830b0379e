"""Critical points of deep linear networks: generation, classification, descent, reconstruction."""

import itertools
from collections import Counter

import numpy as np
import pytest
import scipy.linalg

from landscape.linear import LinearNetwork, inertia
from landscape.linear.critical_points import _orthogonal


def random_network(rng, depth):
    """Widths 1 to 5, any order of them; X and Y of random rank; sometimes equal eigenvalues."""
    widths = rng.integers(1, 6, depth + 1)
    m = rng.integers(1, 9)
    rank = int(rng.integers(1, min(widths[0], m) + 1))
    X = rng.normal(size=(widths[0], rank)) @ rng.normal(size=(rank, m))
    Y = rng.normal(size=(widths[-1], m))
    style = rng.integers(4)
    if style == 0:  # zero eigenvalues beyond those that X forces
        Y = rng.normal(size=(widths[-1], 1)) @ rng.normal(size=(1, widths[0])) @ X
    elif style == 1:  # Sigma with eigenvalues 4, 1, 1, 1, ... (as many as fit)
        n = min(rank, widths[-1])
        row = scipy.linalg.svd(X, full_matrices=False)[2][:n]
        Y = _orthogonal(rng, widths[-1])[:, :n] * np.r_[2.0, np.ones(n - 1)] @ row
    return LinearNetwork(X, Y, tuple(int(d) for d in widths[1:-1]))


def random_subset(rng, net):
    r = int(rng.integers(0, net.r_max + 1))
    if rng.random() < 0.5:
        return list(range(r))
    return sorted(int(i) for i in rng.choice(net.rank_sigma, r, replace=False))


def first_of_equals(net, S):
    """S with equal eigenvalues named from the first, as classify names them."""
    return tuple(
        i for group in net.groups() for i in itertools.islice(group, sum(s in group for s in S))
    )


def dense_inertia(net, W):
    """Signs of dense eigenvalues, on a scale that does not vanish with the Hessian."""
    values = scipy.linalg.eigvalsh(net.hessian(W))
    bound = 1e-9 * max(abs(values).max(), 1e-2 * np.linalg.norm(net.B @ net.F.T, 2))
    return (values < -bound).sum(), (abs(values) <= bound).sum(), (values > bound).sum()


POINTS = 400


@pytest.fixture(scope="module")
def census():
    rng = np.random.default_rng(11)
    points = []
    for n in range(POINTS):
        net = random_network(rng, 2 + n % 4)
        S = random_subset(rng, net)
        W = net.critical_point(S, seed=rng)
        points.append((net, S, W, net.classify(W)))
    return points


def test_generated_points_are_critical_with_the_predicted_value(census):
    for net, S, W, found in census:
        size = (1 + np.linalg.norm(net.F)) * net.scale * max(map(np.linalg.norm, W)) ** net.depth
        # A product of at most 6 matrices of at most 5 x 5 entries rounds at a few 1e-15.
        assert max(np.abs(g).max() for g in net.gradient(W)) <= 1e-13 * max(size, net.scale)
        value = net.scale**2 - net.eigenvalues[S].sum()
        assert found.loss == pytest.approx(value, abs=1e-12 * net.scale**2)
        assert first_of_equals(net, S) == found.S
        assert found.rank == len(S)
        assert not found.ambiguous


def test_kinds_and_inertia_agree_with_the_dense_hessian(census):
    kinds = Counter()
    for net, S, W, found in census:
        dense = dense_inertia(net, W)
        assert net.inertia(W) == dense, (net.widths, S)
        assert inertia.dense_inertia(net, W)[0] == dense
        assert found.morse_index == dense[0]
        lowest = net.scale**2 - net.eigenvalues[: net.r_max].sum()
        if found.loss <= lowest + 1e-11 * net.scale**2:
            expected = "global_minimizer"
        else:
            expected = "strict_saddle" if dense[0] else "non_strict_saddle"
        assert found.kind == expected
        assert (found.tightened is None) == (len(S) == net.r_max)
        kinds[net.depth, found.kind] += 1
    # Every kind that exists at a depth was met there; for H = 2 there is no non-strict saddle.
    assert (2, "non_strict_saddle") not in kinds
    for depth, kind in itertools.product((3, 4, 5), ("non_strict_saddle", "strict_saddle")):
        assert kinds[depth, kind] >= 8, kinds


def test_descent_polynomials_are_the_loss(census):
    orders = Counter()
    for net, _, W, found in census:
        if found.kind == "global_minimizer":
            assert found.descent is None
            continue
        curve = found.descent
        for w, start in zip(W, curve.point(0.0), strict=True):
            np.testing.assert_array_equal(w, start)
        assert curve.coefficients[curve.order] < 0
        assert (curve.order == 2) == (found.kind == "strict_saddle")
        orders[curve.order] += 1
        for t in (0.5, -0.3, 0.1, 1.0):
            size = net.scale**2 + np.abs(curve.coefficients) @ abs(t) ** np.arange(
                len(curve.coefficients)
            )
            # Mixings with condition number 4 at each layer multiply the rounding.
            assert net.loss(curve.point(t)) == pytest.approx(curve.loss(t), abs=1e-11 * size)
    assert set(orders) >= {2, 3, 5}


def test_reconstruction_gives_the_point_back(census):
    for net, S, W, found in census:
        free = net.reconstruct(W)
        assert free.S == found.S
        assert not free.ambiguous
        assert free.residual < 1e-11
        assert free.M.shape == (len(S), net.widths[0])
        assert [Z.shape[1] for Z in free.Z[1:]] == [d - len(S) for d in net.widths[1:-1]]
        np.testing.assert_allclose(free.U_S.T @ free.Z[-1], 0, atol=1e-12 * net.size)


@pytest.mark.parametrize("depth", [3, 4, 5])
def test_both_kinds_exist_on_request(depth):
    rng = np.random.default_rng(depth)
    net = LinearNetwork(rng.normal(size=(4, 9)), rng.normal(size=(3, 9)), (4, 5, 3, 4)[: depth - 1])
    for seed, S in itertools.product(range(12), ([], [0], [0, 1], [1])):
        for kind in ("tightened", "not_tightened"):
            found = net.classify(net.critical_point(S, seed=seed, kind=kind))
            assert found.tightened == (kind == "tightened")
            strict = kind == "not_tightened" or S == [1]
            assert found.kind == ("strict_saddle" if strict else "non_strict_saddle")


def test_the_pivot_has_two_blocks_not_three():
    # Z_2 = Z_3 = 0 and Z_1 N^T Z_4 = 0 with Z_1, Z_4 != 0: tightened by the cyclic definition,
    # though none of the three products beside and between the pivot (3, 2) is zero.
    net = LinearNetwork(np.eye(2), np.diag([2.0, 1.0]), (2, 2, 2))
    zero = np.zeros((2, 2))
    W = [np.diag([1.0, 0.0]), zero, zero, np.diag([0.0, 1.0])]
    assert net.classify(W).kind == "non_strict_saddle"
    assert dense_inertia(net, W)[0] == 0
    W[3] = np.eye(2)
    assert net.classify(W).kind == "strict_saddle"
    assert dense_inertia(net, W)[0] > 0


def test_two_layer_example_with_known_eigenvalues():
    net = LinearNetwork(np.eye(2), np.diag([2.0, 1.0]), (1,))
    for W, kind, index in [
        ([[[2.0, 0.0]], [[1.0], [0.0]]], "global_minimizer", 0),
        ([[[0.0, 1.0]], [[0.0], [1.0]]], "strict_saddle", 1),
        ([[[0.0, 0.0]], [[0.0], [0.0]]], "strict_saddle", 2),
    ]:
        found = net.classify(W)
        assert (found.kind, found.morse_index) == (kind, index)


def test_morse_index_of_two_layers_is_the_formula():
    rng = np.random.default_rng(3)
    for _ in range(40):
        net = random_network(rng, 2)
        S = random_subset(rng, net)
        lam = net.eigenvalues
        out = [i for i in range(len(lam)) if i not in S]
        larger = sum(lam[i] > lam[j] * (1 + 1e-9) for j in S for i in out)
        free = (net.widths[1] - len(S)) * (net.rank_sigma - len(S))
        assert net.classify(net.critical_point(S, seed=rng)).morse_index == larger + free


def test_points_found_by_newton_are_recognised():
    rng = np.random.default_rng(5)
    net = LinearNetwork(rng.normal(size=(3, 7)), rng.normal(size=(3, 7)), (3,))
    seen = Counter()
    for _ in range(30):
        flat = rng.normal(size=net.size)
        split = lambda x: [p.reshape(s) for p, s in zip(np.split(x, [9]), net.shapes, strict=True)]  # noqa: E731
        for _ in range(200):
            gradient = np.concatenate([g.ravel() for g in net.gradient(split(flat))])
            step = np.linalg.lstsq(net.hessian(split(flat)), gradient, rcond=1e-11)[0]
            flat -= step * min(1, 1 / np.linalg.norm(step)) if step.any() else 0.0
            if np.linalg.norm(gradient) < 1e-12:
                break
        found = net.classify(split(flat))
        seen[found.kind] += 1
        # Far out the Hessian's largest eigenvalue hides the small negative ones from the oracle.
        if found.kind == "not_critical" or found.ambiguous or np.linalg.norm(flat) > 20:
            continue
        assert found.morse_index == dense_inertia(net, split(flat))[0]
        assert net.reconstruct(split(flat)).residual < 1e-8
    assert seen["strict_saddle"] >= 10


def test_points_that_are_not_critical_are_called_so():
    rng = np.random.default_rng(6)
    for depth in (2, 3, 4):
        net = random_network(rng, depth)
        W = [rng.normal(size=s) for s in net.shapes]
        for scale in (1.0, 1e-3, 1e6):
            found = net.classify([scale * w for w in W])
            assert found.kind == "not_critical"
            assert found.S is found.rank is found.descent is found.morse_index is None
    near = net.critical_point(range(net.r_max))
    near[0] = near[0] + 1e-6
    assert net.classify(near).kind == "not_critical"
    # The origin up to rounding is the origin, whose Hessian vanishes from H = 3 on.
    net = LinearNetwork(np.eye(2), np.diag([2.0, 1.0]), (2, 2))
    found = net.classify([1e-14 * rng.normal(size=s) for s in net.shapes])
    assert (found.kind, found.S) == ("non_strict_saddle", ())


def test_only_critical_points_are_reconstructed():
    net = LinearNetwork(np.eye(2), np.diag([2.0, 1.0]), (2,))
    near = net.critical_point([0, 1])
    near[0] = near[0] + 1e-6
    with pytest.raises(ValueError, match=r"^W: expected a critical point"):
        net.reconstruct(near)


def test_data_without_signal_have_only_global_minimizers():
    for Y in (np.zeros((2, 3)), np.array([[1.0, -1.0, 0.0]])):
        net = LinearNetwork(np.array([[1.0, 1.0, 0.0]]), Y, (2, 2))
        assert net.r_max == 0
        assert net.classify(net.critical_point([])).kind == "global_minimizer"


@pytest.mark.parametrize(
    ("S", "kind", "message"),
    [
        ([3], None, "S: expected distinct integers from 0 to 2"),
        ([-1], None, "S: expected distinct"),
        ([0, 0], None, "S: expected distinct"),
        ([0.5], None, "S: expected distinct"),
        ([0, 1, 2], None, "S: expected at most r_max = 2 eigenvalues, got 3"),
        ([0], "tight", "kind: expected one of"),
        ([0, 1], "tightened", "kind: expected None for 2 = r_max"),
        ([0], "tightened", "kind: expected 'not_tightened' or None for H = 2"),
    ],
)
def test_bad_requests_are_refused(S, kind, message):
    rng = np.random.default_rng(0)
    net = LinearNetwork(rng.normal(size=(4, 9)), rng.normal(size=(3, 9)), (2,))
    with pytest.raises(ValueError, match=f"^{message}"):
        net.critical_point(S, kind=kind)
