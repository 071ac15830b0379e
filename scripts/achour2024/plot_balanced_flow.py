"""Draw how flat the plateaus of the balanced flow are, and how long it stays on them."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_balanced_flow(table: Path, losses: Path, svg: Path) -> None:
    """Draw the least eigenvalue against the size of the initial weights, and the loss in time.

    Parameters
    ----------
    table
        The .csv table balanced_flow.
    losses
        The .csv table balanced_losses.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    flat, curves = pd.read_csv(table), pd.read_csv(losses)
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.6))
    depths = list(flat["depth"].unique())
    for (depth, plateau), group in flat.groupby(["depth", "plateau"]):
        left.loglog(
            group["scale"],
            -group["least_eigenvalue"],
            "o-" if plateau == 1 else "s--",
            color=PALETTE[depths.index(depth)],
            ms=4,
            lw=1.2,
            label=f"{depth!s} layers, plateau {plateau!s}",
        )
    left.set(
        xlabel=r"size of the initial weights $\epsilon$",
        ylabel=r"$-\lambda_{min}$ of the Hessian",
    )
    figure.legend(frameon=False, loc="outside upper center", ncols=len(depths))
    for depth, group in curves.groupby("depth"):
        colour = PALETTE[depths.index(depth)]
        right.plot(group["time"], group["loss"], color=colour, lw=1.2)
    for level in flat["level"].unique():
        right.axhline(level, color="0.6", ls=":", lw=1)
    right.set(xlabel="time", ylabel="loss", xscale="log", xlim=(1e-1, None))
    plotted = pd.concat(
        [
            flat[["depth", "scale", "plateau", "level", "least_eigenvalue"]].assign(panel="left"),
            curves.assign(panel="right"),
        ]
    )
    save_figure(figure, plotted, svg)


if __name__ == "__main__":
    run(plot_balanced_flow)
