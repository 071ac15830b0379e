"""Draw the ratios to the bound."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style


def plot_ratios(table: Path, svg: Path) -> None:
    """Draw the largest ratio for each size.

    Parameters
    ----------
    table
        The .csv table bound.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    bound = pd.read_csv(table)
    figure, axes = plt.subplots(figsize=(4.2, 3))
    axes.plot(bound["n"], bound["ratio"], "o-")
    axes.axhline(1, color="0.6", lw=1)
    axes.set(xlabel="size n", ylabel="largest ratio to the bound", ylim=(0, 1.1))
    save_figure(figure, bound, svg)


if __name__ == "__main__":
    run(plot_ratios)
