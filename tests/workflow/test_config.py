"""A config that does not fit its schema stops before any job, with one line."""

import copy
import re
from pathlib import Path

import pytest
import yaml
from conftest import snakemake
from hypothesis import given, settings
from hypothesis import strategies as st

from replication.errors import InputError
from replication.settings import check, defaults, load_yaml

SCHEMAS = Path("workflow/schemas")
PAPERS = sorted(path.stem for path in Path("config/papers").glob("*.yaml"))


def schema_of_everything():
    schema = load_yaml(SCHEMAS / "config.schema.yaml")
    for paper in PAPERS:
        schema["properties"][paper] = load_yaml(SCHEMAS / f"{paper}.schema.yaml")
    return schema


def test_config_is_the_defaults_of_its_schema():
    config = load_yaml(Path("config/config.yaml"))
    for paper in PAPERS:
        config |= load_yaml(Path(f"config/papers/{paper}.yaml"))
    assert config == defaults(schema_of_everything())


def test_every_key_of_a_schema_is_described_and_required():
    waiting = [("config", schema_of_everything())]
    while waiting:
        name, part = waiting.pop()
        # A part that names its own dialect would be checked by it, and let NaN pass as a number.
        assert name == "config" or "$schema" not in part, name
        if part.get("type") == "object":
            assert part["additionalProperties"] is False, name
            for key, inner in part["properties"].items():
                waiting.append((f"{name}.{key}", inner))
        else:
            assert part.get("description"), name
            assert "default" in part, name


@pytest.mark.parametrize("tier", ["smoke", "paper"])
def test_tier_overrides_known_keys(tier):
    def override(config, changes):
        for key, value in changes.items():
            assert key in config, f"config/{tier}.yaml sets {key}, which no default knows"
            if isinstance(value, dict):
                override(config[key], value)
            else:
                config[key] = value

    config = defaults(schema_of_everything())
    override(config, load_yaml(Path(f"config/{tier}.yaml")))
    check(config, schema_of_everything(), lambda key: tier)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"seeed": 1}, "seeed: unknown key; did you mean seed?"),
        ({"seed": "one"}, "seed: expected a whole number, got 'one'"),
        ({"xie2017": {"identities": {"samples": -3}}}, "samples: expected at least 1, got -3"),
        ({"xie2017": {"table3": {"optimiser": "sdg"}}}, "expected one of sgd, adam, adam-keras, got"),
        ({"xie2017": {"table1": {"strengths": [1.0, "weak"]}}}, "strengths.1: expected a finite"),
        ({"xie2017": {"table1": {"strengths": [float("nan")]}}}, "strengths.0: expected a finite"),
        ({"xie2017": {"identities": {"widths": []}}}, "widths: expected a list of at least 1"),
    ],
)
def test_one_line_names_file_key_and_expectation(tmp_path, content, line):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(content))
    stopped = snakemake("--quiet", "all", "--dry-run", "--configfile", str(path))
    assert stopped.returncode == 1
    said = [text for text in stopped.stdout.splitlines() if text.startswith("error:")]
    assert len(said) == 1, stopped.stdout
    assert "mine.yaml: " in said[0]
    assert line in said[0]
    assert "Traceback" not in stopped.stdout


def test_a_key_from_the_command_line_is_named_as_such():
    stopped = snakemake("--dry-run", "--config", "seed=first")
    assert stopped.returncode == 1
    assert "error: --config: seed: expected a whole number, got 'first'" in stopped.stdout


def test_a_later_file_answers_for_its_own_keys(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("xie2017: {identities: {draws: 0}}\n")
    stopped = snakemake("--dry-run", "--configfile", "config/smoke.yaml", str(path))
    assert "mine.yaml: xie2017.identities.draws: expected at least 1, got 0" in stopped.stdout


def leaves(part, path=()):
    """Yield the path of every key of a config."""
    for key, value in part.items():
        yield (*path, key)
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))


EVERYTHING = schema_of_everything()
DEFAULTS = defaults(EVERYTHING)
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


@settings(max_examples=200)
@given(st.sampled_from(sorted(leaves(DEFAULTS))), VALUES, st.sampled_from("change rename".split()))
def test_a_mutated_config_is_refused_in_one_line_or_meets_its_schema(path, value, how):
    config = copy.deepcopy(DEFAULTS)
    section = config
    for key in path[:-1]:
        section = section[key]
    section[path[-1]] = value
    if how == "rename":
        section[f"{path[-1]}s"] = section.pop(path[-1])
    try:
        check(config, EVERYTHING, lambda key: "mine.yaml")
    except InputError as error:
        assert str(error).startswith(f"mine.yaml: {'.'.join(path)}"), error
        assert "\n" not in str(error)
    else:
        assert how == "change"
        # What a step is given is then of the kind that it is given by default.
        default = DEFAULTS
        for key in path:
            default = default[key]
        kinds = {type(default), int} if isinstance(default, float) else {type(default)}
        nullable = default is None or value is None
        assert type(value) in kinds or nullable, (path, value)


def least(part, value):
    """Return a config with whole numbers and lists as small as the schema allows."""
    if part.get("type") == "object":
        return {key: least(inner, value[key]) for key, inner in part["properties"].items()}
    if part.get("type") == "integer":
        return part.get("minimum", value)
    if part.get("type") == "array":
        size, lowest = part.get("minItems", 0), part["items"].get("minimum")
        whole = part["items"].get("type") == "integer" and lowest is not None
        return [lowest + i for i in range(size)] if whole else value[:size]
    return value


def test_the_least_settings_run_or_are_refused_in_one_line(bare):
    config = copy.deepcopy(DEFAULTS)
    for paper, sections in load_yaml(Path("config/smoke.yaml")).items():
        if paper in PAPERS:
            for section, values in sections.items():
                config[paper][section] |= values
    config = least(EVERYTHING, config) | {"tier": "smoke"}
    (bare / "least.yaml").write_text(yaml.safe_dump(config))
    done = snakemake("--keep-going", "--configfile", "least.yaml", cwd=bare)
    assert "Traceback" not in done.stdout
    failed = set(re.findall(r"log: (\S+) \(check log file", done.stdout))
    for log in failed:
        assert (bare / log).read_text().splitlines()[-1].startswith("error: "), log
    logs = list(bare.glob("results/smoke/logs/*/*.log"))
    assert len(logs) - len(failed) > 60
    assert not [path.name for path in logs if "Traceback" in path.read_text()]
