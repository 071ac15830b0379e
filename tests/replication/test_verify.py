"""The checker that comes with an archive judges as the library does, and is not led outside."""

import ast
import io
import math
import stat
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replication.audit import verify
from replication.claims import verdicts
from replication.claims.ledger import decided_in_words
from replication.errors import InputError

SOURCE = Path("src/replication/audit/verify.py").read_text(encoding="utf-8")
# Few values, so that limits are met exactly and rows tie.
NUMBERS = st.one_of(
    st.sampled_from([0.0, 0.1, -0.4, 1.0, 2.5, math.inf, -math.inf, math.nan]),
    st.floats(allow_nan=True, width=64),
)
LIMITS = st.one_of(
    st.sampled_from([0, 0.1, -0.4, 1, 2.5]), st.floats(allow_nan=False, allow_infinity=False)
)
CRITERIA = st.one_of(
    st.builds(
        lambda kind, limit: {kind: limit},
        st.sampled_from(["at_least", "above", "at_most", "below"]),
        LIMITS,
    ),
    st.tuples(LIMITS, LIMITS).map(lambda pair: {"between": sorted(pair)}),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "n": st.integers(0, 3),
            "share": st.sampled_from([0.1, 0.5, 1.0]),
            "name": st.sampled_from(["SGD", "1", "a, b", 'say "x"', "", "True"]),
            "flag": st.booleans(),
            "value": NUMBERS,
            "low": NUMBERS,
            "high": NUMBERS,
        }
    ),
    min_size=1,
    max_size=6,
)


def one_or_more(values):
    return st.one_of(values, st.lists(values, min_size=1, max_size=3))


WHERE = st.fixed_dictionaries(
    {},
    optional={
        "n": one_or_more(st.integers(0, 3)),
        "share": one_or_more(st.sampled_from([0.1, 0.5, 1])),
        "name": one_or_more(st.sampled_from(["SGD", "1", "a, b", 'say "x"'])),
        "flag": st.booleans(),
    },
)
MEASURE = st.fixed_dictionaries(
    {"table": st.just("t"), "value": st.sampled_from(["value", "n"]), "where": WHERE},
    optional={
        "rows": st.sampled_from(["all", "any"]),
        "low": st.just("low"),
        "high": st.just("high"),
        "optional": st.booleans(),
    },
)
CONDITION = st.builds(lambda part, limits: part | {"criterion": limits}, MEASURE, CRITERIA)
CLAIMS = st.fixed_dictionaries(
    {
        "id": st.just("c"),
        "kind": st.sampled_from(["theorem", "experiment", "correction", "ours"]),
        "measure": MEASURE,
        "criterion": CRITERIA,
    },
    optional={
        "tiers": st.sampled_from([["quick"], ["full"], ["full", "quick"]]),
        "hypothesis": CONDITION,
        "vacuous": CONDITION,
    },
)


def same(one, other):
    return one == other or (math.isnan(one) and math.isnan(other))


@settings(max_examples=1000, deadline=None)
@given(claim=CLAIMS, rows=ROWS)
def test_it_judges_as_the_library_does(claim, rows):
    text = pd.DataFrame(rows).to_csv(index=False)
    table = pd.read_csv(io.StringIO(text))
    alone = {"t": verify.read_table(text)}
    try:
        expected = verdicts.judge(claim, {"t": table}, "quick")
    except InputError:
        with pytest.raises(ValueError, match="has no row where"):
            verify.judge(claim, alone, "quick")
        return
    verdict, *numbers, by = verify.judge(claim, alone, "quick")
    assert (verdict, by) == (expected.verdict, expected.by)
    assert verify.decided_in_words(claim, by) == decided_in_words(claim, by)
    found = [expected.measured, expected.low, expected.high, expected.rows]
    assert all(map(same, numbers, found)), (numbers, expected)


def test_what_is_not_checkable():
    claim = {"id": "c", "not_checkable": "no data"}
    assert verify.judge(claim, {}, "quick")[0] == "not checkable"
    assert verify.decided_in_words(claim, "measure") == "no data"


def test_a_table_is_read_by_the_type_of_its_columns():
    rows = verify.read_table("a,b,c,d\n1,x,True,\n2.5,1,False,1e-3\n")
    assert rows == [
        {"a": 1.0, "b": "x", "c": True, "d": None},
        {"a": 2.5, "b": "1", "c": False, "d": 0.001},
    ]


def test_it_needs_nothing_but_python_39():
    tree = ast.parse(SOURCE, feature_version=(3, 9))
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module.split(".")[0])
        assert not isinstance(node, ast.Call) or ast.unparse(node.func) not in {"eval", "exec"}
    assert modules <= sys.stdlib_module_names
    assert modules.isdisjoint({"pickle", "subprocess", "importlib", "runpy"})


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../x", "a/../../x", "a/..", "C:/x", "..\\x", "a\\b", "", ".", "a//b", "x\0y"],
)
def test_names_that_lead_out(name):
    assert verify.leads_out(name)


@pytest.mark.parametrize("name", ["a", "a/b.csv", "a..b/c", ".ci/x", "a b/ü+.yaml"])
def test_names_that_do_not(name):
    assert not verify.leads_out(name)


def test_a_link_is_refused_zipped_and_unpacked(tmp_path):
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(link, "/etc/passwd")
    with pytest.raises(verify.RefusedError, match="leads out"):
        verify.verify(str(tmp_path / "a.zip"))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/link").symlink_to("/etc")
    with pytest.raises(verify.RefusedError, match="leads out"):
        verify.verify(str(tmp_path / "folder"))


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "a.zip").write_text("no zip", encoding="utf-8")
    for path in ("a.zip", "nowhere.zip"):
        with pytest.raises(verify.RefusedError, match="neither a folder nor a zip"):
            verify.verify(str(tmp_path / path))
    problems, _ = verify.verify(str(tmp_path))
    assert any("ro-crate-metadata.json: missing" in problem for problem in problems)


def test_a_damaged_entry_is_named(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ro-crate-metadata.json", '{"@graph": []}')
        file.writestr("verdicts.json", "{}" * 1000)
    whole = bytearray(path.read_bytes())
    start = whole.index(b"verdicts.json") + len("verdicts.json")
    whole[start : start + 8] = bytes(range(200, 208))
    path.write_bytes(whole)
    problems, _ = verify.verify(str(path))
    assert any(problem.startswith("verdicts.json: can't be read") for problem in problems)


def test_a_stranger_s_words_do_not_reach_the_terminal_raw(tmp_path, monkeypatch, capsys):
    (tmp_path / "ro-crate-metadata.json").write_text('{"@graph": []}', encoding="utf-8")
    (tmp_path / "\x1b]0;owned\x07").write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["verify.py", str(tmp_path)])
    with pytest.raises(SystemExit, match="True"):
        verify.main()
    said = capsys.readouterr().out
    assert "\\x1b]0;owned\\x07: in the archive, but" in said
    assert "\x1b" not in said


def test_a_small_archive_that_unpacks_to_a_large_one_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(verify, "LIMIT", 1000)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ro-crate-metadata.json", '{"@graph": []}' + " " * 10**6)
    problems, _ = verify.verify(str(path))
    assert "ro-crate-metadata.json: not JSON: larger than 1000 bytes" in problems


@pytest.mark.parametrize(("published", "problems"), [("the same", 0), ("another", 1)])
def test_a_published_root_is_compared(tmp_path, monkeypatch, capsys, published, problems):
    root = "0" * 64
    monkeypatch.setattr(verify, "verify", lambda path: ([], f"1 files\nroot {root}"))
    given = root if published == "the same" else "1" * 64
    monkeypatch.setattr(sys, "argv", ["verify.py", str(tmp_path), "--root", given])
    with pytest.raises(SystemExit) as ended:
        verify.main()
    assert ended.value.code == bool(problems)
    assert f"{problems} problems" in capsys.readouterr().out
