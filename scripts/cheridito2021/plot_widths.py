"""Draw how often all neurons die."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE


def plot_widths(widths: Path, svg: Path) -> None:
    """Draw the shares of runs that end on the highest level, by width.

    Parameters
    ----------
    widths
        The .csv table of that name.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    shares = pd.read_csv(widths)
    figure, axes = plt.subplots(figsize=(4.6, 3.2))
    blue, orange, green = PALETTE[:3]
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
    expected = relu["dead_at_start_expected"]
    axes.plot(relu["neurons"], expected, "--", color=orange, lw=1, label="expected, (3/8)^N")
    axes.set(xlabel="neurons N", ylabel="share of runs", xticks=relu["neurons"])
    axes.legend(frameon=False)
    save_figure(figure, shares, svg)


if __name__ == "__main__":
    run(plot_widths)
