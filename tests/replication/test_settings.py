"""The signature of a step as the schema of its settings."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from replication.errors import InputError
from replication.settings import SafeLoader, as_in_yaml, at_tier, check, load_yaml, signature

STEP = '''
"""Train."""

from nowhere import nothing


def train(
    data: Path,
    width: Count,
    widths: Distinct[Count],
    rates: Annotated[list[Positive], MinLen(2)],
    optimiser: Literal["sgd", "adam"],
    share: Probability,
    seed: int,
    table: Path,
    step: Positive | None = None,
    folder: Path | None = None,
    mirrors: tuple[HttpsFolder, ...] = (),
) -> None:
    """Train."""
'''


@pytest.fixture
def step(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(STEP, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ({"witdhs": [1]}, "witdhs: unknown key; did you mean widths?"),
        ({"table": "a.csv"}, "table: unknown key; expected one of width, widths"),
        ({"seed": 1}, "seed: unknown key"),
        ({"widths": []}, "widths: List should have at least 1 item after validation"),
        ({"widths": 20}, "widths: expected a valid array, got 20"),
        ({"widths": [20, -1]}, "widths.1: expected greater than or equal to 1, got -1"),
        ({"widths": [2.0]}, "widths.0: expected a valid integer, got 2.0"),
        ({"widths": [True]}, "widths.0: expected a valid integer, got True"),
        ({"widths": [2, 2]}, "widths: expected no value twice, got [2, 2]"),
        ({"rates": [0.1]}, "rates: List should have at least 2 items"),
        ({"rates": [0.1, 0]}, "rates.1: expected greater than 0, got 0"),
        ({"rates": [0.1, float("nan")]}, "rates.1: expected a finite number, got nan"),
        ({"rates": [float("inf"), 1]}, "rates.0: expected a finite number, got inf"),
        ({"optimiser": "sdg"}, "optimiser: expected 'sgd' or 'adam', got 'sdg'"),
        ({"share": 1}, "share: expected less than 1, got 1"),
        ({"step": 0}, "step: expected greater than 0, got 0"),
        ({"mirrors": ["http://a/"]}, "mirrors.0: expected text like https://.../, got 'http://a/'"),
        (
            {"share": "1e-3"},
            "share: expected a valid number, got '1e-3' (YAML reads it as text; write a number "
            "with a decimal point, such as 1.0e-3)",
        ),
        ({"width": {"smoke": 1, "qick": 2}}, "width: 'qick' is no tier; did you mean quick?"),
        ({"width": {"smoke": 0}}, "width.smoke: expected greater than or equal to 1, got 0"),
        ({"width": [1, 0]}, "width.1: expected greater than or equal to 1, got 0"),
    ],
)
def test_one_line_names_source_key_and_expectation(step, setting, line):
    with pytest.raises(InputError) as caught:
        check(setting, step, "f: p.train")
    assert str(caught.value).startswith(f"f: p.train.{line}")
    assert "\n" not in str(caught.value)


def test_what_fits_passes(step):
    fits = {"width": [3, 5], "widths": {"smoke": [1], "full": [1, 2]}, "rates": [1, 0.5]}
    fits |= {"step": None, "folder": "data/mnist", "mirrors": ["https://a/"], "share": 0.5}
    check(fits, step, "f: p.train")


def test_a_section_must_be_a_mapping(step):
    with pytest.raises(InputError, match=r"f: p.train: expected a mapping of settings to values"):
        check([1], step, "f: p.train")


def test_tiers_are_chosen_and_missed():
    section = {"runs": {"smoke": 1, "quick": 2}, "units": 3}
    assert at_tier(section, "quick", "p.train") == {"runs": 2, "units": 3}
    with pytest.raises(InputError, match=r"p.train.runs: no value for the tier full"):
        at_tier(section, "full", "p.train")


def test_a_signature_is_read_without_running_the_script(step):
    assert [*signature(step).parameters][:2] == ["data", "width"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("def train(", "def trian("), "expected a function `def train"),
        (("Count,", "Cuont,"), "the signature of train: name 'Cuont' is not defined"),
    ],
)
def test_a_signature_that_cannot_be_read_is_named(step, change, message):
    step.write_text(STEP.replace(*change), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        signature(step)


def test_yaml_errors_name_the_place(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("a: 1\nb: [1, 2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad.yaml: not YAML in line 3, column 1"):
        load_yaml(path)
    with pytest.raises(InputError, match="no such file"):
        load_yaml(tmp_path / "none.yaml")


def test_yaml_cannot_run_code(tmp_path):
    path = tmp_path / "evil.yaml"
    path.write_text("a: !!python/object/apply:os.getcwd []\n", encoding="utf-8")
    with pytest.raises(InputError, match="not YAML in line 1"):
        load_yaml(path)


def test_a_key_that_occurs_twice_is_refused(tmp_path):
    path = tmp_path / "twice.yaml"
    path.write_text("p:\n  train: {width: 3}\n  train: {width: 4}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"not YAML in line 3, column 3: the key 'train' occurs"):
        load_yaml(path)


@pytest.mark.parametrize(
    "text",
    [
        "010",
        "0x1F",
        "0b11",
        "1_000",
        "1:30",
        "1:30.5",
        "1_0.5",
        "yes",
        "No",
        "on",
        "OFF",
        "2020-01-01",
        "2020-99-99",
    ],
)
def test_what_two_versions_of_yaml_read_differently_is_refused(tmp_path, text):
    path = tmp_path / "old.yaml"
    path.write_text(f"a: 1\nb: {{c: [{text}]}}\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"in line 2, column 9: `{text}` is ambiguous; write "):
        load_yaml(path)
    with pytest.raises(InputError, match=rf"^--config: p\.c\.0: `{text}` is ambiguous"):
        as_in_yaml({"c": [text]}, "--config: p")
    path.write_text(f"b: '{text}'\n{text!r}: 3\n", encoding="utf-8")
    assert load_yaml(path) == {"b": text, text: 3}


PLAIN = st.one_of(
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.none(),
    st.from_regex(r"[a-z][a-z ]{0,8}[a-z]", fullmatch=True).filter(
        lambda text: isinstance(yaml.safe_load(text), str)
    ),
)
NESTED = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text("ab"), inner))


@given(NESTED)
def test_values_as_yaml_writes_them_are_read_alike_from_file_and_command_line(value):
    text = yaml.safe_dump(value, default_flow_style=True)
    assert yaml.load(text, SafeLoader) == value
    assert as_in_yaml(yaml.load(text, yaml.BaseLoader), "--config: p") == value


@pytest.mark.parametrize("content", [b"a: \xe4\n", b"a: \x00\n"])
def test_a_file_that_is_no_text_is_refused(tmp_path, content):
    path = tmp_path / "latin.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"latin.yaml: not YAML: expected text in UTF-8: "):
        load_yaml(path)


def test_null_is_called_by_the_name_that_it_has_in_the_file(step):
    with pytest.raises(InputError, match=r"width: expected a valid integer, got null \(no value\)"):
        check({"width": None}, step, "f: p.train")
