"""Check Theorem 8: the closed form of L_2(W)² against random slices, and its constant."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.integrate import quad

from landscape import sphere
from landscape.diversity import l2_discrepancy_squared, minimise_regulariser
from landscape.diversity.kernels import mean_square_slice_kernel, slice_kernel
from landscape.seeds import generator

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


def mean_square_by_quadrature(d: int) -> float:
    """Return E[k(u, v)²] by quadrature over φ = arcsin <u, v>, of density ∝ cos^{d-2} φ."""
    # The density is a bump of width 1/sqrt(d), which an integrator could miss.
    bump = [-3 / np.sqrt(d), 3 / np.sqrt(d)]

    def integral(power: int) -> float:
        def integrand(phi: float) -> float:
            return float(np.cos(phi) ** (d - 2) * (0.25 + phi / (2 * np.pi)) ** power)

        return float(quad(integrand, -np.pi / 2, np.pi / 2, points=bump, epsabs=0)[0])

    return integral(2) / integral(0)


def check_theorem8(
    width: int,
    dimensions: list[int],
    slices: int,
    constant_dimensions: list[int],
    seed: int,
    table: Path,
    constants: Path,
) -> None:
    """Compare closed forms with sampling and with quadrature.

    Parameters
    ----------
    width
        Number n of units, even.
    dimensions
        Dimensions d of the units.
    slices
        Number of random slices for each set of units.
    constant_dimensions
        Dimensions d for the constant E[k²].
    seed
        Root seed.
    table
        The .csv table with one row for each set of units.
    constants
        The .csv table of E[k²].
    """
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

    closed_forms = [mean_square_slice_kernel(d) for d in constant_dimensions]
    constant = pd.DataFrame({"d": constant_dimensions, "closed_form": closed_forms})
    constant["quadrature"] = [mean_square_by_quadrature(d) for d in constant_dimensions]
    constant["error"] = (constant["closed_form"] - constant["quadrature"]).abs()
    write_table(constant, constants)


if __name__ == "__main__":
    run(check_theorem8)
