"""Figures as files: the drawing in three formats, and exactly what it plots."""

from replication.run import atomic

from pathlib import Path

import matplotlib
import pandas as pd
from cycler import cycler
from matplotlib.figure import Figure

from replication.show.style import PALETTE, THEME

# Text stays text in SVG and PDF, and the ids of SVG elements do not change from run to run.
FILES = {
    "svg.fonttype": "none",
    "svg.hashsalt": "replication",
    "pdf.fonttype": 42,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 150,
}
# Without a creation date the same figure is the same bytes.
UNDATED = {"pdf": {"CreationDate": None}, "svg": {"Date": None}, "png": {}}


def use_style() -> None:
    """Set the look that all figures share, whatever the user's own; a plotting step begins so."""
    matplotlib.rcdefaults()
    matplotlib.use("agg")
    matplotlib.rcParams.update(THEME | FILES | {"axes.prop_cycle": cycler(color=PALETTE)})


def save_figure(figure: Figure, plotted: pd.DataFrame, path: Path) -> None:
    """Write a figure as PDF, SVG and PNG, and the data that it plots as CSV.

    Parameters
    ----------
    figure : Figure
        The drawing.
    plotted : DataFrame
        Every point that is drawn.
    path : Path
        The ``.svg`` file; the others stand beside it with their own suffixes.
    """
    with atomic(path.with_suffix(".csv")) as temporary:
        plotted.to_csv(temporary, index=False)
    if (layout := figure.get_layout_engine()) is not None:  # once, not for each format anew
        layout.execute(figure)
        figure.set_layout_engine("none")
    for suffix, metadata in UNDATED.items():
        with atomic(path.with_suffix(f".{suffix}")) as temporary:
            figure.savefig(temporary, metadata=metadata)
