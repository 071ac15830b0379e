"""Table 1: the least curvature along random displacements of split teachers."""

from replication.run import Published, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.seeds import generator
from landscape.statistics import Estimate, mean_interval, mean_of_estimates
from replication.settings import Count, Distinct, Positive

NOISES = ["gaussian", "adversarial"]
# How a printed number may be read, by the column of our table that it is then held against: the
# two sides of Conjecture 12, over the square of the scale sigma of the displacements. The scale is
# a standard deviation in the first two, and the standard deviation of a variance in the last.
READINGS = {
    "difference, sigma a standard deviation": "difference",
    "left side, sigma a standard deviation": "left_side",
    "difference, sigma squared the variance": "difference_by_variance",
}


def check_table1(
    teachers: Distinct[Count],
    splits: Distinct[Annotated[int, Ge(2)]],
    samples: Annotated[int, Ge(2)],
    replicates: Annotated[int, Ge(2)],
    scale: Positive,
    seed: int,
    published: Path,
    table: Path,
    readings: Path,
    growth: Path,
) -> None:
    """Write the smallest curvature over random displacements, beside the printed ones.

    A displacement is Gaussian, or adversarial: then the first student of each teacher is moved so
    that the displacements of the teacher's students sum to zero.

    Parameters
    ----------
    teachers
        Numbers k of teachers.
    splits
        Into how many equal students m each teacher is split.
    samples
        Displacements of which the least value is taken, for each pair (k, m) and kind.
    replicates
        How often that is done; of the least values the geometric mean is held against the printed
        one, which is of one replicate. The variance is tried in the first alone.
    scale
        The printed 1e-5: standard deviation of a displacement's entries, or their variance.
    seed
        Root seed.
    published
        The published numbers, config/safran2020/published.yaml.
    table
        The .csv table with a row for each pair and kind.
    readings
        The .csv table with a row for each kind and reading of the printed table: the geometric mean
        over the pairs of our number divided by the printed one, with Student's interval.
    growth
        The .csv table with a row for each k and kind, and one for all k: the exponent in m of the
        least difference, between the least and the largest m, with its 95 % interval.
    """
    printed = Published(published).table("table1").set_index(["k", "m"]).unstack([0, 1]).to_dict()
    rows: list[dict[str, str | float]] = []
    logs: dict[tuple[str, int, int], pd.Series[float]] = {}
    for k, m in track([(k, m) for k in sorted(teachers) for m in sorted(splits)], "pairs (k, m)"):
        rng = generator(seed, "safran2020", "table1", k, m)
        found: dict[str, list[dict[str, float]]] = {noise: [] for noise in NOISES}
        for _ in range(replicates):
            drawn = rng.standard_normal((samples, k, m, k))
            for noise in NOISES:
                if noise == "adversarial":
                    drawn[:, :, 0] = -drawn[:, :, 1:].sum(axis=2)
                found[noise].append(_measure(drawn, scale, by_variance=not found[noise]))
        least = {noise: pd.DataFrame(found[noise]) for noise in NOISES}
        means = {noise: np.exp(np.log(least[noise]["difference"]).mean()) for noise in NOISES}
        rows += [
            {
                "k": k,
                "m": m,
                "noise": noise,
                "samples": samples,
                "replicates": replicates,
                "difference": means[noise],
                "difference_least": least[noise]["difference"].min(),
                "left_side": np.exp(np.log(least[noise]["left_side"]).mean()),
                "difference_by_variance": least[noise]["difference_by_variance"].iloc[0],
                "published": printed.get((noise, k, m), np.nan),
                "by_gaussian": means[noise] / means["gaussian"],
            }
            for noise in NOISES
        ]
        logs.update({(noise, k, m): np.log(least[noise]["difference"]) for noise in NOISES})
    every = pd.DataFrame(rows)
    write_table(every, table)
    write_table(pd.DataFrame(_ratios(every)), readings)
    write_table(pd.DataFrame(_exponents(logs)), growth)


def _measure(drawn: np.ndarray, scale: float, *, by_variance: bool) -> dict[str, float]:
    """Return the least difference of the sides, and the least left side."""
    left, right = sides(scale * drawn)
    difference = (left - right) / scale**2
    wide = np.nan
    if by_variance:
        wide_left, wide_right = sides(np.sqrt(scale) * drawn)
        wide = (wide_left - wide_right).min() / scale
    return {
        "difference": difference.min(),
        "left_side": left.min() / scale**2,
        "difference_by_variance": wide,
    }


def sides(moves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both sides of Conjecture 12, each of shape (samples,).

    Parameters
    ----------
    moves : ndarray, shape (samples, k, m, d)
        Displacements g of students v_i / m, where the k teachers v_i are the first unit vectors.
    """
    samples, k, m, d = moves.shape
    V = np.eye(k, d)
    W = np.repeat(V / m, m, axis=0)
    left = np.array([form(W, V, move) for move in moves.reshape(samples, k * m, d)])
    sums = moves.sum(axis=2)
    whole = (sums.sum(axis=1) ** 2).sum(axis=1)
    right: np.ndarray = (whole + (1 - 2 / np.pi) * (sums**2).sum(axis=(1, 2))) / 4
    return left, right


def form(W: np.ndarray, V: np.ndarray, g: np.ndarray) -> float:
    """Return g^T H(W + g) g by Theorem 17, without the Hessian; no two units may be parallel."""
    points = W + g
    lengths = np.linalg.norm(points, axis=1)
    units = points / lengths[:, None]
    squares = (g**2).sum(axis=1)
    along = g @ units.T
    own = along.diagonal().copy()

    cosines = units @ units.T
    np.fill_diagonal(cosines, 0.0)
    sines = np.sqrt((1 - cosines) * (1 + cosines))
    # What is divided by a sine: the parts of the units orthogonal to each student.
    across = along - cosines * own[:, None]
    rest = own[:, None] - cosines * along
    np.fill_diagonal(across, 0.0)
    np.fill_diagonal(rest, 0.0)
    bends = sines * (squares - own**2)[:, None] + across**2 / sines
    np.fill_diagonal(bends, 0.0)
    students = (bends / lengths[:, None]) @ lengths
    turns = (np.pi - np.arctan2(sines, cosines)) * (g @ g.T)
    np.fill_diagonal(turns, 0.0)
    mixed = turns + (rest * own[None, :] + across * along.T) / sines

    to_teachers = units @ V.T
    teacher_sines = np.sqrt((1 - to_teachers) * (1 + to_teachers))
    beside = g @ V.T - to_teachers * own[:, None]
    pulls = teacher_sines * (squares - own**2)[:, None] + beside**2 / teacher_sines
    teachers = (pulls / lengths[:, None]).sum(axis=1)
    return float(squares.sum() / 2 + (students.sum() - teachers.sum() + mixed.sum()) / (2 * np.pi))


def _ratios(every: pd.DataFrame) -> list[dict[str, str | float]]:
    """Return the geometric mean of our numbers over the printed ones, by kind and reading."""
    rows: list[dict[str, str | float]] = []
    for noise in NOISES:
        pairs = every[(every["noise"] == noise) & every["published"].notna()]
        for reading, column in READINGS.items():
            mean = mean_interval(np.log(pairs[column] / pairs["published"]))
            rows.append(
                {
                    "noise": noise,
                    "reading": reading,
                    "pairs": len(pairs),
                    "ratio": np.exp(mean.value),
                    "ratio_low": np.exp(mean.low),
                    "ratio_high": np.exp(mean.high),
                }
            )
    return rows


def _exponents(
    logs: dict[tuple[str, int, int], "pd.Series[float]"],
) -> list[dict[str, str | float]]:
    """Return how the least difference grows with m, by kind, and for each k.

    `logs` has the logarithms of the least differences of all replicates, by kind, k and m.
    """
    rows: list[dict[str, str | float]] = []
    splits = sorted({m for _, _, m in logs})
    spread = float(np.log(splits[-1] / splits[0]))
    for noise in NOISES:
        exponents = []
        for k in sorted({k for _, k, _ in logs}):
            few, many = (mean_interval(logs[noise, k, m]) for m in (splits[0], splits[-1]))
            value = (many.value - few.value) / spread
            half = float(np.hypot(few.high - few.value, many.high - many.value)) / spread
            exponents.append(Estimate(value, value - half, value + half, np.nan, few.runs))
            rows.append({"noise": noise, "k": str(k), **_columns(exponents[-1])})
        rows.append({"noise": noise, "k": "all", **_columns(mean_of_estimates(exponents))})
    return rows


def _columns(exponent: Estimate) -> dict[str, float]:
    ends = {"exponent_low": exponent.low, "exponent_high": exponent.high}
    return {"exponent": exponent.value, **ends}


if __name__ == "__main__":
    run(check_table1)
