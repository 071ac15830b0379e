"""Gradient descent on the population loss for the pairs (k, n) of one k of the table."""

from replication.run import atomic, run, track

from pathlib import Path

import pandas as pd

from landscape.seeds import generator
from landscape.spurious import search_minima
from replication.settings import Count, Distinct, Natural, Positive


def train_students(
    teachers: Count,
    surplus: Distinct[Natural],
    runs: Count,
    closer: Distinct[Count],
    closer_runs: Count,
    larger: Distinct[Count],
    larger_runs: Count,
    tolerance: Positive,
    max_steps: Count,
    seed: int,
    ends: Path,
    classes: Path,
    step: Positive | None = None,
) -> None:
    """Write where every run ends, and the classes of the spurious ends.

    Parameters
    ----------
    teachers
        The number k of teachers, which is also the dimension.
    surplus
        How many students there are more than teachers: n = k + surplus.
    runs
        Runs for each pair.
    closer
        Numbers k for which n = k is run more often, where a share is small or in doubt.
    closer_runs
        How often.
    larger
        Numbers k beyond the table, for which only n = k is run,
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
    step
        The constant step of gradient descent; 5/n if not given.
    """
    if teachers in larger:
        surplus, runs = [0], larger_runs
    searches = [
        search_minima(
            teachers,
            n,
            closer_runs if n == teachers and teachers in closer else runs,
            generator(seed, "safran2018", "starts", teachers, n),
            step=step,
            tolerance=tolerance,
            max_steps=max_steps,
        )
        for n in track([teachers + more for more in sorted(surplus)], f"pairs ({teachers}, n)")
    ]
    for path, tables in (
        (ends, [search.runs for search in searches]),
        (classes, [search.classes for search in searches]),
    ):
        with atomic(path) as temporary:
            pd.concat(tables, ignore_index=True).to_parquet(temporary)


if __name__ == "__main__":
    run(train_students)
