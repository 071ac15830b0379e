import math

import pytest

from replication.errors import InputError
from replication.settings import check, defaults, load_yaml

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["widths"],
    "properties": {
        "widths": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "integer", "minimum": 1},
            "default": [20, 40],
        },
        "rate": {"type": "number", "exclusiveMinimum": 0, "default": 0.1},
        "optimiser": {"enum": ["sgd", "adam"], "default": "sgd"},
    },
}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"witdhs": [1]}, "f: witdhs: unknown key; did you mean widths?"),
        ({"widths": []}, "f: widths: expected a list of at least 1, got []"),
        ({"widths": 20}, "f: widths: expected a list, got 20"),
        ({"widths": [20, -1]}, "f: widths.1: expected at least 1, got -1"),
        ({"widths": [2.0]}, "f: widths.0: expected a whole number, got 2.0"),
        ({"widths": [True]}, "f: widths.0: expected a whole number, got True"),
        ({"rate": 0}, "f: rate: expected more than 0, got 0"),
        ({"rate": math.nan}, "f: rate: expected a finite number, got nan"),
        ({"rate": math.inf}, "f: rate: expected a finite number, got inf"),
        ({"optimiser": "sdg"}, "f: optimiser: expected one of sgd, adam, got 'sdg'"),
        (
            {"rate": "1e-3"},
            "f: rate: expected a finite number, got '1e-3' (YAML reads it as text; write a number "
            "with a decimal point, such as 1.0e-3)",
        ),
    ],
)
def test_one_line_names_source_key_and_expectation(change, line):
    with pytest.raises(InputError) as caught:
        check({"widths": [3]} | change, SCHEMA, lambda key: "f")
    assert str(caught.value) == line


def test_missing_key():
    with pytest.raises(InputError, match="f: widths: missing"):
        check({}, SCHEMA, lambda key: "f")


def test_defaults_fit_their_schema():
    assert defaults(SCHEMA) == {"widths": [20, 40], "rate": 0.1, "optimiser": "sgd"}
    check(defaults(SCHEMA), SCHEMA, lambda key: "f")


def test_yaml_errors_name_the_place(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("a: 1\nb: [1, 2\n")
    with pytest.raises(InputError, match=r"bad.yaml: not YAML in line 3, column 1"):
        load_yaml(path)
    with pytest.raises(InputError, match="no such file"):
        load_yaml(tmp_path / "none.yaml")


def test_yaml_cannot_run_code(tmp_path):
    path = tmp_path / "evil.yaml"
    path.write_text("a: !!python/object/apply:os.getcwd []\n")
    with pytest.raises(InputError, match="not YAML in line 1"):
        load_yaml(path)
