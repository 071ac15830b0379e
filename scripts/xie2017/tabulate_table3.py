"""Table 3: errors on MNIST with and without the regulariser, beside the published ones."""

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

# Table 3 (Section G of the supplement), printed: train and test error in percent, no spread given.
PUBLISHED = {
    (200, PLAIN): (0.94, 3.39),
    (200, REGULARISED): (0.56, 3.22),
    (400, PLAIN): (0.32, 3.08),
    (400, REGULARISED): (0.33, 2.90),
    (600, PLAIN): (0.00065, 2.67),
    (600, REGULARISED): (0.00057, 2.62),
    (800, PLAIN): (0.11, 2.90),
    (800, REGULARISED): (0.0003, 2.45),
}

TRAINING_IMAGES = 60_000


def tabulate_table3(runs: list[Path], table: Path, effects: Path, strengths: Path) -> None:
    """Choose on validation images, average over seeds, compare within seeds; all in percent.

    Parameters
    ----------
    runs
        The .parquet files of `train_table3`, one for each width.
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
    published = pd.DataFrame(
        [(*key, *values) for key, values in PUBLISHED.items()],
        columns=["n", "arm", "published_train", "published_test"],
    )
    # An error rate is a whole number of images.
    published["published_train_images"] = published["published_train"] / 100 * TRAINING_IMAGES
    ours = summarise_arms(chosen, by, ["train", "test"])
    write_table(ours.merge(published, on=["n", "arm"], how="left"), table)

    wide = published.pivot(index="n", columns="arm", values="published_test")
    difference = (wide[REGULARISED] - wide[PLAIN]).rename("published_test")
    differences = compare_arms(chosen, by, ["train", "test"])
    write_table(differences.merge(difference, on="n", how="left"), effects)

    write_table(compare_strengths(every, by, ["test", "l2_squared"]), strengths)


if __name__ == "__main__":
    run(tabulate_table3)
