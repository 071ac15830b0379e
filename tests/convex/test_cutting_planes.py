"""Cutting planes against the convex program, the lasso on a line, and dense samples of units."""

import numpy as np
import pytest

from landscape.convex import (
    search_kinks,
    search_patterns,
    solve_cutting_planes,
    solve_one_dimensional,
    solve_two_layer,
)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_search_finds_the_best_of_all_units(d):
    rng = np.random.default_rng(d)
    X, v = rng.standard_normal((7, d)), rng.standard_normal(7)
    found = abs(search_patterns(X)(v) @ v)
    units = rng.standard_normal((200_000, d))
    units /= np.linalg.norm(units, axis=1)[:, None]
    sampled = np.abs(np.maximum(units @ X.T, 0.0) @ v).max()
    assert sampled * (1 - 1e-12) <= found <= sampled * (1 + 1e-3)


def test_the_search_on_a_line_finds_the_best_of_all_kinks():
    rng = np.random.default_rng(0)
    x, v = rng.standard_normal(8), rng.standard_normal(8)
    v -= v.mean()
    kinks = np.concatenate([np.linspace(-9, 9, 4001), x])
    away = x[:, None] - kinks
    activations = np.concatenate([np.maximum(away, 0), np.maximum(-away, 0)], axis=1)
    assert abs(search_kinks(x)(v) @ v) == pytest.approx(np.abs(v @ activations).max(), rel=1e-12)


@pytest.mark.parametrize(("m", "d", "beta"), [(5, 1, 0.3), (6, 2, 0.1), (7, 3, 0.05)])
def test_rounds_fall_to_the_optimum_of_the_program(m, d, beta):
    rng = np.random.default_rng(m)
    X, y = rng.standard_normal((m, d)), rng.standard_normal(m)
    found = solve_cutting_planes(y, beta, search_patterns(X))
    program = solve_two_layer(X, y, beta)
    assert found.values[-1] == pytest.approx(program.value, rel=1e-7)
    assert found.values[0] == pytest.approx(0.5 * y @ y, rel=1e-15)
    assert (np.diff(found.values) <= 1e-10).all()
    assert (found.violations[:-1] > 1).all()
    assert (found.values >= program.dual_bound * (1 - 1e-8)).all()
    np.testing.assert_allclose(found.dual_point, program.dual_point, atol=1e-4)


def test_on_a_line_rounds_fall_to_the_lasso():
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal(9), rng.standard_normal(9)
    found = solve_cutting_planes(y, 0.05, search_kinks(x), bias=True)
    assert found.values[-1] == pytest.approx(solve_one_dimensional(x, y, 0.05).value, rel=1e-7)
    assert abs(found.dual_point.sum()) < 1e-9


def test_a_large_strength_needs_one_round_and_few_rounds_are_refused():
    rng = np.random.default_rng(2)
    X, y = rng.standard_normal((5, 2)), rng.standard_normal(5)
    assert len(solve_cutting_planes(y, 1e3, search_patterns(X)).values) == 1
    with pytest.raises(RuntimeError, match="after 2 rounds"):
        solve_cutting_planes(y, 1e-3, search_patterns(X), limit=2)
    with pytest.raises(ValueError, match="beta"):
        solve_cutting_planes(y, -1.0, search_patterns(X))
