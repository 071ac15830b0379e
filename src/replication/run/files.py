"""Files that are whole or absent."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# Every file that this process has put in place, in the order of writing.
WRITTEN: list[Path] = []


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, renamed to `path` when the block ends without error.

    The temporary name keeps the suffix of `path`, so that writers which choose a format by suffix
    work. Whatever stops the block, `path` is either what it was before or the whole new file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
        WRITTEN.append(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_table(table: "pd.DataFrame", path: Path) -> None:
    """Write a table as CSV in full precision; `replication.show.tables` prints it for readers.

    Parameters
    ----------
    table : DataFrame
        Rows and columns in the order in which they are to appear.
    path : Path
        The ``.csv`` file.
    """
    with atomic(path) as temporary:
        table.to_csv(temporary, index=False)
