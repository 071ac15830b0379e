"""What the audit finds in a clone of the smoke tier that somebody has touched."""

from replication.run.manifest import identity, sha256

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
from conftest import SMOKE, audit, snakemake

from replication.workflow import command_line

TABLES = Path("results/smoke/achour2024/tables")


def findings_of(clone):
    """Return the status, what was printed and the table of findings."""
    done = audit(clone)
    return done.returncode, done.stdout, pd.read_csv(clone / "results/smoke/audit.csv")


def test_an_untouched_run_has_no_findings(clone):
    status, said, findings = findings_of(clone)
    assert (status, len(findings)) == (0, 0), said
    assert "0 findings" in said
    assert "Every file is what its step wrote" in (clone / "results/smoke/audit.html").read_text(
        encoding="utf-8"
    )


def test_each_way_to_tamper_is_found_named_and_has_a_remedy(clone):
    table = TABLES / "theorem7.csv"
    (clone / table).write_text(
        (clone / table).read_text(encoding="utf-8").replace("60", "61"), encoding="utf-8"
    )
    (clone / "results/smoke/xie2017/tables/table2.csv").unlink()
    (clone / "results/smoke/manifests/xie2017/tables/table1.csv.json").unlink()
    module = clone / "src/landscape/certify/linear.py"
    module.write_text(module.read_text(encoding="utf-8") + "\nPLANCK = 6.6e-34\n", encoding="utf-8")
    ledger = clone / "config/achour2024/claims.yaml"
    ledger.write_text(
        ledger.read_text(encoding="utf-8").replace("at_most: 0}", "at_most: 1}"), encoding="utf-8"
    )
    sealed = clone / "results/smoke/manifests/xie2017/tables/lemma9.csv.json"
    sealed.write_text(
        sealed.read_text(encoding="utf-8").replace('"seed": 0', '"seed": 1'), encoding="utf-8"
    )
    for surroundings in (clone / "results/smoke/manifests/environments").glob("*.json"):
        content = json.loads(surroundings.read_text(encoding="utf-8"))
        content["packages"]["numpy"] = "1.0.0"
        surroundings.write_text(json.dumps(content), encoding="utf-8")

    status, said, findings = findings_of(clone)
    assert status == 1
    found = {(row.kind, row.file): row for row in findings.itertuples()}
    edited = found["edited", str(table)]
    assert "achour2024/theorem7-census" in edited.claims
    assert "results/smoke/achour2024/achour2024.html" in edited.affected
    assert edited.mend == (f"snakemake --cores all --forcerun {table} --config tier=smoke")
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
    again = snakemake(*shlex.split(mend)[3:], cwd=clone)
    assert again.returncode == 0, again.stdout
    assert (clone / table).read_bytes() == original
    assert audit(clone).returncode == 0


def by_hand(clone, *command):
    """Run a step as a person would, without Snakemake."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=clone,
        env=os.environ | {"PYTHONPATH": str(clone / "src")},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr


def test_a_step_run_by_hand_with_other_options_is_found_and_mended(clone):
    table = "results/smoke/xie2017/tables/identities.csv"
    recorded = clone / f"results/smoke/manifests/xie2017/tables/{Path(table).name}.json"
    parameters = json.loads(recorded.read_text(encoding="utf-8"))["parameters"] | {"seed": 777}
    script = clone / "scripts/xie2017/check_identities.py"
    by_hand(clone, str(script), *shlex.split(command_line(script, parameters)))
    assert snakemake(*SMOKE, cwd=clone).returncode == 0
    status, said, findings = findings_of(clone)
    (found,) = findings.itertuples()
    assert (status, found.kind) == (1, "other parameters"), said
    assert (found.file, found.expected, found.found) == (
        "scripts/xie2017/check_identities.py: seed",
        "0",
        "777",
    )
    again = snakemake(*shlex.split(found.mend)[3:], cwd=clone)
    assert again.returncode == 0, again.stdout
    assert snakemake(*SMOKE, cwd=clone).returncode == 0
    assert audit(clone).returncode == 0


def test_a_touch_hides_no_other_seed(clone):
    touched = snakemake("--touch", "--config", "tier=smoke", "seed=7", cwd=clone)
    assert touched.returncode == 0, touched.stdout
    done = audit(clone, "seed=7")
    assert done.returncode == 1
    assert "other parameters: scripts/xie2017/check_identities.py: seed" in done.stdout


def test_a_verdict_that_its_table_contradicts_is_found_though_all_hashes_agree(clone):
    path = "results/smoke/achour2024/verdicts.csv"
    text = (clone / path).read_text(encoding="utf-8")
    (clone / path).write_text(text.replace(",replicated", ",not replicated", 1), encoding="utf-8")
    sealed = clone / f"results/smoke/manifests/achour2024/{Path(path).name}.json"
    manifest = json.loads(sealed.read_text(encoding="utf-8"))
    manifest["outputs"][path] = sha256(clone / path)
    manifest["identity"] = identity(manifest)
    sealed.write_text(json.dumps(manifest), encoding="utf-8")
    _, _, findings = findings_of(clone)
    assert "contradicted verdict" in set(findings["kind"])


def test_what_nothing_makes_is_found_and_removed(clone):
    stray = clone / "results/smoke/xie2017/tables/table9.csv"
    stray.write_text("n,error\n1,0\n", encoding="utf-8")
    _, _, findings = findings_of(clone)
    (found,) = findings.itertuples()
    assert (found.kind, found.file) == ("made by nothing", str(stray.relative_to(clone)))
    subprocess.run(shlex.split(found.mend), cwd=clone, check=True)
    assert audit(clone).returncode == 0


def test_another_configuration_is_out_of_date(clone):
    done = audit(clone, "seed=7")
    assert done.returncode == 1
    assert "out of date: results/smoke/achour2024/tables/theorem7.csv" in done.stdout


def test_steps_recomputed_by_chance_have_the_same_bits_and_a_forged_one_has_not(clone):
    command = "from replication.audit.command import main; main()"

    def spot(*words):
        return subprocess.run(
            [sys.executable, "-c", command, "spot", *words, *SMOKE],
            cwd=clone,
            env=os.environ | {"PYTHONPATH": str(clone / "src")},
            capture_output=True,
            encoding="utf-8",
        )

    honest = spot("3")
    assert honest.returncode == 0, honest.stdout + honest.stderr
    assert honest.stdout.count("the same bits") == 3
    # All steps of a paper, one of which states an output that it does not make.
    table = "results/smoke/christof2022/tables/losses.csv"
    (clone / table).write_text(
        (clone / table).read_text(encoding="utf-8").replace("1", "2", 1), encoding="utf-8"
    )
    sealed = clone / f"results/smoke/manifests/christof2022/tables/{Path(table).name}.json"
    manifest = json.loads(sealed.read_text(encoding="utf-8"))
    manifest["outputs"][table] = sha256(clone / table)
    manifest["identity"] = identity(manifest)
    sealed.write_text(json.dumps(manifest), encoding="utf-8")
    forged = spot("99", "--papers", "christof2022")
    assert forged.returncode == 1
    assert f"other bits in {table}" in forged.stdout
