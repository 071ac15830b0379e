"""Certificates of critical points of deep linear networks, in exact rational arithmetic.

The loss is ``L(W) = ||W_H ... W_1 X - Y||_F^2`` of `landscape.certify.linear_loss`. For rational
data everything that `certify_linear` says is a theorem about the given numbers, not a
statement up to a tolerance: no data assumption, no distinct eigenvalues, no full rank is needed.

How each part is decided
------------------------
*Critical.* The gradient is rational, and it is zero or it is not.

*Inertia.* Every layer, ``X`` and ``Y`` are multiplied by a positive number that makes them
integral, which changes the Hessian by a congruence with a positive diagonal matrix and a positive
factor, hence not its inertia. `landscape.certify.rational` proves that of the integral one.

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
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction

import flint

from landscape.certify.linear_loss import chain, gradient_of, hessian_of, read_problem, sides
from landscape.certify.rational import (
    Matrix,
    MatrixLike,
    exact_rank,
    identity,
    integer_inertia,
    primitive,
    sign_changes,
)
from landscape.kinds import LinearKind


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
    x, y, rational = read_problem(X, Y, W)
    digest = hashlib.sha256(
        json.dumps([a.tolist() for a in (x, y, *rational)], default=str).encode()
    ).hexdigest()
    # L(W) = scale^2 L'(W'), with L' the loss of integral x', y' and layers W_h = factor_h W'_h.
    layers, factors = zip(*map(primitive, rational), strict=True)
    (x, factor_x), (y, factor_y) = primitive(x), primitive(y)
    ratio = math.prod(factors, start=factor_x) / factor_y
    x, y, scale = ratio.numerator * x, ratio.denominator * y, factor_y / ratio.denominator

    output = chain(layers, x)
    loss = scale**2 * int(((output - y) ** 2).sum())
    gradient = gradient_of(x, y, layers)
    largest = max(
        scale**2 * int(abs(g).max()) / factor for g, factor in zip(gradient, factors, strict=True)
    )
    inertia = integer_inertia(hessian_of(x, y, layers))
    rank, rank_sigma = exact_rank(output), exact_rank(y @ x.T)
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
    return sign_changes(elementary)


def _tightened(x: Matrix, y: Matrix, layers: Sequence[Matrix], rank: int) -> bool:
    """Return whether every pivot has a complementary block of rank r (Definitions 3, 5 and 6).

    The layers and X Y^T lie on a cycle, and a pivot (i, j), i > j, cuts it into two blocks:
    ``W_{j-1} ... W_1 X Y^T W_H ... W_{i+1}`` is one, whatever it consists of.
    """
    left, right = sides(layers)
    for j in range(len(layers) - 1):
        inner = identity(len(layers[j]))
        start = right[j] @ x @ y.T
        for i in range(j + 1, len(layers)):
            if exact_rank(inner) > rank and exact_rank(start @ left[i]) > rank:
                return False
            inner = layers[i] @ inner
    return True
