"""Table 3: errors on MNIST with and without the regulariser, beside the published ones."""

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

TRAINING_IMAGES = 60_000


def tabulate_table3(
    runs: list[Path], published: Path, table: Path, effects: Path, strengths: Path
) -> None:
    """Choose on validation images, average over replicates, compare within them; all in percent.

    Parameters
    ----------
    runs
        The .parquet files of `train_table3`, one for each width.
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
    every = every.sort_values("loss", kind="stable")
    every[["train", "validation", "test"]] *= 100
    by = ["loss", "n"]
    chosen = choose_runs(every, by)
    printed = Published(published).table("table3").set_index(["n", "arm"])
    printed = printed.add_prefix("published_").reset_index()
    # An error rate is a whole number of images.
    printed["published_train_images"] = printed["published_train"] / 100 * TRAINING_IMAGES
    ours = summarise_arms(chosen, by, ["train", "test"])
    write_table(ours.merge(printed, on=["n", "arm"], how="left"), table)

    wide = printed.pivot(index="n", columns="arm", values="published_test")
    difference = (wide[REGULARISED] - wide[PLAIN]).rename("published_test")
    differences = compare_arms(chosen, by, ["train", "test"])
    write_table(differences.merge(difference, on="n", how="left"), effects)

    write_table(compare_strengths(every, by, ["test", "l2_squared"]), strengths)


if __name__ == "__main__":
    run(tabulate_table3)
