"""The archive of the smoke tier, and what its checker says once somebody has touched it."""

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml
from conftest import ROOT, SMOKE

from replication.audit.verify import judge as judge_alone
from replication.audit.verify import read_table
from replication.claims.verdicts import judge
from replication.errors import InputError

TABLE = "results/smoke/achour2024/tables/theorem7.csv"
VERDICTS = "results/smoke/achour2024/verdicts.csv"
CRATE = "ro-crate-metadata.json"


def pack(output):
    command = "from replication.audit.command import main; main()"
    return subprocess.run(
        [sys.executable, "-c", command, "archive", *SMOKE, "--output", str(output)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *sys.path])},
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def evidence(smoke, tmp_path_factory):
    output = tmp_path_factory.mktemp("archive") / "evidence.zip"
    done = pack(output)
    assert done.returncode == 0, done.stderr
    return output


@pytest.fixture(scope="module")
def contents(evidence):
    with zipfile.ZipFile(evidence) as file:
        return {name: file.read(name) for name in file.namelist()}


def write(contents, path):
    with zipfile.ZipFile(path, "w") as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return path


def check(path, *options, cwd=None):
    """Run the checker as a referee would: alone, without the library."""
    return subprocess.run(
        [sys.executable, "-I", *options, str(path)] if options else [sys.executable, "-I", path],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
    )


def problems(contents, tmp_path):
    done = check(write(contents, tmp_path / "e.zip"), ROOT / "src/replication/audit/verify.py")
    assert "Traceback" not in done.stderr
    assert done.returncode == 1, done.stdout
    return done.stdout + done.stderr


def seal(contents, *names):
    """Make the crate's hashes of files true again, as a forger would."""
    crate = json.loads(contents[CRATE])
    for entity in crate["@graph"]:
        if entity["@id"] in names:
            entity["sha256"] = hashlib.sha256(contents[entity["@id"]]).hexdigest()
    return contents | {CRATE: json.dumps(crate).encode()}


def test_it_is_accepted_zipped_and_unpacked(evidence, tmp_path):
    done = check(evidence, ROOT / "src/replication/audit/verify.py")
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("\n0 problems\n")
    with zipfile.ZipFile(evidence) as file:
        file.extractall(tmp_path)
    unpacked = check("verify.py", cwd=tmp_path)
    assert unpacked.stdout == done.stdout


def test_the_same_results_give_the_same_bytes(evidence, tmp_path):
    assert pack(tmp_path / "again.zip").returncode == 0
    assert (tmp_path / "again.zip").read_bytes() == evidence.read_bytes()


def test_each_way_to_tamper_is_named(contents, tmp_path):
    def said(changed):
        return problems(contents | changed, tmp_path)

    cell = {TABLE: contents[TABLE].replace(b"60", b"61", 1)}
    assert cell[TABLE] != contents[TABLE]
    assert f"{TABLE}: not the file that {CRATE} describes" in said(cell)
    assert re.search(f"{TABLE}: not the file that .*census.csv.json names", said(cell))
    verdict = {VERDICTS: contents[VERDICTS].replace(b",replicated", b",not replicated", 1)}
    assert "theorem7-census: verdict is 'not replicated', worked out 'replicated'" in said(verdict)
    name = "results/smoke/manifests/xie2017/tables/lemma9.csv.json"
    manifest = {name: contents[name].replace(b'"seed": 0', b'"seed": 1')}
    assert f"{name}: edited: its identity is" in said(manifest)
    assert "root: the manifests give" in said(manifest)
    ledger = "results/smoke/achour2024/verdicts.json"
    criterion = {ledger: contents[ledger].replace(b'"at_most": 0\n', b'"at_most": 1\n', 1)}
    assert "criterion is 'at most 0', worked out 'at most 1'" in said(criterion)
    assert f"{ledger}: not the file that results/smoke/manifests/achour2024/" in said(criterion)
    hidden = {ledger: contents[ledger].replace(b'"at_most": 0\n', b'"at_most": 0, "at_most": 0\n')}
    assert f"{ledger}: not JSON: at_most is given twice" in said(hidden)
    faults = "results/mutations/mutations.csv"
    caught = {faults: contents[faults].replace(b"/test_", b"/test_all_", 1)}
    assert f"{faults}: not the file that results/mutations/manifests/mutations.csv" in said(caught)
    assert f"extra.txt: in the archive, but {CRATE} does not know it" in said({"extra.txt": b""})
    figure = "results/smoke/xie2017/figures/extra.svg"
    assert f"{figure}: a result without a manifest" in said({figure: b""})
    lock = "requirements.lock"
    assert f"{lock}: not the file" in said({lock: b"numpy==1.0\n"})
    assert f"{CRATE}: not JSON" in said({CRATE: b"[" * 100_000})
    assert f"{CRATE}: not a crate" in said({CRATE: b"[]"})
    assert f"{name}: not a manifest" in said({name: b'{"step": []}'})
    without = {key: value for key, value in contents.items() if key != TABLE}
    assert f"{TABLE}: missing from the archive" in problems(without, tmp_path)


def test_a_forger_who_mends_the_crate_is_still_found(contents, tmp_path):
    changed = {
        TABLE: contents[TABLE].replace(b"60", b"61", 1),
        VERDICTS: contents[VERDICTS].replace(b",replicated", b",not replicated", 1),
    }
    forged = seal(contents | changed, *changed)
    said = problems(forged, tmp_path)
    assert "describes" not in said
    assert re.search(f"{TABLE}: not the file that .* names", said)
    assert "theorem7-census: verdict is 'not replicated'" in said


@pytest.mark.parametrize("name", ["../../evil.py", "/tmp/evil.py", "results/../../evil.py"])
def test_an_entry_that_leads_out_is_refused_and_nothing_is_written(contents, tmp_path, name):
    inner = tmp_path / "a/b"
    inner.mkdir(parents=True)
    said = problems(contents | {name: b"print('owned')"}, inner)
    assert "refused: it leads out of the archive" in said
    assert "owned" not in said
    assert [path.name for path in tmp_path.rglob("*.*")] == ["e.zip"]


def test_it_agrees_with_the_library_on_all_claims(contents):
    judged = 0
    for name in contents:
        if not name.endswith("/verdicts.json"):
            continue
        ledger = json.loads(contents[name])
        key = ledger["paper"]
        written = yaml.safe_load(contents[f"config/{key}/claims.yaml"])["claims"]
        # What was published is told in words.
        for one, other in zip(ledger["claims"], written, strict=True):
            assert one | {"published": None} == other | {"published": None}
        folder = Path("results/smoke") / key / "tables"
        frames = {path.stem: pd.read_csv(path) for path in folder.glob("*.csv")}
        tables = {
            path.stem: read_table(path.read_text(encoding="utf-8")) for path in folder.glob("*.csv")
        }
        for claim in ledger["claims"]:
            for tier in ("smoke", "quick", "full"):
                try:
                    expected = judge(claim, frames, tier)
                except InputError:  # rows of another tier
                    assert tier != "smoke", claim["id"]
                    continue
                measured = "measure" in claim and tier in claim.get("tiers", [tier])
                optional = claim.get("measure", {}).get("optional", False)
                decided = (expected.rows > 0) == measured or optional
                assert tier != "smoke" or decided, claim["id"]
                found = judge_alone(claim, tables, tier)
                assert found[0] == expected.verdict
                assert repr(found[1:]) == repr(
                    (
                        *map(float, (expected.measured, expected.low, expected.high)),
                        expected.rows,
                        expected.by,
                    )
                )
                judged += 1
    assert judged > 70


def test_no_page_has_a_script_or_loads_anything(contents):
    pages = [name for name in contents if name.endswith(".html")]
    assert len(pages) > 20
    for name in pages:
        page = contents[name].decode()
        assert "<script" not in page, name
        assert "default-src 'none'" in page, name
        assert not re.search(r"""(src|@import|url\()\s*=?\s*["']?https?:""", page), name


def test_planted_faults_are_told(contents):
    page = html.unescape(contents["index.html"].decode())
    faults = yaml.safe_load(Path("tests/mutation/faults.yaml").read_text(encoding="utf-8"))
    assert len(faults) >= 15
    assert all(fault["fault"] in page for fault in faults)


def test_the_links_of_the_page_lead_somewhere(contents):
    page = contents["index.html"].decode()
    links = re.findall(r'(?:href|src)="([^"]+)"', page)
    assert len(links) > 50
    for link in links:
        assert any(name == link or name.startswith(link) for name in contents), link


def test_codecheck_lists_what_the_rules_report(contents):
    filled = yaml.safe_load(contents["codecheck.yml"])
    template = yaml.safe_load(Path("codecheck.yml").read_text(encoding="utf-8"))
    citation = yaml.safe_load(Path("CITATION.cff").read_text(encoding="utf-8"))
    assert filled.keys() == template.keys()
    assert filled["version"] == "https://codecheck.org.uk/spec/config/1.0/"
    assert filled["paper"]["title"] == citation["title"]
    assert filled["paper"]["authors"] == citation["authors"]
    files = {item["file"] for item in filled["manifest"]}
    assert files <= set(contents)
    assert all(item["comment"] for item in filled["manifest"])
    declared = [
        declaration
        for rules in Path("workflow/rules").glob("*.smk")
        for declaration in re.findall(
            r'\b(table|figure)\(\s*"(\w+)/(\w+)"', rules.read_text(encoding="utf-8")
        )
    ]
    suffix = {"table": "csv", "figure": "svg"}
    reported = [
        f"results/smoke/{paper}/{kind}s/{name}.{suffix[kind]}" for kind, paper, name in declared
    ]
    expected = set(reported) & set(contents)
    assert len(expected) > 50
    assert expected <= files


def test_the_crate_describes_each_file_and_each_step(contents):
    graph = {entity["@id"]: entity for entity in json.loads(contents[CRATE])["@graph"]}
    steps = [name for name in contents if "/manifests/" in name and "/environments/" not in name]
    actions = [entity for entity in graph.values() if entity["@type"] == "CreateAction"]
    assert len(actions) == len(steps) + 1
    (run,) = (action for action in actions if action["instrument"]["@id"] == "Snakefile")
    assert {"@id": TABLE} in run["result"]
    assert graph["./"]["mainEntity"] == {"@id": "Snakefile"}
    for action in actions:
        for part in [*action["object"], *action["result"]]:
            assert part["@id"] in graph
    assert graph[TABLE]["sha256"] == hashlib.sha256(contents[TABLE]).hexdigest()


@pytest.mark.skipif(
    not shutil.which("rocrate-validator"), reason="see tests/workflow/requirements-rocrate.txt"
)
@pytest.mark.parametrize("profile", ["workflow-run-crate-0.5", "provenance-run-crate-0.5"])
def test_roc_validator_accepts_it(evidence, profile):
    command = ["rocrate-validator", "-y", "--disable-color", "validate", "--offline"]
    done = subprocess.run(
        [*command, "--profile-identifier", profile, "--no-paging", str(evidence)],
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout
    assert f"RO-Crate is a valid {profile}" in done.stdout
