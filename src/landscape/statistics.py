"""Means, shares and slopes with their intervals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv, ndtri, stdtrit


class Estimate(NamedTuple):
    """A value, the ends of its confidence interval, the standard deviation and number of runs."""

    value: float
    low: float
    high: float
    sd: float
    runs: int

    def columns(self, name: str) -> dict[str, float]:
        """Return value, interval and standard deviation as the columns of a table."""
        return {
            name: self.value,
            f"{name}_low": self.low,
            f"{name}_high": self.high,
            f"{name}_sd": self.sd,
        }


# What there is to say of a number that nobody has measured.
UNKNOWN = Estimate(np.nan, np.nan, np.nan, np.nan, 0)


def mean_interval(sample: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the mean of a sample with Student's interval.

    For a paired design pass the differences within the pairs. With fewer than two values the
    interval and standard deviation are NaN: one run says nothing about the spread of runs.

    Raises
    ------
    ValueError
        If the sample is empty.
    """
    values = np.asarray(sample, dtype=float).ravel()
    if values.size == 0:
        raise ValueError("sample: expected at least one value, got none")
    mean = float(values.mean())
    if values.size == 1:
        return Estimate(mean, np.nan, np.nan, np.nan, 1)
    sd = float(values.std(ddof=1))
    half = float(stdtrit(values.size - 1, (1 + level) / 2)) * sd / np.sqrt(values.size)
    return Estimate(mean, mean - half, mean + half, sd, values.size)


def wilson_interval(successes: int, runs: int, level: float = 0.95) -> Estimate:
    """Return the share of successes in independent runs with Wilson's score interval.

    Unlike the interval from the normal approximation it stays within 0 and 1, and has a length
    where no run or every run succeeds. `sd` is that of a single run, sqrt(p (1 - p)).

    Raises
    ------
    ValueError
        If there is no run, or `successes` is not between 0 and `runs`.
    """
    if runs < 1:
        raise ValueError(f"runs: expected at least one, got {runs}")
    if not 0 <= successes <= runs:
        raise ValueError(f"successes: expected between 0 and {runs}, got {successes}")
    share = successes / runs
    z2 = float(ndtri((1 + level) / 2)) ** 2 / runs
    centre = (share + z2 / 2) / (1 + z2)
    half = float(np.sqrt(z2 * share * (1 - share) + z2**2 / 4)) / (1 + z2)
    # At the ends the exact bound is 0 or 1, which rounding would miss.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == runs else centre + half
    return Estimate(share, low, high, float(np.sqrt(share * (1 - share))), runs)


def deviation_interval(sample: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the standard deviation of a sample of Gaussians with its chi-square interval.

    With fewer than two values everything but their number is NaN.
    """
    values = np.asarray(sample, dtype=float).ravel()
    if values.size < 2:
        return UNKNOWN._replace(runs=values.size)
    sd = float(values.std(ddof=1))
    half = (values.size - 1) / 2
    low, high = (
        sd * float(np.sqrt(half / gammaincinv(half, share)))
        for share in ((1 + level) / 2, (1 - level) / 2)
    )
    return Estimate(sd, low, high, np.nan, values.size)


def log_slope_interval(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the least-squares slope of log y against log x, with Student's interval.

    Raises
    ------
    ValueError
        If there are fewer than three points or a coordinate is not positive.
    """
    # Here, not above: the import takes longer than most steps that want no slope.
    from scipy.stats import linregress

    a, b = np.asarray(x, dtype=float).ravel(), np.asarray(y, dtype=float).ravel()
    if a.size != b.size or a.size < 3:
        raise ValueError(f"x, y: expected three points or more of each, got {a.size} and {b.size}")
    if not (np.all(a > 0) and np.all(b > 0)):
        raise ValueError("x, y: expected positive values, whose logarithms exist")
    fit = linregress(np.log(a), np.log(b))
    half = float(stdtrit(a.size - 2, (1 + level) / 2)) * fit.stderr
    sd = float(fit.stderr * np.sqrt(a.size))
    return Estimate(float(fit.slope), fit.slope - half, fit.slope + half, sd, a.size)


def share_difference(first: Estimate, second: Estimate) -> Estimate:
    """Return the difference of two shares of `wilson_interval` with Newcombe's score interval.

    The standard deviation is NaN and the number of runs that of the first share.
    """
    difference = first.value - second.value
    below = np.hypot(first.value - first.low, second.high - second.value)
    above = np.hypot(first.high - first.value, second.value - second.low)
    return Estimate(
        difference, float(difference - below), float(difference + above), np.nan, first.runs
    )


def mean_of_estimates(estimates: Sequence[Estimate]) -> Estimate:
    """Return the mean of independent estimates, the distances of its ends the root of squares.

    That is the method of variance estimates recovery (Zou and Donner 2008), of which Newcombe's
    interval is the case of a difference: intervals need not be symmetric. The standard deviation is
    NaN and the number of runs that of all estimates.

    Raises
    ------
    ValueError
        If there is no estimate.
    """
    if not estimates:
        raise ValueError("estimates: expected at least one, got none")
    values, lows, highs, _, runs = (np.array(part) for part in zip(*estimates, strict=True))
    mean, count = float(values.mean()), len(values)
    below = float(np.linalg.norm(values - lows)) / count
    above = float(np.linalg.norm(highs - values)) / count
    return Estimate(mean, mean - below, mean + above, np.nan, int(runs.sum()))
