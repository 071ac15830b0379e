"""Check Theorem 1 where it is not asymptotic: s_m(D)² / n tends to λ_m(G) as units are added."""

from replication.run import run, track, write_table

from itertools import pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, MinLen

from landscape import sphere
from landscape.diversity.kernels import feature_kernel
from landscape.relu import smallest_eigenvalue, smallest_singular_value_squared
from landscape.seeds import generator
from landscape.statistics import mean_interval
from replication.settings import Count, Distinct


def check_theorem1(
    dimension: Annotated[int, Ge(2)],
    samples: Count,
    widths: Annotated[Distinct[Count], MinLen(2)],
    draws: Count,
    seed: int,
    table: Path,
    gains: Path,
) -> None:
    """Measure the least singular value of the extended features of uniform units.

    Parameters
    ----------
    dimension
        Dimension d of the inputs, which are uniform on the sphere.
    samples
        Number m of samples.
    widths
        Numbers n of units, ascending; two or more.
    draws
        Independent draws of samples; for each of them one draw of units a width.
    seed
        Root seed.
    table
        The .csv table with one row for each width.
    gains
        The .csv table of what each width has more than the one before, on the same samples.
    """
    limits: list[float] = []
    values: list[list[float]] = []
    for draw in track(range(draws), "draws of samples"):
        rng = generator(seed, "xie2017", "theorem1", "samples", draw)
        X = sphere.uniform(rng, samples, dimension)
        limits.append(smallest_eigenvalue(feature_kernel(np.clip(X @ X.T, -1, 1))))
        values.append([])
        for width in widths:
            rng = generator(seed, "xie2017", "theorem1", "units", draw, width)
            W = sphere.uniform(rng, width, dimension)
            values[-1].append(smallest_singular_value_squared(X, W))

    rows = []
    for n, squares in zip(widths, np.array(values).T, strict=True):
        measures = {
            "s_m_squared": squares,
            "per_unit": squares / n,
            "over_limit": squares / n / limits,
        }
        row = {"n": n, "d": dimension, "m": samples, "runs": draws, "limit": np.mean(limits)}
        for name, sample in measures.items():
            row |= mean_interval(sample).columns(name)
        rows.append(row)
    write_table(pd.DataFrame(rows), table)

    steps = []
    for (fewer, n), more in zip(pairwise(widths), np.diff(values).T, strict=True):
        steps.append(
            {"from_n": fewer, "to_n": n, "runs": draws} | mean_interval(more).columns("gain")
        )
    write_table(pd.DataFrame(steps), gains)


if __name__ == "__main__":
    run(check_theorem1)
