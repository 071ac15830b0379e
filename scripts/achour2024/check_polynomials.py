"""Check in exact arithmetic that the loss along the paper's directions is the stated polynomial."""

from replication.run import run, track, write_table

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.certify import (
    ExactData,
    descent_polynomial,
    exact_critical_point,
    exact_data,
    exact_gradient,
    point_from_blocks,
    rational_orthogonal,
)
from landscape.certify.rational import Matrix
from landscape.linear import LinearNetwork
from landscape.linear.critical_points import mixing
from landscape.linear.normal_form import generate
from landscape.seeds import generator
from replication.settings import Count, Distinct

INPUTS, OUTPUTS, SAMPLES = 3, 3, 5
# How far a fitted order may be from a whole number.
TOLERANCE = 0.1
# A critical point W, a direction V, and what the coefficients of L(W + t V) - L(W) are to be, by
# the power of t; those not named are zero.
Line = tuple[list[Matrix], list[Matrix], dict[int, Fraction]]


def check_polynomials(
    depths: Distinct[Annotated[int, Ge(2)]],
    width: Annotated[int, Ge(3)],
    draws: Count,
    points: Count,
    seed: int,
    table: Path,
) -> None:
    """Compare coefficients of L(W + t V) with the closed forms, and fit orders of descent.

    Parameters
    ----------
    depths
        Numbers H of weight matrices, one more than of hidden layers.
    width
        Width of the hidden layers.
    draws
        Exact points of each case.
    points
        Non-strict saddles in floating point, for each depth, whose order of descent is fitted.
    seed
        Root seed.
    table
        The .csv table with a row for each case and depth.
    """
    rows = []
    for depth in track(depths, "depths"):
        for case, line in CASES.items():
            wrong, orders = 0, []
            for draw in range(draws):
                rng = generator(seed, "achour2024", "polynomials", case, depth, draw)
                data = exact_data(rng, INPUTS, OUTPUTS, SAMPLES, range(OUTPUTS + 1, 1, -1))
                W, V, expected = line(rng, data, [width] * (depth - 1))
                _, *found = descent_polynomial(data.X, data.Y, W, V)
                right = {k: c for k, c in enumerate(found, start=1) if c} == expected
                critical = not any(g.any() for g in exact_gradient(data.X, data.Y, W))
                wrong += not (right and critical)
                orders.append(min(expected))
            rows.append(_row(case, depth, wrong, orders))
        for zeros in range(3, depth + 1):
            fitted = []
            for number in range(points):
                rng = generator(seed, "achour2024", "orders", depth, zeros, number)
                fitted.append(_order(rng, [width] * (depth - 1), zeros))
            case = f"{zeros} zero blocks, others generic"
            wrong = sum(not abs(order - zeros) <= TOLERANCE for order in fitted)
            rows.append(_row(case, depth, wrong, fitted))
    write_table(pd.DataFrame(rows), table)


def _row(case: str, depth: int, wrong: int, orders: Sequence[float]) -> dict[str, object]:
    return {
        "case": case,
        "depth": depth,
        "points": len(orders),
        "mismatches": wrong,
        "order_from": min(orders),
        "order_to": max(orders),
    }


def _rotation(rng: np.random.Generator, data: ExactData, hidden: list[int]) -> Line:
    """Appendix D: turn a chosen eigenvector u_j into u_i, i not in S and lambda_i > lambda_j."""
    S = [[1], [2], [0, 2], [1, 2]][rng.integers(4)]
    point = exact_critical_point(rng, data, hidden, S)
    i = min(set(range(OUTPUTS)) - set(S))
    above, below = data.eigenvalues[i], data.eigenvalues[S[-1]]
    assert point.direction is not None
    return point.W, point.direction, {2: below - above, 4: above}


def _zero(rng: np.random.Generator, data: ExactData, hidden: list[int]) -> Line:
    """Equation 25 with Z_h = 0: one more direction is opened in all layers."""
    r, D = int(rng.integers(OUTPUTS)), _bases(rng, hidden)
    W = _equation_25(data, r, D, [np.zeros((d - r, d - r), dtype=object) for d in hidden[1:]])
    u, ends = data.U[:, [r]], [basis[:, [r]] for basis in D]
    V = [ends[0] @ u.T @ data.least_squares]
    V += [above @ below.T for above, below in zip([*ends[1:], u], ends, strict=True)]
    H, value = len(W), data.eigenvalues[r]
    return W, V, {H: -2 * value, 2 * H: value}


def _identity(rng: np.random.Generator, data: ExactData, hidden: list[int]) -> Line:
    """Equation 25 with Z_h = I: one more direction is opened in the first and the last layer."""
    r, D = int(rng.integers(OUTPUTS)), _bases(rng, hidden)
    W = _equation_25(data, r, D, [np.eye(d - r, dtype=int).astype(object) for d in hidden[1:]])
    u, value = data.U[:, [r]], data.eigenvalues[r]
    V = [np.zeros_like(layer) for layer in W]
    V[0], V[-1] = D[0][:, [r]] @ u.T @ data.least_squares, u @ D[-1][:, [r]].T
    return W, V, {2: -2 * value, 4: value}


def _outermost(rng: np.random.Generator, data: ExactData, hidden: list[int]) -> Line:
    """Appendix E, case (H, 1): the pivot of the first and the last layer is not tightened.

    V_H = beta u a^T and V_1 = D_1 e_g u^T S_YX S_XX^-1 with a^T W_{H-1} ... W_2 D_1 e_g = 1. With
    b = a^T W_{H-1} ... W_1 X the coefficients are beta^2 |b|^2 - 2 beta lambda and beta^2 lambda,
    and beta = lambda / |b|^2 makes the first least.
    """
    r, D = int(rng.integers(OUTPUTS)), _bases(rng, hidden)
    triangular = [np.triu(rng.integers(-1, 2, (d - r, d - r)), 1) for d in hidden[1:]]
    Z = [(part + np.eye(len(part), dtype=int)).astype(object) for part in triangular]
    W = _equation_25(data, r, D, Z)
    u, value, e = data.U[:, [r]], data.eigenvalues[r], D[0][:, [int(rng.integers(r, hidden[0]))]]
    image, output = e, W[0] @ data.X
    for layer in W[1:-1]:
        image, output = layer @ image, layer @ output
    k = int(rng.choice(np.flatnonzero(image)))
    a = np.zeros((hidden[-1], 1), dtype=object)
    a[k] = 1 / image[k, 0]
    square = Fraction(((a.T @ output) ** 2).sum())
    beta = value / square if square else Fraction(1)
    V = [np.zeros_like(layer) for layer in W]
    V[0], V[-1] = e @ u.T @ data.least_squares, beta * u @ a.T
    return W, V, {2: beta**2 * square - 2 * beta * value, 4: beta**2 * value}


CASES = {
    "Appendix D": _rotation,
    "equation 25, Z = 0": _zero,
    "equation 25, Z = I": _identity,
    "Appendix E, case (H, 1)": _outermost,
}


def _bases(rng: np.random.Generator, hidden: list[int]) -> list[Matrix]:
    """Draw D_1, ..., D_{H-1}: orthogonal, so that the inverse is the transpose."""
    return [rational_orthogonal(rng, width) for width in hidden]


def _equation_25(data: ExactData, r: int, D: list[Matrix], middle: list[Matrix]) -> list[Matrix]:
    """Return the critical point with the leading S of r eigenvalues, Z_1 = 0 and Z_H = 0."""
    first = np.zeros((len(D[0]) - r, INPUTS), dtype=object)
    last = np.zeros((OUTPUTS - r, len(D[-1]) - r), dtype=object)
    return point_from_blocks(data, range(r), [first, *middle, last], D)


def _order(rng: np.random.Generator, hidden: list[int], zeros: int) -> float:
    """Return the order at which the loss falls from a saddle with some zero blocks and leading S.

    It is fitted to the loss on the curve that the classification gives. A product of the blocks
    along any line has no term below t^zeros, so no line falls at a lower order; with generic other
    blocks, S leading and three or more zeros the point is tightened.
    """
    net = LinearNetwork(
        rng.standard_normal((INPUTS, SAMPLES)), rng.standard_normal((OUTPUTS, SAMPLES)), hidden
    )
    r = int(rng.integers(net.r_max))
    inputs = [INPUTS, *(width - r for width in hidden)]
    Z = [rng.standard_normal((b - r, a)) for a, b in zip(inputs, [*hidden, OUTPUTS], strict=True)]
    for h in rng.choice(net.depth, zeros, replace=False):
        Z[h][:] = 0.0
    Z[-1] = net.U[:, r:] @ Z[-1]
    D = [mixing(rng, width) for width in hidden]
    W = generate(net, net.U[:, :r], D, np.zeros((r, INPUTS)), Z)
    curve = net.classify(W).descent
    if curve is None:
        return np.nan
    return fitted_order(lambda t: (net.loss(W) - net.loss(curve.point(t))) / net.scale**2)


def fitted_order(fall: Callable[[float], float]) -> float:
    """Return the exponent k of c t^k (1 + O(t)), fitted near zero, but above the rounding."""
    t = np.geomspace(1e-5, 1, 100)
    fallen = np.array([fall(float(x)) for x in t])
    kept = (fallen > 1e-12) & (fallen < 1e-8)
    if kept.sum() < 4:
        return np.nan
    terms = np.stack([np.ones(kept.sum()), np.log(t[kept]), t[kept]], axis=1)
    return float(np.linalg.lstsq(terms, np.log(fallen[kept]), rcond=None)[0][1])


if __name__ == "__main__":
    run(check_polynomials)
