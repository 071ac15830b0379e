"""Tables as readers see them: what a step wrote as CSV, printed for a text and for a paper."""

from replication.run.files import atomic

from pathlib import Path

import pandas as pd


def print_table(path: Path, markdown: Path, latex: Path) -> None:
    """Print a table as Markdown and as LaTeX, floats with four significant digits.

    Parameters
    ----------
    path : Path
        The ``.csv`` file.
    markdown, latex : Path
        The printed forms, ``.md`` and ``.tex``.
    """
    table = pd.read_csv(path)
    printed = table.copy()
    for column in table.select_dtypes("float"):
        printed[column] = ["" if pd.isna(value) else f"{value:.4g}" for value in table[column]]
    with atomic(markdown) as temporary:
        temporary.write_text(
            printed.to_markdown(index=False, disable_numparse=True, stralign="right") + "\n",
            encoding="utf-8",
        )
    with atomic(latex) as temporary:
        temporary.write_text(printed.to_latex(index=False, escape=True), encoding="utf-8")
