"""How far the numbers of a run reproduce: in bits, within tolerance, or in their conclusions.

Each variant rebuilds the tier in a scratch copy of the repository, with one thing changed. What the
changed run says is compared with the run under audit.
"""

import filecmp
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.errors import InputError
from landscape.evidence.difference import compare, first_step, made_by
from landscape.files import atomic


@dataclass(frozen=True)
class Variant:
    """A rebuild in which one thing is different.

    Attributes
    ----------
    name : str
        Its folder under results/<tier>/variants/.
    shows : str
        "bits", "tolerance" or "conclusion": what it is a test of.
    pinned : mapping of str to str
        Environment variables of `landscape.step` to replace.
    config : tuple of str
        Settings, key=value as snakemake takes them.
    papers : tuple of str
        The papers that the change can reach; all if empty.
    cores : int
        Cores for snakemake.
    """

    name: str
    shows: str
    pinned: tuple[tuple[str, str], ...] = ()
    config: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    cores: int = 2


TWO_THREADS = tuple((f"{name}_NUM_THREADS", "2") for name in ("OMP", "MKL", "OPENBLAS"))
# What processors without AVX2 compute.
NO_VECTORS = (("ATEN_CPU_CAPABILITY", "default"), ("OPENBLAS_CORETYPE", "Prescott"))
FLOAT64 = "xie2017={table1: {dtype: float64}, table3: {dtype: float64}}"
VARIANTS = (
    # One core instead of several: the same jobs in another order and company.
    Variant("again", "bits", cores=1),
    Variant("two-threads", "tolerance", TWO_THREADS),
    Variant("no-vectors", "tolerance", NO_VECTORS),
    # Only torch brings MKL, and only Tables 1 and 3 are trained in float32.
    Variant(
        "compatible", "tolerance", (("MKL_CBWR", "COMPATIBLE"),), papers=("xie2017", "achour2024")
    ),
    Variant("float64", "tolerance", config=(FLOAT64,), papers=("xie2017",)),
    Variant("seed-1", "conclusion", config=("seed=1",)),
    Variant("seed-2", "conclusion", config=("seed=2",)),
    Variant("seed-3", "conclusion", config=("seed=3",)),
)
# What a rebuild makes in its copy.
MADE = ("results", "resources", ".snakemake")


def rebuild(variant: Variant, results: Path, options: Sequence[str]) -> Path:
    """Rebuild a tier in a scratch copy, or bring the copy up to date with these sources.

    The copy, results/<tier>/variants/<name>, stays: an interrupted rebuild goes on, and a later one
    does what has changed since. Remove it to begin from nothing.

    Parameters
    ----------
    variant : Variant
        What is different.
    results : Path
        The run under audit, results/<tier>.
    options : sequence of str
        The options of snakemake that choose the tier.

    Returns
    -------
    Path
        The results of the variant.

    Raises
    ------
    InputError
        If the rebuild fails; its output is in the log beside the copy.
    """
    scratch = results / "variants" / variant.name
    _mirror(scratch)
    # Python would take a variable of the environment for the tree that it was started in.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    surroundings |= {f"PINNED_{name}": value for name, value in variant.pinned}
    words = [*(variant.papers or ["all"]), "--cores", str(variant.cores), "--rerun-incomplete"]
    config = ["--config", *variant.config] if variant.config else []
    log = scratch.with_suffix(".log")
    with log.open("w") as said:
        done = subprocess.run(
            [sys.executable, "-m", "snakemake", *words, *options, *config],
            cwd=scratch,
            env=surroundings,
            stdout=said,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise InputError(f"{log}: the rebuild failed")
    return scratch / results


def rate(results: Path, folders: dict[Variant, Path]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say which level each table and each claim reaches.

    A table reaches "bits" if rebuilding gives the same bytes and "tolerance" if no variant of the
    arithmetic moves a number by more than rounding. Other tables can agree in their conclusions
    only: those of the claims measured on them.

    Returns
    -------
    tables : DataFrame
        A row a table: its level, how it compares in each variant, and the first step whose bits
        differ when the arithmetic does.
    claims : DataFrame
        A row a claim: its verdict, the variants of arithmetic and of seeds that agree with it.
    """
    base = made_by(results)
    rows: dict[str, dict[str, str]] = {}
    for variant, folder in folders.items():
        if variant.shows == "conclusion":
            continue
        for item in compare(results, folder):
            if variant.papers and item.file.split("/")[0] not in variant.papers:
                continue
            if item.file.endswith(".csv") and not item.file.endswith("/verdicts.csv"):
                row = rows.setdefault(item.file, {"table": item.file, "level": "", "first": ""})
                row[variant.name] = item.level
                if item.level != "bits" and not row["first"]:
                    step = first_step(item.file, base, made_by(folder))
                    row["first"] = f"{step}, {variant.name}"
    for row in rows.values():
        of = {
            shows: {row.get(v.name, "bits") for v in folders if v.shows == shows}
            for shows in ("bits", "tolerance")
        }
        reached = ["bits"] * (of["bits"] == {"bits"})
        reached += ["tolerance"] * (of["tolerance"] <= {"bits", "tolerance"})
        row["level"] = " and ".join(reached) or "conclusion only"
    claims = pd.DataFrame({"verdict": _verdicts(results)})
    paper = claims.index.get_level_values("paper")
    for shows in ("bits", "tolerance", "conclusion"):
        claims[f"{shows}_agree"] = claims[f"{shows}_of"] = 0
        for variant, folder in folders.items():
            if variant.shows == shows:
                reached = np.array([not variant.papers or key in variant.papers for key in paper])
                same = _verdicts(folder).reindex(claims.index) == claims["verdict"]
                claims[f"{shows}_agree"] += same & reached
                claims[f"{shows}_of"] += reached
    return pd.DataFrame(rows.values()), claims.reset_index()


def _verdicts(results: Path) -> "pd.Series[str]":
    """Return the verdicts of a run, by paper and claim."""
    parts = [
        pd.read_csv(path).assign(paper=path.parent.name)
        for path in sorted(results.glob("*/verdicts.csv"))
    ]
    return pd.concat(parts).set_index(["paper", "claim"])["verdict"]


def _mirror(scratch: Path) -> None:
    """Give a scratch copy the sources of the repository; what is the same keeps its date."""
    listed = _sources()
    for name in listed:
        copy = scratch / name
        if not copy.is_file() or not filecmp.cmp(name, copy, shallow=False):
            with atomic(copy) as temporary:
                shutil.copy(name, temporary)
    gone = {path.relative_to(scratch) for path in scratch.rglob("*") if path.is_file()} - {*listed}
    for name in gone:
        if name.parts[0] not in MADE and name.suffix != ".pyc":
            (scratch / name).unlink()
    # The data come after the code that fetches them, or Snakemake would fetch them again.
    if not (scratch / "resources").exists():
        shutil.copytree("resources", scratch / "resources")


def _sources() -> list[Path]:
    """Return what git tracks or would, without documents and results."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    paths = map(Path, sorted(listed.stdout.splitlines()))
    return [path for path in paths if path.parts[0] not in ("docs", "results") and path.is_file()]
