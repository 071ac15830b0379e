"""Proofs in ball arithmetic that a ReLU network is a spurious minimum of its population loss.

A ball here is a number with a rigorous bound of its error (`landscape.enclosures`); what is
computed with balls is proved, and balls without a bound prove nothing. All matrices in double
precision (approximate inverses and factors) only help: nothing rests on their accuracy.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import ArrayLike

from landscape import enclosures
from landscape.arrays import Array, finite_matrix, real_number
from landscape.enclosures import PRECISION, ball, ball_matrix, identity
from landscape.population import hessian, polish


@dataclass(frozen=True)
class MinimumCertificate:
    """What is proved of the population loss F near a network.

    If `proved`: the ball of networks whose entries differ from `centre` by at most `radius` each
    holds exactly one critical point of F; on all of the ball the Hessian's eigenvalues are at least
    `min_eigenvalue` > 0; and at the critical point F lies within `loss`, above the global minimum
    0. So the critical point is a spurious local minimum, and the given network is no further from
    `centre` than `distance` in any entry.

    Attributes
    ----------
    proved : bool
    reason : str
        Why there is no proof; empty if there is one.
    centre : list of list of float, shape (n, d)
        Polished by Newton's method; the floats are exact.
    teachers : list of list of float, shape (k, d)
    distance, radius : float
        In the maximum norm.
    min_eigenvalue : float or None
    loss : tuple of float, or None
        Lower and upper bound.
    """

    proved: bool
    reason: str
    centre: list[list[float]]
    teachers: list[list[float]]
    distance: float
    radius: float
    min_eigenvalue: float | None = None
    loss: tuple[float, float] | None = None

    def to_json(self) -> str:
        """Return the certificate as one line of JSON, whose numbers are read back exactly."""
        return json.dumps({"kind": "spurious minimum of a population loss", **asdict(self)})

    def save(self, path: Path) -> None:
        """Write the certificate file that `verify_certificate` reads."""
        path.write_text(self.to_json() + "\n", encoding="utf-8")


def certify_minimum(
    W: ArrayLike, V: ArrayLike, *, within: float = 1e-5, radius: float = 1e-9
) -> MinimumCertificate:
    """Try to prove that W is, up to `within`, a local minimum of the population loss above 0.

    Newton's method polishes W. A Krawczyk test on the ball about the polished point proves that it
    holds exactly one critical point, and a Cholesky factor of a shifted Hessian, whose residual is
    enclosed, bounds the eigenvalues on the ball from below.

    Parameters
    ----------
    W : array_like, shape (n, d)
        Student, no unit zero.
    V : array_like, shape (k, d)
        Teachers, k <= n, so that the global minimum is 0. One that is zero counts for nothing.
    within : float
        How far from W the polished point may be, in the maximum norm.
    radius : float
        Radius of the ball about the polished point, in the maximum norm.

    Raises
    ------
    ValueError
        If a shape does not fit, n < k, k > d, an entry is not finite, a unit of W is zero, or
        `within` or `radius` is not positive.
    """
    within, radius = real_number(within, "within", above=0), real_number(radius, "radius", above=0)
    given, V = finite_matrix(W, "W"), finite_matrix(V, "V")
    curvature = hessian(given, V)
    (n, d), k = given.shape, int(V.any(axis=1).sum())
    if k == 0:
        raise ValueError("V: expected a teacher that is not zero")
    if n < k:
        raise ValueError(
            f"W: expected at least as many students as teachers, {k}, got {n}: with fewer"
            " the global minimum is above 0 and not known"
        )

    centre, distance = given, 0.0

    def refuse(reason: str) -> MinimumCertificate:
        return MinimumCertificate(False, reason, centre.tolist(), V.tolist(), distance, radius)

    with ctx.workprec(PRECISION):
        teachers = ball_matrix(V[V.any(axis=1)])
        if not enclosures.positive(_loss(ball_matrix(given), teachers)):
            return refuse("the loss is not above the global minimum 0, as far as can be proved")
        least = float(np.linalg.eigvalsh(curvature)[0])
        if not least > 0:
            return refuse(f"no minimum: the Hessian has the eigenvalue {least:.3g}")
        centre = polish(given, V)
        distance = float(np.abs(centre - given).max())
        if distance > within:
            return refuse(f"the critical point that Newton's method finds is {distance:.3g} away")
        point, curvature = ball_matrix(centre), hessian(centre, V)
        least = float(np.linalg.eigvalsh(curvature)[0])
        if not least > 0:
            return refuse(f"no minimum: the Hessian has the eigenvalue {least:.3g}")
        try:
            over_ball = _hessian(ball_matrix(centre, radius), teachers)
        except enclosures.NotFiniteError as error:
            return refuse(f"no bound of the Hessian: {error}")

        slope = arb_mat(n * d, 1, _gradient(point, teachers).entries())
        if not _contracts(slope, over_ball, curvature, radius):
            return refuse("the Krawczyk test does not contract: no isolated critical point proved")
        bound = _smallest_eigenvalue(over_ball, curvature, least * (1 - 1e-6))
        if not enclosures.positive(bound):
            return refuse("the Hessian is not positive definite on the ball, as far as proved")
        # A checker with other formulae has other roundings: it is left one part in a hundred.
        lowest = 0.99 * enclosures.middle(enclosures.lowest(bound))
        # With modulus m of convexity the loss at the minimum is at most |grad F|^2 / (2 m) lower.
        height = _loss(point, teachers)
        sag = enclosures.total(map(enclosures.square, slope.entries())) / (2 * ball(lowest))
        if not enclosures.positive(height - sag):
            return refuse("the loss is not above the global minimum 0, as far as can be proved")
        bounds = enclosures.lower_or_zero(height - sag), enclosures.upper(height)
    return MinimumCertificate(
        True, "", centre.tolist(), V.tolist(), distance, radius, lowest, bounds
    )


def _contracts(slope: arb_mat, over_ball: arb_mat, curvature: Array, radius: float) -> bool:
    """Tell whether the map x - Y grad F(x), Y the inverse Hessian, maps the ball into itself.

    `slope` is the gradient at the centre; `over_ball` encloses the Hessian on the ball, whose value
    at the centre is about `curvature`.
    """
    try:
        inverse = ball_matrix(np.linalg.inv(curvature))
    except np.linalg.LinAlgError:
        return False
    contraction = enclosures.row_sum(identity(len(curvature)) - inverse * over_ball)
    reached = enclosures.row_sum(inverse * slope) + contraction * ball(radius)
    return enclosures.less(reached, ball(radius))


def _smallest_eigenvalue(over_ball: arb_mat, curvature: Array, shift: float) -> arb:
    """Return a lower bound of the Hessian's eigenvalues on the ball; arguments as `_contracts`.

    H - shift = L L^T + residual on the ball, so H >= shift - |residual|.
    """
    size = len(curvature)
    try:
        factor = ball_matrix(np.linalg.cholesky(curvature - shift * np.eye(size)))
    except np.linalg.LinAlgError:
        return ball(0.0)
    residual = over_ball - ball(shift) * identity(size) - factor * factor.transpose()
    return ball(shift) - enclosures.row_sum(residual)


def _directions(matrix: arb_mat, name: str) -> tuple[list[arb], arb_mat]:
    """Return the norms of the rows, and the rows divided by them."""
    rows = matrix.tolist()
    norms = [enclosures.norm(row) for row in rows]
    for i, size in enumerate(norms):
        if not enclosures.positive(size):
            raise enclosures.NotFiniteError(f"{name} {i} may be zero")
    return norms, arb_mat([[x / a for x in row] for row, a in zip(rows, norms, strict=True)])


def _angles(first: arb_mat, second: arb_mat) -> tuple[arb_mat, arb_mat, arb_mat]:
    """Return cosines, sines and angles between the rows of two matrices of unit vectors."""
    shape = (first.nrows(), second.nrows())
    cosines = first * second.transpose()
    if first is second:
        for i in range(shape[0]):
            cosines[i, i] = 1
    sines = [enclosures.root(1 - enclosures.square(c)) for c in cosines.entries()]
    angles = [arb.atan2(s, c) for s, c in zip(sines, cosines.entries(), strict=True)]
    return cosines, arb_mat(*shape, sines), arb_mat(*shape, angles)


def _loss(W: arb_mat, V: arb_mat) -> arb:
    """Enclose F, a sum of kernels |w||v| (sin t + (pi - t) cos t) / (2 pi)."""
    (a, students), (b, teachers) = _directions(W, "student"), _directions(V, "teacher")
    total = arb(0)
    for p, first, q, second, weight in (
        (a, students, a, students, 1),
        (a, students, b, teachers, -2),
        (b, teachers, b, teachers, 1),
    ):
        cosines, sines, angles = _angles(first, second)
        for i in range(len(p)):
            for j in range(len(q)):
                kernel = sines[i, j] + (arb.pi() - angles[i, j]) * cosines[i, j]
                total += weight * p[i] * q[j] * kernel
    return total / (4 * arb.pi())


def _gradient(W: arb_mat, V: arb_mat) -> arb_mat:
    """Enclose the gradient: sums of (|v| sin t wbar + (pi - t) v) / (2 pi)."""
    (a, students), (b, teachers) = _directions(W, "student"), _directions(V, "teacher")
    _, sines, angles = _angles(students, students)
    _, teacher_sines, teacher_angles = _angles(students, teachers)
    n, k = len(a), len(b)
    pull = sines * arb_mat(n, 1, a) - teacher_sines * arb_mat(k, 1, b)
    along = arb_mat([[pull[i, 0] * x for x in row] for i, row in enumerate(students.tolist())])
    turned = arb_mat(n, n, [arb.pi() - t for t in angles.entries()]) * W
    turned -= arb_mat(n, k, [arb.pi() - t for t in teacher_angles.entries()]) * V
    return (along + turned) * (1 / (2 * arb.pi()))


def _hessian(W: arb_mat, V: arb_mat) -> arb_mat:
    """Enclose the Hessian, block by block as Theorem 17 of Safran, Yehudai & Shamir 2020."""
    (a, students), (b, teachers) = _directions(W, "student"), _directions(V, "teacher")
    n, d = W.nrows(), W.ncols()
    eye = identity(d)
    _, sines, angles = _angles(students, students)
    _, teacher_sines, _ = _angles(students, teachers)
    away = [_away(students, i, students, sines, "students") for i in range(n)]
    blocks: dict[tuple[int, int], arb_mat] = {}
    for i in range(n):
        unit = arb_mat([students.tolist()[i]])
        # Curvature of each kernel: sin t |v| / |w| (I - wbar wbar^T + nbar nbar^T).
        others = _away(students, i, teachers, teacher_sines, "student and teacher")
        normals = [*away[i].tolist(), *others.tolist()]
        weights = [a[j] * sines[i, j] / a[i] for j in range(n)]
        weights += [-b[j] * teacher_sines[i, j] / a[i] for j in range(len(b))]
        weighted = arb_mat([[w * x for x in row] for w, row in zip(weights, normals, strict=True)])
        block = weighted.transpose() * arb_mat(normals)
        block += enclosures.total(weights) * (eye - unit.transpose() * unit)
        blocks[i, i] = arb.pi() * eye + block
        for j in range(i):
            other = arb_mat([students.tolist()[j]])
            block = arb_mat([away[i].tolist()[j]]).transpose() * unit
            block += arb_mat([away[j].tolist()[i]]).transpose() * other
            block += (arb.pi() - angles[i, j]) * eye
            blocks[i, j], blocks[j, i] = block, block.transpose()
    rows = [[blocks[i, j].tolist() for j in range(n)] for i in range(n)]
    whole = [[x for block in row for x in block[e]] for row in rows for e in range(d)]
    return enclosures.finite_entries(arb_mat(whole) * (1 / (2 * arb.pi())))


def _away(students: arb_mat, i: int, units: arb_mat, sines: arb_mat, names: str) -> arb_mat:
    """Return the directions of the units' parts orthogonal to student i, 0 for itself.

    Raises
    ------
    NotFiniteError
        If a unit may be parallel to the student, so that no direction is known.
    """
    unit = students.tolist()[i]
    result = []
    for j, other in enumerate(units.tolist()):
        if units is students and i == j:
            result.append([arb(0)] * len(unit))
            continue
        if not enclosures.positive(sines[i, j]):
            raise enclosures.NotFiniteError(f"{names} {i} and {j} may be parallel")
        cosine = enclosures.dot(unit, other)
        result.append([(y - cosine * x) / sines[i, j] for x, y in zip(unit, other, strict=True)])
    return arb_mat(result)
