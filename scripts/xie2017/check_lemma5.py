"""Check whether the bound of Lemma 5, or the exact perturbation bound behind it, is positive."""

from replication.run import InputError, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge
from scipy.sparse.linalg import eigsh

from landscape import sphere
from landscape.diversity import bound_terms, l2_discrepancy_squared, linf_discrepancy_lower_bound
from landscape.diversity.kernels import feature_kernel, kernel_eigenvalues
from landscape.relu import extended_feature_gram, smallest_eigenvalue
from landscape.seeds import generator
from replication.settings import Count, Probability, Several


def check_lemma5(
    widths: Several[Count],
    dimensions: Several[Annotated[int, Ge(2)]],
    samples: Several[Annotated[int, Ge(2)]],
    draws: Count,
    delta: Probability,
    seed: int,
    table: Path,
) -> None:
    """Compare what is subtracted with what it is subtracted from.

    Parameters
    ----------
    widths, dimensions, samples
        The numbers n, d and m of each setting; three lists of the same length.
    draws
        Independent draws of samples and uniform units for each setting.
    delta
        The probability δ with which the bound may fail.
    seed
        Root seed.
    table
        The .csv table with one row for each draw.
    """
    if not len(widths) == len(dimensions) == len(samples):
        raise InputError(
            "widths, dimensions, samples: expected lists of one length, got "
            f"{len(widths)}, {len(dimensions)} and {len(samples)}"
        )
    settings = [
        (n, d, m, draw)
        for n, d, m in zip(widths, dimensions, samples, strict=True)
        for draw in range(draws)
    ]
    rows = []
    for n, d, m, draw in track(settings, "draws"):
        rng = generator(seed, "xie2017", "lemma5", n, d, m, draw)
        X, W = sphere.uniform(rng, m, d), sphere.uniform(rng, n, d)
        ideal = feature_kernel(np.clip(X @ X.T, -1, 1))
        actual = extended_feature_gram(X, W) / n
        l2 = np.sqrt(l2_discrepancy_squared(W))
        # L_∞ itself has no closed form; with less than it, the bound looks better than it is.
        linf = linf_discrepancy_lower_bound(W, X)
        terms = bound_terms(m, d, delta, l2, linf)
        half_m_gamma = m * float(kernel_eigenvalues(d, m)[-1]) / 2
        start = np.random.default_rng(0).standard_normal(m)
        (extreme,) = eigsh(actual - ideal, k=1, v0=start, return_eigenvectors=False)
        lambda_ideal = smallest_eigenvalue(ideal)
        rows.append(
            {
                "n": n,
                "d": d,
                "m": m,
                "draw": draw,
                "l2": l2,
                "linf_at_least": linf,
                "rho_1": terms.fluctuation,
                "rho_2": terms.fluctuation_range,
                "rho_3": terms.mean,
                "rho_4": terms.diagonal,
                "rho": terms.total,
                "half_m_gamma": half_m_gamma,
                "lemma_bound": half_m_gamma - terms.total,
                "lambda_ideal": lambda_ideal,
                "distance": abs(extreme),
                "weyl_bound": lambda_ideal - abs(extreme),
                "lambda_actual": (lambda_actual := smallest_eigenvalue(actual)),
                "slack": lambda_actual - (half_m_gamma - terms.total),
                # The constant c of the lemma below which its bound would be positive here.
                "constant_needed": half_m_gamma / terms.total,
            }
        )
    write_table(pd.DataFrame(rows), table)


if __name__ == "__main__":
    run(check_lemma5)
