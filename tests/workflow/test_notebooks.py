"""Numbers in the prose of a notebook come from tables."""

import ast
import re
from pathlib import Path

import jupytext
import pytest

NOTEBOOKS = sorted(Path("paper").glob("*.py"))
# References are no results, and code in the text is notation.
REFERENCE = re.compile(
    r"(Tables?|Figures?|Theorems?|Lemmas?|Propositions?|Algorithms?|Definitions?|Corollary|"
    r"[Ee]quations?|Sections?|AISTATS|ICLR|ICML|JMLR|COLT|NIPS|NeurIPS)"
    r" \d+(\.\d+)?( (and|to) \d+)?|`[^`]*`"
)


def typed_numbers(prose):
    """Return the numbers in a text that are neither references nor notation."""
    return re.findall(r"\d[\d.,e]*", REFERENCE.sub("", prose))


def prose_of(cell):
    """Return the text of a markdown cell, or the fixed text that a code cell passes to say()."""
    if cell.cell_type == "markdown":
        return [cell.source]
    return [
        constant.value
        for call in ast.walk(ast.parse(cell.source))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "say"
        for constant in ast.walk(call)
        if isinstance(constant, ast.Constant)
        and isinstance(constant.value, str)
        # A format specification such as .2f is no prose.
        and not re.fullmatch(r"[.,\d]*[defg%]", constant.value)
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_number_is_typed_by_hand(path):
    for cell in jupytext.read(path).cells:
        for prose in prose_of(cell):
            assert typed_numbers(prose) == [], prose


def test_a_typed_number_is_found():
    assert typed_numbers("Figure 3 and `x_1` show a slope of -0.89, in 5 runs.") == ["0.89,", "5"]
    code = jupytext.reads("# %%\nsay(f'a share of 12 % in {runs:.2f}')", fmt="py:percent").cells[0]
    assert [typed_numbers(prose) for prose in prose_of(code)] == [["12"]]
