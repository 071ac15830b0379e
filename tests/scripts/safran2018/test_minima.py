"""From runs to classes, proofs and the table, end to end at k = 7."""

import json
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from landscape.spurious import read_searches
from landscape.statistics import Estimate
from replication.errors import InputError

train = runpy.run_path("scripts/safran2018/train_students.py")["train_students"]
certify = runpy.run_path("scripts/safran2018/certify_minima.py")["certify_minima"]
tabulate_proofs = runpy.run_path("scripts/safran2018/tabulate_proofs.py")["tabulate_proofs"]
targets = runpy.run_path("scripts/safran2018/certify_targets.py")["certify_targets"]
tabulate_targets = runpy.run_path("scripts/safran2018/tabulate_targets.py")["tabulate_targets"]
tabulate = runpy.run_path("scripts/safran2018/tabulate_minima.py")
SETTINGS = {
    "closer": [7],
    "closer_runs": 60,
    "larger": [9],
    "larger_runs": 3,
    "tolerance": 1e-6,
    "max_steps": 10**6,
    "seed": 0,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("safran2018")
    train(
        teachers=7,
        surplus=[1, 0],
        runs=10,
        **SETTINGS,
        ends=folder / "runs.parquet",
        classes=folder / "classes.parquet",
    )
    return folder


def test_pairs_do_not_depend_on_each_other(folder, tmp_path):
    train(
        teachers=7,
        surplus=[0],
        runs=1,
        **SETTINGS,
        ends=tmp_path / "runs.parquet",
        classes=tmp_path / "classes.parquet",
    )
    first, again = (pd.read_parquet(path / "runs.parquet") for path in (folder, tmp_path))
    pair = [runs[(runs["k"] == 7) & (runs["n"] == 7)] for runs in (first, again)]
    pd.testing.assert_frame_equal(*(runs.reset_index(drop=True) for runs in pair))
    assert len(pair[0]) == 60
    assert (first["n"] == 8).sum() == 10


def test_larger_numbers_of_teachers_are_run_with_as_many_students_only(tmp_path):
    train(
        teachers=9,
        surplus=[0, 1, 2],
        runs=10,
        **SETTINGS,
        ends=tmp_path / "runs.parquet",
        classes=tmp_path / "classes.parquet",
    )
    assert pd.read_parquet(tmp_path / "runs.parquet")["n"].tolist() == [9, 9, 9]


def test_files_are_read_by_surplus_and_then_by_teachers(tmp_path):
    for k in (9, 10, 8):
        frame = pd.DataFrame({"k": [k] * 4, "n": [k, k, k + 1, k + 2], "run": range(4)})
        frame.to_parquet(tmp_path / f"{k}.parquet")
    read = read_searches([tmp_path / "10.parquet", tmp_path / "8.parquet", tmp_path / "9.parquet"])
    assert read["k"].tolist() == [8, 8, 9, 9, 10, 10, 8, 9, 10, 8, 9, 10]
    assert read["run"].tolist() == [0, 1] * 3 + [2] * 3 + [3] * 3


@pytest.fixture(scope="module")
def proofs(folder):
    certify(
        classes=folder / "classes.parquet",
        surplus=[0],
        certificates=folder / "certificates",
        proofs=folder / "proofs.parquet",
    )
    return pd.read_parquet(folder / "proofs.parquet")


def test_proofs_hold_what_was_found(folder, proofs):
    assert proofs["proved"].all()
    assert proofs["distinct_entries"].tolist() == [5]
    assert proofs["loss_low"].iloc[0] == pytest.approx(0.023203, abs=5e-7)
    files = sorted((folder / "certificates").iterdir())
    assert [file.name for file in files] == ["k07_n07_class00.json"]
    assert json.loads(files[0].read_text(encoding="utf-8"))["proved"] is True


def test_pairs_without_a_class_are_counted(folder, proofs, tmp_path):
    certify(
        classes=folder / "classes.parquet",
        surplus=[3],
        certificates=tmp_path / "none",
        proofs=tmp_path / "none.parquet",
    )
    assert list((tmp_path / "none").iterdir()) == []
    more = proofs.assign(k=9, n=9, min_eigenvalue_low=0.01)
    more.to_parquet(tmp_path / "larger.parquet")
    paths = [tmp_path / "larger.parquet", folder / "proofs.parquet", tmp_path / "none.parquet"]
    tabulate_proofs(
        proofs=paths,
        teachers=[7, 6],
        larger=[9],
        surplus=[1, 0],
        table=tmp_path / "proofs.csv",
        proved=tmp_path / "proved.csv",
    )
    assert pd.read_csv(tmp_path / "proofs.csv")["k"].tolist() == [7] * len(proofs) + [9]
    counts = pd.read_csv(tmp_path / "proved.csv")
    assert counts[["k", "n"]].to_numpy().tolist() == [[6, 6], [7, 7], [9, 9], [6, 7], [7, 8]]
    assert counts["proved"].tolist() == [0, len(proofs), 1, 0, 0]
    with pytest.raises(InputError, match="no class of minima"):
        tabulate_proofs(
            proofs=paths[2:],
            teachers=[7],
            larger=[9],
            surplus=[0],
            table=tmp_path / "none.csv",
            proved=tmp_path / "none_proved.csv",
        )


def test_table_counts_the_runs(folder):
    tabulate["tabulate_minima"](
        published=Path("config/safran2018/published.yaml"),
        later=Path("config/safran2020/published.yaml"),
        runs=[folder / "runs.parquet"],
        classes=[folder / "classes.parquet"],
        table=folder / "table1.csv",
        pooled=folder / "pooled.csv",
        classes_table=folder / "classes.csv",
    )
    table = pd.read_csv(folder / "table1.csv").set_index("surplus")
    runs = pd.read_parquet(folder / "runs.parquet")
    for surplus in (0, 1):
        group = runs[runs["n"] == 7 + surplus]
        assert table.loc[surplus, "spurious"] == (group["loss"] >= 1e-3).sum()
        assert table.loc[surplus, "share"] == (group["loss"] >= 1e-3).mean()
    assert table.loc[0, "published_share"] == 0.055
    assert table.loc[0, "later_share"] == 0.054
    assert np.isnan(table.loc[1, "later_share"])
    assert table.loc[1, "published_share"] == 0.0
    assert table.loc[0, "loss_ratio"] == pytest.approx(1, abs=0.01)
    assert np.isnan(table.loc[1, "loss"])


def test_nothing_is_published_beyond_twenty_students(tmp_path):
    k = np.repeat([19, 20], 10)
    runs = pd.DataFrame({"k": k, "n": k + 1, "class": -1, "finished": True, "loss": 0.0})
    columns = ["class", "runs", "loss", "min_eigenvalue", "max_eigenvalue", "gradient_norm"]
    classes = pd.DataFrame(columns=["k", "n", *columns, "minimum", "norm_sum", "W"])
    runs.to_parquet(tmp_path / "runs.parquet")
    classes.astype({"minimum": bool}).to_parquet(tmp_path / "classes.parquet")
    tabulate["tabulate_minima"](
        published=Path("config/safran2018/published.yaml"),
        later=Path("config/safran2020/published.yaml"),
        runs=[tmp_path / "runs.parquet"],
        classes=[tmp_path / "classes.parquet"],
        table=tmp_path / "table1.csv",
        pooled=tmp_path / "pooled.csv",
        classes_table=tmp_path / "classes.csv",
    )
    table = pd.read_csv(tmp_path / "table1.csv").set_index("n")
    assert table.loc[20, "published_share"] == 0.491
    assert np.isnan(table.loc[21, ["published_share", "difference"]].to_numpy(float)).all()


def test_ratio_has_the_errors_of_both_means():
    values = np.array([1.0, 2.0, 3.0, 2.0])
    estimate = tabulate["_log_ratio"](values, 4.0, 12.0)
    assert estimate.value == np.log(2 / 4)
    error = np.std(values, ddof=1) / 2 * np.sqrt(1 / 4 + 1 / 12)
    assert estimate.high - estimate.value == pytest.approx(stats.t.ppf(0.975, 3) * error, rel=1e-12)
    assert np.isnan(tabulate["_log_ratio"](values[:1], 4.0, 12.0).value)
    assert np.isnan(tabulate["_log_ratio"](values, np.nan, np.nan).value)


def test_pooled_ratios_are_geometric_means():
    estimates = {
        (0, "loss"): [
            Estimate(np.log(2), np.log(1), np.log(4), np.nan, 1),
            Estimate(np.log(8), np.log(4), np.log(16), np.nan, 1),
        ],
        (0, "share"): [Estimate(0.1, 0.0, 0.2, np.nan, 1)],
    }
    rows = tabulate["_pooled"](estimates).set_index("quantity")
    assert rows.loc["loss", ["sizes", "value"]].tolist() == pytest.approx([2, 4])
    assert rows.loc["loss", "high"] == pytest.approx(4 * 2 ** np.sqrt(0.5))
    assert rows.loc["share", ["value", "low", "high"]].tolist() == pytest.approx([0.1, 0.0, 0.2])


def test_minima_of_other_teachers_are_proved(folder, tmp_path):
    options = {"inputs": 10_000, "draws": 2, "seed": 0}
    targets(
        teachers=7, classes=folder / "classes.parquet", proofs=tmp_path / "7.parquet", **options
    )
    proofs = pd.read_parquet(tmp_path / "7.parquet")
    assert proofs["teachers"].tolist() == ["orthonormal", "random", "random"]
    assert proofs["inputs"].tolist() == [8, 10_000, 10_000]
    assert proofs["proved"].tolist() == [1, 1, 1]
    # Other teachers have other minima, and another loss there.
    assert proofs["loss_low"].nunique() == 3
    # Teachers in few dimensions are far from orthogonal, and the minimum is not followed there.
    targets(
        teachers=7,
        classes=folder / "classes.parquet",
        proofs=tmp_path / "few.parquet",
        **options | {"inputs": 7},
    )
    assert pd.read_parquet(tmp_path / "few.parquet")["proved"].tolist() == [1, 0, 0]
    found = pd.read_parquet(folder / "classes.parquet").iloc[:0]
    found.to_parquet(tmp_path / "none_found.parquet")
    targets(
        teachers=7,
        classes=tmp_path / "none_found.parquet",
        proofs=tmp_path / "none.parquet",
        **options,
    )
    tabulate_targets(
        proofs=[tmp_path / "none.parquet", tmp_path / "7.parquet"], table=tmp_path / "targets.csv"
    )
    table = pd.read_csv(tmp_path / "targets.csv").set_index("teachers")
    assert table.loc["random", ["draws", "proved", "unproved"]].tolist() == [2, 2, 0]
    with pytest.raises(InputError, match="no minimum to certify"):
        tabulate_targets(proofs=[tmp_path / "none.parquet"], table=tmp_path / "none.csv")
