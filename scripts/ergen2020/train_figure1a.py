"""Figure 1a: distance of trained networks on a line to the linear spline, by first weights."""

from replication.run import Published, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.seeds import generator
from landscape.statistics import mean_interval
from replication.settings import Count, Distinct, Positive

GRID = np.linspace(-2.0, 2.0, 401)
# A network with a smaller loss fits the data: its outputs err by less than 2e-4.
FITTED = 1e-8
# So often losses are looked at, to end the training of networks that all fit.
LOOK = 200
MOMENTUM = 0.9


def train_figure1a(
    widths: Distinct[Count],
    deviations: Distinct[Positive],
    replicates: Annotated[int, Ge(2)],
    steps: Count,
    rate: Positive,
    seed: int,
    published: Path,
    figure1a: Path,
) -> None:
    """Train networks without a regulariser from first weights of several sizes.

    Networks are those of the paper's equation 1, without an output bias, on the data of Figure 1b.
    All weights and biases are drawn from one Gaussian. The paper trains until each network fits;
    its method and its step sizes are not stated, ours is gradient descent with momentum.

    Parameters
    ----------
    widths
        Numbers of units.
    deviations
        Standard deviations of the first weights.
    replicates
        Networks for each width and deviation.
    steps
        Largest number of steps of gradient descent with full gradients; training ends before if all
        networks fit.
    rate
        Step size.
    seed
        Root seed.
    published
        The published numbers, config/ergen2020/published.yaml.
    figure1a
        The .csv table with a row for each width and deviation.
    """
    numbers = Published(published)
    x, y = numbers.table("figure1b_data").to_numpy(dtype=float).T
    theirs = numbers.table("figure1a").set_index(["deviation", "width"])["error"]
    spline = np.interp(GRID, x, y)
    rows = []
    for width in track(widths, "widths"):
        for deviation in deviations:
            starts = [
                generator(
                    seed, "ergen2020", "figure1a", width, str(deviation), replicate
                ).standard_normal((width, 3))
                for replicate in range(replicates)
            ]
            W = descend(x, y, np.array(starts) * deviation, steps, rate)
            losses = 0.5 * ((outputs(W, x) - y) ** 2).sum(axis=1)
            errors = np.abs(outputs(W, GRID) - spline).max(axis=1)
            error = mean_interval(errors)
            their_error = theirs.get((deviation, width), np.nan)
            ratio = {"ratio": error.value, "ratio_low": error.low, "ratio_high": error.high}
            rows.append(
                {
                    "width": width,
                    "deviation": deviation,
                    "replicates": replicates,
                    "fitted": int((losses < FITTED).sum()),
                    "unfitted_share": float((losses >= FITTED).mean()),
                    **error.columns("error"),
                    "largest_error": errors.max(),
                    "published_error": their_error,
                }
                | {
                    name: end / their_error if their_error > 0 else np.nan
                    for name, end in ratio.items()
                }
            )
    write_table(pd.DataFrame(rows), figure1a)


def descend(x: np.ndarray, y: np.ndarray, start: np.ndarray, steps: int, rate: float) -> np.ndarray:
    """Return weights (R, p, 3), slope, bias and output weight of each unit, after training.

    The loss is half of the squared error, summed over the samples.
    """
    W, A = start[..., :2].copy(), start[..., 2].copy()
    moving_W, moving_A = np.zeros_like(W), np.zeros_like(A)
    X = np.stack([x, np.ones_like(x)])
    for step in range(steps):
        Z = W @ X
        H = np.maximum(Z, 0.0)
        r = (A[:, None] @ H)[:, 0] - y
        if step % LOOK == 0 and ((r * r).sum(axis=1) < 2 * FITTED).all():
            break
        G = A[..., None] * r[:, None] * (Z > 0)
        moving_W *= MOMENTUM
        moving_W -= rate * (G @ X.T)
        moving_A *= MOMENTUM
        moving_A -= rate * (H @ r[..., None])[..., 0]
        W += moving_W
        A += moving_A
    return np.concatenate([W, A[..., None]], axis=2)


def outputs(W: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the outputs (R, k) at x (k,)."""
    H = np.maximum(W[..., :2] @ np.stack([x, np.ones_like(x)]), 0.0)
    f: np.ndarray = (W[:, None, :, 2] @ H)[:, 0]
    return f


if __name__ == "__main__":
    run(train_figure1a)
