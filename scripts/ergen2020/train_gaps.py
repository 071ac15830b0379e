"""How near networks trained on the data of Figure 6 come to the regularised optimum."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.convex.descent import gaussian_start, train_networks
from landscape.seeds import generator
from replication.settings import Count, Distinct, Positive


def train_gaps(
    beta: Positive,
    widths: Distinct[Count],
    runs: Count,
    steps: Count,
    rate: Positive,
    seed: int,
    problems: Path,
    trained: Path,
) -> None:
    """Train networks of each width on each data set.

    Parameters
    ----------
    beta
        Strength of the regulariser.
    widths
        Numbers p of units.
    runs
        Runs of each width on each data set.
    steps
        Steps of Adam with the full gradient.
    rate
        First step size.
    seed
        Root seed.
    problems
        The .npz file of `solve_figure6`.
    trained
        The .csv table with a row for each data set and width.
    """
    given = np.load(problems, allow_pickle=False)
    rows = []
    for number, name in enumerate(track(given["names"].tolist(), "data sets")):
        X, y = given[f"X{number}"], given[f"y{number}"]
        optimum, bound = given[f"optimum{number}"].tolist()
        biases = bool(given[f"biases{number}"])
        # Biases of units are the weights of a last constant input, and cost nothing.
        inputs = np.concatenate([X, np.ones((len(X), 1))], axis=1) if biases else X
        penalised = np.ones(inputs.shape[1], dtype=bool)
        penalised[-1] = not biases
        for width in widths:
            starts = [
                gaussian_start(
                    generator(seed, "ergen2020", "figure6", name, width, run_),
                    width,
                    inputs.shape[1],
                )
                for run_ in range(runs)
            ]
            values = train_networks(
                inputs[None],
                y[None],
                beta,
                np.array([W for W, _ in starts])[None],
                np.array([a for _, a in starts])[None],
                steps=steps,
                rate=rate,
                penalised=penalised,
                output_bias=biases,
            ).objective[0]
            rows.append(
                {
                    "data": name,
                    "samples": len(y),
                    "inputs": X.shape[1],
                    "width": width,
                    "runs": runs,
                    "optimum": optimum,
                    "dual_bound": bound,
                    "best": values.min(),
                    "best_excess": values.min() / bound - 1,
                    "median_excess": np.median(values) / bound - 1,
                }
            )
    write_table(pd.DataFrame(rows), trained)


if __name__ == "__main__":
    run(train_gaps)
