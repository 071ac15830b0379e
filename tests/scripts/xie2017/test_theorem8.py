"""The sampling and the quadrature that judge Theorem 8, where the answer is known."""

import runpy

import numpy as np

from landscape import sphere

STEP = runpy.run_path("scripts/xie2017/check_theorem8.py")
CONSTANT = runpy.run_path("scripts/xie2017/check_theorem8_constant.py")


def test_quadrature_on_the_circle_and_on_the_sphere():
    # On the circle k is uniform on [0, 1/2]; on the sphere in three dimensions φ has density cos/2.
    assert abs(CONSTANT["mean_square_by_quadrature"](2) - 1 / 12) < 1e-15
    exact = 1 / 16 + (np.pi**2 / 4 - 2) / (4 * np.pi**2)
    assert abs(CONSTANT["mean_square_by_quadrature"](3) - exact) < 1e-15


def test_one_unit_is_in_a_slice_or_not():
    # The indicator of a slice of area k has variance k (1 - k), and the mean of k is 1/4; on the
    # circle E[k²] = 1/12.
    W = sphere.uniform(np.random.default_rng(0), 1, 2)
    squares = STEP["square_discrepancies"](np.random.default_rng(1), W, 50_000)
    assert squares.shape == (50_000,)
    z = (squares.mean() - (1 / 4 - 1 / 12)) / (squares.std() / np.sqrt(squares.size))
    assert abs(z) < 4


def test_every_slice_is_drawn_once():
    W = np.ones((1, 2))
    for slices in (1, STEP["BLOCK"], STEP["BLOCK"] + 3):
        assert STEP["square_discrepancies"](np.random.default_rng(0), W, slices).shape == (slices,)
