"""Conventions that a newcomer relies on to find things."""

import re
from pathlib import Path

import docutils.core
import pytest

RULE_FILES = sorted(Path("workflow/rules").glob("*.smk"))
RULES = {
    match[1]: match[2]
    for file in RULE_FILES
    for match in re.finditer(
        r"^rule (\w+):\n(.*?)(?=^\S|\Z)", file.read_text(), re.MULTILINE | re.DOTALL
    )
}
CAPTIONS = sorted(Path("workflow/report").rglob("*.rst"))
STEPS = {name: body for name, body in RULES.items() if "{input.script}" in body}


def test_each_rule_is_named_after_its_script_and_each_script_has_a_rule():
    scripts = {
        # The steps that are the same for every paper go by their bare name.
        path.stem if path.parent.name == "paper" else f"{path.parent.name}_{path.stem}"
        for path in Path("scripts").glob("*/*.py")
    } | {path.stem for path in Path("benchmarks").glob("*.py")}
    assert scripts == set(STEPS)


@pytest.mark.parametrize("name", sorted(STEPS))
def test_each_step_has_log_benchmark_message_and_environment(name):
    for keyword in ("log:", "benchmark:", "message:", "conda:"):
        assert f"    {keyword}" in STEPS[name], keyword
    assert "> {log} 2>&1" in STEPS[name]


def test_captions_exist_and_are_all_used():
    named = {
        str(Path("workflow/rules", path).resolve())
        for body in RULES.values()
        for path in re.findall(r'caption="([^"]+)"', body)
    }
    there = {str(path.resolve()) for path in CAPTIONS}
    assert named == there


@pytest.mark.parametrize("path", CAPTIONS, ids=lambda path: path.stem)
def test_captions_are_clean_restructured_text(path):
    # Level 2 is a warning, such as a reference to nowhere.
    docutils.core.publish_doctree(path.read_text(), settings_overrides={"halt_level": 2})


def test_conda_and_pip_install_the_same_versions():
    pins = Path("requirements.lock").read_text().split()
    environment = Path("environment.yml").read_text().split("- pip:\n")[1]
    assert re.findall(r"- (\S+)", environment) == pins
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
