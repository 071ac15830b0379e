"""The smoke tier, run once in the checkout, and clones of it to play with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMOKE = ("--config", "tier=smoke")


def snakemake(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run snakemake and return what it printed, both streams in `stdout`."""
    # A step must find its own clone, whatever the tests themselves import.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=900,
        encoding="utf-8",
    )


@pytest.fixture(scope="session")
def smoke():
    """Bring the smoke tier of the checkout up to date; nothing happens if it is."""
    finished = snakemake("all", "mutations", *SMOKE)
    assert finished.returncode == 0, finished.stdout
    return ROOT / "results/smoke"


def audit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the audit of the smoke tier in a clone and return what it printed."""
    command = "from replication.audit.command import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "check", *SMOKE, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    return done


def lay_out(folder: Path) -> Path:
    """Copy what git tracks, and the data, with new dates."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    # Links to what lies beside them would become copies.
    kept = shutil.ignore_patterns(".kept")
    copy = {"copy_function": shutil.copyfile, "ignore": kept}
    shutil.copytree(ROOT / "resources", folder / "resources", **copy)
    return folder


@pytest.fixture
def bare(smoke, tmp_path):
    """Make a clone without results."""
    return lay_out(tmp_path)


def with_results(folder: Path) -> Path:
    """Add the smoke tier and Snakemake's records."""
    for part in ("results/smoke", ".snakemake/metadata"):
        shutil.copytree(ROOT / part, folder / part, copy_function=shutil.copyfile)
    return folder


@pytest.fixture
def clone(bare):
    """Make a clone with the smoke tier."""
    return with_results(bare)
