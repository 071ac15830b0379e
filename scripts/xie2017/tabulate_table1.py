"""Table 1: errors on synthetic data with and without the regulariser, beside the published ones."""

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
from landscape.statistics import UNKNOWN

# Table 1 gives mean and standard deviation of train and test error in this unit.
PRINTED_UNIT = 1e-5
MEASURES = ["train", "test"]


def tabulate_table1(
    runs: list[Path], published: Path, table: Path, effects: Path, pooled: Path, strengths: Path
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
        The .csv table of ratios within pairs of the regularised arm to the others, by width.
    pooled
        The .csv table of geometric means over widths: of these ratios, and of ours to published.
    strengths
        The .csv table of ratios within pairs of each strength to no regulariser.
    """
    every = pd.concat([pd.read_parquet(path) for path in runs], ignore_index=True)
    every = every.sort_values("output", ascending=False, kind="stable")
    by = ["output", "n"]
    chosen = choose_runs(every, by)
    numbers = Published(published)
    printed = numbers.table("table1").set_index(["n", "arm"]) * PRINTED_UNIT
    ours = summarise_arms(chosen, by, MEASURES)
    ours = ours.join(printed.add_prefix("published_"), on=["n", "arm"])
    for end in ("", "_low", "_high"):
        ours[f"test_ratio{end}"] = ours[f"test{end}"] / ours["published_test"]
    write_table(ours, table)

    their_runs = numbers.value("table1_seeds")
    theirs, their_pooled = _published_ratios(printed, their_runs)
    write_table(_ratios(compare_arms(chosen, by, MEASURES)).join(theirs, on="n"), effects)

    within = _ratios(compare_arms(chosen, ["output"], MEASURES, pooled="n"))
    within = within.rename(columns={"against": "over"}).assign(of=REGULARISED, **their_pooled)
    levels = [
        {"output": output, "of": arm, "over": "published"} | _level(group, printed, arm, their_runs)
        for (output, arm), group in chosen.groupby(["output", "arm"], sort=False)
        if arm in (PLAIN, REGULARISED)
    ]
    means = pd.concat([within, pd.DataFrame(levels)], ignore_index=True).set_index(
        ["output", "of", "over"]
    )
    write_table(means.reset_index(), pooled)

    write_table(compare_strengths(every, by, ["test", "l2_squared"]), strengths)


def _ratios(compared: pd.DataFrame) -> pd.DataFrame:
    """Leave out differences, which mean little where errors span decades."""
    ends = ("", "_low", "_high", "_sd")
    return compared.drop(columns=[f"{measure}{end}" for measure in MEASURES for end in ends])


def _published_ratios(printed: pd.DataFrame, runs: int) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the published ratio of the arms by width, and its geometric mean with its interval.

    The error of a published mean is its standard deviation over runs, carried to the logarithm.
    """
    regularised, plain = _of_arm(printed, REGULARISED), _of_arm(printed, PLAIN)
    ratios, pooled = pd.DataFrame(index=regularised.index), {}
    for measure in MEASURES:
        ratio = regularised[measure] / plain[measure]
        squares = [
            np.square(arm[f"{measure}_sd"] / arm[measure]).sum() / runs
            for arm in (regularised, plain)
        ]
        ratios[f"published_{measure}_ratio"] = ratio
        centre, half = np.log(ratio).mean(), 1.96 * np.sqrt(sum(squares)) / len(ratio)
        for end, at in (("", centre), ("_low", centre - half), ("_high", centre + half)):
            pooled[f"published_{measure}_ratio{end}"] = float(np.exp(at))
    return ratios, pooled


def _level(
    chosen: pd.DataFrame, printed: pd.DataFrame, arm: str, their_runs: int
) -> dict[str, float]:
    """Return the geometric mean over widths of our mean errors of an arm over the published."""
    row: dict[str, float] = {}
    for measure in MEASURES:
        sample = chosen.pivot(index="replicate", columns="n", values=measure).dropna()
        theirs = _of_arm(printed, arm).reindex(sample.columns)
        errors = theirs[f"{measure}_sd"] / np.sqrt(their_runs)
        level = compare_level(sample, theirs[measure], errors) if len(sample) else UNKNOWN
        row |= {"replicates": level.runs, "diverged": int(chosen[measure].isna().sum())}
        row |= {f"{measure}_ratio": level.value, f"{measure}_ratio_low": level.low}
        row |= {f"{measure}_ratio_high": level.high}
    return row


def _of_arm(printed: pd.DataFrame, arm: str) -> pd.DataFrame:
    return printed[printed.index.get_level_values("arm") == arm].droplevel("arm")


if __name__ == "__main__":
    run(tabulate_table1)
