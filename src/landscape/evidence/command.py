"""The command `audit`."""

from landscape.step import PINNED

import sys
from pathlib import Path

import jinja2
import pandas as pd
import tyro

from landscape.errors import InputError
from landscape.evidence.archive import archive
from landscape.evidence.audit import Audit, audit, plan
from landscape.evidence.manifest import environment
from landscape.files import atomic

PAGE = Path(__file__).with_name("audit.html.j2")


def check(configfile: tuple[Path, ...] = (), config: tuple[str, ...] = ()) -> None:
    """Hold all files of a run against what made them; the status is 1 if anything is found.

    Table and page are written to results/<tier>/audit.csv and .html.

    Parameters
    ----------
    configfile
        As for snakemake: what chooses the tier.
    config
        As for snakemake: key=value.
    """
    options = ["--configfile", *map(str, configfile)] if configfile else []
    options += ["--config", *config] if config else []
    found = audit(plan(options), environment(PINNED), " ".join(options))
    _write(found)
    for finding in found.findings:
        others = [file for file in finding.affected if file != finding.file]
        print(f"{finding.kind}: {finding.file}")
        print(f"  expected {_short(finding.expected)}, found {_short(finding.found)}")
        print(f"  affects {len(others)} other files and {len(finding.claims)} claims", end="")
        print(f": {', '.join(finding.claims[:4])}" + ", ..." * (len(finding.claims) > 4))
        print(f"  mend: {finding.mend}")
    print(
        f"{found.folder}: {len(found.findings)} findings in {found.files} files of "
        f"{len(found.manifests)} steps; root {found.root[:16]}"
    )
    sys.exit(bool(found.findings))


def _write(found: Audit) -> None:
    rows = pd.DataFrame(
        [
            {
                "kind": finding.kind,
                "file": finding.file,
                "expected": finding.expected,
                "found": finding.found,
                "affected": " ".join(finding.affected),
                "claims": " ".join(finding.claims),
                "mend": finding.mend,
            }
            for finding in found.findings
        ],
        columns=["kind", "file", "expected", "found", "affected", "claims", "mend"],
    )
    with atomic(found.folder / "audit.csv") as temporary:
        rows.to_csv(temporary, index=False)
    page = jinja2.Environment(autoescape=True).from_string(PAGE.read_text())
    with atomic(found.folder / "audit.html") as temporary:
        temporary.write_text(page.render(audit=found, short=_short))


def _short(text: str) -> str:
    """Return the beginning of a hash, and other words as they are."""
    return text[:12] if len(text) == 64 and " " not in text else text


def main() -> None:
    """Run the command line."""
    try:
        tyro.extras.subcommand_cli_from_dict({"check": check, "archive": archive}, prog="audit")
    except InputError as error:
        sys.exit(f"error: {error}")
