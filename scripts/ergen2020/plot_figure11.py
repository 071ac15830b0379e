"""Draw Figure 11: the objective during training on whitened images, and the optimum."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from replication.show.figures import save_figure, use_style


def plot_figure11(table: Path, svg: Path) -> None:
    """Draw the objective of each trial against the step, and the closed form.

    Parameters
    ----------
    table
        The .csv table figure11_curves.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    curves = pd.read_csv(table)
    figure, axes = plt.subplots(figsize=(4.4, 3.2))
    for trial, curve in curves.groupby("trial"):
        label = "trained" if trial == 0 else None
        axes.plot(curve["step"], curve["objective"], color="C0", lw=1, label=label)
    axes.axhline(curves["closed_form"].iloc[0], color="k", ls="--", lw=1, label="closed form")
    axes.set(xlabel="step", ylabel="objective", xscale="log", yscale="log")
    axes.legend(frameon=False)
    sns.despine(figure)
    save_figure(figure, curves, svg)


if __name__ == "__main__":
    run(plot_figure11)
