"""Matrices of exact numbers: read without rounding, with their rank and their inertia.

*Inertia.* A principal submatrix on a maximal set of independent rows is nonsingular and has the
same non-zero signs. For that one, float eigenvectors, rounded to integers, make a congruence that
is computed exactly; if the result is diagonally dominant, its diagonal proves the signs. If it is
not, the characteristic polynomial decides: that of a symmetric matrix has real roots only, and for
such a polynomial Descartes' rule is an equality: the number of positive eigenvalues is the number
of sign changes of the coefficients.
"""

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from numbers import Rational
from typing import Any, TypeAlias

import flint
import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.object_]
MatrixLike: TypeAlias = Sequence[Sequence[int | Fraction | str]] | NDArray[Any]

# The exponent is bounded because the exact value of 1e999999999 does not fit in memory.
_NUMBER = re.compile(r"[+-]?(\d+/0*[1-9]\d*|(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?)", re.ASCII)
# Any prime will do; a large one rarely hides a rank.
_PRIME = 2**61 - 1


def exact_inertia(matrix: MatrixLike) -> tuple[int, int, int]:
    """Return the numbers of negative, zero and positive eigenvalues of a symmetric matrix.

    Raises
    ------
    ValueError
        If an entry is not exact, or the matrix is not symmetric.
    """
    exact = read_matrix("matrix", matrix)
    if exact.shape[0] != exact.shape[1] or (exact != exact.T).any():
        raise ValueError(f"matrix: must be square and symmetric, got {exact.tolist()!r:.80}")
    return integer_inertia(primitive(exact)[0])


def read_items(value: object) -> list[Any]:
    """Return the items of a list, a tuple or an array of at least one dimension; [] for others."""
    if isinstance(value, np.ndarray):
        return list(value) if value.ndim else []
    return list(value) if isinstance(value, list | tuple) else []


def read_matrix(name: str, matrix: object) -> Matrix:
    """Return `matrix` as a two-dimensional array of Fraction."""
    rows = read_items(matrix)
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
            result[i, j] = read_number(f"{name}[{i}][{j}]", entry)
    return result


def read_number(name: str, entry: object) -> Fraction:
    """Return the entry called `name` as a Fraction, or raise a ValueError if it is not exact."""
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


def primitive(matrix: Matrix) -> tuple[Matrix, Fraction]:
    """Return coprime integers A' and a positive fraction c with matrix = c A'."""
    entries: list[Fraction] = matrix.ravel().tolist()
    denominator = math.lcm(*(entry.denominator for entry in entries))
    numerators = [entry.numerator * (denominator // entry.denominator) for entry in entries]
    content = math.gcd(*numerators) or 1
    integral = np.array([n // content for n in numerators], dtype=object).reshape(matrix.shape)
    return integral, Fraction(content, denominator)


def identity(n: int, columns: int | None = None) -> Matrix:
    """Return the identity, or that part of it, with integral entries."""
    return np.eye(n, columns, dtype=int).astype(object)


def to_fraction_matrix(matrix: flint.fmpq_mat) -> Matrix:
    """Return a matrix of flint as an array of Fraction."""
    rows = [[Fraction(int(c.p), int(c.q)) for c in row] for row in matrix.tolist()]
    result: Matrix = np.array(rows, dtype=object)
    return result


def exact_inverse(matrix: Matrix) -> Matrix:
    """Return the inverse of a matrix of Fraction."""
    integral, factor = primitive(matrix)
    inverse: Matrix = to_fraction_matrix(flint.fmpq_mat(integral.tolist()).inv()) / factor
    return inverse


def exact_rank(matrix: Matrix) -> int:
    """Return the rank of an integral matrix."""
    return int(flint.fmpz_mat(matrix.tolist()).rank())


def sign_changes(coefficients: Sequence[Any]) -> int:
    """Return how often the sign changes along the coefficients that are not 0."""
    signs = [c > 0 for c in coefficients if c != 0]
    return sum(a != b for a, b in pairwise(signs))


def integer_inertia(matrix: Matrix) -> tuple[int, int, int]:
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
        positive = sign_changes(flint.fmpz_mat(core.tolist()).charpoly().coeffs())
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
