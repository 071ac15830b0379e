"""ReLU networks with one hidden layer where they are linear: activation cones.

The loss is that of Zhou & Liang (2018), L(A_1, A_2) = 1/2 ||A_2 relu(A_1 X) - Y||_F^2 with samples
as columns and no bias. For units I and samples J, all units of I are active on J and nothing else
is active in the cone

    K_{I,J} = {A_1 : (A_1)_{I,:} X_{:,J} >= 0, all other entries of A_1 X < 0},

where L is the loss of a linear network with |I| hidden units on the samples J, plus a constant. A
point in the interior is critical iff its active part is critical for that network, and a local
minimum iff that part is a global minimizer. The statements are as recalled: the text of the paper
was not available. Loss, gradient, Hessian and certificates take Fractions as well as floats.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog

from landscape.arrays import (
    Array,
    finite_matrix,
    moderate,
    moderate_rows,
    refuses_extremes,
    whole_number,
)
from landscape.certify.linear import certify_linear
from landscape.certify.rational import exact_inertia
from landscape.exact import Numbers, same_numbers, to_fractions
from landscape.kinds import ConeKind
from landscape.linear.analytical_form import (
    Eigenspaces,
    Pattern,
    critical_value,
    eigenspaces,
    is_global,
    patterns,
)

# Random mixings C are tried until one meets the signs and has at most this condition number, so
# that the sign of each Hessian eigenvalue can be told from rounding.
TRIES, CONDITION = 200, 30.0


class Cone(NamedTuple):
    """The units I and the samples J of a cone K_{I,J}; both are empty where all units are dead."""

    units: tuple[int, ...]
    samples: tuple[int, ...]


@refuses_extremes("X, Y, A1, A2")
def loss(X: ArrayLike, Y: ArrayLike, A1: ArrayLike, A2: ArrayLike) -> Any:
    """Return 1/2 ||A_2 relu(A_1 X) - Y||_F^2.

    Parameters
    ----------
    X : array-like, shape (d_0, m)
    Y : array-like, shape (d_2, m)
    A1 : array-like, shape (d_1, d_0)
    A2 : array-like, shape (d_2, d_1)

    Returns
    -------
    float, or Fraction
        The latter if all entries are ints or Fractions; so for the functions below.

    Raises
    ------
    ValueError
        If shapes do not fit, or an entry is NaN or infinite.
    """
    x, y, a1, a2 = _checked(X, Y, A1, A2)
    residual = a2 @ _relu(a1 @ x) - y
    return (residual * residual).sum() / 2


@refuses_extremes("X, Y, A1, A2")
def gradient(X: ArrayLike, Y: ArrayLike, A1: ArrayLike, A2: ArrayLike) -> list[Numbers]:
    """Return the gradient with respect to A_1 and A_2, with slope 0 at 0; see `loss`."""
    x, y, a1, a2 = _checked(X, Y, A1, A2)
    hidden = a1 @ x
    residual = a2 @ _relu(hidden) - y
    return [np.where(hidden > 0, a2.T @ residual, 0 * hidden) @ x.T, residual @ _relu(hidden).T]


@refuses_extremes("X, Y, A1, A2")
def hessian(X: ArrayLike, Y: ArrayLike, A1: ArrayLike, A2: ArrayLike) -> Numbers:
    """Return the Hessian, shape (P, P), at a point where no unit is 0 on a sample; see `loss`.

    The P = d_1 (d_0 + d_2) parameters are ordered A_1 first, each matrix by rows.

    Raises
    ------
    ValueError
        Also if an entry of A_1 X is zero, where the loss has no Hessian.
    """
    x, y, a1, a2 = _checked(X, Y, A1, A2)
    hidden = a1 @ x
    if (hidden == 0).any():
        unit, sample = np.argwhere(hidden == 0)[0]
        raise ValueError(
            f"X, A1: unit {unit} is zero on sample {sample}, where there is no Hessian"
        )
    (d1, d0), d2 = a1.shape, len(y)
    active = np.where(hidden > 0, 1 + 0 * hidden, 0 * hidden)
    z = _relu(hidden)
    residual = a2 @ z - y
    inner = np.einsum("gj,hj,aj,bj->gahb", active, active, x, x)
    first = inner * (a2.T @ a2)[:, None, :, None]
    # d^2 / d(A_1)_{ga} d(A_2)_{kh}: through the residual, and through the unit itself if g = h.
    mixed = np.einsum("gj,aj,hj,kg->gakh", active, x, z, a2)
    own = np.einsum("gj,aj,kj->gak", active, x, residual)
    for unit in range(d1):
        mixed[unit, :, :, unit] += own[unit]
    second = np.einsum("kl,gj,hj->kglh", _identity(d2, z), z, z)
    corner = mixed.reshape(d1 * d0, d2 * d1)
    return np.block(
        [
            [first.reshape(d1 * d0, d1 * d0), corner],
            [corner.T, second.reshape(d2 * d1, d2 * d1)],
        ]
    )


@refuses_extremes("X, A1")
def cone_of(X: ArrayLike, A1: ArrayLike) -> Cone | None:
    """Return the cone K_{I,J} that holds A_1; None if active units differ in their samples."""
    x, a1 = _matrices(X=X, A1=A1)
    active = a1 @ x >= 0
    units = tuple(int(unit) for unit in np.flatnonzero(active.any(axis=1)))
    if not units:
        return Cone((), ())
    shared = active[units[0]]
    if not (active[list(units)] == shared).all():
        return None
    return Cone(units, tuple(int(j) for j in np.flatnonzero(shared)))


@refuses_extremes("X, A1", infinite=True)
def squared_radius(X: ArrayLike, A1: ArrayLike) -> Any:
    """Return the squared radius of the largest ball about A_1 in which no unit changes sign.

    The distance of a row w to the hyperplane of a sample x is |w.x| / ||x||. Infinite if all
    samples are zero.
    """
    x, a1 = _matrices(X=X, A1=A1)
    if x.dtype != object:
        moderate_rows(x.T, "X")
    lengths = (x * x).sum(axis=0)
    seen = lengths > 0
    if not seen.any():
        return np.inf
    return ((a1 @ x[:, seen]) ** 2 / lengths[seen]).min()


@dataclass(frozen=True)
class ConeCertificate:
    """What exact arithmetic proves about a point of a ReLU network.

    Attributes
    ----------
    kind : {"local_minimum", "saddle", "flat", "not_critical"}
        "flat" where all units are dead: the loss is constant nearby.
    cone : Cone
    loss : Fraction
    squared_radius : Fraction
        Positive: within this distance in A_1 the network is linear on the samples J.
    inertia : tuple of three int
        Numbers of negative, zero and positive eigenvalues of the Hessian.
    """

    kind: ConeKind
    cone: Cone
    loss: Fraction
    squared_radius: Fraction
    inertia: tuple[int, int, int]


def certify_in_cone(X: ArrayLike, Y: ArrayLike, A1: ArrayLike, A2: ArrayLike) -> ConeCertificate:
    """Certify what kind of point (A_1, A_2) is, by that of its linear part; see `loss`.

    Raises
    ------
    ValueError
        Also if an entry is a float that is not meant exactly (pass ints or Fractions), or the
        point is not in the interior of a cone K_{I,J}.
    """
    arrays = _checked(X, Y, A1, A2)
    if any(array.dtype != object for array in arrays):
        raise ValueError("X, Y, A1, A2: expected ints or Fractions, got floats")
    x, y, a1, a2 = arrays
    cone = cone_of(x, a1)
    if cone is None or (a1 @ x == 0).any():
        raise ValueError("A1: expected a point in the interior of a cone K_{I,J}")
    kind: ConeKind = "flat"
    if cone.units:
        units, samples = list(cone.units), list(cone.samples)
        part = certify_linear(x[:, samples], y[:, samples], [a1[units], a2[:, units]])
        kind = "local_minimum" if part.kind == "global_minimizer" else "saddle"
        kind = kind if part.critical else "not_critical"
    return ConeCertificate(
        kind=kind,
        cone=cone,
        loss=loss(x, y, a1, a2),
        squared_radius=squared_radius(x, a1),
        inertia=exact_inertia(hessian(x, y, a1, a2)),
    )


@dataclass(frozen=True)
class ConePoint:
    """A critical point in the interior of a cone, and what the statement says of it.

    Attributes
    ----------
    A1, A2 : ndarray, shapes (d_1, d_0) and (d_2, d_1)
    cone : Cone
    pattern : tuple of int
        How many eigenvectors of each eigenspace of Sigma_J = Y_J X_J^+ X_J Y_J^T are used.
    loss : float
        1/2 (tr(Y Y^T) - sum_i p_i lambda_i(Sigma_J)).
    minimum : bool
        Whether it is a local minimum, by the pattern; a strict saddle if not.
    """

    A1: Array
    A2: Array
    cone: Cone
    pattern: Pattern
    loss: float
    minimum: bool


@refuses_extremes("X, Y")
def cone_points(
    X: ArrayLike, Y: ArrayLike, hidden: int, cone: Cone, rng: np.random.Generator
) -> list[ConePoint]:
    """Return random critical points in the interior of a cone, one for each pattern that has any.

    Whether signs can be met with the random eigenvectors that are drawn is a linear program; a
    pattern is left out if not, or if no mixing of moderate condition number meets them. There are
    no points if the other units cannot be dead: then the cone is empty.

    Parameters
    ----------
    X : ndarray, shape (d_0, m)
    Y : ndarray, shape (d_2, m)
    hidden : int
        d_1.
    cone : Cone
        Not empty.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If a matrix is empty or not finite, shapes do not fit, a sample is zero, or the cone has no
        unit or no sample, or one that does not exist.
    """
    X, Y, hidden = finite_matrix(X, "X"), finite_matrix(Y, "Y"), whole_number(hidden, "hidden", 1)
    if Y.shape[1] != X.shape[1]:
        raise ValueError(f"Y: expected {X.shape[1]} columns, as X has, got {Y.shape[1]}")
    if not X.any(axis=0).all():
        raise ValueError("X: expected samples that are not zero")
    for name, matrix in (("X", X), ("Y", Y)):
        moderate(matrix, name)
    moderate_rows(X.T, "X")
    units, samples = list(cone.units), list(cone.samples)
    if not units or not samples or max(units) >= hidden or max(samples) >= X.shape[1]:
        raise ValueError(
            f"cone: expected units below {hidden} and samples below {X.shape[1]}, got {cone}"
        )
    signs = np.full(X.shape[1], -1.0)
    dead = _inside(X, signs, np.eye(len(X)))
    if dead is None:
        if len(units) < hidden:
            return []
        dead = np.zeros(len(X))
    signs[samples] = 1.0
    spaces = eigenspaces(X[:, samples], Y[:, samples])
    points = []
    for pattern in patterns(spaces, min(len(units), len(Y))):
        part = _active_part(X, Y[:, samples], spaces, pattern, len(units), signs, rng)
        if part is None:
            continue
        A1 = rng.uniform(0.5, 1.5, hidden)[:, None] * dead
        A2 = rng.normal(size=(len(Y), hidden))
        A1[units], A2[:, units] = part
        rest = np.delete(Y, samples, axis=1)
        value = critical_value(Y[:, samples], spaces, pattern) + 0.5 * float(np.sum(rest**2))
        minimum = is_global(spaces, pattern, min(len(units), len(Y)))
        points.append(ConePoint(A1, A2, cone, pattern, value, minimum))
    return points


def _active_part(
    X: Array,
    Y: Array,
    spaces: Eigenspaces,
    pattern: Pattern,
    count: int,
    signs: Array,
    rng: np.random.Generator,
) -> tuple[Array, Array] | None:
    """Return the active rows of A_1 and columns of A_2 with given signs of A_1 X, or None.

    Form (1) of `landscape.linear.analytical_form`: rows of A_1 are C^-1 times the rows of
    (U V)^T Y X_J^+ and, below the rank, rows that condition (2) allows; plus any that vanish on J.
    """
    rank = sum(pattern)
    frames = [
        spaces.block(i) @ np.linalg.qr(rng.normal(size=(spaces.sizes[i], p)))[0]
        for i, p in enumerate(pattern)
    ]
    UV = np.hstack(frames)
    used = UV.T @ Y @ spaces.X_inverse
    X_J = X[:, signs > 0]
    unseen = _kernel(X_J.T, float(np.linalg.norm(X)))
    allowed = unseen
    if rank < count:
        scale = float(np.linalg.norm(X) * np.linalg.norm(Y))
        allowed = _kernel((Y - UV @ (UV.T @ Y)) @ X_J.T, scale)
    row = _inside(X, signs, np.vstack([used, allowed]))
    if row is None:
        return None
    rows = used
    if rank < count:
        free = row - np.linalg.pinv(used) @ used @ row if rank else row
        more = rng.normal(size=(count - rank - 1, len(allowed))) @ allowed
        rows = np.vstack([used, free, more])
    start = np.linalg.lstsq(rows.T, row, rcond=None)[0]
    padded = np.hstack([UV, np.zeros((len(Y), count - rank))])
    for size in np.geomspace(1.0, 1e-2, TRIES):  # small changes keep the signs of `row`
        C_inverse = start + size * rng.normal(size=(count, count))
        A1 = row + (C_inverse - start) @ rows
        A1 += size * rng.normal(size=(count, len(unseen))) @ unseen
        if (A1 @ X * signs > 0).all() and np.linalg.cond(C_inverse) < CONDITION:
            return A1, padded @ np.linalg.inv(C_inverse)
    return None


def _inside(X: Array, signs: Array, basis: Array) -> Array | None:
    """Return a row w in the span of `basis` whose products with samples have given signs, or None.

    The smallest |w.x| / ||x|| is the largest that coefficients within [-1, 1] can reach.
    """
    if not len(basis):
        return None
    sides = (basis @ (X / np.linalg.norm(X, axis=0)) * signs).T
    system = np.hstack([-sides, np.ones((len(sides), 1))])
    cost = np.zeros(len(basis) + 1)
    cost[-1] = -1.0
    bounds = [(-1.0, 1.0)] * len(basis) + [(None, 1.0)]
    found = linprog(cost, A_ub=system, b_ub=np.zeros(len(sides)), bounds=bounds)
    return found.x[:-1] @ basis if found.success and found.x[-1] > 1e-6 else None


def _kernel(matrix: Array, size: float) -> Array:
    """Return an orthonormal basis, as rows, of the w with matrix w = 0; `size` tells zero."""
    _, values, rows = np.linalg.svd(matrix)
    return rows[int((values > 1e-10 * size).sum()) :]


def _relu(hidden: Numbers) -> Numbers:
    return np.where(hidden > 0, hidden, 0 * hidden)


def _identity(n: int, like: Numbers) -> Numbers:
    return to_fractions(np.eye(n, dtype=int)) if like.dtype == object else np.eye(n)


def _checked(X: ArrayLike, Y: ArrayLike, A1: ArrayLike, A2: ArrayLike) -> list[Numbers]:
    """Return the arrays as numbers of one kind whose shapes fit."""
    x, y, a1, a2 = _matrices(X=X, Y=Y, A1=A1, A2=A2)
    if x.shape[1] != y.shape[1] or a2.shape != (len(y), len(a1)):
        shapes = ", ".join(str(array.shape) for array in (x, y, a1, a2))
        raise ValueError(f"X, Y, A1, A2: expected shapes that fit, got {shapes}")
    return [x, y, a1, a2]


def _matrices(**arrays: ArrayLike) -> list[Numbers]:
    """Return matrices of one kind of number; as many columns in A1 as there are rows in X.

    Floats are of a size at which products neither overflow nor vanish.
    """
    found = dict(zip(arrays, same_numbers(**arrays), strict=True))
    for name, array in found.items():
        if array.ndim != 2 or not array.size:
            raise ValueError(
                f"{name}: expected a matrix that is not empty, got shape {array.shape}"
            )
        if array.dtype != object:
            moderate(array, name)
    if found["A1"].shape[1] != len(found["X"]):
        raise ValueError(
            f"X, A1: expected shapes that fit, got {found['X'].shape} and {found['A1'].shape}"
        )
    return list(found.values())
