"""Local minima of products of two matrices that are not global, proved in exact arithmetic.

Theorem 1 of Laurent & von Brecht (2018) asks for a differentiable loss and for hidden layers at
least as wide as the input or the output. Here are examples, all of them ours, of what happens
without the one or the other, and the proofs.

*No derivative.* Two convex, Lipschitz losses of ``A = W_2 W_1``, both 1 at a local minimum and 0
at best. A ball is one in the maximum norm of the parameters; its radius is delta.

``"matrix"``
    widths (2, 2, 2), F = |A_11| + |A_12| + |A_22| + |A_21 - 1|, W_2 = diag(1, 0),
    W_1 = diag(0, 1). With W_2 = [[x, b], [c, d]], W_1 = [[e, f], [g, y]] and p, q, t, s for
    A_11, A_12, A_21, A_22, four identities hold,

        x y t = c y p - c g q + x g s,
        y t   = y p - g q + g s + (c - x)(y e - g f),
        x t   = c p - c q + x s + (g - y)(x d - c b),
        c g t = c y p - c g q + g x s + (c g - x y)(c e + g d),

    and two reflections of the signs let us take c, g >= 0. As F >= |p| + |q| + |s| + 1 - t, the
    first gives F >= 1 where c <= x and g <= y, which is the whole ball if delta <= 1/2. The second
    gives F >= 1 - 2 delta (2 delta - 1) where c > x and g <= y, the third the same where c <= x and
    g > y, the last F >= 1 - 2 (2 delta - 1) where c > x and g > y. So the minimum over the ball is
    at least 1 - 2 max(0, 2 delta - 1), and for delta <= 1/sqrt(2) a rational point attains it.
``"scalar"``
    widths (2, 1, 1), F = |w v_1| + |w v_2 - 1|, w = 0, v = (1, 0). In the ball
    F >= |w| (1 - delta) + 1 - |w| delta, so for delta <= 1 the minimum is
    1 - delta max(0, 2 delta - 1), attained at w = delta, v = (1 - delta, delta).

*No convexity.* Theorem 3 says that grad f = 0, no more.

``"saddle"``
    f = A_11^2 + A_12^2 + A_22^2 - A_21^2 has a saddle at 0, but F has a local minimum at the same
    two matrices: by the first identity |t| <= k |p| + k^2 |q| + k |s| with k = delta / (1 - delta),
    and Cauchy's inequality gives F >= 0 in the ball while k^2 (2 + k^2) <= 1, for delta up to
    0.3915.

*No width.* Widths (2, 1, 2), f = (A_11 - 1)^2 + (A_22 - 2)^2 + w (A_12^2 + A_21^2). With
W_2 = (a, b)^T, W_1 = (c, d), t = a c and u = b d,

    F = (t - 1)^2 + (u - 2)^2 + 2 w t u + w (a d - b c)^2
      = 1 + (u - 2 + t/2)^2 + (3/4) t^2 + (2 w - 1) t u + w (a d - b c)^2,

so F >= 1 for w >= 1/2, with equality at A = diag(0, 2). At A = diag(1, 0), where F = 4, the point
(a, b, c, d) = (1, 0, 1, 0) is a local minimum if and only if w > 2: then its Hessian has one zero
eigenvalue, that of scaling one layer against the other, and three positive ones; for w < 2
one is negative; and for w = 2, the curve ``a = t, b = t r, c = 1, d = r``, t = 1 / (1 + r^2), has
F = 4 - 2 (1 - t)^2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal, TypeAlias

import flint
import numpy as np

from landscape.certify.rational import Matrix, exact_inertia

Example: TypeAlias = Literal["matrix", "scalar", "saddle"]
# The two layers W_1, W_2 about which the balls are.
CENTRES: dict[Example, tuple[Matrix, Matrix]] = {
    "matrix": (np.diag([0, 1]).astype(object), np.diag([1, 0]).astype(object)),
    "scalar": (np.array([[1, 0]], dtype=object), np.array([[0]], dtype=object)),
    "saddle": (np.diag([0, 1]).astype(object), np.diag([1, 0]).astype(object)),
}


@dataclass(frozen=True)
class Ball:
    """What is proved of the minimum of F over a ball.

    Attributes
    ----------
    radius : Fraction
        Of the ball, in the maximum norm.
    lower : Fraction or None
        F is at least this in the whole ball; None where nothing is proved.
    attained : Fraction
        The value of F at `point`.
    point : tuple of two matrices
        W_1, W_2, in the ball.
    """

    radius: Fraction
    lower: Fraction | None
    attained: Fraction
    point: tuple[Matrix, Matrix]


def certify_ball(example: Example, radius: Fraction) -> Ball:
    """Prove a lower bound on F in a ball about the local minimum, and give a point of the ball.

    Parameters
    ----------
    example : {"matrix", "scalar", "saddle"}
        See the module.
    radius : Fraction
        Above 0; at most 1/sqrt(2) for "matrix", 1 for "scalar", below 1 for "saddle".

    Raises
    ------
    ValueError
        If the example is unknown or the radius out of range.
    ArithmeticError
        If an identity of the proof does not hold, or the point is not in the ball.
    """
    if example not in CENTRES:
        raise ValueError(f"example: expected one of {', '.join(CENTRES)}, got {example!r}")
    radius = _rational("radius", radius)
    in_range = {"matrix": 2 * radius**2 <= 1, "scalar": radius <= 1, "saddle": radius < 1}
    if radius <= 0 or not in_range[example]:
        raise ValueError(f"radius: out of the range that is proved for {example!r}, got {radius}")
    if not all(identities().values()):
        raise ArithmeticError(f"an identity of the proof fails: {identities()}")
    excess = max(Fraction(0), 2 * radius - 1)
    rest = 1 - radius
    W_1, W_2 = CENTRES[example]
    lower: Fraction | None
    if example == "matrix":
        # The bounds of the four regions, of which the last three are empty for radius <= 1/2.
        lower = min(Fraction(1), 1 - 2 * radius * excess, 1 - 2 * excess)
        if excess:
            W_1 = np.array([[radius, -rest], [radius, rest]], dtype=object)
            W_2 = np.array([[rest, -rest], [radius, radius]], dtype=object)
    elif example == "scalar":
        lower = 1 - radius * excess
        if excess:
            W_1 = np.array([[rest, radius]], dtype=object)
            W_2 = np.array([[radius]], dtype=object)
    else:
        k = radius / rest
        lower = Fraction(0) if k**2 * (2 + k**2) <= 1 else None
        if lower is None:
            W_1, W_2 = _below_saddle(radius)
    distance = max(
        abs(layer - centre).max()
        for layer, centre in zip((W_1, W_2), CENTRES[example], strict=True)
    )
    if distance > radius:
        raise ArithmeticError(f"the point is {distance} from the centre of a ball of {radius}")
    return Ball(radius, lower, exact_value(example, (W_1, W_2)), (W_1, W_2))


def exact_value(example: Example, W: Sequence[Matrix]) -> Fraction:
    """Return F at the two layers W_1, W_2 of an example, in exact arithmetic."""
    A = W[1] @ W[0]
    if example == "scalar":
        return Fraction(abs(A[0, 0]) + abs(A[0, 1] - 1))
    if example == "matrix":
        return Fraction(abs(A[0, 0]) + abs(A[0, 1]) + abs(A[1, 1]) + abs(A[1, 0] - 1))
    return Fraction(A[0, 0] ** 2 + A[0, 1] ** 2 + A[1, 1] ** 2 - A[1, 0] ** 2)


def certified_radius(depth: int) -> Fraction:
    """Return the radius of a ball in which F >= 1 is proved for identities between the two layers.

    The middle layers of a net of this depth are near the 2 x 2 identity. If ``W_h = I + m`` and
    ``P = W_1 + r`` up to layer h - 1, then ``W_h P`` differs from W_1 by at most |r| + delta +
    2 delta |r|, which must remain within 1/2 for the last product before W_H. The largest 1/n that
    does is returned; it is 1/2 for depth 2.
    """
    if depth < 2:
        raise ValueError(f"depth: expected at least 2, got {depth}")
    n = 2
    while True:
        delta = r = Fraction(1, n)
        for _ in range(depth - 2):
            r = r + delta + 2 * delta * r
        if r <= Fraction(1, 2):
            return delta
        n += 1


def _below_saddle(radius: Fraction) -> tuple[Matrix, Matrix]:
    """Return a point of the ball where (p, q, s) is proportional to (k, -k^2, k)."""
    x = 1 - radius
    k = radius / x
    b = -(k**2) / (2 * x)
    d = (k - b * radius) / x
    size = radius / max(-b, d)
    b, d = size * b, size * d
    W_1 = np.array([[d, b], [radius, x]], dtype=object)
    W_2 = np.array([[x, b], [radius, d]], dtype=object)
    return W_1, W_2


@cache
def identities() -> dict[str, bool]:
    """Return, for each polynomial identity of the module, whether it holds exactly."""
    context = flint.fmpq_mpoly_ctx.get(("x", "b", "c", "d", "e", "f", "g", "y"))
    x, b, c, d, e, f, g, y = context.gens()

    def products(b: Any, c: Any, d: Any, e: Any, f: Any, g: Any) -> tuple[Any, Any, Any, Any]:
        """Return the entries p, q, t, s of W_2 W_1."""
        return x * e + b * g, x * f + b * y, c * e + d * g, c * f + d * y

    p, q, t, s = products(b, c, d, e, f, g)
    found = {
        "c <= x and g <= y": x * y * t == c * y * p - c * g * q + x * g * s,
        "c > x and g <= y": y * t == y * p - g * q + g * s + (c - x) * (y * e - g * f),
        "c <= x and g > y": x * t == c * p - c * q + x * s + (g - y) * (x * d - c * b),
        "c > x and g > y": c * g * t
        == c * y * p - c * g * q + g * x * s + (c * g - x * y) * (c * e + g * d),
        "sign of c": products(-b, -c, d, -e, -f, g) == (-p, -q, t, s),
        "sign of c and g": products(b, -c, -d, -e, f, -g) == (-p, q, t, -s),
    }
    context = flint.fmpq_mpoly_ctx.get(("a", "b", "c", "d", "w"))
    a, b, c, d, w = context.gens()
    t, u, half = a * c, b * d, flint.fmpq(1, 2)
    F = (t - 1) ** 2 + (u - 2) ** 2 + w * ((a * d) ** 2 + (b * c) ** 2)
    turn = w * (a * d - b * c) ** 2
    found["bottleneck"] = (t - 1) ** 2 + (u - 2) ** 2 + 2 * w * t * u + turn == F
    squares = 1 + (u - 2 + half * t) ** 2 + 3 * half**2 * t**2
    found["bottleneck, squares"] = squares + (2 * w - 1) * t * u + turn == F
    return found


def separable_hessian(W: Sequence[Matrix], first: Matrix, second: Matrix) -> Matrix:
    """Return the exact Hessian of F = f(W_2 W_1) where f is a sum over the entries of A.

    Parameters
    ----------
    W : two matrices (d_1, d_0) and (d_2, d_1)
    first, second : matrices (d_2, d_0)
        First and second derivative of f in each entry of A.

    Returns
    -------
    matrix (P, P)
        W_1 first, each matrix row by row.
    """
    W_1, W_2 = W
    hidden, inputs = W_1.shape
    outputs = len(W_2)
    hessian = np.full((W_1.size + W_2.size,) * 2, Fraction(0), dtype=object)
    for i in range(outputs):
        for j in range(inputs):
            slope = np.full(len(hessian), Fraction(0), dtype=object)  # of A_ij
            for k in range(hidden):
                inner, outer = k * inputs + j, W_1.size + i * hidden + k
                slope[inner], slope[outer] = W_2[i, k], W_1[k, j]
                hessian[inner, outer] += first[i, j]
                hessian[outer, inner] += first[i, j]
            hessian += second[i, j] * np.outer(slope, slope)
    return hessian


@dataclass(frozen=True)
class Smoothed:
    """The point of an example after smoothing |r| into sqrt(r^2 + eps^2) - eps.

    Attributes
    ----------
    eps : Fraction
    slope : Fraction
        s = 1 / sqrt(1 + eps^2), the derivative at residual 1.
    hessian : matrix (P, P) of Fraction
    inertia : tuple of three int
        Numbers of negative, zero and positive eigenvalues.
    explained : int
        How often the characteristic polynomial is divisible by ``z^2 - z / eps - s^2``. Its one
        negative root is ``(1/eps - sqrt(1/eps^2 + 4 s^2)) / 2``; so if `explained` is the number
        of negative eigenvalues, all of them are this one.
    """

    eps: Fraction
    slope: Fraction
    hessian: Matrix
    inertia: tuple[int, int, int]
    explained: int


def certify_smoothed(example: Literal["matrix", "scalar"], n: int) -> Smoothed:
    """Return the exact Hessian of the smoothed example at its point, for eps = 2 n / (n^2 - 1).

    For these eps, sqrt(1 + eps^2) = (n^2 + 1) / (n^2 - 1) is rational.

    Raises
    ------
    ValueError
        If the example is unknown or n is below 2.
    """
    if example not in ("matrix", "scalar"):
        raise ValueError(f"example: expected matrix or scalar, got {example!r}")
    if n < 2:
        raise ValueError(f"n: expected at least 2, got {n}")
    eps, slope = Fraction(2 * n, n**2 - 1), Fraction(n**2 - 1, n**2 + 1)
    W = CENTRES[example]
    shape = (len(W[1]), W[0].shape[1])
    missed = (1, 0) if example == "matrix" else (0, 1)  # the entry whose target is 1
    first, second = np.full(shape, Fraction(0)), np.full(shape, 1 / eps)
    first[missed], second[missed] = -slope, eps**2 * slope**3
    hessian = separable_hessian(W, first, second)
    factor = flint.fmpq_poly([_fmpq(-(slope**2)), _fmpq(-1 / eps), 1])
    rest = flint.fmpq_mat([[_fmpq(v) for v in row] for row in hessian]).charpoly()
    explained = 0
    while not any((parts := divmod(rest, factor))[1].coeffs()):
        rest, explained = parts[0], explained + 1
    return Smoothed(eps, slope, hessian, exact_inertia(hessian), explained)


@dataclass(frozen=True)
class Bottleneck:
    """What is proved of the example of widths (2, 1, 2).

    Attributes
    ----------
    weight : Fraction
        w.
    bad, good : tuples of three int
        Numbers of negative, zero and positive Hessian eigenvalues at A = diag(1, 0), where F = 4,
        and at A = diag(0, 2), where F = 1.
    near : Fraction
        F at a point near the bad one, on the curve of the module.
    minimum : bool
        Whether A = diag(1, 0) is a local minimum: the only zero eigenvalue is that of rescaling,
        and none is negative.
    """

    weight: Fraction
    bad: tuple[int, int, int]
    good: tuple[int, int, int]
    near: Fraction
    minimum: bool


def certify_bottleneck(weight: Fraction, step: Fraction = Fraction(1, 100)) -> Bottleneck:
    """Prove what the two critical points of the example of widths (2, 1, 2) are.

    Parameters
    ----------
    weight : Fraction
        w, above 0.
    step : Fraction
        r, how far along the curve `Bottleneck.near` is.
    """
    w, r = _rational("weight", weight), _rational("step", step)
    if w <= 0:
        raise ValueError(f"weight: expected a positive number, got {w}")
    inertias = []
    for row, root in ((0, 1), (1, 2)):
        W_1 = np.full((1, 2), Fraction(0))
        W_2 = np.full((2, 1), Fraction(0))
        W_1[0, row], W_2[row, 0] = Fraction(1), Fraction(root)
        A = W_2 @ W_1
        first = 2 * np.array([[A[0, 0] - 1, w * A[0, 1]], [w * A[1, 0], A[1, 1] - 2]])
        second = 2 * np.array([[Fraction(1), w], [w, Fraction(1)]])
        inertias.append(exact_inertia(separable_hessian((W_1, W_2), first, second)))
    t = 1 / (1 + r**2)
    a, b, c, d = t, t * r, Fraction(1), r
    near = (a * c - 1) ** 2 + (b * d - 2) ** 2 + w * ((a * d) ** 2 + (b * c) ** 2)
    return Bottleneck(w, inertias[0], inertias[1], near, inertias[0] == (0, 1, 3))


def _rational(name: str, value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise ValueError(f"{name}: expected an int or a fractions.Fraction, got {value!r}")
    return Fraction(value)


def _fmpq(value: Fraction) -> flint.fmpq:
    return flint.fmpq(value.numerator, value.denominator)
