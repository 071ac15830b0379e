"""Draw the landscape of one ReLU unit over directions, and which minima catch gradient descent."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from replication.show.figures import save_figure, use_style

COLUMNS = 4


def plot_units(profile: Path, minima: Path, svg: Path) -> None:
    """Draw the least loss of each data set over the direction of the unit, its minima marked.

    Parameters
    ----------
    profile, minima
        The .csv tables of `enumerate_units`; a mark is as large as the share of runs that ends
        there.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    curves, marks = pd.read_csv(profile), pd.read_csv(minima)
    sets = list(curves["set"].unique())
    columns = min(COLUMNS, len(sets))
    lines = -(-len(sets) // columns)
    figure, grid = plt.subplots(
        lines,
        columns,
        figsize=(2.1 * columns + 0.4, 1.8 * lines + 0.4),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for axes, index in zip(grid.flat, sets, strict=False):
        curve, found = (frame[frame["set"] == index] for frame in (curves, marks))
        axes.plot(curve["angle"], curve["loss"], color="0.6", lw=1)
        found = found[found["kind"] != "zero"]
        shares = found["caught"] / found["runs"]
        axes.scatter(
            found["angle"],
            found["loss"],
            s=8 + 240 * shares,
            c=np.where(found["global"] == 1, "C2", "C3"),
            alpha=0.8,
            lw=0,
            zorder=3,
        )
        axes.set(title=f"data set {index}", xticks=[0, np.pi, 2 * np.pi], ylim=(0, 1.08))
        axes.set_xticklabels(["0", "π", "2π"])
    for axes in grid.flat[len(sets) :]:
        axes.set_axis_off()
    figure.supxlabel("direction of the unit")
    figure.supylabel("least loss")
    plotted = pd.concat(
        [curves.assign(what="least loss"), marks.assign(what="minimum")], ignore_index=True
    )
    save_figure(figure, plotted, svg)


if __name__ == "__main__":
    run(plot_units)
