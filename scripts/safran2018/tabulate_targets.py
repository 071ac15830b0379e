"""How often the minima are proved with more inputs, and for other teachers."""

from replication.run import InputError, run, write_table

from pathlib import Path

import pandas as pd


def tabulate_targets(proofs: list[Path], table: Path) -> None:
    """Write a row for each k and kind of teachers.

    Parameters
    ----------
    proofs
        The .parquet files of `certify_targets`, one for each k.
    table
        The .csv table, with the numbers of draws that are proved and that are not.
    """
    every = pd.concat([pd.read_parquet(path) for path in proofs], ignore_index=True)
    if every.empty:
        raise InputError(f"{proofs[0].parent}: no minimum to certify; run more often")
    rows = []
    for (kind, k), group in every.groupby(["teachers", "k"]):
        proved = int(group["proved"].sum())
        rows.append(
            {
                "teachers": kind,
                "k": k,
                "inputs": group["inputs"].iloc[0],
                "draws": len(group),
                "proved": proved,
                "unproved": len(group) - proved,
                "largest_product": group["largest_product"].max(),
                "least_loss": group["loss_low"].min(),
                "least_eigenvalue": group["min_eigenvalue_low"].min(),
            }
        )
    write_table(pd.DataFrame(rows), table)


if __name__ == "__main__":
    run(tabulate_targets)
