"""Table 1: errors on synthetic data with and without the regulariser, beside the published ones."""

from replication.run import Published, run, write_table

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

# Table 1 gives mean and standard deviation of train and test error in this unit.
PRINTED_UNIT = 1e-5


def tabulate_table1(
    runs: list[Path], published: Path, table: Path, effects: Path, strengths: Path
) -> None:
    """Choose on validation data, average over replicates, compare within them.

    Parameters
    ----------
    runs
        The .parquet files of `train_table1`, one for each width.
    published
        The published numbers, config/xie2017/published.yaml.
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
    printed = Published(published).table("table1").set_index(["n", "arm"]) * PRINTED_UNIT
    printed = printed.add_prefix("published_").reset_index()
    ours = ours.merge(printed, on=["n", "arm"], how="left")
    for end in ("", "_low", "_high"):
        ours[f"test_ratio{end}"] = ours[f"test{end}"] / ours["published_test"]
    write_table(ours, table)

    wide = printed.pivot(index="n", columns="arm", values="published_test")
    change = (100 * (wide[REGULARISED] / wide[PLAIN] - 1)).rename("published_test_change")
    differences = compare_arms(chosen, by, ["train", "test"])
    write_table(differences.merge(change, on="n", how="left"), effects)

    write_table(compare_strengths(every, by, ["test", "l2_squared"]), strengths)


if __name__ == "__main__":
    run(tabulate_table1)
