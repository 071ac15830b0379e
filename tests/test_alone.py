"""The library is used alone: without the pipeline, and without what only the pipeline needs."""

import subprocess
import sys
import tomllib
from pathlib import Path

BLOCKED = """
import sys
for name in {blocked}:
    sys.modules[name] = None
import importlib
for name in {modules}:
    importlib.import_module(name)
"""


def test_every_module_is_imported_without_the_pipeline():
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    pipeline = {name.split(">")[0] for name in project["optional-dependencies"]["pipeline"]}
    # The library itself has need of some that both have.
    blocked = {"replication", "IPython", *(name.replace("-", "_") for name in pipeline)}
    modules = [
        ".".join(path.relative_to("src").with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(Path("src/landscape").rglob("*.py"))
    ]
    script = BLOCKED.format(blocked=sorted(blocked), modules=modules)
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
