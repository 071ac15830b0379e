"""Gradient descent on the interval, and what is counted at its end."""

import runpy

import numpy as np

from landscape.affine.target_relu import AffineTarget, Network

train = runpy.run_path("scripts/cheridito2021/train_widths.py")
UNIT = AffineTarget(1.0, 0.0, 0.0, 1.0)


def test_a_run_does_not_depend_on_its_stack():
    w, b, v = np.random.default_rng(0).standard_normal((3, 8, 2))
    start = Network(w, b, v, np.zeros(8))
    together = train["_descend"](UNIT, start, 0.05, 3000, 1e-4)
    for i in range(8):
        one = Network(*(part[i : i + 1] for part in start))
        alone = train["_descend"](UNIT, one, 0.05, 3000, 1e-4)
        for part, whole in zip(alone, together, strict=True):
            np.testing.assert_allclose(part[0], whole[i], rtol=1e-9, atol=1e-12)


def test_ends_are_told_apart():
    # Fitted; inactive; at an end with the locking sign; at an end with the other; alive.
    w = np.array([[2.0], [1.0], [1.0], [1.0], [1.0]])
    b = np.array([[1.0], [-2.0], [-1.0], [-1.0], [-0.5]])
    v = np.array([[0.5], [1.0], [-1.0], [1.0], [0.1]])
    end = Network(w, b, v, np.array([-0.5, 0.5, 0.5, 0.5, 0.5]))
    row = train["_measure"](UNIT, end, end, 1e-4)
    assert (row["plateau_runs"], row["dead_runs"], row["fitted"], row["unfinished"]) == (3, 3, 1, 1)
    assert (row["plateau_not_dead"], row["kinks_at_end"], row["kinks_of_wrong_sign"]) == (0, 2, 1)
    assert row["largest_distance_from_level"] < 1e-15


def test_a_run_that_passes_by_the_level_is_not_critical():
    # A constant function by an alive neuron without an outer weight: loss 1/12, and a slope in v;
    # a neuron that is not dead by more than rounding has none to speak of.
    w, b = np.array([[1.0], [1.0]]), np.array([[-0.5], [-1 + 1e-9]])
    end = Network(w, b, np.zeros((2, 1)), np.full(2, 0.5))
    row = train["_measure"](UNIT, end, end, 1e-4)
    assert (row["plateau_not_dead"], row["stationary_not_dead"]) == (2, 1)
