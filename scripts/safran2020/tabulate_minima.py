"""Shares of spurious runs, and what the minima have in common."""

from replication.run import InputError, run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.population import gradient, hessian
from landscape.spurious import read_searches
from landscape.statistics import UNKNOWN, share_difference, wilson_interval

# Percentages of 500 runs that are spurious, by k = n: from the result files that the authors
# published, as are the mean losses and the ranges of k - sum |w_i| below.
PUBLISHED_RUNS = 500
PUBLISHED_SHARES = {
    6: 0.0,
    7: 5.4,
    8: 11.4,
    9: 22.2,
    10: 32.0,
    11: 47.4,
    12: 53.8,
    13: 67.0,
    14: 70.4,
    15: 78.0,
    16: 87.2,
    17: 90.2,
    18: 89.6,
    19: 94.4,
    20: 94.2,
    25: 98.6,
    30: 99.6,
    40: 100.0,
    50: 100.0,
}
PUBLISHED_LOSSES = {10: 0.0197, 20: 0.0320, 30: 0.0464, 50: 0.0635}
PUBLISHED_DEFICITS = {20: (0.00228, 0.01616), 50: (0.00061, 0.00707)}
# How a unit is split in two: a w and (1 - a) w.
SPLIT = 0.3


def tabulate_minima(
    runs: list[Path], classes: list[Path], shares: Path, minima: Path, norm_sums: Path
) -> None:
    """Write the shares beside the published ones, the minima by k, and the norm sums of Figure 1.

    Parameters
    ----------
    runs, classes
        The .parquet files of `train_minima`.
    shares
        The .csv table of shares.
    minima
        The .csv table of what the minima of each k have in common.
    norm_sums
        The .csv table of k minus the sum of the units' norms, a row for each class.
    """
    every, found = read_searches(runs), read_searches(classes)
    share_rows, rows = [], []
    for size, group in track(list(every.groupby("k")), "numbers of teachers"):
        k = int(np.asarray(size))
        here = found[(found["k"] == k) & found["minimum"]]
        count = int(here["runs"].sum())
        ours = wilson_interval(count, len(group))
        theirs = difference = UNKNOWN
        if k in PUBLISHED_SHARES:
            successes = round(PUBLISHED_SHARES[k] / 100 * PUBLISHED_RUNS)
            theirs = wilson_interval(successes, PUBLISHED_RUNS)
            difference = share_difference(ours, theirs)
        share_rows.append(
            {
                "k": k,
                "runs": len(group),
                "unfinished": int((~group["finished"]).sum()),
                "other_ends": int((group["class"] >= 0).sum()) - count,
                "spurious": count,
                "share": ours.value,
                "share_low": ours.low,
                "share_high": ours.high,
                "published_share": theirs.value,
                "difference": difference.value,
                "difference_low": difference.low,
                "difference_high": difference.high,
                "loss": np.average(here["loss"], weights=here["runs"]) if count else np.nan,
                "published_loss": PUBLISHED_LOSSES.get(k, np.nan),
            }
        )
        if not count:
            continue
        probes = [_split(np.reshape(row["W"], (k, k))) for _, row in here.iterrows()]
        low, high = PUBLISHED_DEFICITS.get(k, (np.nan, np.nan))
        rows.append(
            {
                "k": k,
                "classes": len(here),
                "least_eigenvalue": here["min_eigenvalue"].min(),
                "largest_block_minimum": max(probe[0] for probe in probes),
                "split_gradient": max(probe[1] for probe in probes),
                "split_eigenvalue": max(probe[2] for probe in probes),
                "deficit_least": k - here["norm_sum"].max(),
                "deficit_largest": k - here["norm_sum"].min(),
                "published_deficit_least": low,
                "published_deficit_largest": high,
                "norm_sum_share": here["norm_sum"].max() / k**2,
            }
        )
    if not rows:
        raise InputError(
            f"{classes[0].parent}: no spurious minimum in any run; run more often or for larger k"
        )
    write_table(pd.DataFrame(share_rows), shares)
    write_table(pd.DataFrame(rows), minima)
    deficits = found[found["minimum"]][["k", "runs", "loss", "norm_sum"]].copy()
    deficits.insert(2, "deficit", deficits["k"] - deficits["norm_sum"])
    write_table(deficits, norm_sums)


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
