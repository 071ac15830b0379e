"""A second opinion on certificate files: other formulae and another argument than the proof's.

Nothing is shared with the module that writes the certificates but the reductions over balls, which
refuse what is not finite (`landscape.enclosures`). The kernel of two units is written
as a function of p = w.v, a = |w|^2 and b = |v|^2,

    2 pi f = s + p (pi - t),   s = sqrt(a b - p^2),   t = atan2(s, p),

and differentiated by the chain rule; and instead of a Krawczyk test there is strong convexity.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
from flint import arb, arb_mat, ctx

from landscape import enclosures
from landscape.arrays import Array, finite_matrix, real_number
from landscape.enclosures import PRECISION, ball, ball_matrix

KIND = "spurious minimum of a population loss"
FIELDS = {
    "kind",
    "proved",
    "reason",
    "centre",
    "teachers",
    "distance",
    "radius",
    "min_eigenvalue",
    "loss",
}


@dataclass(frozen=True)
class Verification:
    """Whether a certificate holds, and if not, why; true exactly if it holds."""

    proved: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.proved


def verify_certificate(path: Path | str) -> Verification:
    """Re-check a stored certificate of a spurious minimum from its own file alone.

    Let m be the stated eigenvalue bound and r the radius. If the Hessian is at least m on the ball
    (in the maximum norm, convex), F is strongly convex there and has at most one critical point; if
    its gradient at the centre is shorter than m r, it grows from the centre to every point at
    distance r, so that a critical point lies inside, lower than the centre by |grad|^2 / (2 m) at
    most.

    A file that claims what its own fields deny is no proof either.

    Parameters
    ----------
    path : Path or str
        The file that `landscape.certify.MinimumCertificate.save` writes.

    Raises
    ------
    ValueError
        If the file cannot be read, is no such certificate, or has fields that none has.
    """
    try:
        stored = _read(Path(path))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}".split("\n")[0]
        raise ValueError(f"{path}: not a certificate of a minimum: {reason:.200}") from None
    if not stored.proved:
        if stored.lowest is not None or stored.loss is not None:
            return Verification(False, "contradiction: no proof is claimed, yet bounds are stated")
        return Verification(False, f"the certificate claims no proof: {stored.reason}")
    if stored.reason:
        return Verification(
            False, "contradiction: a proof is claimed, and a reason for none stated"
        )
    if stored.lowest is None or stored.loss is None:
        return Verification(False, "a proof is claimed without an eigenvalue bound or a loss")
    if len(stored.centre) < stored.teachers.any(axis=1).sum():
        return Verification(False, "fewer students than teachers: the global minimum may exceed 0")
    low, high = stored.loss
    if not (stored.radius > 0 and stored.lowest > 0 and 0 < low <= high and stored.distance >= 0):
        return Verification(
            False, "radius, eigenvalue bound and loss must be positive, the distance not negative"
        )
    if not stored.centre.any(axis=1).all() or not stored.teachers.any():
        return Verification(False, "a student or every teacher is zero, where F is not smooth")
    with ctx.workprec(PRECISION):
        try:
            reason = _refuted(stored, stored.lowest, low, high)
        except enclosures.NotFiniteError:
            reason = "the loss or its Hessian has no bound on the ball"
    return Verification(not reason, reason)


class _Stored(NamedTuple):
    """The content of a certificate file: students (n, d), teachers (k, d) and what is claimed."""

    proved: bool
    reason: str
    centre: Array
    teachers: Array
    distance: float
    radius: float
    lowest: float | None
    loss: tuple[float, float] | None


def _read(path: Path) -> _Stored:
    """Return the content of a file, or raise one of the errors that its reader names."""
    content = json.loads(
        path.read_text(encoding="utf-8"),
        object_pairs_hook=_without_repeats,
        parse_constant=_no_constant,
    )
    if not isinstance(content, dict):
        raise ValueError(f"expected a JSON object, got {type(content).__name__}")
    if content.keys() != FIELDS:
        wrong = sorted(content.keys() ^ FIELDS)
        raise ValueError(f"expected the fields {', '.join(sorted(FIELDS))}, wrong: {wrong}")
    if content["kind"] != KIND:
        raise ValueError(f"kind: expected {KIND!r}, got {content['kind']!r:.80}")
    if not isinstance(content["proved"], bool) or not isinstance(content["reason"], str):
        raise ValueError("proved, reason: expected true or false and a text")
    centre = finite_matrix(content["centre"], "centre")
    lowest, loss = content["min_eigenvalue"], content["loss"]
    if loss is not None:
        if not isinstance(loss, list) or len(loss) != 2:
            raise ValueError(f"loss: expected two numbers, got {loss!r:.80}")
        loss = real_number(loss[0], "loss"), real_number(loss[1], "loss")
    return _Stored(
        content["proved"],
        content["reason"],
        centre,
        finite_matrix(content["teachers"], "teachers", centre.shape[1]),
        real_number(content["distance"], "distance"),
        real_number(content["radius"], "radius"),
        None if lowest is None else real_number(lowest, "min_eigenvalue"),
        loss,
    )


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("expected each field once")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"expected finite numbers, got {name}")


def _refuted(stored: _Stored, lowest: float, low: float, high: float) -> str:
    """Return what the file claims and this cannot prove; nothing if all is proved."""
    n, d = stored.centre.shape
    teachers = ball_matrix(stored.teachers[stored.teachers.any(axis=1)]).tolist()
    loss, gradient = _loss_and_gradient(
        arb_mat([*ball_matrix(stored.centre).tolist(), *teachers]), n
    )
    around = ball_matrix(stored.centre, stored.radius).tolist()
    hessian = enclosures.finite_entries(_hessian(arb_mat([*around, *teachers]), n))
    middle = np.array([[enclosures.middle(x) for x in row] for row in hessian.tolist()])
    if not np.isfinite(middle).all():
        return "the Hessian exceeds float64's range"
    smallest = float(np.linalg.eigvalsh(middle)[0])
    shift = lowest + 0.9 * (smallest - lowest)
    if not math.isfinite(shift):
        return "the Hessian's eigenvalues are not as large as stated"
    try:
        factor = ball_matrix(np.linalg.cholesky(middle - shift * np.eye(n * d)))
    except np.linalg.LinAlgError:
        return f"the Hessian has the eigenvalue {smallest:.6g}"
    # H - shift = L L^T + residual, so no eigenvalue is below shift - |residual|.
    residual = hessian - ball(shift) * enclosures.identity(n * d) - factor * factor.transpose()
    if not enclosures.at_most(ball(lowest), ball(shift) - enclosures.row_sum(residual)):
        return "the Hessian's eigenvalues are not as large as stated"
    squared = enclosures.total(map(enclosures.square, gradient.entries()))
    if not enclosures.less(squared, enclosures.square(ball(lowest) * ball(stored.radius))):
        return "the gradient at the centre is too long for the radius"
    sag = squared / (2 * ball(lowest))
    if not (enclosures.at_most(ball(low), loss - sag) and enclosures.at_most(loss, ball(high))):
        return "the loss is not within the stated bounds"
    return ""


def _kernels(units: arb_mat) -> tuple[arb_mat, arb_mat, arb_mat]:
    """Return p, s and pi - t of each unit with each."""
    products = units * units.transpose()
    m = units.nrows()
    areas, turns = arb_mat(m, m), arb_mat(m, m)
    for i in range(m):
        for j in range(m):
            p, a, b = products[i, j], products[i, i], products[j, j]
            areas[i, j] = arb(0) if i == j else enclosures.root(a * b - enclosures.square(p))
            turns[i, j] = arb.pi() - (arb(0) if i == j else arb.atan2(areas[i, j], p))
    return products, areas, turns


def _loss_and_gradient(units: arb_mat, n: int) -> tuple[arb, arb_mat]:
    """Enclose the loss, and its gradient (n, d): df/dw = f_p v + 2 f_a w."""
    p, s, turns = _kernels(units)
    m = units.nrows()
    signs = [1] * n + [-1] * (m - n)
    loss = arb(0)
    weights = arb_mat(n, m)
    for i in range(m):
        for j in range(m):
            loss += signs[i] * signs[j] * (s[i, j] + p[i, j] * turns[i, j])
            if i < n:
                weights[i, j] += signs[j] * turns[i, j]
                weights[i, i] += signs[j] * s[i, j] / p[i, i]
    return loss / (4 * arb.pi()), weights * units * (1 / (2 * arb.pi()))


def _hessian(units: arb_mat, n: int) -> arb_mat:
    """Enclose the Hessian (n d, n d) by the second derivatives of f in p, a and b.

    With f_pp = 1/s, f_pa = -p/(2as), f_aa = (b/s - 2s/a)/(4a), f_ab = 1/(4s), f_p = pi - t and
    f_a = s/(2a), all over 2 pi; squares are completed, so that no large terms cancel.
    """
    p, s, turns = _kernels(units)
    m, d = units.nrows(), units.ncols()
    rows = units.tolist()

    def rest(i: int, j: int) -> list[arb]:
        """Return v_j - (p/a) w_i."""
        share = p[i, j] / p[i, i]
        return [x - share * y for x, y in zip(rows[j], rows[i], strict=True)]

    result = arb_mat(n * d, n * d)
    for i in range(n):
        # Each kernel adds r r^T / s - (s/a^2) w w^T + (s/a) I to block (i, i), and w's own pi I.
        others = [j for j in range(m) if j != i]
        w, a = arb_mat([rows[i]]), p[i, i]
        rests = [rest(i, j) for j in others]
        signs = [arb(1 if j < n else -1) for j in others]
        scaled = [
            [c / s[i, j] * x for x in r] for c, j, r in zip(signs, others, rests, strict=True)
        ]
        total = enclosures.total(c * s[i, j] / a for c, j in zip(signs, others, strict=True))
        block = arb_mat(rests).transpose() * arb_mat(scaled) - w.transpose() * w * (total / a)
        _place(result, block, arb.pi() + total, i, i)
        for j in range(i):
            v = arb_mat([rows[j]])
            block = arb_mat([rest(i, j)]).transpose() * w + arb_mat([rest(j, i)]).transpose() * v
            _place(result, block * (1 / s[i, j]), turns[i, j], i, j)
    return result * (1 / (2 * arb.pi()))


def _place(whole: arb_mat, block: arb_mat, level: arb, i: int, j: int) -> None:
    """Set blocks (i, j) and (j, i) to block + level I and its transpose."""
    d = block.nrows()
    for e in range(d):
        for f in range(d):
            entry = block[e, f] + (level if e == f else 0)
            whole[i * d + e, j * d + f] = entry
            whole[j * d + f, i * d + e] = entry
