"""Faults planted in the mathematics must turn a test red.

`snakemake mutations` keeps the report, results/mutations.xml, which says which one.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from replication.settings import load_yaml

FAULTS = load_yaml(Path("tests/mutation/faults.yaml"))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["fault"].replace(" ", "-"))
def test_fault_is_caught(fault, record_property, tmp_path):
    shutil.copytree("src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    source = tmp_path / "src/landscape" / fault["file"]
    assert source.read_text().count(fault["from"]) == 1, f"{fault['file']}: {fault['from']}"
    source.write_text(source.read_text().replace(fault["from"], fault["to"]))
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", f"tests/{fault['tests']}"],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "src"), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    # 1 is a failed test; other numbers would be tests that could not run.
    assert tested.returncode == 1, tested.stdout
    (failed,) = re.findall(r"^FAILED tests/([^ \n]+)", tested.stdout, re.MULTILINE)
    for name, value in (("fault", fault["fault"]), ("file", fault["file"]), ("caught by", failed)):
        record_property(name, value)
