"""Draw the error functions at the highest levels."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_errors(errors: Path, svg: Path) -> None:
    """Draw f minus the target at a critical point of each level, a panel each.

    Parameters
    ----------
    errors
        The .csv table of that name.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    table = pd.read_csv(errors)
    table = table[table["n"] <= 6]  # beyond, a panel shows nothing new
    groups = list(table.groupby("n"))
    figure, axes = plt.subplots(1, len(groups), figsize=(2.1 * len(groups), 2.2))
    for panel, (n, group) in zip(axes, groups, strict=True):
        panel.axhline(0, color="0.8", lw=0.8)
        panel.plot(group["x"], group["error"], color=PALETTE[0], lw=1.4)
        inside = group.iloc[1:-1]
        panel.plot(inside["x"], inside["error"], "o", color=PALETTE[3], ms=4)
        panel.set(title=f"n = {n}: loss {group['level'].iloc[0]}", xlabel="x")
    axes[0].set(ylabel="f(x) - x")
    save_figure(figure, table, svg)


if __name__ == "__main__":
    run(plot_errors)
