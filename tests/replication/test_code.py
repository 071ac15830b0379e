from pathlib import Path

import pytest

from replication import code as module
from replication.code import closure


def clear():
    for cached in (module._imports, module._packages, module._statement, module._file):
        cached.cache_clear()


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
        (package / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    clear()
    yield tmp_path
    clear()


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
    Path("script.py").write_text(f"import os\n{statement}\n", encoding="utf-8")
    expected = ["__init__.py", "a.py", "sub/__init__.py", "sub/b.py"]
    assert names(closure(Path("script.py"))) == expected


def test_no_import_of_the_package_means_no_module(repository):
    Path("script.py").write_text("import landscapes, numpy\n", encoding="utf-8")
    assert closure(Path("script.py")) == []


def test_missing_module_is_named(repository):
    Path("script.py").write_text("from landscape.gone import f\n", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"script.py imports landscape.gone"):
        closure(Path("script.py"))


@pytest.mark.parametrize(
    ("part", "named"),
    [
        ("arithmetic", True),
        ("claims/judge", True),
        ("show/draw", True),
        ("run/step", False),
        ("audit/check", False),
        ("settings", False),
    ],
)
def test_of_the_machinery_only_what_leaves_a_trace_counts(repository, part, named):
    module = Path("src/replication", f"{part}.py")
    for path in (Path("src/replication/__init__.py"), module.with_name("__init__.py"), module):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
    clear()
    dotted = part.replace("/", ".")
    Path("script.py").write_text(
        f"import replication.{dotted}\nimport landscape.c\n", encoding="utf-8"
    )
    found = closure(Path("script.py"))
    assert (module in found) == named
    assert Path("src/landscape/c.py") in found


def test_a_step_that_is_run_pins_its_arithmetic(repository):
    run = Path("src/replication/run")
    run.mkdir(parents=True)
    (run / "__init__.py").write_text("import replication.arithmetic\n", encoding="utf-8")
    for name in ("__init__", "arithmetic"):
        (run.parent / f"{name}.py").write_text("", encoding="utf-8")
    clear()
    Path("script.py").write_text("from replication.run import run\n", encoding="utf-8")
    assert closure(Path("script.py")) == [Path("src/replication/arithmetic.py")]
