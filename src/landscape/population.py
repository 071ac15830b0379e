"""Population loss of ReLU students under Gaussian inputs, its descent and its minima.

A student with weights W (n, d) and a teacher with weights V (k, d) are sums of ReLU units with
output weights 1; inputs are standard Gaussian. The loss is

    F(W) = 1/2 E (sum_i relu(w_i.x) - sum_j relu(v_j.x))^2,

with the 1/2 that equation (2) of Safran, Yehudai & Shamir 2020 does not print but that their
gradient and Hessian contain. The closed forms are those of Safran & Shamir 2018 and of Theorem 17
of the 2020 paper.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.arrays import (
    Array,
    immoderate,
    moderate_rows,
    real_array,
    real_number,
    whole_number,
)

# A run is looked at once in so many steps: its loss, the norm of its gradient, and whether it ends.
CHECK = 20
# So many runs descend at a time, which keeps their buffers in the cache; others wait their turn.
BLOCK = 32


def loss(W: ArrayLike, V: ArrayLike) -> float | Array:
    """Return F(W), 0 at the teacher up to rounding.

    Parameters
    ----------
    W : array_like, shape (..., n, d)
        Students; leading axes are a stack of networks. A unit may be zero.
    V : array_like, shape (k, d)
        Teachers, k <= d.

    Returns
    -------
    float, or ndarray of shape (...)

    Raises
    ------
    ValueError
        If a shape does not fit, n < 1, k < 1, k > d, an entry is not finite, or a unit that is not
        zero is so small or large that its square leaves float64's range.
    """
    students, teachers = _checked(W, V)
    values = _DescentStack(students.reshape(-1, *students.shape[-2:]), teachers).losses()
    return float(values[0]) if students.ndim == 2 else values.reshape(students.shape[:-2])


def gradient(W: ArrayLike, V: ArrayLike) -> Array:
    """Return the gradient of F, of the shape of W.

    Parameters are those of `loss`.

    Raises
    ------
    ValueError
        As `loss`; and if a unit of W is zero, where F has no gradient.
    """
    students, teachers = _checked(W, V, nonzero=True)
    stack = _DescentStack(students.reshape(-1, *students.shape[-2:]), teachers)
    return stack.gradients().reshape(students.shape).copy()


def hessian(W: ArrayLike, V: ArrayLike) -> Array:
    """Return the Hessian of F, shape (n d, n d), with the entries of W in row-major order.

    F is twice continuously differentiable wherever no unit is zero, parallel units included (Lemma
    1 of Safran, Yehudai & Shamir 2020); there the limits of the closed form are taken.

    Parameters
    ----------
    W : array_like, shape (n, d)
        Students, none zero.
    V : array_like, shape (k, d)
        Teachers, k <= d.

    Raises
    ------
    ValueError
        As `gradient`, and if W is a stack.
    """
    students, teachers = _checked(W, V, nonzero=True)
    if students.ndim != 2:
        raise ValueError(f"W: expected one network of shape (n, d), got shape {students.shape}")
    n, d = students.shape
    others = np.concatenate([students, teachers])
    lengths = np.linalg.norm(others, axis=1)
    units = others / np.where(lengths > 0, lengths, 1.0)[:, None]

    # With half the angle t, |v - w| = 2 sin(t/2) and |v + w| = 2 cos(t/2): no cancellation. What
    # is divided by sin t below is written with the shorter of the two, e, of order |e|^2.
    minus = units[None, :, :] - units[:n, None, :]
    plus = units[None, :, :] + units[:n, None, :]
    chords, cochords = np.linalg.norm(minus, axis=2), np.linalg.norm(plus, axis=2)
    sines, angles = chords * cochords / 2, 2 * np.arctan2(chords, cochords)
    near = chords <= cochords
    e = np.where(near[:, :, None], minus, plus)
    signed_half = np.where(near, 0.5, -0.5) * np.minimum(chords, cochords) ** 2
    inverse = np.divide(1.0, sines, out=np.zeros_like(sines), where=sines > 0)

    # Block (i, j): ((pi - t) I + [-+ e e^T +- |e|^2 / 2 (w w^T + v v^T)] / sin t) / (2 pi), the
    # published form with the upper signs for e = v - w and the lower ones for e = v + w.
    result = np.empty((n, d, n, d))
    squares = units[:n, :, None] * units[:n, None, :]
    identity = np.eye(d)
    signs = np.where(near, -1.0, 1.0)[:, :n] * inverse[:, :n]
    result[:] = np.einsum("ij,ije,ijf->iejf", signs, e[:, :n], e[:, :n], optimize=True)
    across = signed_half[:, :n] * inverse[:, :n]
    for blocks in (squares[:, None, :, :], squares[None, :, :, :]):
        result += (across[:, :, None, None] * blocks).transpose(0, 2, 1, 3)
    result += (np.pi - angles[:, :n])[:, None, :, None] * identity[None, :, None, :]
    result /= 2 * np.pi

    # Block (i, i): 1/2 I and the curvature of the kernels with all other units.
    normals = e + signed_half[:, :, None] * units[:n, None, :]
    weights = np.concatenate([np.ones(n), -np.ones(len(teachers))]) * lengths / (2 * np.pi)
    weights = weights / lengths[:n, None]
    curvature = np.einsum("ij,ije,ijf->ief", weights * inverse, normals, normals, optimize=True)
    total = (weights * sines).sum(axis=1)
    curvature += total[:, None, None] * (identity - squares)
    for i in range(n):
        result[i, :, i, :] = 0.5 * identity + curvature[i]
    return result.reshape(n * d, n * d)


class DescentEnds(NamedTuple):
    """Where gradient descent ended.

    Attributes
    ----------
    W : ndarray, shape (runs, n, d)
    loss, gradient_norm : ndarray, shape (runs,)
        The gradient's norm is that of all its entries.
    steps : ndarray of int, shape (runs,)
    finished : ndarray of bool, shape (runs,)
        Whether the gradient's norm or the loss fell to its bound within the steps allowed.
    """

    W: Array
    loss: Array
    gradient_norm: Array
    steps: NDArray[np.int64]
    finished: NDArray[np.bool_]


def descend(
    W: ArrayLike,
    V: ArrayLike,
    *,
    step: float,
    tolerance: float = 1e-9,
    floor: float = 0.0,
    max_steps: int = 1_000_000,
) -> DescentEnds:
    """Run gradient descent from each network of a stack; finished runs leave it.

    Parameters
    ----------
    W : array_like, shape (runs, n, d)
        Where the runs begin, no unit zero.
    V : array_like, shape (k, d)
        Teachers, k <= d.
    step : float
        The constant step size.
    tolerance : float
        A run ends when the norm of its gradient is at most this,
    floor : float
        or when its loss is below this: descent only lowers the loss, so a run that has fallen
        below the loss of every spurious minimum need not be followed to the end.
    max_steps : int
        Runs that have not ended by then are returned as they are. All of these are looked at once
        in `CHECK` steps.

    Raises
    ------
    ValueError
        As `gradient`; and if `step` or `tolerance` is not positive, or `max_steps` below 1; or if
        the steps are so long that a run leaves float64's range.
    """
    students, teachers = _checked(W, V, nonzero=True)
    if students.ndim != 3:
        raise ValueError(f"W: expected a stack of shape (runs, n, d), got shape {students.shape}")
    step, floor = real_number(step, "step", above=0), real_number(floor, "floor")
    tolerance = real_number(tolerance, "tolerance", above=0)
    max_steps = whole_number(max_steps, "max_steps", 1)
    runs = len(students)
    ends = students.copy()
    losses, norms = np.empty(runs), np.empty(runs)
    steps, finished = np.zeros(runs, dtype=np.int64), np.zeros(runs, dtype=np.bool_)
    active, waiting = np.arange(0), 0
    stack: _DescentStack | None = None
    while waiting < runs or len(active):
        if waiting < runs and len(active) < BLOCK:
            joined = np.arange(waiting, min(runs, waiting + BLOCK - len(active)))
            waiting += len(joined)
            active, stack = np.concatenate([active, joined]), None
        if stack is None:
            stack = _DescentStack(ends[active], teachers)
        with np.errstate(over="ignore", invalid="ignore"):
            slopes = stack.gradients()
            norms[active] = np.sqrt(np.einsum("rid,rid->r", slopes, slopes))
            losses[active] = stack.losses()
        if not np.isfinite(losses[active] + norms[active]).all():
            raise ValueError(f"step: too large, the descent diverges: {step}")
        finished[active] = (norms[active] <= tolerance) | (losses[active] < floor)
        leave = finished[active] | (steps[active] >= max_steps)
        if leave.any():
            ends[active] = stack.W
            active, stack = active[~leave], None
            continue
        count = min(CHECK, int(max_steps - steps[active].max()))
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(count):
                stack.step(step)
        steps[active] += count
    return DescentEnds(ends, losses, norms, steps, finished)


class MinimumClass(NamedTuple):
    """Critical points that are equal up to the order of students and of teachers.

    Attributes
    ----------
    W : ndarray, shape (n, d)
        One of them, polished by Newton's method.
    members : ndarray of int
        Which networks of the stack belong to the class.
    loss, gradient_norm, min_eigenvalue, max_eigenvalue : float
        At `W`; the eigenvalues are those of the Hessian.
    norm_sum : float
        The sum of the students' norms.
    """

    W: Array
    members: NDArray[np.int64]
    loss: float
    gradient_norm: float
    min_eigenvalue: float
    max_eigenvalue: float
    norm_sum: float


def classes_of_minima(W: ArrayLike, V: ArrayLike, *, tolerance: float = 1e-3) -> list[MinimumClass]:
    """Sort the ends of runs into classes up to the symmetry of orthonormal teachers.

    With V the rows of an orthogonal matrix, the maps that keep the teacher as a set permute the
    teachers, so the products W V^T of equivalent networks are equal up to the order of rows and of
    columns. Two networks share a class if their losses agree to `tolerance`^2 and the sorted
    entries, sorted norms of rows and sorted norms of columns of the products agree to `tolerance`:
    what is equivalent is never separated, and what is generic is not merged. The end with the
    smallest gradient represents its class, after Newton's method; classes that then agree are one.

    Parameters
    ----------
    W : array_like, shape (runs, n, d)
        Ends of runs.
    V : array_like, shape (d, d)
        Orthonormal teachers.
    tolerance : float
        How far two ends of one class may be apart in an entry. Newton's method may move an entry
        ten times as far; an end from which it leads further away is left as it is, and
        `gradient_norm` tells.

    Returns
    -------
    list of MinimumClass
        By rising loss.

    Raises
    ------
    ValueError
        As `gradient`; and if the teachers are not orthonormal or fewer than d.
    """
    tolerance = real_number(tolerance, "tolerance", above=0)
    students, teachers = _checked(W, V, nonzero=True)
    d = teachers.shape[1]
    if teachers.shape != (d, d) or not np.allclose(teachers @ teachers.T, np.eye(d), atol=1e-12):
        raise ValueError(f"V: expected {d} orthonormal teachers, got shape {teachers.shape}")
    if students.ndim != 3:
        raise ValueError(f"W: expected a stack of shape (runs, n, d), got shape {students.shape}")
    if not len(students):
        return []
    norms = np.linalg.norm(gradient(students, teachers), axis=(1, 2))
    groups = _groups(students, teachers, tolerance)
    ends = [students[min(group, key=lambda run: (norms[run], run))] for group in groups]
    centres = [polish(end, teachers) for end in ends]
    for i, end in enumerate(ends):
        if np.abs(centres[i] - end).max() > 10 * tolerance:
            centres[i] = end
    found = []
    for same in _groups(np.array(centres), teachers, tolerance):
        best = centres[same[0]]
        spectrum = np.linalg.eigvalsh(hessian(best, teachers))
        found.append(
            MinimumClass(
                W=best,
                members=np.array(sorted(run for group in same for run in groups[group])),
                loss=float(loss(best, teachers)),
                gradient_norm=float(np.linalg.norm(gradient(best, teachers))),
                min_eigenvalue=float(spectrum[0]),
                max_eigenvalue=float(spectrum[-1]),
                norm_sum=float(np.linalg.norm(best, axis=1).sum()),
            )
        )
    return found


def _groups(W: Array, V: Array, tolerance: float) -> list[list[int]]:
    """Return which networks are equivalent, groups by rising loss, by what the symmetry keeps."""
    products = W @ V.T
    signatures = np.concatenate(
        [
            np.sort(products.reshape(len(W), -1), axis=1),
            np.sort(np.linalg.norm(products, axis=1), axis=1),
            np.sort(np.linalg.norm(products, axis=2), axis=1),
        ],
        axis=1,
    )
    losses = np.asarray(loss(W, V))
    groups: list[list[int]] = []
    for run in np.argsort(losses, kind="stable"):
        for group in reversed(groups):
            close = losses[run] - losses[group[0]] <= tolerance * tolerance
            if close and np.abs(signatures[run] - signatures[group[0]]).max() <= tolerance:
                group.append(int(run))
                break
        else:
            groups.append([int(run)])
    return groups


def polish(W: ArrayLike, V: ArrayLike, *, steps: int = 20) -> Array:
    """Return the critical point that Newton's method reaches from W (n, d), at most `steps` on.

    The first steps may raise the gradient's norm; it stops after two in a row that do not halve the
    least norm seen, and returns the point of least norm: W itself if it leads nowhere.

    Raises
    ------
    ValueError
        As `hessian`.
    """
    students, teachers = _checked(W, V, nonzero=True)
    if students.ndim != 2:
        raise ValueError(f"W: expected one network of shape (n, d), got shape {students.shape}")
    best = point = students
    slope = gradient(point, teachers)
    least, idle = float(np.linalg.norm(slope)), 0
    for _ in range(steps):
        try:
            move = np.linalg.solve(hessian(point, teachers), slope.ravel())
        except np.linalg.LinAlgError:
            break
        point = point - move.reshape(point.shape)
        zero = not np.all(np.any(point != 0, axis=1))
        if zero or not np.all(np.isfinite(point)) or immoderate(point).any():
            break
        slope = gradient(point, teachers)
        norm = float(np.linalg.norm(slope))
        idle = 0 if norm <= least / 2 else idle + 1
        if norm < least:
            best, least = point, norm
        if idle == 2:
            break
    return best


class _DescentStack:
    """A stack of students with the buffers that loss, gradient and step need, all in place."""

    def __init__(self, W: Array, V: Array) -> None:
        runs, n, d = W.shape
        k = len(V)
        self.V = V
        # Students and negated teachers: the residual is the sum of relu(students) minus teachers.
        self.signed = np.concatenate([W, np.broadcast_to(-V, (runs, k, d))], axis=1)
        self.W = self.signed[:, :n]
        self.lengths = np.empty((runs, n + k))
        teacher_lengths = np.linalg.norm(V, axis=1)
        self.lengths[:, n:] = teacher_lengths
        # Negated unit vectors, so that arccos of the products is pi - angle.
        self.against = np.empty((runs, n + k, d))
        self.against[:, n:] = -V / np.where(teacher_lengths > 0, teacher_lengths, 1.0)[:, None]
        self.units = np.empty((runs, n, d))
        self.cosines = np.empty((runs, n, n + k))
        self.sines = np.empty((runs, n, n + k))
        self.turns = np.empty((runs, n, n + k))
        self.slopes = np.empty((runs, n, d))
        self.pull = np.empty((runs, n, 1))
        self.signs = np.concatenate([np.ones(n), -np.ones(k)]) / (2 * np.pi)
        self.signed_lengths = np.empty((runs, n + k, 1))
        self.signed_lengths[:, n:, 0] = teacher_lengths * self.signs[n:]
        self.teacher_loss = _teacher_loss(V)

    def _angles(self) -> None:
        """Fill -cos, sin and (pi - angle) / (2 pi) of each student with each unit."""
        n = self.units.shape[1]
        lengths = self.lengths[:, :n]
        np.einsum("rid,rid->ri", self.W, self.W, out=lengths)
        np.sqrt(lengths, out=lengths)
        np.multiply(lengths, self.signs[0], out=self.signed_lengths[:, :n, 0])
        # A zero student has no direction; it stays zero here, and counts for nothing in the loss.
        np.divide(self.W, np.maximum(lengths, 1e-300)[:, :, None], out=self.units)
        np.negative(self.units, out=self.against[:, :n])
        np.matmul(self.units, self.against.transpose(0, 2, 1), out=self.cosines)
        np.clip(self.cosines, -1.0, 1.0, out=self.cosines)
        np.multiply(self.cosines, self.cosines, out=self.sines)
        np.subtract(1.0, self.sines, out=self.sines)
        np.sqrt(self.sines, out=self.sines)
        np.arccos(self.cosines, out=self.turns)
        self.turns *= 1 / (2 * np.pi)

    def gradients(self) -> Array:
        """Return the gradients (runs, n, d), in a buffer that the next call overwrites.

        Rounding of a cosine near 1 or -1 moves angle and sine together, along the circle, which
        leaves sin wbar + (pi - angle) vbar unchanged to first order there: hence no special cases.
        """
        self._angles()
        np.matmul(self.turns, self.signed, out=self.slopes)
        np.matmul(self.sines, self.signed_lengths, out=self.pull)
        np.multiply(self.units, self.pull, out=self.units)
        self.slopes += self.units
        return self.slopes

    def step(self, size: float) -> None:
        """Take one step of gradient descent."""
        slopes = self.gradients()
        slopes *= size
        self.W -= slopes

    def losses(self) -> Array:
        """Return the losses (runs,)."""
        self._angles()
        n = self.units.shape[1]
        kernel = self.sines / (2 * np.pi) - self.cosines * self.turns
        weights = self.lengths * (2 * np.pi * self.signs)
        weights[:, :n] /= 2
        rows: Array = np.einsum("rij,rj,ri->r", kernel, weights, self.lengths[:, :n], optimize=True)
        return rows + self.teacher_loss


def _teacher_loss(V: Array) -> float:
    """Return 1/2 E (sum_j relu(v_j.x))^2."""
    lengths = np.linalg.norm(V, axis=1)
    units = V / np.where(lengths > 0, lengths, 1.0)[:, None]
    cosines = np.clip(units @ units.T, -1.0, 1.0)
    kernel = np.sqrt(1 - cosines**2) + (np.pi - np.arccos(cosines)) * cosines
    return float(lengths @ kernel @ lengths) / (4 * np.pi)


def _checked(W: ArrayLike, V: ArrayLike, *, nonzero: bool = False) -> tuple[Array, Array]:
    """Return students and teachers as arrays that fit each other."""
    students, teachers = real_array(W, "W", (..., "n", "d")), real_array(V, "V", ("k", "d"))
    if teachers.shape[0] > teachers.shape[1]:
        raise ValueError(f"V: expected shape (k, d) with 1 <= k <= d, got {teachers.shape}")
    if students.shape[-1] != teachers.shape[1]:
        raise ValueError(
            f"W, V: expected as many inputs of each, got {students.shape[-1]} and"
            f" {teachers.shape[1]}"
        )
    moderate_rows(students, "W")
    moderate_rows(teachers, "V")
    if nonzero and not np.all(np.any(students != 0, axis=-1)):
        where = np.argwhere(~np.any(students != 0, axis=-1))[0].tolist()
        raise ValueError(f"W: unit {where} is zero, where the loss has no gradient")
    return students, teachers
