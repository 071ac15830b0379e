"""Proofs in ball arithmetic that a ReLU network is a spurious minimum of its population loss.

A ball here is a number with a rigorous bound of its error (python-flint's `arb`); what is computed
with balls is proved. All matrices in double precision (approximate inverses and factors) only help:
nothing rests on their accuracy.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import ArrayLike, NDArray

from landscape.population import hessian, polish

PRECISION = 128


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
        path.write_text(self.to_json() + "\n")


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
        Teachers, k <= n, so that the global minimum is 0.
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
    for name, value in (("within", within), ("radius", radius)):
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name}: expected a positive number, got {value}")
    given, V = np.asarray(W, dtype=float), np.asarray(V, dtype=float)
    curvature = hessian(given, V)
    n, d = given.shape
    if n < len(V):
        raise ValueError(
            f"W: expected at least as many students as teachers, {len(V)}, got {n}: with fewer"
            " the global minimum is above 0 and not known"
        )

    centre, distance = given, 0.0

    def refuse(reason: str) -> MinimumCertificate:
        return MinimumCertificate(
            False, reason, centre.tolist(), V.tolist(), distance, float(radius)
        )

    with ctx.workprec(PRECISION):
        teachers = _balls(V)
        if not _loss(_balls(given), teachers) > 0:
            return refuse("the loss is not above the global minimum 0, as far as can be proved")
        least = float(np.linalg.eigvalsh(curvature)[0])
        if not least > 0:
            return refuse(f"no minimum: the Hessian has the eigenvalue {least:.3g}")
        centre = polish(given, V)
        distance = float(np.abs(centre - given).max())
        if distance > within:
            return refuse(f"the critical point that Newton's method finds is {distance:.3g} away")
        point, curvature = _balls(centre), hessian(centre, V)
        least = float(np.linalg.eigvalsh(curvature)[0])
        over_ball = _hessian(_balls(centre, radius), teachers)
        if not all(entry.is_finite() for entry in over_ball.entries()):
            return refuse("two units may be parallel within the ball: no bound of the Hessian")

        slope = arb_mat(n * d, 1, _gradient(point, teachers).entries())
        if not _contracts(slope, over_ball, curvature, radius):
            return refuse("the Krawczyk test does not contract: no isolated critical point proved")
        bound = _smallest_eigenvalue(over_ball, curvature, least * (1 - 1e-6))
        if not bound > 0:
            return refuse("the Hessian is not positive definite on the ball, as far as proved")
        # A checker with other formulae has other roundings: it is left one part in a hundred.
        lowest = 0.99 * float(bound.lower())
        # With modulus m of convexity the loss at the minimum is at most |grad F|^2 / (2 m) lower.
        height = _loss(point, teachers)
        sag = sum((entry**2 for entry in slope.entries()), arb(0)) / (2 * arb(lowest))
        low, high = float((height - sag).lower()), float(height.upper())
        enclosure = (float(np.nextafter(low, -np.inf)), float(np.nextafter(high, np.inf)))
        if not enclosure[0] > 0:
            return refuse("the loss is not above the global minimum 0, as far as can be proved")
    return MinimumCertificate(
        True, "", centre.tolist(), V.tolist(), distance, float(radius), lowest, enclosure
    )


def _contracts(
    slope: arb_mat, over_ball: arb_mat, curvature: NDArray[np.float64], radius: float
) -> bool:
    """Tell whether the map x - Y grad F(x), Y the inverse Hessian, maps the ball into itself.

    `slope` is the gradient at the centre; `over_ball` encloses the Hessian on the ball, whose value
    at the centre is about `curvature`.
    """
    inverse = _balls(np.linalg.inv(curvature))
    contraction = _row_sum(_identity(len(curvature)) - inverse * over_ball)
    return bool(_row_sum(inverse * slope) + contraction * radius < radius)


def _smallest_eigenvalue(over_ball: arb_mat, curvature: NDArray[np.float64], shift: float) -> arb:
    """Return a lower bound of the Hessian's eigenvalues on the ball; arguments as `_contracts`.

    H - shift = L L^T + residual on the ball, so H >= shift - |residual|.
    """
    size = len(curvature)
    factor = _balls(np.linalg.cholesky(curvature - shift * np.eye(size)))
    residual = over_ball - arb(shift) * _identity(size) - factor * factor.transpose()
    return arb(shift) - _row_sum(residual)


def _balls(matrix: NDArray[np.floating[Any]], radius: float = 0.0) -> arb_mat:
    return arb_mat([[arb(entry, radius) for entry in row] for row in matrix.tolist()])


def _identity(size: int) -> arb_mat:
    return arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])


def _row_sum(matrix: arb_mat) -> arb:
    """Return an upper bound of the matrix norm that belongs to the maximum norm."""
    return max(sum((abs(x) for x in row), arb(0)).upper() for row in matrix.tolist())


def _directions(matrix: arb_mat) -> tuple[list[arb], arb_mat]:
    """Return the norms of the rows, and the rows divided by them."""
    rows = matrix.tolist()
    norms = [sum((x**2 for x in row), arb(0)).sqrt() for row in rows]
    return norms, arb_mat([[x / a for x in row] for row, a in zip(rows, norms, strict=True)])


def _angles(first: arb_mat, second: arb_mat) -> tuple[arb_mat, arb_mat, arb_mat]:
    """Return cosines, sines and angles between the rows of two matrices of unit vectors."""
    shape = (first.nrows(), second.nrows())
    cosines = first * second.transpose()
    if first is second:
        for i in range(shape[0]):
            cosines[i, i] = 1
    sines = [(1 - c**2).nonnegative_part().sqrt() for c in cosines.entries()]
    angles = [arb.atan2(s, c) for s, c in zip(sines, cosines.entries(), strict=True)]
    return cosines, arb_mat(*shape, sines), arb_mat(*shape, angles)


def _loss(W: arb_mat, V: arb_mat) -> arb:
    """Enclose F, a sum of kernels |w||v| (sin t + (pi - t) cos t) / (2 pi)."""
    (a, students), (b, teachers) = _directions(W), _directions(V)
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
    (a, students), (b, teachers) = _directions(W), _directions(V)
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
    (a, students), (b, teachers) = _directions(W), _directions(V)
    n, d = W.nrows(), W.ncols()
    identity = _identity(d)
    _, sines, angles = _angles(students, students)
    _, teacher_sines, _ = _angles(students, teachers)
    away = [_away(students, i, students, sines) for i in range(n)]
    blocks: dict[tuple[int, int], arb_mat] = {}
    for i in range(n):
        unit = arb_mat([students.tolist()[i]])
        # Curvature of each kernel: sin t |v| / |w| (I - wbar wbar^T + nbar nbar^T).
        normals = [*away[i].tolist(), *_away(students, i, teachers, teacher_sines).tolist()]
        weights = [a[j] * sines[i, j] / a[i] for j in range(n)]
        weights += [-b[j] * teacher_sines[i, j] / a[i] for j in range(len(b))]
        weighted = arb_mat([[w * x for x in row] for w, row in zip(weights, normals, strict=True)])
        block = weighted.transpose() * arb_mat(normals)
        block += sum(weights, arb(0)) * (identity - unit.transpose() * unit)
        blocks[i, i] = arb.pi() * identity + block
        for j in range(i):
            other = arb_mat([students.tolist()[j]])
            block = arb_mat([away[i].tolist()[j]]).transpose() * unit
            block += arb_mat([away[j].tolist()[i]]).transpose() * other
            block += (arb.pi() - angles[i, j]) * identity
            blocks[i, j], blocks[j, i] = block, block.transpose()
    rows = [[blocks[i, j].tolist() for j in range(n)] for i in range(n)]
    whole = [[x for block in row for x in block[e]] for row in rows for e in range(d)]
    return arb_mat(whole) * (1 / (2 * arb.pi()))


def _away(students: arb_mat, i: int, units: arb_mat, sines: arb_mat) -> arb_mat:
    """Return the directions of the units' parts orthogonal to student i, 0 for itself."""
    unit = students.tolist()[i]
    result = []
    for j, other in enumerate(units.tolist()):
        if units is students and i == j:
            result.append([arb(0)] * len(unit))
            continue
        cosine = sum((x * y for x, y in zip(unit, other, strict=True)), arb(0))
        result.append([(y - cosine * x) / sines[i, j] for x, y in zip(unit, other, strict=True)])
    return arb_mat(result)
