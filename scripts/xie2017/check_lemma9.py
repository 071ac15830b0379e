"""Check Lemma 9: the discrepancy of random units, its exact expectation and the lemma's bound."""

from replication.run import InputError, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape import sphere
from landscape.diversity import expected_l2_discrepancy_squared, l2_discrepancy_squared
from landscape.seeds import generator
from landscape.statistics import mean_interval
from replication.settings import Count, Positive, Probability, Several


def check_lemma9(
    widths: Several[Count],
    dimensions: Several[Annotated[int, Ge(2)]],
    draws: Annotated[int, Ge(2)],
    delta: Probability,
    constant: Positive,
    seed: int,
    table: Path,
) -> None:
    """Compare L_2(W)² of uniform units with its expectation and with the bound of the lemma.

    Parameters
    ----------
    widths, dimensions
        The numbers n and d of each setting; two lists of the same length.
    draws
        Independent draws of units for each setting.
    delta
        The probability δ with which the bound may fail.
    constant
        The constant c_g of the bound.
    seed
        Root seed.
    table
        The .csv table.
    """
    if len(widths) != len(dimensions):
        raise InputError(
            "widths, dimensions: expected lists of one length, got "
            f"{len(widths)} and {len(dimensions)}"
        )
    rows = []
    for n, d in track(list(zip(widths, dimensions, strict=True)), "settings"):
        values = []
        for draw in range(draws):
            W = sphere.uniform(generator(seed, "xie2017", "lemma9", n, d, draw), n, d)
            values.append(l2_discrepancy_squared(W))
        mean = mean_interval(values)
        expected = expected_l2_discrepancy_squared(n, d)
        tail = np.log(1 / delta)
        unscaled = np.sqrt(np.log(d) / (n * d) * tail) + tail / n
        error = mean.sd / np.sqrt(draws)
        rows.append(
            {
                "n": n,
                "d": d,
                "runs": draws,
                **mean.columns("l2_squared"),
                "expected": expected,
                "abs_z": abs(mean.value - expected) / error,
                "bound": constant * unscaled,
                "coverage": np.mean(np.array(values) <= constant * unscaled),
                "coverage_wanted": 1 - delta,
                # The least constant with which the bound holds in a share 1 - δ of these draws.
                "constant_needed": np.quantile(values, 1 - delta) / unscaled,
            }
        )
    write_table(pd.DataFrame(rows), table)


if __name__ == "__main__":
    run(check_lemma9)
