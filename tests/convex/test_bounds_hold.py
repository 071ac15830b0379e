"""No proved bound is above a value that a network reaches, at any scale: exact fractions tell.

A bound is a float64 number of float64 data, so whether it holds is decided without rounding. What
it is held against is found by a search: units are best on faces of activation cones, of which all
that matter for two and three inputs are listed, and networks are those that the library finds.
"""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from landscape.convex import (
    certify_global,
    enumerate_patterns,
    lower_bound,
    lower_bound_from_start,
    lower_bound_outputs,
    search_patterns,
    solve_cutting_planes,
    solve_interpolation,
    solve_one_dimensional,
    solve_two_layer,
    solve_whitened_outputs,
    unit_bound,
)
from landscape.convex.dictionary import bound_on_line
from landscape.convex.local_minima import certify_local_minimum


def examples(count):
    """Draw so many examples, the same ones on every run."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def answer(solve, *arguments):
    """Return a solution, or None if the scales are refused with words that say so."""
    try:
        return solve(*arguments)
    except ValueError as error:
        if re.search("apart in scale|range of float64", str(error)):
            return None
        raise


# ---- exact oracles -------------------------------------------------------------------------------


def fractions(x):
    return [Fraction(t) for t in np.asarray(x, dtype=float).ravel().tolist()]


def rows_of(X):
    return [fractions(row) for row in np.atleast_2d(X)]


def integers(x):
    """Return the entries of an array times 2^1100, as integers: products without divisors."""
    flat = [Fraction(t) * 2**1100 for t in np.asarray(x, dtype=float).ravel().tolist()]
    assert all(t.denominator == 1 for t in flat)
    return np.array([int(t) for t in flat], dtype=object).reshape(np.shape(x))


def dot(x, z):
    return sum((a * b for a, b in zip(x, z, strict=True)), Fraction(0))


def exact_objective(X, y, beta, W, A):
    """Return the objective of networks with outputs A (p, K) and targets y (m, K), exactly."""
    X, y, W, A = integers(X), integers(y), integers(W), integers(A)
    products = W @ X.T
    residuals = np.where(products > 0, products, 0).T @ A - y * 2**2200
    squares = int((W * W).sum() + (A * A).sum())
    return (
        Fraction(int((residuals * residuals).sum()), 2**6601) + Fraction(beta) * squares / 2**2201
    )


def scalar_objective(X, y, beta, W, a):
    return exact_objective(X, y[:, None], beta, W, np.reshape(a, (-1, 1)))


def candidates(X, v, patterns):
    """Return units of which one correlates most with v, for d <= 3, as rows of integers.

    On a cone v · relu(X u) is linear: the best unit is along its gradient, or along the gradient's
    projection on a side of the cone, or on an edge.
    """
    rows = X[np.any(X != 0, axis=1)]
    d = X.shape[1]
    gradients = (patterns.astype(int).astype(object) * v) @ X
    found = [np.eye(d, dtype=int).astype(object), gradients]
    for x in rows:
        found.append(gradients * (x @ x) - (gradients @ x)[:, None] * x)
        if d == 2:
            found.append(np.array([[-x[1], x[0]]], dtype=object))
        if d == 3:
            z = rows
            cross = [x[1] * z[:, 2] - x[2] * z[:, 1], x[2] * z[:, 0] - x[0] * z[:, 2]]
            found.append(np.stack([*cross, x[0] * z[:, 1] - x[1] * z[:, 0]], axis=1))
    every = np.concatenate(found)
    every = every[np.any(every != 0, axis=1)]
    return np.concatenate([every, -every])


def squared_correlation(X, v, patterns):
    """Return the square of max |v · relu(X u)| over |u| <= 1, d <= 3, exactly; and the best u."""
    X, v = integers(X), integers(v)
    units = candidates(X, v, patterns)
    products = units @ X.T
    along = np.where(products > 0, products, 0) @ v
    lengths = (units * units).sum(axis=1)
    top, bottom, best = 0, 1, np.zeros(X.shape[1], dtype=object)
    for u, correlation, length in zip(units, along, lengths, strict=True):
        if correlation * correlation * bottom > top * length:
            top, bottom, best = correlation * correlation, length, u
    return Fraction(int(top), int(bottom)) / 2**4400, best


def floats(u):
    """Return a float64 vector along an exact one."""
    largest = max(abs(t) for t in u)
    return np.array([float(t / largest) for t in u]) if largest else np.zeros(len(u))


# ---- problems of all scales ----------------------------------------------------------------------

powers = st.one_of(
    st.sampled_from([-300, -200, -60, 0, 0, 0, 60, 200, 300]), st.integers(-300, 300)
)


@st.composite
def arrays(draw, m, d):
    """Return small integers (m, d), scaled as a whole, by row, by column or entry by entry."""
    small = st.integers(-3, 3)
    entries = np.array(draw(st.lists(small, min_size=m * d, max_size=m * d)), dtype=float)
    axes = draw(st.sampled_from([(1, 1), (1, 1), (m, 1), (1, d), (m, d)]))
    size = axes[0] * axes[1]
    scales = np.array(draw(st.lists(powers, min_size=size, max_size=size))).reshape(axes)
    X = np.ldexp(entries.reshape(m, d), scales)
    if m > 2 and draw(st.booleans()):
        X[1] = X[0]
        X[2] = 0.0
    return X


@st.composite
def problems(draw, samples=12, inputs=3):
    m = draw(st.integers(1, samples))
    d = draw(st.integers(1, inputs if m <= 7 else min(inputs, 2)))
    X = draw(arrays(m, d))
    y = draw(arrays(m, 1))[:, 0]
    return X, y, draw(st.integers(1, 9)) * 2.0 ** draw(powers)


# ---- units ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("v", [np.ones(3), -np.ones(3)])
def test_a_direction_that_underflows_in_one_coordinate_has_its_bound(v):
    X = np.array([[1, 1], [-1, 1], [2.0**-200, 1]])
    # u = (0, 1) gives 3, and no unit more.
    assert 3 <= unit_bound(X, v, enumerate_patterns(X)) <= 3 * (1 + 1e-15)


@examples(60)
@given(problems(samples=9))
def test_no_unit_correlates_more_than_its_bound(problem):
    X, v, _ = problem
    patterns = enumerate_patterns(X)
    reached, _ = squared_correlation(X, v, patterns)
    for bound in (unit_bound(X, v, patterns), unit_bound(X, v)):
        assert bound > 0
        assert Fraction(bound) ** 2 >= reached


@examples(15)
@given(st.data())
def test_at_one_scale_the_bound_is_the_maximum(data):
    m, d = data.draw(st.integers(1, 7)), data.draw(st.integers(1, 3))
    entries = data.draw(st.lists(st.integers(-3, 3), min_size=m * (d + 1), max_size=m * (d + 1)))
    X = np.array(entries, dtype=float).reshape(m, d + 1)
    p, q = data.draw(powers), data.draw(powers)
    X, v = np.ldexp(X[:, :-1], p), np.ldexp(X[:, -1], q)
    patterns = enumerate_patterns(X)
    reached, best = squared_correlation(X, v, patterns)
    bound = Fraction(unit_bound(X, v, patterns))
    assert bound**2 <= reached * (1 + Fraction(1, 10**6)) or bound <= Fraction(2) ** -1000
    # The search of cutting planes finds that unit.
    if reached:
        found = abs(dot(fractions(search_patterns(X)(v)), fractions(v)))
        assert found**2 >= reached * (1 - Fraction(1, 10**6))
    assert best.any() or not reached


# ---- networks ------------------------------------------------------------------------------------


def test_the_bound_of_a_small_network_is_below_it():
    X = np.array([[1, 1], [-1, 1], [2.0**-200, 1]])
    y, beta = np.full(3, 3.0), 2.0
    solution = solve_two_layer(X, y, beta)
    # One unit (0, c), output c, is best: 3 (3 - c²)²/2 + 2 c² at c² = 7/3.
    optimum = Fraction(16, 3)
    assert Fraction(solution.dual_bound) <= optimum <= Fraction(solution.value)
    assert solution.value - solution.dual_bound < 1e-12
    W, a = np.array([[0.0, 1.4]]), np.array([1.4])
    certificate = certify_global(X, y, beta, W, a)
    excess = scalar_objective(X, y, beta, W, a) - optimum
    assert excess > Fraction(209, 1000)
    assert excess <= Fraction(certificate.gap) <= excess + Fraction(1, 10**9)


def best_reached(X, y, beta, networks):
    """Return the least exact objective of networks, of none, and of single units made of them."""
    found = [Fraction(dot(fractions(y), fractions(y))) / 2]
    for W, a in networks:
        found.append(scalar_objective(X, y, beta, W, a))
    patterns = enumerate_patterns(X)
    u = floats(squared_correlation(X, y, patterns)[1])
    # A unit t u with output s t: t² is chosen near the best.
    for sign in (1.0, -1.0):
        h = [max(dot(x, fractions(u)), Fraction(0)) for x in rows_of(X)]
        gain = (
            sign * dot(h, fractions(y)) - Fraction(beta) * (1 + dot(fractions(u), fractions(u))) / 2
        )
        if gain > 0:
            t = gain / dot(h, h)
            residual = [t * sign * p - q for p, q in zip(h, fractions(y), strict=True)]
            cost = Fraction(beta) * t * (1 + dot(fractions(u), fractions(u)))
            found.append((dot(residual, residual) + cost) / 2)
    return min(found)


@examples(40)
@given(problems())
def test_no_network_is_below_the_bounds_of_a_solution(problem):
    X, y, beta = problem
    solution = answer(solve_two_layer, X, y, beta)
    if solution is None:
        return
    W, a = solution.weights
    reached = best_reached(X, y, beta, [(W, a)])
    assert Fraction(solution.value) >= scalar_objective(X, y, beta, W, a)
    assert 0 <= Fraction(solution.dual_bound) <= reached
    assert solution.tight == (solution.value - solution.dual_bound <= 0.01 * solution.value)
    certificate = certify_global(X, y, beta, W, a)
    assert certificate.gap >= 0
    assert Fraction(certificate.objective) >= scalar_objective(X, y, beta, W, a)
    assert Fraction(certificate.lower_bound) <= reached
    assert Fraction(certificate.gap) >= scalar_objective(X, y, beta, W, a) - reached


@examples(25)
@given(problems(samples=6, inputs=2), st.integers(0, 2**32 - 1))
def test_no_network_is_below_the_bound_of_any_direction(problem, seed):
    X, y, beta = problem
    rng = np.random.default_rng(seed)
    reached = best_reached(X, y, beta, [])
    patterns = enumerate_patterns(X)
    for v in (
        y,
        -y,
        np.zeros_like(y),
        y * rng.standard_normal(len(y)),
        rng.standard_normal(len(y)),
    ):
        for known in (None, patterns):
            assert 0 <= Fraction(lower_bound(X, y, beta, v, known)) <= reached


@examples(15)
@given(st.data())
def test_at_one_scale_solutions_are_tight(data):
    m, d = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 2))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    p, q = data.draw(powers), data.draw(powers)
    X, y = np.ldexp(rng.standard_normal((m, d)), p), np.ldexp(rng.standard_normal(m), q)
    beta = math.ldexp(data.draw(st.floats(1e-3, 10)), p + q)
    solution = solve_two_layer(X, y, beta)
    assert solution.tight
    assert solution.value - solution.dual_bound <= 1e-6 * solution.value
    certificate = certify_global(X, y, beta, *solution.weights)
    assert certificate.tight
    fitted = solve_interpolation(X[:1], y[:1]) if y[0] and X[0].any() else None
    assert fitted is None or fitted.dual_bound <= fitted.value * (1 + 1e-12)
    # The last dual point of the cutting planes proves nearly the same, and no more.
    planes = solve_cutting_planes(y, beta, search_patterns(X))
    proved = lower_bound(X, y, beta, planes.dual_point, enumerate_patterns(X))
    assert Fraction(proved) <= scalar_objective(X, y, beta, *solution.weights)
    assert planes.values[-1] >= proved * (1 - 1e-6)


# ---- special cases -------------------------------------------------------------------------------


@examples(40)
@given(st.data())
def test_no_network_is_below_the_bounds_on_whitened_data(data):
    m, K = data.draw(st.sampled_from([1, 2, 4])), data.draw(st.integers(1, 3))
    # Signed permutations and a Hadamard matrix are orthonormal without rounding.
    signs = np.array(data.draw(st.lists(st.sampled_from([-1.0, 1.0]), min_size=m, max_size=m)))
    X = np.diag(signs)[:, ::-1] if m < 4 or data.draw(st.booleans()) else _hadamard()
    y = data.draw(arrays(m, 1))[:, 0]
    Y = np.zeros((m, K))
    Y[np.arange(m), [data.draw(st.integers(0, K - 1)) for _ in range(m)]] = y
    beta = data.draw(st.integers(1, 9)) * 2.0 ** data.draw(powers)
    value, (W, A) = solve_whitened_outputs(X, Y, beta)
    reached = min(exact_objective(X, Y, beta, W, A), dot(fractions(Y), fractions(Y)) / 2)
    assert 0 <= Fraction(lower_bound_outputs(X, Y, beta)) <= reached
    assert lower_bound_outputs(X, Y, beta) == pytest.approx(value, rel=1e-9)
    # The network in float64 has the rounding of its outputs besides.
    rounding = dot(fractions(Y), fractions(Y)) / 10**24
    assert Fraction(value) - reached / 10**9 <= reached <= Fraction(value * (1 + 1e-9)) + rounding
    start = data.draw(arrays(2, m))
    bound = lower_bound_from_start(X, Y, beta, start)
    assert bound >= lower_bound_outputs(X, Y, beta) * (1 - 1e-6)
    # A start that is active everywhere rules out nothing.
    every = lower_bound_from_start(X, Y, beta, X.sum(axis=0)[None])
    assert bound * (1 + 1e-9) >= every
    assert Fraction(every) <= reached * (1 + Fraction(1, 10**12))


def _hadamard():
    return 0.5 * np.array([[1.0, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])


@examples(30)
@given(st.data())
def test_no_network_on_a_line_is_below_its_bound(data):
    m = data.draw(st.integers(1, 9))
    x, y = data.draw(arrays(m, 1))[:, 0], data.draw(arrays(m, 1))[:, 0]
    beta = data.draw(st.integers(1, 9)) * 2.0 ** data.draw(powers)
    kinks = data.draw(st.sampled_from([None, x[:1]]))
    solution = answer(solve_one_dimensional, x, y, beta, kinks)
    if solution is None:
        return
    u, b, a = (fractions(part) for part in solution.weights)
    total, squares = Fraction(0), dot(u, u) + dot(a, a)
    for point, target in zip(fractions(x), fractions(y), strict=True):
        active = [max(w * point + c, Fraction(0)) for w, c in zip(u, b, strict=True)]
        total += (dot(active, a) + Fraction(solution.bias) - target) ** 2
    reached = (total + Fraction(beta) * squares) / 2
    exactly = bound_on_line(x, y, solution.dual_point, beta)
    mean = sum(fractions(y), Fraction(0)) / m
    flat = sum(((t - mean) ** 2 for t in fractions(y)), Fraction(0)) / 2
    assert 0 <= Fraction(solution.dual_bound) <= min(reached, flat)
    assert Fraction(solution.dual_bound) <= exactly <= min(reached, flat)


@examples(25)
@given(st.data())
def test_no_network_beside_a_proved_local_minimum_is_lower(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    m, d = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 2))
    p, q = data.draw(powers), data.draw(powers)
    X, y = np.ldexp(rng.standard_normal((m, d)), p), np.ldexp(rng.standard_normal(m), q)
    beta = math.ldexp(data.draw(st.floats(1e-2, 1)), p + q)
    W, a = solve_two_layer(X, y, beta).weights
    if not len(a):
        return
    found = certify_local_minimum(X, y, beta, W, a, dead=0.0, kink=1e-12)
    if not found.proved:
        return
    here = scalar_objective(X, y, beta, W, a)
    assert Fraction(found.low) <= here
    # The minimum is as near as stated, and the objective is smooth there.
    assert found.distance < 1e-3
    for size in (1e-9, 1e-6):
        moved_W = W * (1 + size * rng.standard_normal(W.shape))
        moved_a = a * (1 + size * rng.standard_normal(a.shape))
        assert scalar_objective(X, y, beta, moved_W, moved_a) >= Fraction(found.low)
