"""The Hessian at global minima without a student to spare (Theorem 3), and the loss it is of."""

from replication.run import run, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.population import gradient, hessian
from landscape.seeds import generator
from landscape.statistics import mean_interval
from replication.settings import Distinct, Natural

CONSTANT = 0.25 - 1 / (2 * np.pi)
# Inputs of a Monte Carlo estimate are drawn so many at a time.
BATCH = 100_000


def check_strong_convexity(
    teachers: Distinct[Annotated[int, Ge(2)]],
    more_inputs: Distinct[Natural],
    inputs_drawn: Annotated[int, Ge(2)],
    seed: int,
    theorem3: Path,
    equation2: Path,
) -> None:
    """Write the smallest eigenvalue at global minima, and twice what equation (2) gives of them.

    Parameters
    ----------
    teachers
        Numbers k of teachers, and n = k of students.
    more_inputs
        How many inputs there are more than teachers, d = k + that.
    inputs_drawn
        Inputs of each Monte Carlo estimate.
    seed
        Root seed.
    theorem3
        The .csv table with a row for each k and d.
    equation2
        The .csv table with a row for each k and derivative: what is estimated from the loss as
        equation (2) prints it, divided by the closed form that the paper states for it.
    """
    rows, ratios = [], []
    for k in teachers:
        for more in more_inputs:
            d = k + more
            rng = generator(seed, "safran2020", "teachers", k, d)
            V = np.linalg.qr(rng.standard_normal((d, k)))[0].T
            # A minimum is the teacher in any order of units.
            curvature = hessian(V[rng.permutation(k)], V)
            # Along this direction the bound is attained, as the matrices of its proof show.
            move = np.zeros((k, d))
            move[:2] = (V[0] + V[1]) / 2 * np.array([[1], [-1]])
            quotient = float(move.ravel() @ hessian(V, V) @ move.ravel())
            least = float(np.linalg.eigvalsh(curvature)[0])
            rows.append(
                {
                    "k": k,
                    "d": d,
                    "eigenvalue": least,
                    "constant": CONSTANT,
                    "excess": least - CONSTANT,
                    "along_direction": quotient,
                    "excess_along_direction": quotient - CONSTANT,
                }
            )
        ratios += _printed_by_stated(k, inputs_drawn, seed)
    write_table(pd.DataFrame(rows), theorem3)
    write_table(pd.DataFrame(ratios), equation2)


def _printed_by_stated(k: int, count: int, seed: int) -> list[dict[str, str | float]]:
    """Estimate derivatives of E (N(x) - T(x))^2 and divide them by formulae (10) and (5).

    The slope is taken at a random network along a random direction; the curvature at the teacher,
    where the residual is zero and the second derivative is 2 E (dN)^2.
    """
    rng = generator(seed, "safran2020", "equation 2", k)
    V = np.eye(k)
    W, move = rng.standard_normal((2, k, k))
    stated = {
        "slope": float((gradient(W, V) * move).sum()),
        "curvature": float(move.ravel() @ hessian(V, V) @ move.ravel()),
    }
    samples: dict[str, list[np.ndarray]] = {name: [] for name in stated}
    for start in range(0, count, BATCH):
        x = rng.standard_normal((min(BATCH, count - start), k))
        z, target = x @ W.T, x @ V.T
        residual = np.maximum(z, 0).sum(axis=1) - np.maximum(target, 0).sum(axis=1)
        moved = x @ move.T
        samples["slope"].append(2 * residual * ((z > 0) * moved).sum(axis=1))
        samples["curvature"].append(2 * ((target > 0) * moved).sum(axis=1) ** 2)
    return [
        {
            "k": k,
            "derivative": name,
            "inputs": count,
            "stated": value,
            **mean_interval(np.concatenate(samples[name]) / value).columns("printed_by_stated"),
        }
        for name, value in stated.items()
    ]


if __name__ == "__main__":
    run(check_strong_convexity)
