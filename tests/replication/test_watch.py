"""Ways to read a file, each by a step that declares it and by one that does not."""

from replication.run import landlock

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

STEP = '''"""Read something."""

from replication.run import atomic, run

import os
import subprocess
from pathlib import Path
{at_import}

def step(output: Path, inputs: list[Path] = []) -> None:
    """Read it."""
    {read}
    with atomic(output) as temporary:
        temporary.write_text("1")


if __name__ == "__main__":
    run(step)
'''
OUTPUT = Path("results/smoke/sums/one.txt")
SAID = "this step reads it, but it is not among its inputs"
FILE = "data/table.parquet"

BY_PYTHON = {
    "open": f"open('{FILE}')",
    "r+b": f"open('{FILE}', 'r+b').close()",
    "os.open": f"os.open('{FILE}', os.O_RDWR)",
    "memmap": f"import numpy; numpy.memmap('{FILE}')",
    "link in": "open(os.environ['LINK'])",
    "link inside": "open('link.parquet')",
    "folder": "os.listdir('data')",
    "scan": "list(os.scandir('data'))",
}
BY_LIBRARIES = {
    "read_table": f"import pyarrow.parquet as parquet; parquet.read_table('{FILE}')",
    "memory_map": f"import pyarrow; pyarrow.memory_map('{FILE}').read()",
    "read_parquet": f"import pandas; pandas.read_parquet('{FILE}')",
    "read_parquet in": "import pandas; pandas.read_parquet(os.environ['LINK'])",
    "read_parquet inside": "import pandas; pandas.read_parquet('link.parquet')",
}
BY_PROCESSES = {
    "cat": f"subprocess.run(['cat', '{FILE}'], check=True, stdout=subprocess.DEVNULL)",
    "shell": f"os.system('cat {FILE} > /dev/null') and exit(1)",
}


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Return a repository that does not lie in the folder of temporary files."""
    root = tmp_path / "repository"
    shutil.copytree("src", root / "src")
    (root / "data").mkdir()
    pd.DataFrame({"a": [1]}).to_parquet(root / FILE)
    (root / "requirements.lock").write_text("numpy==2.4.0\n", encoding="utf-8")
    (root / "link.parquet").symlink_to(FILE)
    (tmp_path / "link").symlink_to(root / FILE)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("LINK", str(tmp_path / "link"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setenv("PYTHONPATH", "src")
    monkeypatch.chdir(root)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return root


@pytest.fixture
def kernel(repository):
    if not landlock.available(repository):
        pytest.skip("this kernel has no Landlock")


def run(read="pass", *inputs, at_import=""):
    text = STEP.replace("{read}", read).replace("{at_import}", at_import)
    Path("step.py").write_text(text, encoding="utf-8")
    declared = ["--inputs", *inputs] if inputs else []
    command = [sys.executable, "step.py", "--output", str(OUTPUT), *declared]
    return subprocess.run(command, capture_output=True, encoding="utf-8")


def check_that_nothing_is_left(done):
    assert done.returncode == 1
    assert not any(path.is_file() for path in Path("results").rglob("*"))


@pytest.mark.parametrize("read", BY_PYTHON.values(), ids=BY_PYTHON)
def test_python_is_watched(repository, read):
    refused = run(read)
    assert SAID in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    check_that_nothing_is_left(refused)
    done = run(read, FILE)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("read", BY_LIBRARIES.values(), ids=BY_LIBRARIES)
def test_libraries_are_watched(repository, kernel, read):
    refused = run(read)
    assert refused.stderr == f"error: {FILE}: {SAID}\n"
    check_that_nothing_is_left(refused)
    done = run(read, FILE)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("read", BY_PROCESSES.values(), ids=BY_PROCESSES)
def test_processes_are_watched(repository, kernel, read):
    refused = run(read)
    assert "Permission denied" in refused.stderr
    check_that_nothing_is_left(refused)
    done = run(read, FILE)
    assert done.returncode == 0, done.stderr


def test_imports_are_watched(repository):
    early = f"TEXT = open('{FILE}', 'rb').read()"
    refused = run(at_import=early)
    assert refused.stderr == f"error: {FILE}: {SAID}\n"
    check_that_nothing_is_left(refused)
    done = run("pass", FILE, at_import=early)
    assert done.returncode == 0, done.stderr


def test_what_was_written_before_a_refusal_goes(repository):
    refused = run(f"with atomic(output) as t: t.write_text('0')\n    open('{FILE}')")
    assert refused.stderr == f"error: {FILE}: {SAID}\n"
    check_that_nothing_is_left(refused)


def test_a_link_that_leads_out_may_be_followed(repository):
    outside = repository.parent / "outside"
    outside.write_text("1", encoding="utf-8")
    Path("out").symlink_to(outside)
    done = run("open('out'); subprocess.run(['cat', 'out'], check=True)")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "read",
    [
        "import numpy; f = output.with_suffix('') / 'a.npz'; f.parent.mkdir(exist_ok=True)\n"
        "    numpy.savez(f, a=1); numpy.load(f)",
        "f = output.with_suffix('') / 'a'; f.parent.mkdir(exist_ok=True); f.write_text('1')\n"
        "    subprocess.run(['cat', f], check=True)",
        "import tempfile; f = tempfile.NamedTemporaryFile('w+'); open(f.name); f.read()\n"
        "    subprocess.run(['cat', f.name], check=True)",
        "import tempfile; f = tempfile.mkdtemp(); os.listdir(f)",
        "import tempfile\n    with tempfile.TemporaryDirectory() as f: os.makedirs(f + '/data/a')",
        "import numpy\n    with atomic(output) as t, t.open('w+b') as f: numpy.savez(f, a=1)\n"
        "    subprocess.run(['cat', output], check=True, stdout=subprocess.DEVNULL)",
        "o = output.with_suffix('.npz')\n"
        "    import numpy\n    with atomic(o) as t: numpy.savez(t, a=1)",
        "os.mkdir('x'); os.mkdir('y'); Path('x/a').write_text(''); os.rename('x/a', 'y/a')",
        "import landscape.statistics, matplotlib.pyplot",
        "import warnings; warnings.warn('seen')",
    ],
)
@pytest.mark.parametrize("temporary", ["beside", "inside"])
def test_what_is_the_steps_own_may_be_read(repository, monkeypatch, read, temporary):
    if temporary == "inside":
        Path("tmp").mkdir()
        monkeypatch.setenv("TMPDIR", str(repository / "tmp"))
    for _ in range(2):  # anew, and over what was there
        done = run(read)
        assert done.returncode == 0, done.stderr
        for path in ("x", "y"):
            shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree("results/smoke/.kept")
    assert not list(OUTPUT.parent.glob(".*"))


def test_a_file_with_wrong_permissions_is_not_blamed(repository):
    done = run("raise PermissionError(13, 'Permission denied', '/nowhere')")
    assert done.stderr == "error: [Errno 13] Permission denied: '/nowhere'\n"


def test_errors_and_interrupts_end_a_step_as_ever(repository):
    assert "ZeroDivisionError" in run("1 / 0").stderr
    assert run("raise SystemExit(3)").returncode == 3
    assert "KeyboardInterrupt" in run("import signal; signal.raise_signal(2)").stderr
    assert run("import signal; signal.raise_signal(15)").returncode == -15


@pytest.mark.parametrize("kernel", [True, False])
def test_the_manifest_tells_who_watched(repository, monkeypatch, kernel):
    if kernel and not landlock.available(repository):
        pytest.skip("this kernel has no Landlock")
    if not kernel:
        # In the folder of temporary files the kernel can't tell one from the repository's.
        monkeypatch.setenv("TMPDIR", str(repository.parent))
    assert run().returncode == 0
    manifest = json.loads(
        Path("results/smoke/manifests/sums/one.txt.json").read_text(encoding="utf-8")
    )
    assert manifest["circumstances"]["watched"] == ("kernel" if kernel else "open")
    assert os.environ["TMPDIR"]
