"""Faults planted in the mathematics must turn a test red.

`snakemake mutations` keeps which one, in results/mutations/mutations.csv.
"""

import multiprocessing
from pathlib import Path

import planted
import pytest

from replication.settings import load_yaml

FAULTS = load_yaml(Path("tests/mutation/faults.yaml"))
AT_ONCE = 2
SECONDS = 600


@pytest.fixture(scope="module")
def outcomes(request, tmp_path_factory):
    """Run the tests of each fault that was asked for, in a process of its own."""
    asked = [
        item.callspec.params["fault"] for item in request.session.items if item.path == request.path
    ]
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(planted.PACKAGES)
    with forks.Pool(AT_ONCE, maxtasksperchild=1) as pool:
        yield {
            fault["fault"]: pool.apply_async(planted.run, (fault, tmp_path_factory.mktemp("copy")))
            for fault in asked
        }


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["fault"].replace(" ", "-"))
def test_fault_is_caught(fault, outcomes, record_property):
    outcome = outcomes[fault["fault"]].get(SECONDS)
    # 1 is a failed test; other numbers would be tests that could not run.
    assert outcome.status == 1, outcome.said
    (failed,) = outcome.failed
    for name, value in (
        ("fault", fault["fault"]),
        ("module", fault["file"]),
        ("caught by", failed),
    ):
        record_property(name, value)
