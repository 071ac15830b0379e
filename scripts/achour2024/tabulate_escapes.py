"""Figures 3 and 4 as numbers: loss on the plateau, and epochs until it is left."""

from replication.run import Published, run, write_table

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import bdtr

from replication.settings import Count


def tabulate_escapes(
    escapes: Path, curves: Path, published: Path, batch: Count, table: Path, figure3: Path
) -> None:
    """Write quantiles of the escape epoch, and the two curves.

    Parameters
    ----------
    escapes, curves
        The .parquet files of `train_escapes`.
    published
        The published numbers, config/achour2024/published.yaml.
    batch
        The size of minibatch whose quantiles stand beside the published ones.
    table
        The .csv table with a row for each start, size of minibatch and quantile.
    figure3
        The .csv table of the curves.
    """
    rows = []
    theirs = Published(published).table("figure4")
    every = pd.read_parquet(escapes)
    for (start, size), group in every.groupby(["start", "batch"], sort=False):
        # A run that did not escape has done so later than any that did.
        epochs = np.sort(group["epoch"].fillna(np.inf).to_numpy())
        for _, entry in theirs.iterrows():
            quantile = entry["quantile"]
            low, high = _order_statistics(len(epochs), quantile)
            # The interval's ends are epochs that were observed, or there is no end.
            ends = [epochs[i] if 0 <= i < len(epochs) else np.nan for i in (low, high)]
            value = np.quantile(epochs, quantile, method="inverted_cdf")
            compared = entry["epoch"] if start == "non-strict" and size == batch else np.nan
            row = {
                "start": start,
                "batch": size,
                "runs": len(epochs),
                "escaped": int(np.isfinite(epochs).sum()),
                "quantile": quantile,
                "epoch": value,
                "low": ends[0],
                "high": ends[1],
                "published": compared,
            }
            for name, end in (("ratio", value), ("ratio_low", ends[0]), ("ratio_high", ends[1])):
                row[name] = end / compared
            rows.append(row)
    write_table(pd.DataFrame(rows).replace(np.inf, np.nan), table)
    write_table(pd.read_parquet(curves), figure3)


def _order_statistics(runs: int, quantile: float, level: float = 0.95) -> tuple[int, int]:
    """Return which order statistics (from 0) enclose a quantile with at least the given level."""
    below = bdtr(np.arange(runs + 1), runs, quantile)
    low, high = np.searchsorted(below, [(1 - level) / 2, (1 + level) / 2])
    return int(low) - 1, int(high)


if __name__ == "__main__":
    run(tabulate_escapes)
