"""A Jupyter kernel that can't do its work ends the step in one line."""

import os
import subprocess
import sys

import pytest

DIES = "import os\nos._exit(3)\n"


@pytest.mark.parametrize(
    ("cell", "launcher", "reason"),
    [
        (DIES, "", "Kernel died"),
        ("1\n", "raise SystemExit(4)\n", "Kernel died before replying to kernel_info"),
    ],
)
def test_one_line_names_the_notebook_and_the_cause(tmp_path, cell, launcher, reason):
    notebook = tmp_path / "p.py"
    notebook.write_text(f"# %%\n{cell}", encoding="utf-8")
    shims = tmp_path / "shims"
    shims.mkdir()
    if launcher:
        (shims / "ipykernel_launcher.py").write_text(launcher, encoding="utf-8")
    inputs = ("modules", "published", "verdicts", "contents", "products", "ipynb", "html")
    options = [word for name in inputs for word in (f"--{name}", str(tmp_path / name))]
    done = subprocess.run(
        [sys.executable, "scripts/report/build_notebook.py", "--notebook", notebook, *options],
        env=os.environ | {"PYTHONPATH": f"{shims}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr, done.stderr
    failed = "its Jupyter kernel, reached over the loopback network, failed"
    assert done.stderr.splitlines()[-1] == f"error: {notebook}: {failed}: {reason}"
