"""Draw the critical levels of one problem."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.colors import BoundaryNorm

from replication.show.figures import save_figure, use_style


def plot_levels(levels: Path, svg: Path) -> None:
    """Draw the loss of each critical level over the number of eigenvalues that it uses.

    Parameters
    ----------
    levels
        The .csv table of `list_levels`.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    listed = pd.read_csv(levels)
    figure, axes = plt.subplots(figsize=(5.6, 3.8))
    largest = int(listed["index"].max())
    colours = plt.get_cmap("viridis_r", largest + 1)
    norm = BoundaryNorm([k - 0.5 for k in range(largest + 2)], colours.N)
    axes.hlines(
        listed["predicted"], listed["number"] - 0.17, listed["number"] + 0.17, "0.6", lw=1, zorder=1
    )
    drawn = axes.scatter(
        listed["number"], listed["loss"], c=listed["index"], cmap=colours, norm=norm, s=42, zorder=2
    )
    for number, value, chosen in zip(
        listed["number"], listed["predicted"], listed["chosen"], strict=True
    ):
        place = (number + 0.2, value)
        axes.annotate(chosen, place, va="center", fontsize="small", color="0.3")
    axes.set(
        xlabel="number of eigenvalues used",
        ylabel="loss",
        xticks=sorted(listed["number"].unique()),
        xlim=(-0.4, listed["number"].max() + 0.7),
        ylim=(0, None),
    )
    bar = figure.colorbar(drawn, ax=axes, label="Morse index", ticks=range(largest + 1))
    bar.minorticks_off()
    save_figure(figure, listed, svg)


if __name__ == "__main__":
    run(plot_levels)
