"""Draw Figure 1: the eigenvalues γ_m of the feature kernel against m."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_figure1(table: Path, svg: Path) -> None:
    """Draw the exact eigenvalues, the curve as printed, the guide lines and the digitised points.

    Parameters
    ----------
    table
        The .csv table figure1.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    points = pd.read_csv(table)
    figure, axes = plt.subplots(figsize=(5.2, 3.8))
    exact, printed = PALETTE[:2]
    m = points["m"]
    axes.plot(m, points["reciprocal_root"], ":", color="grey", lw=1, label=r"$\gamma_1 m^{-1/2}$")
    axes.plot(m, points["reciprocal"], "--", color="grey", lw=1, label=r"$\gamma_1 m^{-1}$")
    axes.plot(m, points["eigenvalue"], color=exact, label=r"$\gamma_m$, exact")
    axes.plot(m, points["as_printed"], color=printed, label="without the factor of equation 32")
    axes.plot(m, points["published"], "kx", ms=7, mew=1.5, label="published (digitised)")
    axes.set(xscale="log", yscale="log", xlabel="index $m$", ylabel=r"eigenvalue $\gamma_m$")
    axes.legend(frameon=False, loc="lower left")
    save_figure(figure, points, svg)


if __name__ == "__main__":
    run(plot_figure1)
