"""Compute Figure 1: the eigenvalues γ_m of the feature kernel against m, exactly."""

from replication.run import Published, run, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.diversity.kernels import kernel_eigenvalues, kernel_spectrum, sphere_area_ratio
from replication.settings import Count


def compute_figure1(
    dimension: Annotated[int, Ge(2)],
    count: Annotated[int, Ge(2)],
    points_per_decade: Count,
    published: Path,
    curve: Path,
    blocks: Path,
) -> None:
    """List eigenvalues on a logarithmic grid, and the blocks of equal ones.

    Parameters
    ----------
    dimension
        Dimension d of the inputs.
    count
        The last index m.
    points_per_decade
        Density of the grid; the ends of the blocks are added.
    published
        The published numbers, config/xie2017/published.yaml.
    curve
        The .csv table of γ_m with the guide lines m^-1 and m^-1/2 through γ_1.
    blocks
        The .csv table with one row for each block.
    """
    gamma = kernel_eigenvalues(dimension, count)
    # The printed curve lies lower by the factor in front of the integral of equation 32.
    left_out = sphere_area_ratio(dimension)
    last = np.append(np.flatnonzero(np.diff(gamma)) + 1, count)
    first = np.append(1, last[:-1] + 1)

    block = pd.DataFrame({"first": first, "last": last, "eigenvalue": gamma[last - 1]})
    degrees = {h.eigenvalue: h.degree for h in kernel_spectrum(dimension, 2 * len(block))}
    block.insert(0, "degree", block["eigenvalue"].map(degrees))
    block["as_printed"] = block["eigenvalue"] / left_out
    numbers = Published(published)
    digitised = numbers.table("figure1").set_index("degree")["log10_eigenvalue"]
    comparable = dimension == numbers.value("figure1_dimension")
    block["published"] = 10 ** block["degree"].map(digitised) if comparable else np.nan
    for column in ("eigenvalue", "as_printed"):
        block[f"log10_{column}_over_published"] = np.log10(block[column] / block["published"])
    block["smallest_over_reciprocal"] = block["first"] * block["eigenvalue"] / gamma[0]
    block["largest_m_gamma"] = block["last"] * block["eigenvalue"]
    write_table(block, blocks)

    grid = np.geomspace(1, count, round(points_per_decade * np.log10(count)) + 1)
    m = np.unique(np.concatenate([grid.round().astype(int), first, last]))
    points = pd.DataFrame(
        {"m": m, "eigenvalue": gamma[m - 1], "as_printed": gamma[m - 1] / left_out}
    )
    ends = pd.concat([block.set_index("first"), block.set_index("last")])["published"]
    points["published"] = points["m"].map(ends[~ends.index.duplicated()])
    points["reciprocal"] = gamma[0] / m
    points["reciprocal_root"] = gamma[0] / np.sqrt(m)
    points["over_reciprocal"] = points["eigenvalue"] / points["reciprocal"]
    write_table(points, curve)


if __name__ == "__main__":
    run(compute_figure1)
