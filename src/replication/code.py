"""Which files of the repository a script's result depends on, and the whole graph."""

import ast
import re
from functools import cache
from pathlib import Path

SOURCE = Path("src")
OURS = SOURCE / "replication"
# Of this package only what pins the arithmetic counts, and what judges or shows, for the steps that
# judge or show. The rest leaves no trace in what a step computes: it runs and records the step,
# reads its settings, or looks at its results afterwards.
ARITHMETIC = OURS / "arithmetic.py"
JUDGING_AND_SHOWING = (OURS / "claims", OURS / "show")
# What the graph is rebuilt from: files of these kinds in these folders, and single ones.
FOLDERS = ("config", "paper", "profiles", "scripts", "src", "workflow")
SUFFIXES = {".j2", ".json", ".py", ".rst", ".smk", ".yaml"}
TOP = (
    "CITATION.cff",
    "LICENSE",
    "Makefile",
    "README.md",
    "Snakefile",
    "environment.yml",
    "pyproject.toml",
    "requirements.lock",
)


def closure(script: Path) -> list[Path]:
    """Return the modules under src/ that `script` imports, directly or through each other.

    The import statements are read, nothing is executed. Each must begin a line, as formatting has
    it. Paths are relative to the repository, which must be the working directory, and sorted.
    Importing a module also runs the ``__init__.py`` of the packages around it, so these belong to
    the closure.

    Raises
    ------
    FileNotFoundError
        If `script` does not exist, or imports a module of a package under src/ that does not.
    """
    found: set[Path] = set()
    waiting = set(_imports(script))
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting.update(_imports(module))
    return sorted(filter(counts, found))


def sources() -> list[Path]:
    """Return the repository's files that rebuild every result: code, settings, lock, sorted."""
    inner = (path for folder in FOLDERS for path in Path(folder).rglob("*"))
    code = [path for path in inner if path.suffix in SUFFIXES and path.is_file()]
    hidden = re.compile(r"(^|/)(\.|__pycache__|[^/]*\.egg-info/)")
    return sorted(
        [*(path for path in map(Path, TOP) if path.exists())]
        + [path for path in code if not hidden.search(str(path))]
    )


def counts(module: Path) -> bool:
    """Say whether a module under src/ is part of the identity of the steps that load it."""
    if not module.is_relative_to(OURS):
        return True
    return module == ARITHMETIC or any(map(module.is_relative_to, JUDGING_AND_SHOWING))


@cache
def _imports(path: Path) -> frozenset[Path]:
    modules: set[Path] = set()
    for statement in _statement().findall(path.read_text(encoding="utf-8")):
        (node,) = ast.parse(statement).body
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules |= _files(alias.name, path)
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= _files(node.module, path)
            for alias in node.names:  # `from landscape import relu` names a module, not an object
                submodule = f"{node.module}.{alias.name}"
                if _file(submodule) is not None:
                    modules |= _files(submodule, path)
    return frozenset(modules)


@cache
def _packages() -> frozenset[str]:
    return frozenset(path.parent.name for path in SOURCE.glob("*/__init__.py"))


@cache
def _statement() -> re.Pattern[str]:
    """Return what finds the statements that import packages under src/, without a parse."""
    names = "|".join(sorted(_packages()))
    return re.compile(
        rf"^[ \t]*((?:from|import)[ \t]+(?:{names})\b[^\n(]*(?:\([^)]*\))?)", re.MULTILINE
    )


def _files(module: str, importer: Path) -> set[Path]:
    """Return the file of a dotted module and those of the packages around it."""
    parts = module.split(".")
    if parts[0] not in _packages():
        return set()
    files = set()
    for end in range(1, len(parts) + 1):
        file = _file(".".join(parts[:end]))
        if file is None:
            raise FileNotFoundError(f"{importer} imports {module}, which is not under {SOURCE}/")
        files.add(file)
    return files


@cache
def _file(module: str) -> Path | None:
    path = SOURCE.joinpath(*module.split("."))
    for candidate in (path / "__init__.py", path.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None
