"""The numbers that a paper published, each stored once: config/<key>/published.yaml.

An entry is one value or a table::

    slope:
      place: Figure 3
      had: digitised
      value: -0.89
    table3:
      place: Table 3 (supplement, Section G)
      had: printed
      unit: "%"
      columns: [n, arm, train, test]
      rows:
        - [200, plain, 0.94, 3.39]

`had` says how a number was come by: ``printed``, ``digitised`` from a figure, ``authors' data``,
``derived`` from printed ones, ``recalled`` without the text at hand, or a ``secondary summary`` by
others. What can be computed from other entries is not an entry. `unit` is one for all columns, or a
mapping of columns to units; `note` is free text.
"""

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from replication.errors import InputError
from replication.settings import load_yaml

if TYPE_CHECKING:
    import pandas as pd

HAD = ("printed", "digitised", "authors' data", "derived", "recalled", "secondary summary")
KEYS = {"place", "had", "unit", "note"}


class Published:
    """The published numbers of one paper.

    Parameters
    ----------
    path : Path
        The file, config/<key>/published.yaml.

    Raises
    ------
    InputError
        If the file is missing or malformed; one line with file and entry.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: dict[str, dict[str, Any]] = load_yaml(path) or {}
        for name, entry in self.entries.items():
            self._check(name, entry)

    def value(self, name: str) -> Any:
        """Return a single published value.

        Raises
        ------
        InputError
            If there is no such entry, or it is a table.
        """
        entry = self.entry(name)
        if "value" not in entry:
            raise InputError(f"{self.path}: {name}: a table, where one value is asked for")
        return entry["value"]

    def table(self, name: str) -> "pd.DataFrame":
        """Return a published table, its columns named as in the file.

        Raises
        ------
        InputError
            If there is no such entry, or it is a single value.
        """
        import pandas as pd

        entry = self.entry(name)
        if "rows" not in entry:
            raise InputError(f"{self.path}: {name}: a single value, where a table is asked for")
        return pd.DataFrame(entry["rows"], columns=entry["columns"])

    def entry(self, name: str) -> dict[str, Any]:
        """Return an entry as the file has it.

        Raises
        ------
        InputError
            If there is no such entry.
        """
        if name not in self.entries:
            near = difflib.get_close_matches(name, self.entries, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise InputError(f"{self.path}: {name}: no such published number{hint}")
        return self.entries[name]

    def _check(self, name: str, entry: object) -> None:
        place = f"{self.path}: {name}"
        if not isinstance(entry, dict):
            raise InputError(f"{place}: expected place, had, and value or columns and rows")
        keys = KEYS | ({"columns", "rows"} if "rows" in entry else {"value"})
        for key in entry:
            if key not in keys:
                raise InputError(f"{place}.{key}: unknown key; expected {', '.join(sorted(keys))}")
        for key in sorted(keys - {"unit", "note"}):
            if key not in entry:
                raise InputError(f"{place}.{key}: missing")
        if entry["had"] not in HAD:
            raise InputError(f"{place}.had: expected one of {', '.join(HAD)}, got {entry['had']!r}")
        for number, row in enumerate(entry.get("rows", [])):
            if len(row) != len(entry["columns"]):
                raise InputError(
                    f"{place}.rows.{number}: expected {len(entry['columns'])} values, got {row!r}"
                )
