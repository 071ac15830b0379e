"""Spike-free data: the program with two units, one of each sign, against that with all."""

from replication.run import run, track, write_table

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, Le

from landscape.convex import solve_interpolation, solve_restricted, solve_two_layer
from landscape.convex.spikes import sampled_spike
from landscape.seeds import generator
from replication.settings import Count, Positive, Several

# Activations this near to some A w, over |u|, are such.
IN_RANGE = 1e-9


def check_spike_free(
    samples: Annotated[int, Ge(2), Le(8)],
    inputs: Annotated[int, Ge(2)],
    strengths: Several[Positive],
    units: Count,
    seed: int,
    spike_free: Path,
    lemma3: Path,
) -> None:
    """Compare both programs on data that are spike-free and on data that are not.

    A is spike-free if each relu(A u) with |u| <= 1 is A w for some |w| <= 1. Rows that are
    orthogonal are: the shortest w has the squares of the positive coordinates of u along the rows.
    So are non-negative multiples of one row.

    Parameters
    ----------
    samples, inputs
        Size of the data, at least as many inputs as samples; all 2^samples patterns are enumerated.
    strengths
        Strengths β for each data set.
    units
        Number of Gaussian units that look for a spike.
    seed
        Root seed.
    spike_free
        The .csv table with a row for each data set and strength; the problem with equality
        constraints, where a network fits, has none.
    lemma3
        The .csv table of both forms of Lemma 3 on the matrix with the rows 1 and -1.
    """
    rng = generator(seed, "ergen2020", "spike free")
    white = np.linalg.qr(rng.standard_normal((inputs, samples)))[0].T
    lengths = rng.uniform(0.2, 2.0, samples)
    gaussian = rng.standard_normal((samples, inputs))
    sets = {
        "whitened": white,
        "orthogonal rows": lengths[:, None] * white,
        "rank one, non-negative": np.outer(lengths, white[0]),
        "Gaussian": gaussian,
        "Gaussian, two inputs": gaussian[:, :2],
    }
    y = rng.standard_normal(samples)
    # Both signs occur, so that one unit cannot do.
    y[:2] = [1.0, -1.0]
    looking = rng.standard_normal((units, inputs))
    active = np.ones((1, samples), dtype=bool)
    rows = []
    for name, X in track(list(sets.items()), "data sets"):
        longest, outside = sampled_spike(X, looking[:, : X.shape[1]])
        # Activations that no A w has are a spike of any length.
        spike = longest if outside < IN_RANGE else np.inf
        solved = [
            (
                "regularised",
                beta,
                solve_restricted(X, y, beta, active, active),
                solve_two_layer(X, y, beta).value,
            )
            for beta in strengths
        ]
        if np.linalg.matrix_rank(X) == samples:
            two = solve_interpolation(X, y, patterns=active).value
            solved.append(("equality", np.nan, two, solve_interpolation(X, y).value))
        for problem, beta, two, best in solved:
            rows.append(
                {
                    "data": name,
                    "problem": problem,
                    "samples": samples,
                    "inputs": X.shape[1],
                    "beta": beta,
                    "spike": spike,
                    "outside": outside,
                    "two_units": two,
                    "program": best,
                    "excess": two / best - 1,
                    "difference": abs(two / best - 1),
                }
            )
    write_table(pd.DataFrame(rows), spike_free)
    write_table(pd.DataFrame([_second_form([Fraction(1), Fraction(-1)])]), lemma3)


def _second_form(rows: list[Fraction]) -> dict[str, float]:
    """Return both conditions of Lemma 3 for a matrix with one input, exactly.

    Of the u with |u| <= 1 those of length one have the largest activations on each side, and
    A† h = rows · h / |rows|². The first condition asks for every u that some A w is relu(A u); the
    second looks only at those u for which there is one.
    """
    zero = Fraction(0)
    squared = sum((p * p for p in rows), zero)
    longest, farthest = zero, zero
    for u in (1, -1):
        activations = [max(u * p, zero) for p in rows]
        w = sum((p * h for p, h in zip(rows, activations, strict=True)), zero) / squared
        miss = max(abs(w * p - h) for p, h in zip(rows, activations, strict=True))
        farthest = max(farthest, miss)
        if miss == 0:
            longest = max(longest, abs(w))
    return {"second_form": float(longest), "outside": float(farthest)}


if __name__ == "__main__":
    run(check_spike_free)
