"""Draw Figure 3: the loss of one run from a strict and one from a non-strict saddle."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style


def plot_figure3(table: Path, svg: Path) -> None:
    """Draw the two curves relative to their plateaus.

    Parameters
    ----------
    table
        The .csv table figure3.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    curves = pd.read_csv(table)
    # Each run has its own data: 0 is the loss at the saddle, -1 the loss that counts as escape.
    height = curves["plateau"] - curves["threshold"]
    curves["descent"] = (curves["loss"] - curves["plateau"]) / height
    figure, axes = plt.subplots(figsize=(5.6, 3.4))
    for start, group in curves.groupby("start", sort=False):
        axes.plot(group["epoch"], group["descent"], lw=1.2, label=f"{start} saddle")
    axes.axhline(0, color="0.4", ls="--", lw=1, label="loss at the saddle")
    axes.axhline(-1, color="0.4", ls=":", lw=1, label="escaped")
    axes.set(xlabel="epoch", ylabel=r"$(L - L_{cp})\,/\,(\lambda_3 / 2)$", xscale="log")
    axes.legend(frameon=False, loc="center left")
    save_figure(figure, curves, svg)


if __name__ == "__main__":
    run(plot_figure3)
