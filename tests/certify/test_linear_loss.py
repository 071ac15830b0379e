import itertools
from fractions import Fraction

import numpy as np
import pytest

from landscape.certify import descent_polynomial, exact_gradient, exact_hessian, exact_loss


def random_fractions(rng, *shape):
    entries = [Fraction(int(p), int(q)) for p, q in rng.integers(1, 9, (np.prod(shape), 2))]
    signs = rng.choice([-1, 1], len(entries)).tolist()
    values = [s * e for s, e in zip(signs, entries, strict=True)]
    return np.array(values, dtype=object).reshape(shape)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_derivatives_are_finite_differences(depth):
    # Every parameter enters the loss with degree at most 2, so differences of step 1 are exact.
    rng = np.random.default_rng(depth)
    widths = [3, 2, 1, 3][: depth + 1]
    X, Y = random_fractions(rng, 3, 2), random_fractions(rng, widths[-1], 2)
    W = [random_fractions(rng, b, a) for a, b in itertools.pairwise(widths)] + (
        [random_fractions(rng, 3, 3)] if depth == 4 else []
    )
    sizes = [w.size for w in W]
    flat = np.concatenate([w.ravel() for w in W])

    def loss(*shifts):
        moved = flat.copy()
        for k, step in shifts:
            moved[k] += step
        parts = np.split(moved, np.cumsum(sizes)[:-1])
        return exact_loss(X, Y, [p.reshape(w.shape) for p, w in zip(parts, W, strict=True)])

    gradient = [(loss((k, 1)) - loss((k, -1))) / 2 for k in range(len(flat))]
    assert np.concatenate([g.ravel() for g in exact_gradient(X, Y, W)]).tolist() == gradient
    hessian = exact_hessian(X, Y, W)
    for k in range(len(flat)):
        assert hessian[k, k] == loss((k, 1)) - 2 * loss() + loss((k, -1))
        for i in range(k):
            mixed = sum(s * t * loss((k, s), (i, t)) for s in (1, -1) for t in (1, -1)) / 4
            assert hessian[k, i] == hessian[i, k] == mixed


def test_a_direction_that_does_not_fit_is_refused():
    X, Y, W = [[1, 2], [3, 4]], [[1, 0]], [[[1, 1]], [[2]]]
    with pytest.raises(ValueError, match=r"^V: its layers must have the shapes of those of W"):
        descent_polynomial(X, Y, W, [[[1]], [[1]]])
    with pytest.raises(ValueError, match=r"^V: its layers must have the shapes of those of W"):
        descent_polynomial(X, Y, W, W[:1])
    with pytest.raises(ValueError, match=r"^V: its layers must have the shapes of those of W"):
        descent_polynomial(X, Y, W, None)
