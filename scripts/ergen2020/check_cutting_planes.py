"""Cutting planes: Algorithm 1 on spike-free data, and an exact search on Gaussian data."""

from replication.run import InputError, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, Le

from landscape.convex import (
    CuttingPlanes,
    count_patterns,
    search_kinks,
    search_patterns,
    solve_cutting_planes,
    solve_one_dimensional,
    solve_two_layer,
)
from landscape.convex.dictionary import fit_units
from landscape.convex.duality import cone_multipliers
from landscape.seeds import generator
from replication.settings import Count, Positive, Several

# A unit violates its constraint if it exceeds it by more than this share.
TOLERANCE = 1e-9
ROUNDS = 200


def check_cutting_planes(
    line_samples: Several[Annotated[int, Ge(2)]],
    samples: Several[Count],
    inputs: Several[Count],
    strengths: Several[Positive],
    spike_free_samples: Annotated[int, Ge(2), Le(8)],
    spike_free_inputs: Annotated[int, Ge(2)],
    seed: int,
    algorithm1: Path,
    cutting_planes: Path,
) -> None:
    """Solve the dual in rounds, and the convex program beside it.

    Algorithm 1 adds the two solutions of the spike-free relaxation each round. On Gaussian data the
    most violated unit is added, found among all, which is ours.

    Parameters
    ----------
    line_samples
        Numbers of samples on a line, where networks have biases.
    samples, inputs
        Sizes of data for networks without biases, in pairs; their patterns are enumerated.
    strengths
        Strengths β for all of them.
    spike_free_samples, spike_free_inputs
        Size of spike-free data, at least as many inputs as samples.
    seed
        Root seed.
    algorithm1
        The .csv table with a row for each spike-free data set and strength.
    cutting_planes
        The .csv table with a row for each Gaussian data set and strength.
    """
    if len(samples) != len(inputs):
        raise InputError(
            f"samples, inputs: expected as many of both, got {len(samples)} and {len(inputs)}"
        )
    spike_free = _spike_free_sets(spike_free_samples, spike_free_inputs, seed)
    write_table(
        pd.DataFrame(
            [
                _algorithm1(name, X, y, beta)
                for name, (X, y) in track(list(spike_free.items()), "spike-free data")
                for beta in strengths
            ]
        ),
        algorithm1,
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


def _spike_free_sets(m: int, d: int, seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return data with orthonormal rows, orthogonal ones, and of rank one (Lemmas 4 and 5)."""
    rng = generator(seed, "ergen2020", "algorithm1", m, d)
    white = np.linalg.qr(rng.standard_normal((d, m)))[0].T
    lengths, y = rng.uniform(0.2, 2.0, m), rng.standard_normal(m)
    # Both signs occur, so that one unit cannot do.
    y[:2] = [1.0, -1.0]
    return {
        "whitened": (white, y),
        "orthogonal rows": (lengths[:, None] * white, y),
        "rank one, non-negative": (np.outer(lengths, white[0]), y),
    }


def _algorithm1(name: str, X: np.ndarray, y: np.ndarray, beta: float) -> dict[str, float | str]:
    """Return the rounds of Algorithm 1 with the dual of Theorem 8.

    The printed dual, v · y with |v · relu(X u)| <= 1, is unbounded with the units of the first
    round only, unless y is in their span.
    """
    units, v, rounds = np.empty((len(y), 0)), y, 0
    outside = np.nan
    while True:
        found = [_relaxed(X, sign * v) for sign in (1, -1)]
        largest = max(float(sign * v @ h) for sign, h in zip((1, -1), found, strict=True))
        if largest <= beta * (1 + TOLERANCE) or rounds == ROUNDS:
            break
        rounds += 1
        units = np.concatenate([units, np.array(found).T], axis=1)
        if rounds == 1:
            outside = float(np.linalg.norm(y - units @ np.linalg.lstsq(units, y)[0]))
        v = fit_units(units, y, beta).dual_point
    value = fit_units(units, y, beta).value if rounds else 0.5 * float(y @ y)
    optimum = solve_two_layer(X, y, beta).value
    return {
        "data": name,
        "samples": X.shape[0],
        "inputs": X.shape[1],
        "beta": beta,
        "rounds": rounds,
        "violation": largest / beta,
        "value": value,
        "program": optimum,
        "difference": abs(value / optimum - 1),
        "outside_first_units": outside / float(np.linalg.norm(y)),
    }


def _relaxed(X: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return the activations of the u that maximises v · X u under |u| <= 1 and X u >= 0.

    It is along the projection of X^T v on the cone of the u with X u >= 0.
    """
    u = X.T @ (v + cone_multipliers(X, v, np.ones(len(v), dtype=bool)))
    length = float(np.linalg.norm(u))
    activations: np.ndarray = np.maximum(X @ u, 0.0) / length if length > 0 else np.zeros(len(v))
    return activations


def _row(
    data: str, m: int, d: int, beta: float, cells: int, found: CuttingPlanes, optimum: float
) -> dict[str, float | str]:
    """Return what the rounds found beside the optimum of the convex program."""
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
        "violation": found.violations[-1],
    }


if __name__ == "__main__":
    run(check_cutting_planes)
