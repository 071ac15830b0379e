"""Shares of spurious runs, and what the minima have in common."""

from replication.run import InputError, Published, run, track, write_table

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from landscape.population import gradient, hessian
from landscape.spurious import read_searches
from landscape.statistics import (
    UNKNOWN,
    share_difference,
    wilson_interval,
)

# A unit w is split in two, a w and (1 - a) w, for each of these a.
SPLITS = (0.1, 0.3, 0.5)
# The curvature there is a difference quotient of the gradient over this distance to each side.
STEP = 1e-4


def tabulate_minima(
    runs: list[Path],
    classes: list[Path],
    published: Path,
    shares: Path,
    minima: Path,
    norm_sums: Path,
) -> None:
    """Write the shares beside the published ones, the minima by k, and the norm sums of Figure 1.

    Parameters
    ----------
    runs, classes
        The .parquet files of `train_minima`.
    published
        The published numbers, config/safran2020/published.yaml.
    shares
        The .csv table of shares.
    minima
        The .csv table of what the minima of each k have in common.
    norm_sums
        The .csv table of k minus the sum of the units' norms, a row for each class.
    """
    every, found = read_searches(runs), read_searches(classes)
    numbers = Published(published)
    their_runs = numbers.value("minima_runs")
    theirs = numbers.table("minima").set_index("k")
    share_rows, rows = [], []
    for size, group in track(list(every.groupby("k")), "numbers of teachers"):
        k = int(np.asarray(size))
        here = found[(found["k"] == k) & found["minimum"]]
        # A k of which nothing is published has a row of unknowns.
        their_row = theirs.reindex([k]).iloc[0]
        share_rows.append({"k": k, **_share_of_runs(group, here, their_row, their_runs)})
        if not here.empty:
            rows.append({"k": k, **_in_common(here, k, their_row)})
    if not rows:
        raise InputError(
            f"{classes[0].parent}: no spurious minimum in any run; run more often or for larger k"
        )
    write_table(pd.DataFrame(share_rows), shares)
    write_table(pd.DataFrame(rows), minima)
    deficits = found[found["minimum"]][["k", "runs", "loss", "norm_sum"]].copy()
    deficits.insert(2, "deficit", deficits["k"] - deficits["norm_sum"])
    write_table(deficits, norm_sums)


def _share_of_runs(
    group: pd.DataFrame, minima: pd.DataFrame, theirs: "pd.Series[float]", their_runs: int
) -> dict[str, float]:
    """Return how many of the runs of one k end in spurious minima, and the difference of shares."""
    count = int(minima["runs"].sum())
    ours = wilson_interval(count, len(group))
    their_share = difference = UNKNOWN
    if not np.isnan(theirs["share"]):
        their_share = wilson_interval(round(theirs["share"] / 100 * their_runs), their_runs)
        difference = share_difference(ours, their_share)
    return {
        "runs": len(group),
        "unfinished": int((~group["finished"]).sum()),
        "other_ends": int((group["class"] >= 0).sum()) - count,
        "spurious": count,
        "share": ours.value,
        "share_low": ours.low,
        "share_high": ours.high,
        "published_share": their_share.value,
        "difference": difference.value,
        "difference_low": difference.low,
        "difference_high": difference.high,
        "loss": np.average(minima["loss"], weights=minima["runs"]) if count else np.nan,
        "published_loss": theirs["loss"],
    }


def _in_common(minima: pd.DataFrame, k: int, theirs: "pd.Series[float]") -> dict[str, float]:
    """Return what the minima of one k have in common, beside the published norm sums."""
    probes = [_probe(np.reshape(row["W"], (k, k))) for _, row in minima.iterrows()]
    ends = {
        "deficit_least": k - minima["norm_sum"].max(),
        "deficit_largest": k - minima["norm_sum"].min(),
    }
    quotients = [end / theirs[name] for name, end in ends.items()]
    factors = [max(q, 1 / q) if q > 0 else np.inf for q in quotients]
    return {
        "classes": len(minima),
        "least_eigenvalue": minima["min_eigenvalue"].min(),
        "largest_block_minimum": max(probe.block for probe in probes),
        "largest_block_mean": max(probe.mean for probe in probes),
        "split_curvature": max(probe.curvature for probe in probes),
        **ends,
        "published_deficit_least": theirs["deficit_least"],
        "published_deficit_largest": theirs["deficit_largest"],
        "deficit_factor": np.nan if np.isnan(quotients).any() else max(factors),
    }


class Probe(NamedTuple):
    """What splitting the units of one minimum gives.

    Attributes
    ----------
    block : float
        The largest, over the units i, of the smallest eigenvalues of H'_ii = H_ii - I/2.
    mean : float
        The smallest, over the units, of the mean eigenvalues of H'_ii, the lambda of equation (68).
    curvature : float
        The largest, over the units whose H'_ii is not positive semidefinite and over `SPLITS`, of
        the curvatures along (u, -u), u the lowest eigenvector of H'_ii, where the unit is split.
    """

    block: float
    mean: float
    curvature: float


def _probe(W: np.ndarray) -> Probe:
    """Split each unit; the curvatures come from gradients, not from the Hessian's closed form."""
    k = len(W)
    V = np.eye(k)
    blocks = hessian(W, V).reshape(k, k, k, k)
    diagonal = np.array([blocks[i, :, i, :] for i in range(k)]) - V / 2
    values, vectors = np.linalg.eigh(diagonal)
    wider, moves = [], []
    for i in np.flatnonzero(values[:, 0] < 0):
        u = vectors[i, :, 0] / np.sqrt(2)
        for a in SPLITS:
            wider.append(np.vstack([np.delete(W, i, axis=0), a * W[i], (1 - a) * W[i]]))
            moves.append(np.vstack([np.zeros((k - 1, k)), u, -u]))
    if not wider:
        return Probe(values[:, 0].max(), values.mean(axis=1).min(), np.nan)
    points, along = np.array(wider), np.array(moves)
    ahead, behind = (gradient(points + side * STEP * along, V) for side in (1, -1))
    curvatures = ((ahead - behind) * along).sum(axis=(1, 2)) / (2 * STEP)
    return Probe(values[:, 0].max(), values.mean(axis=1).min(), curvatures.max())


if __name__ == "__main__":
    run(tabulate_minima)
