"""The command `audit`."""

from landscape.step import PINNED

import sys
from pathlib import Path
from typing import Annotated

import jinja2
import pandas as pd
import tyro

from landscape.errors import InputError
from landscape.evidence.archive import archive
from landscape.evidence.audit import Audit, audit, plan, results_folder
from landscape.evidence.difference import REFERENCE, compare, release, results_of, summary
from landscape.evidence.manifest import environment
from landscape.evidence.reproduce import VARIANTS, rate, rebuild
from landscape.files import atomic
from landscape.tables import write_table

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
    options = _options(configfile, config)
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


def diff(a: Annotated[str, tyro.conf.Positional], b: Annotated[str, tyro.conf.Positional]) -> None:
    """Compare two runs, and say what made them differ; the status is 1 if anything differs.

    Parameters
    ----------
    a, b
        Folders such as results/quick, or commits, which stand for their results/reference.
    """
    with results_of(a) as first, results_of(b) as second:
        found = compare(first, second)
    for item in found:
        if item.level != "bits":
            print(f"{item.level}: {item.file}: {item.words}")
            for cause in item.causes:
                print(f"  {cause}")
    print(f"{a} and {b}: {summary(found)}")
    sys.exit(any(item.level != "bits" for item in found))


def reproduce(configfile: tuple[Path, ...] = (), config: tuple[str, ...] = ()) -> None:
    """Rebuild a finished run in variants, and say how far each table and claim reproduces.

    Tables are written to results/<tier>/variants/. A variant that these sources have built before
    is not built again. It takes as many times as long as the run as there are variants.

    Parameters
    ----------
    configfile
        As for snakemake: what chooses the tier.
    config
        As for snakemake: key=value.
    """
    options = _options(configfile, config)
    results = results_folder(plan(options))
    folders = {}
    for variant in VARIANTS:
        print(f"{variant.name} ...", flush=True)
        folders[variant] = rebuild(variant, results, options)
    tables, claims = rate(results, folders)
    write_table(tables, results / "variants" / "tables.csv")
    write_table(claims, results / "variants" / "claims.csv")
    for level, group in tables.groupby("level", sort=False):
        print(f"{level}: {len(group)} tables")
    for shows in ("bits", "tolerance", "conclusion"):
        stable = (claims[f"{shows}_agree"] == claims[f"{shows}_of"]).sum()
        print(f"{stable} of {len(claims)} verdicts are the same in every variant of {shows}")


def release_results(results: Annotated[Path, tyro.conf.Positional]) -> None:
    """Make a run the one that others are compared with: copy its numbers to results/reference.

    Parameters
    ----------
    results
        A folder such as results/quick.
    """
    release(results)
    print(f"{REFERENCE} is now {results}")


def _options(configfile: tuple[Path, ...], config: tuple[str, ...]) -> list[str]:
    """Return the options of snakemake."""
    files = ["--configfile", *map(str, configfile)] if configfile else []
    return files + (["--config", *config] if config else [])


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
        tyro.extras.subcommand_cli_from_dict(
            {
                "check": check,
                "diff": diff,
                "reproduce": reproduce,
                "archive": archive,
                "release": release_results,
            },
            prog="audit",
        )
    except InputError as error:
        sys.exit(f"error: {error}")
