"""Random critical points of every kind."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from landscape.arrays import Array
from landscape.linear.normal_form import generate
from landscape.linear.problem import Layers, Problem
from landscape.seeds import generator

PivotKind = Literal["tightened", "not_tightened"]

# What may make every pivot tightened: of the pivot of two zero blocks the outer or the inner block
# vanishes, or there is one zero block and both ends of the chain are orthogonal to the target.
TIGHTENINGS = ("outer block", "inner block", "both ends")


def critical_point(
    problem: Problem, S: Sequence[int], seed: int | np.random.Generator, kind: PivotKind | None
) -> Layers:
    """Return a random critical point associated with `S`; see `LinearNetwork.critical_point`."""
    chosen = _checked(problem, S)
    _check_kind(problem, len(chosen), kind)
    rng = seed if isinstance(seed, np.random.Generator) else generator(seed, "critical_point")
    r, widths = len(chosen), problem.widths
    U, V = problem.U.copy(), problem.V.copy()
    for group in problem.groups():
        g = slice(group.start, group.stop)
        if len(group) > 1:
            turn = _orthogonal(rng, len(group))
            U[:, g], V[:, g] = U[:, g] @ turn, V[:, g] @ turn
    Q = [i for i in range(len(U)) if i not in chosen]
    rest = [i for i in range(len(V)) if i not in chosen]
    # Within the rest N is diagonal and begins with its positive entries.
    live = problem.rank_sigma - r
    shapes = [(b - r, a - r) for b, a in problem.shapes]
    shapes[0], shapes[-1] = (widths[1] - r, len(rest)), (len(Q), widths[-2] - r)
    Z = _blocks(rng, shapes, live, kind)
    # The factor makes Z_1 as large as the chosen rows beside it.
    size = problem.delta[0] if problem.rank_sigma else 1.0
    missed = np.eye(widths[0]) - problem.F @ problem.F_inverse
    first = size * Z[0] @ V[:, rest].T @ problem.F_inverse
    if len(problem.singular_values) < widths[0]:
        first += rng.normal(size=(widths[1] - r, widths[0])) @ missed
    G = [mixing(rng, d) for d in widths[1:-1]]
    M = rng.normal(size=(r, widths[0]))
    return generate(problem, U[:, chosen], G, M, [first, *Z[1:-1], U[:, Q] @ Z[-1]])


def _checked(problem: Problem, S: Sequence[int]) -> list[int]:
    values = list(S)
    allowed = f"distinct integers from 0 to {problem.rank_sigma - 1} (positive eigenvalues)"
    if not problem.rank_sigma:
        allowed = "nothing but the empty set (Sigma = 0)"
    for i in values:
        integer = isinstance(i, int | np.integer) and not isinstance(i, bool)
        if not integer or not 0 <= i < problem.rank_sigma:
            raise ValueError(f"S: expected {allowed}, got {i!r}")
    if len(set(values)) < len(values):
        raise ValueError(f"S: expected {allowed}, got {values}")
    if len(values) > problem.r_max:
        raise ValueError(
            f"S: expected at most r_max = {problem.r_max} eigenvalues, got {len(values)}"
        )
    return sorted(int(i) for i in values)


def _check_kind(problem: Problem, r: int, kind: PivotKind | None) -> None:
    if kind is None:
        return
    if kind not in get_args(PivotKind):
        raise ValueError(f"kind: expected one of {get_args(PivotKind)} or None, got {kind!r}")
    if r == problem.r_max:
        raise ValueError(
            f"kind: expected None for {r} = r_max eigenvalues, where no kinds differ, got {kind!r}"
        )
    if kind == "tightened" and problem.depth == 2:
        raise ValueError(
            "kind: expected 'not_tightened' or None for H = 2 and fewer than r_max eigenvalues, "
            "where every critical point has a pivot that is not tightened, got 'tightened'"
        )


def _blocks(
    rng: np.random.Generator, shapes: list[tuple[int, int]], live: int, kind: PivotKind | None
) -> Layers:
    """Return random solutions Z of the criticality conditions.

    With a zero block a at least, condition h is met for all h != a, and for h = a it asks that
    (Z_H ... Z_{a+1})^T N (Z_{a-1} ... Z_1)^T = 0: by a second zero block, by Z_1 in the kernel of N
    or by Z_H in that of N^T, where N has a kernel.
    """
    H = len(shapes)
    Z = [rng.normal(size=shape) / np.sqrt(max(1, *shape)) for shape in shapes]
    if min(a for a, _ in shapes[:-1]) == 0:
        return Z  # a hidden layer without room: every product through it is empty
    if live == 0:
        Z[rng.integers(H)][:] = 0.0
        return Z
    order = rng.permutation(H)
    if H == 2:
        Z[order[0]][:] = 0.0
        _orthogonal_to_target(Z, order[1], live)
        return Z
    a, b = order[:2]
    if kind is None:
        kind = ("tightened", "not_tightened")[rng.integers(2)]
    tightening = TIGHTENINGS[rng.integers(3)] if kind == "tightened" else None
    low, high = sorted((a, b))
    if tightening == "both ends":
        # One zero block in the middle, and both ends in the kernels of N and N^T (where N has
        # none they are zero).
        Z[rng.integers(1, H - 1)][:] = 0.0
        for end in (0, H - 1):
            _orthogonal_to_target(Z, end, live)
        return Z
    # Two zero blocks: only their own pivot may not be tightened, and for generic blocks it is not.
    Z[a][:] = Z[b][:] = 0.0
    if tightening == "outer block" and low > 0 and high < H - 1:
        # Its outer block vanishes: the ends of the chain annihilate each other through N only.
        _annihilate(Z, live)
    elif tightening == "inner block" and high - low >= 3:
        # Its inner block vanishes: two matrices that annihilate each other without being zero.
        kept = len(Z[low + 1]) // 2
        Z[low + 1][kept:] = 0.0
        Z[low + 2][:, :kept] = 0.0
    elif kind == "tightened":
        Z[order[2]][:] = 0.0
    return Z


def _orthogonal_to_target(Z: Layers, end: int, live: int) -> None:
    """Make N Z_1^T = 0 or N^T Z_H = 0, for N = diag(delta, 0) with `live` positive entries."""
    if end == 0:
        Z[0][:, :live] = 0.0
    else:
        Z[-1][:live] = 0.0


def _annihilate(Z: Layers, live: int) -> None:
    """Make Z_1 N^T Z_H = 0 by giving the two complementary sets of live directions."""
    kept = live // 2
    Z[0][:, kept:live] = 0.0
    Z[-1][:kept] = 0.0


def _orthogonal(rng: np.random.Generator, n: int) -> Array:
    Q, R = np.linalg.qr(rng.normal(size=(n, n)))
    result: Array = Q * np.sign(np.diag(R))
    return result


def mixing(rng: np.random.Generator, n: int) -> Array:
    """Return a random invertible matrix with a condition number of at most 4."""
    return _orthogonal(rng, n) * np.exp(rng.uniform(-0.69, 0.69, n)) @ _orthogonal(rng, n)
