"""Train the students of Table 1: synthetic data of a teacher, with and without the regulariser."""

from replication.run import atomic, run, track

import shutil
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import torch

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


def train_table1(
    width: int,
    dimension: int,
    teacher_units: int,
    outputs: list[Literal["trained", "fixed"]],
    init_scale: float,
    samples: int,
    held_out: int,
    batch: int,
    learning_rate: float,
    momentum: float,
    iterations: int,
    strengths: list[float],
    dtype: Literal["float32", "float64"],
    seeds: int,
    seed: int,
    output: Path,
) -> None:
    """Train all runs of one width.

    Each seed has a teacher and samples of its own. Its regularised runs, one for each strength,
    share initial weights and order of samples with the first of as many unregularised runs.

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
    seeds
        Number of seeds.
    seed
        Root seed.
    output
        The .parquet file, a row for each run: the losses L = (1/2m) Σ (f - y)² on training,
        validation and test sample, and the squared discrepancy of the units.
    """
    # The state of an interrupted run, in a folder beside the output.
    checkpoints = output.with_suffix("")
    precision = getattr(torch, dtype)
    frames = []
    for number in range(seeds):
        data = {
            name: Samples(part.X.to(precision), part.y.to(precision))
            for name, part in _teacher_samples(
                seed, number, dimension, teacher_units, samples, held_out
            ).items()
        }
        for kind in outputs:
            runs = Runs.with_control(seed, ("xie2017", "table1", width, kind, number), strengths)
            W, V = initial_weights(runs, width, dimension, W_scale=init_scale / np.sqrt(dimension))
            W, V = W.to(precision), V.to(precision)
            settings = Settings(
                steps=iterations,
                learning_rate=learning_rate,
                batch=batch,
                momentum=momentum,
                train_output=kind == "trained",
            )
            checkpoint = checkpoints / f"{kind}_{number}.npz"
            trained = train(
                W, V, data["train"], settings, runs, checkpoint=checkpoint, progress=track
            )
            losses = {
                name: evaluate(trained.W, trained.V, part, runs).loss for name, part in data.items()
            }
            frame = pd.DataFrame(
                {
                    "output": kind,
                    "n": width,
                    "seed": number,
                    "strength": runs.strengths,
                    "attempt": runs.replicates,
                    **losses,
                    "l2_squared": discrepancies(trained),
                }
            )
            frame.loc[trained.diverged, list(losses)] = np.nan
            frames.append(frame)
    with atomic(output) as temporary:
        pd.concat(frames, ignore_index=True).to_parquet(temporary)
    shutil.rmtree(checkpoints)


def _teacher_samples(
    seed: int, number: int, dimension: int, units: int, samples: int, held_out: int
) -> dict[str, Samples]:
    """Return training, validation and test sample of a new teacher."""
    rng = generator(seed, "xie2017", "table1", "teacher", number)
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
