"""Which classes of minima are proved, one by one and by numbers of teachers and students."""

from replication.run import InputError, run, write_table

from pathlib import Path

import pandas as pd

from landscape.spurious import read_searches
from replication.settings import Count, Distinct, Natural


def tabulate_proofs(
    proofs: list[Path],
    teachers: Distinct[Count],
    larger: Distinct[Count],
    surplus: Distinct[Natural],
    table: Path,
    proved: Path,
) -> None:
    """Write a row for each class, and one for each pair (k, n).

    Parameters
    ----------
    proofs
        The .parquet files of `certify_minima`, one for each k.
    teachers, surplus
        The pairs (k, k + surplus) in which minima were looked for,
    larger
        and k for which only n = k was.
    table
        The .csv table with a row for each class.
    proved
        The .csv table with the number of classes found and proved for each (k, n).
    """
    every = read_searches(proofs)
    if every.empty:
        raise InputError(
            f"{proofs[0].parent}: no class of minima to certify; run more often or for larger k"
        )
    write_table(every, table)
    counts = []
    pairs = [(k, k + more) for more in surplus for k in teachers] + [(k, k) for k in larger]
    for k, n in sorted(pairs, key=lambda pair: (pair[1] - pair[0], pair[0])):
        here = every[(every["k"] == k) & (every["n"] == n)]
        counts.append(
            {
                "k": k,
                "n": n,
                "surplus": n - k,
                "classes": len(here),
                "proved": int(here["proved"].sum()),
                "least_eigenvalue": here["min_eigenvalue_low"].min(),
            }
        )
    write_table(pd.DataFrame(counts), proved)


if __name__ == "__main__":
    run(tabulate_proofs)
