"""Train networks of many widths on the problems whose convex programs were solved."""

from replication.run import atomic, run, track

from pathlib import Path

import numpy as np

from landscape.convex.descent import gaussian_start, train_networks
from landscape.seeds import generator
from replication.settings import Count, Distinct, Positive


def train_widths(
    widths: Distinct[Count],
    runs: Count,
    steps: Count,
    rate: Positive,
    seed: int,
    problems: Path,
    networks: Path,
) -> None:
    """Train all runs and problems of one width as one stack.

    Parameters
    ----------
    widths
        Numbers p of units.
    runs
        Runs of each problem and width.
    steps
        Steps of Adam with the full gradient.
    rate
        First step size; it falls by a half cosine.
    seed
        Root seed.
    problems
        The .npz file of `solve_programs`.
    networks
        The .npz file of the trained weights W<p> (S, R, p, d), a<p> (S, R, p) and objectives.
    """
    given = np.load(problems, allow_pickle=False)
    d = given["X"].shape[2]
    arrays: dict[str, np.ndarray] = {"widths": np.array(widths)}
    for width in track(widths, "widths"):
        W = np.zeros((len(given["X"]), runs, width, d))
        a = np.zeros(W.shape[:3])
        for problem, inputs in enumerate(given["inputs"]):
            for number in range(runs):
                rng = generator(seed, "wang2020", "widths", problem, width, number)
                # Inputs beyond the problem's own are padding, which has no weights.
                W[problem, number, :, :inputs], a[problem, number] = gaussian_start(
                    rng, width, int(inputs)
                )
        trained = train_networks(
            given["X"], given["y"], given["beta"], W, a, steps=steps, rate=rate
        )
        arrays[f"W{width}"], arrays[f"a{width}"] = trained.W, trained.a
        arrays[f"objective{width}"] = trained.objective
    with atomic(networks) as temporary:
        np.savez(temporary, allow_pickle=False, **arrays)


if __name__ == "__main__":
    run(train_widths)
