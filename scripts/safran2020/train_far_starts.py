"""Gradient descent from far away, to see that norms sum to at most k at its ends (Section 4.2)."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.population import MinimumClass, classes_of_minima, descend
from landscape.seeds import generator
from landscape.spurious import CRITICAL, POSITIVE, SPURIOUS_LOSS
from landscape.statistics import wilson_interval
from replication.settings import Count, Distinct, Positive

# Times 1/k. The paper states no step for these runs; with its 5/k such starts diverge.
STEP = 2.5


def train_far_starts(
    teachers: Distinct[Count],
    runs: Count,
    tolerance: Positive,
    max_steps: Count,
    seed: int,
    table: Path,
) -> None:
    """Write where runs end that begin with norms that sum to 2 k^2.

    No local minimum has a sum beyond k^2 (Proposition 15).

    Parameters
    ----------
    teachers
        Numbers k = n of teachers, students and inputs.
    runs
        Runs for each k; the starts are Gaussian, scaled to the sum.
    tolerance
        Norm of the gradient at which a run ends.
    max_steps
        When to stop a run that has not ended.
    seed
        Root seed.
    table
        The .csv table with a row for each k.
    """
    rows = []
    for k in track(teachers, "numbers of teachers"):
        W = generator(seed, "safran2020", "far starts", k).standard_normal((runs, k, k))
        W *= 2 * k**2 / np.linalg.norm(W, axis=2).sum(axis=1)[:, None, None]
        V = np.eye(k)
        ends = descend(
            W, V, step=STEP / k, tolerance=tolerance, floor=SPURIOUS_LOSS, max_steps=max_steps
        )
        found = classes_of_minima(ends.W[ends.loss >= SPURIOUS_LOSS], V)
        minima = [one for one in found if _is_minimum(one)]
        count = sum(len(one.members) for one in minima)
        rows.append(
            {
                "k": k,
                "runs": runs,
                "start_norm_sum": 2 * k**2,
                "unfinished": int((~ends.finished).sum()),
                "other_ends": int((ends.loss >= SPURIOUS_LOSS).sum()) - count,
                **_share(count, runs),
                "classes": len(minima),
                "deficit_least": k - max((one.norm_sum for one in minima), default=np.nan),
                "deficit_largest": k - min((one.norm_sum for one in minima), default=np.nan),
            }
        )
    write_table(pd.DataFrame(rows), table)


def _is_minimum(one: MinimumClass) -> bool:
    return one.gradient_norm < CRITICAL and one.min_eigenvalue > POSITIVE


def _share(count: int, runs: int) -> dict[str, float]:
    share = wilson_interval(count, runs)
    return {"spurious": count, "share": share.value, "low": share.low, "high": share.high}


if __name__ == "__main__":
    run(train_far_starts)
