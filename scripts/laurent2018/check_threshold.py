"""Check a network with one hidden neuron and a bad minimum in closed form, with proofs."""

from replication.run import run, write_table

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.certify import certify_bottleneck
from landscape.seeds import generator
from landscape.statistics import wilson_interval
from replication.settings import Count, Distinct, Positive

# A descent has ended at one of the two values of the closed form if it is this near.
NEAR = 0.01


def check_threshold(
    weights: Distinct[Positive], runs: Count, steps: Count, rate: Positive, seed: int, table: Path
) -> None:
    """Certify the point of loss 4 for each weight, and count the descents that end there.

    The network has widths (2, 1, 2) and a quadratic loss with a weight w on two of the four entries
    of A.

    Parameters
    ----------
    weights
        Weights w, with at most four decimals.
    runs
        Gradient descents for each weight, from standard Gaussian starts.
    steps
        Steps of a descent.
    rate
        Step size of the descents, divided by max(1, w).
    seed
        Root seed.
    table
        The .csv table with a row for each weight.
    """
    rows = []
    for weight in weights:
        proof = certify_bottleneck(Fraction(str(weight)))
        rng = generator(seed, "laurent2018", "threshold", str(weight))
        ends = _descend(weight, rng.normal(size=(4, runs)), steps, rate / max(1.0, weight))
        caught = wilson_interval(int((abs(ends - 4) <= NEAR).sum()), runs)
        rows.append(
            {
                "weight": weight,
                "negative": proof.bad[0],
                "zero": proof.bad[1],
                "positive": proof.bad[2],
                "curve": float(proof.near - 4),
                "minimum": int(proof.minimum),
                "good_negative": proof.good[0],
                "runs": runs,
                "caught": caught.value,
                "caught_low": caught.low,
                "caught_high": caught.high,
                "best": float((abs(ends - 1) <= NEAR).mean()),
            }
        )
    write_table(pd.DataFrame(rows), table)


def _descend(weight: float, theta: np.ndarray, steps: int, rate: float) -> np.ndarray:
    """Return (A_11 - 1)^2 + (A_22 - 2)^2 + w (A_12^2 + A_21^2) after gradient descent.

    The rows of theta are W_2 = (a, b) and W_1 = (c, d), its columns the runs.
    """
    weights = np.array([[1.0, weight], [weight, 1.0]])[..., None]
    target = np.diag([1.0, 2.0])[..., None]
    for _ in range(steps):
        outer, inner = theta[:2], theta[2:]
        G = 2 * weights * (outer[:, None] * inner[None] - target)
        theta = theta - rate * np.concatenate(
            [(G * inner[None]).sum(axis=1), (G * outer[:, None]).sum(axis=0)]
        )
    A = theta[:2, None] * theta[None, 2:]
    return np.asarray((weights * (A - target) ** 2).sum(axis=(0, 1)))


if __name__ == "__main__":
    run(check_threshold)
