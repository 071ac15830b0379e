"""The Hessian in closed form, dense and as a product."""

import numpy as np

from landscape.arrays import Array
from landscape.linear.problem import Layers, Problem, between, prefixes, suffixes

# Entries that are written at a time: few, so that the factors stay in cache.
STRIP = 20_000


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
    a, b, c, d = block.shape
    step = max(1, STRIP // max(1, b * c * d))
    left, right = np.empty((min(a, step), b, c, 2)), np.empty((min(a, step), b, 2, d))
    left[..., 1], right[:, :, 0] = near, inner
    for start in range(0, a, step):
        rows = slice(start, start + step)
        n = len(outer[rows])
        left[:n, ..., 0], right[:n, :, 1] = outer[rows, None], far[rows, None]
        np.matmul(left[:n], right[:n], out=block[rows])


class HessianProduct:
    """The Hessian of a problem's loss at a point, as a map V -> Hessian V.

    What depends on the point alone is computed once; then a product costs 6 H - 5 products of
    matrices, whatever the number of samples. In the notation of `dense_hessian`, the gradient in
    W_h is 2 A_h^T G B_h^T; it is differentiated along V by carrying B_h forward and A_h^T G
    backward through the layers.
    """

    def __init__(self, problem: Problem, W: Layers) -> None:
        self.XX = problem.XX
        self.W = W
        self.before = [W[0]]  # B_2, ..., B_H
        for layer in W[1:-1]:
            self.before.append(layer @ self.before[-1])
        G = (W[-1] @ self.before[-1]) @ problem.XX - problem.YX
        self.after = [2 * G]  # 2 A_H^T G, ..., 2 A_2^T G
        for layer in W[:1:-1]:
            self.after.append(layer.T @ self.after[-1])

    def __call__(self, V: Layers) -> Layers:
        """Return the product with `V`, in arrays of the shapes of the weights."""
        moved = [V[0]]  # the derivatives of B_2, ..., B_{H+1}
        for layer, v, before in zip(self.W[1:], V[1:], self.before, strict=True):
            moved.append(layer @ moved[-1] + v @ before)
        D = moved.pop() @ self.XX  # the derivative of 2 A_h^T G
        D *= 2
        result = []
        upward = zip(self.W[:0:-1], V[:0:-1], self.before[::-1], self.after, strict=True)
        for layer, v, before, after in upward:
            result.append(D @ before.T + after @ moved.pop().T)
            D = layer.T @ D + v.T @ after
        result.append(D)
        return result[::-1]
