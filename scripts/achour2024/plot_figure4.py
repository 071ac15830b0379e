"""Draw Figure 4: how many epochs pass before the plateau is left."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_figure4(table: Path, svg: Path) -> None:
    """Draw the quantiles of the escape epoch for each start and size of minibatch.

    Parameters
    ----------
    table
        The .csv table figure4.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    quantiles = pd.read_csv(table)
    figure, axes = plt.subplots(figsize=(5.6, 3.4))
    groups = dict(list(quantiles.groupby(["start", "batch"])))
    names = sorted(groups, key=lambda name: (name[0] != "strict", name[1]))
    for row, name in enumerate(names):
        colour = PALETTE[0 if name[0] == "strict" else 1]
        shown = groups[name].set_index("quantile")["epoch"]
        axes.plot([shown.loc[0.05], shown.loc[0.95]], [row, row], color=colour, lw=1.5)
        axes.plot([shown.loc[0.25], shown.loc[0.75]], [row, row], color=colour, lw=6)
        axes.plot(shown.loc[0.5], row, "o", color="white", mec=colour, ms=6)
        published = groups[name]["published"]
        axes.plot(published, [row - 0.25] * len(published), "kx", ms=5, mew=1.2)
    axes.plot([], [], "kx", ms=5, mew=1.2, label="published quantiles (digitised)")
    axes.set(
        xscale="log",
        xlabel="epochs until escape: 5, 25, 50, 75 and 95 %",
        yticks=range(len(names)),
        yticklabels=[f"{start}, batch {batch}" for start, batch in names],
    )
    axes.invert_yaxis()
    axes.legend(frameon=False, loc="upper right")
    save_figure(figure, quantiles, svg)


if __name__ == "__main__":
    run(plot_figure4)
