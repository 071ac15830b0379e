"""Execute a paper's percent-format notebook and make a page of it that needs no other file."""

from landscape.step import run

import os
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from landscape.errors import InputError
from landscape.files import atomic
from landscape.page import page


def build_notebook(
    notebook: Path, verdicts: Path, library: list[Path], products: list[Path], output: Path
) -> None:
    """Execute a notebook over the results of one paper in one tier.

    Parameters
    ----------
    notebook
        The jupytext percent-format source, paper/<key>.py. It finds its results through the
        environment variable RESULTS.
    verdicts
        The paper's verdicts.csv; the results are those of its folder.
    library
        The modules that the notebook imports.
    products
        The paper's tables and figures.
    output
        The executed .ipynb; the self-contained .html is written beside it.

    Raises
    ------
    InputError
        If a cell fails, as where settings leave a table without the rows that the text needs.
    """
    os.environ["RESULTS"] = str(verdicts.parent)
    # Another process executes the cells, and is held to the same inputs.
    printed = [path.with_suffix(".md") for path in products if path.suffix == ".csv"]
    os.environ["INPUTS"] = os.pathsep.join(map(str, [verdicts, *library, *products, *printed]))
    cells = jupytext.read(notebook)
    # Random names and times would make other bytes of the same notebook.
    for number, cell in enumerate(cells.cells):
        cell.id = f"cell-{number}"
    client = NotebookClient(cells, timeout=600, kernel_name="python3", record_timing=False)
    try:
        client.execute()
    except CellExecutionError as error:
        source = next(cell.source for cell in cells.cells if _failed(cell))
        raise InputError(
            f"{notebook}: {error.ename}: {error.evalue}, in the cell that begins "
            f"`{source.splitlines()[0]}`"
        ) from None
    with atomic(output) as temporary:
        nbformat.write(cells, temporary)
    exporter = HTMLExporter(
        template_name="basic",
        exclude_input=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    body, _ = exporter.from_notebook_node(cells)
    with atomic(output.with_suffix(".html")) as temporary:
        temporary.write_text(page(f"{notebook.stem}, {verdicts.parent.parent.name} tier", body))


def _failed(cell: NotebookNode) -> bool:
    return any(output["output_type"] == "error" for output in cell.get("outputs", []))


if __name__ == "__main__":
    run(build_notebook)
