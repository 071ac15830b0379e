from replication.run import code as module
from replication.run.code import closure

from pathlib import Path

import pytest


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A small repository whose script imports `a`, which imports `b`; `c` stands by."""
    package = tmp_path / "src/landscape"
    (package / "sub").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "a.py": "def f():\n    from landscape.sub.b import g\n",
        "sub/__init__.py": "",
        "sub/b.py": "import landscape.a\nimport numpy\n",
        "c.py": "",
    }.items():
        (package / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    module._imports.cache_clear()
    return tmp_path


def names(paths):
    return [str(path.relative_to("src/landscape")) for path in paths]


@pytest.mark.parametrize(
    "statement",
    [
        "import landscape.a",
        "from landscape import a",
        "from landscape.a import f",
        "from landscape.a import (  # f alone\n    f,\n)",
        "if True:\n    import landscape.a",
    ],
)
def test_closure_follows_imports_through_cycles(repository, statement):
    Path("script.py").write_text(f"import os\n{statement}\n")
    expected = ["__init__.py", "a.py", "sub/__init__.py", "sub/b.py"]
    assert names(closure(Path("script.py"))) == expected


def test_no_import_of_the_package_means_no_module(repository):
    Path("script.py").write_text("import landscapes, numpy\n")
    assert closure(Path("script.py")) == []


def test_missing_module_is_named(repository):
    Path("script.py").write_text("from landscape.gone import f\n")
    with pytest.raises(FileNotFoundError, match=r"script.py imports landscape.gone"):
        closure(Path("script.py"))
