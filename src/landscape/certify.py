"""Certificates of critical points of deep linear networks, in exact rational arithmetic.

The loss is ``L(W) = ||W_H ... W_1 X - Y||_F^2``, with ``X`` of shape (d_x, m), ``Y`` of shape
(d_y, m) and ``W = [W_1, ..., W_H]``, ``W_h`` of shape (d_h, d_{h-1}), d_0 = d_x, d_H = d_y. For
rational data everything that `certify_linear` says is a theorem about the given numbers, not a
statement up to a tolerance: no data assumption, no distinct eigenvalues, no full rank is needed.

How each part is decided
------------------------
*Critical.* The gradient is rational, and it is zero or it is not.

*Inertia.* Every layer, ``X`` and ``Y`` are multiplied by a positive number that makes them
integral, which changes the Hessian by a congruence with a positive diagonal matrix and a positive
factor, hence not its inertia. The characteristic polynomial of a symmetric matrix has real roots
only, and for such a polynomial Descartes' rule is an equality: the number of positive eigenvalues
is the number of sign changes of its coefficients, and the number of zero eigenvalues is the number
of its vanishing trailing coefficients.

*Global minimality.* Write ``R = W_H ... W_1`` and ``Sigma = Y X^+ X Y^T``. At a critical point
``R X = P Y X^+ X``, with ``P`` the orthogonal projector on range(R X), and ``P`` commutes with
Sigma (Zhou & Liang 2018; Proposition 1, Achour et al. 2024). The eigenvalues of Sigma, irrational
as a rule, thus fall into r = rank(R X) *chosen* ones, those of ``P Sigma = (R X)(R X)^T``, which
are positive, and rank(Sigma) - r other positive ones, those of ``Sigma - P Sigma``. The loss is
``||Y||^2`` minus the sum of the chosen ones, and its minimum is ``||Y||^2`` minus the sum of the
r_max = min(d_0, ..., d_H) largest. Hence a critical point is a global minimizer if and only if

(a) r = rank(Sigma): every positive eigenvalue is chosen; or
(b) r = r_max, and no eigenvalue left out exceeds a chosen one.

Ranks are exact, and (b) asks for the number of *inversions*, the pairs (chosen a, left out b)
with a < b. The power sums of all differences a - b are integers computed from the traces of powers
of the two matrices, Newton's identities turn them into the elementary symmetric functions, and
Descartes' rule counts the negative differences. No eigenvalue is ever computed or compared.

*Strictness.* A saddle is strict if its Hessian has a negative eigenvalue, which the inertia says.
Independently, Theorem 7 of Achour et al. (2024) predicts it from `Certificate.inversions` and
`Certificate.tightened` alone.

The second half of the module makes exact critical points of every kind of that theorem.
"""

import hashlib
import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from numbers import Rational
from typing import Any, Literal, TypeAlias

import flint
import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.object_]
MatrixLike: TypeAlias = Sequence[Sequence[int | Fraction | str]] | NDArray[Any]
Kind: TypeAlias = Literal["global_minimizer", "strict_saddle", "non_strict_saddle", "not_critical"]

# The exponent is bounded because the exact value of 1e999999999 does not fit in memory.
_NUMBER = re.compile(r"[+-]?(\d+/0*[1-9]\d*|(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?)", re.ASCII)


@dataclass(frozen=True)
class Certificate:
    """What exact arithmetic proves about one point W of one problem (X, Y).

    Attributes
    ----------
    kind : {"global_minimizer", "strict_saddle", "non_strict_saddle", "not_critical"}
        A strict saddle has a negative Hessian eigenvalue, a non-strict saddle is a critical point
        that has none and is not a global minimizer (deep linear networks have no other minima,
        and no maxima unless X = 0).
    critical : bool
        Whether the gradient is exactly zero.
    loss : Fraction
        ``||W_H ... W_1 X - Y||_F^2``.
    largest_gradient : Fraction
        The largest absolute entry of the gradient; 0 at a critical point.
    inertia : tuple of three int
        Numbers of negative, zero and positive eigenvalues of the Hessian.
    rank : int
        r, the rank of ``W_H ... W_1 X``.
    rank_max : int
        r_max, the smallest of all widths, input and output included.
    rank_sigma : int
        The rank of Sigma = Y X^+ X Y^T, that is of Y X^T.
    inversions : int or None
        Number of pairs of a chosen eigenvalue of Sigma and a larger one left out; None if the
        point is not critical.
    tightened : bool or None
        Whether every pivot is tightened (Definition 6, Achour et al. 2024); None if the point is
        not critical.
    widths : tuple of int
        (d_0, ..., d_H).
    samples : int
        m, the number of columns of X.
    digest : str
        SHA-256 of the exact X, Y and W: what the certificate is about.
    """

    kind: Kind
    critical: bool
    loss: Fraction
    largest_gradient: Fraction
    inertia: tuple[int, int, int]
    rank: int
    rank_max: int
    rank_sigma: int
    inversions: int | None
    tightened: bool | None
    widths: tuple[int, ...]
    samples: int
    digest: str

    def to_json(self) -> str:
        """Return the certificate as one line of JSON, with fractions as strings ``"p/q"``."""
        return json.dumps(asdict(self), default=str)


def certify_linear(X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike]) -> Certificate:
    """Certify what kind of point W is for the loss ``||W_H ... W_1 X - Y||_F^2``.

    Parameters
    ----------
    X, Y : matrices (d_x, m) and (d_y, m)
        Nested sequences or arrays of `int`, `fractions.Fraction`, or strings such as ``"0.1"``,
        ``"-2.5e-3"`` and ``"1/3"``, all taken exactly.
    W : sequence of at least two matrices (d_h, d_{h-1})
        The layers, first layer first.

    Returns
    -------
    Certificate

    Raises
    ------
    ValueError
        If an entry is not exact (a float, a bool, NaN), a matrix is empty or ragged, shapes do
        not chain, or there are fewer than two layers.
    """
    x, y, rational = _problem(X, Y, W)
    digest = hashlib.sha256(
        json.dumps([a.tolist() for a in (x, y, *rational)], default=str).encode()
    ).hexdigest()
    # L(W) = scale^2 L'(W'), with L' the loss of integral x', y' and layers W_h = factor_h W'_h.
    layers, factors = zip(*map(_primitive, rational), strict=True)
    (x, factor_x), (y, factor_y) = _primitive(x), _primitive(y)
    ratio = math.prod(factors, start=factor_x) / factor_y
    x, y, scale = ratio.numerator * x, ratio.denominator * y, factor_y / ratio.denominator

    output = _chain(layers, x)
    loss = scale**2 * int(((output - y) ** 2).sum())
    gradient = _gradient(x, y, layers)
    largest = max(
        scale**2 * int(abs(g).max()) / factor for g, factor in zip(gradient, factors, strict=True)
    )
    inertia = _inertia(_hessian(x, y, layers))
    rank, rank_sigma = _rank(output), _rank(y @ x.T)
    widths = (len(x), *map(len, layers))

    kind: Kind = "not_critical"
    inversions = tightened = None
    if critical := largest == 0:
        inversions = _inversions(x, y, output, rank, rank_sigma)
        tightened = _tightened(x, y, layers, rank)
        if rank == rank_sigma or (rank == min(widths) and inversions == 0):
            kind = "global_minimizer"
        else:
            kind = "strict_saddle" if inertia[0] else "non_strict_saddle"
    return Certificate(
        kind=kind,
        critical=critical,
        loss=loss,
        largest_gradient=largest,
        inertia=inertia,
        rank=rank,
        rank_max=min(widths),
        rank_sigma=rank_sigma,
        inversions=inversions,
        tightened=tightened,
        widths=widths,
        samples=x.shape[1],
        digest=digest,
    )


def exact_loss(X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike]) -> Fraction:
    """Return ``||W_H ... W_1 X - Y||_F^2``; arguments and errors as for `certify_linear`."""
    x, y, layers = _problem(X, Y, W)
    return Fraction(((_chain(layers, x) - y) ** 2).sum())


def exact_gradient(X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike]) -> list[Matrix]:
    """Return the gradient of the loss, one array of `Fraction` for each layer, in its shape.

    Lemma 19, Achour et al. (2024). Arguments and errors as for `certify_linear`.
    """
    return _gradient(*_problem(X, Y, W))


def exact_hessian(X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike]) -> Matrix:
    """Return the Hessian of the loss, an array (p, p) of `Fraction`.

    The p = sum_h d_h d_{h-1} parameters are ordered by layer, first layer first, and by rows
    within a layer. Arguments and errors as for `certify_linear`.
    """
    return _hessian(*_problem(X, Y, W))


def exact_inertia(matrix: MatrixLike) -> tuple[int, int, int]:
    """Return the numbers of negative, zero and positive eigenvalues of a symmetric matrix.

    Raises
    ------
    ValueError
        If an entry is not exact, or the matrix is not symmetric.
    """
    exact = _exact("matrix", matrix)
    if exact.shape[0] != exact.shape[1] or (exact != exact.T).any():
        raise ValueError(f"matrix: must be symmetric, got one of shape {exact.shape} that is not")
    return _inertia(_primitive(exact)[0])


# ---- reading exact numbers ----------------------------------------------------------------------


def _problem(
    X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike]
) -> tuple[Matrix, Matrix, list[Matrix]]:
    """Return X, Y and W as arrays of Fraction, or raise the ValueError of `certify_linear`."""
    x, y = _exact("X", X), _exact("Y", Y)
    if isinstance(W, str) or not isinstance(W, Sequence | np.ndarray) or len(W) < 2:
        count = f"{len(W)} layers" if isinstance(W, list | tuple) else repr(W)
        raise ValueError(f"W: must be a sequence of at least two layers [W_1, ..., W_H]; {count}")
    layers = [_exact(f"W_{h}", layer) for h, layer in enumerate(W, start=1)]
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


def _exact(name: str, matrix: MatrixLike) -> Matrix:
    """Return `matrix` as a two-dimensional array of Fraction."""
    rows = [] if isinstance(matrix, str) or not hasattr(matrix, "__len__") else list(matrix)
    if not rows or any(isinstance(row, str) or not hasattr(row, "__len__") for row in rows):
        raise ValueError(f"{name}: must be a non-empty matrix, rows of numbers, got {matrix!r:.80}")
    lengths = sorted({len(row) for row in rows})
    if len(lengths) > 1 or not lengths[0]:
        raise ValueError(
            f"{name}: rows must have the same length, at least 1, got lengths {lengths}"
        )
    result = np.empty((len(rows), lengths[0]), dtype=object)
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            result[i, j] = _number(f"{name}[{i}][{j}]", entry)
    return result


def _number(name: str, entry: object) -> Fraction:
    if isinstance(entry, str) and _NUMBER.fullmatch(entry):
        return Fraction(entry)
    # bool counts as an int and numpy.bool as no number at all; neither is a coefficient.
    if isinstance(entry, Rational) and not isinstance(entry, bool):
        return Fraction(int(entry.numerator), int(entry.denominator))
    raise ValueError(
        f"{name}: must be an int, a fractions.Fraction or a string such as '0.1', '1e-9' "
        f"(exponent of at most three digits) or '1/3', got {entry!r:.80} of type "
        f"{type(entry).__name__}"
    )


def _primitive(matrix: Matrix) -> tuple[Matrix, Fraction]:
    """Return coprime integers A' and a positive fraction c with matrix = c A'."""
    entries: list[Fraction] = matrix.ravel().tolist()
    denominator = math.lcm(*(entry.denominator for entry in entries))
    numerators = [entry.numerator * (denominator // entry.denominator) for entry in entries]
    content = math.gcd(*numerators) or 1
    integral = np.array([n // content for n in numerators], dtype=object).reshape(matrix.shape)
    return integral, Fraction(content, denominator)


# ---- the loss and its derivatives, for entries that are all int or all Fraction -----------------


def _chain(layers: Sequence[Matrix], start: Matrix) -> Matrix:
    """Return ``W_k ... W_1 start``."""
    for layer in layers:
        start = layer @ start
    return start


def _eye(n: int, columns: int | None = None) -> Matrix:
    return np.eye(n, columns, dtype=int).astype(object)


def _sides(layers: Sequence[Matrix]) -> tuple[list[Matrix], list[Matrix]]:
    """Return W_H ... W_{h+1} for every layer h, and W_{h-1} ... W_1 for every layer h."""
    left, right = [_eye(len(layers[-1]))], [_eye(layers[0].shape[1])]
    for layer in layers[:0:-1]:
        left.append(left[-1] @ layer)
    for layer in layers[:-1]:
        right.append(layer @ right[-1])
    return left[::-1], right


def _gradient(x: Matrix, y: Matrix, layers: Sequence[Matrix]) -> list[Matrix]:
    left, right = _sides(layers)
    residual = (_chain(layers, x) - y) @ x.T
    return [2 * (a.T @ residual @ b.T) for a, b in zip(left, right, strict=True)]


def _hessian(x: Matrix, y: Matrix, layers: Sequence[Matrix]) -> Matrix:
    left, right = _sides(layers)
    residual = (_chain(layers, x) - y) @ x.T
    gram = x @ x.T
    ends = np.cumsum([0, *(layer.size for layer in layers)])
    hessian = np.zeros((ends[-1], ends[-1]), dtype=object)
    for i in range(len(layers)):
        between = _eye(layers[i].shape[1])  # W_{i-1} ... W_{j+1}
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


# ---- ranks, signs and orders --------------------------------------------------------------------


def _rank(matrix: Matrix) -> int:
    return int(flint.fmpz_mat(matrix.tolist()).rank())


def _sign_changes(coefficients: Sequence[Any]) -> int:
    signs = [c > 0 for c in coefficients if c != 0]
    return sum(a != b for a, b in pairwise(signs))


def _inertia(matrix: Matrix) -> tuple[int, int, int]:
    """Return the inertia of a symmetric matrix of int by Descartes' rule."""
    coefficients = flint.fmpz_mat(matrix.tolist()).charpoly().coeffs()
    zero = next(k for k, c in enumerate(coefficients) if c != 0)
    positive = _sign_changes(coefficients)
    return len(matrix) - zero - positive, zero, positive


def _inversions(x: Matrix, y: Matrix, output: Matrix, rank: int, rank_sigma: int) -> int:
    """Return how many pairs of a chosen and a larger left-out eigenvalue of Sigma there are."""
    pairs = rank * (rank_sigma - rank)
    if not pairs:
        return 0
    basis, _, rank_x = flint.fmpz_mat(x.tolist()).rref()
    rows = flint.fmpz_mat(basis.tolist()[:rank_x])  # X^+ X is the projector on their span
    shadow = rows * flint.fmpz_mat(y.T.tolist())
    sigma = shadow.transpose() * flint.fmpq_mat(rows * rows.transpose()).solve(
        flint.fmpq_mat(shadow)
    )
    numerator, denominator = sigma.numer_denom()
    chosen = denominator * flint.fmpz_mat((output @ output.T).tolist())
    return _negative_differences(
        _power_sums(chosen, rank, pairs), _power_sums(numerator - chosen, rank_sigma - rank, pairs)
    )


def _power_sums(matrix: flint.fmpz_mat, rank: int, degree: int) -> list[int]:
    """Return the sums of the k-th powers, k = 0..degree, of the positive eigenvalues of `matrix`.

    The matrix is similar to a positive semidefinite one, and `rank` is its rank.
    """
    sums, power = [rank], matrix
    for _ in range(degree):
        sums.append(sum(int(power[i, i]) for i in range(power.nrows())))
        power *= matrix
    return sums


def _negative_differences(a: Sequence[int], b: Sequence[int]) -> int:
    """Return how many of the differences a_i - b_j are negative, given power sums of both."""
    differences = [
        sum(math.comb(k, i) * (-1) ** (k - i) * a[i] * b[k - i] for i in range(k + 1))
        for k in range(len(a))
    ]
    # Newton's identities. The product of the 1 + (a_i - b_j) t is real-rooted, with a positive
    # root for each negative difference.
    elementary = [1]
    for k in range(1, len(a)):
        terms = (-((-1) ** i) * elementary[k - i] * differences[i] for i in range(1, k + 1))
        elementary.append(sum(terms) // k)
    return _sign_changes(elementary)


def _tightened(x: Matrix, y: Matrix, layers: Sequence[Matrix], rank: int) -> bool:
    """Return whether every pivot has a complementary block of rank r (Definitions 3, 5 and 6).

    The layers and X Y^T lie on a cycle, and a pivot (i, j), i > j, cuts it into two blocks:
    ``W_{j-1} ... W_1 X Y^T W_H ... W_{i+1}`` is one, whatever it consists of.
    """
    left, right = _sides(layers)
    for j in range(len(layers) - 1):
        inner = _eye(len(layers[j]))
        start = right[j] @ x @ y.T
        for i in range(j + 1, len(layers)):
            if _rank(inner) > rank and _rank(start @ left[i]) > rank:
                return False
            inner = layers[i] @ inner
    return True
