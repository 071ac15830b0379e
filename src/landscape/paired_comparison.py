"""Comparing arms of an experiment fairly: paired runs, equal tries, choice on held-out data."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from landscape.statistics import Estimate, mean_interval

PLAIN = "unregularised"
CONTROL = "unregularised, best of as many tries"
REGULARISED = "regularised"
ARMS = (PLAIN, CONTROL, REGULARISED)


def choose_runs(runs: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Choose the run that each arm reports, for each setting and replicate.

    The regularised arm reports the strength with the smallest validation loss. The control has
    had as many tries, with as many initial weights, and reports its best by the same rule: any gain
    from choosing among several runs it has as well. The plain arm reports its first and only try,
    which shares initial weights and samples with the regularised runs.

    Parameters
    ----------
    runs : DataFrame
        A row for each run: the columns `by`, ``replicate``, ``strength`` (0 without regulariser),
        ``attempt`` (0, 1, ... among the runs of strength 0, otherwise 0) and ``validation``, NaN
        if the run diverged.
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
        If the arms of some replicate have not had the same number of tries.
    """
    chosen = []
    for name, group in runs.groupby([*by, "replicate"], sort=False):
        regularised, unregularised = group[group["strength"] > 0], group[group["strength"] == 0]
        if len(regularised) != len(unregularised):
            raise ValueError(
                f"runs: {name} has {len(regularised)} regularised and {len(unregularised)} "
                "unregularised runs, expected as many of each"
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


def compare_arms(chosen: pd.DataFrame, by: Sequence[str], measures: Sequence[str]) -> pd.DataFrame:
    """Return the mean paired differences of the regularised arm from the two others.

    Parameters are those of `summarise_arms`.

    Returns
    -------
    DataFrame
        A row for each setting and each arm compared with (``against``): for a measure ``x`` the
        columns of `summarise_arms` for the differences, and ``x_change``, ``x_change_low``,
        ``x_change_high``: the same in percent of that arm's mean. Pairs with a diverged run are
        left out.
    """
    rows = []
    for name, group in chosen.groupby(list(by), sort=False):
        wide = group.pivot(index="replicate", columns="arm", values=list(measures)).dropna()
        for against in (PLAIN, CONTROL):
            differences = pd.DataFrame(
                {
                    measure: wide[measure][REGULARISED] - wide[measure][against]
                    for measure in measures
                }
            )
            base = pd.DataFrame({measure: wide[measure][against] for measure in measures})
            row = dict(zip(by, name, strict=True)) | {"against": against}
            row |= _differences(differences, base, measures)
            rows.append(row)
    return pd.DataFrame(rows)


def compare_strengths(
    runs: pd.DataFrame, by: Sequence[str], measures: Sequence[str]
) -> pd.DataFrame:
    """Return the mean paired differences of each strength from the plain run of its replicate.

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
        unregularised = group["strength"] == 0
        plain = group[unregularised & (group["attempt"] == 0)].set_index("replicate")
        for strength, tries in group[group["strength"] > 0].groupby("strength"):
            paired = tries.set_index("replicate")[list(measures)]
            differences = (paired - plain[list(measures)]).dropna()
            row = dict(zip(by, name, strict=True)) | {"strength": strength}
            row |= _differences(differences, plain.loc[differences.index], measures)
            rows.append(row)
    return pd.DataFrame(rows)


def _differences(
    differences: pd.DataFrame, base: pd.DataFrame, measures: Sequence[str]
) -> dict[str, float]:
    row: dict[str, float] = {"pairs": len(differences)}
    for measure in measures:
        columns = _columns(measure, differences[measure])
        row |= columns
        for end in ("", "_low", "_high"):
            row[f"{measure}_change{end}"] = 100 * columns[f"{measure}{end}"] / base[measure].mean()
    return row


def _columns(measure: str, sample: pd.Series) -> dict[str, float]:
    nothing = Estimate(np.nan, np.nan, np.nan, np.nan, 0)
    return (nothing if sample.empty else mean_interval(sample)).columns(measure)
