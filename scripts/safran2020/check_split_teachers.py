"""The loss near a global minimum with one student to spare (Theorems 4, 7 and 9)."""

from replication.run import run, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.population import gradient, hessian, loss
from replication.settings import Distinct, Positive


def check_split_teachers(
    teachers: Distinct[Annotated[int, Ge(2)]], distances: Distinct[Positive], table: Path
) -> None:
    """Write what happens where the halves of a split teacher are moved, together or apart.

    Parameters
    ----------
    teachers
        Numbers k of teachers; there are n = k + 1 students.
    distances
        How far each half is moved.
    table
        The .csv table with a row for each k and distance.
    """
    rows = []
    for k in teachers:
        V = np.eye(k)
        for distance in sorted(distances, reverse=True):
            # Both halves of the first teacher, moved together or apart, along the second.
            together = np.vstack([V[:1] / 2, V[:1] / 2, V[1:]])
            together[:2, 1] += distance
            apart = np.vstack([V[:1] / 2, V[:1] / 2, V[1:]])
            move = np.zeros_like(apart)
            move[0, 1], move[1, 1] = distance, -distance
            apart += move
            slope = gradient(apart, V)
            least = float(np.linalg.eigvalsh(hessian(together, V))[0])
            rows.append(
                {
                    "k": k,
                    "n": k + 1,
                    "distance": distance,
                    "eigenvalue": least,
                    "eigenvalue_by_distance": least / distance,
                    "convexity": float((slope * move).sum() / (move**2).sum()),
                    "gradient_by_loss": float((slope**2).sum() / (2 * float(loss(apart, V)))),
                }
            )
    write_table(pd.DataFrame(rows), table)


if __name__ == "__main__":
    run(check_split_teachers)
