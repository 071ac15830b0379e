"""A test of global optimality that uses a network's own residual only, on networks of all kinds."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.convex.duality import lower_bound, objective
from landscape.convex.patterns import Patterns, enumerate_patterns
from landscape.convex.solved import SolvedProblem, read_problems
from landscape.seeds import generator

# A network is accepted if its objective is proved to be this near to the least one, relative to it.
ACCEPTED = 1e-3
# Networks of which it is clear what the test has to say: objectives relative to the optimum. A
# residual, and with it the bound, is off by about the root of the excess. Others are skipped.
AT_OPTIMUM, ABOVE = 1e-7, 2e-3
COUNTED = ("networks", "skipped", "optimal", "accepted", "wrong_accepts", "wrong_rejects")
# Relative size of a turn of one unit.
TURN = 0.3


def check_optimality(seed: int, problems: Path, ends: Path, optimality: Path) -> None:
    """Test optimal networks, ends of training, and optimal networks of which one unit is changed.

    The test takes the network's residual as a point of the dual, with all activation patterns. What
    is true is known from the optimum of the convex program, which the test does not use. Since the
    test accepts by a bound that is proved, only its rejections can be wrong.

    Parameters
    ----------
    seed
        Root seed.
    problems, ends
        The .npz files of `compare_optima`.
    optimality
        The .csv table with a row for each kind of network, of all data sets together.
    """
    reached = np.load(ends, allow_pickle=False)
    counts: dict[str, dict[str, int]] = {}
    for number, problem in enumerate(track(list(read_problems(problems)), "data sets")):
        patterns = enumerate_patterns(problem.X)
        rng = generator(seed, "wang2020", "optimality", number)
        tested = changed_optima(problem, rng)
        tested["end of training"] = [
            (reached[f"W{number}"][end], reached[f"a{number}"][end])
            for end in np.unique(reached[f"objective{number}"].round(6), return_index=True)[1]
        ]
        for kind, networks in tested.items():
            count = counts.setdefault(kind, dict.fromkeys(COUNTED, 0))
            for W, a in networks:
                excess = objective(problem.X, problem.y, problem.beta, W, a) / problem.value - 1
                if AT_OPTIMUM < excess < ABOVE:
                    count["skipped"] += 1
                    continue
                optimal = excess <= AT_OPTIMUM
                accepted = is_optimal(problem, W, a, patterns)
                count["networks"] += 1
                count["optimal"] += optimal
                count["accepted"] += accepted
                count["wrong_accepts"] += accepted and not optimal
                count["wrong_rejects"] += optimal and not accepted
    write_table(
        pd.DataFrame(
            [
                {"kind": kind, **count, "wrong": count["wrong_accepts"] + count["wrong_rejects"]}
                for kind, count in counts.items()
            ]
        ),
        optimality,
    )


def is_optimal(problem: SolvedProblem, W: np.ndarray, a: np.ndarray, patterns: Patterns) -> bool:
    """Tell whether a network's own residual proves it optimal, up to `ACCEPTED`."""
    X, y, beta = problem.X, problem.y, problem.beta
    residual = y - np.maximum(X @ W.T, 0.0) @ a
    value = objective(X, y, beta, W, a)
    return value - lower_bound(X, y, beta, residual, patterns) <= ACCEPTED * value


def changed_optima(
    problem: SolvedProblem, rng: np.random.Generator
) -> dict[str, list[tuple[np.ndarray, np.ndarray]]]:
    """Return the optimum, as it is and split, which is optimal, and three that are not."""
    W, a = problem.W, problem.a
    turned, rescaled, smaller = W.copy(), W.copy(), a.copy()
    # In one dimension a turn is a change of length.
    length = np.linalg.norm(W[0])
    turned[0] += TURN * length * rng.standard_normal(W.shape[1])
    rescaled[0] *= 2
    smaller[0] /= 2
    share = np.sqrt(0.5)
    split = np.concatenate([W[1:], share * W[:1], share * W[:1]])
    split_a = np.concatenate([a[1:], share * a[:1], share * a[:1]])
    return {
        "optimum": [(W, a)],
        "optimum, one unit split": [(split, split_a)],
        "optimum, one unit turned": [(turned, a)],
        "optimum, one unit rescaled": [(rescaled, smaller)],
        "optimum, one unit missing": [(W[1:], a[1:])],
    }


if __name__ == "__main__":
    run(check_optimality)
