"""Check Lemma 6, by which λ_m(G) >= m γ_m / 2, and what its probability is worth."""

from replication.run import run, track, write_table

from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape import sphere
from landscape.diversity.kernels import feature_kernel, kernel_eigenvalues
from landscape.relu import smallest_eigenvalue
from landscape.seeds import generator
from landscape.statistics import mean_interval
from replication.settings import Count, Distinct


def check_lemma6(
    dimensions: Distinct[Annotated[int, Ge(2)]],
    samples: Distinct[Annotated[int, Ge(2)]],
    draws: Count,
    seed: int,
    table: Path,
) -> None:
    """Measure the least eigenvalue of the ideal Gram matrix G in units of m γ_m / 2.

    For each dimension the number of samples at which the eigenvalues of degree 2 end is added, if
    it is not above all others: m γ_m has a peak there.

    Parameters
    ----------
    dimensions
        Dimensions d of the inputs, which are uniform on the sphere.
    samples
        Numbers m of samples.
    draws
        Independent draws of samples for each setting.
    seed
        Root seed.
    table
        The .csv table.
    """
    ends = {d: 1 + d + (d + 2) * (d - 1) // 2 for d in dimensions}
    settings = sorted(
        set(product(dimensions, samples))
        | {(d, end) for d, end in ends.items() if end <= max(samples)}
    )
    rows = []
    for d, m in track(settings, "settings"):
        gamma = float(kernel_eigenvalues(d, m)[-1])
        ratios, pairs = [], []
        for draw in range(draws):
            rng = generator(seed, "xie2017", "lemma6", d, m, draw)
            G = feature_kernel(np.clip((X := sphere.uniform(rng, m, d)) @ X.T, -1, 1))
            ratios.append(smallest_eigenvalue(G) / (m * gamma / 2))
            np.fill_diagonal(G, 0)
            # The test vector (e_i - e_j) / sqrt(2) for the closest pair bounds λ_m(G).
            pairs.append((0.5 - G.max()) / (m * gamma / 2))
        rows.append(
            {
                "d": d,
                "m": m,
                "ends_degree_2": m == ends[d],
                "runs": draws,
                "half_m_gamma": m * gamma / 2,
                **mean_interval(ratios).columns("ratio"),
                "smallest_ratio": min(ratios),
                "share_holding": np.mean(np.array(ratios) >= 1),
                "closest_pair_ratio": np.mean(pairs),
                # What the lemma allows to fail, and the supplement's Lemma 10 with c_g = 1/2.
                "printed_failure": m * np.exp(-m * gamma / 8),
                "supplement_failure": m * np.exp(-m * gamma / 4),
                # Neither can be less than this, because m γ_m <= 1/2.
                "least_possible_failure": m * np.exp(-1 / 8),
            }
        )
    write_table(pd.DataFrame(rows), table)


if __name__ == "__main__":
    run(check_lemma6)
