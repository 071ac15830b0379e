"""Draw Figure 7: optimal networks on the same data."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style


def plot_figure7(figure7: Path, svg: Path) -> None:
    """Draw the networks and the data.

    Parameters
    ----------
    figure7
        The .csv table figure7.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    curves = pd.read_csv(figure7)
    figure, axes = plt.subplots(figsize=(5.2, 3.2))
    for name, curve in curves.groupby("solution", sort=False):
        style = "ko" if name == "data" else "-"
        axes.plot(curve["x"], curve["output"], style, lw=1.2, ms=5, label=name)
    axes.set(xlabel="x", ylabel="output")
    axes.legend(frameon=False, fontsize=7, loc="lower left")
    save_figure(figure, curves, svg)


if __name__ == "__main__":
    run(plot_figure7)
