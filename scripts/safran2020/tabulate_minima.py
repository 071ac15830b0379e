"""Shares of spurious runs, and what the minima have in common."""

from replication.run import InputError, Published, run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.population import gradient, hessian
from landscape.spurious import read_searches
from landscape.statistics import UNKNOWN, share_difference, wilson_interval

# How a unit is split in two: a w and (1 - a) w.
SPLIT = 0.3


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
    """Return how many of the runs of one k end in spurious minima, beside the published share."""
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
    probes = [_split(np.reshape(row["W"], (k, k))) for _, row in minima.iterrows()]
    return {
        "classes": len(minima),
        "least_eigenvalue": minima["min_eigenvalue"].min(),
        "largest_block_minimum": max(probe[0] for probe in probes),
        "split_gradient": max(probe[1] for probe in probes),
        "split_eigenvalue": max(probe[2] for probe in probes),
        "deficit_least": k - minima["norm_sum"].max(),
        "deficit_largest": k - minima["norm_sum"].min(),
        "published_deficit_least": theirs["deficit_least"],
        "published_deficit_largest": theirs["deficit_largest"],
        "norm_sum_share": minima["norm_sum"].max() / k**2,
    }


def _split(W: np.ndarray) -> tuple[float, float, float]:
    """Split the unit that resists most.

    Return the largest of the smallest eigenvalues of the blocks H_ii - I/2, and, where the unit of
    that block is split, the norm of the gradient and the smallest eigenvalue of the Hessian.
    """
    k = len(W)
    V = np.eye(k)
    blocks = hessian(W, V).reshape(k, k, k, k)
    least = [np.linalg.eigvalsh(blocks[i, :, i, :] - np.eye(k) / 2)[0] for i in range(k)]
    i = int(np.argmax(least))
    wider = np.vstack([np.delete(W, i, axis=0), SPLIT * W[i], (1 - SPLIT) * W[i]])
    slope = float(np.linalg.norm(gradient(wider, V)))
    return float(least[i]), slope, float(np.linalg.eigvalsh(hessian(wider, V))[0])


if __name__ == "__main__":
    run(tabulate_minima)
