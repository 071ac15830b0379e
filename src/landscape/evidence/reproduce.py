"""How far the numbers of a run reproduce: in bits, within tolerance, or in their conclusions.

Each variant rebuilds everything from nothing in a scratch copy of the repository, with one thing
changed. What the changed run says is compared with the run under audit.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.errors import InputError
from landscape.evidence.difference import compare, first_step, made_by, released
from landscape.evidence.manifest import sha256 as hash_of
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
    pinned : tuple of str
        Environment variables of `landscape.step` to replace, NAME=value.
    config : tuple of str
        Settings, key=value as snakemake takes them.
    cores : int
        Cores for snakemake.
    """

    name: str
    shows: str
    pinned: tuple[str, ...] = ()
    config: tuple[str, ...] = ()
    cores: int = 2


TWO_THREADS = ("OMP_NUM_THREADS=2", "MKL_NUM_THREADS=2", "OPENBLAS_NUM_THREADS=2")
FLOAT64 = "xie2017={table1: {dtype: float64}, table3: {dtype: float64}}"
VARIANTS = (
    # One core instead of several: the same jobs in another order and company.
    Variant("again", "bits", cores=1),
    Variant("two-threads", "tolerance", TWO_THREADS),
    Variant("no-vectors", "tolerance", ("ATEN_CPU_CAPABILITY=default",)),
    Variant("compatible", "tolerance", ("MKL_CBWR=COMPATIBLE",)),
    Variant("float64", "tolerance", config=(FLOAT64,)),
    Variant("seed-1", "conclusion", config=("seed=1",)),
    Variant("seed-2", "conclusion", config=("seed=2",)),
    Variant("seed-3", "conclusion", config=("seed=3",)),
)


def rebuild(variant: Variant, results: Path, options: Sequence[str]) -> Path:
    """Rebuild a tier in a scratch copy; nothing is done if these sources did so before.

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
        The folder of the variant's tables, verdicts and manifests.

    Raises
    ------
    InputError
        If the rebuild fails; its output is in the log beside the folder.
    """
    kept = results / "variants" / variant.name
    listed = _sources()
    contents = [(str(path), hash_of(path)) for path in listed]
    made_from = sha256(repr([variant, options, contents]).encode()).hexdigest()
    seal = kept / "made_from.txt"
    if seal.is_file() and seal.read_text() == made_from:
        return kept
    # Python would take a variable of the environment for the tree that it was started in.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    surroundings |= dict(f"PINNED_{replaced}".split("=") for replaced in variant.pinned)
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        for name in listed:
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(name, scratch / name)
        shutil.copytree("resources", scratch / "resources")
        config = ["--config", *variant.config] if variant.config else []
        command = [sys.executable, "-m", "snakemake", "all", "--cores", str(variant.cores)]
        log = results / "variants" / f"{variant.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as said:
            done = subprocess.run(
                [*command, *options, *config],
                cwd=scratch,
                env=surroundings,
                stdout=said,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise InputError(f"{log}: the rebuild failed")
        shutil.rmtree(kept, ignore_errors=True)
        for path in released(scratch / results):
            with atomic(kept / path.relative_to(scratch / results)) as temporary:
                shutil.copyfile(path, temporary)
        with atomic(seal) as temporary:
            temporary.write_text(made_from)
    return kept


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
            if item.file.endswith(".csv") and not item.file.endswith("/verdicts.csv"):
                row = rows.setdefault(item.file, {"table": item.file, "level": "", "first": ""})
                row[variant.name] = item.level
                if item.level != "bits" and not row["first"]:
                    step = first_step(item.file, base, made_by(folder))
                    row["first"] = f"{step}, {variant.name}"
    for row in rows.values():
        of = {
            shows: {row[variant.name] for variant in folders if variant.shows == shows}
            for shows in ("bits", "tolerance")
        }
        reached = ["bits"] * (of["bits"] == {"bits"})
        reached += ["tolerance"] * (of["tolerance"] <= {"bits", "tolerance"})
        row["level"] = " and ".join(reached) or "conclusion only"
    verdicts = {
        name: pd.concat(
            [
                pd.read_csv(path).assign(paper=path.parent.name)
                for path in sorted(folder.glob("*/verdicts.csv"))
            ]
        ).set_index(["paper", "claim"])["verdict"]
        for name, folder in [("", results), *((v.name, f) for v, f in folders.items())]
    }
    claims = pd.DataFrame({"verdict": verdicts[""]})
    for shows in ("bits", "tolerance", "conclusion"):
        names = [variant.name for variant in folders if variant.shows == shows]
        agree = [verdicts[name].reindex(claims.index) == claims["verdict"] for name in names]
        claims[f"{shows}_agree"] = np.sum(agree, axis=0)
        claims[f"{shows}_of"] = len(names)
    return pd.DataFrame(rows.values()), claims.reset_index()


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
