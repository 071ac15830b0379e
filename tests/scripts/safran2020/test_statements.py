"""Curvature along displacements, splits of units, and the tables they go to."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landscape.population import hessian, polish
from replication.errors import InputError

table1 = runpy.run_path("scripts/safran2020/check_table1.py")
tabulate = runpy.run_path("scripts/safran2020/tabulate_minima.py")
train = runpy.run_path("scripts/safran2020/train_minima.py")["train_minima"]
convexity = runpy.run_path("scripts/safran2020/check_strong_convexity.py")["check_strong_convexity"]
splits = runpy.run_path("scripts/safran2020/check_split_teachers.py")["check_split_teachers"]
PUBLISHED = Path("config/safran2020/published.yaml")


def test_curvature_is_the_quadratic_form_of_the_hessian():
    W, V = np.repeat(np.eye(5) / 3, 3, axis=0), np.eye(5)
    moves = np.sqrt(1e-5) * np.random.default_rng(0).standard_normal((4, 15, 5))
    exact = [g.ravel() @ hessian(W + g, V) @ g.ravel() for g in moves]
    np.testing.assert_allclose(table1["curvatures"](W, V, moves), exact, rtol=1e-6)


def test_table1_holds_the_least_of_the_draws(tmp_path):
    rows = {}
    for samples in (1, 40):
        path = tmp_path / f"{samples}.csv"
        table1["check_table1"](
            teachers=[5],
            splits=[2],
            samples=samples,
            variance=1e-5,
            seed=0,
            published=PUBLISHED,
            table=path,
        )
        rows[samples] = pd.read_csv(path).iloc[0]
    assert 0 < rows[40]["gaussian"] < rows[1]["gaussian"]
    assert rows[40]["adversarial"] < rows[40]["gaussian"]
    assert rows[40]["gaussian_ratio"] == rows[40]["gaussian"] / 0.84


def test_a_split_gains_a_descent_at_least_as_steep_as_its_block():
    W = np.full((7, 7), -0.0350801559)
    np.fill_diagonal(W, 0.9969227988)
    W[0, 1:], W[1:, 0], W[0, 0] = 0.1859910463, 0.2616910758, -0.6327039049
    block, slope, least = tabulate["_split"](polish(W, np.eye(7)))
    assert slope < 1e-14
    # Along (u, -u) the form is (1/a + 1/(1 - a)) u^T H' u, and |(u, -u)|^2 = 2.
    a = tabulate["SPLIT"]
    assert least <= (1 / a + 1 / (1 - a)) * block / 2 < 0


def test_tables_of_a_small_run(tmp_path):
    files = {"runs": [], "classes": []}
    for k in (5, 7, 8):
        for name, paths in files.items():
            paths.append(tmp_path / f"{name}_k{k}.parquet")
        train(
            teachers=k,
            runs=30,
            larger=[7],
            larger_runs=10,
            tolerance=1e-6,
            max_steps=10**6,
            seed=0,
            ends=files["runs"][-1],
            classes=files["classes"][-1],
        )
    out = {name: tmp_path / f"{name}.csv" for name in ("shares", "minima", "norm_sums")}
    tabulate["tabulate_minima"](**files, published=PUBLISHED, **out)
    shares, minima, sums = (pd.read_csv(out[name]) for name in out)
    runs = pd.read_parquet(files["runs"])
    assert shares["k"].tolist() == [5, 7, 8]
    assert shares["runs"].tolist() == [30, 10, 30]
    # Nothing is published of k = 5.
    assert shares["published_share"].isna().tolist() == [True, False, False]
    assert shares["difference"].isna().tolist() == [True, False, False]
    assert (
        shares["spurious"].tolist()
        == runs.groupby("k")["class"].apply(lambda labels: (labels >= 0).sum()).tolist()
    )
    assert sums["runs"].sum() == shares["spurious"].sum()
    assert (minima["deficit_least"] > 0).all()
    assert (minima["split_eigenvalue"] < 0).all()
    with pytest.raises(InputError, match="no spurious minimum in any run"):
        tabulate["tabulate_minima"](
            **{name: paths[:1] for name, paths in files.items()}, published=PUBLISHED, **out
        )


def test_statements_at_two_teachers(tmp_path):
    convexity(teachers=[2], seed=0, table=tmp_path / "theorem3.csv")
    splits(teachers=[2], distances=[1e-3, 1e-2], table=tmp_path / "theorem4.csv")
    third, fourth = (pd.read_csv(tmp_path / f"theorem{number}.csv") for number in (3, 4))
    assert third["eigenvalue"].iloc[0] == pytest.approx(0.25 - 1 / (2 * np.pi), abs=1e-14)
    assert fourth["distance"].tolist() == [1e-2, 1e-3]
    np.testing.assert_allclose(fourth["eigenvalue_by_distance"], -4 / np.pi, rtol=1e-3)
