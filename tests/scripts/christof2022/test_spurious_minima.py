"""Data sets and trained networks of the census of spurious minima."""

import runpy

import numpy as np
import pytest
import torch

from landscape.affine.piecewise import ACTIVATIONS
from landscape.affine.segment import best_affine

certify = runpy.run_path("scripts/christof2022/certify_minima.py")


@pytest.mark.parametrize("sizes", ["1", "4-1", "", "4-", "04"])
def test_a_layer_too_narrow_is_refused(sizes):
    with pytest.raises(certify["InputError"], match="widths of at least 2"):
        certify["_widths"](sizes)


def test_no_target_is_affine():
    for X, y in certify["_targets"](0).values():
        assert best_affine(X, y)[2] > 0


def test_training_is_adam():
    X, y = certify["_targets"](0)["cube"]
    (W, b), (v, c) = certify["_train"](
        np.random.default_rng(0), X, y, [3], ACTIVATIONS["relu"], 1, 20, 0.03
    )
    rng = np.random.default_rng(0)
    draws = [[rng.standard_normal((1, o, i)), 0.5 * rng.standard_normal((1, o))]
             for i, o in ((1, 3), (3, 1))]  # fmt: skip
    parts = [torch.tensor(part[0], requires_grad=True) for pair in draws for part in pair]
    optimiser = torch.optim.Adam(parts, lr=0.03)
    inputs, targets = torch.tensor(X.astype(float)), torch.tensor(y.astype(float))
    for _ in range(20):
        optimiser.zero_grad()
        hidden = torch.relu(parts[0] @ inputs + parts[1][:, None])
        ((parts[2] @ hidden + parts[3][:, None])[0] - targets).square().mean().backward()
        optimiser.step()
    for mine, theirs in zip((W, b, v, c), parts, strict=True):
        np.testing.assert_allclose(mine, theirs.detach(), rtol=1e-9)
