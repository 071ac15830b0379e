"""Draw how near trained networks of each width come to the optimum of the convex program."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style

# Excess below this, relative to the optimum, is drawn at it.
FLOOR = 1e-8
SERIES = {"best_excess": "best run", "median_excess": "median run", "worst_excess": "worst run"}


def plot_widths(widths: Path, svg: Path) -> None:
    """Draw the excess over the optimum, and the share of runs that reach it, against the width.

    Parameters
    ----------
    widths
        The .csv table widths.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    table = pd.read_csv(widths)
    problems = list(table.groupby(["samples", "inputs", "beta"], sort=False))
    figure, grid = plt.subplots(
        2, len(problems), figsize=(3.4 * len(problems), 4.6), sharex=True, squeeze=False
    )
    for (above, below), ((m, d, beta), group) in zip(grid.T, problems, strict=True):
        for (column, label), marker in zip(SERIES.items(), "osv", strict=True):
            shown = group[column].clip(lower=FLOOR)
            above.plot(group["width"], shown, marker, ls="-", lw=1, ms=4, label=label)
        above.set(
            title=f"{m} samples, {d} inputs, β = {beta:g}",
            yscale="log",
            ylim=(FLOOR / 2, 20),
            ylabel="excess over the optimum" if above is grid[0, 0] else None,
        )
        share = group["reached"]
        spread = [share - group["reached_low"], group["reached_high"] - share]
        below.errorbar(group["width"], share, yerr=spread, fmt="o-", color="0.3", ms=4, lw=1)
        below.set(
            xscale="log",
            xlabel="width",
            ylim=(-0.05, 1.05),
            xticks=group["width"],
            xticklabels=group["width"],
            ylabel="share of runs that reach it" if below is grid[1, 0] else None,
        )
        below.minorticks_off()
    grid[0, 0].legend(frameon=False, loc="upper right")
    save_figure(figure, table, svg)


if __name__ == "__main__":
    run(plot_widths)
