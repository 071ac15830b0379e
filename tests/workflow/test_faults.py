"""What must not leave a wrong number behind: kills, full disks, damage, clocks, company, edits."""

from replication.run.manifest import identity, load

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, SMOKE, audit, lay_out, snakemake

ACHOUR = "results/smoke/achour2024"
COMMAND = [sys.executable, "-m", "snakemake", "--cores", "2"]
KILLS = 20
# Papers whose steps continue from checkpoints, write folders, or do neither.
KILLED = ("xie2017", "safran2018", "cheridito2021")


def start(folder, *arguments, stdout=subprocess.PIPE):
    """Start snakemake in a process group of its own."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdout=stdout,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        encoding="utf-8",
    )


def identities(folder):
    """Return the identity of each manifest of the papers whose runs are killed."""
    manifests = folder / "results/smoke/manifests"
    return {
        made["path"].removeprefix(f"{folder}/"): identity(made)
        for made in load(folder / "results/smoke")
        if Path(made["path"]).relative_to(manifests).parts[0] in KILLED
    }


def wait_for(path, running):
    """Wait until a file appears."""
    while not path.exists():
        assert running.poll() is None, running.stdout.read()
        time.sleep(0.05)


def wait_for_steps(folder, number, running, log):
    """Wait until so many steps have left their manifest."""
    manifests = folder / "results/smoke/manifests"
    while sum(path.parent.name != "environments" for path in manifests.rglob("*.json")) < number:
        assert running.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.2)


def test_twenty_kills_change_nothing(bare, tmp_path_factory):
    undisturbed = identities(ROOT)
    assert len(undisturbed) > 50
    log = tmp_path_factory.mktemp("kills") / "said.txt"
    moments = random.Random(0)
    for kill in range(KILLS):
        with log.open("w", encoding="utf-8") as said:
            running = start(bare, *KILLED, *SMOKE, stdout=said)
        # All over the run; the seconds that go into reading the graph are every fourth moment.
        if kill % 4:
            wait_for_steps(bare, len(undisturbed) * kill // (KILLS + 1), running, log)
        time.sleep(moments.uniform(0.0, 3.0))
        assert running.poll() is None, log.read_text(encoding="utf-8")
        # Jobs are children of shells in the group, and die with it.
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        # This is all that `snakemake --unlock` does after it has read the graph.
        shutil.rmtree(bare / ".snakemake/locks", ignore_errors=True)
    unlocked = snakemake("--unlock", *SMOKE, cwd=bare)
    assert unlocked.returncode == 0, unlocked.stdout
    finished = snakemake(*KILLED, *SMOKE, cwd=bare)
    assert finished.returncode == 0, finished.stdout
    assert identities(bare) == undisturbed


def test_a_full_disk_is_one_line_and_leaves_nothing_half_written(bare):
    script = (
        "set -e; mkdir -p results/smoke; mount -t tmpfs -o size=64k tmpfs results/smoke;"
        " head -c 60K /dev/zero > results/smoke/ballast;"
        " python scripts/xie2017/check_identities.py --dimension 5 --samples 20 --widths 3"
        " --draws 2 --seed 0 --table results/smoke/t.csv || status=$?;"
        " rm results/smoke/ballast; find results/smoke -type f; exit $status"
    )
    done = subprocess.run(
        ["unshare", "-rm", "bash", "-c", script],
        cwd=bare,
        env=os.environ | {"PYTHONPATH": str(bare / "src")},
        capture_output=True,
        encoding="utf-8",
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no private file system here: {done.stderr}")
    assert done.returncode == 1
    assert "error: [Errno 28] No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    # What stands is whole: a table without its printed forms, or nothing.
    assert done.stdout.count("\n.") == 0


def test_a_read_only_output_is_made_again(clone):
    table = clone / ACHOUR / "tables/theorem7.csv"
    before = table.read_bytes()
    table.write_bytes(before + b"0")
    table.chmod(0o444)
    again = snakemake("--forcerun", f"{ACHOUR}/tables/theorem7.csv", *SMOKE, cwd=clone)
    assert again.returncode == 0, again.stdout
    assert table.read_bytes() == before


def test_a_corrupted_cache_of_mnist_stops_with_one_line(clone):
    raw = clone / "resources/mnist/train-labels-idx1-ubyte"
    raw.write_bytes(raw.read_bytes()[:-1] + b"\x0b")
    (clone / "resources/mnist.npz").unlink()
    stopped = snakemake("resources/mnist.npz", *SMOKE, cwd=clone)
    assert stopped.returncode == 1
    assert "train-labels-idx1-ubyte" in stopped.stdout
    assert "Traceback" not in stopped.stdout
    assert not (clone / "resources/mnist.npz").exists()
    assert "edited: resources/mnist/train-labels-idx1-ubyte" in audit(clone).stdout


def test_a_clock_that_jumped_back_hides_nothing_from_the_audit(clone):
    tomorrow = time.time() + 86400
    for path in (clone / "results").rglob("*"):
        os.utime(path, (tomorrow, tomorrow))
    module = clone / "src/landscape/certify/linear.py"
    module.write_text(
        module.read_text(encoding="utf-8") + "\nAVOGADRO = 6.02e23\n", encoding="utf-8"
    )
    done = audit(clone)
    assert done.returncode == 1
    assert "other code: src/landscape/certify/linear.py" in done.stdout


@pytest.fixture(scope="module")
def disturbed(smoke, tmp_path_factory):
    """A run in whose directory another is begun, and whose configuration is then edited."""
    folder = lay_out(tmp_path_factory.mktemp("disturbed"))
    target = f"{ACHOUR}/verdicts.csv"
    first = start(folder, target, *SMOKE)
    wait_for(folder / ".snakemake/locks/0.input.lock", first)
    second = snakemake(target, *SMOKE, cwd=folder)
    config = folder / "config/achour2024/settings.yaml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("{smoke: 60,", "{smoke: 61,"), encoding="utf-8"
    )
    assert first.poll() is None
    said, _ = first.communicate()
    assert first.returncode == 0, said
    yield folder, second
    shutil.rmtree(folder, ignore_errors=True)


def test_a_second_run_in_the_same_directory_is_refused_and_harmless(disturbed):
    folder, second = disturbed
    assert second.returncode == 1
    assert "Directory cannot be locked" in second.stdout
    target = f"{ACHOUR}/verdicts.csv"
    assert (folder / target).read_bytes() == (ROOT / target).read_bytes()


def test_a_config_edited_while_running_is_noticed_afterwards(disturbed):
    folder, _ = disturbed
    # The run is of one configuration, the one that it began with.
    table = f"{ACHOUR}/tables/theorem7.csv"
    assert (folder / table).read_bytes() == (ROOT / table).read_bytes()
    other = "other parameters: scripts/achour2024/check_theorem7.py: points"
    assert other in audit(folder).stdout


@pytest.fixture(autouse=True)
def leave_no_clone_behind(tmp_path):
    """Remove a clone at once: there are many, of some 100 MB each."""
    yield
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_many_steps_at_once_do_not_trip_over_each_other_s_records(bare):
    many = ("--cores", "12", "--keep-going", "--forceall")
    shutil.copytree(ROOT / "results/smoke", bare / "results/smoke", symlinks=True)
    for path in (bare / "scripts/cheridito2021").glob("*.py"):
        path.write_text(
            path.read_text(encoding="utf-8") + "\n# A remark.\n", encoding="utf-8"
        )  # nothing is put back, all replaced
    done = snakemake("cheridito2021", "christof2022", *many, *SMOKE, cwd=bare)
    assert done.returncode == 0, done.stdout
