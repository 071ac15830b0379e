"""Check Lemma 14: the gap between test and training loss against its bound."""

from replication.run import run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
from annotated_types import Ge

from landscape import relu, sphere
from landscape.seeds import generator
from landscape.training import Runs, Samples, Settings, initial_weights, train
from replication.settings import Count, Distinct, Positive, Probability


def check_lemma14(
    dimension: Annotated[int, Ge(2)],
    width: Count,
    samples: Distinct[Count],
    test_samples: Count,
    delta: Probability,
    learning_rate: Positive,
    iterations: Count,
    replicates: Count,
    seed: int,
    table: Path,
) -> None:
    """Train on samples of several sizes and compare the gap with the bound.

    The bound is 2 (Y + C_W) C_W / sqrt(m) + (Y² + C_W²) sqrt(log(1/δ) / 2m), where C_W is the sum
    of the norms of the trained units and Y the largest target.

    Parameters
    ----------
    dimension
        Dimension d of the inputs, which are uniform on the sphere; also the teacher's units.
    width
        Number n of units.
    samples
        Sizes m of the training sample.
    test_samples
        Size of the test sample.
    delta
        Probability δ with which the bound may fail.
    learning_rate
        Learning rate of gradient descent.
    iterations
        Its steps.
    replicates
        Repetitions; each has a teacher and samples of its own.
    seed
        Root seed.
    table
        The .csv table.
    """
    rows = []
    for replicate in range(replicates):
        rng = generator(seed, "xie2017", "lemma14", "teacher", replicate)
        teacher = sphere.uniform(rng, dimension, dimension)
        signs = rng.choice([-1.0, 1.0], dimension)
        X = sphere.uniform(rng, max(samples) + test_samples, dimension)
        y = relu.predict(X, teacher, signs)
        test = slice(max(samples), None)
        for size in samples:
            runs = Runs.grid(seed, ("xie2017", "lemma14", size), [replicate])
            W, V = initial_weights(
                runs, width, dimension, W_scale=dimension**-0.5, dtype=torch.float64
            )
            settings = Settings(steps=iterations, learning_rate=learning_rate)
            data = Samples(torch.from_numpy(X[:size]), torch.from_numpy(y[:size]))
            trained = train(W, V, data, settings, runs, progress=track)
            units, outputs = trained.W[0].numpy(), V[0, 0].numpy()
            train_loss = relu.loss(X[:size], units, outputs, y[:size])
            test_loss = relu.loss(X[test], units, outputs, y[test])
            norms = np.linalg.norm(units, axis=1).sum()
            largest = np.abs(y).max()
            bound = 2 * (largest + norms) * norms / np.sqrt(size) + (
                largest**2 + norms**2
            ) * np.sqrt(np.log(1 / delta) / (2 * size))
            rows.append(
                {
                    "m": size,
                    "n": width,
                    "d": dimension,
                    "replicate": replicate,
                    "train_loss": train_loss,
                    "test_loss": test_loss,
                    "gap": test_loss - train_loss,
                    "bound": bound,
                    "gap_over_bound": (test_loss - train_loss) / bound,
                    # A bound above the loss of the zero function tells nothing.
                    "bound_over_zero_loss": bound / (0.5 * np.mean(y[test] ** 2)),
                }
            )
    by_size = pd.DataFrame(rows).sort_values(["m", "replicate"], ignore_index=True)
    write_table(by_size, table)


if __name__ == "__main__":
    run(check_lemma14)
