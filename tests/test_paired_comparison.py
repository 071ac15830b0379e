import numpy as np
import pandas as pd
import pytest

from landscape.paired_comparison import (
    CONTROL,
    PLAIN,
    REGULARISED,
    choose_runs,
    compare_arms,
    compare_level,
    compare_strengths,
    summarise_arms,
)


@pytest.fixture
def runs():
    """Two replicates, two strengths, each with a control; test = validation + 10."""
    rows = [
        # replicate, strength, attempt, validation
        (0, 0.1, 0, 5.0),
        (0, 1.0, 1, 3.0),
        (0, 0.0, 0, 6.0),
        (0, 0.0, 1, 4.0),
        (1, 0.1, 0, 2.0),
        (1, 1.0, 1, 7.0),
        (1, 0.0, 0, 4.0),
        (1, 0.0, 1, 8.0),
    ]
    frame = pd.DataFrame(rows, columns=["replicate", "strength", "attempt", "validation"])
    return frame.assign(n=20, test=frame["validation"] + 10)


def test_each_arm_reports_its_best_on_validation(runs):
    chosen = choose_runs(runs, ["n"]).set_index(["replicate", "arm"])
    assert chosen.loc[(0, PLAIN), "test"] == 16
    assert chosen.loc[(0, CONTROL), "test"] == 14
    assert chosen.loc[(0, REGULARISED), "test"] == 13
    assert chosen.loc[(1, REGULARISED), "strength"] == 0.1


def test_test_data_chooses_nothing(runs):
    other = runs.assign(test=np.random.default_rng(0).permutation(runs["test"]))
    first, second = choose_runs(runs, ["n"]), choose_runs(other, ["n"])
    pd.testing.assert_frame_equal(first.drop(columns="test"), second.drop(columns="test"))


def test_differences_are_within_replicates(runs):
    effects = compare_arms(choose_runs(runs, ["n"]), ["n"], ["test"]).set_index("against")
    # Replicates 0 and 1: 13 and 12, against 16 and 14 of the plain run, 14 and 14 of the control.
    columns = ["test", "test_sd", "replicates", "diverged"]
    assert effects.loc[PLAIN, columns].tolist() == [-2.5, np.sqrt(0.5), 2, 0]
    assert effects.loc[CONTROL, "test"] == -1.5
    logs = np.log([13 / 16, 12 / 14])
    assert effects.loc[PLAIN, "test_ratio"] == pytest.approx(np.exp(logs.mean()))
    # Student's quantile for two values is 12.706.
    high = np.exp(logs.mean() + 12.7062047 * logs.std(ddof=1) / np.sqrt(2))
    assert effects.loc[PLAIN, "test_ratio_high"] == pytest.approx(high)


def test_strengths_are_compared_with_the_run_from_their_weights(runs):
    effects = compare_strengths(runs, ["n"], ["test"]).set_index("strength")
    assert effects["test"].tolist() == [(-1 - 2) / 2, (-1 - 1) / 2]


def test_pooled_settings_count_once_a_replicate(runs):
    wider = runs.assign(n=40, test=runs["test"] * [1, 1, 1, 1, 2, 3, 2, 3])
    chosen = choose_runs(pd.concat([runs, wider]), ["n"])
    (pooled,) = (
        row
        for _, row in compare_arms(chosen.assign(all=0), ["all"], ["test"], pooled="n").iterrows()
        if row["against"] == PLAIN
    )
    by_width = [
        compare_arms(chosen[(chosen["n"] == n) & (chosen["replicate"] == r)], ["n"], ["test"])
        .set_index("against")
        .loc[PLAIN, ["test", "test_ratio"]]
        .tolist()
        for r in (0, 1)
        for n in (20, 40)
    ]
    differences, ratios = np.array(by_width).reshape(2, 2, 2).transpose(2, 0, 1)
    assert pooled["test"] == differences.mean()
    assert pooled["test_sd"] == pytest.approx(differences.mean(axis=1).std(ddof=1))
    assert pooled["test_ratio"] == pytest.approx(np.exp(np.log(ratios).mean()))
    assert pooled["replicates"] == 2


def test_diverged_runs_are_counted_and_not_averaged(runs):
    runs.loc[[2, 3], ["validation", "test"]] = np.nan
    chosen = choose_runs(runs, ["n"])
    summary = summarise_arms(chosen, ["n"], ["test"]).set_index("arm")
    assert summary.loc[PLAIN, ["runs", "diverged", "test"]].tolist() == [1, 1, 14]
    effects = compare_arms(chosen, ["n"], ["test"]).set_index("against")
    assert effects.loc[PLAIN, ["replicates", "diverged", "test"]].tolist() == [1, 1, -2]
    # A diverged strength loses to one that did not.
    runs.loc[1, "validation"] = np.nan
    best = choose_runs(runs, ["n"]).set_index(["replicate", "arm"])
    assert best.loc[(0, REGULARISED), "strength"] == 0.1


def test_a_replicate_with_a_diverged_pair_is_in_no_pooled_mean(runs):
    both = choose_runs(pd.concat([runs, runs.assign(n=40)]), ["n"]).assign(all=0)
    both.loc[(both["n"] == 40) & (both["replicate"] == 0) & (both["arm"] == PLAIN), "test"] = np.nan
    pooled = compare_arms(both, ["all"], ["test"], pooled="n").set_index("against")
    assert pooled.loc[PLAIN, ["replicates", "diverged", "test"]].tolist() == [1, 1, -2]
    assert pooled.loc[CONTROL, "replicates"] == 2


def test_a_value_of_zero_has_a_difference_and_no_ratio(runs):
    runs["test"] *= runs["test"] != 13
    effects = compare_arms(choose_runs(runs, ["n"]), ["n"], ["test"])
    assert effects["test"].notna().all()
    assert effects["test_ratio"].isna().all()


def test_unequal_attempts_are_refused(runs):
    with pytest.raises(ValueError, match=r"regularised attempts \[0, 1\] and unregularised ones"):
        choose_runs(runs.drop(index=3), ["n"])
    with pytest.raises(ValueError, match="expected the same"):
        choose_runs(runs.replace({"attempt": {0: 2}}).assign(attempt=[0, 0, 0, 1] * 2), ["n"])


def test_level_is_a_geometric_mean_of_ratios():
    sample = [[1.0, 30.0], [3.0, 50.0]]
    level = compare_level(sample, [4.0, 20.0], [0.0, 0.0])
    assert level.value == pytest.approx(1.0)
    # Without errors of the published means, one setting has the error of its mean.
    one = compare_level([[9.0], [10.0], [11.0]], [10.0], [0.0])
    spread = 1.96 * 1.0 / np.sqrt(3) / 10
    assert np.log(one.high) == pytest.approx(spread, rel=0.02)
    # Their error alone: our values do not vary.
    theirs = compare_level([[8.0, 2.0]] * 3, [8.0, 2.0], [0.8, 0.2])
    assert np.log(theirs.high) == pytest.approx(1.96 * 0.1 / np.sqrt(2), rel=1e-4)
    assert np.isnan(compare_level([[9.0]], [10.0], [0.0]).high)


def test_level_covers_the_truth_when_settings_share_their_replicates():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        shared = rng.lognormal(0, 0.3, (20, 1))
        sample = shared * rng.lognormal(0, 0.2, (20, 3)) / np.exp((0.3**2 + 0.2**2) / 2)
        published = 1 + 0.05 * rng.standard_normal(3)
        level = compare_level(sample, published, [0.05] * 3)
        covered += level.low <= 1 <= level.high
    # Binomial: 380 expected with a standard deviation of 4.4; the normal quantile costs a little.
    assert 360 <= covered <= 395
