"""Check Lemma 14: the gap between test and training loss against its bound."""

from replication.run import InputError, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
from annotated_types import Ge

from landscape import relu, sphere
from landscape.seeds import generator
from landscape.training import Runs, Samples, Settings, initial_weights, train
from replication.settings import Count, Positive, Probability, Several


def check_lemma14(
    dimensions: Several[Annotated[int, Ge(2)]],
    widths: Several[Count],
    samples: Several[Count],
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
    dimensions, widths, samples
        The numbers d, n and m of each setting, three lists of the same length: inputs, which are
        uniform on the sphere, and as many units of the teacher; units; training samples.
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
    if not len(dimensions) == len(widths) == len(samples):
        raise InputError(
            "dimensions, widths, samples: expected lists of one length, got "
            f"{len(dimensions)}, {len(widths)} and {len(samples)}"
        )
    settings = list(zip(dimensions, widths, samples, strict=True))
    rows = []
    for replicate in range(replicates):
        for dimension in dict.fromkeys(dimensions):
            rng = generator(seed, "xie2017", "lemma14", "teacher", replicate)
            teacher = sphere.uniform(rng, dimension, dimension)
            signs = rng.choice([-1.0, 1.0], dimension)
            of_it = [(width, size) for d, width, size in settings if d == dimension]
            most = max(size for _, size in of_it)
            X = sphere.uniform(rng, most + test_samples, dimension)
            y = relu.predict(X, teacher, signs)
            test = slice(most, None)
            for width, size in of_it:
                runs = Runs.grid(seed, ("xie2017", "lemma14", size), [replicate])
                W, V = initial_weights(
                    runs, width, dimension, W_scale=dimension**-0.5, dtype=torch.float64
                )
                descent = Settings(steps=iterations, learning_rate=learning_rate)
                data = Samples(torch.from_numpy(X[:size]), torch.from_numpy(y[:size]))
                trained = train(W, V, data, descent, runs, progress=track)
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
    by_size = pd.DataFrame(rows).sort_values(["d", "m", "replicate"], ignore_index=True)
    write_table(by_size, table)


if __name__ == "__main__":
    run(check_lemma14)
