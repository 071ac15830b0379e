"""Draw a spurious minimum beside a better network."""

from landscape.step import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from landscape.figures import save_figure, use_style


def plot_fits(table: Path, output: Path) -> None:
    """Draw the target, a proved spurious minimum and a better network of the same width.

    Parameters
    ----------
    table
        The .csv table fits.
    output
        The .csv file of the plotted data; .pdf, .svg and .png are written beside it.
    """
    use_style()
    fits = pd.read_csv(table)
    figure, axes = plt.subplots(figsize=(4.6, 3.2))
    blue, orange = sns.color_palette()[:2]
    axes.plot(fits["x"], fits["target"], "o", color="0.6", ms=4, label="target")
    axes.plot(fits["x"], fits["spurious_minimum"], color=orange, label="spurious minimum")
    axes.plot(fits["x"], fits["better_network"], color=blue, label="better network")
    axes.set(xlabel="x", ylabel="f(x)")
    axes.legend(frameon=False)
    sns.despine(figure)
    save_figure(figure, fits, output)


if __name__ == "__main__":
    run(plot_fits)
