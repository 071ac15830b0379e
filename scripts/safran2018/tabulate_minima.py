"""The paper's table: how often gradient descent ends in a spurious minimum, and in which."""

from replication.run import Published, run, write_table

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from landscape.spurious import read_searches
from landscape.statistics import UNKNOWN, mean_interval, share_difference, wilson_interval

# The published table lists the pairs (k, n) with a spurious run, up to its largest n.
COLUMNS = ["share", "minima_share", "min_eigenvalue", "loss", "classes"]
UNPUBLISHED = dict.fromkeys(COLUMNS, np.nan)
NONE_SPURIOUS = UNPUBLISHED | {"share": 0.0, "minima_share": 0.0, "classes": 0}


def tabulate_minima(
    runs: list[Path], classes: list[Path], published: Path, table: Path, classes_table: Path
) -> None:
    """Write a row for each pair (k, n) beside the published one, and a row for each class.

    Parameters
    ----------
    runs, classes
        The .parquet files of `train_students`, one for each k.
    published
        The published numbers, config/safran2018/published.yaml.
    table
        The .csv table of pairs.
    classes_table
        The .csv table of classes.
    """
    every, found = read_searches(runs), read_searches(classes)
    numbers = Published(published)
    their_runs, most_students = numbers.value("table1_runs"), numbers.value("table1_students")
    their_rows = numbers.table("table1").set_index(["k", "n"])
    rows = []
    for _, group in every.groupby(["k", "n"], sort=False):
        k, n = (int(group[name].iloc[0]) for name in ("k", "n"))
        here = found[(found["k"] == k) & (found["n"] == n)]
        minima = here[here["minimum"]]
        spurious = wilson_interval(int((group["class"] >= 0).sum()), len(group))
        verified = wilson_interval(int(minima["runs"].sum()), len(group))
        theirs: dict[Any, Any] = UNPUBLISHED if n > most_students else NONE_SPURIOUS
        if (k, n) in their_rows.index:
            theirs = their_rows.loc[[(k, n)]].to_dict("records")[0]
        their_share = difference = UNKNOWN
        if n <= most_students:
            their_share = wilson_interval(round(theirs["share"] / 100 * their_runs), their_runs)
            difference = share_difference(spurious, their_share)
        row = {
            "k": k,
            "n": n,
            "surplus": n - k,
            "runs": len(group),
            "unfinished": int((~group["finished"]).sum()),
            "spurious": int((group["class"] >= 0).sum()),
            "share": spurious.value,
            "share_low": spurious.low,
            "share_high": spurious.high,
            "published_share": their_share.value,
            "difference": difference.value,
            "difference_low": difference.low,
            "difference_high": difference.high,
            "minima": int(minima["runs"].sum()),
            "other_ends": int(here["runs"].sum() - minima["runs"].sum()),
            "minima_share": verified.value,
            "published_minima_share": theirs["minima_share"] / 100,
            "classes": len(minima),
            "published_classes": theirs["classes"],
        }
        for name in ("min_eigenvalue", "loss"):
            values = np.repeat(minima[name].to_numpy(), minima["runs"])
            mean = mean_interval(values) if len(values) else None
            row[name] = mean.value if mean else np.nan
            row[f"published_{name}"] = theirs[name]
            for end in ("value", "low", "high"):
                column = f"{name}_ratio" + ("" if end == "value" else f"_{end}")
                row[column] = getattr(mean, end) / theirs[name] if mean else np.nan
        rows.append(row)
    write_table(pd.DataFrame(rows), table)
    write_table(
        found.drop(columns="W").astype({"minimum": int}),
        classes_table,
    )


if __name__ == "__main__":
    run(tabulate_minima)
