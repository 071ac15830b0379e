"""One planted fault: a copy of the library with it, and the tests of it run on that copy.

Nothing of the library is imported here: a process forked from one that has loaded the packages
below is to import the copy.
"""

import contextlib
import gc
import io
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest

# What the tests of faults import of others, for seconds each time if each had to.
PACKAGES = [
    "cvxpy",
    "flint",
    "hypothesis.strategies",
    "jinja2",
    "pydantic",
    "pandas",
    "scipy.integrate",
    "scipy.stats",
    "torch._dynamo",
    "tyro",
    "yaml",
]


class Outcome(NamedTuple):
    """What pytest said."""

    status: int
    failed: list[str]
    said: str


class Failures:
    """A pytest plugin that keeps the names of the tests that fail."""

    def __init__(self):
        self.names = []

    def pytest_runtest_logreport(self, report):
        if report.when == "call" and report.failed:
            self.names.append(report.nodeid.removeprefix("tests/"))


def run(fault, folder):
    """Plant a fault in a copy of the library, and run its tests until one fails."""
    gc.freeze()  # pytest collects garbage often, and there is none in what was loaded before
    shutil.copytree("src", folder / "src", ignore=shutil.ignore_patterns("*.j2"))
    (source,) = folder.glob(f"src/*/{fault['file']}")
    text = source.read_text(encoding="utf-8")
    assert text.count(fault["from"]) == 1, f"{fault['file']}: {fault['from']}"
    source.write_text(text.replace(fault["from"], fault["to"]), encoding="utf-8")
    for compiled in source.parent.glob(f"__pycache__/{source.stem}.*"):
        compiled.unlink()
    assert not library()
    sys.path.insert(0, str(folder / "src"))
    # A counterexample need not be the least one, nor be kept for the tests of the honest library.
    found = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile("planted", phases=found, database=None, derandomize=True)
    hypothesis.settings.load_profile("planted")
    failures, said = Failures(), io.StringIO()
    loaded = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
    command = ["-x", "-p", "no:cacheprovider", "-W", loaded, f"tests/{fault['tests']}"]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = pytest.main(command, plugins=[failures])
    assert source in library(), f"not imported: {source}\n{said.getvalue()}"
    assert all(path.is_relative_to(folder) for path in library())
    return Outcome(int(status), failures.names, said.getvalue())


def library():
    """Return the files of the modules that were imported from the packages in src."""
    own = {path.name for path in Path("src").iterdir()}
    loaded = [module for name, module in sys.modules.items() if name.split(".")[0] in own]
    return {Path(module.__file__) for module in loaded}
