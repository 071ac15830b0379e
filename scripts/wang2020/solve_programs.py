"""Solve the convex programs of small Gaussian problems, with all patterns and with sampled ones."""

from replication.run import InputError, atomic, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.convex import (
    Solution,
    certify_global,
    count_patterns,
    sample_patterns,
    solve_two_layer,
)
from landscape.seeds import generator
from landscape.statistics import mean_interval
from replication.settings import Count, Distinct, Positive, Several

# A program whose optimum is this near to the true one, relative to it, has all patterns that count.
EXACT = 1e-6


def solve_programs(
    samples: Several[Count],
    inputs: Several[Count],
    strengths: Several[Positive],
    draws: Distinct[Count],
    replicates: Annotated[int, Ge(2)],
    seed: int,
    problems: Path,
    programs: Path,
    patterns: Path,
) -> None:
    """Solve each problem exactly, prove the optimum, and see what sampling patterns costs.

    Parameters
    ----------
    samples, inputs, strengths
        Numbers m and d and strength β of each problem, as many of each; X and y are standard
        Gaussian.
    draws
        Numbers of Gaussian units whose patterns make a sampled program.
    replicates
        Sampled programs for each number of draws.
    seed
        Root seed.
    problems
        The .npz file of X (S, m, d) and y (S, m), padded with zeros, and each optimal network.
    programs
        The .csv table with a row for each problem.
    patterns
        The .csv table with a row for each problem and number of draws.
    """
    if not len(samples) == len(inputs) == len(strengths):
        raise InputError(
            "samples, inputs, strengths: expected as many of each, got "
            f"{len(samples)}, {len(inputs)} and {len(strengths)}"
        )
    rows, sampled = [], []
    sizes = list(zip(samples, inputs, strengths, strict=True))
    arrays: dict[str, np.ndarray] = {
        "X": np.zeros((len(sizes), max(samples), max(inputs))),
        "y": np.zeros((len(sizes), max(samples))),
        "samples": np.array(samples),
        "inputs": np.array(inputs),
        "beta": np.array(strengths),
    }
    for number, (m, d, beta) in enumerate(sizes):
        rng = generator(seed, "wang2020", "problem", m, d)
        X, y = rng.standard_normal((m, d)), rng.standard_normal(m)
        solution = solve_two_layer(X, y, beta)
        W, a = solution.weights
        arrays["X"][number, :m, :d], arrays["y"][number, :m] = X, y
        arrays[f"W{number}"], arrays[f"a{number}"] = W, a
        arrays[f"value{number}"] = np.array([solution.value, solution.dual_bound])
        networks, summary = optima_without_halves(X, y, beta)
        rows.append(
            {
                "samples": m,
                "inputs": d,
                "beta": beta,
                "patterns": len(solution.patterns),
                "formula": count_patterns(X),
                "missing": count_patterns(X) - len(solution.patterns),
                "program": solution.program_value,
                "network": solution.value,
                "difference": abs(solution.program_value / solution.value - 1),
                "dual_bound": solution.dual_bound,
                "relative_gap": 1 - solution.dual_bound / solution.value,
                "certified_gap": certify_global(X, y, beta, W, a).gap / solution.value,
                "units": len(a),
                "units_over_samples": len(a) / m,
                "summary_shortfall": 1 - summary / networks,
            }
        )
        sampled += _sampled_programs(X, y, beta, solution, draws, replicates, seed)
    write_table(pd.DataFrame(rows), programs)
    write_table(pd.DataFrame(sampled), patterns)
    with atomic(problems) as temporary:
        np.savez(temporary, allow_pickle=False, **arrays)


def optima_without_halves(X: np.ndarray, y: np.ndarray, strength: float) -> tuple[float, float]:
    """Return the optima of |f - y|² + λ Σ (|w|² + a²) and of |f - y|² + λ Σ |u|.

    By the inequality of the means the former is that of |f - y|² + 2 λ Σ |u|: with P(β) the optimum
    of 1/2 |f - y|² + β Σ |u| it is 2 P(λ), and the latter, which a summary has, is 2 P(λ/2).

    Parameters
    ----------
    X, y
        Samples (m, d) and targets (m,).
    strength
        λ.
    """
    return (
        2 * solve_two_layer(X, y, strength).value,
        2 * solve_two_layer(X, y, strength / 2).value,
    )


def _sampled_programs(
    X: np.ndarray,
    y: np.ndarray,
    beta: float,
    exact: Solution,
    draws: list[int],
    replicates: int,
    seed: int,
) -> list[dict[str, float]]:
    """Return a row for each number of draws; the draws of one replicate grow."""
    rows = []
    for number in track(draws, f"draws of {len(y)} samples"):
        gaps, found = [], []
        for replicate in range(replicates):
            rng = generator(seed, "wang2020", "patterns", *X.shape, replicate)
            patterns = sample_patterns(X, number, rng)
            value = solve_two_layer(X, y, beta, patterns=patterns).program_value
            gaps.append(value / exact.program_value - 1)
            found.append(len(patterns))
        rows.append(
            {
                "samples": len(y),
                "inputs": X.shape[1],
                "draws": number,
                "replicates": replicates,
                "patterns_found": float(np.mean(found)),
                "patterns": len(exact.patterns),
                **mean_interval(gaps).columns("gap"),
                "gap_min": min(gaps),
                "share_exact": float(np.mean(np.array(gaps) <= EXACT)),
            }
        )
    return rows


if __name__ == "__main__":
    run(solve_programs)
