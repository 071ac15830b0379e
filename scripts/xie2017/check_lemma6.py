"""Check Lemma 6, by which λ_m(G) >= m γ_m / 2, and what its probability is worth."""

from replication.run import run, track, write_table

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from landscape import sphere
from landscape.diversity.kernels import feature_kernel, kernel_eigenvalues
from landscape.relu import smallest_eigenvalue
from landscape.seeds import generator
from landscape.statistics import mean_interval


def check_lemma6(
    dimensions: list[int], samples: list[int], draws: int, seed: int, output: Path
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
    output
        The .csv table; .tex and .md are written beside it.
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
    write_table(pd.DataFrame(rows), output)


if __name__ == "__main__":
    run(check_lemma6)
