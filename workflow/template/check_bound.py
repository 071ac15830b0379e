"""A bound on the norm of a product, on random matrices."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.seeds import generator
from replication.settings import Count, Distinct


def check_bound(sizes: Distinct[Count], draws: Count, seed: int, table: Path) -> None:
    """Write the largest ratio of the Frobenius norm of A B to the bound, for each size.

    Parameters
    ----------
    sizes
        Sizes n of the matrices, (n, n).
    draws
        Independent draws for each size.
    seed
        Root seed.
    table
        The .csv table.
    """
    rows = []
    for n in track(sizes, "sizes"):
        rng = generator(seed, "$key", "bound", n)
        ratios = [ratio(*rng.standard_normal((2, n, n))) for _ in range(draws)]
        rows.append({"n": n, "ratio": max(ratios), "draw": int(np.argmax(ratios))})
    write_table(pd.DataFrame(rows), table)


def ratio(A: np.ndarray, B: np.ndarray) -> float:
    """Return the Frobenius norm of A B over the spectral norm of A times that of B."""
    return float(np.linalg.norm(A @ B) / (np.linalg.norm(A, 2) * np.linalg.norm(B)))


if __name__ == "__main__":
    run(check_bound)
