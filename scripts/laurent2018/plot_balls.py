"""Draw how far the bad minima of Theorem 2 reach: the least value in a ball against its radius."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_balls(table: Path, svg: Path) -> None:
    """Draw the least value that is proved and the least that a search found, for each example.

    Parameters
    ----------
    table
        The .csv table balls.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    balls = pd.read_csv(table)
    balls = balls[balls["searched"].notna()]
    labels = {"matrix": "widths 2, 2, 2", "scalar": "widths 2, 1, 1"}
    figure, axes = plt.subplots(figsize=(5.6, 3.4))
    for colour, (example, group) in zip(
        PALETTE, balls.groupby("example", sort=False), strict=False
    ):
        label = labels[str(example)]
        axes.plot(group["radius"], group["proved"], color=colour, label=f"{label}, proved minimum")
        axes.plot(
            group["radius"],
            group["searched"],
            "o",
            mfc="none",
            color=colour,
            label=f"{label}, search",
        )
    axes.axvline(0.5, color="0.4", ls=":", lw=1)
    axes.axhline(0, color="0.4", ls="--", lw=1, label="global minimum")
    axes.set(xlabel="radius of the ball (maximum norm)", ylabel="least loss in the ball")
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 0.04))
    save_figure(figure, balls, svg)


if __name__ == "__main__":
    run(plot_balls)
