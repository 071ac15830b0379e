import numpy as np
import pandas as pd
import pytest

from landscape.paired_comparison import (
    CONTROL,
    PLAIN,
    REGULARISED,
    choose_runs,
    compare_arms,
    compare_strengths,
    summarise_arms,
)


@pytest.fixture
def runs():
    """Two replicates, two strengths and as many unregularised tries; test = validation + 10."""
    rows = [
        # replicate, strength, attempt, validation
        (0, 0.1, 0, 5.0),
        (0, 1.0, 0, 3.0),
        (0, 0.0, 0, 6.0),
        (0, 0.0, 1, 4.0),
        (1, 0.1, 0, 2.0),
        (1, 1.0, 0, 7.0),
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
    # Replicates 0 and 1: 13 - 16 and 12 - 14 against the plain run, 13 - 14 and 12 - 14 the
    # control.
    assert effects.loc[PLAIN, ["test", "test_sd", "pairs"]].tolist() == [-2.5, np.sqrt(0.5), 2]
    assert effects.loc[CONTROL, "test"] == -1.5
    assert effects.loc[PLAIN, "test_change"] == pytest.approx(-100 * 2.5 / 15)


def test_strengths_are_compared_with_the_paired_run(runs):
    effects = compare_strengths(runs, ["n"], ["test"]).set_index("strength")
    assert effects["test"].tolist() == [(-1 - 2) / 2, (-3 + 3) / 2]


def test_diverged_runs_are_counted_and_not_averaged(runs):
    runs.loc[[2, 3], ["validation", "test"]] = np.nan
    chosen = choose_runs(runs, ["n"])
    summary = summarise_arms(chosen, ["n"], ["test"]).set_index("arm")
    assert summary.loc[PLAIN, ["runs", "diverged", "test"]].tolist() == [1, 1, 14]
    effects = compare_arms(chosen, ["n"], ["test"]).set_index("against")
    assert effects.loc[PLAIN, "pairs"] == 1
    # A diverged strength loses to one that did not.
    runs.loc[1, "validation"] = np.nan
    best = choose_runs(runs, ["n"]).set_index(["replicate", "arm"])
    assert best.loc[(0, REGULARISED), "strength"] == 0.1


def test_unequal_tries_are_refused(runs):
    with pytest.raises(ValueError, match="2 regularised and 1 unregularised"):
        choose_runs(runs.drop(index=3), ["n"])
