"""Check Corollary 2, by which s_m(D)² is of order m when n and d are of order m^β."""

from replication.run import run, track, write_table

from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd

from landscape import sphere
from landscape.relu import extended_feature_gram, smallest_eigenvalue
from landscape.seeds import generator
from landscape.statistics import log_slope_interval, mean_interval


def check_corollary2(
    samples: list[int],
    beta: float,
    factor: float,
    draws: int,
    seed: int,
    table: Path,
    slopes: Path,
) -> None:
    """Measure how the least singular value grows with the number of samples.

    Parameters
    ----------
    samples
        Numbers m of samples, three or more.
    beta
        The exponent β of the corollary.
    factor
        Both n and d are this times m^β, rounded up.
    draws
        Independent draws of samples and uniform units for each m.
    seed
        Root seed.
    table
        The .csv table with one row for each m.
    slopes
        The .csv table of slopes in log-log coordinates.
    """
    values = []
    for m in track(samples, "numbers of samples"):
        n = d = ceil(factor * m**beta)
        for draw in range(draws):
            rng = generator(seed, "xie2017", "corollary2", m, draw)
            gram = extended_feature_gram(sphere.uniform(rng, m, d), sphere.uniform(rng, n, d))
            square = smallest_eigenvalue(gram)
            values.append(
                {
                    "m": m,
                    "n": n,
                    "s_m_squared": square,
                    "per_unit": square / n,
                    "per_sample": square / m,
                    # The mean of all squared singular values is at least the last.
                    "mean_square": np.trace(gram) / m,
                }
            )
    every = pd.DataFrame(values)
    rows = []
    for m in samples:
        group = every[every["m"] == m]
        n = int(group["n"].iloc[0])
        row: dict[str, float] = {"m": m, "n": n, "d": n, "runs": len(group)}
        for measure in ("s_m_squared", "per_unit", "per_sample"):
            row |= mean_interval(group[measure]).columns(measure)
        rows.append(row | {"mean_square": group["mean_square"].mean()})
    write_table(pd.DataFrame(rows), table)

    fits = []
    for against, expected in (("m", 1.0), ("n", np.nan)):
        fit = log_slope_interval(every[against], every["s_m_squared"])
        fits.append(
            {
                "of": "s_m_squared",
                "against": against,
                "slope": fit.value,
                "low": fit.low,
                "high": fit.high,
                "points": fit.runs,
                "published": expected,
            }
        )
    write_table(pd.DataFrame(fits), slopes)


if __name__ == "__main__":
    run(check_corollary2)
