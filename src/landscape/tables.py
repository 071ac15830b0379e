"""Tables as files: one set of numbers in three forms."""

from pathlib import Path

import pandas as pd

from landscape.files import atomic


def write_table(table: pd.DataFrame, path: Path, decimals: dict[str, str] | None = None) -> None:
    """Write a table as CSV (full precision), and as LaTeX and Markdown (as printed).

    Parameters
    ----------
    table : DataFrame
        Rows and columns in the order in which they are to appear.
    path : Path
        The ``.csv`` file; the others stand beside it with suffix ``.tex`` and ``.md``.
    decimals : dict of str to str, optional
        Column name to format specification, for example ``{"loss": ".2e"}``, in print; a column
        that is not named has four significant digits if it holds floats.
    """
    with atomic(path) as temporary:
        table.to_csv(temporary, index=False)
    printed = table.copy()
    for column in table.select_dtypes("float"):
        spec = (decimals or {}).get(str(column), ".4g")
        printed[column] = [_format(value, spec) for value in table[column]]
    with atomic(path.with_suffix(".md")) as temporary:
        temporary.write_text(
            printed.to_markdown(index=False, disable_numparse=True, stralign="right") + "\n"
        )
    with atomic(path.with_suffix(".tex")) as temporary:
        temporary.write_text(printed.to_latex(index=False, escape=True))


def _format(value: float, spec: str) -> str:
    return "" if pd.isna(value) else format(value, spec)
