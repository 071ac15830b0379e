"""The loss of a deep linear network and its derivatives, for exact numbers.

The loss is ``L(W) = ||W_H ... W_1 X - Y||_F^2``, with ``X`` of shape (d_x, m), ``Y`` of shape
(d_y, m) and ``W = [W_1, ..., W_H]``, ``W_h`` of shape (d_h, d_{h-1}), d_0 = d_x, d_H = d_y: H
matrices, so H - 1 hidden layers.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from landscape.certify.rational import Matrix, MatrixLike, identity, read_items, read_matrix


def exact_loss(X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike]) -> Fraction:
    """Return ``||W_H ... W_1 X - Y||_F^2``; arguments and errors as for `certify_linear`."""
    x, y, layers = read_problem(X, Y, W)
    return Fraction(((chain(layers, x) - y) ** 2).sum())


def exact_gradient(X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike]) -> list[Matrix]:
    """Return the gradient of the loss, one array of `Fraction` for each layer, in its shape.

    Lemma 19, Achour et al. (2024). Arguments and errors as for `certify_linear`.
    """
    return gradient_of(*read_problem(X, Y, W))


def exact_hessian(X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike]) -> Matrix:
    """Return the Hessian of the loss, an array (p, p) of `Fraction`.

    The p = sum_h d_h d_{h-1} parameters are ordered by layer, first layer first, and by rows
    within a layer. Arguments and errors as for `certify_linear`.
    """
    return hessian_of(*read_problem(X, Y, W))


def descent_polynomial(
    X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike], V: Sequence[MatrixLike]
) -> tuple[Fraction, ...]:
    """Return the coefficients of ``L(W + t V)``, by ascending powers of t.

    Parameters
    ----------
    X, Y, W
        As for `certify_linear`.
    V : sequence of H matrices
        A direction; its layers have the shapes of those of W.

    Returns
    -------
    tuple of 2 H + 1 Fraction

    Raises
    ------
    ValueError
        As for `certify_linear`, or if V has not the shapes of W.
    """
    x, y, layers = read_problem(X, Y, W)
    steps = [read_matrix(f"V_{h}", step) for h, step in enumerate(read_items(V), start=1)]
    if [v.shape for v in steps] != [w.shape for w in layers]:
        raise ValueError(
            f"V: its layers must have the shapes of those of W, {[w.shape for w in layers]}, "
            f"got {[v.shape for v in steps]}"
        )
    # coefficients[k] is that of t^k in (W_h + t V_h) ... (W_1 + t V_1) X.
    coefficients = [x]
    for layer, step in zip(layers, steps, strict=True):
        still = [layer @ c for c in coefficients]
        moving = [step @ c for c in coefficients]
        middle = [a + b for a, b in zip(still[1:], moving[:-1], strict=True)]
        coefficients = [still[0], *middle, moving[-1]]
    coefficients[0] = coefficients[0] - y
    result = [Fraction(0)] * (2 * len(layers) + 1)
    for i, a in enumerate(coefficients):
        for j, b in enumerate(coefficients):
            result[i + j] += Fraction((a * b).sum())
    return tuple(result)


# ---- reading -------------------------------------------------------------------------------------


def read_problem(
    X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike]
) -> tuple[Matrix, Matrix, list[Matrix]]:
    """Return X, Y and W as arrays of Fraction, or raise the ValueError of `certify_linear`."""
    x, y = read_matrix("X", X), read_matrix("Y", Y)
    matrices = read_items(W)
    if len(matrices) < 2:
        raise ValueError(
            f"W: must be a sequence of at least two layers W_1, ..., W_H, got {W!r:.80}"
        )
    layers = [read_matrix(f"W_{h}", layer) for h, layer in enumerate(matrices, start=1)]
    if x.shape[1] != y.shape[1]:
        raise ValueError(
            f"Y: must have as many columns as X, which has {x.shape[1]}, got shape {y.shape}"
        )
    fan_in, source = len(x), "X"
    for h, layer in enumerate(layers, start=1):
        if layer.shape[1] != fan_in:
            raise ValueError(
                f"W_{h}: must have {fan_in} columns, the number of rows of {source}, "
                f"got shape {layer.shape}"
            )
        fan_in, source = len(layer), f"W_{h}"
    if fan_in != len(y):
        raise ValueError(
            f"W_{len(layers)}: must have {len(y)} rows, as Y has, got shape {layers[-1].shape}"
        )
    return x, y, layers


# ---- for entries that are all int or all Fraction ------------------------------------------------


def chain(layers: Sequence[Matrix], start: Matrix) -> Matrix:
    """Return ``W_k ... W_1 start``."""
    for layer in layers:
        start = layer @ start
    return start


def sides(layers: Sequence[Matrix]) -> tuple[list[Matrix], list[Matrix]]:
    """Return W_H ... W_{h+1} for every layer h, and W_{h-1} ... W_1 for every layer h."""
    left, right = [identity(len(layers[-1]))], [identity(layers[0].shape[1])]
    for layer in layers[:0:-1]:
        left.append(left[-1] @ layer)
    for layer in layers[:-1]:
        right.append(layer @ right[-1])
    return left[::-1], right


def gradient_of(x: Matrix, y: Matrix, layers: Sequence[Matrix]) -> list[Matrix]:
    """Return the gradient of the loss, layer by layer."""
    left, right = sides(layers)
    residual = (chain(layers, x) - y) @ x.T
    return [2 * (a.T @ residual @ b.T) for a, b in zip(left, right, strict=True)]


def hessian_of(x: Matrix, y: Matrix, layers: Sequence[Matrix]) -> Matrix:
    """Return the Hessian of the loss, in the order of `exact_hessian`."""
    left, right = sides(layers)
    residual = (chain(layers, x) - y) @ x.T
    gram = x @ x.T
    ends = np.cumsum([0, *(layer.size for layer in layers)])
    hessian = np.zeros((ends[-1], ends[-1]), dtype=object)
    for i in range(len(layers)):
        between = identity(layers[i].shape[1])  # W_{i-1} ... W_{j+1}
        for j in range(i, -1, -1):
            # Entry (a, b), (c, d): row a and column b of layer i, row c and column d of layer j.
            block = np.einsum("ac,bd->abcd", left[i].T @ left[j], right[i] @ gram @ right[j].T)
            if j < i:
                cross = left[i].T @ residual @ right[j].T
                block = block + np.einsum("ad,bc->abcd", cross, between)
                between = between @ layers[j]
            block = 2 * block.reshape(layers[i].size, layers[j].size)
            hessian[ends[i] : ends[i + 1], ends[j] : ends[j + 1]] = block
            hessian[ends[j] : ends[j + 1], ends[i] : ends[i + 1]] = block.T
    return hessian
