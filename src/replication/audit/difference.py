"""What differs between two runs, and why: tables, figures and verdicts.

A run is a folder such as results/quick or results/reference/quick. Numbers that are not the same
bits agree if they differ by at most `RELATIVE` of the larger one or by `ABSOLUTE`; the latter is
for cells that measure a rounding error.
"""

from replication.run import atomic
from replication.run.manifest import Manifest, load, tree

import io
import subprocess
import tarfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from PIL import Image

from replication.errors import InputError
from replication.settings import load_yaml

RELATIVE = 1e-6
ABSOLUTE = 1e-9
REFERENCE = Path("results/reference")

Level = Literal["bits", "tolerance", "different"]


@dataclass(frozen=True)
class Difference:
    """How a file of two runs compares.

    Attributes
    ----------
    file : str
        The file, relative to the runs.
    level : str
        "bits": equal bytes; "tolerance": equal up to rounding; "different".
    words : str
        By how much, and where; empty for equal bytes.
    causes : tuple of str
        What differs in how the two files were made; empty for equal bytes.
    """

    file: str
    level: Level
    words: str
    causes: tuple[str, ...]


@contextmanager
def results_of(name: str) -> Iterator[Path]:
    """Yield the results called `name`: a folder, or the released run of a commit.

    Parameters
    ----------
    name : str
        A folder; or a commit, followed by a colon and the tier if that is not quick.

    Raises
    ------
    InputError
        If it is neither, or the commit has no such run.
    """
    folder = Path(name)
    if name and folder.is_dir():
        if not any(folder.glob("*/verdicts.csv")):
            raise InputError(f"{name}: no run, there is no <paper>/verdicts.csv in it")
        yield folder
        return
    commit, _, tier = name.partition(":")
    released = REFERENCE / (tier or "quick")
    command = ["git", "archive", commit, str(released)]
    packed = subprocess.run(command, capture_output=True, check=False)
    if packed.returncode:
        raise InputError(f"{name}: neither a folder nor a commit with {released}/")
    with TemporaryDirectory() as place:
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(place, filter="data")
        yield Path(place) / released


def compare(a: Path, b: Path, papers: Collection[str] | None = None) -> list[Difference]:
    """Compare all tables, plotted data, figures and verdicts of two runs, in order of their names.

    Drawings are compared where both runs have them; the reference results have the data alone.

    Parameters
    ----------
    a, b : Path
        The runs.
    papers : collection of str, optional
        The papers to compare; all if not given.
    """
    first, second = made_by(a), made_by(b)
    tables = {
        str(path.relative_to(folder))
        for folder in (a, b)
        for kind in ("tables", "figures")
        for path in folder.glob(f"*/{kind}/*.csv")
    }
    drawings = {
        str(path.relative_to(a))
        for path in a.glob("*/figures/*.png")
        if (b / path.relative_to(a)).is_file()
    }
    verdicts = {
        str(path.relative_to(folder)) for folder in (a, b) for path in folder.glob("*/verdicts.csv")
    }
    found = []
    for file in sorted(tables | drawings | verdicts):
        if papers is not None and file.split("/")[0] not in papers:
            continue
        level, words = _compare(a / file, b / file)
        why = () if level == "bits" else tuple(causes(file, first, second))
        found.append(Difference(file, level, words, why))
    return found


def causes(
    file: str,
    a: Mapping[str, Manifest],
    b: Mapping[str, Manifest],
    seen: frozenset[str] = frozenset(),
) -> list[str]:
    """Return what differs in how a file came about in two runs, the first cause first.

    Parameters
    ----------
    file : str
        The file, relative to the runs.
    a, b : mapping of str to manifest
        The manifests of each run, by relative name of output.
    """
    if file not in a or file not in b:
        return [f"{file} has no manifest in both runs"]
    if file in seen:
        return []
    first, second = a[file], b[file]
    found: list[str] = []
    inputs = [
        {_relative(path): d for path, d in made["inputs"].items()} for made in (first, second)
    ]
    for path in sorted({*inputs[0], *inputs[1]}):
        if inputs[0].get(path) != inputs[1].get(path):
            deeper = path in a and path in b
            found += causes(path, a, b, seen | {file}) if deeper else [f"input {path}"]
    for path in sorted({*first["code"], *second["code"]}):
        if first["code"].get(path) != second["code"].get(path):
            found.append(f"code {path}")
    for name in sorted({*first["parameters"], *second["parameters"]}):
        values = [_plain(made["parameters"].get(name)) for made in (first, second)]
        if values[0] != values[1]:
            found.append(f"parameter {name} of {first['step']}: {values[0]} -> {values[1]}")
    for part, before, after in differences(first["surroundings"], second["surroundings"]):
        found.append(f"{part}: {before} -> {after}")
    unexplained = f"{first['step']}: same inputs, code, parameters and environment"
    return list(dict.fromkeys(found)) or [unexplained]


def made_by(folder: Path) -> dict[str, Manifest]:
    """Return the manifests of a run by relative name of output, with their environments."""
    made = {}
    for manifest in load(folder):
        path = folder / "manifests" / "environments" / f"{manifest['environment']}.json"
        manifest["surroundings"] = load_yaml(path) if path.is_file() else {}
        made.update({_relative(output): manifest for output in manifest["outputs"]})
    return made


def first_step(file: str, a: Mapping[str, Manifest], b: Mapping[str, Manifest]) -> str:
    """Return the step at which the bits of a file of two runs began to differ."""
    inputs = [{_relative(p): d for p, d in made[file]["inputs"].items()} for made in (a, b)]
    for path in sorted(inputs[0]):
        if path in a and path in b and inputs[0][path] != inputs[1].get(path):
            return first_step(path, a, b)
    return str(a[file]["step"])


def differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what differs between two environments: its name, and both values."""
    for part in ("python", "cpu", "system"):
        if a.get(part) != b.get(part):
            yield part, str(a.get(part)), str(b.get(part))
    for part in ("packages", "pinned", "shims"):
        one, other = a.get(part, {}), b.get(part, {})
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name):
                yield name, str(one.get(name)), str(other.get(name))


def summary(found: list[Difference]) -> str:
    """Return one line on how many tables agree, and which tables and verdicts do not."""
    levels: dict[str, list[str]] = {level: [] for level in get_args(Level)}
    for item in found:
        if item.file.endswith(".csv") and not item.file.endswith("/verdicts.csv"):
            levels[item.level].append(item.file)
    words = [
        f"{len(levels['bits'])} tables equal in bits, {len(levels['tolerance'])} within tolerance, "
        f"{len(levels['different'])} differ" + ": " * bool(levels["different"])
    ]
    words += [", ".join(levels["different"])]
    for item in found:
        if item.file.endswith("/verdicts.csv") and item.level == "different":
            words.append(f"; {item.file}: {item.words}")
    return "".join(words)


def released(results: Path) -> list[Path]:
    """Return the files of a run that another is compared with, and how far it reproduces."""
    patterns = ("*/tables/*.csv", "*/figures/*.csv", "*/verdicts.csv", "manifests/**/*.json")
    reproduced = (results / "variants" / name for name in ("tables.csv", "claims.csv", "root.txt"))
    chosen = [path for pattern in patterns for path in results.glob(pattern)]
    return sorted([*chosen, *(path for path in reproduced if path.is_file())])


def release(results: Path) -> None:
    """Copy what a run is compared with to results/reference/<tier>.

    These are tables, plotted data, verdicts and manifests; what `replication.audit.reproduce`
    found goes with them, if it was run.

    Raises
    ------
    InputError
        If the folder has no verdicts.
    """
    chosen = released(results)
    if not any(path.name == "verdicts.csv" for path in chosen):
        raise InputError(f"{results}: no */verdicts.csv; run snakemake first")
    reference = REFERENCE / results.name
    kept = set()
    for path in chosen:
        target = reference / path.relative_to(results)
        with atomic(target) as temporary:
            temporary.write_bytes(path.read_bytes())
        kept.add(target)
    for path in reference.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()


def _compare(a: Path, b: Path) -> tuple[Level, str]:
    if not a.is_file() or not b.is_file():
        return "different", f"only in {(a if a.is_file() else b).parents[2]}"
    if a.read_bytes() == b.read_bytes():
        return "bits", ""
    if a.suffix == ".png":
        return "different", _pixels(a, b)
    if a.name == "verdicts.csv":
        return _verdicts(pd.read_csv(a), pd.read_csv(b))
    return _numbers(pd.read_csv(a), pd.read_csv(b))


def _numbers(a: pd.DataFrame, b: pd.DataFrame) -> tuple[Level, str]:
    """Compare two tables cell by cell."""
    if list(a.columns) != list(b.columns):
        return "different", f"other columns: {', '.join(sorted({*a.columns} ^ {*b.columns}))}"
    if len(a) != len(b):
        return "different", f"{len(a)} rows, {len(b)} rows"
    worst, where, words = 0.0, "", 0
    agree = True
    for column in a.columns:
        one, other = a[column], b[column]
        if not (pd.api.types.is_numeric_dtype(one) and pd.api.types.is_numeric_dtype(other)):
            # A missing cell equals a missing cell.
            words += int((one.fillna("").astype(str) != other.fillna("").astype(str)).sum())
            continue
        x, y = one.to_numpy(dtype=float), other.to_numpy(dtype=float)
        same = (x == y) | (np.isnan(x) & np.isnan(y))
        if same.all():
            continue
        with np.errstate(invalid="ignore"):
            off, size = np.abs(x - y)[~same], np.maximum(np.abs(x), np.abs(y))[~same]
        agree &= bool((off <= np.maximum(RELATIVE * size, ABSOLUTE)).all())
        # A cell that is a number in one table only is off by everything.
        relative = np.where(np.isfinite(off), off / size, np.inf).max()
        if relative > worst:
            worst, where = float(relative), str(column)
    level: Level = "tolerance" if agree and not words else "different"
    parts = [f"{words} words"] if words else []
    return level, ", ".join([*parts, f"{worst:.1e} of {where}"] if where else parts)


def _verdicts(a: pd.DataFrame, b: pd.DataFrame) -> tuple[Level, str]:
    """Name the claims whose verdict changed; with the same verdicts numbers may differ."""
    one, other = (frame.set_index("claim")["verdict"] for frame in (a, b))
    changed = [
        f"{claim}: {one.get(claim, 'absent')} -> {other.get(claim, 'absent')}"
        for claim in dict.fromkeys([*one.index, *other.index])
        if one.get(claim) != other.get(claim)
    ]
    return ("different", "; ".join(changed)) if changed else ("tolerance", "the same verdicts")


def _pixels(a: Path, b: Path) -> str:
    one, other = (np.asarray(Image.open(path).convert("RGB"), dtype=int) for path in (a, b))
    if one.shape != other.shape:
        return f"{one.shape[1]} x {one.shape[0]} and {other.shape[1]} x {other.shape[0]} pixels"
    return f"{(one != other).any(axis=2).mean():.2%} of the pixels"


def _relative(path: str) -> str:
    """Return a path of a manifest relative to the folder of its run."""
    folder = tree(Path(path))
    in_results = folder is not None and folder.parts[0] == "results"
    return str(Path(path).relative_to(folder)) if folder and in_results else path


def _plain(value: Any) -> Any:
    """Return a parameter such that paths of two runs are equal."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _relative(value) if isinstance(value, str) and value.startswith("results/") else value
