"""Draw Figure 1a: networks trained from first weights of several sizes, and the linear spline."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from replication.show.figures import save_figure, use_style


def plot_figure1a(curves: Path, svg: Path) -> None:
    """Draw one network for each size, a panel for each data set.

    Parameters
    ----------
    curves
        The .csv table figure1a_curves.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    table = pd.read_csv(curves)
    figure, panels = plt.subplots(1, 2, figsize=(6.4, 3.2), sharex=True, sharey=True)
    for axes, (data, group) in zip(panels, table.groupby("data", sort=False), strict=True):
        named = list(group.groupby("curve", sort=False))
        colours = ["k", *sns.color_palette("viridis", len(named) - 1)]
        for (name, curve), colour in zip(named, colours, strict=True):
            style = "--" if name == "spline" else "-"
            # Networks from large weights may leave the panel; the spline is what to compare with.
            axes.plot(curve["x"], curve["output"], style, color=colour, lw=1.2, label=name)
        axes.set(title=data, xlabel="x", ylim=(-2.5, 2.5))
    panels[0].set_ylabel("output")
    panels[0].legend(frameon=False, ncols=2, loc="lower left", fontsize=7)
    sns.despine(figure)
    save_figure(figure, table, svg)


if __name__ == "__main__":
    run(plot_figure1a)
