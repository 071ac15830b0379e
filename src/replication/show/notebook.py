"""What a paper's notebook needs: the tables, figures and verdicts of one run."""

from replication.run.watch import watch

import os
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
from IPython.display import SVG, Markdown, display

from replication.claims.ledger import interval_in_words
from replication.claims.verdicts import counts_in_words


class Results:
    """The results of one paper in one tier, shown in a notebook.

    Parameters
    ----------
    paper : str
        The citation key. The environment variable RESULTS names the folder of the results; without
        it they are those of the quick tier. If INPUTS is set, the notebook may read what it lists,
        and nothing else of the repository.
    """

    def __init__(self, paper: str) -> None:
        self.folder = Path(os.environ.get("RESULTS", f"results/quick/{paper}"))
        if "INPUTS" in os.environ:
            declared = map(Path, os.environ["INPUTS"].split(os.pathsep))
            self._watch = ExitStack()
            self._watch.enter_context(watch(declared))
        self.tier = self.folder.parent.name
        self._verdicts = pd.read_csv(self.folder / "verdicts.csv").set_index("claim")

    def table(self, name: str) -> pd.DataFrame:
        """Return a table with its full precision."""
        return pd.read_csv(self.folder / "tables" / f"{name}.csv")

    def show_table(self, name: str, columns: list[str] | None = None) -> None:
        """Display a table as printed, or some of its columns."""
        text = (self.folder / "tables" / f"{name}.md").read_text(encoding="utf-8")
        if columns is not None:
            cells = [line.strip("|").split("|") for line in text.splitlines()]
            names = [cell.strip() for cell in cells[0]]
            chosen = [names.index(column) for column in columns]
            text = "\n".join("|" + "|".join(row[i] for i in chosen) + "|" for row in cells)
        display(Markdown(text))  # type: ignore[no-untyped-call]

    def show_figure(self, name: str) -> None:
        """Display a figure."""
        display(SVG(self.folder / "figures" / f"{name}.svg"))  # type: ignore[no-untyped-call]

    def summary(self) -> str:
        """Return which run this is, and its verdicts counted by kind, in a sentence."""
        return f"This is the **{self.tier}** tier: {counts_in_words(self._verdicts)}."

    def claim(self, name: str) -> pd.Series:
        """Return the row of a claim in the table of verdicts."""
        return self._verdicts.loc[[name]].iloc[0]

    def show_claims(self, *places: str) -> None:
        """Display what was claimed, published and measured, and the verdicts.

        Parameters
        ----------
        *places : str
            Places in the paper, as the ledger has them; every claim if none is given.

        Raises
        ------
        KeyError
            If no claim stands at a place.
        """
        for place in places:
            if place not in set(self._verdicts["place"]):
                raise KeyError(place)
        rows = self._verdicts[self._verdicts["place"].isin(places or self._verdicts["place"])]
        lines = ["| Claim | Published | Measured | Criterion | Verdict |", "|---|---|---|---|---|"]
        for _, row in rows.iterrows():
            cells = [
                f"{row['place']}: {row['statement']}",
                "" if pd.isna(row["published"]) else row["published"],
                interval_in_words(row["measured"], row["low"], row["high"]),
                row["criterion"],
                f"**{row['verdict']}**",
            ]
            # A bar within a cell, such as that of a norm, would end the cell.
            escaped = [str(cell).replace("|", r"\|") for cell in cells]
            lines.append("| " + " | ".join(escaped) + " |")
        display(Markdown("\n".join(lines)))  # type: ignore[no-untyped-call]


def say(text: str) -> None:
    """Display prose with numbers in it, which an f-string took from the tables."""
    display(Markdown(text))  # type: ignore[no-untyped-call]
