"""Numbers of negative, zero and positive Hessian eigenvalues at a critical point.

Whitening W_1 and removing the mixings G_h are linear changes of the parameters, so by Sylvester's
law they keep the signs. In the normal form the Hessian falls apart into the changes within the
chosen directions (r^2 positive), those between a chosen direction s and the rest, and those within
the rest. The second kind depends on its parameters only through f and g, in the form
|f|^2 + lambda_s |g|^2 - 2 g^T N f: one 2 x 2 matrix [[1, -delta_i], [-delta_i, lambda_s]] for every
direction i left out, negative once iff lambda_i > lambda_s. The third kind is the Hessian of the
small network Z with target N at a point of rank 0.
"""

from typing import NamedTuple

import numpy as np
import scipy.linalg

from landscape.arrays import Array
from landscape.linear.hessian import dense_hessian
from landscape.linear.normal_form import ZERO, NormalForm
from landscape.linear.problem import Layers, Problem, prefixes, suffixes

# Signs are judged on this part of the largest eigenvalue or of the target, whichever is larger:
# at rank 0 the Hessian itself may vanish.
SIGN = 1e-9


class Inertia(NamedTuple):
    """Numbers of negative, zero and positive eigenvalues; the first is the Morse index."""

    negative: int
    zero: int
    positive: int


def rest_hessian(form: NormalForm) -> Array:
    """Return the Hessian of ||Z_H ... Z_1 - N||_F^2 in the blocks Z."""
    return dense_hessian(np.eye(form.N.shape[1]), form.N, form.Z)


def sign_scale(values: Array, form: NormalForm) -> float:
    """Return the scale on which signs of eigenvalues of `rest_hessian` are judged."""
    largest = float(np.abs(values).max(initial=0.0))
    return max(largest, 1e-2 * float(np.abs(form.N).max(initial=0.0)))


def inertia(problem: Problem, form: NormalForm) -> Inertia:
    """Return the inertia of the Hessian at the critical point with normal form `form`."""
    r, q, out = form.rank, problem.F.shape[1], problem.widths[-1]
    group_of = {i: k for k, group in enumerate(problem.groups()) for i in group}
    rest = [i for i in group_of if i not in form.S]
    negative = sum(group_of[i] < group_of[s] for s in form.S for i in rest)
    ties = sum(group_of[i] == group_of[s] for s in form.S for i in rest)
    positive = r * r + r * (q + out - 2 * r) - negative - ties
    more_negative, more_positive = _rest(problem, form)
    negative, positive = negative + more_negative, positive + more_positive
    return Inertia(negative, problem.size - negative - positive, positive)


def dense_inertia(problem: Problem, W: Layers) -> tuple[Inertia, float]:
    """Return the inertia of the dense Hessian, and its least eigenvalue on the scale of its signs.

    The independent check of `inertia`: nothing of the normal form enters. `W` need not be critical.
    """
    values = np.linalg.eigvalsh(dense_hessian(problem.F, problem.B, W))
    scale = max(float(values[-1]), 1e-2 * float(np.linalg.norm(problem.B @ problem.F.T)))
    least = float(values[0]) / scale if scale > 0 else 0.0
    negative, positive = int(np.sum(values < -SIGN * scale)), int(np.sum(values > SIGN * scale))
    return Inertia(negative, problem.size - negative - positive, positive), least


def _rest(problem: Problem, form: NormalForm) -> tuple[int, int]:
    """Return the negative and positive counts of the changes within the rest."""
    Z, r, norms = form.Z, form.rank, form.norms
    if min(problem.widths[1:-1]) == r:
        return 0, 0
    if problem.depth == 2 and problem.rank_sigma > r:
        free = problem.widths[1] - r
        live = problem.rank_sigma - r
        rank_1, rank_2 = _rank(Z[0], norms[:1]), _rank(Z[1], norms[1:])
        rows, columns = form.N.shape
        flat = (rows - live) * rank_1 + rank_2 * (columns - live) - rank_1 * rank_2
        return free * live, free * live + flat
    if form.pivots[0]:
        # Only ||sum_h A_h V_h B_h||^2 is left. The ranges of the A_h grow with h and those of the
        # B_h^T shrink, so the rank of the sum is a sum over the steps.
        before = [_rank(B, norms[:h]) for h, B in enumerate(prefixes(Z)[:-1])]
        after = [_rank(A, norms[h + 1 :]) for h, A in enumerate(suffixes(Z))]
        steps = np.diff([0, *after])
        return 0, int(np.dot(steps, before))
    values = scipy.linalg.eigvalsh(rest_hessian(form))
    bound = SIGN * sign_scale(values, form)
    return int(np.sum(values < -bound)), int(np.sum(values > bound))


def _rank(block: Array, norms: list[float]) -> int:
    """Return the numerical rank of a product of blocks with these norms."""
    if block.size == 0:
        return 0
    return int(np.sum(np.linalg.svd(block, compute_uv=False) > ZERO * float(np.prod(norms))))
