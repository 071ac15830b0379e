"""Draw Figure 1: histograms of the sums of norms at the minima."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from replication.show.figures import save_figure, use_style

PANELS = 2


def plot_figure1(norm_sums: Path, svg: Path) -> None:
    """Draw a histogram of the runs' norm sums for each of the largest numbers of teachers.

    Parameters
    ----------
    norm_sums
        The .csv table of that name.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    minima = pd.read_csv(norm_sums)
    sizes = sorted(minima["k"].unique())[-PANELS:]
    plotted = minima[minima["k"].isin(sizes)]
    figure, panels = plt.subplots(1, len(sizes), figsize=(3.2 * len(sizes), 3), squeeze=False)
    for axes, k in zip(panels[0], sizes, strict=True):
        group = plotted[plotted["k"] == k]
        edges = np.linspace(-1.1 * group["deficit"].max(), 0, 25)
        axes.hist(-group["deficit"], bins=edges, weights=group["runs"], color="C0")
        axes.axvline(0, color="0.4", ls="--", lw=1)
        axes.set(xlabel="sum of norms $-$ k", ylabel="runs", title=f"k = n = {k}")
        axes.xaxis.set_major_locator(MaxNLocator(4))
    save_figure(figure, plotted, svg)


if __name__ == "__main__":
    run(plot_figure1)
