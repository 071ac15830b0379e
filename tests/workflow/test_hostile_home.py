"""A run under a user's own settings, all hostile at once, has the bits of a clean one."""

import os
import subprocess
import sys

from conftest import ROOT

PAPER = "safran2018"
MATPLOTLIBRC = "text.usetex: True\nfigure.facecolor: red\nlines.linewidth: 9\nfont.size: 30\n"
STARTUP = "raise SystemExit('the user starts IPython so')\n"
KERNEL = '{"argv": ["false"], "display_name": "Python 3", "language": "python"}'


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_hostile_home_leaves_no_trace(bare, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    # In the repository itself such a file stops a step that reads it.
    for folder in (home / ".config/matplotlib", home / ".matplotlib"):
        write(folder / "matplotlibrc", MATPLOTLIBRC)
    write(home / ".ipython/profile_default/startup/00.py", STARTUP)
    write(home / ".local/share/jupyter/kernels/python3/kernel.json", KERNEL)
    write(home / "shims/sitecustomize.py", "import os\nos.environ['OMP_NUM_THREADS'] = '7'\n")
    write(bare / f"scripts/{PAPER}/pandas.py", "raise SystemExit('a file that is in the way')\n")
    surroundings = {
        **os.environ,
        "HOME": str(home),
        "IPYTHONDIR": str(home / ".ipython"),
        "JUPYTER_PATH": str(home / ".local/share/jupyter"),
        "PYTHONPATH": str(home / "shims"),
        "LANG": "C",
        "LC_ALL": "C",
        "TZ": "Pacific/Chatham",
        "OMP_NUM_THREADS": "3",
    }
    command = 'umask 077; exec "$@"'
    words = ["-m", "snakemake", "--cores", "2", PAPER, "--config", "tier=smoke"]
    done = subprocess.run(
        ["sh", "-c", command, "sh", sys.executable, *words],
        cwd=bare,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout
    results = f"results/smoke/{PAPER}"
    clean = {path.relative_to(ROOT) for path in (ROOT / results).rglob("*") if path.is_file()}
    for path in sorted(clean):
        if not path.name.startswith("."):
            assert (bare / path).read_bytes() == (ROOT / path).read_bytes(), path
