"""A second opinion on certificate files: other formulae and another argument than the proof's.

Nothing is shared with the module that writes the certificates. The kernel of two units is written
as a function of p = w.v, a = |w|^2 and b = |v|^2,

    2 pi f = s + p (pi - t),   s = sqrt(a b - p^2),   t = atan2(s, p),

and differentiated by the chain rule; and instead of a Krawczyk test there is strong convexity.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from flint import arb, arb_mat, ctx


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

    Raises
    ------
    ValueError
        If the file cannot be read as a certificate.
    """
    try:
        stored = json.loads(Path(path).read_text())
        centre = [[float(x) for x in row] for row in stored["centre"]]
        teachers = [[float(x) for x in row] for row in stored["teachers"]]
        claimed = bool(stored["proved"])
        radius = float(stored["radius"])
        if claimed:
            lowest, (low, high) = float(stored["min_eigenvalue"]), map(float, stored["loss"])
        widths = {len(row) for row in centre + teachers}
        finite = np.all(np.isfinite([x for row in centre + teachers for x in row]))
        if len(widths) != 1 or not centre or not teachers or not finite:
            raise ValueError("centre and teachers are not matrices that fit each other")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: not a certificate of a minimum: {error!r}") from None
    if not claimed:
        return Verification(False, f"the certificate claims no proof: {stored.get('reason', '')}")
    n, d = len(centre), len(centre[0])
    if n < len(teachers):
        return Verification(False, "fewer students than teachers: the global minimum may exceed 0")
    if not (radius > 0 and lowest > 0 and 0 < low <= high):
        return Verification(False, "radius, eigenvalue bound and loss must be positive and finite")

    with ctx.workprec(128):
        exact = arb_mat(centre + teachers)
        loss, gradient = _loss_and_gradient(exact, n)
        ball = [[arb(x, radius) for x in row] for row in centre]
        hessian = _hessian(arb_mat(ball + [[arb(x) for x in row] for row in teachers]), n)
        if not all(x.is_finite() for x in hessian.entries()):
            return Verification(False, "the Hessian has no bound on the ball")
        middle = np.array([[float(x.mid()) for x in row] for row in hessian.tolist()])
        smallest = float(np.linalg.eigvalsh(middle)[0])
        shift = lowest + 0.9 * (smallest - lowest)
        try:
            factor = arb_mat(np.linalg.cholesky(middle - shift * np.eye(n * d)).tolist())
        except np.linalg.LinAlgError:
            return Verification(False, f"the Hessian has the eigenvalue {smallest:.6g}")
        residual = (hessian - factor * factor.transpose()).tolist()
        for i, row in enumerate(residual):
            row[i] -= arb(shift)
            if not shift - sum((abs(x) for x in row), arb(0)) >= lowest:
                return Verification(False, "the Hessian's eigenvalues are not as large as stated")
        squared = sum((x**2 for x in gradient.entries()), arb(0))
        if not squared < (arb(lowest) * radius) ** 2:
            return Verification(False, "the gradient at the centre is too long for the radius")
        if not (loss - squared / (2 * arb(lowest)) >= low and loss <= high):
            return Verification(False, "the loss is not within the stated bounds")
    return Verification(True)


def _kernels(units: arb_mat) -> tuple[arb_mat, arb_mat, arb_mat]:
    """Return p, s and pi - t of each unit with each."""
    products = units * units.transpose()
    m = units.nrows()
    areas, turns = arb_mat(m, m), arb_mat(m, m)
    for i in range(m):
        for j in range(m):
            p, a, b = products[i, j], products[i, i], products[j, j]
            areas[i, j] = arb(0) if i == j else (a * b - p**2).nonnegative_part().sqrt()
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
        total = sum((c * s[i, j] / a for c, j in zip(signs, others, strict=True)), arb(0))
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
