import matplotlib.pyplot as plt
import pandas as pd

from replication.show.figures import save_figure, use_style
from replication.show.style import PALETTE, THEME


def test_the_same_figure_is_the_same_bytes(tmp_path):
    plotted = pd.DataFrame({"x": [1, 2], "y": [3.0, 4.5]})
    written = []
    for name in ("a", "b"):
        use_style()
        figure, axes = plt.subplots()
        axes.plot(plotted["x"], plotted["y"], label="line")
        axes.legend()
        save_figure(figure, plotted, tmp_path / name / "f.svg")
        plt.close(figure)
        files = sorted((tmp_path / name).iterdir())
        assert [file.suffix for file in files] == [".csv", ".pdf", ".png", ".svg"]
        written.append([file.read_bytes() for file in files])
    assert written[0] == written[1]


def test_the_look_is_that_of_seaborn():
    import seaborn as sns

    theme = {**sns.plotting_context("paper"), **sns.axes_style("ticks")}
    # Colour maps are named where they are used.
    ours = {"axes.spines.top", "axes.spines.right", "image.cmap"}
    assert {key: THEME[key] for key in theme.keys() - ours} == {
        key: value for key, value in theme.items() if key not in ours
    }
    assert [colour.upper() for colour in sns.color_palette("colorblind").as_hex()] == PALETTE
