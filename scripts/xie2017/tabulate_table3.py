"""Table 3: errors on MNIST with and without the regulariser, beside the published ones."""

from replication.run import Published, run, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.paired_comparison import (
    PLAIN,
    REGULARISED,
    choose_runs,
    compare_arms,
    compare_level,
    compare_strengths,
    summarise_arms,
)
from landscape.statistics import UNKNOWN, deviation_interval

MEASURES = ["train", "test"]
TRAINING_IMAGES, TEST_IMAGES = 60_000, 10_000


def tabulate_table3(
    runs: list[Path], published: Path, table: Path, effects: Path, pooled: Path, strengths: Path
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
        The .csv table of differences and ratios within pairs of the regularised arm to the others,
        by width.
    pooled
        The .csv table of their means over widths, and of ratios of ours to published.
    strengths
        The .csv table of differences and ratios within pairs of each strength to no regulariser.
    """
    every = pd.concat([pd.read_parquet(path) for path in runs], ignore_index=True)
    every = every.sort_values("loss", kind="stable")
    every[["train", "validation", "test"]] *= 100
    by = ["loss", "n"]
    chosen = choose_runs(every, by)
    printed = Published(published).table("table3").set_index(["n", "arm"])
    ours = summarise_arms(chosen, by, MEASURES)
    ours = ours.join(printed.add_prefix("published_"), on=["n", "arm"])
    # An error rate is a whole number of images.
    ours["published_train_images"] = ours["published_train"] / 100 * TRAINING_IMAGES
    write_table(ours, table)

    theirs = (_of_arm(printed, REGULARISED) - _of_arm(printed, PLAIN)).add_prefix("published_")
    compared = compare_arms(chosen, by, MEASURES).join(theirs, on="n")
    spreads = [
        _gain_over_spread(group.loc[group["arm"] == PLAIN, "test"], theirs["published_test"].get(n))
        for (_, n), group in chosen.groupby(by, sort=False)
        for _ in range(2)
    ]
    write_table(compared.join(pd.DataFrame(spreads)), effects)

    within = compare_arms(chosen, ["loss"], MEASURES, pooled="n").assign(of=REGULARISED)
    within = within.rename(columns={"against": "over"})
    for name, mean in theirs.mean().items():
        within[name] = mean
    levels = [
        {"loss": loss, "of": arm, "over": "published"} | _level(group, _of_arm(printed, arm))
        for (loss, arm), group in chosen.groupby(["loss", "arm"], sort=False)
        if arm in (PLAIN, REGULARISED)
    ]
    means = pd.concat([within, pd.DataFrame(levels)], ignore_index=True).set_index(
        ["loss", "of", "over"]
    )
    write_table(means.reset_index(), pooled)

    write_table(compare_strengths(every, by, ["test", "l2_squared"]), strengths)


def _gain_over_spread(plain: pd.Series, change: float | None) -> dict[str, float]:
    """Return the published gain in standard deviations of ours between replicates."""
    spread = deviation_interval(plain.dropna())
    gain = np.nan if change is None else -change
    return {
        "published_gain_over_sd": gain / spread.value,
        "published_gain_over_sd_low": gain / spread.high,
        "published_gain_over_sd_high": gain / spread.low,
    }


def _level(chosen: pd.DataFrame, printed: pd.DataFrame) -> dict[str, float]:
    """Return the geometric mean over widths of our mean test errors over the published.

    The published errors are taken for shares of one run's test images, as no spread is given.
    """
    sample = chosen.pivot(index="replicate", columns="n", values="test").dropna()
    theirs = printed["test"].reindex(sample.columns)
    errors = np.sqrt(theirs * (100 - theirs) / TEST_IMAGES)
    level = compare_level(sample, theirs, errors) if len(sample) else UNKNOWN
    return {
        "replicates": level.runs,
        "diverged": int(chosen["test"].isna().sum()),
        "test_ratio": level.value,
        "test_ratio_low": level.low,
        "test_ratio_high": level.high,
    }


def _of_arm(printed: pd.DataFrame, arm: str) -> pd.DataFrame:
    return printed[printed.index.get_level_values("arm") == arm].droplevel("arm")


if __name__ == "__main__":
    run(tabulate_table3)
