"""Check the recursive analytical form of deep critical points by census."""

from replication.run import run, track, write_table

import itertools
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, Le
from numpy.polynomial import polynomial

from landscape.exact import Numbers, to_fractions
from landscape.linear import LinearNetwork
from landscape.linear.analytical_form import critical_value, is_global, recursive_form
from landscape.linear.classify import DescentCurve
from landscape.linear.critical_points import mixing
from landscape.linear.from_samples import loss_and_gradient, relative_gradient, rises_nearby
from landscape.linear.normal_form import generate
from landscape.linear.prescribed_spectrum import data_with_spectrum
from landscape.seeds import generator
from replication.settings import Count, Distinct

# Inputs, samples, rank of X, positive eigenvalues of Sigma, outputs; then hidden widths, of which
# a network of depth l takes the first l - 1.
PROBLEMS = {
    "generic": (4, 7, 4, (4.0, 2.0, 1.0), 3, (3, 3, 3, 3)),
    "bottleneck": (4, 7, 4, (4.0, 2.0, 1.0), 3, (2, 3, 4, 3)),
    "X of rank 2": (4, 7, 2, (3.0, 1.0), 3, (3, 4, 3, 2)),
    "fewer samples than inputs": (4, 3, 3, (4.0, 2.0, 1.0), 3, (4, 2, 3, 3)),
    "eigenvalues 2, 1, 1": (4, 7, 4, (2.0, 1.0, 1.0), 3, (3, 2, 3, 4)),
    "zero eigenvalues": (3, 6, 3, (3.0, 1.0), 4, (3, 3, 4, 3)),
}
KINDS = ("global_minimizer", "strict_saddle", "non_strict_saddle")
# Rounding in a Hessian eigenvalue relative to the largest, or to the target where it vanishes.
ZERO = 1e-9
RADII = (0.3, 0.1)
NEARER, SHORTEST = np.array([1.0, 0.5, 0.25]), 1e-9
# On a curve the loss is the stated one if it differs by no more than this, relative to the target.
EXACT = 1e-12
# What counts as nearby, relative to the weights or to 1, and how far the fall there may be from the
# stated one: the point is critical up to rounding only.
NEARBY, AGREES = 1e-2, 1e-2
# Size of a move in each entry, away from a critical point, that the recursive form must notice.
MOVE = 1e-2
# The lines of the recursive form, (3), (4) and (2), and by what a layer is made to miss (4).
LINES = ("products", "layers", "condition")
STRETCH = 1.5


def check_deep_form(
    depths: Distinct[Annotated[int, Ge(2), Le(5)]],
    draws: Count,
    seed: int,
    census: Path,
    controls: Path,
) -> None:
    """Take random critical points of deep networks apart, and descend from all that are not global.

    The points come from a generator that does not use the recursive form, and so do points at which
    one of its lines is broken. Loss and gradient are
    computed from the samples, kinds are those of the dense Hessian and of the least loss. Residuals
    of the form are of points whose ranks all are certain.

    Parameters
    ----------
    depths
        Numbers l of layers of weights, that is, l - 1 hidden ones.
    draws
        Points for each set of data, pattern and kind.
    seed
        Root seed.
    census
        The .csv table with a row for each depth and kind of point.
    controls
        The .csv table of points that are not critical because one line of the form is broken, with
        a row for each depth and line.
    """
    rows, broken_rows = [], []
    for depth in depths:
        found, broken = [], []
        for name, problem in track(PROBLEMS.items(), f"problems of depth {depth}", len(PROBLEMS)):
            inputs, samples, rank, eigenvalues, outputs, hidden = problem
            for draw in range(draws):
                rng = generator(seed, "zhou2018", "deep", depth, name, draw)
                X, Y = data_with_spectrum(rng, inputs, outputs, samples, rank, eigenvalues)
                net = LinearNetwork(X, Y, hidden[: depth - 1])
                found += [_measure(X, Y, net, W, rng) for W in _points(net, rng)]
                broken += [_break(X, Y, net, line, rng) for line in LINES]
        broken_rows += _by_line(pd.DataFrame(broken), depth)
        every = pd.DataFrame(found)
        for kind in KINDS:
            group = every[every["observed"] == kind]
            if group.empty:
                continue
            certain = group[~group["ambiguous"]]
            rows.append(
                {
                    "depth": depth,
                    "kind": kind,
                    "points": len(group),
                    "ambiguous": int(group["ambiguous"].sum()),
                    "gradient": group["gradient"].max(),
                    "value_error": group["value_error"].max(),
                    "product_residual": certain["product_residual"].max(),
                    "layer_residual": certain["layer_residual"].max(),
                    "condition_residual": certain["condition_residual"].max(),
                    "residual": certain["residual"].max(),
                    "moved_residual": group["moved_residual"].min(),
                    "global_mismatches": int(
                        (group["global"] != (kind == "global_minimizer")).sum()
                    ),
                    "kind_mismatches": int((group["predicted"] != kind).sum()),
                    "without_descent": int((~group["descends"]).sum()),
                    "descent_error": group["descent_error"].max(),
                    "least_eigenvalue_from": group["least"].min(),
                    "least_eigenvalue_to": group["least"].max(),
                    "lower_nearby": int(group["lower_nearby"].sum()),
                    "without_ascent": int((~group["ascends"]).sum()),
                }
            )
    write_table(pd.DataFrame(rows), census)
    write_table(pd.DataFrame(broken_rows), controls)


def _by_line(every: pd.DataFrame, depth: int) -> list[dict[str, object]]:
    """Return how far the points of each line are from meeting it and, at most, the other two."""
    rows: list[dict[str, object]] = []
    for line, group in every.groupby("broken", sort=False):
        certain = group[~group["ambiguous"]]
        rows.append(
            {
                "depth": depth,
                "broken": line,
                "points": len(group),
                "ambiguous": int(group["ambiguous"].sum()),
                "gradient": certain["gradient"].min(),
                "residual": certain["residual"].min(),
                "other_residual": certain["other_residual"].max(),
            }
        )
    return rows


def _break(
    X: np.ndarray, Y: np.ndarray, net: LinearNetwork, line: str, rng: np.random.Generator
) -> dict[str, object]:
    """Return how a point that is not critical meets a line of the form, and the other lines.

    Products: its frame is of no eigenvectors. Layers: a critical point whose first layer is half as
    long again. Condition: its last layer has the frame alone, the others free blocks which the
    target does not annihilate, as a critical point would need.
    """
    least = 0 if line == "condition" else 1
    r = int(rng.integers(least, net.r_max))
    S = sorted(int(i) for i in rng.choice(net.rank_sigma, r, replace=False))
    if line == "layers":
        W = net.critical_point(S, seed=rng)
        W[0] = STRETCH * W[0]
    else:
        frame = net.U[:, S]
        if line == "products":
            frame = np.linalg.qr(rng.normal(size=frame.shape))[0]
        rest = np.delete(net.V, S, axis=1)
        blocks = [rng.normal(size=(b - r, a - r)) for b, a in net.shapes[1:-1]]
        first = rng.normal(size=(net.widths[1] - r, rest.shape[1])) @ rest.T @ net.F_inverse
        last = np.zeros((net.widths[-1], net.widths[-2] - r))
        G = [mixing(rng, d) for d in net.widths[1:-1]]
        W = generate(net, frame, G, np.zeros((r, net.widths[0])), [first, *blocks, last])
    form = recursive_form(X, Y, W)
    residuals = dict(
        zip(
            LINES,
            (form.product_residual, form.layer_residual, form.condition_residual),
            strict=True,
        )
    )
    return {
        "broken": line,
        "ambiguous": form.ambiguous,
        "gradient": relative_gradient(X, Y, W),
        "residual": residuals.pop(line),
        "other_residual": max(residuals.values()),
    }


def _points(net: LinearNetwork, rng: np.random.Generator) -> Iterator[list[np.ndarray]]:
    """Yield a point for each set of eigenvalues and, where there are two, of either kind."""
    for r in range(net.r_max + 1):
        for S in itertools.combinations(range(net.rank_sigma), r):
            if net.depth == 2 or r == net.r_max:
                yield net.critical_point(S, seed=rng)
            else:
                yield net.critical_point(S, seed=rng, kind="tightened")
                yield net.critical_point(S, seed=rng, kind="not_tightened")


def _measure(
    X: np.ndarray,
    Y: np.ndarray,
    net: LinearNetwork,
    W: list[np.ndarray],
    rng: np.random.Generator,
) -> dict[str, object]:
    """Return what the recursive form says of a point and what loss and Hessian say."""
    total = 0.5 * float(np.sum(Y**2))
    loss = loss_and_gradient(X, Y, W)[0]
    form = recursive_form(X, Y, W)
    spaces, pattern = form.spaces[0], form.patterns[0]
    eigenvalues, vectors = np.linalg.eigh(net.hessian(W))
    scale = max(eigenvalues[-1], 1e-2 * np.linalg.norm(Y @ X.T))
    # Eckart and Young, at the narrowest layer.
    singular = np.linalg.svd(Y @ np.linalg.pinv(X) @ X, compute_uv=False)
    optimum = total - 0.5 * float(np.sum(singular[: min(net.widths[1:])] ** 2))
    if eigenvalues[0] < -ZERO * scale:
        observed = "strict_saddle"
    elif loss - optimum <= ZERO * total:
        observed = "global_minimizer"
    else:
        observed = "non_strict_saddle"
    moved = [w + MOVE * rng.normal(size=w.shape) for w in W]
    found = net.classify(W)
    tried = [vectors[:, -1], *rng.normal(size=(20, net.size))]
    descent: dict[str, object] = {"descends": True, "descent_error": 0.0, "lower_nearby": False}
    if observed != "global_minimizer":
        descent["descends"] = False
        if found.descent is not None:
            descent = _descend(X, Y, W, found.descent)
    return {
        "observed": observed,
        "predicted": found.kind,
        "ambiguous": form.ambiguous,
        "gradient": relative_gradient(X, Y, W),
        "value_error": abs(loss - critical_value(Y, spaces, pattern)) / total,
        "product_residual": form.product_residual,
        "layer_residual": form.layer_residual,
        "condition_residual": form.condition_residual,
        "residual": form.residual,
        "moved_residual": recursive_form(X, Y, moved).residual,
        "global": is_global(spaces, pattern, min(net.widths[1:])),
        "least": eigenvalues[0] / scale,
        "ascends": rises_nearby(X, Y, W, tried, RADII),
        **descent,
    }


def _descend(
    X: np.ndarray, Y: np.ndarray, W: list[np.ndarray], curve: DescentCurve
) -> dict[str, object]:
    """Return whether a curve leads down, on it the loss is as stated, and it is lower nearby.

    That it is lower further on alone would be no descent: there might be a barrier before.
    """
    loss, total = loss_and_gradient(X, Y, W)[0], 0.5 * float(np.sum(Y**2))
    # The curve falls at first: from somewhere on it is lower also ever nearer to the point.
    steps = NEARER
    while steps[-1] > SHORTEST and any(curve.loss(t) >= curve.loss(0.0) for t in steps):
        steps = steps / 2
    losses = np.array([loss_and_gradient(X, Y, curve.point(t))[0] for t in steps])
    # The library's loss is twice that of the paper.
    error = max(abs(losses - [0.5 * curve.loss(t) for t in steps])) / total
    size = max(1.0, *(float(np.linalg.norm(w)) for w in W))
    near = [
        t
        for t in 0.5 ** np.arange(60.0)
        if all(
            np.linalg.norm(a - b) <= NEARBY * size for a, b in zip(curve.point(t), W, strict=True)
        )
    ]
    # Of the order of the depth, a fall so near is below the rounding of the loss.
    start = _exact_loss(X, Y, [to_fractions(w) for w in W])
    lower = bool(near)
    for t in near[:3]:
        fall = float(start - _exact_loss(X, Y, _exact_point(curve, t)))
        stated = -0.5 * float(polynomial.polyval(t, [0.0, *curve.coefficients[1:]]))
        lower &= fall > 0 and abs(fall - stated) <= AGREES * fall
    return {
        "descends": bool((losses < loss).all()) and error <= EXACT and lower,
        "descent_error": error,
        "lower_nearby": lower,
    }


def _exact_point(curve: DescentCurve, t: float) -> list[Numbers]:
    """Return W(t) without rounding."""
    powers = [Fraction(t) ** k for k in range(max(map(len, curve.terms)))]
    return [
        sum(term * power for term, power in zip(to_fractions(terms), powers, strict=False))
        for terms in curve.terms
    ]


def _exact_loss(X: np.ndarray, Y: np.ndarray, W: list[Numbers]) -> Fraction:
    """Return the loss without rounding."""
    output = to_fractions(X)
    for layer in W:
        output = layer @ output
    loss: Fraction = ((output - to_fractions(Y)) ** 2).sum() / 2
    return loss


if __name__ == "__main__":
    run(check_deep_form)
