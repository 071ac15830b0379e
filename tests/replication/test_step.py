import os
import subprocess
import sys

SCRIPT = '''"""A step."""

from replication.run import InputError, run

from landscape.statistics import wilson_interval


def main(widths: list[int], rate: float = 0.1) -> None:
    """Do it.

    Parameters
    ----------
    widths
        Numbers of units.
    """
    if rate < 0:
        raise InputError(f"rate: expected at least 0, got {rate}")
    if rate == 0:
        raise ValueError("a bug")
    if rate > 1:
        wilson_interval(0, 0)
    print(widths, rate)


run(main)
'''


def run(tmp_path, *arguments):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return subprocess.run([sys.executable, path, *arguments], capture_output=True, encoding="utf-8")


def test_options_are_those_of_the_signature(tmp_path):
    assert run(tmp_path, "--widths", "1", "2").stdout == "[1, 2] 0.1\n"
    assert "Numbers of units." in run(tmp_path, "--help").stdout


def test_bad_input_is_one_line_and_a_bug_a_traceback(tmp_path):
    refused = run(tmp_path, "--widths", "1", "--rate", "-1")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "error: rate: expected at least 0, got -1.0\n"
    by_the_library = run(tmp_path, "--widths", "1", "--rate", "2")
    assert by_the_library.stderr == "error: runs: expected at least one, got 0\n"
    broken = run(tmp_path, "--widths", "1", "--rate", "0")
    assert broken.returncode == 1
    assert "Traceback" in broken.stderr


def test_arithmetic_is_pinned():
    import torch

    assert torch.get_num_threads() == 1
    assert os.environ["ATEN_CPU_CAPABILITY"] == "avx2"
    assert torch.backends.cpu.get_cpu_capability() in ("AVX2", "DEFAULT")
