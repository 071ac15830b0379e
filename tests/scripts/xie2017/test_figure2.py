"""Eigenvalues of zonal operators with their multiplicities, against closed forms."""

import runpy

import numpy as np
import pytest

from landscape.diversity.kernels import feature_kernel, kernel_eigenvalues

STEP = runpy.run_path("scripts/xie2017/compute_figure2.py")


@pytest.mark.parametrize(("d", "count"), [(3, 60), (5, 1), (15, 200), (15, 3000)])
def test_eigenvalues_of_the_feature_kernel_are_the_closed_form(d, count):
    found = STEP["operator_eigenvalues"](feature_kernel, d, count)
    exact = kernel_eigenvalues(d, count)
    # Quadrature promises a few 1e-13 of the largest eigenvalue.
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-12 * exact[0])


def test_second_kernel_has_the_steps_of_the_printed_figure():
    found = STEP["operator_eigenvalues"](STEP["second_kernel"], 15, 3000)
    steps = np.flatnonzero(found[:-1] > 1.01 * found[1:]) + 1
    assert steps.tolist() == [1, 16, 135, 800]


def test_eigenvalues_of_the_second_kernel_add_up_to_its_diagonal():
    # In three dimensions degree k has 2k+1 harmonics and an eigenvalue of order k^-5, so that what
    # the first c eigenvalues leave out is of order c^-3/2, here with a factor below one.
    for count in (50, 200, 500):
        found = STEP["operator_eigenvalues"](STEP["second_kernel"], 3, count)
        assert 0 < 1 - found.sum() / np.pi < count**-1.5
