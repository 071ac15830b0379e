"""Table 1: the least curvature along random displacements of split teachers."""

from replication.run import Published, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.population import gradient
from landscape.seeds import generator
from replication.settings import Count, Distinct, Positive

# g^T H g as a central difference of the gradient over this share of g; its relative error is about
# the square of it.
SHARE = 1e-3
BATCH = 20


def check_table1(
    teachers: Distinct[Count],
    splits: Distinct[Annotated[int, Ge(2)]],
    samples: Count,
    variance: Positive,
    seed: int,
    published: Path,
    table: Path,
) -> None:
    """Write the smallest curvature over random displacements, beside the printed ones.

    Parameters
    ----------
    teachers
        Numbers k of teachers.
    splits
        Into how many equal students m each teacher is split.
    samples
        Displacements g for each pair (k, m) and kind.
    variance
        Of the entries of g.
    seed
        Root seed.
    published
        The published numbers, config/safran2020/published.yaml.
    table
        The .csv table with a row for each pair.
    """
    printed = Published(published).table("table1").set_index(["k", "m"]).unstack([0, 1]).to_dict()
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
        for kind in least:
            theirs = printed.get((kind, k, m), np.nan)
            row[kind] = least[kind]
            row[f"{kind}_by_variance"] = least[kind] / variance
            row[f"published_{kind}"] = theirs
            row[f"{kind}_ratio"] = least[kind] / theirs
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
