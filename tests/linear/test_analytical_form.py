"""The analytical form of Zhou & Liang against a worked example, dense Hessians and the loss."""

import itertools

import numpy as np
import pytest

from landscape.linear import LinearNetwork
from landscape.linear.analytical_form import (
    critical_value,
    eigenspaces,
    is_global,
    is_optimal_order,
    morse_index,
    patterns,
    random_form,
    recursive_form,
)
from landscape.linear.from_samples import loss_and_gradient, relative_gradient
from landscape.linear.prescribed_spectrum import data_with_spectrum

# Inputs, outputs, samples, rank of X, eigenvalues; hidden units.
PROBLEMS = [
    ((4, 3, 7, 4, (5.0, 3.0, 1.5)), 3),
    ((4, 4, 7, 2, (2.0, 2.0)), 3),
    ((4, 3, 7, 3, ()), 2),
    ((5, 4, 3, 3, (3.0, 1.0)), 5),
]


def drawn(sizes, seed=0):
    rng = np.random.default_rng(seed)
    X, Y = data_with_spectrum(rng, *sizes)
    return rng, X, Y, eigenspaces(X, Y)


def test_worked_example():
    X, Y = np.eye(2), np.diag([2.0, 1.0])
    spaces = eigenspaces(X, Y)
    assert spaces.values == (4.0, 1.0, 0.0)
    assert spaces.sizes == (1, 1, 0)
    net = LinearNetwork(X, Y, (1,))
    rng = np.random.default_rng(0)
    for pattern, value, index, globally in [
        ((1, 0, 0), 0.5, 0, True),
        ((0, 1, 0), 2.0, 1, False),
        ((0, 0, 0), 2.5, 2, False),
    ]:
        assert critical_value(Y, spaces, pattern) == value
        assert morse_index(spaces, pattern, 1) == index
        assert is_global(spaces, pattern, 1) == globally
        W = random_form(rng, X, Y, spaces, pattern, 1).point()
        assert loss_and_gradient(X, Y, W)[0] == pytest.approx(value, abs=1e-14)
        assert net.classify(W).morse_index == index


@pytest.mark.parametrize(("sizes", "hidden"), PROBLEMS)
def test_every_pattern_is_critical_and_is_recovered(sizes, hidden):
    rng, X, Y, spaces = drawn(sizes)
    net = LinearNetwork(X, Y, (hidden,))
    seen = patterns(spaces, min(hidden, sizes[1]))
    for pattern in seen:
        form = random_form(rng, X, Y, spaces, pattern, hidden)
        np.testing.assert_allclose(form.condition(), 0, atol=1e-13)
        W = form.point()
        assert np.linalg.matrix_rank(W[1], tol=1e-9) == form.rank == sum(pattern)
        assert relative_gradient(X, Y, W) < 1e-14
        assert loss_and_gradient(X, Y, W)[0] == pytest.approx(
            critical_value(Y, spaces, pattern), abs=1e-13 * np.sum(Y**2)
        )
        found = recursive_form(X, Y, W)
        assert found.patterns == [pattern]
        assert not found.ambiguous
        assert found.residual < 1e-11
        # Signs of the dense Hessian; weights are of order one, so its zeros are rounding.
        values = np.linalg.eigvalsh(net.hessian(W))
        negative = int((values < -1e-9 * max(values[-1], 1.0)).sum())
        assert negative == morse_index(spaces, pattern, hidden)
        lowest = min(critical_value(Y, spaces, other) for other in seen)
        reaches = critical_value(Y, spaces, pattern) < lowest + 1e-12
        assert reaches == is_global(spaces, pattern, min(hidden, sizes[1]))


def test_patterns_are_all_that_fit():
    spaces = drawn((4, 4, 7, 4, (2.0, 2.0, 1.0)))[3]
    assert spaces.sizes == (2, 1, 1)
    found = set(patterns(spaces, 2))
    assert found == {p for p in itertools.product(range(3), range(2), range(2)) if sum(p) <= 2}


def test_optimal_order_has_no_gap():
    spaces = drawn((4, 4, 7, 4, (2.0, 2.0, 1.0)))[3]
    expected = {
        (0, 0, 0): True,
        (1, 0, 0): True,
        (2, 0, 0): True,
        (2, 1, 0): True,
        (2, 1, 1): True,
        (0, 1, 0): False,
        (1, 1, 0): False,
        (2, 0, 1): False,
        (0, 0, 1): False,
    }
    assert {p: is_optimal_order(spaces, p) for p in expected} == expected


@pytest.mark.parametrize(("sizes", "hidden"), PROBLEMS)
def test_curves_have_the_stated_loss_and_fall(sizes, hidden):
    rng, X, Y, spaces = drawn(sizes, seed=1)
    narrowest = min(hidden, sizes[1])
    for pattern in patterns(spaces, narrowest):
        form = random_form(rng, X, Y, spaces, pattern, hidden)
        if is_global(spaces, pattern, narrowest):
            continue
        rotates = not is_optimal_order(spaces, pattern)
        move = form.rotated if rotates else form.rank_raised
        level = loss_and_gradient(X, Y, form.point())[0]
        for start, moved in zip(form.point(), move(0.0)[0], strict=True):
            np.testing.assert_allclose(moved, start, rtol=0, atol=1e-14)
        for t in (0.01, 0.5, 1.0):
            W, stated = move(t)
            loss = loss_and_gradient(X, Y, W)[0]
            assert loss == pytest.approx(stated, abs=1e-13 * np.sum(Y**2))
            assert loss < level
            rank = np.linalg.matrix_rank(W[1], tol=1e-6)
            assert rank == form.rank + (not rotates)


def test_curves_refuse_points_without_them():
    rng, X, Y, spaces = drawn((4, 3, 7, 4, (5.0, 3.0, 1.5)))
    best = random_form(rng, X, Y, spaces, (1, 1, 0, 0), 2)
    with pytest.raises(ValueError, match=r"^pattern: expected a non-optimal order"):
        best.rotated(0.1)
    with pytest.raises(ValueError, match=r"^pattern: expected rank below 2"):
        best.rank_raised(0.1)
    whole = random_form(rng, X, Y, spaces, (1, 1, 1, 0), 4)
    with pytest.raises(ValueError, match="a positive eigenvalue left out"):
        whole.rank_raised(0.1)


@pytest.mark.parametrize("pattern", [(2, 0, 0, 0), (1, 1, 1, 0), (1, 1), (-1, 0, 0, 0)])
def test_patterns_that_do_not_exist_are_refused(pattern):
    rng, X, Y, spaces = drawn((4, 3, 7, 4, (5.0, 3.0, 1.5)))
    with pytest.raises(ValueError, match=r"^pattern: expected at most \(1, 1, 1, 0\)"):
        random_form(rng, X, Y, spaces, pattern, 2)


@pytest.mark.parametrize("hidden", [(3,), (3, 2), (2, 3, 3), (3, 3, 3, 2)])
def test_recursive_form_holds_at_critical_points_alone(hidden):
    rng, X, Y, _ = drawn((4, 3, 7, 4, (4.0, 2.0, 1.0)), seed=2)
    net = LinearNetwork(X, Y, hidden)
    for r in range(net.r_max + 1):
        for S in itertools.combinations(range(3), r):
            W = net.critical_point(S, seed=rng)
            form = recursive_form(X, Y, W)
            assert len(form.patterns) == len(hidden)
            assert form.residual < 1e-10
            assert form.patterns[0][:3] == tuple(i in S for i in range(3))
            # The range of A_l ... A_{k+2} grows with k.
            ranks = [sum(pattern) for pattern in form.patterns]
            assert ranks == sorted(ranks)
            moved = [w + 1e-2 * rng.normal(size=w.shape) for w in W]
            assert recursive_form(X, Y, moved).residual > 1e-4


def test_recursive_form_tells_what_is_broken():
    rng, X, Y, spaces = drawn((4, 4, 7, 4, (5.0, 3.0)))
    form = random_form(rng, X, Y, spaces, (1, 0, 0), 3)
    A_1, A_2 = form.point()
    # A second matrix whose range is in no sum of parts of eigenspaces.
    mixed = (spaces.U[:, :1] + spaces.U[:, 1:2]) @ form.C[:1]
    assert recursive_form(X, Y, [A_1, mixed]).product_residual > 0.1
    # A first matrix that does not solve the normal equation.
    assert recursive_form(X, Y, [2 * A_1, A_2]).layer_residual > 0.1
    # L_1 against condition (2): the normal equation of A_1 still holds.
    against = np.linalg.solve(form.C, np.outer([0, 0, 1.0], spaces.U[:, 1] @ Y @ X.T))
    found = recursive_form(X, Y, [A_1 + against, A_2])
    assert found.layer_residual < 1e-11
    assert found.condition_residual > 1e-3


def test_doubtful_ranks_are_called_so():
    _, X, Y, _ = drawn((4, 3, 7, 4, (5.0, 3.0, 1.5)))
    assert eigenspaces(np.diag([1.0, 1e-5]), np.eye(2)).ambiguous
    assert not eigenspaces(np.diag([1.0, 1e-12]), np.eye(2)).ambiguous
    W = [np.ones((3, 4)), np.diag([1.0, 1e-5, 0.0])]
    assert recursive_form(X, Y, W).ambiguous
