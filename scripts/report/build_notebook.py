"""Execute a paper's percent-format notebook and make a page of it that needs no other file."""

from replication.run import InputError, atomic, run

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from replication.show.page import page

# Where Jupyter and IPython look for what a user has set up.
OF_THE_USER = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_PATH")


def build_notebook(
    notebook: Path,
    modules: list[Path],
    published: Path,
    verdicts: Path,
    contents: Path,
    products: list[Path],
    ipynb: Path,
    html: Path,
) -> None:
    """Execute a notebook over the results of one paper in one tier.

    Parameters
    ----------
    notebook
        The jupytext percent-format source, paper/<key>.py. It finds its results through the
        environment variable RESULTS.
    modules
        The modules that the notebook imports.
    published
        The paper's published numbers, config/<key>/published.yaml.
    verdicts
        The paper's verdicts.csv; the results are those of its folder.
    contents
        The paper's table of contents.
    products
        The paper's tables, printed too, and its figures.
    ipynb
        The executed notebook.
    html
        The self-contained page.

    Raises
    ------
    InputError
        If a cell fails, as where settings leave a table without the rows that the text needs, or
        the kernel does.
    """
    os.environ["RESULTS"] = str(verdicts.parent)
    # Another process executes the cells, and is held to the same inputs.
    inputs = [*modules, published, verdicts, contents, *products]
    os.environ["INPUTS"] = os.pathsep.join(map(str, inputs))
    cells = jupytext.read(notebook)
    # Random names and times would make other bytes of the same notebook.
    for number, cell in enumerate(cells.cells):
        cell.id = f"cell-{number}"
    client = NotebookClient(cells, timeout=600, kernel_name="python3", record_timing=False)
    try:
        with TemporaryDirectory() as private:
            # Neither start-up files nor kernels of the user's; this interpreter's own is left.
            os.environ |= dict.fromkeys(OF_THE_USER, private)
            client.execute()
    except CellExecutionError as error:
        source = next(cell.source for cell in cells.cells if _failed(cell))
        raise InputError(
            f"{notebook}: {error.ename}: {error.evalue}, in the cell that begins "
            f"`{source.splitlines()[0]}`"
        ) from None
    except Exception as error:  # not of a cell: of the process that runs them
        client.create_kernel_manager()  # what nbclient does at exit asserts that there is one
        reason = (str(error) or repr(error)).splitlines()[0]
        raise InputError(
            f"{notebook}: its Jupyter kernel, reached over the loopback network, failed: {reason}"
        ) from None
    with atomic(ipynb) as temporary:
        nbformat.write(cells, temporary)
    exporter = HTMLExporter(
        template_name="basic",
        exclude_input=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    body, _ = exporter.from_notebook_node(cells)
    with atomic(html) as temporary:
        temporary.write_text(
            page(f"{notebook.stem}, {verdicts.parent.parent.name} tier", body), encoding="utf-8"
        )


def _failed(cell: NotebookNode) -> bool:
    return any(output["output_type"] == "error" for output in cell.get("outputs", []))


if __name__ == "__main__":
    run(build_notebook)
