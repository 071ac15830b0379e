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
factor, hence not its inertia. A principal submatrix on a maximal set of independent rows is
nonsingular and has the same non-zero signs. For that one, float eigenvectors, rounded to integers,
make a congruence that is computed exactly; if the result is diagonally dominant, its diagonal
proves the signs. If it is not, the characteristic polynomial decides: that of a symmetric matrix
has real roots only, and for such a polynomial Descartes' rule is an equality: the number of
positive eigenvalues is the number of sign changes of the coefficients.

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
Independently, Theorem 7 of Achour et al. (2024) predicts it from `LinearCertificate.inversions` and
`LinearCertificate.tightened` alone.

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
from typing import Any, TypeAlias

import flint
import numpy as np
from numpy.typing import NDArray

from landscape.kinds import LinearKind

Matrix: TypeAlias = NDArray[np.object_]
MatrixLike: TypeAlias = Sequence[Sequence[int | Fraction | str]] | NDArray[Any]

# The exponent is bounded because the exact value of 1e999999999 does not fit in memory.
_NUMBER = re.compile(r"[+-]?(\d+/0*[1-9]\d*|(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?)", re.ASCII)
# Any prime will do; a large one rarely hides a rank.
_PRIME = 2**61 - 1


@dataclass(frozen=True)
class LinearCertificate:
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

    kind: LinearKind
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


def certify_linear(X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike]) -> LinearCertificate:
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
    LinearCertificate

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

    kind: LinearKind = "not_critical"
    inversions = tightened = None
    if critical := largest == 0:
        inversions = _inversions(x, y, output, rank, rank_sigma)
        tightened = _tightened(x, y, layers, rank)
        if rank == rank_sigma or (rank == min(widths) and inversions == 0):
            kind = "global_minimizer"
        else:
            kind = "strict_saddle" if inertia[0] else "non_strict_saddle"
    return LinearCertificate(
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
        raise ValueError(f"matrix: must be square and symmetric, got {exact.tolist()!r:.80}")
    return _inertia(_primitive(exact)[0])


# ---- reading exact numbers ----------------------------------------------------------------------


def _problem(
    X: MatrixLike, Y: MatrixLike, W: Sequence[MatrixLike]
) -> tuple[Matrix, Matrix, list[Matrix]]:
    """Return X, Y and W as arrays of Fraction, or raise the ValueError of `certify_linear`."""
    x, y = _exact("X", X), _exact("Y", Y)
    matrices = _items(W)
    if len(matrices) < 2:
        raise ValueError(
            f"W: must be a sequence of at least two layers W_1, ..., W_H, got {W!r:.80}"
        )
    layers = [_exact(f"W_{h}", layer) for h, layer in enumerate(matrices, start=1)]
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


def _items(value: object) -> list[Any]:
    """Return the items of a list, a tuple or an array of at least one dimension; [] for others."""
    if isinstance(value, np.ndarray):
        return list(value) if value.ndim else []
    return list(value) if isinstance(value, list | tuple) else []


def _exact(name: str, matrix: object) -> Matrix:
    """Return `matrix` as a two-dimensional array of Fraction."""
    rows = _items(matrix)
    if not rows or not all(isinstance(row, list | tuple | np.ndarray) for row in rows):
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
    """Return the numbers of negative, zero and positive eigenvalues of a symmetric int matrix."""
    whole = flint.fmpz_mat(matrix.tolist())
    rank = int(whole.rank())
    zero = len(matrix) - rank
    if not rank:
        return 0, zero, 0
    # Rows independent modulo a prime are independent; the converse fails for few primes.
    echelon = flint.nmod_mat(whole, _PRIME).rref()[0].tolist()
    rows = [next((k for k, c in enumerate(row) if int(c)), -1) for row in echelon[:rank]]
    core = matrix if -1 in rows else matrix[np.ix_(rows, rows)]
    positive = _positive_by_dominance(core)
    if positive is None:
        positive = _sign_changes(flint.fmpz_mat(core.tolist()).charpoly().coeffs())
    return rank - positive, zero, positive


def _positive_by_dominance(matrix: Matrix) -> int | None:
    """Return the number of positive eigenvalues, or None if the method does not decide.

    With Q rounded from the float eigenvectors, divided by the roots of the eigenvalues,
    ``Q^T A Q`` is nearly diagonal. It is computed exactly. If its diagonal strictly dominates, it
    is nonsingular, hence so is Q, and the signs of the diagonal are those of the eigenvalues of A
    (Gershgorin and Sylvester), whatever the errors in Q. It fails if A is too ill-conditioned for
    floats, or singular.
    """
    largest = abs(matrix).max()
    values, vectors = np.linalg.eigh((matrix / largest).astype(float))
    if not values.all():
        return None
    columns = vectors / np.sqrt(abs(values))
    rounded = np.ldexp(columns / abs(columns).max(), 64)
    Q = flint.fmpz_mat([[int(c) for c in row] for row in rounded.tolist()])
    congruent = (Q.transpose() * flint.fmpz_mat(matrix.tolist()) * Q).tolist()
    for i, row in enumerate(congruent):
        if 2 * abs(row[i]) <= sum(map(abs, row)):
            return None
    return sum(row[i] > 0 for i, row in enumerate(congruent))


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

    The matrix is positive semidefinite, and `rank` is its rank.
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


# ---- exact critical points of every kind --------------------------------------------------------


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
    return _fractions(minus * plus.inv())


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
    roots = [_number(f"singular_values[{i}]", s) for i, s in enumerate(singular_values)]
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
        if basis.shape != (len(basis), len(basis)) or _rank(_primitive(basis)[0]) < len(basis):
            raise ValueError(f"D_{h}: must be square and invertible, got {basis.tolist()!r:.80}")
    others = [i for i in range(len(data.U)) if i not in chosen]
    layers = [np.vstack([data.U[:, chosen].T @ data.least_squares, Z[0]])]
    layers += [_diagonal_blocks(_eye(r), block) for block in Z[1:-1]]
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
    x, y, layers = _problem(X, Y, W)
    steps = [_exact(f"V_{h}", step) for h, step in enumerate(_items(V), start=1)]
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


def _checked_pattern(data: ExactData, pattern: Sequence[int], largest: int) -> list[int]:
    """Return S in ascending order, or raise a ValueError."""
    S, rank_sigma = sorted(set(pattern)), sum(value > 0 for value in data.eigenvalues)
    if len(S) != len(pattern) or len(S) > largest or not set(S) <= set(range(rank_sigma)):
        raise ValueError(
            f"pattern: must be at most {largest} different indices below {rank_sigma}, the number "
            f"of positive eigenvalues, got {list(pattern)}"
        )
    return S


def _fractions(matrix: flint.fmpq_mat) -> Matrix:
    rows = [[Fraction(int(c.p), int(c.q)) for c in row] for row in matrix.tolist()]
    result: Matrix = np.array(rows, dtype=object)
    return result


def _inverse(matrix: Matrix) -> Matrix:
    integral, factor = _primitive(matrix)
    inverse: Matrix = _fractions(flint.fmpq_mat(integral.tolist()).inv()) / factor
    return inverse


def _diagonal_blocks(a: Matrix, b: Matrix) -> Matrix:
    result = np.zeros((len(a) + len(b), a.shape[1] + b.shape[1]), dtype=object)
    result[: len(a), : a.shape[1]] = a
    result[len(a) :, a.shape[1] :] = b
    return result


def _unimodular(rng: np.random.Generator, n: int) -> Matrix:
    """Return a random integral matrix (n, n) with an integral inverse."""
    upper, lower = np.triu(rng.integers(-1, 2, (2, n, n)), 1).astype(object)
    result: Matrix = (_eye(n) + upper) @ (_eye(n) + lower.T)
    return result


def _change_bases(layers: Sequence[Matrix], D: Sequence[Matrix]) -> list[Matrix]:
    """Return ``D_1 W_1, ..., D_h W_h D_{h-1}^{-1}, ..., W_H D_{H-1}^{-1}`` (Lemma 16)."""
    left = [d @ layer for d, layer in zip(D, layers[:-1], strict=True)]
    return [left[0], *(w @ _inverse(d) for w, d in zip([*left[1:], layers[-1]], D, strict=True))]
