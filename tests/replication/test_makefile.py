"""`make` installs the environment when it must."""

import os
import shutil
import subprocess

import pytest


@pytest.mark.parametrize(
    ("home", "installs"), [("{folder}/.venv", False), ("/elsewhere/.venv", True)]
)
def test_a_folder_that_was_moved_gets_its_tools_anew(tmp_path, home, installs):
    folder = tmp_path / "a place with 'quotes'"
    (folder / ".venv/bin").mkdir(parents=True)
    shutil.copy("Makefile", folder)
    for name in ("requirements.lock", "pyproject.toml", ".venv/installed"):
        (folder / name).write_text("", encoding="utf-8")
    activate = f'VIRTUAL_ENV="{home.format(folder=folder)}"\n'
    (folder / ".venv/bin/activate").write_text(activate, encoding="utf-8")
    # As from a shell, whoever runs the tests.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    make = ["make", "--dry-run", "--no-print-directory"]
    said = subprocess.run(
        make, cwd=folder, env=own, capture_output=True, encoding="utf-8", check=True
    ).stdout.splitlines()
    assert said[-1] == "snakemake --cores all"
    assert (said[0] == "python3 -m venv --clear .venv") is installs
    assert (len(said) == 1) is not installs
