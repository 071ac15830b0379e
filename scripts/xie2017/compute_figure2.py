"""Compute Figure 2: eigenvalues of Gram matrices beside those of the kernel's operator."""

from replication.run import InputError, Published, run, track, write_table

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge
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
from replication.settings import Count

Array = NDArray[np.float64]


def second_kernel(cosines: Array) -> Array:
    """Return J_1(θ) cos θ, the kernel of the activation max(u, 0)² (Section F.2) times 2π."""
    return arc_cosine_kernel(1, np.arccos(cosines)) * cosines


# Figure 2 has steps where J_1 cos has them, and one of them the kernel of equation 9 has not.
KERNELS: dict[str, Callable[[Array], Array]] = {"g": feature_kernel, "J_1 cos": second_kernel}
# The printed figure has a step after each of these degrees of harmonics.
STEP_DEGREES = (1, 2, 3)


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
    dimension: Annotated[int, Ge(2)],
    samples: Count,
    draws: Count,
    points_per_decade: Count,
    seed: int,
    published: Path,
    curve: Path,
    steps: Path,
) -> None:
    """Decompose Gram matrices of uniform inputs, and measure the steps of their spectra.

    Parameters
    ----------
    dimension
        Dimension d of the inputs, which are uniform on the sphere.
    samples
        Number m of samples; more than d + 1, where the first step is.
    draws
        Independent draws of samples; the curve shows the first.
    points_per_decade
        Density of the curve's indices; both sides of the steps are added.
    seed
        Root seed.
    published
        The published numbers, config/xie2017/published.yaml.
    curve
        The .csv table of eigenvalues against their index.
    steps
        The .csv table of quotients of neighbouring eigenvalues at the steps.
    """
    numbers = Published(published)
    multiplicities = [harmonic_dimension(dimension, t) for t in range(max(STEP_DEGREES) + 1)]
    ends = dict(zip(STEP_DEGREES, np.cumsum(multiplicities)[1:].tolist(), strict=True))
    steps_within = {degree: end for degree, end in ends.items() if end < samples}
    if not steps_within:
        raise InputError(
            f"samples: expected more than {dimension + 1}, where the first step of the spectrum "
            f"is, got {samples}"
        )
    digitised = numbers.table("figure2").set_index("degree")["after"]
    comparable = dimension == numbers.value("figure2_dimension")
    last = [*steps_within.values()]
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
        for degree, index in steps_within.items():
            drop = mean_interval([values[index - 1] / values[index] for values in spectra[name]])
            drops.append(
                {
                    "kernel": name,
                    "after": index,
                    **drop.columns("drop"),
                    "runs": drop.runs,
                    "predicted_drop": predicted[index - 1] / predicted[index],
                    "published_after": digitised[degree] if comparable else np.nan,
                }
            )
    write_table(pd.concat(points), curve)
    write_table(pd.DataFrame(drops), steps)


if __name__ == "__main__":
    run(compute_figure2)
