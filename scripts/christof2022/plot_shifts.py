"""Draw how often gradient descent is caught, by shift of the biases."""

from landscape.step import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from landscape.figures import save_figure, use_style


def plot_shifts(table: Path, output: Path) -> None:
    """Draw the shares of runs that end at the best affine function.

    Parameters
    ----------
    table
        The .csv table shifts.
    output
        The .csv file of the plotted data; .pdf, .svg and .png are written beside it.
    """
    use_style()
    shares = pd.read_csv(table)
    groups = list(shares.groupby(["width", "step"]))
    widths, steps = sorted(shares["width"].unique()), sorted(shares["step"].unique())
    figure, axes = plt.subplots(figsize=(4.8, 3.2))
    for number, ((width, step), rows) in enumerate(groups):
        ends = [rows["caught"] - rows["caught_low"], rows["caught_high"] - rows["caught"]]
        # A little apart, so that the intervals do not hide each other.
        axes.errorbar(
            rows["shift"] + 0.05 * (number - (len(groups) - 1) / 2),
            rows["caught"],
            ends,
            fmt="o-" if step == steps[0] else "s--",
            color=sns.color_palette()[widths.index(width)],
            ms=4,
            lw=1.2,
            label=f"width {width}, step {step:g}",
        )
    axes.set(xlabel="shift of the hidden biases", ylabel="share of runs caught", ylim=(-0.02, 1.02))
    axes.legend(frameon=False, loc="lower right")
    sns.despine(figure)
    save_figure(figure, shares, output)


if __name__ == "__main__":
    run(plot_shifts)
