"""Draw how often gradient descent ends at the best affine function."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_shifts(shares: Path, svg: Path) -> None:
    """Draw the shares of runs that are caught against the shift of the biases.

    Parameters
    ----------
    shares
        The .csv table of `train_shifts`.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    caught = pd.read_csv(shares)
    groups = list(caught.groupby(["width", "step"]))
    widths, steps = sorted(caught["width"].unique()), sorted(caught["step"].unique())
    figure, axes = plt.subplots(figsize=(4.8, 3.2))
    for number, ((width, step), rows) in enumerate(groups):
        ends = [rows["caught"] - rows["caught_low"], rows["caught_high"] - rows["caught"]]
        # A little apart, so that the intervals do not hide each other.
        axes.errorbar(
            rows["shift"] + 0.05 * (number - (len(groups) - 1) / 2),
            rows["caught"],
            ends,
            fmt=("o-", "s--", "^:", "v-.")[steps.index(step) % 4],
            color=PALETTE[widths.index(width)],
            ms=4,
            lw=1.2,
            label=f"width {width}, step {step:g}",
        )
    axes.set(xlabel="shift of the hidden biases", ylabel="share of runs caught", ylim=(-0.02, 1.02))
    axes.legend(frameon=False, loc="lower right")
    save_figure(figure, caught, svg)


if __name__ == "__main__":
    run(plot_shifts)
