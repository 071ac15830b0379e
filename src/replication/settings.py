"""What a step may be told: the signature of its function is the schema of its settings.

A step is scripts/<paper>/<step>.py with a function of the step's name. Parameters that are neither
paths nor filled by its rule are settings, and their annotations, read from the source without
running it, say which values are allowed. The names below are those that an annotation may use.

Values stand in config/<paper>/settings.yaml, one section a step. Where the tiers differ, a value is
a mapping with one entry a tier::

    train_table1:
      batch: 100
      iterations: {smoke: 50, quick: 1000, full: 300000}
"""

import difflib
import inspect
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import yaml
from annotated_types import Ge, Gt, Le, Lt, MinLen, Predicate

from replication.errors import InputError

# libyaml parses ten times faster than Python, and every run of Snakemake waits for it.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# How values are spelt that are no text: as YAML 1.2 and 1.1, which PyYAML reads, agree on. By 1.1
# alone 010 is 8, 1:30 is 90, `no` is false and 2020-01-01 a date.
PLAIN = {
    "bool": ("true or false", r"true|True|TRUE|false|False|FALSE"),
    "int": ("a decimal number", r"[-+]?(0|[1-9]\d*)"),
    "float": (
        "a decimal number",
        r"[-+]?(\.\d+|\d+\.\d*)([eE][-+]\d+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
    ),
    "timestamp": ("a date in quotes", "(?!)"),
}


class SafeLoader(Loader):  # type: ignore[misc, valid-type]
    """The safe loader, which refuses a key that a mapping has twice, and what looks like text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        """Return a mapping; as in YAML 1.2 its keys differ."""
        seen: set[object] = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} occurs twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Return a value whose spelling means the same in every version of YAML."""
        meant, spelling = PLAIN.get(node.tag.removeprefix("tag:yaml.org,2002:"), ("", ".*"))
        if meant and not re.fullmatch(spelling, node.value):
            raise yaml.constructor.ConstructorError(
                None,
                None,
                f"`{node.value}` is ambiguous; write {meant}, or quotes around text",
                node.start_mark,
            )
        return super().construct_object(node, deep)


TIERS = ("smoke", "quick", "full")

T = TypeVar("T")


def all_different(values: list[Any]) -> bool:
    """Say whether no value occurs twice."""
    return len(set(values)) == len(values)


def is_https_folder(text: str) -> bool:
    """Say whether a text is the address of a folder on the web."""
    return text.startswith("https://") and text.endswith("/")


# What a value that such a predicate refuses should have been.
EXPECTED = {
    "all_different": "expected no value twice",
    "is_https_folder": "expected text like https://.../",
}

Count = Annotated[int, Ge(1)]
Natural = Annotated[int, Ge(0)]
Positive = Annotated[float, Gt(0)]
NonNegative = Annotated[float, Ge(0)]
Probability = Annotated[float, Gt(0), Lt(1)]
Several = Annotated[list[T], MinLen(1)]
Distinct = Annotated[list[T], MinLen(1), Predicate(all_different)]
Precision = Literal["float32", "float64"]
HttpsFolder = Annotated[str, Predicate(is_https_folder)]

# What an annotation in the signature of a step is made of.
VOCABULARY: dict[str, object] = {
    "Annotated": Annotated,
    "Literal": Literal,
    "Path": Path,
    "Ge": Ge,
    "Gt": Gt,
    "Le": Le,
    "Lt": Lt,
    "MinLen": MinLen,
    "Count": Count,
    "Natural": Natural,
    "Positive": Positive,
    "NonNegative": NonNegative,
    "Probability": Probability,
    "Several": Several,
    "Distinct": Distinct,
    "Precision": Precision,
    "HttpsFolder": HttpsFolder,
}


@cache
def signature(script: Path) -> inspect.Signature:
    """Return the signature of a step, read from its source; nothing else of it runs.

    Raises
    ------
    InputError
        If the script has no function of its own name that returns None, or an annotation or default
        uses a name that is not in `VOCABULARY`.
    """
    try:
        source = script.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{script}: no such file") from None
    header = re.search(rf"^def {script.stem}\(.*?\) -> None:", source, re.MULTILINE | re.DOTALL)
    if header is None:
        raise InputError(f"{script}: expected a function `def {script.stem}(...) -> None`")
    names = dict(VOCABULARY)
    try:
        exec(f"{header[0]} ...", names)
    except NameError as error:
        raise InputError(
            f"{script}: the signature of {script.stem}: {error}; the names that it may use are in "
            "replication.settings"
        ) from None
    function: Any = names[script.stem]
    return inspect.signature(function)


def check(section: object, script: Path, where: str) -> None:
    """Check the settings of a step, or some of them, against its signature.

    Parameters
    ----------
    section : object
        Values by name; a value may be a mapping of tiers to values, and, where the signature has a
        single value, a list of values for jobs of their own.
    script : Path
        The step.
    where : str
        What set them, and the key of the section, for the message: ``file: xie2017.table1``.

    Raises
    ------
    InputError
        At the first value that does not fit. One line: where, what was expected, what was found.
    """
    if not isinstance(section, Mapping):
        raise InputError(f"{where}: expected a mapping of settings to values, got {shown(section)}")
    parameters = signature(script).parameters
    known = [name for name in parameters if not is_path(parameters[name]) and name != "seed"]
    for name, value in section.items():
        if name not in known:
            raise InputError(f"{where}.{name}: unknown key; {hint(name, known)}")
        annotation = parameters[name].annotation
        for tier, part in _by_tier(value, f"{where}.{name}"):
            _check_value(part, annotation, f"{where}.{name}" + (f".{tier}" if tier else ""))


def is_path(parameter: inspect.Parameter) -> bool:
    """Say whether a parameter is a file of the rule, or several; with a default it is a setting."""
    return parameter.annotation in (Path, list[Path])


def at_tier(section: Mapping[str, Any], tier: str, where: str) -> dict[str, Any]:
    """Return the values of a section in one tier.

    Raises
    ------
    InputError
        If a value has other tiers only.
    """
    values = {}
    for name, value in section.items():
        if isinstance(value, Mapping):
            if tier not in value:
                raise InputError(f"{where}.{name}: no value for the tier {tier}")
            value = value[tier]
        values[name] = value
    return values


def check_tier(tier: object, where: str) -> None:
    """Check the name of a tier.

    Raises
    ------
    InputError
        If there is no such tier.
    """
    if tier not in TIERS:
        raise InputError(f"{where}: {shown(tier)} is no tier; {hint(tier, TIERS)}")


def load_yaml(path: Path) -> Any:
    """Read a YAML file with the safe loader.

    Raises
    ------
    InputError
        If the file does not exist or is not YAML; the message names file, line and column.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError(f"{path}: not YAML{place}: {error.problem}") from None
    except (UnicodeDecodeError, yaml.reader.ReaderError) as error:
        raise InputError(f"{path}: not YAML: expected text in UTF-8: {error.reason}") from None


def as_in_yaml(value: Any, where: str) -> Any:
    """Return what a value of the command line, whose scalars came as text, is in a file.

    Raises
    ------
    InputError
        If a scalar is one that a file may not have.
    """
    if isinstance(value, Mapping):
        return {key: as_in_yaml(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [as_in_yaml(item, f"{where}.{number}") for number, item in enumerate(value)]
    if not isinstance(value, str):
        return value
    loader = SafeLoader("")
    tag = loader.resolve(yaml.ScalarNode, value, (True, False))
    try:
        return loader.construct_object(yaml.ScalarNode(tag, value))
    except yaml.MarkedYAMLError as error:
        raise InputError(f"{where}: {error.problem}") from None


def _by_tier(value: Any, where: str) -> list[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        return [("", value)]
    for tier in value:
        check_tier(tier, where)
    return list(value.items())


def _check_value(value: Any, annotation: Any, where: str) -> None:
    if isinstance(value, list) and not takes_lists(annotation):
        for number, part in enumerate(value):
            _check_value(part, annotation, f"{where}.{number}")
        return
    from pydantic import ValidationError

    try:
        # As JSON: text may be a path and a list a tuple, but 3.0 is no integer and "3" no number.
        _adapter(annotation).validate_json(json.dumps(value, default=str), strict=True)
    except ValidationError as error:
        raise InputError(f"{where}{describe(error)}") from None


@cache
def _adapter(annotation: Any) -> Any:
    from pydantic import ConfigDict, TypeAdapter

    return TypeAdapter(annotation, config=ConfigDict(allow_inf_nan=False))


def takes_lists(annotation: Any) -> bool:
    """Say whether a value of the type, or one of its alternatives, is a list."""
    if get_origin(annotation) is Annotated:
        return takes_lists(annotation.__origin__)
    if get_origin(annotation) in (Union, UnionType):
        return any(map(takes_lists, get_args(annotation)))
    return get_origin(annotation) in (list, tuple)


def describe(error: Any) -> str:
    """Return the key and words of the first fault that pydantic found: ``.key: expected ...``."""
    fault = error.errors()[0]
    key = "".join(f".{part}" for part in fault["loc"] if isinstance(part, int | str))
    if fault["type"] == "missing":
        return f"{key}: missing"
    if fault["type"] == "extra_forbidden":
        return f"{key}: unknown key"
    if fault["type"] == "predicate_failed":
        (name,) = [name for name in EXPECTED if name in fault["msg"]]
        words = EXPECTED[name]
    elif fault["type"] == "value_error":  # by a validator, which says all that there is to say
        return f"{key}: {fault['ctx']['error']}"
    else:
        words = re.sub("^Input should be", "expected", fault["msg"])
    found = fault["input"]
    hint = ""
    if isinstance(found, str) and re.fullmatch(r"[-+]?\d+e[-+]?\d+", found, re.IGNORECASE):
        hint = " (YAML reads it as text; write a number with a decimal point, such as 1.0e-3)"
    return f"{key}: {words}, got {shown(found)}{hint}"


def shown(value: object) -> str:
    """Return a value as messages quote it."""
    return "null (no value)" if value is None else repr(value)


def hint(name: object, known: Iterable[str]) -> str:
    """Return which of the known names was meant, or all of them."""
    known = [*known]
    near = difflib.get_close_matches(str(name), known, n=1)
    return f"did you mean {near[0]}?" if near else f"expected one of {', '.join(known)}"
