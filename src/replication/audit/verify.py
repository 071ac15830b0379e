"""Check an evidence archive with nothing but Python: ``python verify.py [archive.zip or folder]``.

With ``--root HEX`` the root must be that one, such as the first word of a released root.txt.

Every file is held against its hash in ro-crate-metadata.json and in the manifests of the steps that
wrote and read it, each manifest against its own hash and all of them against the root, and each
verdict is worked out anew from the claims as they were judged and the tables. One line is printed
for each problem; the status is 1 if there is one.

Nothing of the archive is executed, unpacked or written. The hashes say that the files belong
together: that they are those which somebody published, only the root says, when it is compared with
the one that was published.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import math
import os
import re
import stat
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any
from urllib.parse import unquote

CRATE = "ro-crate-metadata.json"
# A few kilobytes can unpack to gigabytes; what is read whole, tables and JSON, is smaller.
LIMIT = 64 * 2**20
LOCK = "requirements.lock"
# Data of others, which the archive names by hash and does not carry.
ELSEWHERE = "resources/"
IDENTITY = ("step", "parameters", "code", "inputs", "outputs", "lock")
# What a table means by an empty cell.
MISSING = {"", "#N/A", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"}

# What reading a damaged or encrypted entry raises.
DAMAGED = (
    ArithmeticError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)

NOTHING = (math.nan, math.nan, math.nan)
REPLICATED = {"agrees": "replicated", "disagrees": "not replicated"}
WORDS = {
    "theorem": REPLICATED,
    "experiment": REPLICATED,
    "correction": {"agrees": "confirmed", "disagrees": "not confirmed"},
    "ours": {"agrees": "holds", "disagrees": "does not hold"},
}
Row = dict[str, Any]


class RefusedError(Exception):
    """What was given is no archive that can be looked into safely."""


class Archive:
    """The files of an archive by name, zipped or unpacked.

    Raises
    ------
    RefusedError
        If it is neither, holds a name twice or a name that leads out of it, or a link.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        if os.path.isdir(path):
            self.names = sorted(self._walk())
            return
        try:
            self.zip = zipfile.ZipFile(path)
        except DAMAGED as error:
            raise RefusedError(f"{path}: neither a folder nor a zip archive: {error}") from None
        entries = self.zip.infolist()
        self.names = sorted(entry.filename for entry in entries if not entry.is_dir())
        for entry in entries:
            # orig_filename: before zipfile cut it at a null byte or turned separators.
            if leads_out(entry.orig_filename) or stat.S_ISLNK(entry.external_attr >> 16):
                raise RefusedError(f"{entry.orig_filename!r}: refused: it leads out of the archive")
        if len({name.casefold() for name in self.names}) < len(self.names):
            raise RefusedError(f"{path}: refused: it holds two files of the same name")

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading; `name` is one of `names`."""
        if os.path.isdir(self.path):
            return open(os.path.join(self.path, *name.split("/")), "rb")
        return self.zip.open(name)

    def read(self, name: str) -> bytes:
        """Return the contents of a file that is not larger than what is read whole may be."""
        with self.open(name) as file:
            content = file.read(LIMIT + 1)
        if len(content) > LIMIT:
            raise ValueError(f"larger than {LIMIT} bytes")
        return content

    def sha256(self, name: str) -> str:
        """Return the hash of a file."""
        digest = hashlib.sha256()
        with self.open(name) as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
        return digest.hexdigest()

    def _walk(self) -> Iterator[str]:
        for folder, subfolders, files in os.walk(self.path):
            for name in [*subfolders, *files]:
                path = os.path.join(folder, name)
                if os.path.islink(path):
                    raise RefusedError(f"{path}: refused: it leads out of the archive")
                if name in files:
                    yield os.path.relpath(path, self.path).replace(os.sep, "/")


def leads_out(name: str) -> bool:
    """Tell whether the name of an entry could be a place outside of the archive."""
    return (
        not name
        or name.startswith("/")
        or any(character in name for character in ("\\", ":", "\0"))
        or not {"", ".", ".."}.isdisjoint(name.rstrip("/").split("/"))
    )


def verify(path: str) -> tuple[list[str], str]:
    """Check an archive.

    Parameters
    ----------
    path : str
        A zip file or a folder.

    Returns
    -------
    problems : list of str
        One line each.
    summary : str
        What was looked at.

    Raises
    ------
    RefusedError
        If it can't be looked into safely.
    """
    archive = Archive(path)
    problems: list[str] = []
    hashes: dict[str, str] = {}
    for name in archive.names:
        try:
            hashes[name] = archive.sha256(name)
        except DAMAGED as error:
            problems.append(f"{name}: can't be read: {error}")
    whole = [name for name in archive.names if name in hashes]
    crate = _json(archive, CRATE, problems) if CRATE in hashes else None
    if crate is None:
        return [*problems, f"{CRATE}: missing or damaged"], f"{len(archive.names)} files"
    root = None
    try:
        root = _check_crate(crate, hashes, problems)
    except (AttributeError, KeyError, TypeError):
        problems.append(f"{CRATE}: not a crate")
    manifests = {
        name: content
        for name in whole
        if re.fullmatch(r"(results/[^/]+|resources)/manifests/.+\.json", name)
        and (content := _json(archive, name, problems)) is not None
    }
    elsewhere, found = _check_manifests(manifests, hashes, problems)
    if root != found:
        problems.append(f"root: the manifests give {found}, {CRATE} says {root}")
    verdicts = 0
    for name in whole:
        if re.fullmatch(r"results/[^/]+/[^/]+/verdicts\.csv", name):
            try:
                verdicts += _check_verdicts(archive, name, problems)
            except (AttributeError, IndexError, KeyError, TypeError, *DAMAGED) as error:
                problems.append(f"{name}: verdicts can't be worked out: {error!r}")
    if not verdicts:
        problems.append("there are no verdicts")
    return problems, (
        f"{len(archive.names)} files, {len(manifests)} manifests, {verdicts} verdicts; "
        f"{elsewhere} files of others are named but not carried\nroot {found}"
    )


def _check_crate(crate: Any, hashes: dict[str, str], problems: list[str]) -> str | None:
    """Hold every file against the crate, and return the root that the crate states."""
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    files = {unquote(name): item for name, item in entities.items() if "File" in item["@type"]}
    for name, entity in files.items():
        if name not in hashes:
            problems.append(f"{name}: missing from the archive")
        elif entity.get("sha256") != hashes[name]:
            problems.append(f"{name}: not the file that {CRATE} describes")
    problems += [
        f"{name}: in the archive, but {CRATE} does not know it"
        for name in sorted({*hashes} - {*files, CRATE})
    ]
    stated = entities.get("#root", {}).get("value")
    return stated if isinstance(stated, str) else None


def _check_manifests(
    manifests: dict[str, Any], hashes: dict[str, str], problems: list[str]
) -> tuple[int, str]:
    """Hold files against manifests; return how many are elsewhere, and the root."""
    identities: list[list[str]] = []
    made: dict[str, str] = {}
    used: list[tuple[str, str, str]] = []
    for name, manifest in manifests.items():
        if "/manifests/environments/" in name:
            if _digest(manifest)[:16] != name.split("/")[-1].split(".")[0]:
                problems.append(f"{name}: not the environment of this name")
            continue
        try:
            identity = _digest({key: manifest[key] for key in IDENTITY})
            identities.append([identity, manifest["environment"]])
            if manifest["identity"] != identity:
                problems.append(f"{name}: edited: its identity is {identity}")
            folder = name.split("/manifests/")[0]
            if f"{folder}/manifests/environments/{manifest['environment']}.json" not in manifests:
                problems.append(f"{name}: its environment is missing")
            for file, digest in manifest["outputs"].items():
                if made.setdefault(file, digest) != digest:
                    problems.append(f"{file}: two manifests claim to have made it")
            for part in ("outputs", "inputs", "code"):
                used += [(name, file, digest) for file, digest in manifest[part].items()]
            used += [(name, LOCK, manifest["lock"])] if manifest["lock"] else []
        except (AttributeError, KeyError, TypeError):
            problems.append(f"{name}: not a manifest")
    elsewhere = set()
    for name, file, digest in used:
        if file in made and made[file] != digest:
            problems.append(f"{name}: was made from another {file} than the run's")
        if file in hashes:
            if hashes[file] != digest:
                problems.append(f"{file}: not the file that {name} names")
        elif file.startswith(ELSEWHERE) or os.path.isabs(file):
            elsewhere.add(file)
        else:
            problems.append(f"{file}: named by {name}, missing from the archive")
    problems += [
        f"{file}: a result without a manifest"
        for file in sorted({*hashes} - {*made})
        if re.fullmatch(r"results/[^/]+/(?!manifests/)[^/]+/.+", file)
    ]
    return len(elsewhere), _digest(sorted(identities))


def _check_verdicts(archive: Archive, name: str, problems: list[str]) -> int:
    """Work out the verdicts on a paper and compare; return their number."""
    _, tier, paper, _ = name.split("/")
    ledger = f"results/{tier}/{paper}/verdicts.json"
    if ledger not in archive.names:
        problems.append(f"{ledger}: missing from the archive")
        return 0
    content = _json(archive, ledger, problems)
    if content is None:
        return 0
    claims = content["claims"]
    stated = read_table(archive.read(name).decode())
    listed, expected = [row["claim"] for row in stated], [claim["id"] for claim in claims]
    if listed != expected:
        problems.append(f"{name}: its claims are not those of {ledger}")
        return 0
    tables: dict[str, list[Row]] = {}
    for claim, row in zip(claims, stated):
        for part in ("measure", "hypothesis", "vacuous"):
            table = claim.get(part, {}).get("table", "")
            file = f"results/{tier}/{paper}/tables/{table}.csv"
            if table and table not in tables and file in archive.names:
                tables[table] = read_table(archive.read(file).decode())
        try:
            verdict, measured, low, high, rows, by = judge(claim, tables, tier)
        except (KeyError, TypeError, ValueError) as error:
            problems.append(f"{name}: {claim['id']}: can't be judged: {error}")
            continue
        published = claim.get("published", {})
        computed = {
            "tier": tier,
            "place": claim["place"],
            "kind": claim["kind"],
            "statement": " ".join(claim["statement"].split()),
            "published": published.get("value", ""),
            "source": published.get("source", ""),
            "table": claim.get("measure", {}).get("table", ""),
            "rows": rows,
            "measured": measured,
            "low": low,
            "high": high,
            "criterion": decided_in_words(claim, by),
            "tiers": " ".join(claim.get("tiers", [])),
            "changed": claim.get("changed", ""),
            "verdict": verdict,
        }
        for column, value in computed.items():
            if not _same(row[column], value):
                problems.append(
                    f"{name}: {claim['id']}: {column} is {row[column]!r}, worked out {value!r}"
                )
    return len(claims)


def judge(
    claim: dict[str, Any], tables: dict[str, list[Row]], tier: str
) -> tuple[str, float, float, float, int, str]:
    """Judge a claim as replication.claims.verdicts does, without its libraries: a second opinion.

    Parameters
    ----------
    claim : dict
        One entry of a ledger.
    tables : dict of str to list of dict
        Tables by name, as `read_table` returns them.
    tier : str
        The tier of the run.

    Returns
    -------
    tuple
        The verdict; the value and its interval in the row that decides; the number of rows; the
        part of the claim that decided.

    Raises
    ------
    KeyError, ValueError, TypeError
        If the claim's query names a table or column that does not exist, or text.
    """
    if "measure" not in claim or tier not in claim.get("tiers", [tier]):
        return ("not checkable", *NOTHING, 0, "measure")
    unsure = {"undecided": "inconclusive", "": "not checkable"}
    for part, stops in (
        ("hypothesis", {"disagrees": "hypothesis not met", **unsure}),
        ("vacuous", {"agrees": "vacuous"}),
    ):
        if part in claim:
            state, row, count = _hold(claim[part], claim[part]["criterion"], tables)
            if state in stops:
                return (stops[state], *row, count, part)
    state, row, count = _hold(claim["measure"], claim["criterion"], tables)
    words = {**WORDS[claim["kind"]], **unsure}
    return (words[state], *row, count, "measure")


def _hold(
    measure: dict[str, Any], criterion: dict[str, Any], tables: dict[str, list[Row]]
) -> tuple[str, tuple[float, float, float], int]:
    """Return how the rows of a measure stand to a criterion, the row that decides, their number."""
    rows = tables[measure["table"]]
    for column, accepted in measure.get("where", {}).items():
        wanted = accepted if isinstance(accepted, list) else [accepted]
        rows = [row for row in rows if row[column] in wanted]
    if not rows:
        if not measure.get("optional", False):
            raise ValueError(f"{measure['table']} has no row where {measure.get('where', {})}")
        return "", NOTHING, 0
    value, low, high = (measure.get(end, measure["value"]) for end in ("value", "low", "high"))
    intervals = [(_number(row[value]), _number(row[low]), _number(row[high])) for row in rows]
    if any(math.isnan(number) for interval in intervals for number in interval):
        return "", NOTHING, len(rows)
    least, most = _bounds(criterion)
    worse = [_least(low - least, most - high) for _, low, high in intervals]
    better = [_least(high - least, most - low) for _, low, high in intervals]
    agree, disagree = [margin >= 0 for margin in worse], [margin < 0 for margin in better]
    if measure.get("rows", "all") == "any":
        deciding = worse.index(max(worse))
        agrees, disagrees = any(agree), all(disagree)
    else:
        margins = better if any(disagree) else worse
        deciding = margins.index(min(margins))
        agrees, disagrees = all(agree), any(disagree)
    state = "undecided" if agrees == disagrees else "agrees" if agrees else "disagrees"
    return state, intervals[deciding], len(rows)


def _number(cell: Any) -> float:
    """Return a cell as a number; a missing one is NaN."""
    return math.nan if cell is None else float(cell)


def read_table(text: str) -> list[Row]:
    """Return the rows of a CSV table; a column of numbers or of truth values holds such.

    Missing cells are None.
    """
    rows: list[Row] = [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""))]
    for column in rows[0] if rows else []:
        cells = [None if row[column] in MISSING else row[column] for row in rows]
        for row, cell in zip(rows, _typed(cells)):
            row[column] = cell
    return rows


def decided_in_words(claim: dict[str, Any], by: str) -> str:
    """Return what a verdict's row says of the part of the claim that decided."""
    if "measure" not in claim:
        return str(claim["not_checkable"])
    ((kind, limit),) = (claim if by == "measure" else claim[by])["criterion"].items()
    if kind == "between":
        low, high = limit
        words = f"between {low:g} and {high:g}" if low < high else f"exactly {low:g}"
    else:
        words = f"{kind.replace('_', ' ')} {limit:g}"
    if by == "measure":
        return words
    words = f"{claim[by]['value']} {words}"
    return f"needs {words}" if by == "hypothesis" else f"empty if {words}"


def _typed(cells: list[str | None]) -> list[Any]:
    """Return the cells of a column as truth values or numbers if all are, else as they are."""
    there = {cell for cell in cells if cell is not None}
    if there and there <= {"True", "False"}:
        return [None if cell is None else cell == "True" for cell in cells]
    number = r"\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?|inf|infinity)\s*"
    if all(re.fullmatch(number, cell, re.ASCII | re.IGNORECASE) for cell in there):
        return [None if cell is None else float(cell) for cell in cells]
    return cells


def _bounds(criterion: dict[str, Any]) -> tuple[float, float]:
    """Return the closed interval of values that meet a criterion."""
    ((kind, limit),) = criterion.items()
    if kind == "at_least":
        return limit, math.inf
    if kind == "above":
        return _after(limit, up=True), math.inf
    if kind == "at_most":
        return -math.inf, limit
    if kind == "below":
        return -math.inf, _after(limit, up=False)
    if kind != "between":
        raise ValueError(f"no such criterion: {kind}")
    least, most = limit
    return least, most


def _least(*margins: float) -> float:
    """Return the least margin; infinity less infinity is none."""
    return min(margin for margin in margins if not math.isnan(margin))


def _after(limit: float, up: bool) -> float:
    return math.nextafter(limit, math.inf if up else -math.inf)


def _same(stated: Any, computed: Any) -> bool:
    """Tell whether a cell of verdicts.csv holds a value."""
    if stated is None:
        return computed == "" or (isinstance(computed, float) and math.isnan(computed))
    return bool(stated == computed or str(stated) == str(computed))


def _json(archive: Archive, name: str, problems: list[str]) -> Any:
    try:
        return json.loads(archive.read(name), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        problems.append(f"{name}: not JSON: {error}")
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of a key given twice, readers disagree which value counts."""
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{max(keys, key=keys.count)} is given twice")
    return content


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def main() -> None:
    """Check the archive named on the command line, or the folder of this file."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0].split(":")[0])
    here = os.path.dirname(os.path.abspath(__file__))
    words.add_argument("archive", nargs="?", default=here, help="a zip file or a folder")
    words.add_argument("--root", help="the root that was published")
    given = words.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        problems, summary = verify(given.archive)
    except RefusedError as error:
        sys.exit(str(error))
    if given.root is not None and summary.split()[-1] != given.root:
        problems.append(f"root: {given.root} was published, this is another")
    for problem in problems:
        # Names and cells are a stranger's words: no control characters for the terminal.
        print("".join(c if c.isprintable() else ascii(c)[1:-1] for c in problem))
    print(f"{summary}\n{len(problems)} problems")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
