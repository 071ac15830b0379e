"""Data on a line: kinks at samples attain a lower bound for all networks, others gain nothing."""

from replication.run import run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.convex import solve_one_dimensional
from landscape.seeds import generator
from replication.settings import Count, Positive, Several


def check_kinks(
    samples: Several[Annotated[int, Ge(2)]],
    strengths: Several[Positive],
    other_kinks: Count,
    seed: int,
    line: Path,
) -> None:
    """Hold the lasso over kinks at samples against its bound, and a lasso with further kinks.

    Parameters
    ----------
    samples, strengths
        Numbers of samples and strengths β, all pairs of them; data are Gaussian.
    other_kinks
        Number of places off the data where units may bend, too, in the second program.
    seed
        Root seed.
    line
        The .csv table with a row for each number of samples and strength.
    """
    rows = []
    for m in track(samples, "numbers of samples"):
        for beta in strengths:
            rng = generator(seed, "ergen2020", "line", m)
            x, y = rng.standard_normal(m), rng.standard_normal(m)
            solution = solve_one_dimensional(x, y, beta)
            others = rng.uniform(x.min(), x.max(), other_kinks)
            more = solve_one_dimensional(x, y, beta, kinks=np.concatenate([x, others]))
            rows.append(
                {
                    "samples": m,
                    "beta": beta,
                    "value": solution.value,
                    "dual_bound": solution.dual_bound,
                    "relative_gap": 1 - solution.dual_bound / solution.value,
                    "with_other_kinks": more.value,
                    "gain": 1 - more.value / solution.value,
                }
            )
    write_table(pd.DataFrame(rows), line)


if __name__ == "__main__":
    run(check_kinks)
