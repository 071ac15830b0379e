"""Plant faults in the mathematics, one at a time, and tabulate which test catches each."""

from replication.run import InputError, run, write_table

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pandas as pd


def mutations(
    faults: Path, tests: list[Path], modules: list[Path], configuration: Path, csv: Path
) -> None:
    """Run tests/mutation, and write fault, module and catching test, one row for each fault.

    Parameters
    ----------
    faults
        The faults, tests/mutation/faults.yaml.
    tests
        The tests that are to catch them, and those that plant them.
    modules
        What the faults are planted in, and what the tests import.
    configuration
        The settings of pytest.
    csv
        The table.
    """
    with TemporaryDirectory() as place:
        report = Path(place, "report.xml")
        command = [sys.executable, "-m", "pytest", "-c", str(configuration), str(faults.parent)]
        options = ["-p", "no:cacheprovider", "--junitxml", str(report)]
        environment = os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": place}
        done = subprocess.run([*command, *options], env=environment, check=False)
        cases = [*ElementTree.parse(report).iter("testcase")] if report.is_file() else []
    if done.returncode or not cases:
        raise InputError(f"{faults}: not every fault was caught")
    told = ({p.attrib["name"]: p.attrib["value"] for p in case.iter("property")} for case in cases)
    write_table(pd.DataFrame(told, columns=["fault", "module", "caught by"]), csv)


if __name__ == "__main__":
    run(mutations)
