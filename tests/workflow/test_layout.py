"""Conventions that a newcomer relies on to find things."""

from replication.run import Published

import ast
import re
from pathlib import Path

import pytest

from replication.claims.ledger import load_ledger, published_in_words
from replication.settings import load_yaml

PAPERS = sorted(path.parent.name for path in Path("config").glob("*/settings.yaml"))
RULE = re.compile(r"^(?:use rule step as (\w+) with|rule (\w+)):\n(.*?)(?=^\S|\Z)", re.M | re.S)
RULES = {
    one or other: body
    for file in sorted(Path("workflow/rules").glob("*.smk"))
    for one, other, body in RULE.findall(file.read_text(encoding="utf-8"))
}
STEPS = {name: body for name, body in RULES.items() if "**code(" in body}
# The steps that are the same for every paper go by their bare name; one has a rule for each.
SHARED = "report"
LOOPED = {"print_tables"}


def test_each_rule_is_named_after_its_script_and_each_script_has_a_rule():
    scripts = {
        path.stem if path.parent.name == SHARED else f"{path.parent.name}_{path.stem}"
        for path in Path("scripts").glob("*/*.py")
    }
    assert scripts - LOOPED == set(STEPS)


@pytest.mark.parametrize("name", sorted(STEPS))
def test_each_step_logs_under_its_own_name(name):
    (log,) = re.findall(r"    log:\n        \"([^\"]+)\"", STEPS[name])
    assert name.split("_", 1)[-1].split("_")[0] in log


def test_rules_are_short():
    lengths = [
        len(body.rstrip().splitlines()) + 1
        for file in Path("workflow/rules").glob("*.smk")
        if file.stem in PAPERS
        for *_, body in RULE.findall(file.read_text(encoding="utf-8"))
    ]
    assert sum(lengths) / len(lengths) <= 17


def test_conda_and_pip_install_the_same_versions():
    pins = Path("requirements.lock").read_text(encoding="utf-8").split()
    environment = Path("environment.yml").read_text(encoding="utf-8").split("- pip:\n")[1]
    assert re.findall(r"- (\S+)", environment) == pins
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)


@pytest.mark.parametrize("paper", PAPERS)
def test_what_a_claim_says_was_published_is_there(paper):
    numbers = Published(Path(f"config/{paper}/published.yaml"))
    for claim in load_ledger(Path(f"config/{paper}/claims.yaml")):
        published_in_words(claim, numbers)


def long_numbers(content):
    """Yield the numbers of a document that have three digits or more, as they are written."""
    if isinstance(content, dict | list):
        for part in content.values() if isinstance(content, dict) else content:
            yield from long_numbers(part)
    elif isinstance(content, float) and len(re.sub(r"^0+|[.e-]", "", f"{content:g}")) >= 3:
        yield content


def typed_numbers(source):
    """Return the floats that a program types, but for those in its docstrings."""
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    }


@pytest.mark.parametrize("paper", PAPERS)
def test_a_published_number_is_typed_once(paper):
    entries = load_yaml(Path(f"config/{paper}/published.yaml")) or {}
    values = [entry.get("rows", entry.get("value")) for entry in entries.values()]
    published = set(long_numbers(values))
    for path in [*Path(f"scripts/{paper}").glob("*.py"), Path(f"paper/{paper}.py")]:
        assert not published & typed_numbers(path.read_text(encoding="utf-8")), path
    claims = Path(f"config/{paper}/claims.yaml").read_text(encoding="utf-8")
    criteria = set(long_numbers(load_yaml(Path(f"config/{paper}/claims.yaml"))))
    assert not published & criteria, claims


def test_a_number_typed_twice_is_found():
    assert set(long_numbers({"rows": [[200, "plain", 3.39, 0.5]]})) == {3.39}
    assert typed_numbers('"""3.39"""\nPUBLISHED = {200: (0.94, 3.39)}') == {0.94, 3.39}
