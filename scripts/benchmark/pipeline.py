"""Time what a pipeline adds to its steps: this one's machinery, bare Snakemake, make and DVC.

    snakemake --cores all benchmark_pipeline

on an otherwise idle machine. Every contender runs the same steps, each of which reads a number and
writes the next one, one at a time: all of them, none (nothing has changed) and one (an input has).
"ours" is Snakemake with the settings of this repository; its steps run under `replication.run`,
which reads their options, refuses undeclared reads, hashes and leaves a manifest; "Snakemake" has
the rule that its tutorial would have, and "make" the same as a pattern; "DVC" has one stage a step.
A contender that is not on the PATH is listed as not installed. Times are medians, by the clock and
of CPU with all subprocesses.
"""

from replication.run import atomic, run

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pandas as pd

from replication.code import closure
from replication.settings import Count

PLAIN = """import sys
from pathlib import Path

source, target = map(Path, sys.argv[1:])
target.write_text(str(1 + int(source.read_text())))
"""
RECORDED = '''"""Add one."""

from replication.run import atomic, run

from pathlib import Path


def add_one(number: Path, output: Path) -> None:
    """Add one."""
    with atomic(output) as temporary:
        temporary.write_text(str(1 + int(number.read_text())))


if __name__ == "__main__":
    run(add_one)
'''
MAKEFILE = """all: $(patsubst numbers/%,next/%,$(wildcard numbers/*.txt))

next/%.txt: numbers/%.txt add_one.py
\tpython add_one.py $< $@
"""
SNAKEFILE = """rule all:
    input:
        expand("next/{{i}}.txt", i=range({steps})),


rule add_one:
    input:
        script="add_one.py",
        number="numbers/{{i}}.txt",
    output:
        "next/{{i}}.txt",
    shell:
        "python {{input.script}} {{input.number}} {{output}}"
"""
OURS = """onstart:
    workflow.scheduler.job_rate_limiter = None


rule all:
    input:
        expand("results/toy/next/{{i}}.txt", i=range({steps})),


rule add_one:
    input:
        script="scripts/toy/add_one.py",
        library={library},
        number="numbers/{{i}}.txt",
    output:
        "results/toy/next/{{i}}.txt",
    params:
        settings="",
    shell:
        "PYTHONPATH=src python {{input.script}} --number {{input.number}} --output {{output}}"
"""


@dataclass(frozen=True)
class Contender:
    """One pipeline: how its files are written for so many steps, and the command that runs it."""

    name: str
    write: Callable[[int], None]
    command: list[str]


def pipeline(
    profile: Path, modules: list[Path], csv: Path, markdown: Path, steps: Count, repeats: Count
) -> None:
    """Run the benchmark.

    Parameters
    ----------
    profile : Path
        The settings of Snakemake, profiles/default/profile.v9+.yaml or its like.
    modules : list of Path
        The modules of the machinery, which are copied.
    csv : Path
        Where to write the times (.csv).
    markdown : Path
        Where to write the table for a reader (.md).
    steps : int
        How many steps each pipeline has.
    repeats : int
        How often each is built from nothing.
    """
    snakemake = [sys.executable, "-m", "snakemake", "--cores", "1", "--quiet", "all"]
    ours = [*snakemake, "--profile", str(profile.parent.resolve())]
    copied = {str(path): path.read_text(encoding="utf-8") for path in modules}
    contenders = [
        Contender("ours", partial(_write_ours, copied), ours),
        Contender("Snakemake", _write_snakemake, snakemake),
        Contender("make", _write_make, ["make", "--silent"]),
        Contender("DVC", _write_dvc, ["dvc", "repro", "--quiet"]),
    ]
    rows: list[dict[str, object]] = []
    for contender in contenders:
        if shutil.which(contender.command[0]) is None:
            rows.append({"pipeline": contender.name, "remark": "not installed"})
            continue
        times = pd.DataFrame(
            [row for _ in range(repeats) for row in _time(contender, steps)],
            columns=["run", "seconds", "cpu_seconds"],
        )
        medians = times.groupby("run", sort=False).agg(median).reset_index()
        rows += [{"pipeline": contender.name, **row} for row in medians.to_dict("records")]
    table = pd.DataFrame(rows)
    first = table[table["pipeline"] == "ours"].set_index("run")["seconds"]
    table["ratio"] = table["seconds"] / table["run"].map(first)
    table.insert(1, "steps", steps)
    with atomic(csv) as path:
        table.to_csv(path, index=False, float_format="%.6g")
    with atomic(markdown) as path:
        filled = table.astype(object).where(table.notna(), None)
        text = filled.to_markdown(index=False, floatfmt=".3g", missingval="")
        path.write_text(f"{(__doc__ or '').strip()}\n\n{text}\n", encoding="utf-8")


def _time(contender: Contender, steps: int) -> list[tuple[str, float, float]]:
    """Return name, seconds and CPU seconds of each run of a pipeline in a new folder."""
    here = Path.cwd()
    with TemporaryDirectory() as place:
        os.chdir(place)
        try:
            Path("numbers").mkdir()
            for i in range(steps):
                Path(f"numbers/{i}.txt").write_text(str(i), encoding="utf-8")
            contender.write(steps)
            found = [("all steps", *_run(contender.command))]
            found.append(("nothing to do", *_run(contender.command)))
            Path("numbers/0.txt").write_text("7", encoding="utf-8")
            found.append(("one step", *_run(contender.command)))
            made = {path.read_text(encoding="utf-8") for path in Path().rglob("next/0.txt")}
        finally:
            os.chdir(here)
    if made != {"8"}:
        raise AssertionError(f"{contender.name}: expected 8, got {made}")
    return found


def _run(command: list[str]) -> tuple[float, float]:
    """Return the seconds by the clock and of CPU that a command takes."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=os.environ | {"PATH": path}, check=True, capture_output=True)
    seconds, after = time.perf_counter() - clock, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _write(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def _write_ours(modules: dict[str, str], steps: int) -> None:
    _write(modules | {"scripts/toy/add_one.py": RECORDED})
    library = list(map(str, closure(Path("scripts/toy/add_one.py"))))
    _write({"Snakefile": OURS.format(steps=steps, library=library)})


def _write_snakemake(steps: int) -> None:
    _write({"add_one.py": PLAIN, "Snakefile": SNAKEFILE.format(steps=steps)})


def _write_make(steps: int) -> None:
    _write({"add_one.py": PLAIN, "Makefile": MAKEFILE})
    Path("next").mkdir()


def _write_dvc(steps: int) -> None:
    stages = "".join(
        f"  s{i}:\n    cmd: python add_one.py numbers/{i}.txt next/{i}.txt\n"
        f"    deps: [add_one.py, numbers/{i}.txt]\n    outs: [next/{i}.txt]\n"
        for i in range(steps)
    )
    _write({"add_one.py": PLAIN, "dvc.yaml": f"stages:\n{stages}"})
    Path("next").mkdir()
    subprocess.run(["dvc", "init", "--no-scm", "--quiet"], check=True)


if __name__ == "__main__":
    run(pipeline)
