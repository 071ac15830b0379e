"""Check Propositions 2 and 8 to 11 and Lemma 16, and what follows from them, on random nets."""

from replication.run import run, track, write_table

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations, pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge
from scipy import optimize

from landscape.linear import LinearNetwork
from landscape.linear.critical_points import mixing
from landscape.linear.inertia import dense_inertia
from landscape.linear.network import CRITICAL
from landscape.linear.normal_form import generate, normal_form
from landscape.linear.problem import Layers, between, prefixes, suffixes
from landscape.seeds import generator
from replication.settings import Count, Distinct

INPUTS, OUTPUTS, SAMPLES = 4, 3, 8
# Losses are the same below this part of ||Y||^2, weights below this part of themselves.
SAME = 1e-9
# A point that a search found has the stated form if what is rebuilt is as near, relative to each
# layer; it is critical up to CRITICAL, and inverting its bases costs some digits.
FORM = 1e-6


@dataclass(frozen=True)
class Check:
    """One thing that a statement says.

    Attributes
    ----------
    statement, what : str
        Where it stands, and what is checked.
    quantity : str
        What is measured besides in each case.
    cases : callable
        (rng, depth) -> iterator of whether a case failed and its quantity.
    draws : str
        Which setting says how often it is called.
    shallowest : int
        The least depth it speaks of.
    """

    statement: str
    what: str
    quantity: str
    cases: Callable[[np.random.Generator, int], Iterator[tuple[bool, float]]]
    draws: str = "draws"
    shallowest: int = 2


def check_propositions(
    depths: Distinct[Annotated[int, Ge(2)]],
    draws: Count,
    searches: Count,
    form_searches: Count,
    trainings: Count,
    seed: int,
    table: Path,
) -> None:
    """Count the cases in which a statement of the paper, or a sharper one of ours, fails.

    Parameters
    ----------
    depths
        Numbers H of weight matrices, one more than of hidden layers.
    draws
        Random nets for each check and depth.
    searches
        Random starts of the blind search for critical points, for each depth.
    form_searches
        The same for what is asked for its form; the deeper, the fewer of these are of certain rank.
    trainings
        Networks trained from random starts, for each depth.
    seed
        Root seed.
    table
        The .csv table with a row for each check and depth.
    """
    times = {
        "draws": draws,
        "searches": searches,
        "form_searches": form_searches,
        "trainings": trainings,
    }
    rows = []
    for check in track(CHECKS, "checks"):
        for depth in (depth for depth in depths if depth >= check.shallowest):
            cases: list[tuple[bool, float]] = []
            for draw in range(times[check.draws]):
                name = (check.statement, check.what, depth, draw)
                rng = generator(seed, "achour2024", "propositions", *name)
                cases += check.cases(rng, depth)
            rows.append(
                {
                    "statement": check.statement,
                    "check": check.what,
                    "depth": depth,
                    "cases": len(cases),
                    # Without a case nothing has been checked.
                    "failures": sum(failed for failed, _ in cases) if cases else None,
                    "quantity": check.quantity,
                    "least": min((value for _, value in cases), default=np.nan),
                    "largest": max((value for _, value in cases), default=np.nan),
                }
            )
    write_table(pd.DataFrame(rows), table)


# ---- networks and points ------------------------------------------------------------------------


def _network(rng: np.random.Generator, hidden: list[int]) -> LinearNetwork:
    return LinearNetwork(
        rng.standard_normal((INPUTS, SAMPLES)), rng.standard_normal((OUTPUTS, SAMPLES)), hidden
    )


def _any_network(rng: np.random.Generator, depth: int) -> LinearNetwork:
    """Draw data and widths, bottlenecks included."""
    return _network(rng, [int(d) for d in rng.integers(1, 6, depth - 1)])


def _below_full(rng: np.random.Generator, net: LinearNetwork) -> list[int]:
    """Draw S with fewer than r_max eigenvalues."""
    r = int(rng.integers(0, net.r_max))
    return sorted(int(i) for i in rng.choice(OUTPUTS, r, replace=False))


def point(net: LinearNetwork, S: list[int], Z: Layers, D: Layers) -> Layers:
    """Return the point of Proposition 9 with blocks Z and bases D; it need not be critical.

    W_1 = D_1 [U_S^T S_YX S_XX^-1; Z_1], W_h = D_h diag(I_r, Z_h) D_{h-1}^-1 and
    W_H = [U_S, U_Q Z_H] D_{H-1}^-1.
    """
    U_Q = np.delete(net.U, S, axis=1)
    no_more = np.zeros((len(S), INPUTS))  # X has full row rank
    return generate(net, net.U[:, S], D, no_more, [*Z[:-1], U_Q @ Z[-1]])


def _shapes(net: LinearNetwork, r: int) -> list[tuple[int, int]]:
    """Return the shapes of the blocks Z of Proposition 9; only Z_1 has all of its columns."""
    inputs = [INPUTS, *(width - r for width in net.widths[1:-1])]
    return [(b - r, a) for a, b in zip(inputs, net.widths[1:], strict=True)]


def _blocks(rng: np.random.Generator, net: LinearNetwork, r: int) -> Layers:
    return [rng.standard_normal(shape) for shape in _shapes(net, r)]


def _bases(rng: np.random.Generator, net: LinearNetwork) -> Layers:
    return [mixing(rng, d) for d in net.widths[1:-1]]


def equation_25(net: LinearNetwork, r: int, middle: Callable[[int, int], np.ndarray]) -> Layers:
    """Return the point of equation 25 with leading S of r eigenvalues and Z_h = middle(shape)."""
    shapes = _shapes(net, r)
    Z = [np.zeros(shapes[0]), *(middle(a, b) for a, b in shapes[1:-1]), np.zeros(shapes[-1])]
    return point(net, list(range(r)), Z, [np.eye(d) for d in net.widths[1:-1]])


def _flat(W: Layers) -> np.ndarray:
    return np.concatenate([layer.ravel() for layer in W])


def _layers(net: LinearNetwork, w: np.ndarray) -> Layers:
    ends = np.cumsum([a * b for a, b in net.shapes])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(w, ends), net.shapes, strict=True)]


def _total(net: LinearNetwork) -> float:
    """Return tr(Y Y^T)."""
    return net.scale**2


def _value(net: LinearNetwork, S: tuple[int, ...] | list[int]) -> float:
    """Return the loss that Proposition 1 gives."""
    return _total(net) - float(net.eigenvalues[list(S)].sum())


def _slope(net: LinearNetwork, W: Layers) -> float:
    """Return the norm of the gradient relative to that of Y X^T."""
    return float(np.linalg.norm(_flat(net.gradient(W))) / np.linalg.norm(net.B @ net.F.T))


# ---- the checks ---------------------------------------------------------------------------------


def _attained(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    """Take every S of one net."""
    net = _any_network(rng, depth)
    for r in range(net.r_max + 1):
        for S in combinations(range(OUTPUTS), r):
            found = net.classify(net.critical_point(S, seed=rng))
            error = abs(found.loss - _value(net, S)) / _total(net)
            yield found.S != S or error > SAME, error


def _searched(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    """Search with hidden widths of 3, that of the output."""
    net = _network(rng, [OUTPUTS] * (depth - 1))
    for W in _search(rng, net):
        yield _off_values(net, W)


def _searched_narrow(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    """Search with a hidden layer narrower than the output."""
    hidden = [int(d) for d in rng.integers(1, OUTPUTS + 1, depth - 1)]
    hidden[rng.integers(depth - 1)] = int(rng.integers(1, OUTPUTS))
    net = _network(rng, hidden)
    for W in _search(rng, net):
        yield _off_values(net, W)


def _searched_form(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    """Search with or without a bottleneck; a point whose ranks are certain is a case."""
    net = _network(rng, [int(d) for d in rng.integers(1, OUTPUTS + 1, depth - 1)])
    for W in _search(rng, net):
        rebuilt = net.reconstruct(W)
        if not rebuilt.ambiguous:
            yield rebuilt.residual > FORM, rebuilt.residual


def _search(rng: np.random.Generator, net: LinearNetwork) -> Iterator[Layers]:
    """Minimise the squared norm of the gradient from a random start; yield a zero of it."""
    start = np.concatenate([rng.standard_normal(a * b) for a, b in net.shapes])
    # Not the method "lm": with a singular Jacobian it reads memory that it never wrote, and no two
    # runs need agree (SciPy 1.17).
    found = optimize.least_squares(
        lambda w: _flat(net.gradient(_layers(net, w))),
        start,
        lambda w: net.hessian(_layers(net, w)),
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
        max_nfev=150,
    )
    W = _layers(net, found.x)
    if net.is_critical(W, CRITICAL):
        yield W


def _off_values(net: LinearNetwork, W: Layers) -> tuple[bool, float]:
    """Tell whether the loss is none of Proposition 1, and how far it is from the nearest."""
    values = [_value(net, S) for r in range(net.r_max + 1) for S in combinations(range(OUTPUTS), r)]
    error = min(abs(net.loss(W) - value) for value in values) / _total(net)
    return error > SAME, error


def _flat_points(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    net = _any_network(rng, depth)
    for r in range(net.r_max):
        W = equation_25(net, r, lambda a, b: np.zeros((a, b)))
        found, (dense, least) = net.classify(W), dense_inertia(net, W)
        yield found.kind != "non_strict_saddle" or not found.tightened or dense.negative > 0, least


def _strict_points(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    net = _any_network(rng, depth)
    for r in range(net.r_max):
        W = equation_25(net, r, np.eye)
        found, (dense, least) = net.classify(W), dense_inertia(net, W)
        yield found.kind != "strict_saddle" or bool(found.tightened) or dense.negative == 0, least


def _index(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    width = int(rng.integers(1, 6))
    net = _network(rng, [width] * (depth - 1))
    for r in range(net.r_max):
        negative = dense_inertia(net, equation_25(net, r, np.eye))[0].negative
        yield negative != (OUTPUTS - r) * (width - r), negative


def _associated(net: LinearNetwork, S: list[int], W: Layers) -> bool:
    """Tell whether W is critical and associated with S."""
    return net.is_critical(W, CRITICAL) and tuple(S) == normal_form(net, W).S


def _sufficient(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    """Take a point with r = r_max, and one with two blocks of zeros."""
    net = _any_network(rng, depth)
    full = sorted(int(i) for i in rng.choice(OUTPUTS, net.r_max, replace=False))
    few = _below_full(rng, net)
    two = rng.choice(depth, 2, replace=False)
    for S, zero in ((full, []), (few, two)):
        Z = _blocks(rng, net, len(S))
        for h in zero:
            Z[h][:] = 0.0
        W = point(net, S, Z, _bases(rng, net))
        yield not _associated(net, S, W), _slope(net, W)


def _insufficient(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    """Take points with r < r_max and one block of zeros, or none."""
    net = _any_network(rng, depth)
    S = _below_full(rng, net)
    for zero in (None, int(rng.integers(depth))):
        Z = _blocks(rng, net, len(S))
        if zero is not None:
            Z[zero][:] = 0.0
        W = point(net, S, Z, _bases(rng, net))
        yield net.is_critical(W, CRITICAL), _slope(net, W)


def _own_layers(
    rng: np.random.Generator, depth: int, last: bool, first: bool
) -> Iterator[tuple[bool, float]]:
    """Take a pivot (i, j) that is not tightened, and move its own two layers only.

    With two blocks of zeros, Z_i and Z_j, and generic others the point is critical, and (i, j) the
    only pivot that is not tightened. Whether i = H and j = 1 tells the four cases apart.
    """
    net = _any_network(rng, depth)
    S = list(range(int(rng.integers(0, net.r_max))))
    i = depth if last else int(rng.integers(2 if first else 3, depth))
    j = 1 if first else int(rng.integers(2, i))
    Z = _blocks(rng, net, len(S))
    Z[i - 1][:] = Z[j - 1][:] = 0.0
    W = point(net, S, Z, _bases(rng, net))
    ends = np.cumsum([0, *(a * b for a, b in net.shapes)])
    own = np.r_[ends[j - 1] : ends[j], ends[i - 1] : ends[i]]
    values = np.linalg.eigvalsh(net.hessian(W)[np.ix_(own, own)])
    least = values[0] / max(values[-1], 1e-2 * np.linalg.norm(net.B @ net.F.T))
    yield least >= -SAME or not _associated(net, S, W), float(least)


def _minimizers(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    net = _any_network(rng, depth)
    S = list(range(net.r_max))
    D = [rng.standard_normal((d, d)) for d in net.widths[1:-1]]
    W = point(net, S, _blocks(rng, net, net.r_max), D)
    error = abs(net.loss(W) - _value(net, S)) / _total(net)
    yield error > SAME, error


def _trained(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    """Train by L-BFGS and Newton's method; a run that ends at a critical point is a case."""
    net = _any_network(rng, depth)
    start = [rng.standard_normal((a, b)) / np.sqrt(b) for a, b in net.shapes]
    found = optimize.minimize(
        lambda w: (net.loss(_layers(net, w)), _flat(net.gradient(_layers(net, w)))),
        _flat(start),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 20_000, "maxfun": 40_000, "ftol": 0.0, "gtol": 1e-8},
    )
    w = found.x
    for _ in range(5):
        # Minimizers are not isolated: the shortest Newton step.
        W = _layers(net, w)
        w = w - np.linalg.lstsq(net.hessian(W), _flat(net.gradient(W)), rcond=1e-8)[0]
    W = _layers(net, w)
    if net.is_critical(W, CRITICAL):
        minimal = net.loss(W) - _value(net, list(range(net.r_max))) <= SAME * _total(net)
        residual = net.reconstruct(W).residual
        yield not minimal or residual > SAME, residual


def _mixed(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    net = _any_network(rng, depth)
    r = int(rng.integers(0, net.r_max + 1))
    S = sorted(int(i) for i in rng.choice(OUTPUTS, r, replace=False))
    W = net.critical_point(S, seed=rng)
    D = pairwise([np.eye(INPUTS), *_bases(rng, net), np.eye(OUTPUTS)])
    moved = [above @ w @ np.linalg.inv(below) for w, (below, above) in zip(W, D, strict=True)]
    same = dense_inertia(net, moved)[0] == dense_inertia(net, W)[0]
    yield not (same and net.is_critical(moved, CRITICAL)), _slope(net, moved)


def _sparse(rng: np.random.Generator, net: LinearNetwork, S: list[int]) -> Layers:
    """Draw blocks Z with at most one entry in each row and column, Z_1 in the data's directions.

    Products of such blocks vanish often, but not only by a block that is zero.
    """
    Z = []
    for a, b in _shapes(net, len(S)):
        block = np.zeros((a, b))
        kept = int(rng.integers(0, min(a, b) + 1))
        rows, columns = rng.permutation(a)[:kept], rng.permutation(b)[:kept]
        block[rows, columns] = rng.uniform(0.5, 1.5, kept) * rng.choice([-1, 1], kept)
        Z.append(block)
    Z[0] = Z[0] @ net.V.T @ net.F_inverse
    return Z


def _vanishes(block: np.ndarray, net: LinearNetwork) -> bool:
    return bool(np.linalg.norm(block) <= SAME * np.linalg.norm(net.B @ net.F.T))


def _conditions(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    """Compare Z_{h-1} ... Z_1 S_XY U_Q Z_H ... Z_{h+1} = 0 for all h with criticality."""
    net = _any_network(rng, depth)
    S = _below_full(rng, net)
    Z = _sparse(rng, net, S)
    before, after = prefixes(Z), suffixes(Z)
    target = net.F @ net.B.T @ np.delete(net.U, S, axis=1)
    met = all(_vanishes(before[h] @ target @ after[h], net) for h in range(depth))
    critical = _associated(net, S, point(net, S, Z, _bases(rng, net)))
    yield met != critical, float(critical)


def _rank(block: np.ndarray, factors: Layers) -> int:
    """Return the numerical rank of a product, which may vanish, on the scale of its factors."""
    size = float(np.prod([np.linalg.norm(factor, 2) for factor in factors]))
    return int(np.linalg.matrix_rank(block, tol=1e-10 * size))


def _pivots(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    """Compare products of the Z_h with ranks of products of the W_h, at critical points."""
    net = _any_network(rng, depth)
    S = _below_full(rng, net)
    Z = _sparse(rng, net, S)
    W = point(net, S, Z, _bases(rng, net))
    if not _associated(net, S, W):
        return
    target = net.F @ net.B.T
    rest = target @ np.delete(net.U, S, axis=1)
    (Z_before, Z_after), (W_before, W_after) = [(prefixes(M), suffixes(M)) for M in (Z, W)]
    for i in range(2, depth + 1):
        for j in range(1, i):
            by_Z = _vanishes(Z_before[j - 1] @ rest @ Z_after[i - 1], net) or _vanishes(
                between(Z, i, j), net
            )
            first = _rank(W_before[j - 1] @ target @ W_after[i - 1], [*W[: j - 1], target, *W[i:]])
            by_W = min(first, _rank(between(W, i, j), W[j : i - 1])) == len(S)
            yield by_Z != by_W, float(by_W)


def balanced_point(rng: np.random.Generator, net: LinearNetwork, r: int) -> Layers:
    """Return a random critical point with W_{h+1}^T W_{h+1} = W_h W_h^T and leading S."""
    U = net.U[:, :r]
    left, size, right = np.linalg.svd(U @ U.T @ net.B @ net.F_inverse)
    hidden = [np.linalg.qr(rng.standard_normal((d, r)))[0] for d in net.widths[1:-1]]
    frames = [right[:r].T, *hidden, left[:, :r]]
    root = size[:r] ** (1 / net.depth)
    return [above * root @ below.T for below, above in pairwise(frames)]


def _balanced(rng: np.random.Generator, depth: int) -> Iterator[tuple[bool, float]]:
    net = _any_network(rng, depth)
    for r in range(net.r_max):
        W = balanced_point(rng, net, r)
        found, (dense, least) = net.classify(W), dense_inertia(net, W)
        yield not found.tightened or found.rank != r or dense.negative > 0, least


LEAST = "least Hessian eigenvalue, relative"
LOSS = "error of the loss, relative"
GRADIENT = "gradient, relative"
FROM_FORM = "distance from the form, relative"
CHECKS = (
    Check("Proposition 2", "every S is attained", LOSS, _attained),
    Check("Proposition 2", "no other critical value", LOSS, _searched, "searches"),
    Check(
        "Proposition 2", "no other critical value, bottleneck", LOSS, _searched_narrow, "searches"
    ),
    Check("Proposition 8", "equation 25, Z = 0: flat", LEAST, _flat_points, shallowest=3),
    Check("Proposition 8", "equation 25, Z = I: strict", LEAST, _strict_points, shallowest=3),
    Check("ours", "equation 25, Z = I: index", "negative eigenvalues", _index),
    Check(
        "Proposition 9", "form of what a search finds", FROM_FORM, _searched_form, "form_searches"
    ),
    Check("Proposition 10", "sufficient", GRADIENT, _sufficient),
    Check("Proposition 10", "fewer zero blocks", GRADIENT, _insufficient),
    Check("ours", "critical by Z alone", "critical", _conditions),
    Check("ours", "tightened by Z alone", "tightened", _pivots),
    Check("Proposition 11", "any D and Z", LOSS, _minimizers),
    Check("Proposition 11", "trained", FROM_FORM, _trained, "trainings"),
    Check("Appendix E", "pivot (H, 1)", LEAST, partial(_own_layers, last=True, first=True)),
    Check(
        "Appendix E",
        "pivot (H, j)",
        LEAST,
        partial(_own_layers, last=True, first=False),
        "draws",
        3,
    ),
    Check(
        "Appendix E",
        "pivot (i, 1)",
        LEAST,
        partial(_own_layers, last=False, first=True),
        "draws",
        3,
    ),
    Check(
        "Appendix E",
        "pivot (i, j)",
        LEAST,
        partial(_own_layers, last=False, first=False),
        "draws",
        4,
    ),
    Check("Lemma 16", "mixed layers", GRADIENT, _mixed),
    Check("consequence", "balanced points", LEAST, _balanced, shallowest=3),
)


if __name__ == "__main__":
    run(check_propositions)
