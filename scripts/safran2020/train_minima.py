"""Gradient descent with as many students as teachers, for many numbers of teachers."""

from landscape.step import run

from pathlib import Path

import pandas as pd

from landscape.files import atomic
from landscape.progress import track
from landscape.seeds import generator
from landscape.spurious import search_minima


def train_minima(
    teachers: list[int],
    runs: int,
    larger: list[int],
    larger_runs: int,
    tolerance: float,
    max_steps: int,
    seed: int,
    output: Path,
    classes: Path,
) -> None:
    """Write where every run ends, and the classes of the spurious ends; the step is 5/k.

    Parameters
    ----------
    teachers
        Numbers k = n of teachers, students and inputs.
    runs
        Runs for each.
    larger
        Numbers k = n that are run less often, being dear.
    larger_runs
        Runs for each of these.
    tolerance
        Norm of the gradient at which a run ends.
    max_steps
        When to stop a run that has not ended.
    seed
        Root seed.
    output
        The .parquet file of runs.
    classes
        The .parquet file of classes.
    """
    sizes = [(k, runs) for k in sorted(teachers)] + [(k, larger_runs) for k in sorted(larger)]
    searches = [
        search_minima(
            k,
            k,
            count,
            generator(seed, "safran2020", "starts", k),
            tolerance=tolerance,
            max_steps=max_steps,
        )
        for k, count in track(sizes, "numbers of teachers")
    ]
    for path, tables in (
        (output, [search.runs for search in searches]),
        (classes, [search.classes for search in searches]),
    ):
        with atomic(path) as temporary:
            pd.concat(tables, ignore_index=True).to_parquet(temporary)


if __name__ == "__main__":
    run(train_minima)
