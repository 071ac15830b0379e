"""Draw the error functions of critical points at the highest levels."""

from landscape.step import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from landscape.figures import save_figure, use_style


def plot_errors(table: Path, output: Path) -> None:
    """Draw f minus the target at a critical point of each level, a panel each.

    Parameters
    ----------
    table
        The .csv table errors.
    output
        The .csv file of the plotted data; .pdf, .svg and .png are written beside it.
    """
    use_style()
    errors = pd.read_csv(table)
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
    save_figure(figure, errors, output)


if __name__ == "__main__":
    run(plot_errors)
