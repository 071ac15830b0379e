"""Check Corollary 2, by which s_m(D)² is of order m when n and d are of order m^β."""

from replication.run import Published, run, track, write_table

from math import ceil
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, Gt, Le, MinLen

from landscape import sphere
from landscape.diversity.kernels import kernel_eigenvalues
from landscape.relu import extended_feature_gram, smallest_eigenvalue
from landscape.seeds import generator
from landscape.statistics import log_slope_interval, mean_interval
from replication.settings import Count, Distinct, Positive


def check_corollary2(
    samples: Annotated[Distinct[Annotated[int, Ge(2)]], MinLen(3)],
    beta: Annotated[float, Gt(0), Le(1)],
    factor: Positive,
    wide_samples: Annotated[Distinct[Annotated[int, Ge(2)]], MinLen(3)],
    wide_factor: Positive,
    draws: Count,
    seed: int,
    published: Path,
    table: Path,
    slopes: Path,
) -> None:
    """Measure how the least singular value grows with the number of samples, and how γ_m falls.

    Parameters
    ----------
    samples
        Numbers m of samples; three or more, for a slope.
    beta
        The exponent β of the corollary.
    factor
        Both n and d are this times m^β, rounded up.
    wide_samples, wide_factor
        Numbers of samples and a factor so large that d exceeds each of them. There γ_m falls no
        faster than 1/d, as the corollary presupposes.
    draws
        Independent draws of samples and uniform units for each m.
    seed
        Root seed.
    published
        The published numbers, config/xie2017/published.yaml.
    table
        The .csv table with one row for each factor and m.
    slopes
        The .csv table of slopes in log-log coordinates, for each factor.
    """
    values = []
    sizes = [(factor, m) for m in samples] + [(wide_factor, m) for m in wide_samples]
    for times, m in track(sizes, "numbers of samples"):
        n = d = ceil(times * m**beta)
        for draw in range(draws):
            rng = generator(seed, "xie2017", "corollary2", m, draw)
            gram = extended_feature_gram(sphere.uniform(rng, m, d), sphere.uniform(rng, n, d))
            square = smallest_eigenvalue(gram)
            values.append(
                {
                    "factor": times,
                    "m": m,
                    "n": n,
                    "s_m_squared": square,
                    "per_unit": square / n,
                    "per_sample": square / m,
                    "gamma_m": float(kernel_eigenvalues(d, m)[-1]),
                    # The mean of all squared singular values is at least the last.
                    "mean_square": np.trace(gram) / m,
                    "mean_square_per_unit": np.trace(gram) / m / n,
                }
            )
    every = pd.DataFrame(values)
    rows = []
    for times, m in sizes:
        group = every[(every["factor"] == times) & (every["m"] == m)]
        n = int(group["n"].iloc[0])
        row: dict[str, float] = {"factor": times, "m": m, "n": n, "d": n, "runs": len(group)}
        for measure in ("s_m_squared", "per_unit", "per_sample"):
            row |= mean_interval(group[measure]).columns(measure)
        means = ("gamma_m", "mean_square", "mean_square_per_unit")
        rows.append(row | {name: group[name].mean() for name in means})
    write_table(pd.DataFrame(rows), table)

    claimed = Published(published).value("corollary2_slope")
    fits = []
    for times in (factor, wide_factor):
        group = every[every["factor"] == times]
        for of, against, expected in (
            ("s_m_squared", "m", claimed),
            ("s_m_squared", "n", np.nan),
            # β is defined by γ_m = Ω(m^-β).
            ("gamma_m", "m", -beta),
        ):
            points = group.drop_duplicates("m") if of == "gamma_m" else group
            fit = log_slope_interval(points[against], points[of])
            fits.append(
                {
                    "factor": times,
                    "of": of,
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
