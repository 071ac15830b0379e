"""The analytical form of critical points of linear networks, as Zhou & Liang (2018) state it.

Their loss is L(A) = 1/2 ||A_l ... A_1 X - Y||_F^2, half of that of `landscape.linear.problem`, and
the values in this module carry the 1/2. The statements are as recalled: the text of the
paper was not available. Nothing here uses the normal form of `landscape.linear.normal_form`, so
that each can be held against the other.

Let Sigma = Y X^+ X Y^T have the distinct positive eigenvalues lambda_1 > ... > lambda_r with
multiplicities m_1, ..., m_r, mbar zeros, and eigenvectors U. A point (A_1, A_2) of a shallow
network is critical iff there are L_1, an invertible C and V with

    A_2 = U V C,   A_1 = C^-1 V^T U^T Y X^+ + L_1 - C^-1 V^T V C L_1 X X^+,                    (1)
    (I - U V V^T U^T) Y X^T L_1^T C^T diag(0, I) = 0,                                         (2)

where V = [diag(V_1, ..., V_r, Vbar), 0], each V_i (m_i, p_i) and Vbar (mbar, pbar) has orthonormal
columns, and the identity in (2) stands where V has its zero columns. The numbers
(p_1, ..., p_r, pbar) are called the pattern here.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike

from landscape.arrays import Array, moderate, real_array, refuses_extremes, whole_number
from landscape.linear.problem import Layers, prefixes, product, read_layers

# Relative to the largest possible, a singular value above KEPT counts as positive and one below
# DROPPED as zero; in between it is decided by ZERO, and the decision is called ambiguous. Singular
# values of Y X^+ X that differ by less than EQUAL times ||Y|| count as equal.
KEPT, DROPPED, ZERO = 1e-3, 1e-8, 1e-6
EQUAL = 1e-8

Pattern = tuple[int, ...]


@dataclass(frozen=True)
class Eigenspaces:
    """Eigenspaces of Sigma = Y X^+ X Y^T.

    Attributes
    ----------
    X_inverse : ndarray, shape (m, d)
        Pseudo-inverse of X.
    U : ndarray, shape (d_l, d_l)
        Eigenvectors, in the order of the eigenvalues.
    values : tuple of float
        The distinct positive eigenvalues, descending, and a final zero.
    sizes : tuple of int
        Their multiplicities m_1, ..., m_r, mbar; only the last may be zero.
    ambiguous : bool
        Whether the rank of X or of Sigma is not certain.
    """

    X_inverse: Array
    U: Array
    values: tuple[float, ...]
    sizes: tuple[int, ...]
    ambiguous: bool

    def block(self, i: int) -> Array:
        """Return U_i, shape (d_l, m_i)."""
        start = sum(self.sizes[:i])
        return self.U[:, start : start + self.sizes[i]]


@refuses_extremes("X, Y")
def eigenspaces(X: ArrayLike, Y: ArrayLike, size: float | None = None) -> Eigenspaces:
    """Return the eigenspaces of Sigma for inputs X (d, m) and targets Y (d_l, m).

    Singular values of X are measured by `size`, if given, or else by the largest.

    Raises
    ------
    ValueError
        If a matrix is empty, not finite, or does not fit the other.
    """
    X, Y = _samples(X, Y)
    left, s, rows = scipy.linalg.svd(X, full_matrices=False)
    q, doubtful_rank = _rank(s, float(s[0]) if size is None else size)
    X_inverse = rows[:q].T / s[:q] @ left[:, :q].T
    scale = float(np.linalg.norm(Y))
    U, roots, _ = np.linalg.svd(Y @ rows[:q].T)
    rho, doubtful = _rank(roots, scale)
    starts = [i for i in range(rho) if i == 0 or roots[i - 1] - roots[i] > EQUAL * scale]
    ends = [*starts[1:], rho][: len(starts)]
    values = [float(np.mean(roots[a:b] ** 2)) for a, b in zip(starts, ends, strict=True)]
    sizes = [b - a for a, b in zip(starts, ends, strict=True)]
    doubtful |= doubtful_rank
    return Eigenspaces(X_inverse, U, (*values, 0.0), (*sizes, len(Y) - rho), doubtful)


def patterns(spaces: Eigenspaces, narrowest: int) -> list[Pattern]:
    """Return all patterns (p_1, ..., p_r, pbar) of rank at most `narrowest`."""
    choices = itertools.product(*(range(m + 1) for m in spaces.sizes))
    return [pattern for pattern in choices if sum(pattern) <= narrowest]


@refuses_extremes("Y")
def critical_value(Y: ArrayLike, spaces: Eigenspaces, pattern: Pattern) -> float:
    """Return 1/2 (tr(Y Y^T) - sum_i p_i lambda_i), for targets Y (d_l, m)."""
    Y = real_array(Y, "Y", ("d_l", "m"))
    chosen = sum(p * value for p, value in zip(pattern, spaces.values, strict=True))
    return 0.5 * (float(np.sum(Y**2)) - chosen)


def is_optimal_order(spaces: Eigenspaces, pattern: Pattern) -> bool:
    """Tell whether no eigenvalue is chosen while a larger one is not exhausted."""
    seen_room = False
    for p, m in zip(pattern, spaces.sizes, strict=True):
        if p and seen_room:
            return False
        seen_room |= p < m
    return True


def is_global(spaces: Eigenspaces, pattern: Pattern, narrowest: int) -> bool:
    """Tell whether critical points with this pattern are global minimizers.

    Parameters
    ----------
    spaces : Eigenspaces
    pattern : tuple of int
        That of A_l ... A_2.
    narrowest : int
        The least of d_1, ..., d_l.
    """
    if narrowest <= sum(spaces.sizes[:-1]):
        return sum(pattern) == narrowest and is_optimal_order(spaces, pattern)
    return pattern[:-1] == spaces.sizes[:-1]


def morse_index(spaces: Eigenspaces, pattern: Pattern, hidden: int) -> int:
    """Return the number of negative Hessian eigenvalues at a critical point of a shallow network.

    It is sum_{i < j} (m_i - p_i) p_j + (d_1 - r)(rho - r), r the sum of the p_i, over positive
    eigenvalues alone, for `hidden` = d_1; not a statement of the paper, but a consequence of (1).
    """
    sizes, chosen = spaces.sizes[:-1], pattern[:-1]
    swaps = sum(
        (sizes[i] - chosen[i]) * chosen[j] for i, j in itertools.combinations(range(len(sizes)), 2)
    )
    return swaps + (hidden - sum(chosen)) * (sum(sizes) - sum(chosen))


@dataclass(frozen=True)
class ShallowForm:
    """The free parameters of a point of the form (1), and the data.

    Attributes
    ----------
    X, Y : ndarray, shapes (d_0, m) and (d_2, m)
    spaces : Eigenspaces
    pattern : tuple of int
    V : ndarray, shape (d_2, d_1)
    C : ndarray, shape (d_1, d_1)
    L1 : ndarray, shape (d_1, d_0)
    """

    X: Array
    Y: Array
    spaces: Eigenspaces
    pattern: Pattern
    V: Array
    C: Array
    L1: Array

    @property
    def rank(self) -> int:
        """The number of nonzero columns of V, the rank of A_2."""
        return sum(self.pattern)

    def point(self) -> Layers:
        """Return [A_1, A_2] of (1)."""
        U, V, C, L1 = self.spaces.U, self.V, self.C, self.L1
        X_inverse = self.spaces.X_inverse
        C_inverse = np.linalg.inv(C)
        A_1 = C_inverse @ V.T @ U.T @ self.Y @ X_inverse + L1
        A_1 -= C_inverse @ V.T @ V @ C @ L1 @ self.X @ X_inverse
        return [A_1, U @ V @ C]

    def condition(self) -> Array:
        """Return the left side of (2)."""
        return _condition(self.X, self.Y, self.spaces.U @ self.V, self.C, self.L1, self.rank)

    def rotated(self, t: float) -> tuple[Layers, float]:
        """Return the point (1) with one column of V turned by t, and its loss.

        The worst chosen eigenvector u_j is turned towards a better one u_i that is left out:
        L(t) = L - 1/2 (lambda_i - lambda_j) sin(t)^2. Rank A_2 does not change.

        Raises
        ------
        ValueError
            If the pattern is in optimal order: nothing better is left out.
        """
        if is_optimal_order(self.spaces, self.pattern):
            raise ValueError(f"pattern: expected a non-optimal order, got {self.pattern}")
        i, free = self._left_out()
        j = max(k for k, p in enumerate(self.pattern) if p)
        column = self.rank - 1
        V = self.V.copy()
        V[:, column] = np.cos(t) * V[:, column] + np.sin(t) * self.spaces.U.T @ free
        gain = self.spaces.values[i] - self.spaces.values[j]
        turned = ShallowForm(self.X, self.Y, self.spaces, self.pattern, V, self.C, self.L1)
        loss = critical_value(self.Y, self.spaces, self.pattern) - 0.5 * gain * np.sin(t) ** 2
        return turned.point(), loss

    def rank_raised(self, t: float) -> tuple[Layers, float]:
        """Return a point at distance O(t) with rank A_2 larger by one, and its loss.

        With c a row of C below the rank, u_i the best eigenvector left out and
        rho = lambda_i / (lambda_i + ||c A_1 X||^2): A_2 + rho t u_i c and
        A_1 + t C^-1 e u_i^T Y X^+ have the loss
        L - rho t^2 lambda_i + 1/2 rho^2 t^2 (t^2 lambda_i + ||c A_1 X||^2).

        Raises
        ------
        ValueError
            If C has no row below the rank or no positive eigenvalue is left out.
        """
        i, free = self._left_out()
        value = self.spaces.values[i]
        if self.rank == len(self.C) or not value:
            raise ValueError(
                f"pattern: expected rank below {len(self.C)} and a positive eigenvalue left out, "
                f"got {self.pattern} of {self.spaces.sizes}"
            )
        A_1, A_2 = self.point()
        row = self.C[self.rank]
        square = float(np.sum((row @ A_1 @ self.X) ** 2))
        rho = value / (value + square)
        moved = np.outer(np.linalg.inv(self.C)[:, self.rank], free @ self.Y @ self.spaces.X_inverse)
        drop = rho * t**2 * value - 0.5 * rho**2 * t**2 * (t**2 * value + square)
        loss = critical_value(self.Y, self.spaces, self.pattern) - drop
        return [A_1 + t * moved, A_2 + rho * t * np.outer(free, row)], loss

    def _left_out(self) -> tuple[int, Array]:
        """Return the first eigenspace that is not exhausted, and a vector of it orthogonal to A_2.

        If all are, the last eigenspace and a zero vector.
        """
        for i, (p, m) in enumerate(zip(self.pattern, self.spaces.sizes, strict=True)):
            if p < m:
                first, column = sum(self.spaces.sizes[:i]), sum(self.pattern[:i])
                V_i = self.V[first : first + m, column : column + p]
                unused = np.linalg.qr(V_i, mode="complete")[0][:, p]
                return i, self.spaces.block(i) @ unused
        return len(self.pattern) - 1, np.zeros(len(self.Y))


@refuses_extremes("X, Y")
def random_form(
    rng: np.random.Generator,
    X: ArrayLike,
    Y: ArrayLike,
    spaces: Eigenspaces,
    pattern: Sequence[int],
    hidden: int,
) -> ShallowForm:
    """Return random free parameters that meet (2): any frames V_i, any C, L_1 as (2) leaves it.

    Parameters
    ----------
    rng : numpy.random.Generator
    X, Y : ndarray, shapes (d_0, m) and (d_2, m)
    spaces : Eigenspaces
        Those of X and Y.
    pattern : sequence of int
        (p_1, ..., p_r, pbar).
    hidden : int
        d_1.

    Raises
    ------
    ValueError
        If there is no such pattern, or a matrix is empty, not finite, or does not fit the other.
    """
    X, Y = _samples(X, Y)
    hidden = whole_number(hidden, "hidden", 1)
    chosen = tuple(int(p) for p in pattern)
    if chosen not in patterns(spaces, hidden):
        raise ValueError(
            f"pattern: expected at most {spaces.sizes} and a sum of at most {hidden}, "
            f"got {tuple(pattern)}"
        )
    frames = [
        np.linalg.qr(rng.normal(size=(m, p)))[0] for m, p in zip(spaces.sizes, chosen, strict=True)
    ]
    rank = sum(chosen)
    V = np.zeros((len(Y), hidden))
    V[:, :rank] = scipy.linalg.block_diag(*frames)
    # Orthogonal times diagonal times orthogonal: a condition number of at most 4.
    left, right = (np.linalg.qr(rng.normal(size=(hidden, hidden)))[0] for _ in range(2))
    C = left * rng.uniform(0.5, 2.0, hidden) @ right
    rows = rng.normal(size=(hidden, len(X)))
    UV = spaces.U @ V
    N = (np.eye(len(Y)) - UV @ UV.T) @ Y @ X.T
    # (2) asks that the rows of C L_1 below the rank are in the kernel of N.
    _, s, Vt = scipy.linalg.svd(N)
    bound = ZERO * float(np.linalg.norm(X) * np.linalg.norm(Y))
    met = Vt[: int(np.sum(s > bound))]
    rows[rank:] -= rows[rank:] @ met.T @ met
    return ShallowForm(X, Y, spaces, chosen, V, C, np.linalg.solve(C, rows))


@dataclass(frozen=True)
class RecursiveForm:
    """How well a point fits the recursive form of deep networks; the shallow form for l = 2.

    With X_k = A_k ... A_1 X and Sigma_k = Y X_k^+ X_k Y^T = U_k Lambda_k U_k^T there are V_{k+1}
    of the kind of V in (1), invertible C_{k+1} and L_{k+1} such that for k = 0, ..., l - 2

        A_l ... A_{k+2} = U_k V_{k+1} C_{k+1},                                                (3)
        A_{k+1} = C^-1 V^T U_k^T Y X_k^+ + L - C^-1 V^T V C L X_k X_k^+    (indices k + 1),   (4)

    and (2) holds at the last level, with X_{l-2} and index l - 1.

    Attributes
    ----------
    patterns : list of tuple of int
        Those of the levels k = 0, ..., l - 2.
    spaces : list of Eigenspaces
        Those of Sigma_k.
    product_residual, layer_residual, condition_residual : float
        Largest relative residuals of (3) and (4), and that of (2).
    ambiguous : bool
        Whether some rank was not certain.
    """

    patterns: list[Pattern]
    spaces: list[Eigenspaces]
    product_residual: float
    layer_residual: float
    condition_residual: float
    ambiguous: bool

    @property
    def residual(self) -> float:
        """The largest of the three."""
        return max(self.product_residual, self.layer_residual, self.condition_residual)


@refuses_extremes("X, Y, W")
def recursive_form(X: ArrayLike, Y: ArrayLike, W: Sequence[ArrayLike]) -> RecursiveForm:
    """Find V_{k+1}, C_{k+1} and L_{k+1} = A_{k+1} of a point, and put them in again.

    Residuals and singular values are relative to the products of the norms of the factors, each
    taken as at least (||Y|| / ||X||)^(1 / l), the natural size of a weight matrix: a matrix that
    is zero up to rounding, or a thousand times smaller than the others, is not measured by itself.

    Parameters
    ----------
    X, Y : ndarray, shapes (d_0, m) and (d_l, m)
    W : list of ndarray, shapes (d_k, d_{k-1})
        Any point; at one that is not critical a residual is large.

    Raises
    ------
    ValueError
        If a matrix is empty, not finite, or does not fit the others, or X or Y is zero.
    """
    X, Y = _samples(X, Y)
    W = read_layers(W)
    if W[0].shape[1] != len(X) or len(W[-1]) != len(Y):
        raise ValueError(f"W: expected {len(X)} inputs and {len(Y)} outputs")
    if not (X.any() and Y.any()):
        raise ValueError("X, Y: expected matrices that are not zero")
    moderate(X, "X")
    moderate(Y, "Y")
    of_X, of_Y = float(np.linalg.norm(X, 2)), float(np.linalg.norm(Y))
    least = (of_Y / of_X) ** (1 / len(W))
    norms = [max(float(np.linalg.norm(layer, 2)), least) for layer in W]
    before = prefixes(W)
    found, spaces, products, layers = [], [], [], []
    ambiguous = False
    last = 0.0
    for k in range(len(W) - 1):
        X_k, layer, following = before[k] @ X, W[k], product(W[k + 1 :])
        here = eigenspaces(X_k, Y, of_X * float(np.prod(norms[:k])))
        size = float(np.prod(norms[k + 1 :]))
        pattern, UV, C, doubtful = _factors_of(here, following, size)
        rank = UV.shape[1]
        ambiguous |= doubtful or here.ambiguous
        found.append(pattern)
        spaces.append(here)
        products.append(float(np.linalg.norm(following - UV @ C[:rank])) / size)
        # V^T U_k^T Y X_k^+ and V^T V C L X_k X_k^+ have nothing below the rank.
        rows = UV.T @ Y @ here.X_inverse - C[:rank] @ layer @ X_k @ here.X_inverse
        change = np.linalg.pinv(C)[:, :rank] @ rows
        layers.append(float(np.linalg.norm(change)) / norms[k])
        if k == len(W) - 2:
            value = _condition(X_k, Y, UV, C, layer, rank)
            last = float(np.linalg.norm(value)) / (of_X * of_Y * float(np.prod(norms[: k + 1])))
    return RecursiveForm(found, spaces, max(products), max(layers), last, ambiguous)


def _samples(X: ArrayLike, Y: ArrayLike) -> tuple[Array, Array]:
    """Return samples (d, m) and targets (d_l, m) after checking them."""
    X = real_array(X, "X", ("d", "m"))
    return X, real_array(Y, "Y", ("d_l", X.shape[1]))


def _factors_of(spaces: Eigenspaces, A: Array, size: float) -> tuple[Pattern, Array, Array, bool]:
    """Return the pattern of the range of A, U V without its zero columns, C, and doubt.

    The rows of C below the rank are an orthonormal basis of the kernel of A.
    """
    left, s, right = scipy.linalg.svd(A)
    rank, doubtful = _rank(s, size)
    columns, pattern = [], []
    for i in range(len(spaces.sizes)):
        block = spaces.block(i)
        inside, cosines, _ = np.linalg.svd(block.T @ left[:, :rank], full_matrices=False)
        # The range is a sum of parts of eigenspaces: cosines are 0 or 1.
        p = int(np.sum(cosines > np.sqrt(0.5)))
        columns.append(block @ inside[:, :p])
        pattern.append(p)
    UV = np.hstack(columns)[:, :rank]
    return tuple(pattern), UV, np.vstack([UV.T @ A, right[UV.shape[1] :]]), doubtful


def _condition(X: Array, Y: Array, UV: Array, C: Array, L: Array, rank: int) -> Array:
    """Return (I - U V V^T U^T) Y X^T L^T C^T diag(0, I)."""
    kept = (np.arange(len(C)) >= rank).astype(np.float64)
    result: Array = (np.eye(len(Y)) - UV @ UV.T) @ Y @ X.T @ L.T @ C.T * kept
    return result


def _rank(s: Array, largest: float) -> tuple[int, bool]:
    """Return how many singular values count as positive, and whether that is ambiguous."""
    if largest <= 0:
        return 0, False
    relative = s / largest
    doubtful = bool(((relative > DROPPED) & (relative < KEPT)).any())
    return int(np.sum(relative > ZERO)), doubtful
