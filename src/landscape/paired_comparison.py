"""Comparing arms of an experiment fairly: paired runs, equal tries, choice on held-out data."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

from landscape.statistics import UNKNOWN, Estimate, mean_interval

PLAIN = "unregularised"
CONTROL = "unregularised, best of as many tries"
REGULARISED = "regularised"
ARMS = (PLAIN, CONTROL, REGULARISED)


def choose_runs(runs: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Choose the run that each arm reports, for each setting and replicate.

    The regularised arm reports the strength with the smallest validation loss. The control has
    had as many tries from the same initial weights, an attempt for each strength, and reports its
    best by the same rule: any gain from choosing among several runs it has as well. The plain arm
    reports its first and only try.

    Parameters
    ----------
    runs : DataFrame
        A row for each run: the columns `by`, ``replicate``, ``strength`` (0 without regulariser),
        ``attempt`` (0, 1, ... of the initial weights, each with one strength and without
        regulariser) and ``validation``, NaN if the run diverged.
    by : sequence of str
        The columns that tell settings apart.

    Returns
    -------
    DataFrame
        The chosen rows with a column ``arm``, in the order of `ARMS` within each setting and
        replicate. An arm all of whose runs diverged reports its first.

    Raises
    ------
    ValueError
        If the arms of some replicate have not had the same attempts.
    """
    chosen = []
    for name, group in runs.groupby([*by, "replicate"], sort=False):
        regularised, unregularised = group[group["strength"] > 0], group[group["strength"] == 0]
        attempts = [sorted(arm["attempt"]) for arm in (regularised, unregularised)]
        if attempts[0] != attempts[1]:
            raise ValueError(
                f"runs: {name} has regularised attempts {attempts[0]} and unregularised ones "
                f"{attempts[1]}, expected the same"
            )
        plain = unregularised[unregularised["attempt"] == 0]
        for arm, tries in zip(ARMS, (plain, unregularised, regularised), strict=True):
            best = int(tries["validation"].fillna(np.inf).argmin())
            chosen.append(tries.iloc[[best]].assign(arm=arm))
    return pd.concat(chosen, ignore_index=True)


def summarise_arms(
    chosen: pd.DataFrame, by: Sequence[str], measures: Sequence[str]
) -> pd.DataFrame:
    """Return mean, interval, standard deviation and number of runs of each arm.

    Parameters
    ----------
    chosen : DataFrame
        What `choose_runs` returned.
    by, measures : sequence of str
        The columns that tell settings apart, and those to average.

    Returns
    -------
    DataFrame
        A row for each setting and arm; for a measure ``x`` columns ``x``, ``x_low``, ``x_high``
        and ``x_sd``. Diverged runs (NaN) are left out and counted in ``diverged``.
    """
    rows = []
    for name, group in chosen.groupby([*by, "arm"], sort=False):
        row = dict(zip([*by, "arm"], name, strict=True))
        finite = group[list(measures)].dropna()
        row |= {"runs": len(finite), "diverged": len(group) - len(finite)}
        for measure in measures:
            row |= _columns(measure, finite[measure])
        rows.append(row)
    return pd.DataFrame(rows)


def compare_arms(
    chosen: pd.DataFrame, by: Sequence[str], measures: Sequence[str], pooled: str | None = None
) -> pd.DataFrame:
    """Return how the regularised arm stands to the two others within pairs.

    Parameters
    ----------
    chosen : DataFrame
        What `choose_runs` returned.
    by, measures : sequence of str
        The columns that tell settings apart, and those to compare.
    pooled : str, optional
        Another column that tells settings apart. Differences, and logarithms of ratios, are
        averaged over it within each replicate, and the interval is over replicates: they may share
        data between its settings, as those of one teacher do.

    Returns
    -------
    DataFrame
        A row for each setting and each arm compared with (``against``): for a measure ``x`` the
        columns of `summarise_arms` for the differences, and ``x_ratio``, ``x_ratio_low``,
        ``x_ratio_high``: the geometric mean of the ratios with its interval, NaN where a value is
        zero. ``replicates`` counts those that enter; with ``diverged`` pairs, of which a run
        diverged, a replicate does not.
    """
    rows = []
    for name, group in chosen.groupby(list(by), sort=False):
        index = ["replicate", *([pooled] if pooled else [])]
        wide = group.pivot(index=index, columns="arm", values=list(measures))
        for against in (PLAIN, CONTROL):
            row = dict(zip(by, name, strict=True)) | {"against": against}
            arm, base = (
                pd.DataFrame({measure: wide[measure][one] for measure in measures})
                for one in (REGULARISED, against)
            )
            rows.append(row | _compare(arm, base, measures))
    return pd.DataFrame(rows)


def compare_strengths(
    runs: pd.DataFrame, by: Sequence[str], measures: Sequence[str]
) -> pd.DataFrame:
    """Return how each strength stands to the run without regulariser from its initial weights.

    Parameters
    ----------
    runs : DataFrame
        As `choose_runs` takes them.
    by, measures : sequence of str
        The columns that tell settings apart, and those to compare.

    Returns
    -------
    DataFrame
        A row for each setting and strength, otherwise as `compare_arms`. Nothing is chosen here.
    """
    rows = []
    for name, group in runs.groupby(list(by), sort=False):
        paired = group.set_index(["replicate", "attempt"])
        plain = paired[paired["strength"] == 0]
        for strength, tries in paired[paired["strength"] > 0].groupby("strength"):
            row = dict(zip(by, name, strict=True)) | {"strength": strength}
            base = plain.loc[tries.index]
            rows.append(row | _compare(tries[list(measures)], base[list(measures)], measures))
    return pd.DataFrame(rows)


def compare_level(
    sample: ArrayLike, published: ArrayLike, published_errors: ArrayLike, level: float = 0.95
) -> Estimate:
    """Return the geometric mean over settings of our mean over the published one.

    Parameters
    ----------
    sample : array_like, shape (R, S)
        Our values, positive, by replicate and setting. A replicate may share data between settings:
        the error is that of the jackknife over replicates.
    published, published_errors : array_like, shape (S,)
        The published means and their standard errors.
    level : float
        Of the interval, which is normal in the logarithm.

    Returns
    -------
    Estimate
        The ratio and its interval; the standard deviation is NaN, the runs are the replicates. With
        one replicate there is no interval.
    """
    values, means = np.asarray(sample, dtype=float), np.asarray(published, dtype=float)
    R, S = values.shape
    ratio = float(np.exp(np.log(values.mean(axis=0) / means).mean()))
    if R == 1:
        return Estimate(ratio, np.nan, np.nan, np.nan, R)
    without = (values.sum(axis=0) - values) / (R - 1)
    logs = np.log(without / means).mean(axis=1)
    ours = (R - 1) * float(logs.var())
    theirs = float(np.square(np.asarray(published_errors) / means).sum()) / S**2
    half = float(ndtri((1 + level) / 2)) * np.sqrt(ours + theirs)
    return Estimate(ratio, ratio * np.exp(-half), ratio * np.exp(half), np.nan, R)


def _compare(arm: pd.DataFrame, base: pd.DataFrame, measures: Sequence[str]) -> dict[str, float]:
    """Return the columns of differences and ratios of pairs, which the index tells apart."""
    complete = (arm.notna() & base.notna()).all(axis=1)
    replicate = arm.index.get_level_values("replicate")
    whole = complete.groupby(replicate).transform("all").to_numpy()
    row: dict[str, float] = {
        "replicates": replicate[whole].nunique(),
        "diverged": int((~complete).sum()),
    }
    for measure in measures:
        first, second = arm.loc[whole, measure], base.loc[whole, measure]
        row |= _columns(measure, (first - second).groupby("replicate").mean())
        positive = bool((first > 0).all() and (second > 0).all())
        logs = np.log(first / second) if positive else first[:0]
        ratio = _columns("ratio", logs.groupby("replicate").mean())
        for end in ("", "_low", "_high"):
            row[f"{measure}_ratio{end}"] = float(np.exp(ratio[f"ratio{end}"]))
    return row


def _columns(measure: str, sample: pd.Series) -> dict[str, float]:
    return (UNKNOWN if sample.empty else mean_interval(sample)).columns(measure)
