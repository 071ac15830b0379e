"""Draw Figure 6: the duality gap against the number of neurons."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from replication.show.figures import save_figure, use_style

STYLES = {"regularised": "o-", "equality": "s--"}


def plot_figure6(figure6: Path, svg: Path) -> None:
    """Draw both problems, a panel for each data set.

    Parameters
    ----------
    figure6
        The .csv table figure6.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    gaps = pd.read_csv(figure6)
    figure, grid = plt.subplots(2, 2, figsize=(6.4, 4.6))
    for axes, (name, group) in zip(grid.flat, gaps.groupby("data", sort=False), strict=True):
        for problem, curve in group.groupby("problem", sort=False):
            # Without enough neurons no network fits, and the gap is infinite.
            shown = curve["gap"].where(np.isfinite(curve["gap"]))
            axes.plot(curve["neurons"], shown, STYLES[str(problem)], lw=1, ms=3, label=problem)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        first = group.iloc[0]
        axes.set_title(f"{name}, {first['samples']} × {first['inputs']}")
    for axes in grid[:, 0]:
        axes.set_ylabel("duality gap")
    for axes in grid[1]:
        axes.set_xlabel("neurons")
    grid[0, 0].legend(frameon=False)
    save_figure(figure, gaps, svg)


if __name__ == "__main__":
    run(plot_figure6)
