"""Draw Figure 6: the gap between trained networks and the dual optimum against the width."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from replication.show.figures import save_figure, use_style

# Gaps below this, relative to the objective of no network, are drawn at it.
FLOOR = 1e-9


def plot_figure6(figure6: Path, svg: Path) -> None:
    """Draw the gap of the best and the median run.

    Parameters
    ----------
    figure6
        The .csv table figure6.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    gaps = pd.read_csv(figure6)
    sets = list(gaps.groupby("data", sort=False))
    figure, grid = plt.subplots(2, 2, figsize=(6.4, 4.6), sharex=True, sharey=True)
    for axes, (name, group) in zip(grid.flat, sets, strict=True):
        for column, label, marker in (
            ("best_gap", "best run", "o"),
            ("median_gap", "median run", "s"),
        ):
            shown = group[column].clip(lower=FLOOR)
            axes.plot(group["width"], shown, marker, ls="-", lw=1, ms=4, label=label)
        first = group.iloc[0]
        axes.set(
            title=f"{name}, {first['samples']} × {first['inputs']}",
            xscale="log",
            yscale="log",
            xticks=group["width"],
            xticklabels=group["width"],
        )
        axes.minorticks_off()
    for axes in grid[:, 0]:
        axes.set_ylabel("gap over half of |y| squared")
    for axes in grid[1]:
        axes.set_xlabel("width")
    grid[0, 0].legend(frameon=False, loc="upper right")
    sns.despine(figure)
    save_figure(figure, gaps, svg)


if __name__ == "__main__":
    run(plot_figure6)
