"""Spikes against dense samples of units, and units that see one sample."""

import numpy as np
import pytest

from landscape.convex.spikes import sampled_spike, single_spikes, vertex_units

UNITS = np.random.default_rng(0).standard_normal((50_000, 3))


def test_spikes_of_known_data():
    units = UNITS[:, :2]
    assert sampled_spike(np.eye(2), units) == (pytest.approx(1, abs=1e-6), pytest.approx(0))
    # With rows (1, 0) and (c, s) the activations (0, t) are those of w = (0, t / s). For c < 0 the
    # second row itself is a unit that the first does not see, with t = 1.
    A = np.array([[1.0, 0.0], [-0.6, 0.8]])
    spike, outside = sampled_spike(A, units)
    assert spike == pytest.approx(1 / 0.8, abs=1e-3)
    assert outside < 1e-12
    np.testing.assert_allclose(single_spikes(A), [1.25, 1.25])
    # No spike if the angle is acute, whatever the lengths.
    acute = np.array([[5.0, 0.0], [0.3, 0.4]])
    np.testing.assert_allclose(single_spikes(acute), 1.0)
    assert sampled_spike(acute, units)[0] <= 1 + 1e-12
    # With more samples than inputs activations leave the range.
    assert sampled_spike(np.array([[1.0, 0], [-1.0, 0], [0, 1.0]]), units)[1] > 0.5


def test_single_spikes_are_found_by_sampling():
    rng = np.random.default_rng(3)
    for _ in range(5):
        A = rng.standard_normal((3, 3))
        activations = np.maximum(UNITS @ A.T, 0.0)
        w = np.linalg.norm(activations @ np.linalg.inv(A).T, axis=1)
        w /= np.linalg.norm(UNITS, axis=1)
        for i, length in enumerate(single_spikes(A)):
            alone = (np.delete(activations, i, axis=1) == 0).all(axis=1) & (activations[:, i] > 0)
            if alone.sum() > 2000 and length > 1 + 1e-9:
                assert w[alone].max() <= length + 1e-12
                assert w[alone].max() >= 0.9 * length


def test_units_of_vertices_see_them_alone():
    A = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [0.5, 0.5]])
    units, biases = vertex_units(A)
    seen = np.maximum(A @ units.T + biases, 0.0)
    assert np.count_nonzero(seen[:, :3] > 1e-12) == 3
    assert (np.diag(seen)[:3] > 0.1).all()
    # The last sample is inside.
    assert not units[3].any()
    # From the origin the nearest point of the hull of the others is (1/2, 1/2).
    np.testing.assert_allclose(units[0], -np.sqrt([0.5, 0.5]))
    assert seen[0, 0] == pytest.approx(np.sqrt(0.5))
