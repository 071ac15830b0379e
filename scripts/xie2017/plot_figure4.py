"""Draw Figure 4: the least singular value of the extended features against the discrepancy."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE

MARKERS = {
    "random": "o",
    "optimised": "s",
    "optimised to the published discrepancy": "v",
    "between random and optimised": "D",
    "clustered": "^",
}


def plot_figure4(points: Path, groups: Path, svg: Path) -> None:
    """Draw all W's, and beside them the part that the paper shows.

    Parameters
    ----------
    points
        The .csv table figure4.
    groups
        The .csv table figure4_groups.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    table = pd.read_csv(points)
    published = pd.read_csv(groups).dropna(subset="published_s_m_squared_sd")
    figure, (wide, close) = plt.subplots(1, 2, figsize=(7.2, 3.8))
    for axes in (wide, close):
        _draw(axes, table[table["group"] != "clustered"] if axes is close else table)
        axes.errorbar(
            published["published_l2_squared"],
            published["published_s_m_squared"],
            2 * published["published_s_m_squared_sd"],
            fmt="kx",
            ms=7,
            mew=1.5,
            elinewidth=1,
            label="published (digitised), mean ± 2 SD",
        )
        axes.set_xlabel("squared discrepancy $L_2(W)^2$")
    wide.set(
        xscale="log", ylabel="least singular value squared $s_m(D)^2$", title="all sets of units"
    )
    close.set_title("the range of the paper")
    close.ticklabel_format(axis="x", style="sci", scilimits=(0, 0), useMathText=True)
    handles, labels = wide.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    save_figure(figure, table, svg)


def _draw(axes: Axes, table: pd.DataFrame) -> None:
    for colour, (group, marker) in zip(PALETTE, MARKERS.items(), strict=False):
        part = table[table["group"] == group]
        if len(part):
            axes.plot(
                part["l2_squared"], part["s_m_squared"], marker, color=colour, ms=4, label=group
            )


if __name__ == "__main__":
    run(plot_figure4)
