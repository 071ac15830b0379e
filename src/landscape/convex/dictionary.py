"""Networks whose units are known: their output weights are a lasso or a linear program.

For data on a line and of rank one, and for whitened data, the units that an optimum can have are
known (Ergen & Pilanci 2021, Corollaries 3 and 5, Lemma 9). With their activations as the columns of
F, what is left of problems (4) and (16) there is to minimise |c|_1 subject to F c = y, or
1/2 |F c - y|² + β |c|_1.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import scipy.optimize
from numpy.typing import ArrayLike

from landscape.arrays import (
    Array,
    finite_matrix,
    finite_vector,
    moderate,
    real_number,
    refuses_extremes,
)
from landscape.exact import number_array, to_fractions

Numbers = ArrayLike | Sequence[float | Fraction]
ZERO = Fraction(0)


@dataclass(frozen=True)
class UnitFit:
    """The best output weights of given units.

    Attributes
    ----------
    value : float
        |c|_1, or 1/2 |F c - y|² + β |c|_1; infinite if no weights fit y.
    weights : ndarray, shape (P,)
        c, of which no more entries differ from zero than y has.
    dual_point : ndarray, shape (m,)
        The multipliers v of the fit, with |F^T v| <= 1, or <= β; zero if no weights fit y.
    """

    value: float
    weights: Array
    dual_point: Array


@refuses_extremes("F, y, beta", infinite=True)
def fit_units(F: ArrayLike, y: ArrayLike, beta: float | None = None) -> UnitFit:
    """Return the best output weights of units with the activations F.

    Parameters
    ----------
    F : array_like, shape (m, P)
        Activations of unit P on sample m; with the mean of every column taken away, and that of y,
        networks have a free output bias.
    y : array_like, shape (m,)
        Targets.
    beta : float, optional
        Strength of the regulariser, above 0; without it y is to be fitted exactly.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite or out of its range, or a solver fails.
    """
    F = finite_matrix(F, "F")
    y = finite_vector(y, "y", len(F))
    beta = None if beta is None else real_number(beta, "beta", above=0)
    moderate(F, "F")
    moderate(y, "y")
    signed = np.concatenate([F, -F], axis=1)
    if beta is None:
        # Units of any length: the solver's tolerances are absolute.
        size = float(np.abs(y).max(initial=0.0)) or 1.0
        found = scipy.optimize.linprog(
            np.ones(signed.shape[1]), A_eq=signed, b_eq=y / size, method="highs-ds"
        )
        if found.status == 2:
            return UnitFit(math.inf, np.zeros(F.shape[1]), np.zeros(len(y)))
        if found.status != 0:
            raise ValueError(f"F, y: the linear program was not solved: {found.message}")
        sizes, v = size * found.x, found.eqlin.marginals
    else:
        sizes = _lasso(signed, y, beta)
        v = y - signed @ sizes
    c: Array = sizes[: F.shape[1]] - sizes[F.shape[1] :]
    value = float(np.abs(c).sum())
    if beta is not None:
        r = F @ c - y
        value = float(0.5 * (r @ r)) + beta * value
    return UnitFit(value, c, np.asarray(v))


def _lasso(signed: Array, y: Array, beta: float) -> Array:
    """Return the c >= 0 that minimise 1/2 |signed c - y|² + β Σ c.

    y - signed c is the point nearest to y of those v with signed^T v <= β, a least-distance
    problem, which non-negative least squares solve by choosing active constraints (Lawson & Hanson
    1974, chapter 23).
    """
    size = float(np.linalg.norm(y)) or 1.0
    rows = np.concatenate([-signed, (signed.T @ y / size - beta / size)[None]])
    target = np.zeros(len(rows))
    target[-1] = 1.0
    try:
        u = scipy.optimize.nnls(rows, target)[0]
    except RuntimeError as error:
        raise ValueError(
            f"F, y, beta: the least-distance problem was not solved: {error}"
        ) from error
    c: Array = size * u / (1.0 - rows[-1] @ u)
    return c


def bound_on_line(
    x: Numbers, y: Numbers, v: Numbers, beta: float | Fraction | None = None
) -> Fraction:
    """Return a lower bound of the objective of all networks on a line, in exact arithmetic.

    Networks have units of all kinds, whose biases cost nothing, and a free output bias. With the
    mean of v taken away, v · relu(±x + b) is linear in b between kinks at samples, zero on one side
    of them and constant on the other. So its largest absolute value is at one of these kinks, and a
    multiple of v is feasible for the dual (Theorems 1 and 8 of Ergen & Pilanci 2021).

    Parameters
    ----------
    x, y : ndarray or list of numbers, shape (m,)
        Samples and targets, taken as exact fractions.
    v : ndarray or list of numbers, shape (m,)
        A direction of the dual problem; the residual of an optimum makes the bound tight.
    beta : float or Fraction, optional
        Strength of the regulariser of 1/2 |f - y|² + β |w|_1; without it the objective is |w|_1 of
        the networks that fit y.

    Raises
    ------
    ValueError
        If an argument is empty, has another shape, has anything but finite numbers, or β is not
        positive.
    """
    points, targets, given = _vector(x, "x"), _vector(y, "y"), _vector(v, "v")
    if not len(points) == len(targets) == len(given) > 0:
        raise ValueError(
            f"x, y, v: expected as many of each, got {len(points)}, {len(targets)}, {len(given)}"
        )
    if beta is not None and not (isinstance(beta, Fraction) and beta > 0):
        beta = real_number(beta, "beta", above=0)
    mean = sum(given, ZERO) / len(given)
    centred = [p - mean for p in given]
    largest = max(
        abs(_dot(centred, [max(side * (q - kink), ZERO) for q in points]))
        for kink in points
        for side in (1, -1)
    )
    along, squared = _dot(centred, targets), _dot(centred, centred)
    if along <= 0 or (beta is None and largest == 0):
        return ZERO
    if beta is None:
        return along / largest
    s = along / squared
    if largest > 0:
        s = min(s, Fraction(beta) / largest)
    return s * along - s * s * squared / 2


def _vector(values: Numbers, name: str) -> list[Fraction]:
    """Return the entries of a vector as the fractions that they equal."""
    array = number_array(values, name)
    if array.ndim != 1:
        raise ValueError(f"{name}: expected shape (m,), got {array.shape}")
    try:
        fractions: list[Fraction] = to_fractions(array).tolist()
    except ValueError as error:
        raise ValueError(f"{name}: expected finite numbers: {error}") from None
    return fractions


def _dot(x: list[Fraction], z: list[Fraction]) -> Fraction:
    return sum((p * q for p, q in zip(x, z, strict=True)), ZERO)
