"""Everything that is evidence of a run in one zip, which opens and is checked offline.

The archive holds the repository's code and settings, the results of one tier under the names that
their manifests give them, a page to start from, a description for machines
(RO-Crate) and for referees (codecheck.yml), and verify.py, which checks all of it.
"""

from replication.run.manifest import Manifest, sha256

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.model.file import File
from rocrate.rocrate import ROCrate

from replication.audit.check import MUTATIONS, Audit
from replication.audit.check import page as audit_page
from replication.audit.reproduce import PARTS, reported
from replication.audit.verify import CRATE, ELSEWHERE
from replication.claims.verdicts import counted
from replication.code import sources
from replication.errors import InputError
from replication.settings import load_yaml
from replication.show.page import fill

HERE = Path(__file__).parent
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".npz": "application/octet-stream",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".tex": "text/x-tex",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}

# What the archive holds under each name: a file of the repository, or contents made for it.
Contents = dict[str, Path | bytes]


@dataclass(frozen=True)
class Paper:
    """What a run says of one paper: its key, its verdicts counted by kind, its labelled results."""

    key: str
    claims: int
    counts: dict[str, dict[str, int]]
    results: dict[str, str]


def gather(found: Audit) -> Contents:
    """Return what the archive of an audited run holds, by name.

    Raises
    ------
    InputError
        If CITATION.cff or codecheck.yml can't be read.
    """
    contents: Contents = {str(path): path for path in sources()}
    for manifest in found.manifests:
        path = Path(manifest["path"])
        surroundings = tree_of(path) / "manifests/environments" / f"{manifest['environment']}.json"
        named = [*manifest["outputs"], *manifest["inputs"], *manifest["code"]]
        kept = [name for name in named if not name.startswith(ELSEWHERE)]
        for file in (path, surroundings, *map(Path, kept)):
            if not file.is_absolute():
                contents[str(file)] = file
    papers = list(_papers(found))
    contents[f"{found.folder}/audit.html"] = audit_page(found).encode()
    reproduced = reported(found.folder, found.root)
    if reproduced:
        contents |= {f"{found.folder}/{part}": found.folder / part for part in PARTS}
    contents["verify.py"] = HERE / "verify.py"
    contents["codecheck.yml"] = codecheck(papers)
    citation = load_yaml(Path("CITATION.cff"))
    started, ended = _span(found.manifests)
    index = fill(
        HERE / "archive.html.j2",
        f"Evidence of the {found.folder.name} tier",
        citation=citation,
        commits=_commits(found.manifests),
        started=started,
        ended=ended,
        papers=papers,
        audit=found,
        reproduced=reproduced,
        faults=pd.read_csv(MUTATIONS).to_dict("records"),
    )
    contents["index.html"] = index.encode()
    contents[CRATE] = _json(crate(found, citation, contents))
    return contents


def pack(contents: Mapping[str, Path | bytes], output: Path) -> None:
    """Write a zip whose bytes depend on the contents only: sorted, without dates or owners."""
    with zipfile.ZipFile(output, "w") as file:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            content = contents[name]
            if isinstance(content, bytes):
                file.writestr(entry, content)
                continue
            with content.open("rb") as source, file.open(entry, "w") as target:
                shutil.copyfileobj(source, target)


def codecheck(papers: Iterable[Paper]) -> bytes:
    """Return codecheck.yml with the results of the run in its manifest."""
    path = Path("codecheck.yml")
    listed = [
        {"file": file, "comment": f"{paper.key}: {label}"}
        for paper in papers
        for file, label in paper.results.items()
    ]
    block = yaml.safe_dump({"manifest": listed}, sort_keys=False, allow_unicode=True, width=1000)
    filled, found = re.subn(
        r"^manifest:\n(?:[ -].*\n)+",
        lambda _: block,
        path.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    if found != 1:
        raise InputError(f"{path}: manifest: expected one list, found {found}")
    return filled.encode()


def crate(found: Audit, citation: Mapping[str, Any], contents: Contents) -> dict[str, Any]:
    """Describe an archive as a Workflow Run RO-Crate.

    Parameters
    ----------
    found : Audit
        The run.
    citation : mapping
        CITATION.cff.
    contents : dict
        All that the archive holds, but for the description.

    Returns
    -------
    dict
        JSON-LD.
    """
    tier = found.folder.name
    started, ended = _span(found.manifests)
    made = ROCrate(version="1.1")
    # A term that the context of RO-Crate 1.1 lacks.
    made.metadata.extra_terms["sha256"] = "https://schema.org/sha256"
    context = _adder(made)
    (author,) = citation["authors"]
    maintainers = context("#maintainers", "Organization", name=author["name"])
    licence = context(
        f"https://spdx.org/licenses/{citation['license']}",
        "CreativeWork",
        name=citation["license"],
        description=f"The licence of the code and of the results, {citation['license']}",
    )
    value = context("#root", "PropertyValue", propertyID="root", value=found.root)
    value["name"] = "SHA-256 of the identities of all manifests"
    root = made.root_dataset
    root["name"] = citation["title"]
    root["description"] = (
        f"Evidence of the {tier} tier: code, settings, tables, figures, pages, verdicts on claims, "
        f"and the manifests of {len(found.manifests)} steps."
    )
    root["datePublished"] = ended.isoformat()
    root["license"], root["author"], root["publisher"] = licence, maintainers, maintainers
    root["identifier"] = value
    root["conformsTo"] = [
        context(url, "CreativeWork", name=name, version=url.rsplit("/", 1)[-1])
        for url, name in PROFILES.items()
    ]
    scripts = {manifest["step"] for manifest in found.manifests}
    described = {name: _described(name, content) for name, content in contents.items()}
    files: dict[str, Entity] = {}
    for name in sorted(contents):
        if name != "Snakefile":
            kind = {"@type": ["File", "SoftwareSourceCode"]} if name in scripts else {}
            files[name] = made.add(File(made, dest_path=name, properties=described[name] | kind))
    workflow = made.add_workflow(
        dest_path="Snakefile",
        main=True,
        lang="snakemake",
        properties=described["Snakefile"],
    )
    workflow["name"] = "The graph of all papers"
    workflow["license"], workflow["creator"] = licence, maintainers
    workflow["hasPart"] = [files[script] for script in sorted(scripts)]
    files["Snakefile"] = workflow

    def entity(name: str, digest: str) -> Entity:
        """Return a file of the archive, or the mention of one that it does not carry."""
        if name not in files:
            files[name] = context(f"#{name}", "CreativeWork", name=name, sha256=digest)
        return files[name]

    actions = []
    for manifest in found.manifests:
        action = context(f"#{manifest['identity']}", "CreateAction")
        begin, end = _times(manifest)
        inputs = manifest["inputs"] | manifest["code"]
        action["name"] = f"{manifest['step']}: {next(iter(manifest['outputs']))}"
        action["description"] = _first_line(Path(manifest["step"]))
        action["instrument"] = files[manifest["step"]]
        action["agent"] = maintainers
        action["startTime"], action["endTime"] = begin.isoformat(), end.isoformat()
        action["object"] = [entity(file, digest) for file, digest in inputs.items()]
        action["result"] = [entity(file, digest) for file, digest in manifest["outputs"].items()]
        action["subjectOf"] = files[manifest["path"]]
        actions.append(action)
    made_here = {file for manifest in found.manifests for file in manifest["outputs"]}
    read = {file for manifest in found.manifests for file in manifest["inputs"]} - made_here
    run = context("#run", "CreateAction", name=f"A run of the {tier} tier")
    run["description"] = f"All steps of the {tier} tier, of which each has an action of its own."
    run["instrument"], run["agent"] = workflow, maintainers
    run["startTime"], run["endTime"] = started.isoformat(), ended.isoformat()
    run["object"] = [files[file] for file in sorted(read)]
    run["result"] = [files[file] for file in sorted(made_here)]
    root["mentions"] = [run, *actions]
    document: dict[str, Any] = made.metadata.generate()
    return document


def _adder(made: ROCrate) -> Any:
    def add(identifier: str, kind: str, **properties: str) -> Entity:
        return made.add(ContextEntity(made, identifier, {"@type": kind, **properties}))

    return add


def _described(name: str, content: Path | bytes) -> dict[str, str]:
    """Return what a crate says of a file."""
    if isinstance(content, bytes):
        size, digest = len(content), hashlib.sha256(content).hexdigest()
    else:
        size, digest = content.stat().st_size, sha256(content)
    kind = TYPES.get(Path(name).suffix, "text/plain")
    return {"name": name, "encodingFormat": kind, "contentSize": str(size), "sha256": digest}


def _papers(found: Audit) -> Iterator[Paper]:
    """Yield the papers that the run has verdicts on."""
    labels = _labels(found.folder)
    outputs = sorted({file for manifest in found.manifests for file in manifest["outputs"]})
    for file in outputs:
        key = Path(file).parent.name
        if file != f"{found.folder}/{key}/verdicts.csv":
            continue
        verdicts = pd.read_csv(file)
        results = {}
        for result in outputs:
            inner = result.removeprefix(f"{found.folder}/")
            label = labels.get(inner) or labels.get(inner.replace(key, "{paper}"))
            if label and inner.startswith(f"{key}/"):
                results[result] = label
        yield Paper(key, len(verdicts), counted(verdicts), results)


def _labels(results: Path) -> dict[str, str]:
    """Return what the rules call the results that they report, by path within the tier."""
    labels = {"{paper}/verdicts.html": "Claims and verdicts", "{paper}/{paper}.html": "The page"}
    for path in sorted(results.glob("*/contents.csv")):
        for _, row in pd.read_csv(path).iterrows():
            suffix = ".csv" if row["name"].startswith("tables/") else ".svg"
            labels[f"{path.parent.name}/{row['name']}{suffix}"] = row["label"]
    return labels


def _span(manifests: Iterable[Manifest]) -> tuple[datetime, datetime]:
    """Return when the first step began and the last one ended."""
    times = [_times(manifest) for manifest in manifests]
    return min(begin for begin, _ in times), max(end for _, end in times)


def _times(manifest: Manifest) -> tuple[datetime, datetime]:
    begin = datetime.fromisoformat(manifest["circumstances"]["started"])
    return begin, begin + timedelta(seconds=int(manifest["circumstances"]["seconds"] + 1))


def _commits(manifests: Iterable[Manifest]) -> list[str]:
    """Return the commits at which steps ran."""
    return sorted({manifest["circumstances"]["commit"] or "none" for manifest in manifests})


def _first_line(script: Path) -> str:
    """Return what a script says it does."""
    return script.read_text(encoding="utf-8").split('"""')[1].splitlines()[0]


def tree_of(path: Path) -> Path:
    """Return the folder whose manifests/ holds a manifest."""
    return Path(*path.parts[: path.parts.index("manifests")])


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
