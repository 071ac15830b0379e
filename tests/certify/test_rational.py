from fractions import Fraction

import numpy as np
import pytest

from landscape.certify import exact_inertia, rational


def zeros(*shape):
    return np.zeros(shape, dtype=object)


def eye(n, columns=None):
    return np.eye(n, columns, dtype=int).astype(object)


def inertia_by_elimination(matrix):
    """Signs by symmetric elimination in Fractions: one pivot, or a hyperbolic pair, at a time."""
    a = np.array([[Fraction(int(v)) for v in row] for row in matrix], dtype=object)
    signs = [0, 0, 0]
    while a.size and (a != 0).any():
        diagonal = np.flatnonzero(a.diagonal() != 0)
        if diagonal.size:
            k = diagonal[0]
        else:
            # x^T A x is a_ij x_i x_j on this pair: replacing e_i by e_i + e_j makes a pivot.
            k, j = np.argwhere(a != 0)[0]
            a[k] += a[j]
            a[:, k] += a[:, j]
        signs[2 if a[k, k] > 0 else 0] += 1
        rest = np.delete(np.arange(len(a)), k)
        a = a[np.ix_(rest, rest)] - np.outer(a[rest, k], a[k, rest]) / a[k, k]
    signs[1] = len(matrix) - signs[0] - signs[2]
    return tuple(signs)


@pytest.mark.parametrize("n", [1, 2, 5, 9, 14])
def test_inertia_by_elimination(n):
    rng = np.random.default_rng(n)
    for rank in {0, 1, n // 2, n}:
        for _ in range(5):
            factor = rng.integers(-3, 4, (n, rank)).astype(object)
            signs = rng.choice([-1, 1], rank).astype(object)
            matrix = (factor * signs) @ factor.T
            assert exact_inertia(matrix) == inertia_by_elimination(matrix)
    hollow = rng.integers(-2, 3, (n, n)).astype(object)
    hollow = hollow + hollow.T
    np.fill_diagonal(hollow, 0)
    assert exact_inertia(hollow) == inertia_by_elimination(hollow)


def test_inertia_beyond_float64():
    # The Hilbert matrix of order 16 has condition number 1e22; float eigenvalues come out negative.
    n = 16
    hilbert = np.array([[Fraction(1, i + j + 1) for j in range(n)] for i in range(n)])
    assert (np.linalg.eigvalsh(hilbert.astype(float)) < 0).any()
    assert exact_inertia(hilbert) == (0, 0, n)
    saddle = np.block([[hilbert, zeros(n, n)], [zeros(n, n), -hilbert]])
    assert exact_inertia(saddle) == (n, 0, n)
    tiny = Fraction(1, 10**400)
    assert exact_inertia([[1, 1], [1, 1 - tiny]]) == (1, 0, 1)
    assert exact_inertia([[1, 1], [1, 1]]) == (0, 1, 1)
    assert exact_inertia([[1, 1], [1, 1 + tiny]]) == (0, 0, 2)


@pytest.mark.parametrize("n", [3, 6])
def test_misleading_float_eigenvectors(n):
    # T^T diag(+-1) T with T unimodular and large: floats get about half of the signs wrong, and
    # the exact congruence that they suggest has to be recognized as no proof.
    rng = np.random.default_rng(n)
    float_errors = 0
    for _ in range(20):
        upper, lower = np.triu(rng.integers(-9999, 10000, (2, n, n)), 1).astype(object)
        T = (eye(n) + upper) @ (eye(n) + lower.T)
        signs = rng.choice([-1, 1], n)
        matrix = (T.T * signs.astype(object)) @ T
        assert rational._positive_by_dominance(matrix) is None
        assert exact_inertia(matrix) == ((signs < 0).sum(), 0, (signs > 0).sum())
        values = np.linalg.eigvalsh(matrix.astype(float))
        float_errors += (values > 0).sum() != (signs > 0).sum()
    assert float_errors > 0


def test_inertia_when_the_prime_hides_a_rank():
    p = rational._PRIME
    assert exact_inertia([[p, 0, 0], [0, -1, 0], [0, 0, 0]]) == (1, 1, 1)


def test_a_matrix_that_is_not_symmetric_is_refused():
    with pytest.raises(ValueError, match=r"^matrix: must be square and symmetric"):
        exact_inertia([[1, 2], [3, 4]])
    with pytest.raises(ValueError, match=r"^matrix: must be square and symmetric"):
        exact_inertia([[1, 2]])
