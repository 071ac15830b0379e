"""Train the networks of Figure 3, whose discrepancy SGD leaves small."""

from replication.run import atomic, run, track

from pathlib import Path

import numpy as np
import pandas as pd
import torch

from landscape.diversity import l2_discrepancy_squared
from landscape.seeds import generator
from landscape.training import Runs, Settings, Teacher, discrepancies, initial_weights, train


def train_figure3(
    dimension: int,
    teacher_units: int,
    widths: list[int],
    init_scales: list[float],
    batch: int,
    learning_rate: float,
    iterations: int,
    seeds: int,
    seed: int,
    output: Path,
) -> None:
    """Train a student for each width, initial scale and seed, on fresh samples of a teacher.

    The teacher's weights are standard normal and its output weights random signs; so are the
    student's, up to the initial scale, and its output weights stay as they are.

    Parameters
    ----------
    dimension
        Dimension d of the inputs, which are uniform on the sphere.
    teacher_units
        Units of the teacher; each seed has its own.
    widths
        Numbers n of units of the student.
    init_scales
        Standard deviations of the entries of the student's weights before training.
    batch
        Size of a minibatch.
    learning_rate
        Learning rate of SGD.
    iterations
        Its steps.
    seeds
        Number of seeds.
    seed
        Root seed.
    output
        The .parquet file, a row for each run.
    """
    teachers = []
    for number in range(seeds):
        rng = generator(seed, "xie2017", "figure3", "teacher", number)
        signs = rng.choice([-1.0, 1.0], (1, teacher_units))
        teachers.append((rng.standard_normal((teacher_units, dimension)), signs))
    teacher = Teacher(
        *(torch.tensor(np.stack(part), dtype=torch.float32) for part in zip(*teachers, strict=True))
    )
    scales = np.repeat(init_scales, seeds)
    frames = []
    for width in widths:
        # Scales of one seed share directions of the initial weights, samples and teacher.
        runs = Runs.grid(seed, ("xie2017", "figure3", width), [*range(seeds)] * len(init_scales))
        W, V = initial_weights(runs, width, dimension, W_scale=1.0)
        W *= torch.tensor(scales, dtype=torch.float32)[:, None, None]
        settings = Settings(steps=iterations, learning_rate=learning_rate, batch=batch)
        trained = train(W, V, teacher, settings, runs, progress=track)
        frames.append(
            pd.DataFrame(
                {
                    "n": width,
                    "init_scale": scales,
                    "seed": runs.replicates,
                    "before": [l2_discrepancy_squared(w) for w in W.double().numpy()],
                    "after": discrepancies(trained),
                }
            )
        )
    with atomic(output) as temporary:
        pd.concat(frames, ignore_index=True).to_parquet(temporary)


if __name__ == "__main__":
    run(train_figure3)
