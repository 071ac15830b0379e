"""The command `audit`."""

from replication.run import atomic
from replication.run.manifest import environment

import sys
from pathlib import Path
from typing import Annotated

import pandas as pd
import tyro

from replication.arithmetic import PINNED
from replication.audit.archive import gather, pack
from replication.audit.check import Audit, audit, page, plan, short
from replication.audit.difference import REFERENCE, compare, release, results_of
from replication.audit.difference import summary as summary_of
from replication.audit.reproduce import narrowed, rebuild, report
from replication.audit.verify import RefusedError, verify
from replication.errors import InputError


def check(
    configfile: tuple[Path, ...] = (), config: tuple[str, ...] = (), papers: tuple[str, ...] = ()
) -> None:
    """Hold all files of a run against what made them; the status is 1 if anything is found.

    Table and page are written to results/<tier>/audit.csv and .html.

    Parameters
    ----------
    configfile
        As for snakemake: more settings.
    config
        As for snakemake: key=value, such as tier=smoke.
    papers
        The keys of the papers to look at; all if none are given.
    """
    found = _audit(configfile, config, papers)
    _write(found)
    for finding in found.findings:
        others = [file for file in finding.affected if file != finding.file]
        print(f"{finding.kind}: {finding.file}")
        print(f"  expected {short(finding.expected)}, found {short(finding.found)}")
        print(f"  affects {len(others)} other files and {len(finding.claims)} claims", end="")
        print(f": {', '.join(finding.claims[:4])}" + ", ..." * (len(finding.claims) > 4))
        print(f"  mend: {finding.mend}")
    print(
        f"{found.folder}: {len(found.findings)} findings in {found.files} files of "
        f"{len(found.manifests)} steps; root {found.root[:16]}"
    )
    sys.exit(bool(found.findings))


def diff(
    a: Annotated[str, tyro.conf.Positional],
    b: Annotated[str, tyro.conf.Positional],
    papers: tuple[str, ...] = (),
) -> None:
    """Compare two runs, and say what made them differ; the status is 1 if anything differs.

    Parameters
    ----------
    a, b
        Folders such as results/quick; or commits, which stand for their released quick run, with
        a colon and a tier (HEAD:full) for that of another tier.
    papers
        The keys of the papers to compare; all if none are given.
    """
    with results_of(a) as first, results_of(b) as second:
        found = compare(first, second, papers or None)
    for item in found:
        if item.level != "bits":
            print(f"{item.level}: {item.file}: {item.words}")
            for cause in item.causes:
                print(f"  {cause}")
    print(f"{a} and {b}: {summary_of(found)}")
    sys.exit(any(item.level != "bits" for item in found))


def reproduce(
    configfile: tuple[Path, ...] = (),
    config: tuple[str, ...] = (),
    papers: tuple[str, ...] = (),
) -> None:
    """Rebuild a finished run in variants, and say how far each table and claim reproduces.

    Tables and page are written to results/<tier>/variants/. It takes as many times as long as the
    run as there are variants; the copies stay, so that it resumes.

    Parameters
    ----------
    configfile
        As for snakemake: more settings.
    config
        As for snakemake: key=value, such as tier=smoke.
    papers
        The keys of the papers to rebuild; all if none are given.
    """
    found = _audit(configfile, config)
    known = sorted(path.parent.name for path in found.folder.glob("*/verdicts.csv"))
    for paper in papers:
        if paper not in known:
            raise InputError(f"--papers: {paper}: not among {', '.join(known)}")
    folders = {}
    for variant in narrowed(papers):
        print(f"{variant.name} ...", flush=True)
        folders[variant] = rebuild(variant, found.folder, _options(configfile, config))
    print(report(found.folder, found.root, folders))
    print(found.folder / "variants/index.html")


def archive(
    configfile: tuple[Path, ...] = (), config: tuple[str, ...] = (), output: Path | None = None
) -> None:
    """Pack the evidence of a run into one zip and check it; its parts must all be up to date.

    Parameters
    ----------
    configfile
        As for snakemake: more settings.
    config
        As for snakemake: key=value, such as tier=smoke.
    output
        The zip; evidence-<tier>.zip if not given.
    """
    found = _audit(configfile, config)
    # Another environment changes none of the files, and the manifests say which one there was.
    amiss = [finding for finding in found.findings if finding.kind != "other environment"]
    if amiss:
        raise InputError(
            f"{found.folder}: {amiss[0].kind}: {amiss[0].file} ({len(amiss)} findings; "
            f"`audit check` tells how to mend them)"
        )
    output = output or Path(f"evidence-{found.folder.name}.zip")
    contents = gather(found)
    with atomic(output) as temporary:
        pack(contents, temporary)
        try:
            problems, summary = verify(str(temporary))
        except RefusedError as error:
            raise InputError(str(error)) from None
        if problems:
            raise InputError(f"{output}: {problems[0]} ({len(problems)} problems)")
    print(f"{output}: {output.stat().st_size / 2**20:.1f} MiB, {summary}")


def release_results(results: Annotated[Path, tyro.conf.Positional]) -> None:
    """Make a run the one that others are compared with: copy its numbers to results/reference/.

    Parameters
    ----------
    results
        A folder such as results/quick.
    """
    release(results)
    print(f"{REFERENCE / results.name} is now {results}")


def _options(configfile: tuple[Path, ...], config: tuple[str, ...]) -> list[str]:
    """Return the options of snakemake."""
    files = ["--configfile", *map(str, configfile)] if configfile else []
    return files + (["--config", *config] if config else [])


def _audit(
    configfile: tuple[Path, ...], config: tuple[str, ...], papers: tuple[str, ...] = ()
) -> Audit:
    """Audit the run that the options of snakemake choose."""
    options = _options(configfile, config)
    return audit(plan(options, papers), environment(PINNED), " ".join(options))


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
    with atomic(found.folder / "audit.html") as temporary:
        temporary.write_text(page(found))


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
