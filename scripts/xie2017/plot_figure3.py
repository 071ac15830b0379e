"""Draw Figure 3: discrepancy of SGD's solutions against the number of units."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_figure3(table: Path, svg: Path) -> None:
    """Draw ours for each initial scale, the digitised points, and random units.

    Parameters
    ----------
    table
        The .csv table figure3.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    means = pd.read_csv(table)
    figure, axes = plt.subplots(figsize=(5.2, 3.8))
    colours = PALETTE
    for colour, (scale, group) in zip(
        colours, means.groupby("init_scale", sort=False), strict=False
    ):
        axes.plot(
            group["n"],
            group["l2_squared"],
            "o-",
            color=colour,
            label=f"SGD, initial scale {scale:g}",
        )
        axes.fill_between(group["n"], group["low"], group["high"], color=colour, alpha=0.25, lw=0)
    one = means.drop_duplicates("n")
    axes.plot(one["n"], one["random"], "k--", lw=1, label="expected of random units")
    axes.plot(one["n"], one["published"], "kx", ms=7, mew=1.5, label="published (digitised)")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="number of units $n$",
        ylabel="squared discrepancy $L_2(W)^2$",
        xticks=one["n"],
        xticklabels=one["n"],
    )
    axes.minorticks_off()
    axes.legend(frameon=False, loc="upper right")
    save_figure(figure, means, svg)


if __name__ == "__main__":
    run(plot_figure3)
