"""Gaussian matrices: how often they have spikes, and whether their rows are vertices."""

from replication.run import InputError, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.convex.spikes import has_single_spike, single_spikes, vertex_units
from landscape.seeds import generator
from landscape.statistics import wilson_interval
from replication.settings import Count, Distinct

# A spike is found if it is longer than one by more than rounding.
ROUNDING = 1e-12


def check_random_rows(
    rows: Distinct[Annotated[int, Ge(2)]],
    inputs: Distinct[Count],
    draws: Count,
    vertex_rows: Distinct[Annotated[int, Ge(3)]],
    vertex_draws: Count,
    seed: int,
    spikes: Path,
    vertices: Path,
) -> None:
    """Draw matrices and look for what Theorems 5, 6 and 7 say of them.

    Parameters
    ----------
    rows, inputs
        Numbers n of rows and d of columns, all pairs of them with n <= d, in which spikes of units
        that see one row are looked for.
    draws
        Matrices for each pair.
    vertex_rows
        Numbers n of rows that may be vertices of their convex hull, for d = n - 1, and for the
        least d above 2 n log(n - 1).
    vertex_draws
        Matrices for each of them.
    seed
        Root seed.
    spikes
        The .csv table with a row for each n and d of the former.
    vertices
        The .csv table with a row for each n and d of the latter.
    """
    if min(inputs) < max(rows):
        raise InputError(
            f"inputs: expected at least as many as rows, {max(rows)}, got {min(inputs)}"
        )
    pairs = [(n, d) for n in rows for d in inputs]
    found = [_spikes(n, d, draws, seed) for n, d in track(pairs, "sizes")]
    write_table(pd.DataFrame(found), spikes)
    sizes = [(n, d) for n in vertex_rows for d in (n - 1, int(np.floor(2 * n * np.log(n - 1))) + 1)]
    seen = [_vertices(n, d, vertex_draws, seed) for n, d in track(sizes, "vertices")]
    write_table(pd.DataFrame(seen), vertices)


def _spikes(n: int, d: int, draws: int, seed: int) -> dict[str, float]:
    """Return how many matrices have a spike, and bounds of how long the longest is."""
    rng = generator(seed, "ergen2020", "random rows", "spikes", n, d)
    longest, most, with_spike = np.empty(draws), np.empty(draws), 0
    for draw in range(draws):
        # Spikes depend on the products of the rows; those of Gaussian rows are those of a
        # triangular matrix (Bartlett 1933).
        A = np.tril(rng.standard_normal((n, n)), -1)
        A[np.diag_indices(n)] = np.sqrt(rng.chisquare(d - np.arange(n)))
        with_spike += has_single_spike(A)
        longest[draw] = single_spikes(A).max()
        values = np.linalg.svd(A, compute_uv=False)
        most[draw] = values[0] / values[-1]
    share = wilson_interval(with_spike, draws)
    found = wilson_interval(int((longest > 1 + ROUNDING).sum()), draws)
    return {
        "rows": n,
        "inputs": d,
        "draws": draws,
        **share.columns("share"),
        **found.columns("found"),
        # Off the diagonal the inverse of the products of the rows must not be positive. As d grows,
        # each entry is so with probability one half, and independently of the others.
        "limit": 1 - 0.5 ** (n * (n - 1) / 2),
        "mean_longest": longest.mean(),
        # The ratio of the extreme singular values is an upper bound (Lemma 4).
        "mean_bound": most.mean(),
    }


def _vertices(n: int, d: int, draws: int, seed: int) -> dict[str, float]:
    """Return how many matrices have rows that are all vertices, and how well Lemma 7 fits."""
    rng = generator(seed, "ergen2020", "random rows", "vertices", n, d)
    good, misfits = 0, []
    for _ in range(draws):
        A, y = rng.standard_normal((n, d)), rng.standard_normal(n)
        units, biases = vertex_units(A)
        good += bool((np.linalg.norm(units, axis=1) > 0).all())
        activations = np.maximum(A @ units.T + biases, 0.0)
        w = np.linalg.lstsq(activations, y)[0]
        misfits.append(float(np.abs(activations @ w - y).max() / np.abs(y).max()))
    return {
        "rows": n,
        "inputs": d,
        "above_threshold": int(d > 2 * n * np.log(n - 1)),
        "draws": draws,
        "all_vertices": good,
        "others": draws - good,
        "largest_misfit": max(misfits),
    }


if __name__ == "__main__":
    run(check_random_rows)
