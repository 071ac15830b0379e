"""Spike-free data: the program with two units, one of each sign, against that with all."""

from replication.run import run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, Le

from landscape.convex import solve_restricted, solve_two_layer
from landscape.seeds import generator
from replication.settings import Count, Positive, Several


def check_spike_free(
    samples: Annotated[int, Ge(2), Le(8)],
    inputs: Annotated[int, Ge(2)],
    strengths: Several[Positive],
    units: Count,
    seed: int,
    spike_free: Path,
) -> None:
    """Compare both programs on data that are spike-free and on data that are not.

    X is spike-free if each relu(X u) with |u| <= 1 is X w for some |w| <= 1 (Theorem 4, as
    recalled). Rows that are orthogonal are: the shortest w has the squares of the positive
    coordinates of u along the rows. So are non-negative multiples of one row.

    Parameters
    ----------
    samples, inputs
        Size of the data, at least as many inputs as samples; all 2^samples patterns are enumerated.
    strengths
        Strengths β for each data set.
    units
        Number of Gaussian units that look for a spike.
    seed
        Root seed.
    spike_free
        The .csv table with a row for each data set and strength.
    """
    rng = generator(seed, "ergen2020", "spike free")
    white = np.linalg.qr(rng.standard_normal((inputs, samples)))[0].T
    lengths = rng.uniform(0.2, 2.0, samples)
    gaussian = rng.standard_normal((samples, inputs))
    sets = {
        "whitened": white,
        "orthogonal rows": lengths[:, None] * white,
        "rank one, non-negative": np.outer(lengths, white[0]),
        "Gaussian": gaussian,
        "Gaussian, two inputs": gaussian[:, :2],
    }
    y = rng.standard_normal(samples)
    # Both signs occur, so that one unit cannot do.
    y[:2] = [1.0, -1.0]
    looking = rng.standard_normal((units, inputs))
    active = np.ones((1, samples), dtype=bool)
    rows = []
    for name, X in track(list(sets.items()), "data sets"):
        spike, outside = _spike(X, looking[:, : X.shape[1]])
        for beta in strengths:
            two = solve_restricted(X, y, beta, active, active)
            best = solve_two_layer(X, y, beta).value
            rows.append(
                {
                    "data": name,
                    "samples": samples,
                    "inputs": X.shape[1],
                    "beta": beta,
                    "spike": spike,
                    "outside": outside,
                    "two_units": two,
                    "program": best,
                    "excess": two / best - 1,
                    "difference": abs(two / best - 1),
                }
            )
    write_table(pd.DataFrame(rows), spike_free)


def _spike(X: np.ndarray, units: np.ndarray) -> tuple[float, float]:
    """Return the largest |w| with X w nearest to relu(X u), and how far that is, both over |u|."""
    units = units / np.linalg.norm(units, axis=1, keepdims=True)
    activations = np.maximum(units @ X.T, 0.0)
    w = activations @ np.linalg.pinv(X).T
    misses = np.linalg.norm(w @ X.T - activations, axis=1)
    return float(np.linalg.norm(w, axis=1).max()), float(misses.max())


if __name__ == "__main__":
    run(check_spike_free)
