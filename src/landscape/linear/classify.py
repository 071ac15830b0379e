"""Kinds of critical points, with an exact descent from every one that is not a global minimizer.

Theorem 7, Achour et al. (2024), in the form that holds for data of any rank: with r the rank of
W_H ... W_1 X and r_max = min(rank Sigma, d_1, ..., d_{H-1}), a critical point associated with S is
a global minimizer iff S = {0, ..., r_max - 1}, a non-strict saddle iff S = {0, ..., r - 1},
r < r_max and all pivots are tightened, and a strict saddle otherwise. Eigenvalues are counted
from 0.
"""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.polynomial import polynomial

from landscape.arrays import Array
from landscape.kinds import LinearKind
from landscape.linear.inertia import inertia, rest_hessian
from landscape.linear.normal_form import ZERO, NormalForm, normal_form, relative
from landscape.linear.problem import Layers, Problem, prefixes, product


@dataclass(frozen=True)
class DescentCurve:
    """A polynomial curve W(t) along which the loss is an exact polynomial that first decreases.

    Attributes
    ----------
    terms : list of ndarray, shapes (n_h + 1, d_h, d_{h-1})
        W_h(t) = sum_k terms[h][k] t^k; a straight line if all n_h are at most 1.
    coefficients : ndarray
        L(W(t)) = sum_k coefficients[k] t^k.
    """

    terms: list[Array]
    coefficients: Array

    def point(self, t: float) -> Layers:
        """Return W(t)."""
        return [np.asarray(polynomial.polyval(t, term)) for term in self.terms]

    def loss(self, t: float) -> float:
        """Return the polynomial at t."""
        return float(polynomial.polyval(t, self.coefficients))

    @property
    def order(self) -> int:
        """The order of the first term that does not vanish; its coefficient is negative."""
        return 1 + int(np.flatnonzero(self.coefficients[1:])[0])


@dataclass(frozen=True)
class Classification:
    """What a point is; all but `kind` and `loss` are None where the point is not critical.

    Attributes
    ----------
    kind : str
        "global_minimizer", "strict_saddle", "non_strict_saddle" or "not_critical".
    loss : float
    S : tuple of int or None
        Chosen eigenvalues of Sigma, counted from 0; of equal ones the first are named.
    rank : int or None
        r, the rank of W_H ... W_1 X.
    tightened : bool or None
        Whether all pivots are tightened; None for r = r_max, where it decides nothing.
    morse_index : int or None
        Number of negative Hessian eigenvalues.
    descent : DescentCurve or None
        None at a global minimizer.
    form : NormalForm or None
        What the kind was read off.
    ambiguous : bool
        Whether a rank was decided between the rounding error and generic size.
    """

    kind: LinearKind
    loss: float
    S: tuple[int, ...] | None = None
    rank: int | None = None
    tightened: bool | None = None
    morse_index: int | None = None
    descent: DescentCurve | None = None
    form: NormalForm | None = None
    ambiguous: bool = False


def classify(problem: Problem, W: Layers, tolerance: float) -> Classification:
    """Return the kind of `W`."""
    loss = problem.loss(W)
    if not problem.is_critical(W, tolerance):
        return Classification("not_critical", loss)
    form = normal_form(problem, W)
    r = form.rank
    index = inertia(problem, form).negative
    optimal = tuple(range(r)) == form.S
    tightened, ambiguous = form.pivots if r < problem.r_max else (None, False)
    kind: LinearKind = "strict_saddle"
    descent = None
    if not optimal:
        descent = _rotation(problem, W, form, loss)
    elif r == problem.r_max:
        kind = "global_minimizer"
    elif tightened:
        kind = "non_strict_saddle"
        descent = _flat_curve(problem, W, form, loss)
    else:
        descent = _negative_curvature(problem, W, form, loss)
    ambiguous |= form.ambiguous
    return Classification(kind, loss, form.S, r, tightened, index, descent, form, ambiguous)


def _rotation(problem: Problem, W: Layers, form: NormalForm, loss: float) -> DescentCurve:
    """Return the line of Appendix D, Achour et al. (2024), that turns u_j into a better u_i.

    L(W + t V) = L(W) + (lambda_j - lambda_i) t^2 + lambda_i t^4.
    """
    rest = [i for i in range(problem.widths[-1]) if i not in form.S]
    i, j = rest[0], form.S[-1]
    u_i, u_j = form.U_Q[:, 0], form.U_S[:, -1]
    V = [np.zeros_like(layer) for layer in W]
    V[-1] = np.outer(u_i, u_j @ W[-1])
    # The last chosen column of G_1 is mapped to u_j by W_H ... W_2.
    V[0] = np.outer(form.G[0][:, form.rank - 1], u_i @ problem.B @ problem.F_inverse)
    gain, limit = problem.eigenvalues[j] - problem.eigenvalues[i], problem.eigenvalues[i]
    terms = [np.stack(pair) for pair in zip(W, V, strict=True)]
    return DescentCurve(terms, np.array([loss, 0.0, gain, 0.0, limit]))


def _negative_curvature(problem: Problem, W: Layers, form: NormalForm, loss: float) -> DescentCurve:
    """Return a line of negative curvature within the blocks Z."""
    if problem.depth == 2:
        # Z_2 Z_1 = 0, so for the top right singular vector w of Z_2 the curvature along
        # (s u w^T, t w v^T), s^2 |Z_1^T w|^2 + t^2 |Z_2 w|^2 - 2 s t delta, has a zero square.
        w = scipy.linalg.svd(form.Z[1])[2][0]
        u, v = np.eye(len(form.N))[0], np.eye(form.N.shape[1])[0]
        squares = np.sum((form.Z[0].T @ w) ** 2), np.sum((form.Z[1] @ w) ** 2)
        curvature = np.diag(squares) - form.N[0, 0] * (1 - np.eye(2))
        s, t = scipy.linalg.eigh(curvature)[1][:, 0]
        V = [t * np.outer(w, v), s * np.outer(u, w)]
    else:
        hessian = rest_hessian(form)
        vector = scipy.linalg.eigh(hessian, subset_by_index=[0, 0])[1][:, 0]
        ends = np.cumsum([block.size for block in form.Z])[:-1]
        V = [
            part.reshape(block.shape)
            for part, block in zip(np.split(vector, ends), form.Z, strict=True)
        ]
    return _lift(problem, W, form, [v[None] for v in V], _polynomial(form, V, loss))


def _polynomial(form: NormalForm, V: Layers, loss: float) -> Array:
    """Return the coefficients of loss + ||P(t)||^2 - 2 <N, P(t)>, P = prod_h (Z_h + t V_h)."""
    P = [form.Z[0], V[0]]
    for block, v in zip(form.Z[1:], V[1:], strict=True):
        middle = [block @ P[k] + v @ P[k - 1] for k in range(1, len(P))]
        P = [block @ P[0], *middle, v @ P[-1]]
    P[0] = np.zeros_like(P[0])  # critical: the product of the blocks is zero
    coefficients = np.zeros(2 * len(P) - 1)
    for k, a in enumerate(P):
        coefficients[k] -= 2 * np.sum(form.N * a)
        for n, b in enumerate(P):
            coefficients[k + n] += np.sum(a * b)
    coefficients[0], coefficients[1] = loss, 0.0  # critical: the slope is zero
    return coefficients


def _flat_curve(problem: Problem, W: Layers, form: NormalForm, loss: float) -> DescentCurve:
    """Return a curve that leaves a tightened saddle downhill, at an order of at least 3.

    In the blocks the loss is loss + ||P||^2 - 2 <N, P> with P = Z_H ... Z_1. Let k be the first
    layer with Z_k ... Z_1 = 0 and B what precedes it. Zero is kept while Z_1 moves to
    Z_1 (I + t y v^T), which makes N B(t)^T nonzero, and while the layers above k move so that
    W(t)^T u becomes t^kappa w != 0; then the step t^e w g^T in Z_k adds a product whose
    inner product with N is of lower order than its square (after the proof of Zhou & Liang 2018
    that local minima are global).
    """
    Z, N, H = form.Z, form.N, problem.depth
    norms = form.norms
    before = prefixes(Z)
    k = next(h for h in range(1, H + 1) if relative(before[h], norms[:h]) <= ZERO)
    B = before[k - 1]
    terms: list[dict[int, Array]] = [{} for _ in Z]
    if relative(N @ B.T, [float(np.linalg.norm(N, 2)), *norms[: k - 1]]) > ZERO:
        left, size, right = scipy.linalg.svd(N @ B.T)
        u, g, slope, tilt = left[:, 0], right[0], float(size[0]), 0
        image = np.array([np.sum((B.T @ g) ** 2)])
    else:
        left, size, right = scipy.linalg.svd(B)
        y, v, u = right[0], np.eye(N.shape[1])[0], np.eye(len(N))[0]
        g = B @ y
        terms[0][1] = np.outer(Z[0] @ y, v)
        weight = float(g @ g)
        slope, tilt = float(N[0, 0]) * weight, 1
        image = np.array([np.sum((B.T @ g) ** 2), 0.0, weight**2])
    # Going down from the output, a layer that kills the vector is tilted towards what the layers
    # below it, down to k + 1, keep best.
    w, kappa = u, 0
    for h in range(H, k, -1):
        moved = Z[h - 1].T @ w
        if float(np.linalg.norm(moved)) > ZERO * norms[h - 1] * float(np.linalg.norm(w)):
            w = moved
            continue
        below = product(Z[k : h - 1]) if h - 1 > k else np.eye(len(Z[k - 1]))
        target = scipy.linalg.svd(below)[0][:, 0]
        terms[h - 1][1] = np.outer(w, target) / (w @ w)
        w, kappa = target, kappa + 1
    # <N, P> = slope |w|^2 t^(e + tilt + kappa) and P = t^e W(t) w (B(t)^T g)^T.
    vector = w[None]
    for h in range(k + 1, H + 1):
        grown = vector @ Z[h - 1].T
        if 1 in terms[h - 1]:
            grown = np.vstack([grown, np.zeros((1, grown.shape[1]))])
            grown[1:] += vector @ terms[h - 1][1].T
        vector = grown
    square = np.sum([np.convolve(entry, entry) for entry in vector.T], axis=0)
    quartic = np.convolve(square, image)
    quartic[quartic <= ZERO**2 * quartic.max()] = 0.0
    e = max(1, kappa + tilt + 1 - int(np.flatnonzero(quartic)[0]))
    terms[k - 1][e] = np.outer(w, g)
    coefficients = np.zeros(2 * e + len(quartic))
    coefficients[2 * e : 2 * e + len(quartic)] = quartic
    coefficients[e + tilt + kappa] -= 2 * slope * float(w @ w)
    coefficients[0] = loss
    stacks = []
    for block, term in zip(Z, terms, strict=True):
        stack = np.zeros((max(term, default=0), *block.shape))
        for power, value in term.items():
            stack[power - 1] = value
        stacks.append(stack)
    return _lift(problem, W, form, stacks, coefficients)


def _lift(
    problem: Problem, W: Layers, form: NormalForm, blocks: list[Array], coefficients: Array
) -> DescentCurve:
    """Return the curve whose terms of order 1, 2, ... are `blocks` in the normal form."""
    r = form.rank
    inverses = [np.linalg.inv(G)[r:] for G in form.G]
    outer = [*(G[:, r:] for G in form.G), form.U_Q]
    inner = [form.V_Q.T @ problem.F_inverse, *inverses]
    terms = [
        np.concatenate([layer[None], left @ block @ right])
        for layer, left, block, right in zip(W, outer, blocks, inner, strict=True)
    ]
    return DescentCurve(terms, coefficients)
