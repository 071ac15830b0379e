"""A setting that does not fit its step stops everything before any job, with one line."""

import copy
import re
from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest
import yaml
from annotated_types import Ge, MinLen
from conftest import snakemake
from hypothesis import given, settings
from hypothesis import strategies as st

from replication.errors import InputError
from replication.settings import TIERS, at_tier, load_yaml, signature
from replication.workflow import VARIANTS, check_source

PAPERS = sorted(path.parent.name for path in Path("config").glob("*/settings.yaml"))
SECTIONS = {
    (paper, step): section
    for paper in PAPERS
    for step, section in load_yaml(Path(f"config/{paper}/settings.yaml"))[paper].items()
    if step != VARIANTS
}


@pytest.mark.parametrize("tier", TIERS)
def test_every_step_has_its_settings_in_every_tier(tier):
    dry = snakemake("--quiet", "all", "--dry-run", "--config", f"tier={tier}")
    assert dry.returncode == 0, dry.stdout


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"seeed": 1}, "seeed: unknown key; did you mean seed?"),
        ({"seed": "one"}, "seed: expected a whole number of at least 0, got 'one'"),
        ({"tier": "paper"}, "tier: 'paper' is no tier; expected one of smoke, quick, full"),
        ({"xie2017": {"check_identities": {"samples": -3}}}, "samples: expected greater than"),
        ({"xie2017": {"train_table1": {"strengths": [1.0, "weak"]}}}, "strengths.1: expected"),
        ({"xie2017": {"check_identities": {"widths": []}}}, "widths: List should have at least 1"),
        ({"xie2017": {"check_identities": {"draws": {"smal": 1}}}}, "draws: 'smal' is no tier"),
    ],
)
def test_one_line_names_file_key_and_expectation(tmp_path, content, line):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    stopped = snakemake("--quiet", "all", "--dry-run", "--configfile", str(path))
    assert stopped.returncode == 1
    said = [text for text in stopped.stdout.splitlines() if text.startswith("error:")]
    assert len(said) == 1, stopped.stdout
    assert "mine.yaml: " in said[0]
    assert line in said[0]
    assert "Traceback" not in stopped.stdout


def test_a_key_from_the_command_line_is_named_as_such():
    stopped = snakemake("--dry-run", "--config", "tier=smoek")
    assert stopped.returncode == 1
    assert "error: --config: tier: 'smoek' is no tier; did you mean smoke?" in stopped.stdout


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("seed=1:30", "seed: `1:30` is ambiguous; write a decimal number, or quotes around text"),
        ("seed=null", "seed: expected a whole number of at least 0, got null (no value)"),
        ("tier=", "tier: null (no value) is no tier; expected one of smoke, quick, full"),
        (
            "xie2017={train_table1: {batch: 010}}",
            "xie2017.train_table1.batch: `010` is ambiguous; write a decimal number, or quotes "
            "around text",
        ),
        ("xie2017={variants: 3}", "xie2017.variants: expected a mapping of names, got 3"),
    ],
)
def test_a_value_of_the_command_line_is_refused_in_one_line(given, line):
    stopped = snakemake("--quiet", "all", "--dry-run", "--config", given)
    said = [text for text in stopped.stdout.splitlines() if text.startswith("error:")]
    assert said == [f"error: --config: {line}"], stopped.stdout


def test_a_value_within_the_command_line_means_what_it_means_in_a_file(tmp_path):
    (tmp_path / "mine.yaml").write_text("xie2017: {train_table1: {batch: 3}}\n", encoding="utf-8")
    said = [
        snakemake(
            *("--dry-run", "-p", "results/smoke/xie2017/tables/table1.csv", *words),
            *("--config", "tier=smoke", *more),
        ).stdout
        for words, more in (
            (("--configfile", str(tmp_path / "mine.yaml")), ()),
            ((), ("xie2017={train_table1: {batch: 3}}",)),
        )
    ]
    assert all("--batch 3 " in text for text in said), said


def test_from_another_folder_the_right_one_is_named(tmp_path):
    stopped = snakemake("-s", str(Path("Snakefile").resolve()), "--dry-run", cwd=tmp_path)
    said = [text for text in stopped.stdout.splitlines() if text.startswith("error:")]
    assert said == [f"error: the paths of this workflow begin in its folder: cd {Path.cwd()}"]


def test_a_setting_that_a_step_needs_and_nobody_gives_is_named(bare):
    path = bare / "config/safran2018/settings.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("    max_steps: 1000000\n", ""), encoding="utf-8"
    )
    stopped = snakemake("--quiet", "all", "--dry-run", cwd=bare)
    (said,) = [text for text in stopped.stdout.splitlines() if text.startswith("error:")]
    assert said == (
        "error: config/safran2018/settings.yaml: safran2018.train_students.max_steps: missing"
    )


def test_everything_that_a_paper_lacks_is_told_at_once(bare):
    for path in ("workflow/rules/safran2018.smk", "paper/safran2018.py"):
        (bare / path).unlink()
    stopped = snakemake("--quiet", "all", "--dry-run", cwd=bare)
    (said,) = [text for text in stopped.stdout.splitlines() if text.startswith("error:")]
    assert "workflow/rules/safran2018.smk, paper/safran2018.py" in said


def test_own_settings_override_single_values(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("safran2018: {train_students: {runs: 17}}\n", encoding="utf-8")
    dry = snakemake(
        *("--dry-run", "-p", "results/smoke/safran2018/data/runs_k7.parquet"),
        *("--configfile", str(path), "--config", "tier=smoke"),
    )
    assert "--runs 17 " in dry.stdout, dry.stdout
    assert "--closer-runs 60 " in dry.stdout


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from([0, -1, 1, 10**9, float("nan"), float("inf"), "float32", "1e-3"]),
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.dictionaries(st.text(max_size=3), SCALARS, max_size=2),
)
KEYS = [(*place, key) for place, section in SECTIONS.items() for key in section]


@settings(max_examples=200)
@given(st.sampled_from(KEYS), VALUES, st.sampled_from(["change", "rename"]))
def test_a_mutated_setting_is_refused_in_one_line_or_fits_its_step(place, value, how):
    paper, step, key = place
    section = copy.deepcopy(SECTIONS[paper, step])
    section[key] = value
    if how == "rename":
        section[f"{key}s"] = section.pop(key)
    said = None
    try:
        check_source("mine.yaml", {paper: {step: section}}, PAPERS)
    except InputError as error:
        said = str(error)
    if said is not None:
        assert said.startswith(f"mine.yaml: {paper}.{step}.{key}")
        assert "\n" not in said
        return
    known = signature(Path(f"scripts/{paper}/{step}.py")).parameters
    # A plural may happen to be another setting.
    assert how == "change" or f"{key}s" in known
    if how == "change" and value is None:
        assert known[key].default is None


def least(annotation, value):
    """Return a value as small as its annotation allows."""
    if value is None:
        return None
    bounds = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    kind = annotation.__origin__ if bounds else annotation
    lowest = [bound.ge for bound in bounds if isinstance(bound, Ge)]
    if get_origin(kind) is list and isinstance(value, list):
        size = max([bound.min_length for bound in bounds if isinstance(bound, MinLen)], default=0)
        (item,) = get_args(kind)
        smallest = least(item, value[0])
        whole = isinstance(smallest, int) and smallest != value[0]
        return [smallest + i for i in range(size)] if whole else value[:size]
    if isinstance(value, list):  # jobs of their own
        return [least(annotation, value[0])]
    return lowest[0] if lowest and kind is int else value


def test_the_least_settings_run_or_are_refused_in_one_line(bare):
    config = {"tier": "smoke"}
    for (paper, step), section in SECTIONS.items():
        known = signature(Path(f"scripts/{paper}/{step}.py")).parameters
        values = at_tier(section, "smoke", step)
        small = {key: least(known[key].annotation, value) for key, value in values.items()}
        config.setdefault(paper, {})[step] = small
    (bare / "least.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    done = snakemake("--keep-going", "--configfile", "least.yaml", cwd=bare)
    assert "Traceback" not in done.stdout
    failed = set(re.findall(r"log: (\S+) \(check log file", done.stdout))
    for log in failed:
        assert (bare / log).read_text(encoding="utf-8").splitlines()[-1].startswith("error: "), log
    logs = list(bare.glob("results/smoke/logs/*/*.log"))
    assert len(logs) - len(failed) > 60
    assert not [path.name for path in logs if "Traceback" in path.read_text(encoding="utf-8")]
