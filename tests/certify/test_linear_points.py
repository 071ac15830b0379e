from fractions import Fraction

import numpy as np
import pytest

from landscape.certify import (
    exact_critical_point,
    exact_data,
    point_from_blocks,
    rational_orthogonal,
)


def zeros(*shape):
    return np.zeros(shape, dtype=object)


def eye(n, columns=None):
    return np.eye(n, columns, dtype=int).astype(object)


@pytest.mark.parametrize("n", [1, 2, 6])
def test_rational_orthogonal(n):
    for seed in range(5):
        Q = rational_orthogonal(np.random.default_rng(seed), n)
        gram = Q.T @ Q
        assert (gram == eye(n)).all()
        assert all(isinstance(q, Fraction) for q in Q.flat)


@pytest.mark.parametrize(("d_x", "d_y", "samples"), [(4, 3, 6), (2, 4, 3), (4, 2, 3), (1, 1, 1)])
def test_exact_data(d_x, d_y, samples):
    roots = [3, Fraction(1, 2)][: min(d_x, d_y)]
    data = exact_data(np.random.default_rng(0), d_x, d_y, samples, roots)
    X, Y, A = data.X, data.Y, data.least_squares
    assert (X.shape, Y.shape) == ((d_x, samples), (d_y, samples))
    assert (A @ X @ X.T == Y @ X.T).all()
    sigma = A @ X @ Y.T
    assert (sigma == (data.U * np.array(data.eigenvalues, dtype=object)) @ data.U.T).all()
    assert data.eigenvalues == (*(r**2 for r in roots), *[0] * (d_y - len(roots)))


def test_bad_input():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"^n: a matrix has at least one row, got 0"):
        rational_orthogonal(rng, 0)
    with pytest.raises(ValueError, match=r"^d_x, d_y, samples: must be at least 1, got 0, 1 and 1"):
        exact_data(rng, 0, 1, 1, [])
    for roots in [1, 2], [1, -1], [1, 1, 1]:
        with pytest.raises(ValueError, match=r"^singular_values: must be at most .* = 2 numbers"):
            exact_data(rng, 2, 2, 2, roots)
    with pytest.raises(ValueError, match=r"^singular_values\[0\]: must be an int"):
        exact_data(rng, 2, 2, 2, [0.5])
    data = exact_data(rng, 3, 3, 3, [2, 1])
    for hidden in (), (2, 0):
        with pytest.raises(ValueError, match=r"^hidden: must be one or more widths"):
            exact_critical_point(rng, data, hidden, [])
    for S in [2], [-1], [0, 0], [0, 1]:
        with pytest.raises(ValueError, match=r"^pattern: must be at most 1 different indices"):
            exact_critical_point(rng, data, (1,), S)
    for order in 1, 4:
        with pytest.raises(ValueError, match=r"^order: must be from 2 to .* 3, got"):
            exact_critical_point(rng, data, (2, 2), [0], order)
    Z = [zeros(1, 3), zeros(2, 1)]
    with pytest.raises(ValueError, match=r"^pattern: must be at most 3 different indices below 2"):
        point_from_blocks(data, [2], Z, [eye(2)])
    with pytest.raises(ValueError, match=r"^Z: the shapes must be \[\(3, 3\), \(2, 3\)\]"):
        point_from_blocks(data, [0], Z, [eye(4)])
    with pytest.raises(ValueError, match=r"^D_1: must be square and invertible, got \[\[0, 0\]"):
        point_from_blocks(data, [0], Z, [zeros(2, 2)])
