"""What an edit reruns, and what it does not."""

import os
import re

import pandas as pd
import pytest
from conftest import SMOKE, snakemake

TABLES = "results/smoke/xie2017/tables"


def planned(clone, *targets):
    """Return the names of the rules that a dry run would execute."""
    dry = snakemake("--dry-run", *targets, *SMOKE, cwd=clone)
    assert dry.returncode == 0, dry.stdout
    if "Nothing to be done" in dry.stdout:
        return set()
    counts = dry.stdout.split("Job stats:")[1].split("Reasons:")[0]
    return set(re.findall(r"^(\w+) +\d+$", counts, re.MULTILINE)) - {"total"}


def test_a_clone_with_its_results_reruns_nothing(clone):
    assert planned(clone) == set()


def test_touching_every_file_reruns_nothing(clone):
    for folder, _, files in os.walk(clone):
        for name in files:
            os.utime(os.path.join(folder, name))  # noqa: PTH118
    assert planned(clone) == set()


def test_editing_a_module_reruns_what_imports_it_and_what_follows(clone):
    module = clone / "src/landscape/relu/two_layer.py"
    module.write_text(
        module.read_text(encoding="utf-8") + "\nSPEED_OF_LIGHT = 299792458\n", encoding="utf-8"
    )
    rerun = planned(clone)
    assert {"xie2017_check_identities", "judge_claims", "build_notebook"} <= rerun
    importers = {
        f"{script.parent.name}_{script.stem}"
        for script in clone.glob("scripts/*/*.py")
        if re.search(r"import .*\brelu\b|landscape\.relu\b", script.read_text(encoding="utf-8"))
    }
    assert importers <= rerun
    assert not rerun & {"data_fetch_mnist", "data_parse_mnist", "xie2017_compute_figure1"}


@pytest.mark.parametrize(
    ("modules", "rerun"),
    [
        # If all of them together rerun nothing, so does each.
        ("run/manifest.py run/files.py audit/check.py settings.py", set()),
        ("claims/verdicts.py", {"judge_claims", "build_notebook"}),
        ("show/tables.py", {"print_tables", "build_notebook"}),
        ("show/page.py", {"judge_claims", "build_notebook"}),
        ("show/figures.py", {"plot", "build_notebook"}),
    ],
)
def test_editing_the_machinery_reruns_no_computation(clone, modules, rerun):
    for module in modules.split():
        path = clone / "src/replication" / module
        path.write_text(
            path.read_text(encoding="utf-8") + "\nSPEED_OF_SOUND = 343\n", encoding="utf-8"
        )
    planned_kinds = {
        "plot" if "_plot_" in name else name.split("_", 1)[1] if "_print_" in name else name
        for name in planned(clone)
    } - {"all"}
    assert planned_kinds == rerun


def test_a_changed_setting_reruns_its_step_alone(clone):
    path = clone / "config/xie2017/settings.yaml"
    text = path.read_text(encoding="utf-8")
    assert "draws: {smoke: 3," in text
    path.write_text(text.replace("draws: {smoke: 3,", "draws: {smoke: 4,", 1), encoding="utf-8")
    expected = {"xie2017_check_identities"}
    assert planned(clone, f"{TABLES}/identities.csv", f"{TABLES}/figure1.csv") == expected


def test_editing_a_script_reruns_its_step_alone(clone):
    script = clone / "scripts/xie2017/check_identities.py"
    script.write_text(script.read_text(encoding="utf-8") + "\n# A remark.\n", encoding="utf-8")
    expected = {"xie2017_check_identities"}
    assert planned(clone, f"{TABLES}/identities.csv", f"{TABLES}/figure1.csv") == expected


@pytest.mark.parametrize(
    ("honest", "broken"), [("relu.residual(X, W, v, y)", "1.01 * relu.residual(X, W, v, y)")]
)
def test_a_broken_step_changes_a_verdict(clone, honest, broken):
    verdicts = clone / "results/smoke/xie2017/verdicts.csv"
    before = pd.read_csv(verdicts, index_col="claim")["verdict"]
    script = clone / "scripts/xie2017/check_identities.py"
    text = script.read_text(encoding="utf-8")
    assert honest in text
    script.write_text(text.replace(honest, broken), encoding="utf-8")
    finished = snakemake(str(verdicts.relative_to(clone)), *SMOKE, cwd=clone)
    assert finished.returncode == 0, finished.stdout
    after = pd.read_csv(verdicts, index_col="claim")["verdict"]
    assert before["gradient-is-d-r"] == "replicated"
    assert after["gradient-is-d-r"] == "not replicated"


def test_an_edit_that_changes_no_output_stops_there(clone):
    script = clone / "scripts/achour2024/train_escapes.py"
    script.write_text(script.read_text(encoding="utf-8") + "\n# A remark.\n", encoding="utf-8")
    target = "results/smoke/achour2024/verdicts.csv"
    again = snakemake(target, *SMOKE, cwd=clone)
    assert again.returncode == 0, again.stdout
    logs = clone / "results/smoke/logs/achour2024"
    kept = "The same step on the same inputs: its results are kept"
    assert kept not in (logs / "train_escapes.log").read_text(encoding="utf-8")
    for step in ("tabulate_escapes", "judge_claims"):
        assert kept in (logs / f"{step}.log").read_text(encoding="utf-8"), step
