"""Draw Figure 1a: distance to the linear spline against the size of the first weights."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style


def plot_figure1a(figure1a: Path, svg: Path) -> None:
    """Draw our mean errors with Student's intervals and the published ones, for each width.

    Parameters
    ----------
    figure1a
        The .csv table figure1a.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    errors = pd.read_csv(figure1a)
    figure, axes = plt.subplots(figsize=(4.4, 3.2))
    for index, (width, group) in enumerate(errors.groupby("width", sort=False)):
        spread = [group["error"] - group["error_low"], group["error_high"] - group["error"]]
        axes.errorbar(
            group["deviation"],
            group["error"],
            [side.clip(lower=0) for side in spread],
            fmt="o-",
            lw=1,
            ms=4,
            capsize=2,
            color=f"C{index}",
            label=f"m = {width}",
        )
        theirs = group.dropna(subset="published_error")
        axes.plot(theirs["deviation"], theirs["published_error"], "--", lw=1, color=f"C{index}")
    axes.plot([], [], "--", lw=1, color="0.4", label="published")
    deviations = errors["deviation"].unique()
    axes.set(
        xscale="log",
        xlabel="standard deviation of the first weights",
        ylabel="error",
        xticks=deviations,
        xticklabels=[f"{deviation:g}" for deviation in deviations],
    )
    axes.minorticks_off()
    axes.legend(frameon=False)
    save_figure(figure, errors, svg)


if __name__ == "__main__":
    run(plot_figure1a)
