"""Check Theorem 7 by census: the kind of random critical points against their Hessians."""

from replication.run import run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge
from numpy.polynomial.polynomial import polyval

from landscape.linear import LinearNetwork
from landscape.linear.classify import DescentCurve
from landscape.linear.inertia import dense_inertia
from landscape.linear.normal_form import reconstruct
from landscape.linear.problem import between, prefixes, product, suffixes
from landscape.seeds import generator
from replication.settings import Count, Distinct

KINDS = ("global_minimizer", "strict_saddle", "non_strict_saddle")
# Below this part of ||Y||^2 two losses are the same.
ZERO = 1e-9
# Where a descent is looked for on its curve, in both directions.
STEPS = np.geomspace(1e-5, 1, 101)
# A loss that is higher by less than this part of ||Y||^2 is rounding.
RISE = 1e-12


def check_theorem7(
    depths: Distinct[Annotated[int, Ge(2)]],
    points: Count,
    largest_width: Count,
    seed: int,
    table: Path,
    census: Path,
    pivots: Path,
) -> None:
    """Classify random critical points by Theorem 7 and by the signs of the Hessian.

    Data, widths (bottlenecks included), the associated set S and the free parameters are random.
    The Hessian is dense and its eigenvalues are those of LAPACK; nothing of the classification is
    used in them.

    Parameters
    ----------
    depths
        Numbers H of weight matrices, one more than of hidden layers.
    points
        Critical points for each depth.
    largest_width
        Largest hidden width and number of inputs.
    seed
        Root seed.
    table
        The .csv table with a row for each depth and kind.
    census
        The .csv table with a row for each depth, and one for all.
    pivots
        The .csv table that holds the definition of a tightened pivot against the variant with
        three blocks.
    """
    rows = []
    for depth in depths:
        for number in track(range(points), f"points of depth {depth}"):
            rng = generator(seed, "achour2024", "theorem7", depth, number)
            net, S = _problem(rng, depth, largest_width)
            rows.append({"depth": depth} | _measure(net, S, net.critical_point(S, seed=rng)))
    every = pd.DataFrame(rows)
    write_table(_totals(every), census)
    write_table(_by_kind(every, depths), table)
    write_table(_two_definitions(every), pivots)


def _totals(every: pd.DataFrame) -> pd.DataFrame:
    """Count points, mismatches and kinds of saddles at each depth, and at all."""
    flat = every["observed"] != "strict_saddle"
    counted = pd.DataFrame(
        {
            "depth": every["depth"].astype(str),
            "points": 1,
            "bottlenecks": every["bottleneck"],
            "mismatches": every["predicted"] != every["observed"],
            "index_mismatches": every["index"] != every["negative"],
            "non_strict": every["observed"] == "non_strict_saddle",
            # Saddles with leading S by the rank of W_{H-1} ... W_2: where it exceeds r, and where
            # it does not although the saddle is strict.
            "outer": every["leading"] & every["outer"],
            "outer_flat": every["leading"] & every["outer"] & flat,
            "inner_strict": every["leading"] & ~every["outer"] & ~flat,
        }
    )
    whole = counted.assign(depth="all")
    totals = pd.concat([counted, whole]).groupby("depth", sort=False).sum()
    return totals.astype(int).reset_index()


def _by_kind(every: pd.DataFrame, depths: list[int]) -> pd.DataFrame:
    """Count points and mismatches of each depth and predicted kind, with the largest errors."""
    counts = []
    for depth in depths:
        for kind in KINDS:
            group = every[(every["depth"] == depth) & (every["predicted"] == kind)]
            if group.empty:
                continue
            counts.append(
                {
                    "depth": depth,
                    "kind": kind,
                    "points": len(group),
                    "mismatches": int((group["predicted"] != group["observed"]).sum()),
                    "ambiguous": int(group["ambiguous"].sum()),
                    "index_mismatches": int((group["index"] != group["negative"]).sum()),
                    "least_eigenvalue_from": group["least"].min(),
                    "least_eigenvalue_to": group["least"].max(),
                    "value_error": group["value_error"].max(),
                    "rank_deficit": group["rank_deficit"].max(),
                    "rebuilt_error": group["rebuilt_error"].max(),
                    "descent_error": group["descent_error"].max(),
                    "least_descent": group["descent"].min(),
                }
            )
    return pd.DataFrame(counts)


def _two_definitions(every: pd.DataFrame) -> pd.DataFrame:
    """Count how often two readings of a tightened pivot are right where they differ."""
    saddles = every[every["three_blocks"].notna()]
    differ = saddles[saddles["three_blocks"] != saddles["tightened"]]
    truth = differ["observed"] == "non_strict_saddle"
    right = [
        int((differ[reading].astype(bool) == truth).sum())
        for reading in ("tightened", "three_blocks")
    ]
    return pd.DataFrame(
        {
            "definition": ["two complementary blocks", "three separate blocks"],
            "points": len(saddles),
            "points_that_differ": len(differ),
            "right_where_they_differ": right,
            "wrong_where_they_differ": [len(differ) - number for number in right],
            "share_right": [number / len(differ) if len(differ) else np.nan for number in right],
        }
    )


def _problem(rng: np.random.Generator, depth: int, largest: int) -> tuple[LinearNetwork, list[int]]:
    """Draw data that meet Assumption 1, widths and S; every other S is a leading one."""
    outputs = int(rng.integers(2, 5))
    inputs = int(rng.integers(outputs, max(outputs, largest) + 1))
    samples = inputs + int(rng.integers(0, 6))
    hidden = [int(d) for d in rng.integers(1, largest + 1, depth - 1)]
    net = LinearNetwork(
        rng.standard_normal((inputs, samples)), rng.standard_normal((outputs, samples)), hidden
    )
    r = int(rng.integers(0, net.r_max + 1))
    if rng.random() < 0.5:
        return net, list(range(r))
    return net, sorted(int(i) for i in rng.choice(outputs, r, replace=False))


def _measure(net: LinearNetwork, S: list[int], W: list[np.ndarray]) -> dict[str, object]:
    """Return what Theorem 7 says of a point and what its Hessian says."""
    found = net.classify(W)
    if found.form is None:
        raise AssertionError(f"a point built as critical has a gradient: {net.widths}, S = {S}")
    dense, least = dense_inertia(net, W)
    total = net.offset + float(net.eigenvalues.sum())
    optimum = total - float(net.eigenvalues[: net.r_max].sum())
    loss = net.loss(W)
    if dense.negative:
        observed = "strict_saddle"
    elif loss - optimum <= ZERO * total:
        observed = "global_minimizer"
    else:
        observed = "non_strict_saddle"
    rebuilt = reconstruct(net, W, found.form)
    leading = max(S, default=-1) < len(S) < net.r_max
    descent = found.descent
    middle = between(W, net.depth, 1)
    size = np.prod([np.linalg.norm(layer, 2) for layer in W[1:-1]])
    return {
        # Narrower inside than at both ends: not every map can be reached.
        "bottleneck": min(net.widths[1:-1]) < min(net.widths[0], net.widths[-1]),
        "predicted": found.kind,
        "observed": observed,
        "ambiguous": rebuilt.ambiguous,
        "tightened": found.tightened,
        "index": found.morse_index,
        "negative": dense.negative,
        "least": least,
        # Proposition 1: the value is tr(Y Y^T) minus the chosen eigenvalues, and S is found again.
        "value_error": abs(loss - total + float(net.eigenvalues[S].sum())) / total
        if found.S is not None and [*found.S] == S
        else np.inf,
        "rank_deficit": _rank_deficit(net, W, len(S)),
        "rebuilt_error": rebuilt.residual,
        # The curve's polynomial against the loss on it.
        "descent_error": 0.0
        if descent is None
        else max(abs(net.loss(descent.point(t)) - descent.loss(t)) for t in (-0.5, 0.3, 1.0))
        / total,
        # How far the loss falls on it before it has risen.
        "descent": np.nan if descent is None else _fall(net, descent, loss) / total,
        "leading": leading,
        "outer": np.linalg.matrix_rank(middle, tol=1e-8 * size) > len(S),
        "three_blocks": _three_blocks(rebuilt.Z) if leading else None,
    }


def _fall(net: LinearNetwork, curve: DescentCurve, loss: float) -> float:
    """Return how far the loss itself falls on a curve up to where the curve's polynomial is least.

    What lies behind a step with a higher loss than at the point does not count: from a strict local
    minimum, too, there may be a curve to a lower loss, over a barrier.
    """
    t = np.concatenate([STEPS, -STEPS])
    end = t[np.argmin(polyval(t, curve.coefficients))]
    losses = [net.loss(curve.point(float(s))) for s in np.sign(end) * STEPS[abs(end) >= STEPS]]
    barrier = next(
        (k for k, value in enumerate(losses) if value > loss + RISE * net.scale**2), None
    )
    return loss - min(losses[:barrier], default=loss)


def _rank_deficit(net: LinearNetwork, W: list[np.ndarray], r: int) -> int:
    """Return by how much a complementary block falls short of rank r (Proposition 4: never)."""
    if r == 0:
        return 0
    before, after = prefixes(W), suffixes(W)
    target = net.F @ net.B.T
    worst = 0
    for i in range(2, net.depth + 1):
        for j in range(1, i):
            first = before[j - 1] @ target @ after[i - 1]
            for block in (first, between(W, i, j)):
                worst = max(worst, r - np.linalg.matrix_rank(block, rtol=1e-8))
    return worst


def _three_blocks(Z: list[np.ndarray]) -> bool:
    """Tell whether every pivot is tightened when its left and right parts are taken apart."""
    H = len(Z)
    return all(
        any(_vanishes(part) for part in (Z[: j - 1], Z[j : i - 1], Z[i:]))
        for i in range(2, H + 1)
        for j in range(1, i)
    )


def _vanishes(Z: list[np.ndarray]) -> bool:
    """Tell whether a product of blocks Z_a, ..., Z_b is zero; an empty one is not."""
    if not Z:
        return False
    norms = np.prod([max(float(np.linalg.norm(block)), 1e-2) for block in Z])
    return bool(np.linalg.norm(product(Z)) <= 1e-7 * norms)


if __name__ == "__main__":
    run(check_theorem7)
