"""The square loss of a deep linear network and its gradient.

L(W) = ||W_H ... W_1 X - Y||_F^2 with X (d_0, m), Y (d_H, m) and W_h (d_h, d_{h-1}); columns are
samples. H counts weight matrices, one more than hidden layers. After construction nothing depends
on m: with the thin factor F = Q diag(s) of X = Q diag(s) Z^T and the whitened target B = Y Z one
has X X^T = F F^T, Y X^T = B F^T and

    L(W) = ||W_H ... W_1 F - B||_F^2 + ||Y - B Z^T||_F^2,

which, unlike the expansion in traces of moments, does not cancel near a minimum. B has the
singular values of Y X^+ X, so Sigma = Y X^+ X Y^T = B B^T for data of any rank.
"""

import itertools
from collections.abc import Sequence

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike

from landscape.arrays import Array, items, moderate, real_array, refuses_extremes, whole_number

Layers = list[Array]

EPS = float(np.finfo(np.float64).eps)

# Singular values of B closer than this part of ||Y|| count as equal: far above the rounding of
# one SVD, far below any gap that float64 could resolve in the eigenvectors.
EQUAL = 1e-10


class Problem:
    """Data and widths of a deep linear network, reduced to the factors F and B of its moments.

    Parameters
    ----------
    X : array_like, shape (d_0, m)
        Inputs, one sample a column; any rank.
    Y : array_like, shape (d_H, m)
        Targets, one sample a column.
    hidden : sequence of int
        Widths d_1, ..., d_{H-1} of the hidden layers, at least one.

    Attributes
    ----------
    widths : tuple of int
        d_0, ..., d_H.
    depth : int
        H, the number of weight matrices.
    size : int
        P, the number of parameters.
    eigenvalues : ndarray, shape (d_H,)
        Eigenvalues of Sigma, descending; those below the rounding of Y are exactly zero.
    rank_sigma : int
        Rank of Sigma.
    r_max : int
        min(rank Sigma, d_1, ..., d_{H-1}): the largest rank at a critical point.
    F, F_inverse : ndarray, shapes (d_0, q) and (q, d_0)
        X X^T = F F^T with q = rank X, and the pseudo-inverse of F.
    B : ndarray, shape (d_H, q)
        Whitened target: Y X^T = B F^T and Sigma = B B^T.
    XX, YX : ndarray, shapes (d_0, d_0) and (d_H, d_0)
        The moments X X^T and Y X^T.
    U, V : ndarray, shapes (d_H, d_H) and (q, q)
        Singular vectors of B, B = U diag(delta) V^T.
    delta : ndarray, shape (d_H,)
        Square roots of `eigenvalues`.
    offset : float
        ||Y - Y X^+ X||_F^2, the part of the loss that no network reaches.

    Raises
    ------
    ValueError
        If X or Y is empty, not finite or not a matrix, if their numbers of samples differ, or if
        `hidden` is empty or holds anything but positive integers.
    """

    def __init__(self, X: ArrayLike, Y: ArrayLike, hidden: Sequence[int]) -> None:
        X, Y = real_array(X, "X", ("d_0", "m")), real_array(Y, "Y", ("d_H", "m"))
        moderate(X, "X")
        moderate(Y, "Y")
        if X.shape[1] != Y.shape[1]:
            raise ValueError(
                f"Y: expected as many samples (columns) as X has, {X.shape[1]}, got {Y.shape[1]}"
            )
        widths = [whole_number(width, "hidden", 1) for width in items(hidden, "hidden")]
        if not widths:
            raise ValueError("hidden: at least one hidden layer is needed (H >= 2), got none")
        self.widths = (X.shape[0], *widths, Y.shape[0])
        self.depth = len(self.widths) - 1
        self.shapes = [(self.widths[h + 1], self.widths[h]) for h in range(self.depth)]
        self.size = sum(a * b for a, b in self.shapes)

        Q, s, Zt = scipy.linalg.svd(X, full_matrices=False)
        q = int(np.sum(s > max(X.shape) * EPS * s[0])) if s[0] > 0 else 0
        self.singular_values = s[:q]
        self.F: Array = Q[:, :q] * s[:q]
        self.F_inverse: Array = (Q[:, :q] / s[:q]).T
        self.B: Array = Y @ Zt[:q].T
        self.XX: Array = self.F @ self.F.T
        self.YX: Array = self.B @ self.F.T
        self.offset = float(np.sum((Y - self.B @ Zt[:q]) ** 2))
        self.scale = float(np.linalg.norm(Y))
        self.natural = self.scale ** (1 / self.depth)  # of a weight matrix, whitened

        self.U, singular, Vt = scipy.linalg.svd(self.B) if q else (np.eye(len(Y)), [], np.eye(0))
        self.V: Array = Vt.T
        self.delta = np.zeros(len(Y))
        self.delta[: len(singular)] = singular
        self.delta[self.delta <= 4 * max(Y.shape) * EPS * self.scale] = 0.0
        self.eigenvalues = self.delta**2
        self.rank_sigma = int(np.count_nonzero(self.delta))
        self.r_max = min(self.rank_sigma, *self.widths[1:-1])

    def groups(self) -> list[range]:
        """Return the ranges of (0-based) indices of equal positive eigenvalues, in order."""
        gaps = -np.diff(self.delta[: self.rank_sigma], prepend=np.inf)
        starts = [int(i) for i in np.flatnonzero(gaps > EQUAL * self.scale)]
        return [range(a, b) for a, b in itertools.pairwise([*starts, self.rank_sigma])]

    def weights(self, W: Sequence[ArrayLike], name: str = "W") -> Layers:
        """Return `W` as float64 arrays, or raise ValueError if it is no point of this network."""
        matrices = items(W, name)
        if len(matrices) != self.depth:
            raise ValueError(f"{name}: expected {self.depth} matrices, got {len(matrices)}")
        layers = [
            real_array(matrix, f"{name}[{h}]", shape)
            for h, (matrix, shape) in enumerate(zip(matrices, self.shapes, strict=True))
        ]
        for h, layer in enumerate(layers):
            moderate(layer, f"{name}[{h}]")
        return layers

    def whitened(self, W: Layers) -> Layers:
        """Return W with W_1 F in the place of W_1: the same network on inputs I_q, targets B."""
        return [W[0] @ self.F, *W[1:]]

    @refuses_extremes("W")
    def loss(self, W: Sequence[ArrayLike]) -> float:
        """Return L(W) = ||W_H ... W_1 X - Y||_F^2.

        Raises
        ------
        ValueError
            If `W` does not fit the widths or is not finite; so in all methods that take `W`.
        """
        W = self.weights(W)
        return float(np.sum((product(self.whitened(W)) - self.B) ** 2)) + self.offset

    @refuses_extremes("W")
    def gradient(self, W: Sequence[ArrayLike]) -> Layers:
        """Return the gradient as arrays of the shapes of `W` (Lemma 19, Achour et al. 2024)."""
        W = self.weights(W)
        inputs = self._forward(W)
        D = inputs.pop() - self.B
        gradient = []
        for h in reversed(range(self.depth)):
            gradient.append(2 * D @ inputs[h].T)
            D = W[h].T @ D if h else D
        return gradient[::-1]

    def _forward(self, W: Layers) -> Layers:
        """Return F, W_1 F, ..., W_H ... W_1 F."""
        inputs = [self.F]
        for layer in W:
            inputs.append(layer @ inputs[-1])
        return inputs

    def norms(self, W: Layers) -> list[float]:
        """Return the spectral norms ||W_1|| ||F||, ||W_2||, ..., ||W_H||: scales of rounding."""
        norms = [spectral_norm(layer) for layer in W]
        norms[0] *= float(max(self.singular_values, default=0.0))
        return norms

    def is_critical(self, W: Layers, tolerance: float) -> bool:
        """Return whether the gradient in whitened coordinates vanishes up to `tolerance`.

        Each layer's gradient A^T E B^T is compared with ||A|| (||RX|| + ||Y||) ||B||, the size it
        would have without cancellation. Besides, what rounding alone would leave is allowed: of
        the products A and B, and of weights of the natural size ||Y||^(1/H) near the origin.
        """
        norms = self.norms(W)
        W = self.whitened(W)
        after, before = suffixes(W), prefixes(W)
        R = before[-1]
        E, size = R - self.B, float(np.linalg.norm(R)) + self.scale
        for h in range(self.depth):
            natural = float(np.prod(norms[:h] + norms[h + 1 :])) + self.natural ** (self.depth - 1)
            rounding = 1e3 * EPS * natural
            bound = tolerance * np.linalg.norm(after[h]) * np.linalg.norm(before[h]) + rounding
            if np.linalg.norm(after[h].T @ E @ before[h].T) > bound * size:
                return False
        return True


def spectral_norm(matrix: Array) -> float:
    """Return the largest singular value; for small matrices faster than `numpy.linalg.norm`."""
    return float(np.linalg.svd(matrix, compute_uv=False)[0]) if matrix.size else 0.0


def product(W: Layers) -> Array:
    """Return W_H ... W_1."""
    result = W[0]
    for layer in W[1:]:
        result = layer @ result
    return result


def prefixes(W: Layers) -> Layers:
    """Return I, W_1, W_2 W_1, ..., W_H ... W_1: H + 1 matrices."""
    result = [np.eye(W[0].shape[1])]
    for layer in W:
        result.append(layer @ result[-1])
    return result


def suffixes(W: Layers) -> Layers:
    """Return W_H ... W_2, W_H ... W_3, ..., W_H, I: what follows each layer, H matrices."""
    result = [np.eye(W[-1].shape[0])]
    for layer in W[:0:-1]:
        result.append(result[-1] @ layer)
    return result[::-1]


def between(W: Layers, i: int, j: int) -> Array:
    """Return W_{i-1} ... W_{j+1} for 1-based layers i > j; the identity if i = j + 1."""
    return product(W[j : i - 1]) if i > j + 1 else np.eye(W[j - 1].shape[0])


def read_layers(W: Sequence[ArrayLike], name: str = "W") -> Layers:
    """Return two matrices or more that chain, W_1 first, as float64 arrays.

    Raises
    ------
    ValueError
        If a matrix is empty, not finite, or has not as many columns as the one before has rows.
    """
    matrices = items(W, name)
    if len(matrices) < 2:
        raise ValueError(f"{name}: expected two matrices or more, got {len(matrices)}")
    layers: Layers = []
    for h, matrix in enumerate(matrices):
        columns = len(layers[-1]) if layers else f"d_{h}"
        layers.append(real_array(matrix, f"{name}[{h}]", (f"d_{h + 1}", columns)))
        moderate(layers[-1], f"{name}[{h}]")
    return layers
