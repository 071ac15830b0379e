"""The dense Hessian in closed form."""

import numpy as np

from landscape.linear.problem import Array, Layers, between, prefixes, suffixes


def dense_hessian(F: Array, B: Array, W: Layers) -> Array:
    """Return the Hessian (P, P) of ||W_H ... W_1 F - B||_F^2.

    Parameters are ordered W_1 first, each matrix row by row.

    With A_h what follows layer h and B_h what precedes it, M_ij what lies between layers i > j,
    and G = (W_H ... W_1 F - B) F^T, the second derivative in W_i[a, b] and W_j[c, d] is

        2 (A_i^T A_j)[a, c] (B_i F F^T B_j^T)[b, d] + 2 (A_i^T G B_j^T)[a, d] M_ij[b, c],

    the second term only for i > j (and its transpose for i < j).
    """
    H = len(W)
    before, after = prefixes(W), suffixes(W)
    data = [left @ F for left in before[:H]]
    G = (before[H] @ F - B) @ F.T
    ends = np.cumsum([0, *(layer.size for layer in W)])
    hessian = np.empty((ends[-1], ends[-1]))
    for i in range(H):
        for j in range(i + 1):
            outer, inner = 2 * (after[i].T @ after[j]), data[i] @ data[j].T
            rows, columns = slice(*ends[i : i + 2]), slice(*ends[j : j + 2])
            block = hessian[rows, columns].reshape(W[i].shape + W[j].shape)
            if i == j:
                _write_product(block, outer, inner)
                continue
            mirror = hessian[columns, rows].reshape(W[j].shape + W[i].shape)
            far, near = 2 * (after[i].T @ G @ before[j].T), between(W, i + 1, j + 1)
            _write_sum(block, outer, inner, far, near)
            # A transposed copy would read and write against the grain of memory.
            _write_sum(mirror, outer.T, inner.T, near.T, far.T)
    return hessian


def _write_product(block: Array, outer: Array, inner: Array) -> None:
    """Set block[a, b, c, d] = outer[a, c] inner[b, d]."""
    a, b, c, d = block.shape
    # Spread over (c, d), so that the innermost loop is long.
    outer, inner = np.repeat(outer, d, axis=1), np.tile(inner, c)
    np.multiply(outer[:, None], inner, out=block.reshape(a, b, c * d))


def _write_sum(block: Array, outer: Array, inner: Array, far: Array, near: Array) -> None:
    """Set block[a, b, c, d] = outer[a, c] inner[b, d] + far[a, d] near[b, c].

    For given a and b this is a product (c, 2) (2, d), so each entry is written once, complete.
    """
    _, b, c, d = block.shape
    left, right = np.empty((b, c, 2)), np.empty((b, 2, d))
    left[:, :, 1], right[:, 0] = near, inner
    for strip, outer_row, far_row in zip(block, outer, far, strict=True):
        left[:, :, 0], right[:, 1] = outer_row, far_row
        np.matmul(left, right, out=strip)
