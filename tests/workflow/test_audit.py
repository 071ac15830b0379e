"""What the audit finds in a clone of the smoke tier that somebody has touched."""

from replication.run.manifest import identity, sha256

import base64
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from conftest import SMOKE, audit, lay_out, snakemake, with_results

from replication.audit.check import Kind, _of_criterion
from replication.audit.criteria import History
from replication.workflow import command_line

TABLES = Path("results/smoke/achour2024/tables")
MANIFESTS = "results/smoke/manifests"
# The paper of the fewest steps, the one with certificates in folders, and one with MNIST.
FASTEST, FOLDERS, DATA = "cheridito2021", "safran2018", "ergen2020"


def findings_of(clone, *arguments):
    """Return the status, what was printed and the table of findings."""
    done = audit(clone, *arguments)
    return (
        done.returncode,
        done.stdout,
        pd.read_csv(clone / "results/smoke/audit.csv", dtype=str, keep_default_na=False),
    )


def reseal(path, change):
    """Change a manifest as a forger would, who knows how its identity is had."""
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    manifest["identity"] = identity(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


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
    another_environment(clone, *(clone / MANIFESTS / "xie2017").rglob("*.json"))

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


def test_findings_stop_a_run_that_asks_for_the_audit(clone):
    table = TABLES / "theorem7.csv"
    (clone / table).write_bytes((clone / table).read_bytes() + b"\n")
    stopped = snakemake("audit", *SMOKE, cwd=clone)
    assert stopped.returncode == 1, stopped.stdout
    assert f"edited: {table}" in stopped.stdout


def another_environment(clone, *manifests):
    """Let steps have run with another numpy."""
    folder = clone / MANIFESTS / "environments"
    content = json.loads(next(folder.glob("*.json")).read_text(encoding="utf-8"))
    content["packages"]["numpy"] = "1.0.0"
    text = json.dumps(content, sort_keys=True)
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    (folder / f"{name}.json").write_text(text, encoding="utf-8")
    for path in manifests:
        path.write_text(
            json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"environment": name}),
            encoding="utf-8",
        )
    return "other environment", "numpy"


def edit(path, text="\n# A remark.\n"):
    """Add to a file and leave its date, so that only a hash can tell."""
    status = path.stat()
    path.write_bytes(path.read_bytes() + text.encode())
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


class Faults:
    """Each way to do wrong to a clone: it does so, and returns the kind and file of the finding."""

    def __init__(self, clone):
        self.clone = clone
        self.results = Path("results/smoke", FASTEST)
        self.manifests = clone / MANIFESTS / FASTEST

    def missing(self):
        (self.clone / self.results / "tables/roots.csv").unlink()
        return "missing", f"{self.results}/tables/roots.csv"

    def missing_data(self):
        (self.clone / "resources/mnist.npz").unlink()
        return "missing", "resources/mnist.npz"

    def missing_certificate(self):
        path = self._certificate()
        path.unlink()
        return "missing", str(path.relative_to(self.clone))

    def missing_environment(self):
        (path,) = (self.clone / MANIFESTS / "environments").glob("*.json")
        path.unlink()
        return "missing", str(path.relative_to(self.clone))

    def edited(self):
        edit(self.clone / self.results / "tables/widths.csv")
        return "edited", f"{self.results}/tables/widths.csv"

    def edited_certificate(self):
        path = self._certificate()
        edit(path)
        return "edited", str(path.relative_to(self.clone))

    def edited_manifest(self):
        path = self.manifests / "tables/plateau.csv.json"
        path.write_text(
            path.read_text(encoding="utf-8").replace('"identity": "', '"identity": "f'),
            encoding="utf-8",
        )
        return "edited", str(path.relative_to(self.clone))

    def edited_environment(self):
        (path,) = (self.clone / MANIFESTS / "environments").glob("*.json")
        edit(path, " ")
        path.write_text(
            path.read_text(encoding="utf-8").replace('"python": "', '"python": "1'),
            encoding="utf-8",
        )
        return "edited", str(path.relative_to(self.clone))

    def unrecorded(self):
        (self.manifests / "tables/errors.csv.json").unlink()
        return "unrecorded", f"{self.results}/tables/errors.csv"

    def made_by_nothing(self):
        stray = f'{self.results}/tables/what\'s new in $HOME?  "-f".csv'
        (self.clone / stray).write_text("n,error\n1,0\n", encoding="utf-8")
        return "made by nothing", stray

    def contradicted_verdict(self):
        path = self.clone / self.results / "verdicts.csv"
        path.write_text(
            path.read_text(encoding="utf-8").replace(",replicated", ",not replicated", 1),
            encoding="utf-8",
        )
        name = f"{self.results}/verdicts.csv"
        sealed = self.manifests / "verdicts.csv.json"
        reseal(sealed, lambda made: made["outputs"].update({name: sha256(path)}))
        return "contradicted verdict", name

    def other_parameters(self):
        sealed = self.manifests / "tables/plateau.csv.json"
        reseal(sealed, lambda made: made["parameters"].update({"seed": 777}))
        script = json.loads(sealed.read_text(encoding="utf-8"))["step"]
        return "other parameters", f"{script}: seed"

    def other_input(self):
        edit(self.clone / f"config/{FASTEST}/published.yaml")
        return "other input", f"config/{FASTEST}/published.yaml"

    def undeclared_input(self):
        sealed = self.manifests / "figures/errors.csv.json"
        read = {"README.md": sha256(self.clone / "README.md")}
        reseal(sealed, lambda made: made["inputs"].update(read))
        return "undeclared input", "README.md"

    def other_code(self):
        script = f"scripts/{FASTEST}/train_widths.py"
        edit(self.clone / script)
        return "other code", script

    def other_lock(self):
        edit(self.clone / "requirements.lock")
        return "other lock", "requirements.lock"

    def other_environment(self):
        return another_environment(self.clone, *self.manifests.rglob("*.json"))

    def out_of_date(self):
        """Give a result that Snakemake has no record of an input with a newer date."""
        table = f"{self.results}/tables/roots.csv"
        record = base64.b64encode(table.encode()).decode()
        (self.clone / ".snakemake/metadata" / record).unlink()
        os.utime(self.clone / f"scripts/{FASTEST}/find_roots.py")
        return "out of date", table

    def _certificate(self):
        folders = (self.clone / "results/smoke" / FOLDERS / "data").glob("certificates_*")
        return min(path for folder in folders for path in folder.glob("[!.]*"))


# Wrongs that are done together, and the paper whose run they are done to.
MENDED = [
    (FASTEST, ["missing", "edited", "edited_manifest", "unrecorded", "made_by_nothing"]),
    (FASTEST, ["other_parameters", "undeclared_input", "contradicted_verdict", "out_of_date"]),
    (FASTEST, ["other_input", "other_code"]),
    (FOLDERS, ["missing_certificate"]),
    (FOLDERS, ["edited_certificate"]),
    (DATA, ["missing_data"]),
    (FASTEST, ["missing_environment"]),
    (FASTEST, ["edited_environment"]),
    (FASTEST, ["other_lock", "other_environment"]),
]
IN_WORDS = {"criterion changed", "other root", "uncommitted code", "unknown commit"}


@pytest.fixture(scope="module")
def worn(smoke, tmp_path_factory):
    """Make a clone that one test after another damages and mends."""
    return with_results(lay_out(tmp_path_factory.mktemp("worn")))


@pytest.mark.parametrize(("paper", "names"), MENDED, ids=["-".join(names) for _, names in MENDED])
def test_what_is_said_to_mend_a_finding_mends_it(paper, names, worn):
    # Settings that change nothing, in a file whose name a shell would take apart.
    (worn / "it's  $HOME.yaml").write_text("seed: 0\n", encoding="utf-8")
    arguments = ["--configfile", "it's  $HOME.yaml", "--papers", paper]
    faults = Faults(worn)
    made = {getattr(faults, name)() for name in names}
    _, said, findings = findings_of(worn, *arguments)
    found = {(row.kind, row.file.split(": ")[0]) for row in findings.itertuples()}
    assert {(kind, file.split(": ")[0]) for kind, file in made} <= found, said
    for mend in dict.fromkeys(findings["mend"]):
        assert len(mend) < 1000
        done = pasted(mend, worn)
        assert done.returncode == 0, f"{mend}\n{done.stdout}"
    assert audit(worn, *arguments).returncode == 0, audit(worn, *arguments).stdout


def pasted(command, folder):
    """Run a command in a shell, as if it had been pasted there."""
    # A step must find its own clone, whatever the tests themselves import.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    tools = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment | {"PATH": tools},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def test_every_kind_of_finding_is_mended_by_a_command_or_told_in_words(tmp_path):
    by_command = {name.replace("_", " ") for _, names in MENDED for name in names}
    assert by_command | IN_WORDS >= set(get_args(Kind))
    history = History("p", "c", "0" * 40, "2026-01-01", ("quick",), "")
    assert _of_criterion(history).mend.startswith("say why in config/p/claims.yaml")


def test_another_root_and_an_unknown_commit_are_told_in_words(worn):
    (worn / "root.txt").write_text(f"{'0' * 64}  root\n", encoding="utf-8")
    status, said, findings = findings_of(worn, "--papers", FASTEST, "--against", "root.txt")
    assert (status, list(findings["kind"])) == (1, ["other root"]), said
    assert findings["mend"][0] == "`audit diff . results/smoke` tells what differs, and why"
    assert re.search("^unknown commit: .*; a release refuses this run$", said, re.MULTILINE)


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


def test_another_configuration_is_found(clone):
    done = audit(clone, "seed=7")
    assert done.returncode == 1
    assert "other parameters: scripts/achour2024/check_theorem7.py: seed" in done.stdout


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
    reseal(sealed, lambda made: made["outputs"].update({table: sha256(clone / table)}))
    forged = spot("99", "--papers", "christof2022")
    assert forged.returncode == 1
    assert f"other bits in {table}" in forged.stdout
