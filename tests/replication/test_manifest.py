"""Steps in a small repository of their own, which imports the library from a copy."""

from replication.run import manifest

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STEP = '''"""Double a number."""

from replication.run import atomic, run

from pathlib import Path


def double(number: Path, output: Path, times: int = 1, extra: str = "") -> None:
    """Double it."""
    value = int(number.read_text()) * 2**times
    {more}
    with atomic(output) as temporary:
        temporary.write_text(str(value))


if __name__ == "__main__":
    run(double)
'''
OUTPUT = Path("results/smoke/sums/double.txt")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    shutil.copytree("src", tmp_path / "src")
    (tmp_path / "requirements.lock").write_text("numpy==2.4.0\n", encoding="utf-8")
    (tmp_path / "number.txt").write_text("21", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("1", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(more="", *arguments, umask=-1, **surroundings):
    Path("double.py").write_text(STEP.replace("{more}", more), encoding="utf-8")
    given = ["--number", "number.txt", "--output", str(OUTPUT), *arguments]
    return subprocess.run(
        [sys.executable, "double.py", *given],
        env=os.environ | {"PYTHONPATH": "src"} | surroundings,
        umask=umask,
        capture_output=True,
        encoding="utf-8",
    )


def written():
    return json.loads(
        Path("results/smoke/manifests/sums/double.txt.json").read_text(encoding="utf-8")
    )


def test_manifest_names_everything_by_content(repository):
    assert run("", "--times", "3").returncode == 0
    found = written()
    assert found["step"] == "double.py"
    assert found["parameters"] == {
        "number": "number.txt",
        "output": str(OUTPUT),
        "times": 3,
        "extra": "",
    }
    assert found["inputs"] == {"number.txt": manifest.sha256(Path("number.txt"))}
    assert found["outputs"] == {str(OUTPUT): manifest.sha256(OUTPUT)}
    assert found["code"]["double.py"] == manifest.sha256(Path("double.py"))
    assert set(found["code"]) == {"double.py", "src/replication/arithmetic.py"}
    assert found["lock"] == manifest.sha256(Path("requirements.lock"))
    surroundings = json.loads(
        Path(f"results/smoke/manifests/environments/{found['environment']}.json").read_text(
            encoding="utf-8"
        )
    )
    assert surroundings["pinned"]["OMP_NUM_THREADS"] == "1"
    assert "numpy" in surroundings["packages"]
    (loaded,) = manifest.load(Path("results/smoke"))
    assert manifest.identity(loaded) == found["identity"]


def test_identity_is_that_of_the_bits_and_not_of_the_day(repository):
    run()
    first = written()
    shutil.rmtree("results")
    run()
    assert written()["identity"] == first["identity"]
    Path("number.txt").write_text("20", encoding="utf-8")
    run()
    assert written()["identity"] != first["identity"]
    assert manifest.root([first]) != manifest.root([written()])


def test_the_same_step_on_the_same_inputs_is_not_computed_again(repository):
    count = "with open('count', 'a') as f: f.write('x')"
    run(count)
    first = written()
    OUTPUT.unlink()
    again = run(count)
    assert "its results are kept" in again.stdout
    assert (OUTPUT.read_text(encoding="utf-8"), written()) == ("42", first)
    Path("number.txt").write_text("22", encoding="utf-8")
    assert "kept" not in run(count).stdout
    assert OUTPUT.read_text(encoding="utf-8") == "44"
    assert "kept" not in run(count, "--times", "2").stdout
    assert "kept" not in run(count + "; 0", "--times", "2").stdout
    OUTPUT.write_text("in place, and so in the link as well", encoding="utf-8")
    assert "kept" not in run(count + "; 0", "--times", "2").stdout
    assert OUTPUT.read_text(encoding="utf-8") == "88"
    assert Path("count").read_text(encoding="utf-8") == "x" * 5


def test_a_manifest_replaces_those_that_name_the_same_output(repository):
    run()
    more = "o = output.with_name('a.txt')\n    with atomic(o) as t: t.write_text('42')"
    run(more)
    (only,) = manifest.load(Path("results/smoke"))
    both = [OUTPUT.with_name("a.txt"), OUTPUT]
    assert sorted(only["outputs"]) == [*map(str, both)]
    assert len({*only["outputs"].values()}) == 1
    # Results of the same contents are files of their own, put back or not.
    for path in both:
        path.unlink()
    assert "kept" in run(more).stdout
    kept = [path.stat().st_ino for path in Path("results/smoke/.kept").iterdir()]
    assert sorted(kept) == sorted(path.stat().st_ino for path in both)
    assert len({*kept}) == 2


@pytest.mark.parametrize(
    "read",
    [
        "Path('secret.txt').read_text()",
        "__import__('os').open('secret.txt', 0)",
        "__import__('numpy').loadtxt('secret.txt')",
        "exec('try: open(\"secret.txt\")\\nexcept ValueError: pass')",
        "open('src/replication/audit/audit.html.j2')",
    ],
)
def test_an_undeclared_read_fails_the_step_and_leaves_nothing(repository, read):
    failed = run(read)
    assert failed.returncode == 1
    assert "this step reads it, but it is not among its inputs" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not OUTPUT.exists()
    assert not Path("results/smoke/manifests").exists()


@pytest.mark.parametrize(
    "read",
    [
        "a = output.parent / 'double/a'; a.parent.mkdir(parents=True); a.write_text(''); open(a)",
        "open('/etc/hostname')",
        "import landscape.statistics",
    ],
)
def test_what_belongs_to_the_step_or_to_nobody_may_be_read(repository, read):
    assert run(read).returncode == 0, read


@pytest.mark.parametrize("file", ["number.txt", "double.py", "src/replication/arithmetic.py"])
def test_an_edit_during_the_run_is_caught(repository, file):
    edit = f"Path('{file}').open('a').write('\\n')"
    failed = run(edit)
    assert failed.returncode == 1
    assert failed.stderr == f"error: {file}: changed while double.py ran; run it again\n"
    assert not OUTPUT.exists()


def test_results_outside_a_results_folder_need_no_manifest(repository, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "x.txt"
    assert run("", "--output", str(elsewhere)).returncode == 0
    assert elsewhere.read_text(encoding="utf-8") == "42"
    assert not Path("results").exists()


def test_a_damaged_manifest_is_named(repository):
    run()
    path = Path("results/smoke/manifests/sums/double.txt.json")
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"double\.txt\.json: expected JSON"):
        manifest.load(Path("results/smoke"))
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="code: missing"):
        manifest.load(Path("results/smoke"))


SHIM = '''"""Make a file system without links, or a machine without git."""
import pathlib
import subprocess


def refuse(*args, **kwargs):
    raise OSError(95, "Operation not supported")


if {links}:
    pathlib.Path.hardlink_to = refuse
if {git}:
    subprocess.run = refuse
'''


@pytest.mark.parametrize(("links", "git"), [(True, False), (False, True), (True, True)])
def test_hard_links_and_git_are_optional(repository, tmp_path_factory, links, git):
    shim = tmp_path_factory.mktemp("shim")
    (shim / "sitecustomize.py").write_text(SHIM.format(links=links, git=git), encoding="utf-8")
    Path("double.py").write_text(STEP.replace("{more}", ""), encoding="utf-8")
    command = [sys.executable, "double.py", "--number", "number.txt", "--output", str(OUTPUT)]
    environment = os.environ | {"PYTHONPATH": f"src{os.pathsep}{shim}"}
    first = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")
    assert first.returncode == 0, first.stderr
    assert OUTPUT.read_text(encoding="utf-8") == "42"
    surroundings = Path(f"results/smoke/manifests/environments/{written()['environment']}.json")
    assert "sitecustomize" in json.loads(surroundings.read_text(encoding="utf-8"))["shims"]
    if git:
        assert written()["circumstances"]["commit"] is None
        assert "not supported" in written()["circumstances"]["no_commit_because"]
    OUTPUT.unlink()
    again = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")
    assert "its results are kept" in again.stdout
    assert OUTPUT.read_text(encoding="utf-8") == "42"


def test_temporary_files_are_no_reads_wherever_they_lie(repository):
    Path("tmp").mkdir()
    Path("double.py").write_text(
        STEP.replace(
            "{more}",
            "import tempfile; f = tempfile.NamedTemporaryFile('w'); open(f.name).read()",
        ),
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "double.py", "--number", "number.txt", "--output", str(OUTPUT)],
        env=os.environ | {"PYTHONPATH": "src", "TMPDIR": str(repository / "tmp")},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr


def test_many_processes_record_at_once(repository):
    """Twelve steps of one folder, started again and again, each find their own manifest."""
    Path("double.py").write_text(STEP.replace("{more}", ""), encoding="utf-8")
    for _ in range(2):
        running = [
            subprocess.Popen(
                [
                    *(sys.executable, "double.py", "--number", "number.txt"),
                    *("--output", f"results/smoke/sums/{number}.txt", "--times", "1"),
                ],
                env=os.environ | {"PYTHONPATH": "src"},
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
            for number in range(12)
        ]
        said = [process.communicate()[1] for process in running]
        assert [process.returncode for process in running] == [0] * 12, said
        Path("number.txt").write_text("22", encoding="utf-8")
    assert len(manifest.load(Path("results/smoke"))) == 12


def test_a_module_that_lies_in_the_way_is_no_input(repository):
    Path("colours.py").write_text("RED = 1\n", encoding="utf-8")
    early = STEP.replace("from pathlib", "import colours\nfrom pathlib").replace("{more}", "")
    Path("double.py").write_text(early, encoding="utf-8")
    refused = subprocess.run(
        [sys.executable, "double.py", "--number", "number.txt", "--output", str(OUTPUT)],
        env=os.environ | {"PYTHONPATH": "src"},
        capture_output=True,
        encoding="utf-8",
    )
    assert refused.returncode == 1
    assert "colours.py: this step reads it, but it is not among its inputs" in refused.stderr
    assert not OUTPUT.exists()


def test_neither_time_zone_nor_mode_of_files_leaves_a_trace(repository):
    draw = """
    import pandas as pd
    from matplotlib.figure import Figure
    from replication.show.figures import save_figure, use_style
    use_style()
    figure = Figure()
    figure.gca().plot([1, value])
    save_figure(figure, pd.DataFrame({"x": [1, value]}), output.with_suffix(".svg"))
    """
    found, modes = [], []
    for umask, zone in ((0o077, "Asia/Tokyo"), (0o022, "UTC")):
        done = run(draw, umask=umask, TZ=zone)
        assert done.returncode == 0, done.stderr
        (path,) = Path("results/smoke/manifests").glob("sums/*.json")
        found.append(json.loads(path.read_text(encoding="utf-8")))
        modes.append(OUTPUT.stat().st_mode & 0o777)
        shutil.rmtree("results")
    assert modes == [0o600, 0o644]
    assert len(found[0]["outputs"]) == 5
    for part in (*manifest.IDENTITY, "identity", "environment"):
        assert found[0][part] == found[1][part]
