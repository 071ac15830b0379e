"""Which files of the repository a script's result depends on."""

import ast
import re
from functools import cache
from pathlib import Path

PACKAGE = "landscape"
SOURCE = Path("src")
# Whole modules need not be parsed to find the statements that import this package.
STATEMENT = re.compile(
    rf"^[ \t]*((?:from|import)[ \t]+{PACKAGE}\b[^\n(]*(?:\([^)]*\))?)", re.MULTILINE
)


def closure(script: Path) -> list[Path]:
    """Return the modules of this package that `script` imports, directly or through each other.

    The import statements are read, nothing is executed. Each must begin a line, as formatting has
    it. Paths are relative to the repository, which must be the working directory, and sorted.
    Importing a module also runs the ``__init__.py`` of the packages around it, so these belong to
    the closure.

    Raises
    ------
    FileNotFoundError
        If `script` does not exist, or imports a module of the package that does not.
    """
    found: set[Path] = set()
    waiting = set(_imports(script))
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting.update(_imports(module))
    return sorted(found)


@cache
def _imports(path: Path) -> frozenset[Path]:
    modules: set[Path] = set()
    for statement in STATEMENT.findall(path.read_text()):
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


def _files(module: str, importer: Path) -> set[Path]:
    """Return the file of a dotted module and those of the packages around it."""
    if module.split(".")[0] != PACKAGE:
        return set()
    parts = module.split(".")
    files = set()
    for end in range(1, len(parts) + 1):
        file = _file(".".join(parts[:end]))
        if file is None:
            raise FileNotFoundError(f"{importer} imports {module}, which is not under {SOURCE}/")
        files.add(file)
    return files


def _file(module: str) -> Path | None:
    path = SOURCE.joinpath(*module.split("."))
    for candidate in (path / "__init__.py", path.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None
