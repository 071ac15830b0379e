"""The Hessian at a global minimum without a student to spare (Theorem 3)."""

from replication.run import run, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.population import hessian
from landscape.seeds import generator
from replication.settings import Distinct

CONSTANT = 0.25 - 1 / (2 * np.pi)


def check_strong_convexity(
    teachers: Distinct[Annotated[int, Ge(2)]], seed: int, table: Path
) -> None:
    """Write the smallest eigenvalue of the Hessian at the teacher, beside the theorem's constant.

    Parameters
    ----------
    teachers
        Numbers k of teachers, and n = k of students.
    seed
        Root seed.
    table
        The .csv table with a row for each k.
    """
    rows = []
    for k in teachers:
        V = np.eye(k)
        # A minimum is the teacher in any order of units.
        W = V[generator(seed, "safran2020", "order", k).permutation(k)]
        least = float(np.linalg.eigvalsh(hessian(W, V))[0])
        rows.append(
            {
                "k": k,
                "eigenvalue": least,
                "constant": CONSTANT,
                "excess": least - CONSTANT,
                "distance": abs(least - CONSTANT),
                # The printed equation (2) lacks the 1/2, which doubles the Hessian.
                "excess_without_half": 2 * least - CONSTANT,
            }
        )
    write_table(pd.DataFrame(rows), table)


if __name__ == "__main__":
    run(check_strong_convexity)
