"""Figure 6: the objective of trained networks over the dual optimum, against the width."""

from replication.run import Published, run, track, write_table

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.convex import (
    certify_global,
    gaussian_start,
    solve_one_dimensional,
    solve_whitened,
    train_networks,
)
from landscape.seeds import generator
from replication.settings import Count, Distinct, Positive

# A gap below this, relative to the objective |y|²/2 of no network, cannot be seen in the figure.
CLOSED = 1e-3


@dataclass(frozen=True)
class Data:
    """One data set: X (m, d), y (m,), the minimum, a proved lower bound, and whether it has biases.

    Biases of units, the weights of a last constant input, and of the output cost nothing.
    """

    X: np.ndarray
    y: np.ndarray
    optimum: float
    dual_bound: float
    biases: bool


def train_figure6(
    beta: Positive,
    widths: Distinct[Count],
    runs: Count,
    steps: Count,
    rate: Positive,
    rank_one_samples: Count,
    rank_one_inputs: Count,
    planted_units: Count,
    whitened_samples: Count,
    whitened_inputs: Count,
    seed: int,
    published: Path,
    figure6: Path,
) -> None:
    """Train networks of each width on data on a line, of rank one, and whitened.

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
    rank_one_samples, rank_one_inputs
        Size of the data of rank one, which have Gaussian factors.
    planted_units
        Units of the network that labels data of rank one, in one of their two versions.
    whitened_samples, whitened_inputs
        Size of the data with orthonormal rows, at least as many inputs as samples.
    seed
        Root seed.
    published
        The published numbers, config/ergen2020/published.yaml.
    figure6
        The .csv table with a row for each data set and width.
    """
    rng = generator(seed, "ergen2020", "figure6")
    factor, direction = rng.standard_normal(rank_one_samples), rng.standard_normal(rank_one_inputs)
    noise = rng.standard_normal(rank_one_samples)
    # The outputs of a network that sees the data through their one coordinate, and has biases.
    slopes, kinks, signs = rng.standard_normal((3, planted_units))
    position = factor * np.linalg.norm(direction)
    planted = np.maximum(slopes * (position[:, None] - kinks), 0.0) @ np.sign(signs)
    orthonormal = np.linalg.qr(rng.standard_normal((whitened_inputs, whitened_samples)))[0].T
    rank_one = np.outer(factor, direction)
    x, y = Published(published).table("figure7_data").to_numpy(dtype=float).T
    sets = {
        "line": _line(x[:, None], x, y, beta),
        "rank one, planted labels": _line(rank_one, position, planted, beta),
        "rank one, Gaussian labels": _line(rank_one, position, noise, beta),
        "whitened": _whitened(orthonormal, rng.standard_normal(whitened_samples), beta),
    }
    rows = []
    for name, data in track(list(sets.items()), "data sets"):
        for width in widths:
            starts = [
                gaussian_start(
                    generator(seed, "ergen2020", "figure6", name, width, number),
                    width,
                    data.X.shape[1],
                )
                for number in range(runs)
            ]
            penalised = np.ones(data.X.shape[1], dtype=bool)
            penalised[-1] = not data.biases
            values = train_networks(
                data.X[None],
                data.y[None],
                beta,
                np.array([W for W, _ in starts])[None],
                np.array([a for _, a in starts])[None],
                steps=steps,
                rate=rate,
                penalised=penalised,
                output_bias=data.biases,
            ).objective[0]
            nothing = 0.5 * data.y @ data.y
            rows.append(
                {
                    "data": name,
                    "samples": len(data.y),
                    "inputs": data.X.shape[1] - data.biases,
                    "beta": beta,
                    "width": width,
                    "runs": runs,
                    "optimum": data.optimum,
                    "dual_bound": data.dual_bound,
                    "proved_gap": (data.optimum - data.dual_bound) / nothing,
                    "best": values.min(),
                    "best_gap": (values.min() - data.dual_bound) / nothing,
                    "median_gap": (np.median(values) - data.dual_bound) / nothing,
                    "closed": int((values - data.dual_bound <= CLOSED * nothing).sum()),
                }
            )
    write_table(pd.DataFrame(rows), figure6)


def _line(X: np.ndarray, position: np.ndarray, y: np.ndarray, beta: float) -> Data:
    """Return data of rank one with their optimum, which depends on one coordinate (Corollary 5)."""
    solution = solve_one_dimensional(position, y, beta)
    return Data(
        np.concatenate([X, np.ones((len(y), 1))], axis=1),
        y,
        solution.value,
        solution.dual_bound,
        biases=True,
    )


def _whitened(X: np.ndarray, y: np.ndarray, beta: float) -> Data:
    """Return whitened data with their optimum in closed form (Theorem 9), proved by its dual."""
    value, (W, a) = solve_whitened(X, y, beta)
    return Data(X, y, value, certify_global(X, y, beta, W, a).lower_bound, biases=False)


if __name__ == "__main__":
    run(train_figure6)
