"""The paper's table: how often gradient descent ends in a spurious minimum, and in which."""

from replication.run import run, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.spurious import read_searches
from landscape.statistics import UNKNOWN, mean_interval, share_difference, wilson_interval

# Percentages of 1000 runs that are spurious and that are verified minima, mean smallest eigenvalue
# and mean objective of these, and number of classes, by (k, n): taken from the result files that
# the authors published (what counts as verified there is a reading of these files). Pairs that are
# not listed, n = k + 2 among them, had no spurious run up to n = 20; beyond, nothing is published.
PUBLISHED_RUNS = 1000
PUBLISHED_STUDENTS = 20
PUBLISHED = {
    (6, 6): (0.3, 0.3, 0.0047, 0.0251, 1),
    (7, 7): (5.5, 5.5, 0.0141, 0.0232, 1),
    (8, 8): (12.6, 12.6, 0.0213, 0.0215, 1),
    (9, 9): (21.8, 21.8, 0.0268, 0.0204, 2),
    (10, 10): (34.6, 34.6, 0.0304, 0.0203, 2),
    (11, 11): (45.5, 45.5, 0.0335, 0.0201, 3),
    (12, 12): (58.5, 58.5, 0.0351, 0.0213, 6),
    (13, 13): (73.0, 73.0, 0.0368, 0.0217, 4),
    (14, 14): (73.6, 73.6, 0.0375, 0.0231, 8),
    (15, 15): (80.3, 80.3, 0.0381, 0.0244, 9),
    (16, 16): (85.1, 85.1, 0.0378, 0.0267, 10),
    (17, 17): (89.7, 89.7, 0.0386, 0.0275, 10),
    (18, 18): (90.0, 90.0, 0.0387, 0.0288, 11),
    (19, 19): (93.4, 93.4, 0.0383, 0.0307, 28),
    (20, 20): (94.9, 94.0, 0.0383, 0.0326, 21),
    (8, 9): (0.1, 0.1, 0.0059, 0.0206, 1),
    (10, 11): (0.1, 0.1, 0.0057, 0.0179, 1),
    (11, 12): (0.1, 0.1, 0.0056, 0.0168, 1),
    (12, 13): (0.3, 0.3, 0.0055, 0.0158, 1),
    (13, 14): (1.5, 1.5, 0.0015, 0.0384, 4),
    (14, 15): (5.5, 5.5, 0.0021, 0.0328, 5),
    (15, 16): (10.2, 10.1, 0.0040, 0.0322, 8),
    (16, 17): (18.0, 18.0, 0.0055, 0.0306, 7),
    (17, 18): (23.3, 20.9, 0.0070, 0.0310, 13),
    (18, 19): (36.9, 36.9, 0.0064, 0.0276, 11),
    (19, 20): (49.1, 49.1, 0.0077, 0.0275, 13),
}


def tabulate_minima(
    runs: list[Path], classes: list[Path], table: Path, classes_table: Path
) -> None:
    """Write a row for each pair (k, n) beside the published one, and a row for each class.

    Parameters
    ----------
    runs, classes
        The .parquet files of `train_students`, one for each k.
    table
        The .csv table of pairs.
    classes_table
        The .csv table of classes.
    """
    every, found = read_searches(runs), read_searches(classes)
    rows = []
    for _, group in every.groupby(["k", "n"], sort=False):
        k, n = (int(group[name].iloc[0]) for name in ("k", "n"))
        here = found[(found["k"] == k) & (found["n"] == n)]
        minima = here[here["minimum"]]
        spurious = wilson_interval(int((group["class"] >= 0).sum()), len(group))
        verified = wilson_interval(int(minima["runs"].sum()), len(group))
        published: tuple[float, ...] = PUBLISHED.get((k, n), (0.0, 0.0, np.nan, np.nan, 0))
        theirs = wilson_interval(round(published[0] / 100 * PUBLISHED_RUNS), PUBLISHED_RUNS)
        difference = share_difference(spurious, theirs)
        if n > PUBLISHED_STUDENTS:
            published = (np.nan,) * 5
            theirs = difference = UNKNOWN
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
            "published_share": theirs.value,
            "difference": difference.value,
            "difference_low": difference.low,
            "difference_high": difference.high,
            "minima": int(minima["runs"].sum()),
            "other_ends": int(here["runs"].sum() - minima["runs"].sum()),
            "minima_share": verified.value,
            "published_minima_share": published[1] / 100,
            "classes": len(minima),
            "published_classes": published[4],
        }
        for name, theirs_mean in (("min_eigenvalue", published[2]), ("loss", published[3])):
            values = np.repeat(minima[name].to_numpy(), minima["runs"])
            mean = mean_interval(values) if len(values) else None
            row[name] = mean.value if mean else np.nan
            row[f"published_{name}"] = theirs_mean
            for end in ("value", "low", "high"):
                column = f"{name}_ratio" + ("" if end == "value" else f"_{end}")
                row[column] = getattr(mean, end) / theirs_mean if mean else np.nan
        rows.append(row)
    write_table(pd.DataFrame(rows), table)
    write_table(
        found.drop(columns="W").astype({"minimum": int}),
        classes_table,
    )


if __name__ == "__main__":
    run(tabulate_minima)
