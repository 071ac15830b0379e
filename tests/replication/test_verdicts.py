import math
from pathlib import Path

import pandas as pd
import pytest
import yaml

from replication.claims.ledger import criterion_in_words, load_ledger
from replication.claims.verdicts import counts_in_words, judge
from replication.errors import InputError

TABLE = pd.DataFrame(
    {
        "n": [1, 2, 3, 4],
        "gap": [0.5, 0.1, -0.4, math.nan],
        "low": [0.3, -0.1, -0.6, math.nan],
        "high": [0.7, 0.3, -0.2, math.nan],
    }
)


def claim(n, criterion, rows="all"):
    measure = {"table": "t", "where": {"n": n}, "rows": rows}
    measure |= {"value": "gap", "low": "low", "high": "high"}
    return {"id": "c", "kind": "theorem", "measure": measure, "criterion": criterion}


@pytest.mark.parametrize(
    ("n", "criterion", "rows", "verdict", "measured"),
    [
        (1, {"at_least": 0}, "all", "replicated", 0.5),
        (2, {"at_least": 0}, "all", "inconclusive", 0.1),
        (3, {"at_least": 0}, "all", "not replicated", -0.4),
        (3, {"at_most": 0}, "all", "replicated", -0.4),
        (1, {"between": [0.3, 0.7]}, "all", "replicated", 0.5),
        (1, {"between": [0.31, 0.7]}, "all", "inconclusive", 0.5),
        (1, {"between": [0.8, 0.9]}, "all", "not replicated", 0.5),
        ([1, 2], {"at_least": 0}, "all", "inconclusive", 0.1),
        ([1, 2, 3], {"at_least": 0}, "all", "not replicated", -0.4),
        ([1, 2, 3], {"at_least": 0}, "any", "replicated", 0.5),
        ([2, 3], {"at_least": 0}, "any", "inconclusive", 0.1),
        ([2, 3], {"at_least": 0.35}, "any", "not replicated", 0.1),
    ],
)
def test_verdicts(n, criterion, rows, verdict, measured):
    judged = judge(claim(n, criterion, rows), {"t": TABLE}, "quick")
    assert (judged.verdict, judged.measured) == (verdict, measured)


def test_value_alone_is_its_own_interval():
    exact = {"id": "c", "kind": "theorem"}
    exact["measure"] = {"table": "t", "where": {"n": 2}, "value": "gap"}
    assert (
        judge(exact | {"criterion": {"at_most": 0.1}}, {"t": TABLE}, "quick").verdict
        == "replicated"
    )
    assert (
        judge(exact | {"criterion": {"at_most": 0.09}}, {"t": TABLE}, "quick").verdict
        == "not replicated"
    )


@pytest.mark.parametrize(
    ("criterion", "verdict"),
    [
        ({"at_most": 0.1}, "replicated"),
        ({"below": 0.1}, "not replicated"),
        ({"at_least": 0.1}, "replicated"),
        ({"above": 0.1}, "not replicated"),
    ],
)
def test_strict_criteria_exclude_their_limit(criterion, verdict):
    exact = {"id": "c", "kind": "theorem"}
    exact["measure"] = {"table": "t", "where": {"n": 2}, "value": "gap"}
    assert judge(exact | {"criterion": criterion}, {"t": TABLE}, "quick").verdict == verdict


def test_a_row_without_number_is_not_checkable():
    judged = judge(claim([1, 4], {"at_least": 0}), {"t": TABLE}, "quick")
    assert judged.verdict == "not checkable"
    assert math.isnan(judged.measured)


def test_a_claim_that_says_why_is_not_checkable():
    assert judge({"id": "c", "not_checkable": "no data"}, {}, "quick").verdict == "not checkable"


def test_a_claim_of_another_tier_is_not_checkable():
    full = claim(1, {"at_least": 0}) | {"tiers": ["full"]}
    assert judge(full, {"t": TABLE}, "full").verdict == "replicated"
    assert judge(full, {"t": TABLE}, "quick").verdict == "not checkable"


def test_a_claim_without_a_row_is_an_error_unless_it_says_so():
    nowhere = claim(9, {"at_least": 0})
    with pytest.raises(InputError, match=r"claim c: table t has no row where \{'n': 9\}"):
        judge(nowhere, {"t": TABLE}, "quick")
    nowhere["measure"]["optional"] = True
    judged = judge(nowhere, {"t": TABLE}, "quick")
    assert (judged.verdict, judged.rows) == ("not checkable", 0)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("theorem", ("replicated", "not replicated")),
        ("experiment", ("replicated", "not replicated")),
        ("correction", ("confirmed", "not confirmed")),
        ("ours", ("holds", "does not hold")),
    ],
)
def test_each_kind_has_its_words(kind, words):
    of_kind = claim(1, {"at_least": 0}) | {"kind": kind}
    assert judge(of_kind, {"t": TABLE}, "quick").verdict == words[0]
    assert judge(of_kind | {"criterion": {"at_most": 0}}, {"t": TABLE}, "quick").verdict == words[1]


@pytest.mark.parametrize(
    ("part", "n", "verdict", "by"),
    [
        # The row n = 3 is below zero, n = 1 above, n = 2 undecided, n = 4 without a number.
        ("hypothesis", 4, "not checkable", "hypothesis"),
        ("hypothesis", 3, "hypothesis not met", "hypothesis"),
        ("hypothesis", 2, "inconclusive", "hypothesis"),
        ("hypothesis", 1, "replicated", "measure"),
        ("vacuous", 1, "vacuous", "vacuous"),
        ("vacuous", 2, "replicated", "measure"),
        ("vacuous", 3, "replicated", "measure"),
        ("vacuous", 4, "replicated", "measure"),
    ],
)
def test_a_claim_may_presuppose_something_or_be_empty(part, n, verdict, by):
    condition = claim(n, {})["measure"] | {"criterion": {"at_least": 0}}
    judged = judge(claim(1, {"at_least": 0}) | {part: condition}, {"t": TABLE}, "quick")
    assert (judged.verdict, judged.by) == (verdict, by)


def test_verdicts_are_counted_by_kind():
    verdicts = pd.DataFrame(
        {
            "kind": ["theorem", "theorem", "ours"],
            "verdict": ["replicated", "inconclusive", "holds"],
        }
    )
    assert counts_in_words(verdicts) == (
        "2 theorems of the paper: 1 replicated, 1 inconclusive; 1 additions of ours: 1 holds"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"table": "u"}, "claim c: there is no table u"),
        ({"value": "gain"}, "claim c: table t has no column gain"),
    ],
)
def test_query_that_finds_nothing(change, message):
    broken = claim(1, {"at_least": 0})
    broken["measure"] |= change
    with pytest.raises(InputError, match=message):
        judge(broken, {"t": TABLE}, "quick")


def test_criterion_in_words():
    assert criterion_in_words({"at_least": 0.5}) == "at least 0.5"
    assert criterion_in_words({"between": [-1, 2]}) == "between -1 and 2"


CLAIM = {
    "id": "one",
    "place": "Theorem 1",
    "kind": "theorem",
    "statement": "It holds.",
    "measure": {"table": "t", "value": "gap"},
    "criterion": {"at_least": 0},
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "guess"}, "one.kind: expected 'theorem', 'experiment', 'correction' or 'ours'"),
        ({"criteria": 1}, "one.criteria: unknown key"),
        ({"criterion": {"over": 1}}, "one.criterion.over: unknown key"),
        ({"criterion": {"at_least": "1e-3"}}, "one.criterion.at_least"),
        ({"criterion": {"at_least": 0, "at_most": 1}}, "one.criterion: .*exactly one of"),
        ({"not_checkable": "why"}, "one: .*either measure and criterion or not_checkable"),
        ({"tiers": ["paper"]}, "one.tiers.0: expected 'smoke', 'quick' or 'full', got 'paper'"),
    ],
)
def test_ledger_refuses(ledger, change, message):
    ledger.write_text(yaml.safe_dump({"paper": "p", "claims": [CLAIM | change]}), encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        load_ledger(ledger)
    assert str(caught.value).startswith(f"{ledger}: ")
    assert "\n" not in str(caught.value)


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "p/claims.yaml"
    path.parent.mkdir()
    return path


def test_ledger_refuses_an_id_twice(ledger):
    ledger.write_text(yaml.safe_dump({"paper": "p", "claims": [CLAIM, CLAIM]}), encoding="utf-8")
    with pytest.raises(InputError, match="one: two claims have this id"):
        load_ledger(ledger)


def test_ledger_refuses_another_paper(ledger):
    ledger.write_text(yaml.safe_dump({"paper": "q", "claims": [CLAIM]}), encoding="utf-8")
    with pytest.raises(InputError, match="paper: expected p, got 'q'"):
        load_ledger(ledger)


@pytest.mark.parametrize(
    "path", sorted(Path("config").glob("*/claims.yaml")), ids=lambda path: path.parent.name
)
def test_each_query_of_a_ledger_finds_rows_in_the_released_run(path):
    claims = {entry["id"]: entry for entry in load_ledger(path)}
    for released in Path("results/reference").glob(f"*/{path.parent.name}/verdicts.csv"):
        tier = released.parts[2]
        for row in pd.read_csv(released, keep_default_na=False).to_dict("records"):
            entry = claims.get(row["claim"], {})
            measure = entry.get("measure", {})
            # A claim may have been rewritten since, and then says so.
            same = row["table"] == measure.get("table") and "changed" not in entry
            if row["table"] and same:
                # Tiers that decided then may decide no more; those that do must have found rows.
                decides = tier in entry.get("tiers", [tier])
                found = row["rows"] > 0 or measure.get("optional", False)
                assert found or not decides, entry["id"]
