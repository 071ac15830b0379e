"""Compute Figure 4: the least singular value of the extended features against the discrepancy."""

from replication.run import Published, run, track, write_table

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from annotated_types import Ge, Le
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from landscape import sphere
from landscape.diversity import (
    discrepancy_regulariser,
    expected_l2_discrepancy_squared,
    l2_discrepancy_squared,
    minimise_regulariser,
)
from landscape.diversity.kernels import mean_square_slice_kernel, slice_kernel
from landscape.relu import smallest_singular_value_squared
from landscape.seeds import generator
from landscape.statistics import mean_interval
from replication.settings import Count, Distinct, NonNegative

Array = NDArray[np.float64]

RANDOM, OPTIMISED = "random", "optimised"
BETWEEN, CLUSTERED = "between random and optimised", "clustered"
GAIN = "optimised minus random"
# Optimised until the discrepancy is the one that the figure has for optimised units.
PRINTED = "optimised to the published discrepancy"
PRINTED_GAIN = f"{PRINTED} minus random"
MEASURES = ["l2_squared", "s_m_squared"]
# Of L-BFGS, before it is held that there is no way to a discrepancy.
ITERATIONS = 100


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


def optimise_to(W: Array, discrepancy: float) -> Array | None:
    """Return units on the way from W to the least regulariser, at a given squared discrepancy.

    Parameters
    ----------
    W : ndarray, shape (n, d)
        Units with a larger one.
    discrepancy : float
        L_2(W)² of the units that are wanted.

    Returns
    -------
    ndarray, shape (n, d), or None
        A mixture of two successive iterates of `minimise_regulariser`. None if W has no more than
        this discrepancy, or no units on the way have as little.
    """
    before = W
    if l2_discrepancy_squared(before) <= discrepancy:
        return None
    for iterations in range(1, ITERATIONS):
        after = minimise_regulariser(W, max_iterations=iterations)
        if l2_discrepancy_squared(after) <= discrepancy:
            return _mix(before, after, float(brentq(_excess, 0, 1, (before, after, discrepancy))))
        before = after
    return None


def least_l2_discrepancy_squared(n: int, d: int) -> float:
    """Return L_2(W)² of a regular simplex, the least there is for n <= d + 1 units; else NaN."""
    if n > d + 1:
        return np.nan
    pair = float(slice_kernel(-1 / (n - 1)))
    return 1 / (4 * n) + (n - 1) / n * pair**2 - mean_square_slice_kernel(d)


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
    theirs = _published(Published(published))
    units = _between(starts, ends, float(theirs["l2_squared"][OPTIMISED]))
    for fraction in fractions:
        for draw in range(min(fraction_draws, draws)):
            units.append((BETWEEN, fraction, draw, _mix(starts[draw], ends[draw], fraction)))
    for spread in spreads:
        for draw in range(cluster_draws):
            rng = _stream(seed, "clusters", draw)
            W = clustered_units(rng, width, dimension, clusters, spread)
            units.append((CLUSTERED, spread, draw, W))

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
    summary = _summarise(table, settings, elsewhere, theirs)
    exact = {
        RANDOM: expected_l2_discrepancy_squared(width, dimension),
        OPTIMISED: least_l2_discrepancy_squared(width, dimension),
    }
    summary["exact_l2_squared"] = summary["group"].map(exact)
    summary["exact_ratio"] = summary["exact_l2_squared"] / summary["published_l2_squared"]
    write_table(summary, groups)
    write_table(_correlate(table), relation)


def _between(
    starts: list[Array], ends: list[Array], discrepancy: float
) -> list[tuple[str, float, int, Array]]:
    """Return random units, the same optimised, and optimised to a discrepancy where it is met."""
    stopped = [optimise_to(W, discrepancy) for W in starts]
    return [
        (group, np.nan, draw, W)
        for group, sets in ((RANDOM, starts), (OPTIMISED, ends), (PRINTED, stopped))
        for draw, W in enumerate(sets)
        if W is not None
    ]


def _published(numbers: Published) -> pd.DataFrame:
    """Return the published means and their errors by group, with the gain between the two."""
    published = numbers.table("figure4").set_index("group")
    errors = published["s_m_squared_sd"] / np.sqrt(numbers.value("figure4_sets"))
    published["s_m_squared_error"] = errors
    published.loc[GAIN, MEASURES] = published.loc[OPTIMISED] - published.loc[RANDOM]
    published.loc[GAIN, "s_m_squared_error"] = np.hypot(errors[OPTIMISED], errors[RANDOM])
    published.loc[PRINTED_GAIN] = published.loc[GAIN]
    return published


def _excess(share: float, first: Array, second: Array, discrepancy: float) -> float:
    return l2_discrepancy_squared(_mix(first, second, share)) - discrepancy


def _mix(first: Array, second: Array, share: float) -> Array:
    return sphere.unit_rows((1 - share) * first + share * second, "mixed units")[0]


def _stream(seed: int, *names: str | int) -> np.random.Generator:
    return generator(seed, "xie2017", "figure4", *names)


def _summarise(
    table: pd.DataFrame,
    settings: list[tuple[str, float]],
    elsewhere: dict[str, pd.DataFrame],
    published: pd.DataFrame,
) -> pd.DataFrame:
    """Return the means of each group, of the paired difference, and of one W on other samples."""
    of = {
        name: table[table["group"] == name].set_index("draw")
        for name in (RANDOM, OPTIMISED, PRINTED)
    }
    parts = [(name, np.nan, part) for name, part in of.items() if len(part)]
    for name, end in ((GAIN, OPTIMISED), (PRINTED_GAIN, PRINTED)):
        if len(of[end]):
            difference = of[end][MEASURES] - of[RANDOM][MEASURES]
            parts.append((name, np.nan, difference.dropna()))
    parts += [
        (group, setting, table[(table["group"] == group) & (table["setting"] == setting)])
        for group, setting in settings
    ]
    parts += [
        (f"{group}, one W on other samples", np.nan, part) for group, part in elsewhere.items()
    ]

    rows = []
    for group, setting, part in parts:
        row: dict[str, Any] = {"group": group, "setting": setting, "runs": len(part)}
        for measure in MEASURES:
            row |= mean_interval(part[measure]).columns(measure)
        theirs = published.reindex([group]).iloc[0]
        for measure in (*MEASURES, "s_m_squared_sd"):
            row[f"published_{measure}"] = theirs[measure]
        ratio = row["s_m_squared"] / theirs["s_m_squared"]
        # Relative errors of both, which are small, add up as squares.
        ours = row["s_m_squared"] or np.nan  # without a sample that a unit sees it is zero
        half = np.hypot(
            (row["s_m_squared_high"] - row["s_m_squared"]) / ours,
            1.96 * theirs["s_m_squared_error"] / theirs["s_m_squared"],
        )
        row |= {"s_m_squared_ratio": ratio}
        row |= {"s_m_squared_ratio_low": ratio * (1 - half)}
        row |= {"s_m_squared_ratio_high": ratio * (1 + half)}
        rows.append(row)
    return pd.DataFrame(rows)


def _correlate(table: pd.DataFrame) -> pd.DataFrame:
    """Return Spearman's correlation of discrepancy and singular value within groups of W's."""
    rows = []
    for name in (RANDOM, BETWEEN, CLUSTERED):
        part = table[table["group"] == name]
        correlation = float(stats.spearmanr(part["l2_squared"], part["s_m_squared"]).statistic)
        # The interval of Fisher's transform with the variance of Fieller, Hartley & Pearson 1957.
        deviation = np.sqrt(1.06 / (len(part) - 3)) if len(part) > 3 else np.nan
        with np.errstate(divide="ignore"):
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
