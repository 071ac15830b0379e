"""Checking configuration and claims against a schema, with errors meant to be read."""

import difflib
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from jsonschema import Draft202012Validator

from landscape.errors import InputError

# libyaml parses ten times faster than Python, and every run of Snakemake waits for it.
SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Key = tuple[str | int, ...]


def _is_finite_number(_: object, value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_integer(_: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_Validator = jsonschema.validators.extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"number": _is_finite_number, "integer": _is_integer}
    ),
)


def load_yaml(path: Path) -> Any:
    """Read a YAML file with the safe loader.

    Raises
    ------
    InputError
        If the file does not exist or is not YAML; the message names file, line and column.
    """
    try:
        return yaml.load(path.read_text(), Loader=SafeLoader)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError(f"{path}: not YAML{place}: {error.problem}") from None


def check(document: object, schema: dict[str, Any], source: Callable[[Key], str]) -> None:
    """Check `document` against a JSON schema (draft 2020-12).

    Beyond the standard, a number must be finite and 3.0 is no integer.

    Parameters
    ----------
    document : object
        What a YAML or JSON file holds.
    schema : dict
        The schema.
    source : callable
        Given the path of a key, says which file or option set it; used in the message only.

    Raises
    ------
    InputError
        At the first deviation, in the document's order. One line: source, key, what was expected
        and what was found.
    """
    errors = list(_Validator(schema).iter_errors(document))
    if not errors:
        return
    key, expected = min(
        map(_describe, errors), key=lambda described: (len(described[0]), *map(str, described[0]))
    )
    raise InputError(f"{source(key)}: {'.'.join(map(str, key)) or 'top level'}: {expected}")


def defaults(schema: dict[str, Any]) -> Any:
    """Return the document that the ``default`` entries of a schema describe."""
    if "default" in schema:
        return schema["default"]
    return {name: defaults(part) for name, part in schema.get("properties", {}).items()}


def _describe(error: jsonschema.ValidationError) -> tuple[Key, str]:
    """Return the offending key and, in words, what is wrong with it."""
    key: Key = tuple(error.absolute_path)
    value: Any = error.instance
    limit: Any = error.validator_value
    properties: Any = error.schema
    found = f"got {value!r}"
    match error.validator:
        case "additionalProperties":
            known = list(properties.get("properties", {}))
            unknown = next(name for name in value if name not in known)
            near = difflib.get_close_matches(str(unknown), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(known)}"
            return (*key, unknown), f"unknown key; {hint}"
        case "required":
            missing = next(name for name in limit if name not in value)
            return (*key, missing), "missing"
        case "type":
            kinds = [limit] if isinstance(limit, str) else limit
            expected = " or ".join(_KINDS[kind] for kind in kinds)
            if (
                isinstance(value, str)
                and {"number", "integer"} & set(kinds)
                and _reads_as_number(value)
            ):
                found += (
                    " (YAML reads it as text; write a number with a decimal point, such as 1.0e-3)"
                )
            return key, f"expected {expected}, {found}"
        case "enum":
            return key, f"expected one of {', '.join(map(str, limit))}, {found}"
        case "minimum":
            return key, f"expected at least {limit}, {found}"
        case "maximum":
            return key, f"expected at most {limit}, {found}"
        case "exclusiveMinimum":
            return key, f"expected more than {limit}, {found}"
        case "exclusiveMaximum":
            return key, f"expected less than {limit}, {found}"
        case "minItems":
            return key, f"expected a list of at least {limit}, {found}"
        case "uniqueItems":
            return key, f"expected no value twice, {found}"
        case "oneOf":
            choices = " or ".join(" and ".join(choice["required"]) for choice in limit)
            return key, f"expected either {choices}"
        case "pattern":
            return key, f"expected text that matches {limit}, {found}"
        case _:
            return key, error.message


_KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing (null)",
    "number": "a finite number",
    "object": "a mapping of keys to values",
    "string": "text",
}


def _reads_as_number(text: str) -> bool:
    """Tell whether text is a number in Python's notation but not in YAML's, such as 1e-3."""
    return re.fullmatch(r"[-+]?\d+e[-+]?\d+", text, re.IGNORECASE) is not None
