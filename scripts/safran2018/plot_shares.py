"""Draw the share of runs that miss the global minimum against the number of teachers."""

from replication.run import run

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.ticker import MaxNLocator

from replication.show.figures import save_figure, use_style


def plot_shares(table: Path, svg: Path) -> None:
    """Draw our shares with Wilson intervals and the published ones, for each n - k.

    Parameters
    ----------
    table
        The .csv table table1.
    svg
        The drawing; .pdf, .png and the .csv of the plotted data are written beside it.
    """
    use_style()
    columns = ["k", "n", "surplus", "share", "share_low", "share_high", "published_share"]
    shares = pd.read_csv(table)[columns]
    # Beyond the published k a few runs look for minima to prove, too few for a share.
    published = shares["published_share"].notna()
    shares = shares[shares["k"] <= shares.loc[published, "k"].max()]
    figure, axes = plt.subplots(figsize=(5.2, 3.4))
    for index, (surplus, group) in enumerate(shares.groupby("surplus")):
        colour = f"C{index}"
        label = "n = k" if surplus == 0 else f"n = k + {surplus}"
        spread = [group["share"] - group["share_low"], group["share_high"] - group["share"]]
        # Rounding must not make an error bar negative.
        spread = [side.clip(lower=0) for side in spread]
        axes.errorbar(
            group["k"], group["share"], spread, fmt="o", ms=4, capsize=2, color=colour, label=label
        )
        axes.plot(group["k"], group["published_share"], "--", lw=1, color=colour)
    axes.plot([], [], "--", lw=1, color="0.4", label="published")
    axes.set(xlabel="teachers k", ylabel="share of runs with a spurious end", ylim=(-0.03, 1.03))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)
    save_figure(figure, shares, svg)


if __name__ == "__main__":
    run(plot_shares)
