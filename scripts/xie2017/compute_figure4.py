"""Compute Figure 4: the least singular value of the extended features against the discrepancy."""

from replication.run import Published, run, track, write_table

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from annotated_types import Ge, Le
from numpy.typing import NDArray
from scipy import stats

from landscape import sphere
from landscape.diversity import (
    discrepancy_regulariser,
    l2_discrepancy_squared,
    minimise_regulariser,
)
from landscape.relu import smallest_singular_value_squared
from landscape.seeds import generator
from landscape.statistics import mean_interval
from replication.settings import Count, Distinct, NonNegative

Array = NDArray[np.float64]

RANDOM, OPTIMISED = "random", "optimised"
BETWEEN, CLUSTERED = "between random and optimised", "clustered"
GAIN = "optimised minus random"
MEASURES = ["l2_squared", "s_m_squared"]


def clustered_units(
    rng: np.random.Generator, n: int, d: int, clusters: int, spread: float
) -> Array:
    """Draw unit vectors around a few uniform directions.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream to draw from.
    n, d : int
        Number of units and dimension.
    clusters : int
        Number of directions; the units go round them.
    spread : float
        Length of the random displacement from a direction, before scaling to length one: all units
        of a cluster coincide at 0, and the units are nearly uniform if it is large.

    Returns
    -------
    ndarray, shape (n, d)
    """
    directions = sphere.uniform(rng, clusters, d)[np.arange(n) % clusters]
    return sphere.unit_rows(directions + spread * sphere.uniform(rng, n, d), "clustered units")[0]


def compute_figure4(
    dimension: Annotated[int, Ge(2)],
    samples: Count,
    width: Annotated[int, Ge(2)],
    draws: Count,
    fractions: Distinct[Annotated[float, Ge(0), Le(1)]],
    fraction_draws: Count,
    clusters: Count,
    spreads: Distinct[NonNegative],
    cluster_draws: Count,
    input_draws: Count,
    seed: int,
    published: Path,
    points: Path,
    groups: Path,
    relation: Path,
) -> None:
    """Measure discrepancy and singular value of random, optimised and clustered units.

    Parameters
    ----------
    dimension
        Dimension d of the inputs, which are uniform on the sphere.
    samples
        Number m of samples; all units see the same.
    width
        Number n of units.
    draws
        Number of W's with random units; each is then optimised on the regulariser.
    fractions
        Weights of the optimised W in W's between the two.
    fraction_draws
        Number of random W's for which W's in between are measured.
    clusters
        Number of directions around which clustered units lie.
    spreads
        Lengths of the random displacements from these directions.
    cluster_draws
        Number of W's for each spread.
    input_draws
        Further draws of the samples, on which the first random and optimised W are measured.
    seed
        Root seed.
    published
        The published numbers, config/xie2017/published.yaml.
    points
        The .csv table with one row for each W.
    groups
        The .csv table of means, with the published ones beside.
    relation
        The .csv table of rank correlations.
    """
    starts = [sphere.uniform(_stream(seed, "units", i), width, dimension) for i in range(draws)]
    ends = [minimise_regulariser(W) for W in starts]
    units: list[tuple[str, float, int, Array]] = []
    units += [(RANDOM, np.nan, draw, W) for draw, W in enumerate(starts)]
    units += [(OPTIMISED, np.nan, draw, W) for draw, W in enumerate(ends)]
    for fraction in fractions:
        for draw in range(min(fraction_draws, draws)):
            mixed = (1 - fraction) * starts[draw] + fraction * ends[draw]
            units.append((BETWEEN, fraction, draw, sphere.unit_rows(mixed, "mixed units")[0]))
    for spread in spreads:
        for draw in range(cluster_draws):
            rng = _stream(seed, "clusters", draw)
            W = clustered_units(rng, width, dimension, clusters, spread)
            units.append((CLUSTERED, spread, draw, W))

    digitised = Published(published).table("figure4").set_index("group")
    X = sphere.uniform(_stream(seed, "samples"), samples, dimension)
    table = pd.DataFrame(
        {
            "group": group,
            "setting": setting,
            "draw": draw,
            "l2_squared": l2_discrepancy_squared(W),
            "regulariser": discrepancy_regulariser(W)[0],
            "s_m_squared": smallest_singular_value_squared(X, W),
        }
        for group, setting, draw, W in track(units, "sets of units")
    )
    write_table(table, points)

    others = [
        sphere.uniform(_stream(seed, "other samples", draw), samples, dimension)
        for draw in range(input_draws)
    ]
    elsewhere = {
        group: pd.DataFrame(
            {
                "l2_squared": l2_discrepancy_squared(W),
                "s_m_squared": [smallest_singular_value_squared(other, W) for other in others],
            }
        )
        for group, W in ((RANDOM, starts[0]), (OPTIMISED, ends[0]))
    }
    settings = [(BETWEEN, fraction) for fraction in fractions]
    settings += [(CLUSTERED, spread) for spread in spreads]
    write_table(_summarise(table, settings, elsewhere, digitised), groups)
    write_table(_correlate(table), relation)


def _stream(seed: int, *names: str | int) -> np.random.Generator:
    return generator(seed, "xie2017", "figure4", *names)


def _summarise(
    table: pd.DataFrame,
    settings: list[tuple[str, float]],
    elsewhere: dict[str, pd.DataFrame],
    digitised: pd.DataFrame,
) -> pd.DataFrame:
    """Return the means of each group, of the paired difference, and of one W on other samples."""
    random = table[table["group"] == RANDOM].set_index("draw")
    optimised = table[table["group"] == OPTIMISED].set_index("draw")
    difference = optimised[MEASURES] - random[MEASURES]
    parts = [(RANDOM, np.nan, random), (OPTIMISED, np.nan, optimised), (GAIN, np.nan, difference)]
    parts += [
        (group, setting, table[(table["group"] == group) & (table["setting"] == setting)])
        for group, setting in settings
    ]
    parts += [
        (f"{group}, one W on other samples", np.nan, part) for group, part in elsewhere.items()
    ]

    published = digitised.copy()
    published.loc[GAIN, MEASURES] = published.loc[OPTIMISED] - published.loc[RANDOM]
    rows = []
    for group, setting, part in parts:
        row: dict[str, Any] = {"group": group, "setting": setting, "runs": len(part)}
        for measure in MEASURES:
            row |= mean_interval(part[measure]).columns(measure)
        x, y, sd = published.reindex([group]).iloc[0]
        row |= {"published_l2_squared": x, "published_s_m_squared": y}
        row |= {"published_s_m_squared_sd": sd, "l2_squared_ratio": row["l2_squared"] / x}
        for end in ("", "_low", "_high"):
            row[f"s_m_squared_ratio{end}"] = row[f"s_m_squared{end}"] / y
        rows.append(row)
    return pd.DataFrame(rows)


def _correlate(table: pd.DataFrame) -> pd.DataFrame:
    """Return Spearman's correlation of discrepancy and singular value, over all and random W's."""
    rows = []
    for name, part in (("all", table), (RANDOM, table[table["group"] == RANDOM])):
        correlation = float(stats.spearmanr(part["l2_squared"], part["s_m_squared"]).statistic)
        # The interval of Fisher's transform with the variance of Fieller, Hartley & Pearson 1957.
        deviation = np.sqrt(1.06 / (len(part) - 3)) if len(part) > 3 else np.nan
        ends = np.tanh(np.arctanh(correlation) + np.array([-1.96, 1.96]) * deviation)
        rows.append(
            {
                "of": name,
                "runs": len(part),
                "correlation": correlation,
                "low": ends[0],
                "high": ends[1],
            }
        )
    return pd.DataFrame(rows)


if __name__ == "__main__":
    run(compute_figure4)
