"""Table 1: errors on synthetic data with and without the regulariser, beside the published ones."""

from replication.run import run, write_table

from pathlib import Path

import pandas as pd

from landscape.paired_comparison import (
    PLAIN,
    REGULARISED,
    choose_runs,
    compare_arms,
    compare_strengths,
    summarise_arms,
)

# Table 1, printed, in units of 1e-5: mean and standard deviation of train and test error.
PUBLISHED = {
    (100, PLAIN): (15.42, 5.86, 14.80, 5.36),
    (100, REGULARISED): (11.32, 1.77, 10.63, 1.58),
    (150, PLAIN): (1.79, 0.45, 1.86, 0.50),
    (150, REGULARISED): (1.07, 0.84, 1.13, 0.99),
    (200, PLAIN): (0.38, 0.27, 0.44, 0.35),
    (200, REGULARISED): (0.50, 0.51, 0.58, 0.59),
    (300, PLAIN): (0.39, 0.39, 0.44, 0.40),
    (300, REGULARISED): (0.10, 0.05, 0.12, 0.07),
}
COLUMNS = ["published_train", "published_train_sd", "published_test", "published_test_sd"]


def tabulate_table1(runs: list[Path], table: Path, effects: Path, strengths: Path) -> None:
    """Choose on validation data, average over seeds, compare within seeds.

    Parameters
    ----------
    runs
        The .parquet files of `train_table1`, one for each width.
    table
        The .csv table of errors.
    effects
        The .csv table of paired differences of the regularised arm from the others.
    strengths
        The .csv table of paired differences of each strength from no regulariser.
    """
    every = pd.concat([pd.read_parquet(path) for path in runs], ignore_index=True)
    every = every.sort_values("output", ascending=False, kind="stable")
    by = ["output", "n"]
    chosen = choose_runs(every, by)
    ours = summarise_arms(chosen, by, ["train", "test"])
    published = pd.DataFrame(
        [(*key, *(1e-5 * value for value in values)) for key, values in PUBLISHED.items()],
        columns=["n", "arm", *COLUMNS],
    )
    ours = ours.merge(published, on=["n", "arm"], how="left")
    for end in ("", "_low", "_high"):
        ours[f"test_ratio{end}"] = ours[f"test{end}"] / ours["published_test"]
    write_table(ours, table)

    wide = published.pivot(index="n", columns="arm", values="published_test")
    change = (100 * (wide[REGULARISED] / wide[PLAIN] - 1)).rename("published_test_change")
    differences = compare_arms(chosen, by, ["train", "test"])
    write_table(differences.merge(change, on="n", how="left"), effects)

    write_table(compare_strengths(every, by, ["test", "l2_squared"]), strengths)


if __name__ == "__main__":
    run(tabulate_table1)
