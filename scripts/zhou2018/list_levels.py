"""List all critical levels of one shallow problem, each with a point on it."""

from replication.run import run, write_table

from pathlib import Path

import numpy as np
import pandas as pd

from landscape.linear import LinearNetwork
from landscape.linear.analytical_form import (
    critical_value,
    eigenspaces,
    morse_index,
    patterns,
    random_form,
)
from landscape.linear.from_samples import loss_and_gradient
from landscape.linear.prescribed_spectrum import data_with_spectrum
from landscape.seeds import generator
from replication.settings import Count, Distinct, Positive

# Rounding in a Hessian eigenvalue relative to the largest.
ZERO = 1e-9


def list_levels(eigenvalues: Distinct[Positive], hidden: Count, seed: int, levels: Path) -> None:
    """Write loss and Morse index of each level, by formula and at a random point of the level.

    Parameters
    ----------
    eigenvalues
        Eigenvalues of Sigma; there are as many inputs, outputs and samples.
    hidden
        Number of hidden units.
    seed
        Root seed.
    levels
        The .csv table, a row for each set of eigenvalues that a critical point can use.
    """
    count = len(eigenvalues)
    rng = generator(seed, "zhou2018", "levels")
    X, Y = data_with_spectrum(rng, count, count, count, count, eigenvalues)
    spaces = eigenspaces(X, Y)
    net = LinearNetwork(X, Y, (hidden,))
    rows = []
    for pattern in patterns(spaces, min(hidden, count)):
        W = random_form(rng, X, Y, spaces, pattern, hidden).point()
        values = np.linalg.eigvalsh(0.5 * net.hessian(W))
        rows.append(
            {
                "chosen": " ".join(str(i + 1) for i, p in enumerate(pattern) if p) or "none",
                "number": sum(pattern),
                "loss": loss_and_gradient(X, Y, W)[0],
                "predicted": critical_value(Y, spaces, pattern),
                "index": morse_index(spaces, pattern, hidden),
                "negative_eigenvalues": int((values < -ZERO * values[-1]).sum()),
            }
        )
    write_table(pd.DataFrame(rows), levels)


if __name__ == "__main__":
    run(list_levels)
