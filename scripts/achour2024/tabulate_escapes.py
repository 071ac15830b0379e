"""Figures 3 and 4 as numbers: loss on the plateau, and epochs until it is left."""

from replication.run import Published, run, write_table

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import bdtr

from landscape.statistics import wilson_interval
from replication.settings import Count


def tabulate_escapes(
    escapes: Path,
    curves: Path,
    published: Path,
    batch: Count,
    table: Path,
    starts: Path,
    figure3: Path,
    typical: Path,
) -> None:
    """Write quantiles of the escape epoch beside the published ones, and the two curves.

    Parameters
    ----------
    escapes, curves
        The .parquet files of `train_escapes`.
    published
        The published numbers, config/achour2024/published.yaml.
    batch
        The size of minibatch that stands for the published one.
    table
        The .csv table with a row for each start, size of minibatch and quantile.
    starts
        The .csv table with a row for each start and size of minibatch.
    figure3
        The .csv table of the curves.
    typical
        The .csv table that holds the two printed runs against ours.
    """
    every, numbers = pd.read_parquet(escapes), Published(published)
    groups = [
        ({"start": start, "batch": size}, group)
        for (start, size), group in every.groupby(["start", "batch"], sort=False)
    ]
    quantiles = [names | row for names, group in groups for row in _quantiles(group, numbers)]
    write_table(pd.DataFrame(quantiles).replace(np.inf, np.nan), table)
    write_table(
        pd.DataFrame([names | _on_plateau(group, numbers) for names, group in groups]), starts
    )
    write_table(pd.read_parquet(curves), figure3)
    write_table(_typical(every[every["batch"] == batch], numbers), typical)


def _quantiles(group: pd.DataFrame, numbers: Published) -> list[dict[str, object]]:
    """Return the quantiles of the escape epoch, with their ratio to the published ones.

    The interval of the ratio allows for how far the published epoch, read off the figure, may be
    off. Its own error from 10000 runs is small beside that.
    """
    off = numbers.value("figure4_accuracy")
    # A run that did not escape has done so later than any that did.
    epochs = np.sort(group["epoch"].fillna(np.inf).to_numpy())
    rows = []
    for _, theirs in numbers.table("figure4").iterrows():
        quantile = theirs["quantile"]
        value = np.quantile(epochs, quantile, method="inverted_cdf")
        low, high = order_statistics(epochs, quantile)
        row = {
            "runs": len(epochs),
            "escaped": int(np.isfinite(epochs).sum()),
            "quantile": quantile,
            "epoch": value,
            "low": low,
            "high": high,
        }
        if group["start"].iloc[0] == "non-strict":
            row |= {
                "published": theirs["epoch"],
                "ratio": value / theirs["epoch"],
                "ratio_low": low / (theirs["epoch"] + off),
                "ratio_high": high / (theirs["epoch"] - off),
            }
        rows.append(row)
    return rows


def _on_plateau(group: pd.DataFrame, numbers: Published) -> dict[str, object]:
    """Return who has escaped where the printed histogram of strict starts ends, and who is held."""
    end = numbers.value("figure4_strict")
    early = wilson_interval(int((group["epoch"] <= end).sum()), len(group))
    # Of a run that did not escape it is not known which part of its time that would have been.
    part = np.sort((group["held"] / group["epoch"]).fillna(np.inf).to_numpy())
    low, high = order_statistics(part, 0.5)
    return {
        "runs": len(group),
        "by_epoch": end,
        "escaped_by": early.value,
        "escaped_by_low": early.low,
        "escaped_by_high": early.high,
        "held": np.quantile(part, 0.5, method="inverted_cdf"),
        "held_low": low,
        "held_high": high,
    }


def _typical(runs: pd.DataFrame, numbers: Published) -> pd.DataFrame:
    """Return which share of our runs lies above what Figure 3 shows of its two."""
    plateau = numbers.value("figure3_plateau")
    shown = {"plateau": plateau, "height": plateau - numbers.value("figure3_threshold")}
    rows = []
    for _, theirs in numbers.table("figure3").iterrows():
        ours = runs[runs["start"] == theirs["start"]]
        for quantity, value in {"epoch": theirs["epoch"], **shown}.items():
            above = wilson_interval(int((~(ours[quantity] <= value)).sum()), len(ours))
            rows.append(
                {
                    "start": theirs["start"],
                    "quantity": quantity,
                    "published": value,
                    "runs": len(ours),
                    "median": ours[quantity].median(),
                    "above": above.value,
                    "above_low": above.low,
                    "above_high": above.high,
                }
            )
    return pd.DataFrame(rows)


def order_statistics(
    ordered: np.ndarray, quantile: float, level: float = 0.95
) -> tuple[float, float]:
    """Return the ends of a quantile's interval of at least the given level, NaN where it has none.

    They are values that were observed.
    """
    runs = len(ordered)
    below = bdtr(np.arange(runs + 1), runs, quantile)
    low, high = np.searchsorted(below, [(1 - level) / 2, (1 + level) / 2])
    return (
        float(ordered[low - 1]) if low >= 1 else np.nan,
        float(ordered[high]) if high < runs else np.nan,
    )


if __name__ == "__main__":
    run(tabulate_escapes)
