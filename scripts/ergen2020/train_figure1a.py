"""Figure 1a: distance of trained networks on a line to the linear spline, by first weights."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.seeds import generator
from replication.settings import Count, Positive, Several

# On the first data bends change sign from sample to sample, so that no two can be merged. The
# second are those of Figure 7, on which two networks are optimal.
POSITIONS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
LABELS = {
    "zigzag": np.array([1.0, -1.0, 1.0, -1.0, 1.0]),
    "Figure 7": np.array([1.0, -1.0, 1.0, 1.0, -1.0]),
}
GRID = np.linspace(-2.0, 2.0, 401)
# A network with a smaller loss fits the data: its outputs err by less than 0.002.
FITTED = 1e-6


def train_figure1a(
    units: Count,
    scales: Several[Positive],
    runs: Count,
    steps: Count,
    rate: Positive,
    seed: int,
    table: Path,
    curves: Path,
) -> None:
    """Train networks without a regulariser from first weights of several sizes.

    Parameters
    ----------
    units
        Width of the networks.
    scales
        Sizes s of the first weights: all are Gaussian of deviation s over the fourth root of the
        width, so that outputs are of size s² at any width.
    runs
        Networks for each size on each data set.
    steps
        Steps of gradient descent with full gradients.
    rate
        Step size; for s above 1 divided by s², because curvature grows like it.
    seed
        Root seed.
    table
        The .csv table with a row for each data set and size.
    curves
        The .csv table of one network's outputs for each of them.
    """
    rows, shown = [], []
    for name, y in LABELS.items():
        spline = np.interp(GRID, POSITIONS, y)
        shown.append(pd.DataFrame({"data": name, "curve": "spline", "x": GRID, "output": spline}))
        for scale in track(scales, name):
            starts = [
                generator(seed, "ergen2020", "figure1a", name, str(scale), number).standard_normal(
                    (units, 3)
                )
                for number in range(runs)
            ]
            W, c = _descend(
                y, np.array(starts) * scale / units**0.25, steps, rate / max(1.0, scale**2)
            )
            loss = 0.5 * ((_outputs(W, c, POSITIONS) - y) ** 2).sum(axis=1)
            f = _outputs(W, c, GRID)
            distance = np.abs(f - spline).max(axis=1) / np.ptp(y)
            rows.append(
                {
                    "data": name,
                    "units": units,
                    "scale": scale,
                    "runs": runs,
                    "fitted": int((loss < FITTED).sum()),
                    "median_loss": np.median(loss),
                    "median_distance": np.median(distance),
                    "least_distance": distance.min(),
                    "largest_distance": distance.max(),
                }
            )
            curve = {"data": name, "curve": f"s = {scale:g}", "x": GRID, "output": f[0]}
            shown.append(pd.DataFrame(curve))
    write_table(pd.DataFrame(rows), table)
    write_table(pd.concat(shown, ignore_index=True), curves)


def _descend(
    y: np.ndarray, start: np.ndarray, steps: int, rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (R, p, 3), slope, bias and output weight of each unit, and c (R,).

    The loss is half of the squared error, summed over the samples.
    """
    W, A, c = start[..., :2].copy(), start[..., 2].copy(), np.zeros(len(start))
    X = np.stack([POSITIONS, np.ones_like(POSITIONS)])
    for _ in range(steps):
        Z = W @ X
        H = np.maximum(Z, 0.0)
        r = (A[:, None] @ H)[:, 0] + c[:, None] - y
        G = A[..., None] * r[:, None] * (Z > 0)
        W -= rate * (G @ X.T)
        A -= rate * (H @ r[..., None])[..., 0]
        c -= rate * r.sum(axis=1)
    return np.concatenate([W, A[..., None]], axis=2), c


def _outputs(W: np.ndarray, c: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the outputs (R, k) at x (k,)."""
    H = np.maximum(W[..., :2] @ np.stack([x, np.ones_like(x)]), 0.0)
    outputs: np.ndarray = (W[:, None, :, 2] @ H)[:, 0] + c[:, None]
    return outputs


if __name__ == "__main__":
    run(train_figure1a)
