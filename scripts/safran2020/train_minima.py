"""Gradient descent with as many students as teachers."""

from replication.run import atomic, run

from pathlib import Path

from landscape.seeds import generator
from landscape.spurious import search_minima
from replication.settings import Count, Distinct, Positive


def train_minima(
    teachers: Count,
    runs: Count,
    larger: Distinct[Count],
    larger_runs: Count,
    tolerance: Positive,
    max_steps: Count,
    seed: int,
    ends: Path,
    classes: Path,
) -> None:
    """Write where every run ends, and the classes of the spurious ends; the step is 5/k.

    Parameters
    ----------
    teachers
        The number k = n of teachers, students and inputs.
    runs
        How often it is run.
    larger
        Numbers k = n that are run less often, being dear,
    larger_runs
        and how often.
    tolerance
        Norm of the gradient at which a run ends.
    max_steps
        When to stop a run that has not ended.
    seed
        Root seed.
    ends
        The .parquet file of runs.
    classes
        The .parquet file of classes.
    """
    search = search_minima(
        teachers,
        teachers,
        larger_runs if teachers in larger else runs,
        generator(seed, "safran2020", "starts", teachers),
        tolerance=tolerance,
        max_steps=max_steps,
    )
    for path, table in ((ends, search.runs), (classes, search.classes)):
        with atomic(path) as temporary:
            table.to_parquet(temporary)


if __name__ == "__main__":
    run(train_minima)
