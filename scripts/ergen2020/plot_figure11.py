"""Draw Figure 11: the objective during training on whitened images, and the optimum."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style


def plot_figure11(curves: Path, svg: Path) -> None:
    """Draw the objective of each trained network against the step, and the closed form.

    Parameters
    ----------
    curves
        The .csv table figure11_curves.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    histories = pd.read_csv(curves)
    figure, axes = plt.subplots(figsize=(4.4, 3.2))
    for replicate, history in histories.groupby("replicate"):
        label = "trained" if replicate == 0 else None
        axes.plot(history["step"], history["objective"], color="C0", lw=1, label=label)
    axes.axhline(histories["closed_form"].iloc[0], color="k", ls="--", lw=1, label="closed form")
    axes.set(xlabel="step", ylabel="objective", xscale="log", yscale="log")
    axes.legend(frameon=False)
    save_figure(figure, histories, svg)


if __name__ == "__main__":
    run(plot_figure11)
