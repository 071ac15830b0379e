"""Draw the objective on the constructed path and on the straight line to the global optimum."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_paths(paths: Path, svg: Path) -> None:
    """Draw both paths from each end of training.

    Parameters
    ----------
    paths
        The .csv table paths.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    curves = pd.read_csv(paths)
    problems = list(curves.groupby(["samples", "inputs", "beta"], sort=False))
    figure, grid = plt.subplots(1, len(problems), figsize=(3.4 * len(problems), 3.0), squeeze=False)
    for axes, ((m, d, beta), problem) in zip(grid[0], problems, strict=True):
        for (path, runs), colour in zip(problem.groupby("path", sort=False), PALETTE, strict=False):
            for number, curve in runs.groupby("run"):
                label = str(path) if number == 0 else None
                axes.plot(
                    curve["t"], curve["relative"], color=colour, lw=0.8, alpha=0.6, label=label
                )
        axes.axhline(1, color="0.4", ls=":", lw=1)
        axes.set(
            title=f"{m} samples, {d} inputs, β = {beta:g}",
            xlabel="share of the way",
            ylabel="objective over the optimum" if axes is grid[0, 0] else None,
        )
    grid[0, -1].legend(frameon=False, loc="upper right")
    save_figure(figure, curves, svg)


if __name__ == "__main__":
    run(plot_paths)
