"""Write the files of a new paper: a step, a figure, a claim, a page and a test to begin with."""

import re
import sys
from pathlib import Path
from string import Template
from typing import Annotated

import tyro

TEMPLATES = Path("workflow/template")
SNAKEFILE = Path("Snakefile")
# Where the file made of each template goes.
FILES = {
    "rules.smk.template": "workflow/rules/{key}.smk",
    "check_bound.py": "scripts/{key}/check_bound.py",
    "plot_ratios.py": "scripts/{key}/plot_ratios.py",
    "settings.yaml": "config/{key}/settings.yaml",
    "claims.yaml": "config/{key}/claims.yaml",
    "published.yaml": "config/{key}/published.yaml",
    "notebook.py": "paper/{key}.py",
    "test_bound.py": "tests/scripts/{key}/test_bound_of_{key}.py",
}


def new_paper(key: Annotated[str, tyro.conf.Positional], title: str) -> None:
    """Write the files of a paper and add its key to the Snakefile; refuse to overwrite any.

    Parameters
    ----------
    key
        The citation key: the first author and the year, such as xie2017.
    title
        Authors, title and venue, for the heads of the files.
    """
    if not re.fullmatch(r"[a-z]+[0-9]{4}[a-z]?", key):
        sys.exit(f"error: {key}: expected an author and a year in small letters, such as xie2017")
    paths = {name: Path(path.format(key=key)) for name, path in FILES.items()}
    there = [str(path) for path in paths.values() if path.exists()]
    if there:
        sys.exit(f"error: {', '.join(there)}: there already")
    listed = SNAKEFILE.read_text(encoding="utf-8")
    added, found = re.subn(r"(PAPERS = \[\n(?:.*\n)*?)\]", rf'\1    "{key}",\n]', listed, count=1)
    if not found:
        sys.exit(f"error: {SNAKEFILE}: expected a list PAPERS, one key a line")
    ended = title if title.endswith(".") else f"{title}."
    for name, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        path.write_text(Template(text).substitute(key=key, title=ended), encoding="utf-8")
        print(path)
    SNAKEFILE.write_text(added, encoding="utf-8")
    print(f"{SNAKEFILE}: {key} added; next: snakemake --cores 2 {key} --config tier=smoke")


if __name__ == "__main__":
    tyro.cli(new_paper, description=__doc__)
