"""Exact critical points of deep linear networks, of every kind.

Which kinds there are, and how a point is built from its blocks, is said by Theorem 7 and
Proposition 9 of Achour et al. (2024). The loss is that of `landscape.certify.linear_loss`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import flint
import numpy as np

from landscape.certify.rational import (
    Matrix,
    exact_inverse,
    exact_rank,
    identity,
    primitive,
    read_number,
    to_fraction_matrix,
)
from landscape.kinds import LinearKind


@dataclass(frozen=True)
class ExactData:
    """Rational data with known eigenvectors and eigenvalues of Sigma = Y X^+ X Y^T.

    Attributes
    ----------
    X, Y : arrays (d_x, m), (d_y, m) of Fraction
    U : array (d_y, d_y) of Fraction
        Orthonormal eigenvectors of Sigma, in columns.
    eigenvalues : tuple of d_y Fraction
        The eigenvalues of Sigma, in descending order.
    least_squares : array (d_y, d_x) of Fraction
        Y X^+, the least-squares map of smallest norm.
    """

    X: Matrix
    Y: Matrix
    U: Matrix
    eigenvalues: tuple[Fraction, ...]
    least_squares: Matrix


@dataclass(frozen=True)
class ExactPoint:
    """A critical point made by `exact_critical_point`, and a direction in which the loss falls.

    Attributes
    ----------
    data : ExactData
    W : list of arrays (d_h, d_{h-1}) of Fraction
    kind : {"global_minimizer", "strict_saddle", "non_strict_saddle"}
        What Theorem 7, Achour et al. (2024) says that W is.
    loss : Fraction
        ``||Y||^2`` minus the chosen eigenvalues.
    direction : list of arrays (d_h, d_{h-1}) of Fraction, or None
        V such that ``L(W + t V)`` is `descent`; None at a global minimizer.
    descent : tuple of 2 H + 1 Fraction, or None
        Coefficients of ``L(W + t V)`` by ascending powers of t, in closed form.
    """

    data: ExactData
    W: list[Matrix]
    kind: LinearKind
    loss: Fraction
    direction: list[Matrix] | None
    descent: tuple[Fraction, ...] | None


def rational_orthogonal(rng: np.random.Generator, n: int) -> Matrix:
    """Return a random orthogonal matrix (n, n) of Fraction.

    The Cayley transform ``(I - A) (I + A)^{-1}`` of a random skew-symmetric A with entries -1, 0
    and 1, which are small so that the denominators stay small.

    Raises
    ------
    ValueError
        If `n` is less than 1.
    """
    if n < 1:
        raise ValueError(f"n: a matrix has at least one row, got {n}")
    upper = np.triu(rng.integers(-1, 2, (n, n)), 1)
    skew = upper - upper.T
    eye = np.eye(n, dtype=int)
    plus, minus = (flint.fmpq_mat((eye + sign * skew).tolist()) for sign in (1, -1))
    return to_fraction_matrix(minus * plus.inv())


def exact_data(
    rng: np.random.Generator,
    d_x: int,
    d_y: int,
    samples: int,
    singular_values: Sequence[int | Fraction | str],
) -> ExactData:
    """Return random rational data for which Sigma has the given eigenvalues.

    Parameters
    ----------
    rng : numpy.random.Generator
    d_x, d_y, samples : int
        Shapes of X and Y. X has rank min(d_x, samples).
    singular_values : sequence of at most min(d_x, d_y, samples) exact numbers
        Square roots of the leading eigenvalues of Sigma, at least 0 and in descending order; they
        may repeat, and those not given are 0. Roots, because Y is built from them and is rational.

    Raises
    ------
    ValueError
        If a size is less than 1, or `singular_values` is not as described.
    """
    if min(d_x, d_y, samples) < 1:
        raise ValueError(f"d_x, d_y, samples: must be at least 1, got {d_x}, {d_y} and {samples}")
    roots = [read_number(f"singular_values[{i}]", s) for i, s in enumerate(singular_values)]
    if (
        len(roots) > min(d_x, d_y, samples)
        or sorted(roots, reverse=True) != roots
        or min(roots, default=0) < 0
    ):
        raise ValueError(
            f"singular_values: must be at most min(d_x, d_y, samples) = {min(d_x, d_y, samples)} "
            f"numbers, at least 0 and in descending order, got {[str(s) for s in roots]}"
        )
    rank = min(d_x, samples)
    Q = rational_orthogonal(rng, d_x)[:, :rank]
    R = rational_orthogonal(rng, samples)
    U = rational_orthogonal(rng, d_y)
    scales = np.array([Fraction(int(s), 2) for s in rng.integers(1, 5, rank)], dtype=object)
    row_space, null_space = R[:rank], R[rank:]
    fitted = np.zeros((d_y, rank), dtype=object)
    for i, root in enumerate(roots):
        fitted[i, i] = root
    fitted = U @ fitted @ rational_orthogonal(rng, rank)
    noise = rng.integers(-1, 2, (d_y, samples - rank)).astype(object)
    return ExactData(
        X=(Q * scales) @ row_space,
        Y=fitted @ row_space + noise @ null_space,
        U=U,
        eigenvalues=tuple(s**2 for s in [*roots, *[Fraction(0)] * (d_y - len(roots))]),
        least_squares=(fitted / scales) @ Q.T,
    )


def point_from_blocks(
    data: ExactData, pattern: Sequence[int], Z: Sequence[Matrix], D: Sequence[Matrix]
) -> list[Matrix]:
    """Return the point of Proposition 9, Achour et al. (2024), with the given blocks.

    It is ``W_1 = D_1 [U_S^T Y X^+; Z_1]``, ``W_h = D_h diag(I_r, Z_h) D_{h-1}^{-1}`` and
    ``W_H = [U_S, U_Q Z_H] D_{H-1}^{-1}``, Q the complement of S. Every critical point has this
    form (for X of full row rank); conversely this point is critical if two of the Z_h are zero.

    Parameters
    ----------
    data : ExactData
    pattern : sequence of r int
        S: indices, from 0, of the chosen eigenvalues, which must be positive.
    Z : sequence of H arrays
        Shapes (d_1 - r, d_x), (d_h - r, d_{h-1} - r) and (d_y - r, d_{H-1} - r).
    D : sequence of H - 1 invertible arrays (d_h, d_h)

    Raises
    ------
    ValueError
        If an index is not that of a positive eigenvalue or is repeated, a block has not the shape
        above, or a D_h is singular.
    """
    chosen = _checked_pattern(data, pattern, len(data.U))
    widths = [len(data.X), *map(len, D), len(data.Y)]
    r = len(chosen)
    inputs = [widths[0], *(width - r for width in widths[1:-1])]
    shapes = [(b - r, a) for a, b in zip(inputs, widths[1:], strict=True)]
    if [block.shape for block in Z] != shapes:
        raise ValueError(
            f"Z: the shapes must be {shapes} for r = {r} and the widths of D, "
            f"got {[block.shape for block in Z]}"
        )
    for h, basis in enumerate(D, start=1):
        if basis.shape != (len(basis), len(basis)) or exact_rank(primitive(basis)[0]) < len(basis):
            raise ValueError(f"D_{h}: must be square and invertible, got {basis.tolist()!r:.80}")
    others = [i for i in range(len(data.U)) if i not in chosen]
    layers = [np.vstack([data.U[:, chosen].T @ data.least_squares, Z[0]])]
    layers += [_diagonal_blocks(identity(r), block) for block in Z[1:-1]]
    layers.append(np.hstack([data.U[:, chosen], data.U[:, others] @ Z[-1]]))
    return _change_bases(layers, D)


def exact_critical_point(
    rng: np.random.Generator,
    data: ExactData,
    hidden: Sequence[int],
    pattern: Sequence[int],
    order: int = 2,
) -> ExactPoint:
    """Return a random exact critical point associated with a set of eigenvalues of Sigma.

    Its kind follows from the arguments, r being the size of `pattern` (Theorem 7, Achour et al.
    2024):

    * no eigenvalue left out exceeds a chosen one, and r is the smallest width or the rank of
      Sigma: a global minimizer;
    * some eigenvalue left out exceeds a chosen one: a strict saddle, with
      ``L(W + t V) = L(W) + (lambda_j - lambda_i) t^2 + lambda_i t^4`` for a chosen lambda_j and
      a larger lambda_i;
    * otherwise, with lambda the largest eigenvalue left out, a saddle with
      ``L(W + t V) = L(W) - 2 lambda t^k + lambda t^(2k)``, k = `order`. It is strict (not
      tightened) if k = 2 and non-strict (tightened) if k > 2.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the free blocks Z_h and the bases of the hidden layers.
    data : ExactData
    hidden : sequence of H - 1 int
        Hidden widths d_1, ..., d_{H-1}, bottlenecks included.
    pattern : sequence of int
        Indices, from 0, of the chosen eigenvalues: positive ones, at most min(hidden) of them.
    order : int
        From 2 to H: how many of the blocks Z_1, Z_H, Z_2, Z_3, ... are zero, in this order.

    Raises
    ------
    ValueError
        If `hidden`, `pattern` or `order` is not as described.
    """
    depth = len(hidden) + 1
    if depth < 2 or min(hidden) < 1:
        raise ValueError(f"hidden: must be one or more widths of at least 1, got {list(hidden)}")
    smallest = min(*hidden, len(data.X), len(data.Y))
    S = _checked_pattern(data, pattern, smallest)
    r, rank_sigma = len(S), sum(value > 0 for value in data.eigenvalues)
    if not 2 <= order <= depth:
        raise ValueError(f"order: must be from 2 to the number of layers, {depth}, got {order}")

    fans = [len(data.X) + r, *hidden, len(data.Y)]  # Z_1 has d_x columns, not d_x - r
    zero = {0, depth - 1, *range(1, order - 1)}
    Z = []
    for h, (fan_in, fan_out) in enumerate(pairwise(fans)):
        block = np.zeros((fan_out - r, fan_in - r), dtype=object)
        if h not in zero and block.size:
            # The first coordinate goes through all the non-zero blocks unchanged.
            block[1:, 1:] = rng.integers(-1, 2, (fan_out - r - 1, fan_in - r - 1))
            block[0, 0] = 1
        Z.append(block)
    D = [_unimodular(rng, width) for width in hidden]
    W = point_from_blocks(data, S, Z, D)
    values = data.eigenvalues
    loss = Fraction((data.Y**2).sum()) - sum(values[i] for i in S)
    if r == rank_sigma:
        return ExactPoint(data, W, "global_minimizer", loss, None, None)

    left_out = min(set(range(rank_sigma)) - set(S))
    u = data.U[:, [left_out]]
    steps = [np.zeros((b, a), dtype=object) for a, b in pairwise([len(data.X), *hidden, len(u)])]
    descent = [Fraction(0)] * (2 * depth + 1)
    descent[0] = loss
    kind: LinearKind
    if S and values[left_out] > values[S[-1]]:
        kind, slot = "strict_saddle", r - 1
        moved = {0, depth - 1}
        descent[2], descent[4] = values[S[-1]] - values[left_out], values[left_out]
    elif r == smallest:
        return ExactPoint(data, W, "global_minimizer", loss, None, None)
    else:
        kind, slot = ("strict_saddle" if order == 2 else "non_strict_saddle"), r
        moved = zero
        descent[order], descent[2 * order] = -2 * values[left_out], values[left_out]
    steps[0][[slot]] = u.T @ data.least_squares
    steps[-1][:, [slot]] = u
    for h in moved - {0, depth - 1}:
        steps[h][slot, slot] = 1
    return ExactPoint(data, W, kind, loss, _change_bases(steps, D), tuple(descent))


def _checked_pattern(data: ExactData, pattern: Sequence[int], largest: int) -> list[int]:
    """Return S in ascending order, or raise a ValueError."""
    S, rank_sigma = sorted(set(pattern)), sum(value > 0 for value in data.eigenvalues)
    if len(S) != len(pattern) or len(S) > largest or not set(S) <= set(range(rank_sigma)):
        raise ValueError(
            f"pattern: must be at most {largest} different indices below {rank_sigma}, the number "
            f"of positive eigenvalues, got {list(pattern)}"
        )
    return S


def _diagonal_blocks(a: Matrix, b: Matrix) -> Matrix:
    result = np.zeros((len(a) + len(b), a.shape[1] + b.shape[1]), dtype=object)
    result[: len(a), : a.shape[1]] = a
    result[len(a) :, a.shape[1] :] = b
    return result


def _unimodular(rng: np.random.Generator, n: int) -> Matrix:
    """Return a random integral matrix (n, n) with an integral inverse."""
    upper, lower = np.triu(rng.integers(-1, 2, (2, n, n)), 1).astype(object)
    result: Matrix = (identity(n) + upper) @ (identity(n) + lower.T)
    return result


def _change_bases(layers: Sequence[Matrix], D: Sequence[Matrix]) -> list[Matrix]:
    """Return ``D_1 W_1, ..., D_h W_h D_{h-1}^{-1}, ..., W_H D_{H-1}^{-1}`` (Lemma 16)."""
    left = [d @ layer for d, layer in zip(D, layers[:-1], strict=True)]
    return [
        left[0],
        *(w @ exact_inverse(d) for w, d in zip([*left[1:], layers[-1]], D, strict=True)),
    ]
