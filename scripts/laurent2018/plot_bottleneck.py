"""Draw the bad minima of networks with one hidden neuron."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_bottleneck(threshold: Path, minima: Path, svg: Path) -> None:
    """Draw the share of descents that are caught against w, and the minima of random data.

    Parameters
    ----------
    threshold
        The .csv table threshold.
    minima
        The .csv table minima.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    shares, levels = pd.read_csv(threshold), pd.read_csv(minima)
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.2))
    left.errorbar(
        shares["weight"],
        shares["caught"],
        [shares["caught"] - shares["caught_low"], shares["caught_high"] - shares["caught"]],
        fmt="o-",
        ms=4,
        lw=1,
    )
    left.axvline(2, color="0.4", ls=":", lw=1)
    left.set(xscale="log", xlabel="weight w", ylabel="descents that end at the value 4")
    levels["best"] = levels["value"] - levels["above_best"]
    order = levels.drop_duplicates(["loss", "draw"]).sort_values(["loss", "draw"])
    place = {key: k for k, key in enumerate(zip(order["loss"], order["draw"], strict=True))}
    levels["place"] = [place[key] for key in zip(levels["loss"], levels["draw"], strict=True)]
    levels["relative"] = levels["value"] / levels["best"]
    for colour, (loss, group) in zip(PALETTE, levels.groupby("loss", sort=True), strict=False):
        right.scatter(
            group["place"], group["relative"], s=60 * group["share"], color=colour, label=loss
        )
    right.set(xlabel="data set", ylabel="local minima, relative to the best", xticks=[])
    right.legend(frameon=False)
    plotted = pd.concat(
        [
            shares[["weight", "caught", "caught_low", "caught_high"]].assign(panel="left"),
            levels[["loss", "draw", "place", "relative", "share"]].assign(panel="right"),
        ]
    )
    save_figure(figure, plotted, svg)


if __name__ == "__main__":
    run(plot_bottleneck)
