"""From runs to classes, proofs and the table, end to end at k = 7."""

import json
import runpy

import numpy as np
import pandas as pd
import pytest

from landscape.errors import InputError
from landscape.spurious import read_searches

train = runpy.run_path("scripts/safran2018/train_students.py")["train_students"]
certify = runpy.run_path("scripts/safran2018/certify_minima.py")["certify_minima"]
tabulate = runpy.run_path("scripts/safran2018/tabulate_minima.py")
SETTINGS = {"closer": [7], "closer_runs": 60, "tolerance": 1e-6, "max_steps": 10**6, "seed": 0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("safran2018")
    train(
        teachers=7,
        surplus=[1, 0],
        runs=10,
        **SETTINGS,
        output=folder / "runs.parquet",
        classes=folder / "classes.parquet",
    )
    return folder


def test_pairs_do_not_depend_on_each_other(folder, tmp_path):
    train(
        teachers=7,
        surplus=[0],
        runs=1,
        **SETTINGS,
        output=tmp_path / "runs.parquet",
        classes=tmp_path / "classes.parquet",
    )
    first, again = (pd.read_parquet(path / "runs.parquet") for path in (folder, tmp_path))
    pair = [runs[(runs["k"] == 7) & (runs["n"] == 7)] for runs in (first, again)]
    pd.testing.assert_frame_equal(*(runs.reset_index(drop=True) for runs in pair))
    assert len(pair[0]) == 60
    assert (first["n"] == 8).sum() == 10


def test_files_are_read_by_surplus_and_then_by_teachers(tmp_path):
    for k in (9, 10, 8):
        frame = pd.DataFrame({"k": [k] * 4, "n": [k, k, k + 1, k + 2], "run": range(4)})
        frame.to_parquet(tmp_path / f"{k}.parquet")
    read = read_searches([tmp_path / "10.parquet", tmp_path / "8.parquet", tmp_path / "9.parquet"])
    assert read["k"].tolist() == [8, 8, 9, 9, 10, 10, 8, 9, 10, 8, 9, 10]
    assert read["run"].tolist() == [0, 1] * 3 + [2] * 3 + [3] * 3


def test_proofs_hold_what_was_found(folder):
    certify(
        classes=[folder / "classes.parquet"],
        teachers=[7],
        surplus=[0],
        certificates=folder / "certificates",
        table=folder / "proofs.csv",
        proved=folder / "proved.csv",
    )
    proofs = pd.read_csv(folder / "proofs.csv")
    assert (proofs[["proved", "verified", "moved_refused", "split_refused"]] == 1).all(axis=None)
    assert proofs["loss_low"].iloc[0] == pytest.approx(0.023203, abs=5e-7)
    assert pd.read_csv(folder / "proved.csv")["proved"].tolist() == [len(proofs)]
    files = sorted((folder / "certificates").iterdir())
    assert [file.name for file in files] == ["k07_n07_class00.json"]
    assert json.loads(files[0].read_text())["proved"] is True


def test_nothing_to_prove_is_said(folder):
    with pytest.raises(InputError, match="no class of minima"):
        certify(
            classes=[folder / "classes.parquet"],
            teachers=[9],
            surplus=[0],
            certificates=folder / "none",
            table=folder / "none.csv",
            proved=folder / "none_proved.csv",
        )


def test_table_counts_the_runs(folder):
    tabulate["tabulate_minima"](
        runs=[folder / "runs.parquet"],
        classes=[folder / "classes.parquet"],
        table=folder / "table1.csv",
        classes_table=folder / "classes.csv",
    )
    table = pd.read_csv(folder / "table1.csv").set_index("surplus")
    runs = pd.read_parquet(folder / "runs.parquet")
    for surplus in (0, 1):
        group = runs[runs["n"] == 7 + surplus]
        assert table.loc[surplus, "spurious"] == (group["loss"] >= 1e-3).sum()
        assert table.loc[surplus, "share"] == (group["loss"] >= 1e-3).mean()
    assert table.loc[0, "published_share"] == 0.055
    assert table.loc[1, "published_share"] == 0.0
    assert table.loc[0, "loss_ratio"] == pytest.approx(1, abs=0.01)
    assert np.isnan(table.loc[1, "loss"])
