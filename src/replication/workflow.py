"""Whether papers, settings, rules and steps fit together, asked before any job runs.

A paper is a citation key: its rules are workflow/rules/<key>.smk, its steps scripts/<key>/, its
settings, claims and published numbers config/<key>/, its notebook paper/<key>.py.
"""

import shlex
from collections.abc import Iterable, Mapping
from inspect import Parameter
from pathlib import Path
from typing import Any

from replication.errors import InputError
from replication.settings import (
    at_tier,
    check,
    check_tier,
    hint,
    is_path,
    load_yaml,
    shown,
    signature,
    takes_lists,
)

# The section of a paper's settings that says what `audit reproduce` varies; see there.
VARIANTS = "variants"

# The variables with which Python runs a step: neither the folder of its script nor the user's own
# packages come before this tree, and text is UTF-8.
PYTHON = {"PYTHONSAFEPATH": "1", "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1"}

Config = Mapping[str, Any]


def check_files(papers: Iterable[str]) -> None:
    """Check that the files of all papers are there.

    Raises
    ------
    InputError
        If some are missing; the message names all of them.
    """
    missing = [
        str(path)
        for paper in papers
        for path in (
            Path(f"workflow/rules/{paper}.smk"),
            *(Path(f"config/{paper}/{part}.yaml") for part in ("settings", "claims", "published")),
            Path(f"paper/{paper}.py"),
            Path(f"scripts/{paper}"),
        )
        if not path.exists()
    ]
    if missing:
        raise InputError(f"missing: {', '.join(missing)}; scripts/new_paper.py writes such files")


def check_source(source: str, content: object, folders: Iterable[str]) -> None:
    """Check what one file, or the command line, sets.

    Parameters
    ----------
    source : str
        The name of the file, or ``--config``, for the message.
    content : object
        Its settings; they need not be complete.
    folders : iterable of str
        The folders under scripts/ whose steps have settings.

    Raises
    ------
    InputError
        At the first key or value that does not fit.
    """
    folders = [*folders]
    if not isinstance(content, Mapping):
        raise InputError(f"{source}: expected a mapping of keys to values, got {shown(content)}")
    for key, value in content.items():
        if key == "tier":
            check_tier(value, f"{source}: tier")
        elif key == "seed":
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise InputError(
                    f"{source}: seed: expected a whole number of at least 0, got {shown(value)}"
                )
        elif key in folders:
            _check_steps(f"{source}: {key}", key, value)
        else:
            raise InputError(
                f"{source}: {key}: unknown key; {hint(key, ['tier', 'seed', *folders])}"
            )


def resolve(config: dict[str, Any], folders: Iterable[str]) -> None:
    """Give each setting of a checked config its value in the tier of the config.

    Raises
    ------
    InputError
        If a setting has no value in this tier.
    """
    for folder in folders:
        for step, section in config.get(folder, {}).items():
            if step != VARIANTS:
                config[folder][step] = at_tier(section, config["tier"], f"{folder}.{step}")


def check_rule(
    place: str, script: Path, files: Iterable[str], filled: Iterable[str], settings: Config
) -> None:
    """Check that a rule and its step fit together.

    Parameters
    ----------
    place : str
        Where the rule stands, for the message.
    script : Path
        The step.
    files : iterable of str
        Names of the rule's inputs and outputs: each must be an option of the step.
    filled : iterable of str
        Other options that the rule fills, such as wildcards.
    settings : mapping
        The settings of the step in this tier.

    Raises
    ------
    InputError
        If a file is no option of the step, or an option without default is neither a file of the
        rule nor filled nor set.
    """
    parameters = signature(script).parameters
    files, filled = {*files}, {*filled}
    for name in sorted(files - {*parameters}):
        raise InputError(f"{place}: {name}: {script} has no such option; {hint(name, parameters)}")
    where = f"config/{script.parent.name}/settings.yaml: {script.parent.name}.{script.stem}"
    for name, parameter in parameters.items():
        if name in files | filled:
            continue
        if name in settings:
            if isinstance(settings[name], list) and not takes_lists(parameter.annotation):
                raise InputError(f"{where}.{name}: expected one value, got {settings[name]!r}")
        elif parameter.default is Parameter.empty:
            what = f"{place}: {name}: missing" if is_path(parameter) else f"{where}.{name}: missing"
            raise InputError(what)


def tables_judged(ledger: Path) -> list[str]:
    """Return the names of the tables that the claims of a ledger are measured on, sorted.

    Raises
    ------
    InputError
        If the ledger is not one.
    """
    content = load_yaml(ledger)
    parts = ("measure", "hypothesis", "vacuous")
    try:
        claims = content["claims"]
        return sorted({claim[part]["table"] for claim in claims for part in parts if part in claim})
    except (KeyError, TypeError):
        # What is wrong with it is told by what reads all of it, and takes longer to load.
        from replication.claims.ledger import load_ledger

        load_ledger(ledger)
        raise


def command_line(script: Path, values: Config) -> str:
    """Return values as the options of a step, in the order of its signature.

    Of several files for an option that takes one, such as the drawings of a figure, it is the
    first. What the step has no option for, and null, is left out.
    """
    words: list[str] = []
    for name, parameter in signature(script).parameters.items():
        value = values.get(name)
        if value is None:
            continue
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words.append(flag if value else flag.replace("--", "--no-", 1))
        elif isinstance(value, str) or not hasattr(value, "__iter__"):
            words += [flag, str(value)]
        elif takes_lists(parameter.annotation):
            words += [flag, *map(str, value)]
        else:
            words += [flag, str(next(iter(value)))]
    return shlex.join(words)


def _check_steps(where: str, folder: str, sections: object) -> None:
    if not isinstance(sections, Mapping):
        raise InputError(f"{where}: expected a mapping of steps to settings, got {shown(sections)}")
    steps = sorted(path.stem for path in Path("scripts", folder).glob("*.py"))
    for step, section in sections.items():
        place = f"{where}.{step}"
        if step == VARIANTS:
            if not isinstance(section, Mapping):
                raise InputError(f"{place}: expected a mapping of names, got {shown(section)}")
            for variant, settings in section.items():
                _check_steps(f"{place}.{variant}", folder, settings)
        elif step not in steps:
            raise InputError(f"{place}: unknown step; {hint(step, steps)}")
        else:
            check(section, Path("scripts", folder, f"{step}.py"), place)
