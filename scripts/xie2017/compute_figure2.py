"""Compute Figure 2: eigenvalues of Gram matrices beside those of the kernel's operator."""

from replication.run import run, track, write_table

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landscape import sphere
from landscape.diversity.kernels import (
    arc_cosine_kernel,
    feature_kernel,
    harmonic_dimension,
    zonal_eigenvalue,
)
from landscape.seeds import generator
from landscape.statistics import mean_interval

Array = NDArray[np.float64]


def second_kernel(cosines: Array) -> Array:
    """Return J_1(θ) cos θ, the kernel of the activation max(u, 0)² (Section F.2) times 2π."""
    return arc_cosine_kernel(1, np.arccos(cosines)) * cosines


# Figure 2 has steps where J_1 cos has them, and one of them the kernel of equation 9 has not.
KERNELS: dict[str, Callable[[Array], Array]] = {"g": feature_kernel, "J_1 cos": second_kernel}
# Where the steps stand, from multiplicities 1 + 15 + 119 + 665 of degrees 0 to 3 for d = 15, and
# what can be read off the printed figure (digitised).
PUBLISHED_DIMENSION = 15
PUBLISHED_STEPS = {16: 16, 135: 136, 800: 800}


def operator_eigenvalues(kernel: Callable[[Array], Array], d: int, count: int) -> Array:
    """Return the largest eigenvalues of a zonal kernel by quadrature, in descending order.

    The eigenvalues must fall with the degree, as far as they are not zero.

    Parameters
    ----------
    kernel : callable
        The kernel as a function of cosines.
    d : int
        Dimension of the space around the sphere.
    count : int
        How many eigenvalues.
    """
    eigenvalues: list[float] = []
    repeats: list[int] = []
    degree = 0
    # Degree 1 may come before degree 0, so both are always there.
    while degree < 2 or sum(repeats) < count:
        eigenvalue = zonal_eigenvalue(kernel, d, degree)
        # Zero up to the error of the quadrature, as every other degree from some degree on.
        if eigenvalue > 1e-12 * max([eigenvalue, *eigenvalues]):
            eigenvalues.append(eigenvalue)
            repeats.append(min(harmonic_dimension(d, degree), count))
        degree += 1
    return np.sort(np.repeat(eigenvalues, repeats))[::-1][:count]


def compute_figure2(
    dimension: int,
    samples: int,
    draws: int,
    points_per_decade: int,
    seed: int,
    curve: Path,
    steps: Path,
) -> None:
    """Decompose Gram matrices of uniform inputs, and measure the steps of their spectra.

    Parameters
    ----------
    dimension
        Dimension d of the inputs, which are uniform on the sphere.
    samples
        Number m of samples.
    draws
        Independent draws of samples; the curve shows the first.
    points_per_decade
        Density of the curve's indices; both sides of the published steps are added.
    seed
        Root seed.
    curve
        The .csv table of eigenvalues against their index.
    steps
        The .csv table of quotients of neighbouring eigenvalues at the published steps.
    """
    last = [index for index in PUBLISHED_STEPS if index < samples]
    grid = np.geomspace(1, samples, round(points_per_decade * np.log10(samples)) + 1)
    shown = np.unique([*grid.round().astype(int), *last, *(index + 1 for index in last)])
    spectra: dict[str, list[Array]] = {name: [] for name in KERNELS}
    for draw in track(range(draws), "draws of samples"):
        X = sphere.uniform(generator(seed, "xie2017", "figure2", draw), samples, dimension)
        cosines = np.clip(X @ X.T, -1, 1)
        for name, kernel in KERNELS.items():
            spectra[name].append(np.linalg.eigvalsh(kernel(cosines)).astype(np.float64)[::-1])

    points, drops = [], []
    for name, kernel in KERNELS.items():
        predicted = samples * operator_eigenvalues(kernel, dimension, samples)
        points.append(
            pd.DataFrame(
                {
                    "kernel": name,
                    "index": shown,
                    "eigenvalue": spectra[name][0][shown - 1],
                    "predicted": predicted[shown - 1],
                }
            )
        )
        for index in last:
            drop = mean_interval([values[index - 1] / values[index] for values in spectra[name]])
            drops.append(
                {
                    "kernel": name,
                    "after": index,
                    **drop.columns("drop"),
                    "runs": drop.runs,
                    "predicted_drop": predicted[index - 1] / predicted[index],
                    "published_after": PUBLISHED_STEPS[index]
                    if dimension == PUBLISHED_DIMENSION
                    else np.nan,
                }
            )
    write_table(pd.concat(points), curve)
    write_table(pd.DataFrame(drops), steps)


if __name__ == "__main__":
    run(compute_figure2)
