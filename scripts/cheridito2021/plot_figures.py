"""Draw the error functions at the highest levels, and how often all neurons die."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from replication.show.figures import save_figure, use_style


def plot_figures(
    errors_table: Path, widths_table: Path, errors_figure: Path, widths_figure: Path
) -> None:
    """Draw both figures.

    Parameters
    ----------
    errors_table, widths_table
        The .csv tables errors and widths.
    errors_figure, widths_figure
        The .csv files of the plotted data; .pdf, .svg and .png are written beside them.
    """
    use_style()
    _plot_errors(pd.read_csv(errors_table), errors_figure)
    _plot_widths(pd.read_csv(widths_table), widths_figure)


def _plot_errors(errors: pd.DataFrame, svg: Path) -> None:
    """Draw f minus the target at a critical point of each level, a panel each."""
    errors = errors[errors["n"] <= 6]  # beyond, a panel shows nothing new
    groups = list(errors.groupby("n"))
    figure, axes = plt.subplots(1, len(groups), figsize=(2.1 * len(groups), 2.2))
    for panel, (n, group) in zip(axes, groups, strict=True):
        panel.axhline(0, color="0.8", lw=0.8)
        panel.plot(group["x"], group["error"], color=sns.color_palette()[0], lw=1.4)
        inside = group.iloc[1:-1]
        panel.plot(inside["x"], inside["error"], "o", color=sns.color_palette()[3], ms=4)
        panel.set(title=f"n = {n}: loss {group['level'].iloc[0]}", xlabel="x")
    axes[0].set(ylabel="f(x) - x")
    sns.despine(figure)
    save_figure(figure, errors, svg)


def _plot_widths(shares: pd.DataFrame, svg: Path) -> None:
    """Draw the shares of runs that end on the highest level, by width."""
    figure, axes = plt.subplots(figsize=(4.6, 3.2))
    blue, orange, green = sns.color_palette()[:3]
    relu = shares[shares["activation"] == "ReLU"]
    drawn = [
        (relu, "plateau", blue, "o-", "ReLU, ended at 1/12"),
        (relu, "dead_at_start", orange, "s", "ReLU, all dead at the start"),
        (shares[shares["activation"] != "ReLU"], "plateau", green, "^-", "leaky ReLU, at 1/12"),
    ]
    for rows, name, colour, style, label in drawn:
        ends = [rows[name] - rows[f"{name}_low"], rows[f"{name}_high"] - rows[name]]
        axes.errorbar(
            rows["neurons"], rows[name], ends, fmt=style, color=colour, ms=4, lw=1.2, label=label
        )
    expected = relu["dead_at_start_expected"]
    axes.plot(relu["neurons"], expected, "--", color=orange, lw=1, label="expected, (3/8)^N")
    axes.set(xlabel="neurons N", ylabel="share of runs", xticks=relu["neurons"])
    axes.legend(frameon=False)
    sns.despine(figure)
    save_figure(figure, shares, svg)


if __name__ == "__main__":
    run(plot_figures)
