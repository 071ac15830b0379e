"""Draw a spurious minimum beside a better network."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_fits(fits: Path, svg: Path) -> None:
    """Draw the target, a proved spurious minimum and a better network of the same width.

    Parameters
    ----------
    fits
        The .csv table of `certify_minima` with the values of all three.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    curves = pd.read_csv(fits)
    figure, axes = plt.subplots(figsize=(4.6, 3.2))
    blue, orange = PALETTE[:2]
    axes.plot(curves["x"], curves["target"], "o", color="0.6", ms=4, label="target")
    axes.plot(curves["x"], curves["spurious_minimum"], color=orange, label="spurious minimum")
    axes.plot(curves["x"], curves["better_network"], color=blue, label="better network")
    axes.set(xlabel="x", ylabel="f(x)")
    axes.legend(frameon=False)
    save_figure(figure, curves, svg)


if __name__ == "__main__":
    run(plot_fits)
