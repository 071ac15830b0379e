"""Draw how often gradient descent ends with all neurons dead."""

from landscape.step import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from landscape.figures import save_figure, use_style


def plot_widths(table: Path, output: Path) -> None:
    """Draw the shares of runs that end on the highest level, by width.

    Parameters
    ----------
    table
        The .csv table widths.
    output
        The .csv file of the plotted data; .pdf, .svg and .png are written beside it.
    """
    use_style()
    shares = pd.read_csv(table)
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
    axes.plot(
        relu["neurons"], relu["dead_at_start_expected"], "--", color=orange, lw=1, label="(3/8)^N"
    )
    axes.set(xlabel="neurons N", ylabel="share of runs", xticks=relu["neurons"])
    axes.legend(frameon=False)
    sns.despine(figure)
    save_figure(figure, shares, output)


if __name__ == "__main__":
    run(plot_widths)
