"""The smallest eigenvalue without the Hessian against dense eigenvalues."""

import numpy as np
import pytest
import scipy.linalg

from landscape.linear import LinearNetwork
from landscape.linear.lanczos import BASIS


def network(rng, widths, m=12):
    X, Y = rng.normal(size=(widths[0], m)), rng.normal(size=(widths[-1], m))
    return LinearNetwork(X, Y, widths[1:-1])


def flatten(W):
    return np.concatenate([layer.ravel() for layer in W])


@pytest.mark.parametrize("widths", [(1, 1, 1), (2, 1, 3), (4, 3, 5), (6, 5, 4, 5), (3, 4, 3, 4, 3)])
@pytest.mark.parametrize("place", ["random", "saddle", "minimizer"])
def test_value_vector_and_bound_agree_with_the_dense_hessian(widths, place):
    rng = np.random.default_rng([*widths, len(place)])
    net = network(rng, widths)
    W = [rng.normal(size=s) for s in net.shapes]
    if place != "random":
        S = range(net.r_max) if place == "minimizer" else [net.r_max - 1]
        W = net.critical_point(S, seed=rng)
    hessian = net.hessian(W)
    values = scipy.linalg.eigvalsh(hessian)
    width = values[-1] - values[0]
    found = net.smallest_eigenvalue(W, tolerance=1e-7)
    rounding = 1e-13 * abs(values).max()
    assert abs(found.value - values[0]) <= found.residual + rounding
    assert found.value >= values[0] - rounding
    # The residual of the recurrence, not the one computed anew, is held against the tolerance.
    assert found.residual <= 1.001e-7 * width + rounding
    assert [part.shape for part in found.vector] == net.shapes
    v = flatten(found.vector)
    assert np.linalg.norm(v) == pytest.approx(1, rel=1e-14)
    residual = np.linalg.norm(hessian @ v - found.value * v)
    assert found.residual == pytest.approx(residual, rel=1e-6, abs=rounding)


def test_a_null_space_is_found_where_no_curvature_is_negative():
    # Mixings of the hidden layers leave the loss as it is; a start in the range of the Hessian
    # would not see them and answer with the smallest positive eigenvalue.
    rng = np.random.default_rng(0)
    net = network(rng, (12, 12, 12, 12), m=20)
    W = net.critical_point(range(12), seed=0)
    values = scipy.linalg.eigvalsh(net.hessian(W))
    positive = values[values > 1e-9 * values[-1]][0]
    found = net.smallest_eigenvalue(W, tolerance=1e-6)
    assert abs(found.value) <= 1e-6 * values[-1] < 0.1 * positive


def test_where_the_hessian_vanishes():
    net = LinearNetwork(np.eye(3), np.eye(3), (2, 2))
    found = net.smallest_eigenvalue([np.zeros(s) for s in net.shapes])
    assert (found.value, found.residual, found.products) == (0.0, 0.0, 2)
    assert np.linalg.norm(flatten(found.vector)) == pytest.approx(1, rel=1e-14)


def test_a_tighter_tolerance_costs_more_and_gives_more():
    rng = np.random.default_rng(3)
    net = network(rng, (20, 20, 20), m=40)
    W = [rng.normal(size=s) for s in net.shapes]
    loose, tight = (net.smallest_eigenvalue(W, tolerance=t) for t in (1e-2, 1e-10))
    assert tight.products > BASIS > loose.products  # with restarts
    dense = scipy.linalg.eigvalsh(net.hessian(W), subset_by_index=[0, 0])[0]
    assert tight.value == pytest.approx(dense, rel=1e-12)
    assert tight.residual < 1e-6 * loose.residual
    again = net.smallest_eigenvalue(W, tolerance=1e-2)
    assert again.value == loose.value


def test_bad_tolerances_are_refused():
    net = LinearNetwork(np.eye(2), np.eye(2), (2,))
    W = [np.eye(2), np.eye(2)]
    for tolerance in (0.0, 1e-13, 1.0, -1e-3, float("nan")):
        with pytest.raises(
            ValueError, match=r"^tolerance: expected (1e-12 <= tolerance < 1|a finite)"
        ):
            net.smallest_eigenvalue(W, tolerance=tolerance)
