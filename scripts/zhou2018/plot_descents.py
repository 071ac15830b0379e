"""Draw the loss along exact curves that leave saddles downhill."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_descents(descents: Path, svg: Path) -> None:
    """Draw loss and fall of the loss; lines are the stated polynomials, marks the loss itself.

    Parameters
    ----------
    descents
        The .csv table of `compute_descents`.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    points = pd.read_csv(descents)
    points["fall"] = points["level"] - points["loss"]
    points["stated_fall"] = points["level"] - points["stated"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.6))
    marks = "os^Dv"
    for number, (name, group) in enumerate(points.groupby("curve", sort=False)):
        colour, mark = PALETTE[number], marks[number % len(marks)]
        style = {"color": colour, "marker": mark, "ls": "", "ms": 4, "markevery": 4}
        left.plot(group["share"], group["stated"], color=colour, lw=1)
        left.plot(group["share"], group["loss"], **style)
        right.plot(group["share"], group["stated_fall"], color=colour, lw=1)
        label = f"{name}, order {group['order'].iloc[0]}"
        right.plot(group["share"], group["fall"], **style, label=label)
    left.set(xlabel="part of the curve", ylabel="loss")
    right.set(xlabel="part of the curve", ylabel="fall of the loss", xscale="log", yscale="log")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    save_figure(figure, points, svg)


if __name__ == "__main__":
    run(plot_descents)
