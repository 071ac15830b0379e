"""Check Theorem 8: the closed form of L_2(W)² against random slices."""

from replication.run import InputError, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge
from numpy.typing import NDArray

from landscape import sphere
from landscape.diversity import l2_discrepancy_squared, minimise_regulariser
from landscape.diversity.kernels import slice_kernel
from landscape.seeds import generator
from replication.settings import Distinct

Array = NDArray[np.float64]

# Slices that are in memory at a time.
BLOCK = 20_000


def configurations(rng: np.random.Generator, n: int, d: int) -> dict[str, Array]:
    """Return sets of units from the least to the most diverse, by name."""
    random = sphere.uniform(rng, n, d)
    directions = sphere.uniform(rng, 3, d)[np.arange(n) % 3]
    return {
        "one unit": random[:1],
        "all equal": np.tile(random[0], (n, 1)),
        "antipodal": np.concatenate([random[: n // 2], -random[: n // 2]]),
        "three clusters": sphere.unit_rows(directions + 0.1 * random, "clusters")[0],
        "uniform": random,
        "uniform, any norms": random * rng.lognormal(0, 2, (n, 1)),
        "optimised": minimise_regulariser(random),
    }


def square_discrepancies(rng: np.random.Generator, W: Array, slices: int) -> Array:
    """Return the squared discrepancies of W on random slices, by counting (equations 11 and 14).

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream to draw from.
    W : ndarray, shape (n, d)
        Units.
    slices : int
        Number of slices, of two independent uniform inputs each.

    Returns
    -------
    ndarray, shape (slices,)
    """
    values = []
    for start in range(0, slices, BLOCK):
        x, y = (sphere.uniform(rng, min(BLOCK, slices - start), W.shape[1]) for _ in range(2))
        inside = ((x @ W.T >= 0) & (y @ W.T >= 0)).mean(axis=1)
        values.append((inside - slice_kernel(np.einsum("ij,ij->i", x, y))) ** 2)
    return np.concatenate(values)


def check_theorem8(
    width: Annotated[int, Ge(2)],
    dimensions: Distinct[Annotated[int, Ge(2)]],
    slices: Annotated[int, Ge(2)],
    seed: int,
    table: Path,
) -> None:
    """Compare the closed form with sampling.

    Parameters
    ----------
    width
        Number n of units, even.
    dimensions
        Dimensions d of the units.
    slices
        Number of random slices for each set of units.
    seed
        Root seed.
    table
        The .csv table with one row for each set of units.
    """
    if width % 2:
        raise InputError(f"width: expected an even number, got {width}")
    rows = []
    for d in track(dimensions, "dimensions"):
        sets = configurations(generator(seed, "xie2017", "theorem8", "units", d), width, d)
        for name, W in sets.items():
            rng = generator(seed, "xie2017", "theorem8", "slices", d, name)
            squares = square_discrepancies(rng, W, slices)
            closed = l2_discrepancy_squared(W)
            error = squares.std(ddof=1) / np.sqrt(slices)
            rows.append(
                {
                    "d": d,
                    "units": name,
                    "n": len(W),
                    "closed_form": closed,
                    "sampled": squares.mean(),
                    "standard_error": error,
                    "z": (squares.mean() - closed) / error,
                }
            )
    result = pd.DataFrame(rows)
    result["abs_z"] = result["z"].abs()
    write_table(result, table)


if __name__ == "__main__":
    run(check_theorem8)
