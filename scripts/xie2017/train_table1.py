"""Train the students of Table 1: synthetic data of a teacher, with and without the regulariser."""

from replication.run import atomic, run, track

import shutil
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import torch
from annotated_types import Ge, Lt

from landscape import relu, sphere
from landscape.seeds import generator
from landscape.training import (
    Runs,
    Samples,
    Settings,
    discrepancies,
    evaluate,
    initial_weights,
    train,
)
from replication.settings import Count, Distinct, Positive, Precision


def train_table1(
    width: Count,
    dimension: Annotated[int, Ge(2)],
    teacher_units: Count,
    outputs: Distinct[Literal["trained", "fixed"]],
    init_scale: Positive,
    samples: Count,
    held_out: Count,
    batch: Count,
    learning_rate: Positive,
    momentum: Annotated[float, Ge(0), Lt(1)],
    iterations: Count,
    strengths: Distinct[Positive],
    dtype: Precision,
    replicates: Count,
    seed: int,
    runs: Path,
) -> None:
    """Train all runs of one width.

    Each replicate has a teacher and samples of its own. Each of its regularised runs, one for each
    strength, shares initial weights and order of samples with an unregularised one.

    Parameters
    ----------
    width
        Number n of units of the student.
    dimension
        Dimension d of the inputs, which are uniform on the sphere.
    teacher_units
        Units of the teacher: weights uniform on the sphere, output weights of random sign.
    outputs
        Whether the student's output weights are trained or stay at their random signs.
    init_scale
        Norm of a student's weight vector before training, up to its fluctuation.
    samples
        Size of the training sample.
    held_out
        Sizes of the validation sample, on which the strength is chosen, and of the test sample.
    batch
        Size of a minibatch.
    learning_rate
        Learning rate of SGD.
    momentum
        Its momentum.
    iterations
        Its steps.
    strengths
        Strengths of the regulariser.
    dtype
        Precision of training; initial weights and samples are the same in both.
    replicates
        Repetitions, each with a teacher of its own.
    seed
        Root seed.
    runs
        The .parquet file, a row for each run: the losses L = (1/2m) Σ (f - y)² on training,
        validation and test sample, and the squared discrepancy of the units.
    """
    # The state of an interrupted run, in a folder beside the runs.
    checkpoints = runs.with_suffix("")
    precision = getattr(torch, dtype)
    frames = []
    for replicate in range(replicates):
        data = {
            name: Samples(part.X.to(precision), part.y.to(precision))
            for name, part in _teacher_samples(
                seed, replicate, dimension, teacher_units, samples, held_out
            ).items()
        }
        for kind in outputs:
            experiment = ("xie2017", "table1", width, kind, replicate)
            stack = Runs.with_control(seed, experiment, strengths)
            W, V = initial_weights(stack, width, dimension, W_scale=init_scale / np.sqrt(dimension))
            W, V = W.to(precision), V.to(precision)
            settings = Settings(
                steps=iterations,
                learning_rate=learning_rate,
                batch=batch,
                momentum=momentum,
                train_output=kind == "trained",
            )
            checkpoint = checkpoints / f"{kind}_{replicate}.npz"
            trained = train(
                W, V, data["train"], settings, stack, checkpoint=checkpoint, progress=track
            )
            losses = {
                name: evaluate(trained.W, trained.V, part, stack).loss
                for name, part in data.items()
            }
            frame = pd.DataFrame(
                {
                    "output": kind,
                    "n": width,
                    "replicate": replicate,
                    "strength": stack.strengths,
                    "attempt": stack.replicates,
                    **losses,
                    "l2_squared": discrepancies(trained),
                }
            )
            frame.loc[trained.diverged, list(losses)] = np.nan
            frames.append(frame)
    with atomic(runs) as temporary:
        pd.concat(frames, ignore_index=True).to_parquet(temporary)
    shutil.rmtree(checkpoints)


def _teacher_samples(
    seed: int, replicate: int, dimension: int, units: int, samples: int, held_out: int
) -> dict[str, Samples]:
    """Return training, validation and test sample of a new teacher."""
    rng = generator(seed, "xie2017", "table1", "teacher", replicate)
    W = sphere.uniform(rng, units, dimension)
    v = rng.choice([-1.0, 1.0], units)
    parts = {}
    for name, size in (("train", samples), ("validation", held_out), ("test", held_out)):
        X = sphere.uniform(rng, size, dimension)
        y = relu.predict(X, W, v)
        parts[name] = Samples(
            torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
        )
    return parts


if __name__ == "__main__":
    run(train_table1)
