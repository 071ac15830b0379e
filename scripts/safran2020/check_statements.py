"""The Hessian at global minima, without and with a student to spare (Theorems 3, 4, 7 and 9)."""

from replication.run import run, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.population import gradient, hessian, loss
from landscape.seeds import generator

CONSTANT = 0.25 - 1 / (2 * np.pi)


def check_statements(
    teachers: list[int], distances: list[float], seed: int, theorem3: Path, theorem4: Path
) -> None:
    """Write the smallest eigenvalue at the teacher, and what happens near a split teacher.

    Parameters
    ----------
    teachers
        Numbers k of teachers.
    distances
        How far the two halves of a split teacher are moved.
    seed
        Root seed.
    theorem3
        The .csv table with a row for each k, n = k.
    theorem4
        The .csv table with a row for each k and distance, n = k + 1.
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
    write_table(pd.DataFrame(rows), theorem3)

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
    write_table(pd.DataFrame(rows), theorem4)


if __name__ == "__main__":
    run(check_statements)
