"""Draw Figure 2: eigenvalues of Gram matrices beside those of the kernel's operator."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_figure2(table: Path, steps: Path, svg: Path) -> None:
    """Draw a panel for each kernel, with the steps of the printed figure.

    Parameters
    ----------
    table
        The .csv table figure2.
    steps
        The .csv table figure2_steps.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    points = pd.read_csv(table)
    published = pd.read_csv(steps)["published_after"].dropna().unique()
    titles = {
        "g": r"$g(\theta) = (\pi - \theta)\,\cos\theta\,/\,2\pi$, equation 9",
        "J_1 cos": r"$J_1(\theta)\,\cos\theta$, as in the printed figure",
    }
    figure, panels = plt.subplots(1, len(titles), figsize=(7.2, 3.6), sharex=True)
    colour = PALETTE[0]
    for axes, (kernel, title) in zip(panels, titles.items(), strict=True):
        group = points[points["kernel"] == kernel]
        for position, step in enumerate(published):
            axes.axvline(
                step,
                color="k",
                ls=":",
                lw=1,
                label=None if position else "steps as published (digitised)",
            )
        axes.plot(group["index"], group["predicted"], "k-", lw=1, label=r"predicted, $m\,\gamma_i$")
        axes.plot(group["index"], group["eigenvalue"], "o", color=colour, ms=3, label="Gram matrix")
        axes.set(xscale="log", yscale="log", xlabel="index $i$", title=title)
    panels[0].set_ylabel("eigenvalue")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    save_figure(figure, points, svg)


if __name__ == "__main__":
    run(plot_figure2)
