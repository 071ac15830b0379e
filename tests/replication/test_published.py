"""Published numbers: one file a paper, one place a number."""

from replication.run import Published

import pytest

from replication.claims.ledger import published_in_words
from replication.errors import InputError

TEXT = """
slope: {place: Figure 3, had: digitised, value: -0.89}
table3:
  place: Table 3
  had: printed
  unit: {test: "%"}
  columns: [n, arm, test]
  rows:
    - [200, plain, 3.39]
    - [400, plain, 3.08]
"""


@pytest.fixture
def numbers(tmp_path):
    path = tmp_path / "published.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return Published(path)


def test_values_and_tables(numbers):
    assert numbers.value("slope") == -0.89
    assert numbers.table("table3")["test"].tolist() == [3.39, 3.08]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (None, ("", "")),
        ("slope", ("-0.89", "digitised")),
        ("table3", ("Table 3", "printed")),
        ({"entry": "table3", "column": "test", "where": {"n": 200}}, ("3.39 %", "printed")),
        ({"entry": "table3", "column": "test"}, ("3.08 to 3.39 %", "printed")),
    ],
)
def test_what_a_claim_says_was_published(numbers, asked, words):
    claim = {} if asked is None else {"published": asked}
    assert published_in_words(claim, numbers) == words


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("tabel3", "tabel3: no such published number; did you mean table3?"),
        ({"entry": "table3", "column": "train"}, "table3: no column train"),
        ({"entry": "table3", "column": "test", "where": {"n": 9}}, "table3: no row where"),
        ({"entry": "slope", "column": "test"}, "slope: a single value"),
    ],
)
def test_a_number_that_is_not_there_is_named(numbers, asked, message):
    with pytest.raises(InputError, match=message):
        published_in_words({"published": asked}, numbers)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("had: digitised", "had: guessed"), "slope.had: expected one of printed"),
        (("place: Figure 3, ", ""), "slope.place: missing"),
        (("value: -0.89", "vaule: -0.89"), "slope.vaule: unknown key"),
        (("[200, plain, 3.39]", "[200, 3.39]"), "table3.rows.0: expected 3 values"),
    ],
)
def test_a_malformed_file_is_named(tmp_path, change, message):
    path = tmp_path / "published.yaml"
    path.write_text(TEXT.replace(*change), encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        Published(path)
    assert str(caught.value).startswith(f"{path}: ")
