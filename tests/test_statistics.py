import numpy as np
import pytest
from scipy import stats

from landscape.statistics import (
    Estimate,
    deviation_interval,
    log_slope_interval,
    mean_interval,
    mean_of_estimates,
    share_difference,
    wilson_interval,
)


def test_mean_interval_is_students():
    sample = np.array([1.0, 2.5, 0.5, 4.0])
    estimate = mean_interval(sample)
    oracle = stats.t.interval(0.95, 3, loc=sample.mean(), scale=stats.sem(sample))
    assert estimate.value == sample.mean()
    assert estimate[1:3] == pytest.approx(oracle, rel=1e-14)
    assert estimate.columns("x") == {
        "x": estimate.value,
        "x_low": estimate.low,
        "x_high": estimate.high,
        "x_sd": estimate.sd,
    }
    assert (estimate.sd, estimate.runs) == (pytest.approx(sample.std(ddof=1)), 4)


def test_one_run_has_no_interval():
    estimate = mean_interval([3.0])
    assert estimate.value == 3.0
    assert np.isnan([estimate.low, estimate.high, estimate.sd]).all()


def test_interval_covers_at_its_level():
    rng = np.random.default_rng(0)
    covered = [
        estimate.low <= 1 <= estimate.high
        for estimate in (mean_interval(rng.normal(1, 2, 5), level=0.9) for _ in range(2000))
    ]
    assert stats.binomtest(sum(covered), 2000, 0.9).pvalue > 1e-3


def test_slope_of_a_power_law_is_its_exponent():
    x = np.array([1.0, 10.0, 100.0, 1000.0])
    estimate = log_slope_interval(x, 3 * x**-0.5)
    assert estimate.value == pytest.approx(-0.5, abs=1e-13)
    # linregress forms 1 - r^2, whose rounding error becomes its square root in the interval.
    assert estimate.high - estimate.low == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("x", "y"), [([1, 2], [1, 2]), ([1, 2, 0], [1, 2, 3]), ([1, 2, 3], [1, 2, 3, 4])]
)
def test_slope_refuses(x, y):
    with pytest.raises(ValueError, match="x, y: expected"):
        log_slope_interval(x, y)


def test_mean_refuses_nothing():
    with pytest.raises(ValueError, match="at least one value"):
        mean_interval([])


@pytest.mark.parametrize(("successes", "runs"), [(0, 7), (3, 10), (50, 50), (1, 1), (199, 1000)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_wilson_interval_is_that_of_scipy(successes, runs, level):
    estimate = wilson_interval(successes, runs, level)
    oracle = stats.binomtest(successes, runs).proportion_ci(level, method="wilson")
    assert estimate[1:3] == pytest.approx((oracle.low, oracle.high), rel=0, abs=1e-15)
    assert (estimate.value, estimate.runs) == (successes / runs, runs)


@pytest.mark.parametrize(("successes", "runs"), [(0, 0), (-1, 3), (4, 3)])
def test_wilson_refuses(successes, runs):
    with pytest.raises(ValueError, match="expected"):
        wilson_interval(successes, runs)


def test_deviation_interval_is_that_of_chi_square():
    sample = np.array([1.0, 2.5, 0.5, 4.0, 2.0])
    estimate = deviation_interval(sample)
    squares = 4 * sample.var(ddof=1) / stats.chi2.ppf([0.975, 0.025], 4)
    assert estimate.value == sample.std(ddof=1)
    assert estimate[1:3] == pytest.approx(np.sqrt(squares), rel=1e-12)
    assert np.isnan(deviation_interval([1.0]).value)


def test_share_difference_is_newcombes():
    # Method 10 of Newcombe 1998, Table II: 56/70 against 48/80 and 9/10 against 3/10.
    for pairs, interval in (
        (((56, 70), (48, 80)), (0.0524, 0.3339)),
        (((9, 10), (3, 10)), (0.1705, 0.8090)),
    ):
        estimate = share_difference(*(wilson_interval(*pair) for pair in pairs))
        assert estimate[1:3] == pytest.approx(interval, abs=5e-5)


def test_mean_of_symmetric_intervals_adds_squares():
    estimates = [Estimate(1.0, 0.7, 1.3, np.nan, 10), Estimate(2.0, 1.6, 2.4, np.nan, 5)]
    mean = mean_of_estimates(estimates)
    assert mean[:3] == pytest.approx((1.5, 1.25, 1.75), rel=1e-14)
    assert mean.runs == 15
    assert mean_of_estimates(estimates[:1])[:3] == pytest.approx(estimates[0][:3], rel=1e-14)
    with pytest.raises(ValueError, match="estimates"):
        mean_of_estimates([])


def test_mean_of_shares_covers_at_its_level():
    rng = np.random.default_rng(0)
    shares = np.array([0.02, 0.3, 0.6, 0.95])
    covered = 0
    for _ in range(1000):
        ours = [wilson_interval(int(rng.binomial(80, p)), 80) for p in shares]
        theirs = [wilson_interval(int(rng.binomial(200, p)), 200) for p in shares]
        pairs = zip(ours, theirs, strict=True)
        mean = mean_of_estimates([share_difference(*pair) for pair in pairs])
        covered += mean.low <= 0 <= mean.high
    assert 0.93 < covered / 1000 < 0.98
