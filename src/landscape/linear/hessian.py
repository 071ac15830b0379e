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
    # Filled in strips of rows that share a: each is a sum of products of two row vectors, so the
    # inner loops run over all columns of the block, and the scratch strip stays in cache.
    for i in range(H):
        rows, columns_in = W[i].shape
        for j in range(H):
            out, into = W[j].shape
            left = 2 * np.repeat(after[i].T @ after[j], into, axis=1)
            right = np.tile(data[i] @ data[j].T, out)
            if i > j:
                outer = 2 * np.tile(after[i].T @ G @ before[j].T, out)
                middle = np.repeat(between(W, i + 1, j + 1), into, axis=1)
            elif i < j:
                outer = 2 * np.tile(between(W, j + 1, i + 1).T, out)
                middle = np.repeat((after[j].T @ G @ before[i].T).T, into, axis=1)
            scratch = np.empty((columns_in, out * into))
            for a in range(rows):
                start = ends[i] + a * columns_in
                strip = hessian[start : start + columns_in, ends[j] : ends[j + 1]]
                np.multiply(left[a], right, out=strip)
                if i != j:
                    np.multiply(outer[a], middle, out=scratch)
                    strip += scratch
    return hessian
