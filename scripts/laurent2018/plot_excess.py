"""Draw how far above the convex optimum networks of every shape end, in every loss."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE

# Excesses below this, among them those that rounding makes negative, are drawn here.
FLOOR = 1e-17


def plot_excess(table: Path, svg: Path) -> None:
    """Draw the least and the largest excess over all starts for each loss and network.

    Parameters
    ----------
    table
        The .csv table theorem1.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    table1 = pd.read_csv(table, dtype={"hidden": str})
    shapes = list(dict.fromkeys(table1["hidden"]))
    wide = table1.drop_duplicates("hidden").set_index("hidden")["wide"]
    # Over both pairs of numbers of inputs and outputs.
    plotted = table1.groupby(["loss", "hidden", "wide"], sort=False, as_index=False).agg(
        excess_least=("excess_least", "min"), excess_most=("excess_most", "max")
    )
    for column in ("excess_least", "excess_most"):
        plotted[column] = plotted[column].clip(lower=FLOOR)
    figure, axes = plt.subplots(figsize=(6.2, 4.0))
    for number, (loss, group) in enumerate(plotted.groupby("loss", sort=False)):
        colour = PALETTE[number]
        rows = [shapes.index(shape) + (number - 3) * 0.1 for shape in group["hidden"]]
        axes.hlines(rows, group["excess_least"], group["excess_most"], color=colour, lw=1.5)
        axes.plot(group["excess_least"], rows, "o", color=colour, mfc="white", ms=3.5)
        axes.plot(group["excess_most"], rows, "o", color=colour, ms=3.5, label=loss)
    axes.axhline(int(wide.sum()) - 0.5, color="0.4", ls=":", lw=1)
    axes.set(
        xscale="log",
        xlabel="loss above the convex optimum: least and most over all starts",
        yticks=range(len(shapes)),
        yticklabels=[f"hidden {shape}" for shape in shapes],
    )
    axes.invert_yaxis()
    axes.legend(frameon=False, loc="upper center", ncols=4, bbox_to_anchor=(0.5, 1.16))
    save_figure(figure, plotted, svg)


if __name__ == "__main__":
    run(plot_excess)
