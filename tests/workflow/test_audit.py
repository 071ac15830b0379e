"""What the audit finds in a clone of the smoke tier that somebody has touched."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import SMOKE, audit, snakemake

TABLES = Path("results/smoke/achour2024/tables")


def findings_of(clone):
    """Return the status, what was printed and the table of findings."""
    done = audit(clone)
    return done.returncode, done.stdout, pd.read_csv(clone / "results/smoke/audit.csv")


def test_an_untouched_run_has_no_findings(clone):
    status, said, findings = findings_of(clone)
    assert (status, len(findings)) == (0, 0), said
    assert "0 findings" in said
    assert "Every file is what its step wrote" in (clone / "results/smoke/audit.html").read_text()


def test_each_way_to_tamper_is_found_named_and_has_a_remedy(clone):
    table = TABLES / "theorem7.csv"
    (clone / table).write_text((clone / table).read_text().replace("60", "61"))
    (clone / "results/smoke/xie2017/tables/table2.csv").unlink()
    (clone / "results/smoke/manifests/xie2017/tables/table1.csv.json").unlink()
    module = clone / "src/landscape/certify/linear.py"
    module.write_text(module.read_text() + "\nPLANCK = 6.6e-34\n")
    ledger = clone / "config/achour2024/claims.yaml"
    ledger.write_text(ledger.read_text().replace("at_most: 0}", "at_most: 1}"))
    sealed = clone / "results/smoke/manifests/xie2017/tables/lemma9.csv.json"
    sealed.write_text(sealed.read_text().replace('"seed": 0', '"seed": 1'))
    for surroundings in (clone / "results/smoke/manifests/environments").glob("*.json"):
        content = json.loads(surroundings.read_text())
        content["packages"]["numpy"] = "1.0.0"
        surroundings.write_text(json.dumps(content))

    status, said, findings = findings_of(clone)
    assert status == 1
    found = {(row.kind, row.file): row for row in findings.itertuples()}
    edited = found["edited", str(table)]
    assert "achour2024/theorem7-census" in edited.claims
    assert "results/smoke/achour2024/achour2024.html" in edited.affected
    assert edited.mend == (
        f"snakemake --cores all --forcerun {table} --config tier=smoke"
    )
    assert ("missing", "results/smoke/xie2017/tables/table2.csv") in found
    assert ("unrecorded", "results/smoke/xie2017/tables/table1.csv") in found
    assert "achour2024/certified" in found["other code", "src/landscape/certify/linear.py"].claims
    assert ("other input", "config/achour2024/claims.yaml") in found
    assert ("edited", "results/smoke/manifests/xie2017/tables/lemma9.csv.json") in found
    numpy = found["other environment", "numpy"]
    assert (numpy.expected, numpy.found) != (numpy.found, numpy.expected)
    assert numpy.expected == "1.0.0"
    assert f"edited: {table}" in said


def test_the_remedy_of_a_finding_removes_it(clone):
    table = TABLES / "theorem7.csv"
    original = (clone / table).read_bytes()
    (clone / table).write_bytes(original + b"\n")
    _, _, findings = findings_of(clone)
    stopped = snakemake("audit", *SMOKE, cwd=clone)
    assert stopped.returncode == 1, stopped.stdout
    assert f"edited: {table}" in stopped.stdout
    (mend,) = findings["mend"]
    again = snakemake(*mend.split()[3:], cwd=clone)
    assert again.returncode == 0, again.stdout
    assert (clone / table).read_bytes() == original
    assert audit(clone).returncode == 0


def test_another_configuration_is_out_of_date(clone):
    done = audit(clone, "seed=7")
    assert done.returncode == 1
    assert "out of date: results/smoke/achour2024/tables/theorem7.csv" in done.stdout
