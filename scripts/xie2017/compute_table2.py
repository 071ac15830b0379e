"""Compute Table 2: least eigenvalues of Gram matrices with uniform and with matching units."""

from replication.run import Published, atomic, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge
from numpy.typing import NDArray
from scipy.special import chdtrc

from landscape import sphere
from landscape.diversity.kernels import feature_kernel
from landscape.relu import extended_feature_gram, smallest_eigenvalue
from landscape.seeds import generator
from landscape.statistics import mean_interval
from replication.settings import Count, Distinct

Array = NDArray[np.float64]

ARMS = ("uniform", "matching")
# Units of the Monte Carlo estimate that are in memory at a time.
BLOCK = 5000


def matching_gram(X: Array) -> Array:
    """Return the expected Gram matrix for units that match inputs in the positive orthant.

    Matching units are uniform on the sphere without the positive and the negative orthant, in
    which a unit is active on all of these inputs or on none (Section F.4). Those active on all are
    a share 2^-d of the sphere, and their part of the expectation is known.

    Parameters
    ----------
    X : ndarray, shape (m, d)
        Inputs of unit norm without negative coordinates.

    Returns
    -------
    ndarray, shape (m, m)
    """
    share = 0.5 ** X.shape[1]
    cosines = np.clip(X @ X.T, -1, 1)
    gram: Array = (feature_kernel(cosines) - share * cosines) / (1 - 2 * share)
    return gram


def matching_units(rng: np.random.Generator, count: int, d: int) -> Array:
    """Draw units uniform on the sphere without the positive and the negative orthant.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream to draw from.
    count, d : int
        Number of units and dimension, at least 3.

    Returns
    -------
    ndarray, shape (count, d)
    """
    kept = np.empty((0, d))
    while len(kept) < count:
        drawn = sphere.uniform(rng, count, d)
        kept = np.concatenate([kept, drawn[(drawn > 0).any(axis=1) & (drawn < 0).any(axis=1)]])
    return kept[:count]


def estimate_relative_sd(eigenvalue: float, weights: int) -> float:
    """Return the relative standard deviation of a least eigenvalue that units are drawn for.

    The closest pair x, y decides, and its value is half the share of the units that are active on
    one of them only: a binomial proportion.

    Parameters
    ----------
    eigenvalue : float
        The least eigenvalue of the expected Gram matrix.
    weights : int
        The number of units.
    """
    return float(1 / np.sqrt(2 * eigenvalue * weights))


def compute_table2(
    dimensions: Distinct[Annotated[int, Ge(3)]],
    samples: Annotated[int, Ge(2)],
    draws: Count,
    weights: Count,
    seed: int,
    published: Path,
    runs: Path,
    table: Path,
) -> None:
    """Compare the two distributions of units on the same inputs.

    Parameters
    ----------
    dimensions
        Dimensions d of the inputs, which are uniform on the positive orthant of the sphere.
    samples
        Number m of samples.
    draws
        Independent draws of samples for each dimension.
    weights
        Number of units from which the Gram matrices of the first draw are also estimated, as the
        paper did with all; expected Gram matrices are exact.
    seed
        Root seed.
    published
        The published numbers, config/xie2017/published.yaml.
    runs
        The .parquet file with one row for each draw.
    table
        The .csv table with one row for each dimension.
    """
    results, estimates = [], {}
    for d in dimensions:
        for draw in track(range(draws), f"draws of samples, d = {d}"):
            rng = generator(seed, "xie2017", "table2", d, draw)
            X = sphere.uniform_positive_orthant(rng, samples, d)
            results.append(
                {
                    "d": d,
                    "draw": draw,
                    "uniform": smallest_eigenvalue(feature_kernel(np.clip(X @ X.T, -1, 1))),
                    "matching": smallest_eigenvalue(matching_gram(X)),
                }
            )
            if draw == 0:
                estimates[d] = {
                    "uniform": _estimate(X, sphere.uniform(rng, weights, d)),
                    "matching": _estimate(X, matching_units(rng, weights, d)),
                }
    every = pd.DataFrame(results)
    with atomic(runs) as temporary:
        every.to_parquet(temporary, index=False)

    numbers = Published(published)
    printed = numbers.table("table2").set_index("d").reindex(dimensions)
    their_weights = numbers.value("table2_weights")
    rows = []
    for d in dimensions:
        row = _summarise(d, every[every["d"] == d], estimates[d], weights)
        rows.append(row | _compare(printed.loc[[d]].iloc[0], row["predicted_ratio"], their_weights))
    summary = pd.DataFrame(rows)
    squares = np.square(summary["published_z"].to_numpy())
    summary["published_joint_probability"] = chdtrc(len(squares), squares.sum())
    write_table(summary, table)


def _summarise(
    d: int, group: pd.DataFrame, estimated: dict[str, float], weights: int
) -> dict[str, float]:
    """Return a row of the table: both arms, and their quotient on the same samples."""
    row: dict[str, float] = {"d": d, "runs": len(group)}
    for arm in ARMS:
        low, median, high = np.quantile(group[arm], [0.025, 0.5, 0.975])
        first = group[arm].iloc[0]
        row |= {
            f"{arm}_median": median,
            f"{arm}_low": low,
            f"{arm}_high": high,
            f"{arm}_relative_sd": group[arm].std() / group[arm].mean(),
            f"{arm}_first_draw": first,
            f"{arm}_estimated": estimated[arm],
            f"{arm}_estimate_relative_sd": estimate_relative_sd(first, weights),
        }
    gains = group["matching"] / group["uniform"]
    predicted = 1 / (1 - 2.0 ** (1 - d))
    row |= {
        **mean_interval(gains).columns("ratio"),
        "predicted_ratio": predicted,
        **mean_interval(gains / predicted).columns("ratio_over_predicted"),
        "estimated_ratio": estimated["matching"] / estimated["uniform"],
    }
    return row


def _compare(printed: pd.Series, predicted_ratio: float, weights: int) -> dict[str, float]:
    """Return the printed quotient beside ours, and how it would scatter on the same samples."""
    uniform, matching = (estimate_relative_sd(printed[arm], weights) for arm in ARMS)
    noise = float(np.hypot(uniform, matching))
    ratio = float(printed["matching"] / printed["uniform"])
    return {
        "published_uniform": printed["uniform"],
        "published_matching": printed["matching"],
        "published_ratio": ratio,
        "published_noise": noise,
        "published_noise_over_effect": noise / np.log(predicted_ratio),
        "published_z": np.log(ratio / predicted_ratio) / noise,
    }


def _estimate(X: Array, W: Array) -> float:
    """Return the least eigenvalue of D^T D / n for the units in the rows of W."""
    gram = np.zeros((len(X), len(X)))
    for start in range(0, len(W), BLOCK):
        gram += extended_feature_gram(X, W[start : start + BLOCK])
    return smallest_eigenvalue(gram / len(W))


if __name__ == "__main__":
    run(compute_table2)
