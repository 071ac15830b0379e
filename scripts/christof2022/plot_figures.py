"""Draw a spurious minimum beside a better network, and how often gradient descent is caught."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from replication.show.figures import save_figure, use_style


def plot_figures(
    fits_table: Path, shifts_table: Path, fits_figure: Path, shifts_figure: Path
) -> None:
    """Draw both figures.

    Parameters
    ----------
    fits_table, shifts_table
        The .csv tables fits and shifts.
    fits_figure, shifts_figure
        The .csv files of the plotted data; .pdf, .svg and .png are written beside them.
    """
    use_style()
    _plot_fits(pd.read_csv(fits_table), fits_figure)
    _plot_shifts(pd.read_csv(shifts_table), shifts_figure)


def _plot_fits(fits: pd.DataFrame, svg: Path) -> None:
    """Draw the target, a proved spurious minimum and a better network of the same width."""
    figure, axes = plt.subplots(figsize=(4.6, 3.2))
    blue, orange = sns.color_palette()[:2]
    axes.plot(fits["x"], fits["target"], "o", color="0.6", ms=4, label="target")
    axes.plot(fits["x"], fits["spurious_minimum"], color=orange, label="spurious minimum")
    axes.plot(fits["x"], fits["better_network"], color=blue, label="better network")
    axes.set(xlabel="x", ylabel="f(x)")
    axes.legend(frameon=False)
    sns.despine(figure)
    save_figure(figure, fits, svg)


def _plot_shifts(shares: pd.DataFrame, svg: Path) -> None:
    """Draw the shares of runs that end at the best affine function."""
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
            fmt=("o-", "s--", "^:", "v-.")[steps.index(step) % 4],
            color=sns.color_palette()[widths.index(width)],
            ms=4,
            lw=1.2,
            label=f"width {width}, step {step:g}",
        )
    axes.set(xlabel="shift of the hidden biases", ylabel="share of runs caught", ylim=(-0.02, 1.02))
    axes.legend(frameon=False, loc="lower right")
    sns.despine(figure)
    save_figure(figure, shares, svg)


if __name__ == "__main__":
    run(plot_figures)
