"""Nothing that is loaded may run code: no pickles, YAML with the safe loader only."""

import ast
from pathlib import Path

import pytest

FILES = sorted(
    path for folder in ("src", "scripts", "paper") for path in Path(folder).rglob("*.py")
)
# Each loads pickles whatever its arguments.
PICKLES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
UNSAFE = {"unsafe_load", "unsafe_load_all", "full_load", "full_load_all", "read_pickle"}
# Loads them unless this argument is written down, with this value.
MUST_SAY = {
    "np.load": ("allow_pickle", False),
    "numpy.load": ("allow_pickle", False),
    "NpzFile": ("allow_pickle", False),
    "torch.load": ("weights_only", True),
}


def unsafe_loads(source):
    """Return what in a program could run code of the file that it loads, with line numbers."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            names = [module, *(alias.name for alias in node.names)]
            bad = [name for name in names if name.split(".")[0] in PICKLES or name in UNSAFE]
            # A bare `load` would hide where it comes from.
            if module in {"numpy", "torch", "yaml"}:
                bad += [alias.name for alias in node.names if "load" in alias.name]
            found += [(node.lineno, name) for name in bad]
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        last = called.split(".")[-1]
        if last in UNSAFE:
            found.append((node.lineno, called))
        for name, (argument, value) in MUST_SAY.items():
            if called == name and given.get(argument) != str(value):
                found.append((node.lineno, called))
        if called in {"yaml.load", "yaml.load_all"}:
            loader = given.get("Loader", ast.unparse(node.args[1]) if len(node.args) > 1 else "")
            if loader.split(".")[-1] not in {"SafeLoader", "CSafeLoader"}:
                found.append((node.lineno, called))
    return found


@pytest.mark.parametrize("path", FILES, ids=str)
def test_nothing_is_loaded_that_could_run_code(path):
    assert unsafe_loads(path.read_text(encoding="utf-8")) == []


def test_the_safe_loader_is_what_it_is_called():
    from yaml.constructor import SafeConstructor

    from replication.settings import SafeLoader

    assert issubclass(SafeLoader, SafeConstructor)


@pytest.mark.parametrize(
    "line",
    [
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "numpy.load(path, mmap_mode='r')",
        "NpzFile(stream)",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "import pickle",
        "from pickle import load",
        "import joblib",
        "pd.read_pickle(path)",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.Loader)",
        "yaml.load(text, yaml.UnsafeLoader)",
        "yaml.unsafe_load(text)",
        "from torch import load",
        "from yaml import full_load",
    ],
)
def test_the_search_finds(line):
    assert unsafe_loads(line)


@pytest.mark.parametrize(
    "line",
    [
        "np.load(path, allow_pickle=False)",
        "torch.load(path, weights_only=True)",
        "yaml.load(text, Loader=yaml.CSafeLoader)",
        "yaml.load(text, yaml.SafeLoader)",
        "yaml.safe_load(text)",
        "json.load(file)",
    ],
)
def test_the_search_leaves(line):
    assert unsafe_loads(line) == []
