"""What is pooled over widths, against plain arithmetic."""

import runpy

import numpy as np
import pandas as pd
import pytest

TABLE1 = runpy.run_path("scripts/xie2017/tabulate_table1.py")
TABLE3 = runpy.run_path("scripts/xie2017/tabulate_table3.py")
THEOREM3 = runpy.run_path("scripts/xie2017/check_theorem3.py")


def test_published_ratios_have_the_errors_of_their_means():
    arms = ["regularised", "unregularised"]
    index = pd.MultiIndex.from_product([[100, 200], arms], names=["n", "arm"])
    columns = ["train", "train_sd", "test", "test_sd"]
    printed = pd.DataFrame(
        [[1.0, 0.0, 2.0, 0.4], [2.0, 0.0, 4.0, 0.0], [1.0, 0.0, 9.0, 0.0], [2.0, 0.0, 2.0, 0.0]],
        index=index,
        columns=columns,
    )
    ratios, pooled = TABLE1["_published_ratios"](printed, 4)
    assert ratios["published_test_ratio"].tolist() == [0.5, 4.5]
    assert pooled["published_test_ratio"] == pytest.approx(1.5)
    # One mean of four has a relative error of 0.4 / 2 / 2; the logarithm is averaged over two.
    assert pooled["published_test_ratio_high"] == pytest.approx(1.5 * np.exp(1.96 * 0.1 / 2))
    assert pooled["published_train_ratio_low"] == pytest.approx(0.5)


def test_a_gain_in_standard_deviations_has_their_interval_upside_down():
    plain = pd.Series([2.0, 2.2, 2.4, np.nan])
    row = TABLE3["_gain_over_spread"](plain, -0.05)
    assert row["published_gain_over_sd"] == pytest.approx(0.05 / 0.2)
    # Chi-square with two degrees of freedom: -2 log p.
    squares = -2 * np.log([0.025, 0.975])
    ends = 0.25 * np.sqrt(squares[::-1] / 2)
    found = [row["published_gain_over_sd_low"], row["published_gain_over_sd_high"]]
    assert found == pytest.approx(ends)


def test_constants_are_the_largest_along_training():
    rows = [
        {"init_scale": scale, "n": n, "replicate": r, "step": step, "ratio_times_n": value}
        for scale in (1.0, 0.1)
        for n, values in ((50, [[1.0, 8.0], [4.0, 2.0]]), (100, [[2.0, 1.0], [1.0, 4.0]]))
        for r, along in enumerate(values)
        for step, value in enumerate(along)
    ]
    constants = THEOREM3["_constants"](pd.DataFrame(rows), 50)
    assert constants[["init_scale", "n", "replicates"]].to_numpy().tolist() == [
        [1.0, 100, 2],
        [0.1, 100, 2],
    ]
    # Replicates need 2 / 8 and 4 / 4.
    assert constants["constant_over_least"].tolist() == pytest.approx([0.5, 0.5])
