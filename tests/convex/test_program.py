"""Convex optima against training by brute force, closed forms, and bounds against dense samples."""

from fractions import Fraction

import cvxpy as cp
import numpy as np
import pytest
from scipy.optimize import minimize

from landscape.convex import (
    certify_global,
    enumerate_patterns,
    lower_bound,
    objective,
    sample_patterns,
    solve_interpolation,
    solve_one_dimensional,
    solve_restricted,
    solve_two_layer,
    solve_whitened,
    unit_bound,
)
from landscape.convex.duality import objective_bound
from landscape.convex.program import minimise


def draw(n, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), rng.standard_normal(n)


def trained(X, y, beta, width, starts, seed):
    """Return the least objective of many descents of a quasi-Newton method."""
    rng = np.random.default_rng(seed)

    def value(theta):
        W, a = theta[:-width].reshape(width, -1), theta[-width:]
        Z = X @ W.T
        r = np.maximum(Z, 0.0) @ a - y
        G = r[:, None] * (Z > 0)
        gradient = np.concatenate([((G * a).T @ X).ravel(), r @ np.maximum(Z, 0.0)])
        return 0.5 * r @ r + 0.5 * beta * theta @ theta, gradient + beta * theta

    size = width * (X.shape[1] + 1)
    return min(
        minimize(value, rng.standard_normal(size), jac=True, method="L-BFGS-B").fun
        for _ in range(starts)
    )


@pytest.mark.parametrize(("n", "d", "beta"), [(3, 1, 0.3), (5, 2, 0.1), (6, 3, 0.2)])
def test_no_descent_gets_below_the_optimum_and_some_get_there(n, d, beta):
    X, y = draw(n, d, seed=n)
    solution = solve_two_layer(X, y, beta)
    best = trained(X, y, beta, 2 * n, 30, seed=n)
    assert best >= solution.dual_bound
    # At kinks a quasi-Newton method stops early.
    assert best - solution.value < 5e-3 * solution.value


@pytest.mark.parametrize(("n", "d", "beta"), [(1, 1, 0.1), (6, 2, 0.1), (8, 3, 0.05), (10, 3, 1.0)])
def test_network_program_and_dual_bound_agree(n, d, beta):
    X, y = draw(n, d, seed=1)
    solution = solve_two_layer(X, y, beta)
    W, a = solution.weights
    assert solution.value == pytest.approx(objective(X, y, beta, W, a), rel=1e-15)
    assert solution.dual_bound <= solution.value <= solution.dual_bound * (1 + 1e-9)
    assert solution.program_value == pytest.approx(solution.value, rel=1e-9)
    assert len(a) <= n
    np.testing.assert_allclose(np.linalg.norm(W, axis=1), np.abs(a))


def test_the_optimum_scales_as_the_objective():
    X, y = draw(6, 2)
    value = solve_two_layer(X, y, 0.1).value
    assert solve_two_layer(1e3 * X, y, 1e2).value == pytest.approx(value, rel=1e-6)
    assert solve_two_layer(X, 1e-4 * y, 1e-5).value == pytest.approx(1e-8 * value, rel=1e-6)


@pytest.mark.parametrize("scale", [1e-3, 1e2])
def test_columns_may_differ_in_scale(scale):
    for seed in range(5):
        X, y = draw(6, 2, seed)
        solution = solve_two_layer(X * [1.0, scale], y, 0.1)
        assert solution.dual_bound <= solution.value <= solution.dual_bound * (1 + 1e-6)


def test_a_large_strength_or_no_target_leaves_no_units():
    X, y = draw(5, 2)
    h = unit_bound(X, y, enumerate_patterns(X))
    for targets, beta in ((y, 1.01 * h), (0 * y, 0.1)):
        solution = solve_two_layer(X, targets, beta)
        assert len(solution.weights[1]) == 0
        assert solution.value == pytest.approx(0.5 * targets @ targets, rel=1e-15, abs=1e-300)
        assert solution.value - solution.dual_bound <= 1e-12
    assert solve_two_layer(np.zeros((5, 2)), y, 0.1).dual_bound == pytest.approx(0.5 * y @ y)
    assert len(solve_two_layer(X, y, 0.9 * h).weights[1]) > 0


@pytest.mark.parametrize("d", [1, 2, 3])
def test_unit_bound_is_the_maximum_over_units(d):
    X, v = draw(7, d, seed=d)
    units = np.random.default_rng(9).standard_normal((200_000, d))
    units /= np.linalg.norm(units, axis=1)[:, None]
    sampled = np.abs(np.maximum(units @ X.T, 0.0) @ v).max()
    bound = unit_bound(X, v, enumerate_patterns(X))
    # The nearest of the sampled units is within 0.01 of the best.
    assert sampled * (1 - 1e-12) <= bound <= sampled * (1 + 1e-3)
    assert bound <= unit_bound(X, v) * (1 + 1e-12)


def test_lower_bound_holds_for_any_direction():
    X, y = draw(6, 2)
    patterns = enumerate_patterns(X)
    optimum = solve_two_layer(X, y, 0.1).value
    rng = np.random.default_rng(1)
    for v in [*rng.standard_normal((20, 6)), np.zeros(6), -y]:
        assert 0 <= lower_bound(X, y, 0.1, v, patterns) <= optimum


def test_objective_bound_encloses_the_exact_objective():
    X, y = draw(4, 2)
    W, a = draw(3, 2, seed=5)
    exact = Fraction(0)
    for x, target in zip(X.tolist(), y.tolist(), strict=True):
        r = -Fraction(target)
        for w, c in zip(W.tolist(), a.tolist(), strict=True):
            product = sum(Fraction(p) * Fraction(q) for p, q in zip(x, w, strict=True))
            r += Fraction(c) * max(product, Fraction(0))
        exact += r * r / 2
    exact += Fraction(0.1) * sum(Fraction(t) ** 2 for t in [*W.ravel().tolist(), *a.tolist()]) / 2
    above = Fraction(objective_bound(X, y, 0.1, W, a))
    assert exact <= above <= exact * (1 + Fraction(1, 2**51))


def test_certificate_closes_at_the_optimum_and_tells_the_gap_elsewhere():
    X, y = draw(8, 3, seed=2)
    solution = solve_two_layer(X, y, 0.05)
    W, a = solution.weights
    assert 0 <= certify_global(X, y, 0.05, W, a).gap < 1e-6
    for factor in (0.9, 1.1):
        moved = certify_global(X, y, 0.05, factor * W, a)
        excess = objective(X, y, 0.05, factor * W, a) - solution.value
        assert excess > 1e-3
        assert excess <= moved.gap <= excess + 1e-6
    nothing = certify_global(X, y, 0.05, np.empty((0, 3)), np.empty(0))
    assert nothing.gap == pytest.approx(0.5 * y @ y - solution.value, rel=1e-5)


def test_sampled_patterns_give_no_less_and_a_bound_that_still_holds():
    X, y = draw(8, 3, seed=3)
    best = solve_two_layer(X, y, 0.05)
    values = []
    for draws in (3, 10, 1000):
        some = solve_two_layer(
            X, y, 0.05, patterns=sample_patterns(X, draws, np.random.default_rng(0))
        )
        values.append(some.program_value)
        assert some.dual_bound <= best.value
    assert values[0] > values[1] >= values[2] >= best.dual_bound
    assert values[2] == pytest.approx(best.value, rel=1e-6)


def test_restricted_program_has_one_sign_for_each_pattern():
    # y = (1, 2) at x = (1, -1) needs a unit on each side, both positive.
    X, y = np.array([[1.0], [-1.0]]), np.array([1.0, 2.0])
    both, none = np.array([[True, False], [False, True]]), np.empty((0, 2), dtype=bool)
    # One side with |u| = t: (t - 1)²/2 + 0.1 t at t = 0.9.
    assert solve_restricted(X, y, 0.1, both, none) == pytest.approx(0.095 + 0.195)
    assert solve_restricted(X, y, 0.1, both[:1], none) == pytest.approx(0.095 + 2.0)
    assert solve_restricted(X, y, 0.1, none, both) == pytest.approx(2.5)


def test_interpolation_is_exact_where_it_can_be_done_by_hand():
    # |x| over three points: one unit to each side of the origin, of size 1 each.
    X = np.array([[-1.0, 1], [0, 1], [1, 1]])
    solution = solve_interpolation(X, [1.0, 0, 1])
    assert solution.value == pytest.approx(2.0, rel=1e-8)
    assert solution.dual_bound == pytest.approx(2.0, rel=1e-8)
    assert solution.misfit < 1e-8
    with pytest.raises(ValueError, match=r"^X, y: no network"):
        solve_interpolation([[1.0], [2.0]], [1.0, 1.0])


def test_interpolation_is_the_limit_of_weak_regularisation():
    X, y = draw(5, 2, seed=4)
    limit = solve_interpolation(X, y)
    beta = 1e-6
    weak = solve_two_layer(X, y, beta).value / beta
    # To first order the optimum falls short of the limit by β |v|²/2, v the dual optimum.
    h = unit_bound(X, limit.dual_point, enumerate_patterns(X))
    v = limit.dual_point / h
    assert weak == pytest.approx(limit.value - beta * v @ v / 2, rel=1e-6)


def test_line_agrees_with_the_dense_lasso_and_its_own_bound():
    x, y = np.array([-2.0, -1, 0, 1, 2]), np.array([1.0, -1, 1, 1, -1])
    solution = solve_one_dimensional(x, y, 0.05)
    assert solution.value == pytest.approx(0.38, rel=1e-9)
    assert solution.dual_bound <= solution.value <= solution.dual_bound * (1 + 1e-8)
    # A bias that is an input of size s costs its square over s².
    for size in (10.0, 100.0):
        columns = np.stack([x, np.full(5, size)], axis=1)
        excess = solve_two_layer(columns, y, 0.05).value - 0.38
        assert 0.05 < excess * size**2 < 0.2


@pytest.mark.parametrize("beta", [0.2, 1.0, 5.0])
def test_whitened_closed_form_is_the_convex_program(beta):
    rng = np.random.default_rng(0)
    X = np.linalg.qr(rng.standard_normal((8, 5)))[0].T
    y = np.array([1.0, -2.0, 0.5, -0.3, 0.0])
    value, (W, a) = solve_whitened(X, y, beta)
    assert objective(X, y, beta, W, a) == pytest.approx(value, rel=1e-12)
    assert solve_two_layer(X, y, beta).value == pytest.approx(value, rel=1e-7)
    # Without patterns the bound is tight, so that no size is too large.
    assert certify_global(X, y, beta, W, a, limit=1).gap < 1e-12
    with pytest.raises(ValueError, match=r"^X: expected orthonormal"):
        solve_whitened(2 * X, y, beta)


BAD = {
    "beta": ({"beta": 0.0}, r"^beta: .* above 0, got 0.0"),
    "nan beta": ({"beta": np.nan}, r"^beta: .* got nan"),
    "shape": ({"y": np.zeros(4)}, r"^y: expected shape \(3,\), got \(4,\)"),
    "nan": ({"y": np.array([np.nan, 1, 1])}, r"^y: .* NaN"),
    "matrix": ({"X": np.zeros(3)}, r"^X: expected a non-empty matrix"),
}


@pytest.mark.parametrize(("changes", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_named(changes, message):
    given = {"X": np.eye(3), "y": np.ones(3), "beta": 0.1} | changes
    with pytest.raises(ValueError, match=message):
        solve_two_layer(**given)
    with pytest.raises(ValueError, match=message):
        certify_global(**given, W=np.eye(3), a=np.ones(3))


def test_bad_networks_and_patterns_are_named():
    X, y = draw(40, 20)
    with pytest.raises(ValueError, match=r"^X: up to 549755813888 activation patterns"):
        solve_two_layer(X, y, 0.1)
    with pytest.raises(ValueError, match=r"^X: up to 549755813888 activation patterns"):
        certify_global(X, y, 0.1, np.ones((1, 20)), [1.0])
    with pytest.raises(ValueError, match=r"^W: expected shape \(p, 20\), got \(1, 2\)"):
        certify_global(X, y, 0.1, np.ones((1, 2)), [1.0])
    with pytest.raises(ValueError, match=r"^W, a: expected as many units, got 1 and 2"):
        certify_global(X, y, 0.1, np.ones((1, 20)), [1.0, 2.0])
    with pytest.raises(ValueError, match=r"^patterns: expected bools, got float64"):
        solve_two_layer(X, y, 0.1, patterns=np.ones((3, 40)))
    with pytest.raises(ValueError, match=r"^negative: expected shape \(P, 40\), got \(3, 4\)"):
        solve_restricted(X, y, 0.1, np.ones((3, 40), dtype=bool), np.ones((3, 4), dtype=bool))


@pytest.mark.parametrize(
    ("p", "q"), [(0, 0), (-498, 0), (660, 0), (0, 500), (-1000, 300), (900, 9)]
)
def test_programs_are_solved_in_any_unit(p, q):
    # X 2^p and y 2^q: 2^-498 is 1e-150 and 2^660 is 1e198.
    X, y = draw(5, 2, seed=8)
    ordinary = solve_two_layer(X, y, 0.1)
    if p + q <= 1000:
        solution = solve_two_layer(np.ldexp(X, p), np.ldexp(y, q), np.ldexp(0.1, p + q))
        assert solution.tight
        assert solution.value == pytest.approx(np.ldexp(ordinary.value, 2 * q), rel=1e-9)
        assert solution.program_value == pytest.approx(solution.value, rel=1e-9)
        assert solution.dual_bound == pytest.approx(solution.value, rel=1e-9)
        W, a = solution.weights
        np.testing.assert_allclose(
            np.linalg.norm(np.ldexp(W, -(q - p) // 2), axis=1), np.ldexp(np.abs(a), -(q - p) // 2)
        )
    if q - p < 1000:
        limit = solve_interpolation(np.ldexp(X[:3], p), np.ldexp(y[:3], q))
        expected = np.ldexp(solve_interpolation(X[:3], y[:3]).value, q - p)
        assert limit.value == pytest.approx(expected, rel=1e-6)
        assert limit.tight


def test_strengths_of_all_sizes_are_answered():
    X, y = draw(6, 2, seed=0)
    nothing = solve_two_layer(X, y, 1e300)
    assert len(nothing.weights[1]) == 0
    assert nothing.tight
    assert nothing.value == pytest.approx(0.5 * y @ y)
    for scale in (1e-150, 1e-310):
        assert solve_two_layer(scale * X, y, 0.1).value == pytest.approx(0.5 * y @ y)
    # A weak penalty is nearly that of the interpolating form.
    limit = solve_interpolation(X, y).value
    for beta in (1e-10, 1e-12, 1e-14, 1e-16):
        weak = solve_two_layer(X, y, beta)
        assert weak.tight
        assert weak.value == pytest.approx(beta * limit, rel=1e-5)


def test_what_float64_cannot_tell_is_not_called_tight():
    X, y = draw(6, 2, seed=0)
    for weak in (solve_two_layer(X, y, 1e-100), solve_two_layer(1e200 * X, y, 0.1)):
        assert not weak.tight
        assert 0 < weak.dual_bound < 1e-90
    rough = certify_global(X, y, 0.1, np.zeros((1, 2)), [0.0])
    assert rough.gap > 0.01 * rough.objective
    assert not rough.tight


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": np.array([1e200, 1, 1])}, r"^X, y, beta: .* range of float64"),
        ({"X": np.eye(3) * 1j}, r"^X: expected real numbers, got complex"),
        ({"beta": True}, r"^beta: .* got True"),
        ({"beta": "1"}, r"^beta: "),
        ({"y": np.ma.masked_array(np.ones(3), [0, 1, 0])}, r"^y: .* masked array"),
        ({"y": [2**53 + 1] * 3}, r"^y: expected numbers that float64 holds"),
    ],
)
def test_what_cannot_be_answered_is_named(changes, message):
    given = {"X": np.eye(3), "y": np.ones(3), "beta": 0.1} | changes
    with pytest.raises(ValueError, match=message):
        solve_two_layer(**given)


def test_a_solver_without_an_answer_is_said_to_have_failed(monkeypatch):
    def fail(*_, **__):
        raise cp.SolverError("Solver 'CLARABEL' failed.")

    problem = cp.Problem(cp.Minimize(cp.Variable()))
    monkeypatch.setattr(problem, "solve", fail)
    with pytest.raises(ValueError, match=r"^X, y: .* ends as solver_error; rescale them"):
        minimise(problem, "X, y")
