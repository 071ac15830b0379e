"""Cutting planes against the convex program: the value after the last round, and the rounds."""

from replication.run import InputError, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.convex import (
    CuttingPlanes,
    count_patterns,
    search_kinks,
    search_patterns,
    solve_cutting_planes,
    solve_one_dimensional,
    solve_two_layer,
)
from landscape.seeds import generator
from replication.settings import Count, Positive, Several


def check_cutting_planes(
    line_samples: Several[Annotated[int, Ge(2)]],
    samples: Several[Count],
    inputs: Several[Count],
    strengths: Several[Positive],
    seed: int,
    cutting_planes: Path,
) -> None:
    """Solve the dual in rounds on Gaussian data, and the convex program beside it.

    Parameters
    ----------
    line_samples
        Numbers of samples on a line, where networks have biases.
    samples, inputs
        Sizes of data for networks without biases, in pairs; their patterns are enumerated.
    strengths
        Strengths β for all of them.
    seed
        Root seed.
    cutting_planes
        The .csv table with a row for each data set and strength.
    """
    if len(samples) != len(inputs):
        raise InputError(
            f"samples, inputs: expected as many of both, got {len(samples)} and {len(inputs)}"
        )
    rows = []
    for m in track(line_samples, "samples on a line"):
        rng = generator(seed, "ergen2020", "cutting planes", "line", m)
        x, y = rng.standard_normal(m), rng.standard_normal(m)
        for beta in strengths:
            found = solve_cutting_planes(y, beta, search_kinks(x), bias=True)
            optimum = solve_one_dimensional(x, y, beta).value
            rows.append(_row("line, biases", m, 1, beta, 2 * m, found, optimum))
    for m, d in track(list(zip(samples, inputs, strict=True)), "sizes"):
        rng = generator(seed, "ergen2020", "cutting planes", m, d)
        X, y = rng.standard_normal((m, d)), rng.standard_normal(m)
        for beta in strengths:
            found = solve_cutting_planes(y, beta, search_patterns(X))
            optimum = solve_two_layer(X, y, beta).value
            rows.append(_row("no biases", m, d, beta, count_patterns(X), found, optimum))
    write_table(pd.DataFrame(rows), cutting_planes)


def _row(
    data: str, m: int, d: int, beta: float, cells: int, found: CuttingPlanes, optimum: float
) -> dict[str, float | str]:
    """Return what the rounds found beside the optimum of the convex program."""
    rises = np.diff(found.values, prepend=np.inf)
    return {
        "data": data,
        "samples": m,
        "inputs": d,
        "beta": beta,
        "patterns_or_kinks": cells,
        "rounds": len(found.values),
        "first": found.values[0],
        "last": found.values[-1],
        "program": optimum,
        "difference": abs(found.values[-1] / optimum - 1),
        "largest_rise": max(0.0, rises.max()) / found.values[0],
        "violation": found.violations[-1],
    }


if __name__ == "__main__":
    run(check_cutting_planes)
