"""The command `audit`."""

from replication.run import atomic, write_table
from replication.run.manifest import environment, sha256

import io
import os
import sys
from pathlib import Path
from typing import Annotated

import pandas as pd
import tyro

from replication.arithmetic import PINNED
from replication.audit.archive import gather, pack
from replication.audit.check import EVIDENCE, MUTATIONS, Audit, Finding, audit, page, plan, short
from replication.audit.criteria import summary as criteria_in_words
from replication.audit.difference import REFERENCE, compare, release, results_of
from replication.audit.difference import summary as summary_of
from replication.audit.parameters import planned
from replication.audit.reproduce import narrowed, rebuild, report
from replication.audit.spot import choose, recompute
from replication.audit.verify import RefusedError, verify
from replication.errors import InputError

ROOT = "root.txt"


def check(
    configfile: tuple[Path, ...] = (),
    config: tuple[str, ...] = (),
    papers: tuple[str, ...] = (),
    against: Path | None = None,
) -> None:
    """Hold all files of a run against what made them; the status is 1 if anything is found.

    Table and page are written to results/<tier>/audit.csv and .html. The planted faults are looked
    at, too, once there is a table of them. That steps ran on uncommitted code is told in a line
    and is no finding; a release refuses such a run.

    Parameters
    ----------
    configfile
        As for snakemake: more settings.
    config
        As for snakemake: key=value, such as tier=smoke.
    papers
        The keys of the papers to look at; all if none are given.
    against
        A published root, such as results/reference/quick/root.txt: another root is a finding.
    """
    whole = EVIDENCE if against or MUTATIONS.is_file() else ()
    found = _audit(configfile, config, papers or whole)
    if against is not None:
        published = against.read_text(encoding="utf-8").split()[0]
        if published != found.root:
            mend = f"`audit diff {against.parent} {found.folder}` tells what differs, and why"
            other = Finding("other root", str(against), published, found.root, (), (), mend)
            found.findings.append(other)
    _write(found)
    for finding in found.findings:
        others = [file for file in finding.affected if file != finding.file]
        print(f"{finding.kind}: {finding.file}")
        print(f"  expected {short(finding.expected)}, found {short(finding.found)}")
        print(f"  affects {len(others)} other files and {len(finding.claims)} claims", end="")
        print(f": {', '.join(finding.claims[:4])}" + ", ..." * (len(finding.claims) > 4))
        print(f"  mend: {finding.mend}")
    for told in found.commits:
        print(f"{told.kind}: {told.found}: {len(told.affected)} files; a release refuses this run")
    print(
        f"{found.folder}: {len(found.findings)} findings in {found.files} files of "
        f"{len(found.manifests)} steps; root {found.root[:16]}"
    )
    by_open = sum(made["circumstances"].get("watched") != "kernel" for made in found.manifests)
    if by_open:
        print(f"{by_open} steps were watched only through Python's open")
    print(criteria_in_words(found.criteria))
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
    found = _audit(configfile, config, EVIDENCE)
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

    Whether the code was committed does not matter, since the archive holds the code.

    Parameters
    ----------
    configfile
        As for snakemake: more settings.
    config
        As for snakemake: key=value, such as tier=smoke.
    output
        The zip; evidence-<tier>.zip if not given.
    """
    found = _audit(configfile, config, EVIDENCE)
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


def release_results(
    results: Annotated[Path, tyro.conf.Positional], archive: Path | None = None
) -> None:
    """Make a run the one that others are compared with: copy its numbers to results/reference/.

    A run with findings is refused, and one on uncommitted code, or code of which git can't say the
    commit: others find the code by its commit. The root of the run goes with it, to root.txt.

    Parameters
    ----------
    results
        A folder such as results/quick.
    archive
        The archive of this run, whose hash is released, too.
    """
    found = _audit((), (f"tier={results.name}",), EVIDENCE)
    if found.findings:
        first = found.findings[0]
        raise InputError(
            f"{results}: {first.kind}: {first.file} ({len(found.findings)} findings; "
            f"`audit check --config tier={results.name}` tells how to mend them)"
        )
    if found.commits:
        told = found.commits[0]
        raise InputError(
            f"{results}: {told.kind}: {told.found}: {', '.join(told.affected[:4])}"
            f"{', ...' * (len(told.affected) > 4)}; {told.mend}"
        )
    release(results)
    lines = [f"{found.root}  root\n"]
    if archive is not None:
        lines.append(f"{sha256(archive)}  {archive.name}\n")
    with atomic(REFERENCE / results.name / ROOT) as temporary:
        temporary.write_text("".join(lines), encoding="utf-8")
    print(f"{REFERENCE / results.name} is now {results}, root {found.root}")


def spot(
    number: Annotated[int, tyro.conf.Positional],
    configfile: tuple[Path, ...] = (),
    config: tuple[str, ...] = (),
    papers: tuple[str, ...] = (),
) -> None:
    """Recompute some short steps of a run from nothing; the status is 1 if any has other bits.

    Parameters
    ----------
    number
        How many; which ones is up to chance.
    configfile
        As for snakemake: more settings.
    config
        As for snakemake: key=value, such as tier=smoke.
    papers
        The keys of the papers to look at; all if none are given.
    """
    found = _audit(configfile, config, papers)
    spots = [recompute(manifest) for manifest in choose(found.manifests, number)]
    for item in spots:
        said = f"other bits in {', '.join(item.differing)}" if item.differing else "the same bits"
        print(f"{item.step}, {item.output}: {said}")
    sys.exit(any(item.differing for item in spots))


def _options(configfile: tuple[Path, ...], config: tuple[str, ...]) -> list[str]:
    """Return the options of snakemake."""
    files = ["--configfile", *(str(path.resolve()) for path in configfile)] if configfile else []
    return files + (["--config", *config] if config else [])


def _audit(
    configfile: tuple[Path, ...], config: tuple[str, ...], targets: tuple[str, ...] = ()
) -> Audit:
    """Audit the run that the options of snakemake choose."""
    options = _options(configfile, config)
    jobs, expected = planned(options, targets), plan(options, targets)
    return audit(expected, jobs, environment(PINNED), options, targets)


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
    try:
        write_table(rows, found.folder / "audit.csv")
        with atomic(found.folder / "audit.html") as temporary:
            temporary.write_text(page(found), encoding="utf-8")
    except OSError as error:  # as in a copy on a read-only medium
        print(f"Neither table nor page of the audit are written: {error}")


def main() -> None:
    """Run the command line."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        tyro.extras.subcommand_cli_from_dict(
            {
                "check": check,
                "diff": diff,
                "reproduce": reproduce,
                "archive": archive,
                "release": release_results,
                "spot": spot,
            },
            prog="audit",
        )
    except InputError as error:
        sys.exit(f"error: {error}")
    except BrokenPipeError:  # whoever read along has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
