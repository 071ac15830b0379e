"""The paper's table: how often gradient descent ends in a spurious minimum, and in which."""

from replication.run import Published, run, write_table

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from landscape.spurious import read_searches
from landscape.statistics import (
    UNKNOWN,
    Estimate,
    mean_of_estimates,
    share_difference,
    wilson_interval,
)

# The published table lists the pairs (k, n) with a spurious run, up to its largest n.
COLUMNS = ["share", "minima_share", "min_eigenvalue", "loss", "classes"]
UNPUBLISHED = dict.fromkeys(COLUMNS, np.nan)
NONE_SPURIOUS = UNPUBLISHED | {"share": 0.0, "minima_share": 0.0, "classes": 0}
# What is compared over all k of one n - k: the column, and whether as a ratio.
COMPARED = {"share": False, "min_eigenvalue": True, "loss": True}


def tabulate_minima(
    runs: list[Path],
    classes: list[Path],
    published: Path,
    later: Path,
    table: Path,
    pooled: Path,
    classes_table: Path,
) -> None:
    """Write a row for each pair (k, n) beside the published one, and a row for each class.

    Parameters
    ----------
    runs, classes
        The .parquet files of `train_students`, one for each k.
    published
        The published numbers, config/safran2018/published.yaml.
    later
        Those of the authors' later paper, which ran n = k again, config/safran2020/published.yaml.
    table
        The .csv table of pairs.
    pooled
        The .csv table of means over all k: of the differences between our shares and the published
        ones, and geometric ones of the ratios of mean smallest eigenvalues and mean objectives.
    classes_table
        The .csv table of classes.
    """
    every, found = read_searches(runs), read_searches(classes)
    numbers, again = Published(published), Published(later)
    rows: list[dict[str, float]] = []
    estimates: dict[tuple[int, str], list[Estimate]] = {}
    for _, group in every.groupby(["k", "n"], sort=False):
        k, n = (int(group[name].iloc[0]) for name in ("k", "n"))
        here = found[(found["k"] == k) & (found["n"] == n)]
        theirs = _published_row(numbers, k, n)
        their_runs = numbers.value("table1_runs")
        row, difference = _shares(group, here, theirs, their_runs)
        compared = {"share": difference}
        row |= _later_share(again, k, n, len(group), int(row["spurious"]))
        minima = here[here["minimum"]]
        their_count = theirs["minima_share"] / 100 * their_runs
        for name in ("min_eigenvalue", "loss"):
            values = np.repeat(minima[name].to_numpy(), minima["runs"])
            compared[name] = _log_ratio(values, theirs[name], their_count)
            row[name] = values.mean() if len(values) else np.nan
            row[f"published_{name}"] = theirs[name]
            row[f"{name}_ratio"] = np.exp(compared[name].value)
            row[f"{name}_ratio_low"] = np.exp(compared[name].low)
            row[f"{name}_ratio_high"] = np.exp(compared[name].high)
        for name, estimate in compared.items():
            if not np.isnan(estimate.low):
                estimates.setdefault((n - k, name), []).append(estimate)
        rows.append({"k": k, "n": n, "surplus": n - k, **row})
    write_table(pd.DataFrame(rows), table)
    write_table(_pooled(estimates), pooled)
    write_table(found.drop(columns="W").astype({"minimum": int}), classes_table)


def _published_row(numbers: Published, k: int, n: int) -> dict[str, float]:
    """Return the published row of a pair; pairs that are not listed had no spurious run."""
    for row in numbers.table("table1").to_dict("records"):
        if (row["k"], row["n"]) == (k, n):
            return {name: float(row[name]) for name in COLUMNS}
    return UNPUBLISHED if n > numbers.value("table1_students") else NONE_SPURIOUS


def _shares(
    group: pd.DataFrame, here: pd.DataFrame, theirs: dict[str, float], their_runs: int
) -> tuple[dict[str, float], Estimate]:
    """Return how many runs end in spurious minima, beside the published shares."""
    minima = here[here["minimum"]]
    successes, verified = int((group["class"] >= 0).sum()), int(minima["runs"].sum())
    spurious = wilson_interval(successes, len(group))
    their_share = difference = UNKNOWN
    if not np.isnan(theirs["share"]):
        their_share = wilson_interval(round(theirs["share"] / 100 * their_runs), their_runs)
        difference = share_difference(spurious, their_share)
    row = {
        "runs": len(group),
        "unfinished": int((~group["finished"]).sum()),
        "spurious": successes,
        "share": spurious.value,
        "share_low": spurious.low,
        "share_high": spurious.high,
        "published_share": their_share.value,
        "difference": difference.value,
        "difference_low": difference.low,
        "difference_high": difference.high,
        "minima": verified,
        "other_ends": int(here["runs"].sum()) - verified,
        "minima_share": verified / len(group),
        "published_minima_share": theirs["minima_share"] / 100,
        "classes": len(minima),
        "published_classes": theirs["classes"],
    }
    return row, difference


def _later_share(again: Published, k: int, n: int, runs: int, successes: int) -> dict[str, float]:
    """Return the share of the authors' later files, and how much ours differs from it."""
    later = again.table("minima").set_index("k")["share"].get(k, np.nan) if n == k else np.nan
    share = difference = UNKNOWN
    if not np.isnan(later):
        their_runs = again.value("minima_runs")
        share = wilson_interval(round(later / 100 * their_runs), their_runs)
        difference = share_difference(wilson_interval(successes, runs), share)
    return {
        "later_share": share.value,
        "later_difference": difference.value,
        "later_difference_low": difference.low,
        "later_difference_high": difference.high,
    }


def _log_ratio(values: NDArray[np.float64], theirs: float, their_count: float) -> Estimate:
    """Return the logarithm of our mean over theirs, with an interval for both means.

    Their spread is not published; it is taken to be ours, relative to the mean.
    """
    if len(values) < 2 or np.isnan(theirs):
        return UNKNOWN
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    error = sd / mean * np.sqrt(1 / len(values) + 1 / their_count)
    half = float(stdtrit(len(values) - 1, 0.975)) * float(error)
    value = float(np.log(mean / theirs))
    return Estimate(value, value - half, value + half, sd, len(values))


def _pooled(estimates: dict[tuple[int, str], list[Estimate]]) -> pd.DataFrame:
    """Return the mean over all k that have an interval, a row for each n - k and quantity."""
    rows = []
    for (surplus, name), several in sorted(estimates.items()):
        mean = mean_of_estimates(several)
        ends = [mean.value, mean.low, mean.high]
        value, low, high = np.exp(ends) if COMPARED[name] else ends
        rows.append(
            {
                "surplus": surplus,
                "quantity": name,
                "sizes": len(several),
                "value": value,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)


if __name__ == "__main__":
    run(tabulate_minima)
