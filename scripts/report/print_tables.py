"""Print a paper's tables for readers, and list all that the paper rebuilds."""

from replication.run import atomic, run

from pathlib import Path

import pandas as pd

from replication.show.tables import print_table


def print_tables(
    tables: list[Path],
    markdown: list[Path],
    latex: list[Path],
    contents: Path,
    names: list[str],
    labels: list[str],
    captions: list[str],
) -> None:
    """Write each table as Markdown and LaTeX beside its CSV, and a table of contents.

    Parameters
    ----------
    tables
        The paper's .csv tables.
    markdown, latex
        The printed forms, .md and .tex, in the same order.
    contents
        The .csv table of contents: a row for each table and figure.
    names, labels, captions
        What it says of each: tables/<name> or figures/<name>, a few words, and a few sentences.
    """
    for path, *printed in zip(tables, markdown, latex, strict=True):
        print_table(path, *printed)
    listed = pd.DataFrame({"name": names, "label": labels, "caption": captions})
    with atomic(contents) as temporary:
        listed.to_csv(temporary, index=False)


if __name__ == "__main__":
    run(print_tables)
