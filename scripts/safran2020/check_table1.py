"""Table 1: the least curvature along random displacements of split teachers."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.population import gradient
from landscape.seeds import generator

# The smallest values of g^T H(W + g) g as printed, Gaussian and adversarial, by (k, m).
PUBLISHED = {
    (5, 2): (0.84, 2.27e-4),
    (5, 5): (2.43, 0.00754),
    (5, 10): (5.43, 0.0693),
    (10, 2): (12.7, 0.0037),
    (10, 5): (43.1, 0.088),
    (10, 10): (62.3, 0.733),
    (20, 2): (88.6, 0.0318),
    (20, 5): (231.0, 0.67),
    (20, 10): (412.0, 5.15),
}
# g^T H g as a central difference of the gradient over this share of g; its relative error is about
# the square of it.
SHARE = 1e-3
BATCH = 20


def check_table1(
    teachers: list[int], splits: list[int], samples: int, variance: float, seed: int, table: Path
) -> None:
    """Write the smallest curvature over random displacements, beside the printed ones.

    Parameters
    ----------
    teachers
        Numbers k of teachers.
    splits
        Into how many equal students m each teacher is split, at least 2.
    samples
        Displacements g for each pair (k, m) and kind.
    variance
        Of the entries of g.
    seed
        Root seed.
    table
        The .csv table with a row for each pair.
    """
    rows: list[dict[str, float]] = []
    for k, m in track([(k, m) for k in sorted(teachers) for m in sorted(splits)], "pairs (k, m)"):
        rng = generator(seed, "safran2020", "table1", k, m)
        W = np.repeat(np.eye(k) / m, m, axis=0)
        least = {"gaussian": np.inf, "adversarial": np.inf}
        for start in range(0, samples, BATCH):
            count = min(BATCH, samples - start)
            g = np.sqrt(variance) * rng.standard_normal((count, k, m, k))
            balanced = g.copy()
            # Adversarial: the displacements of one teacher's students sum to zero.
            balanced[:, :, 0] = -g[:, :, 1:].sum(axis=2)
            for kind, moves in (("gaussian", g), ("adversarial", balanced)):
                values = curvatures(W, np.eye(k), moves.reshape(count, k * m, k))
                least[kind] = min(least[kind], float(values.min()))
        row: dict[str, float] = {"k": k, "m": m, "samples": samples}
        for kind, published in zip(least, PUBLISHED.get((k, m), (np.nan, np.nan)), strict=True):
            row[kind] = least[kind]
            row[f"{kind}_by_variance"] = least[kind] / variance
            row[f"published_{kind}"] = published
            row[f"{kind}_ratio"] = least[kind] / published
        row["adversarial_by_gaussian"] = least["adversarial"] / least["gaussian"]
        smaller = [r for r in rows if r["k"] <= k and r["m"] <= m]
        row["grows"] = int(
            all(row[kind] > r[kind] for r in smaller for kind in ("gaussian", "adversarial"))
        )
        rows.append(row)
    write_table(pd.DataFrame(rows), table)


def curvatures(W: np.ndarray, V: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Return g^T H(W + g) g for a stack of displacements g (s, n, d)."""
    points = W + moves
    ahead, behind = (gradient(points + sign * SHARE * moves, V) for sign in (1, -1))
    change: np.ndarray = ((ahead - behind) * moves).sum(axis=(1, 2)) / (2 * SHARE)
    return change


if __name__ == "__main__":
    run(check_table1)
