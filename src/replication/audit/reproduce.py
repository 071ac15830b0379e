"""How far the numbers of a run reproduce: in bits, within tolerance, or in their conclusions.

Each variant rebuilds the tier in a scratch copy of the repository, with one thing changed. What the
changed run says is compared with the run under audit.
"""

from replication.run import atomic, write_table

import filecmp
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd

from replication.audit.difference import ABSOLUTE, RELATIVE, Level, compare, first_step, made_by
from replication.code import sources
from replication.errors import InputError
from replication.settings import load_yaml
from replication.show.page import fill


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
        Environment variables of `replication.run` to replace.
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
# Each can reach any paper.
VARIANTS = (
    # One core instead of several: the same jobs in another order and company.
    Variant("again", "bits", cores=1),
    Variant("two-threads", "tolerance", TWO_THREADS),
    Variant("no-vectors", "tolerance", NO_VECTORS),
    Variant("seed-1", "conclusion", config=("seed=1",)),
    Variant("seed-2", "conclusion", config=("seed=2",)),
    Variant("seed-3", "conclusion", config=("seed=3",)),
)
# What a paper's variant of such a name pins beside its settings: MKL is called by few steps.
PINNED_BY = {"compatible": (("MKL_CBWR", "COMPATIBLE"),)}
LEVELS = get_args(Level)
KINDS = ("bits", "tolerance", "conclusion")
# What is kept of a comparison, below results/<tier>: its page, its tables, the root of the run.
PARTS = tuple(f"variants/{name}" for name in ("index.html", "tables.csv", "claims.csv", "root.txt"))
# What a rebuild makes in its copy.
MADE = ("results", "resources", ".snakemake")


def of_papers() -> list[Variant]:
    """Return the variants that papers ask for: `variants` in config/<paper>/settings.yaml.

    That section maps a variant's name to the settings of steps that it changes; with none, the name
    must be one of `PINNED_BY`.
    """
    asked: dict[str, dict[str, Any]] = {}
    for path in sorted(Path("config").glob("*/settings.yaml")):
        paper = path.parent.name
        for name, settings in load_yaml(path)[paper].get("variants", {}).items():
            asked.setdefault(name, {})[paper] = settings
    return [
        Variant(
            name,
            "tolerance",
            PINNED_BY.get(name, ()),
            tuple(f"{paper}={json.dumps(steps)}" for paper, steps in papers.items() if steps),
            tuple(papers),
        )
        for name, papers in asked.items()
    ]


def narrowed(papers: Sequence[str]) -> list[Variant]:
    """Return the variants that can reach some papers, with these alone; all if none are named."""
    every = [*VARIANTS, *of_papers()]
    if not papers:
        return every
    common = [
        replace(variant, papers=tuple(key for key in papers if key in (variant.papers or papers)))
        for variant in every
    ]
    return [variant for variant in common if variant.papers]


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
    with log.open("w", encoding="utf-8") as said:
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

    A table has the level "bits", "tolerance" or "different" twice: rebuilt as it was, and rebuilt
    with another arithmetic. What differs can agree in its conclusions only: the verdicts of the
    claims measured on it, with other arithmetic and with other seeds.

    Returns
    -------
    tables : DataFrame
        A row a table that was rebuilt: its levels, how it compares in each variant, and the first
        step whose bits differ.
    claims : DataFrame
        A row a claim that was judged anew: its verdict, and how many variants agree with it.
    """
    base = made_by(results)
    rows: dict[str, dict[str, str]] = {}
    for variant, folder in folders.items():
        if variant.shows == "conclusion":
            continue
        column = "rebuilt" if variant.shows == "bits" else "arithmetic"
        for item in compare(results, folder):
            paper = item.file.split("/")[0]
            if not item.file.endswith(".csv") or item.file.endswith("/verdicts.csv"):
                continue
            if variant.papers and paper not in variant.papers:
                continue
            row = rows.setdefault(
                item.file,
                {"table": item.file, "rebuilt": "", "arithmetic": "", "first": ""},
            )
            row[variant.name] = item.level
            row[column] = max(row[column] or "bits", item.level, key=LEVELS.index)
            if item.level != "bits" and not row["first"]:
                step = first_step(item.file, base, made_by(folder))
                row["first"] = f"{step}, {variant.name}"
    claims = pd.DataFrame({"verdict": _verdicts(results)})
    papers = claims.index.get_level_values("paper")
    for shows in KINDS:
        claims[f"{shows}_agree"] = claims[f"{shows}_of"] = 0
        for variant, folder in folders.items():
            if variant.shows == shows:
                reached = variant.papers or set(papers)
                concerned = np.array([paper in reached for paper in papers])
                same = (_verdicts(folder).reindex(claims.index) == claims["verdict"]).to_numpy()
                claims[f"{shows}_agree"] += same & concerned
                claims[f"{shows}_of"] += concerned
    tried = claims[[f"{shows}_of" for shows in KINDS]].any(axis=1)
    return pd.DataFrame(rows.values()), claims[tried].reset_index()


def report(results: Path, root: str, folders: dict[Variant, Path]) -> str:
    """Write the tables of `rate`, a page and the root of the run; return a summary."""
    tables, claims = rate(results, folders)
    write_table(tables, results / "variants/tables.csv")
    write_table(claims, results / "variants/claims.csv")
    summary = summary_of(tables, claims)
    agreed = [claims[f"{kind}_agree"] / claims[f"{kind}_of"] for kind in KINDS]
    written = fill(
        Path(__file__).with_name("reproduce.html.j2"),
        f"How far {results} reproduces",
        root=root,
        variants=list(folders),
        compared=[variant.name for variant in folders if variant.shows != "conclusion"],
        kinds=KINDS,
        tables=tables.fillna("").to_dict("records"),
        claims=claims.iloc[np.argsort(np.min(agreed, axis=0), kind="stable")].to_dict("records"),
        summary=summary,
        relative=RELATIVE,
        absolute=ABSOLUTE,
    )
    for part, text in ((PARTS[0], written), (PARTS[3], f"{root}\n")):
        with atomic(results / part) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return summary


def summary_of(tables: pd.DataFrame, claims: pd.DataFrame) -> str:
    """Return in a sentence what `rate` found."""
    rebuilt, arithmetic = (
        ", ".join(f"{(tables[column] == level).sum()} {level}" for level in LEVELS)
        for column in ("rebuilt", "arithmetic")
    )
    stable = [
        f"{(claims[f'{kind}_agree'] == claims[f'{kind}_of']).sum()} in every variant of {kind}"
        for kind in KINDS
    ]
    return (
        f"Of {len(tables)} tables: rebuilt, {rebuilt}; with other arithmetic, {arithmetic}. "
        f"Of {len(claims)} verdicts the same: {', '.join(stable)}."
    )


def reported(results: Path, root: str) -> str:
    """Return in a sentence how far a run reproduces; nothing if that was not tried with this run.

    Parameters
    ----------
    results : Path
        The run, results/<tier>.
    root : str
        The root of its manifests.
    """
    seal = results / PARTS[3]
    if not seal.is_file() or seal.read_text(encoding="utf-8").strip() != root:
        return ""
    return summary_of(*(pd.read_csv(results / part) for part in PARTS[1:3]))


def _verdicts(results: Path) -> "pd.Series[str]":
    """Return the verdicts of a run, by paper and claim."""
    parts = [
        pd.read_csv(path).assign(paper=path.parent.name)
        for path in sorted(results.glob("*/verdicts.csv"))
    ]
    return pd.concat(parts).set_index(["paper", "claim"])["verdict"]


def _mirror(scratch: Path) -> None:
    """Give a scratch copy the sources of the repository; what is the same keeps its date."""
    listed = sources()
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
