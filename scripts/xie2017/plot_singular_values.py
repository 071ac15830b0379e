"""Draw the least singular value of the extended features against the number of units."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_singular_values(table: Path, svg: Path) -> None:
    """Draw s_m(D)² / n and its limit.

    Parameters
    ----------
    table
        The .csv table theorem1.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    means = pd.read_csv(table)
    figure, axes = plt.subplots(figsize=(5.2, 3.6))
    colour = PALETTE[0]
    axes.axhline(
        means["limit"].iloc[0], color="k", ls="--", lw=1, label=r"ideal kernel, $\lambda_m(G)$"
    )
    axes.plot(means["n"], means["per_unit"], "o-", color=colour, label="uniform units")
    axes.fill_between(
        means["n"],
        means["per_unit_low"],
        means["per_unit_high"],
        color=colour,
        alpha=0.25,
        lw=0,
        label="95 % interval",
    )
    axes.set(
        xscale="log",
        xlabel="number of units $n$",
        ylabel="$s_m(D)^2 \\, / \\, n$",
        ylim=(0, None),
        title=f"$d = {means['d'].iloc[0]}$, $m = {means['m'].iloc[0]}$",
    )
    axes.legend(frameon=False, loc="lower right")
    save_figure(figure, means, svg)


if __name__ == "__main__":
    run(plot_singular_values)
