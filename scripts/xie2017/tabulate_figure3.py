"""Figure 3 as numbers: discrepancy of SGD's solutions against the number of units."""

from replication.run import Published, run, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.diversity import expected_l2_discrepancy_squared
from landscape.statistics import log_slope_interval, mean_interval


def tabulate_figure3(
    runs: Path, dimension: Annotated[int, Ge(2)], published: Path, table: Path, slopes: Path
) -> None:
    """Average over replicates, and fit the slope in log-log coordinates.

    Parameters
    ----------
    runs
        The .parquet file of `train_figure3`.
    dimension
        Dimension d of the inputs.
    published
        The published numbers, config/xie2017/published.yaml.
    table
        The .csv table, a row for each initial scale and width.
    slopes
        The .csv table of slopes: ours, of random units, and of the digitised points.
    """
    every = pd.read_parquet(runs)
    digitised = Published(published).table("figure3").set_index("n")["l2_squared"]
    rows = []
    for (scale, width), group in every.groupby(["init_scale", "n"], sort=False):
        finite = group["after"].dropna()
        estimate = mean_interval(finite if len(finite) else [np.nan])
        rows.append(
            {
                "init_scale": scale,
                "n": width,
                "runs": len(finite),
                "diverged": len(group) - len(finite),
                "l2_squared": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
                "sd": estimate.sd,
                "before": group["before"].mean(),
            }
        )
    means = pd.DataFrame(rows).sort_values(["init_scale", "n"], ascending=[False, True])
    means["random"] = [expected_l2_discrepancy_squared(n, dimension) for n in means["n"]]
    means["published"] = means["n"].map(digitised)
    for ratio, column in (("ratio", "l2_squared"), ("ratio_low", "low"), ("ratio_high", "high")):
        means[ratio] = means[column] / means["published"]
    write_table(means, table)

    fits = []
    for scale, group in every.dropna().groupby("init_scale", sort=False):
        fits.append(("SGD", scale, *log_slope_interval(group["n"], group["after"])))
    one = means[means["init_scale"] == means["init_scale"].max()].dropna(subset="published")
    fits.append(("random units", np.nan, *log_slope_interval(one["n"], one["random"])))
    fits.append(("published", np.nan, *log_slope_interval(one["n"], one["published"])))
    columns = ["of", "init_scale", "slope", "low", "high", "sd", "points"]
    write_table(pd.DataFrame(fits, columns=columns), slopes)


if __name__ == "__main__":
    run(tabulate_figure3)
