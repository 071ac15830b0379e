"""Train the networks of Figure 3, whose discrepancy SGD leaves small."""

from replication.run import atomic, run, track

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
from annotated_types import Ge, MinLen

from landscape.diversity import l2_discrepancy_squared
from landscape.seeds import generator
from landscape.training import Runs, Settings, Teacher, discrepancies, initial_weights, train
from replication.settings import Count, Distinct, Positive


def train_figure3(
    dimension: Annotated[int, Ge(2)],
    teacher_units: Count,
    widths: Annotated[Distinct[Count], MinLen(3)],
    init_scales: Distinct[Positive],
    batch: Count,
    learning_rate: Positive,
    iterations: Count,
    replicates: Count,
    seed: int,
    runs: Path,
) -> None:
    """Train a student for each width, initial scale and replicate, on fresh samples of a teacher.

    The teacher's weights are standard normal and its output weights random signs; so are the
    student's, up to the initial scale, and its output weights stay as they are.

    Parameters
    ----------
    dimension
        Dimension d of the inputs, which are uniform on the sphere.
    teacher_units
        Units of the teacher; each replicate has its own.
    widths
        Numbers n of units of the student; three or more, for a slope.
    init_scales
        Standard deviations of the entries of the student's weights before training.
    batch
        Size of a minibatch.
    learning_rate
        Learning rate of SGD.
    iterations
        Its steps.
    replicates
        Repetitions.
    seed
        Root seed.
    runs
        The .parquet file, a row for each run.
    """
    teachers = []
    for replicate in range(replicates):
        rng = generator(seed, "xie2017", "figure3", "teacher", replicate)
        signs = rng.choice([-1.0, 1.0], (1, teacher_units))
        teachers.append((rng.standard_normal((teacher_units, dimension)), signs))
    teacher = Teacher(
        *(torch.tensor(np.stack(part), dtype=torch.float32) for part in zip(*teachers, strict=True))
    )
    scales = np.repeat(init_scales, replicates)
    frames = []
    for width in widths:
        # Scales of one replicate share directions of the initial weights, samples and teacher.
        stack = Runs.grid(
            seed, ("xie2017", "figure3", width), [*range(replicates)] * len(init_scales)
        )
        W, V = initial_weights(stack, width, dimension, W_scale=1.0)
        W *= torch.tensor(scales, dtype=torch.float32)[:, None, None]
        settings = Settings(steps=iterations, learning_rate=learning_rate, batch=batch)
        trained = train(W, V, teacher, settings, stack, progress=track)
        frames.append(
            pd.DataFrame(
                {
                    "n": width,
                    "init_scale": scales,
                    "replicate": stack.replicates,
                    "before": [l2_discrepancy_squared(w) for w in W.double().numpy()],
                    "after": discrepancies(trained),
                }
            )
        )
    with atomic(runs) as temporary:
        pd.concat(frames, ignore_index=True).to_parquet(temporary)


if __name__ == "__main__":
    run(train_figure3)
