"""Patterns against a linear program for each sign vector, the count formula, and samples."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from landscape.convex import count_patterns, enumerate_patterns, sample_patterns


def by_linear_programs(X):
    """Return every pattern whose open cone holds a unit, trying all 2^m of them."""
    found = set()
    rows = X.any(axis=1)
    for signs in product([-1.0, 1.0], repeat=int(rows.sum())):
        # s_l x_l · u >= 1 for all l: scaling a unit of the open cone makes it so.
        A = -np.array(signs)[:, None] * X[rows]
        answer = linprog(np.zeros(X.shape[1]), A, -np.ones(len(A)), bounds=(None, None))
        if answer.status == 0:
            pattern = np.ones(len(X), dtype=bool)
            pattern[rows] = np.array(signs) > 0
            found.add(tuple(pattern.tolist()))
    return found


GENERIC = np.random.default_rng(0)
CASES = {
    "line": np.array([[1.0], [-1.0]]),
    "plane": GENERIC.standard_normal((6, 2)),
    "space": GENERIC.standard_normal((7, 3)),
    "more columns than rows": GENERIC.standard_normal((4, 6)),
    "with a bias": np.array([[-2.0, 1], [-1, 1], [0, 1], [1, 1], [2, 1]]),
    "coplanar": np.array([[1.0, 0, 0], [0, 1, 0], [1, 1, 0], [1, -1, 0], [0, 0, 1], [1, 1, 1]]),
    "parallel": np.array([[1.0, 2], [2, 4], [-0.5, -1], [1, 0]]),
    "zero row": np.array([[1.0, 2], [0, 0], [1, 0]]),
    "all zero": np.zeros((2, 3)),
    "rank two in space": GENERIC.integers(-3, 4, (6, 2)) @ GENERIC.integers(-3, 4, (2, 3)) + 0.0,
}


@pytest.mark.parametrize("X", CASES.values(), ids=CASES.keys())
def test_patterns_are_those_of_all_open_cones(X):
    patterns = enumerate_patterns(X)
    assert {tuple(row) for row in patterns.tolist()} == by_linear_programs(X)
    assert len(np.unique(patterns, axis=0)) == len(patterns) <= count_patterns(X)


@pytest.mark.parametrize(("n", "d", "count"), [(6, 2, 12), (8, 3, 58), (9, 4, 186), (5, 7, 32)])
def test_generic_rows_have_as_many_patterns_as_the_formula_says(n, d, count):
    X = np.random.default_rng(n).standard_normal((n, d))
    assert len(enumerate_patterns(X)) == count_patterns(X) == count


def test_a_cone_too_thin_for_samples_is_found():
    # Two rows that differ in the last bit leave two cones of angle 2^-52.
    X = np.array([[1.0, 1.0], [1.0, 1.0 + 2.0**-52]])
    assert len(enumerate_patterns(X)) == 4
    assert len(sample_patterns(X, 1000, np.random.default_rng(0))) == 2


def test_samples_are_patterns_and_grow_with_the_draws():
    X = CASES["space"]
    known = {tuple(row) for row in enumerate_patterns(X).tolist()}
    before = set()
    for draws in (1, 10, 300):
        found = sample_patterns(X, draws, np.random.default_rng(3))
        after = {tuple(row) for row in found.tolist()}
        assert before <= after <= known
        before = after
    assert len(before) > 10


def test_bad_input_is_named():
    X = np.random.default_rng(0).standard_normal((40, 20))
    with pytest.raises(ValueError, match=r"^X: up to 549755813888 .* limit of 100; .* sample_pat"):
        enumerate_patterns(X, limit=100)
    with pytest.raises(ValueError, match=r"^X: .* NaN"):
        enumerate_patterns([[np.nan, 1.0]])
    with pytest.raises(ValueError, match=r"^draws: .* got 0"):
        sample_patterns(X, 0, np.random.default_rng(0))
