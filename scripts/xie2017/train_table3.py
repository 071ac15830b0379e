"""Train the networks of Table 3: MNIST, with and without the regulariser."""

from replication.run import InputError, atomic, run, track

import shutil
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import torch
from annotated_types import Ge, Le, Lt

from landscape.datasets import mnist
from landscape.training import (
    Runs,
    Samples,
    Settings,
    discrepancies,
    evaluate,
    initial_weights,
    train,
)
from replication.settings import Count, Distinct, Positive, Precision, Several

CLASSES = 10


def train_table3(
    data: Path,
    width: Count,
    losses: Distinct[Literal["cross-entropy", "least squares"]],
    training_images: Annotated[int, Ge(1), Le(60000)],
    held_out: Annotated[int, Ge(1), Le(60000)],
    batch: Count,
    optimiser: Literal["sgd", "adam", "adam-keras"],
    learning_rates: Several[Positive],
    momentum: Annotated[float, Ge(0), Lt(1)],
    epochs: Positive,
    strengths: Distinct[Positive],
    dtype: Precision,
    replicates: Count,
    seed: int,
    runs: Path,
) -> None:
    """Train all runs of one width.

    Each regularised run, one for each strength, shares initial weights and order of samples with an
    unregularised one. Weights of both layers are trained, without biases.

    Parameters
    ----------
    data
        MNIST as written by parse_mnist, pixels from 0 to 255; networks see them divided by 255.
    width
        Number n of units.
    losses
        Losses to train with.
    training_images
        How many of the 60 000 training images to train on, from the first.
    held_out
        How many, from the last, to choose the strength on. No network is trained on them.
    batch
        Size of a minibatch.
    optimiser
        SGD, or Adam with the epsilon of PyTorch or of Keras.
    learning_rates
        Learning rates, one for each loss.
    momentum
        Momentum of SGD; 0 for Adam, which has its own.
    epochs
        Passes over the training images; may be a fraction.
    strengths
        Strengths of the regulariser.
    dtype
        Precision of training; initial weights and samples are the same in both.
    replicates
        Repetitions.
    seed
        Root seed.
    runs
        The .parquet file, a row for each run: errors as fractions of misclassified images, on
        training, validation and test images, and the squared discrepancy of the units.
    """
    if len(losses) != len(learning_rates):
        raise InputError(
            f"learning_rates: expected one for each of {len(losses)} losses, "
            f"got {len(learning_rates)}"
        )
    if momentum and optimiser != "sgd":
        raise InputError(f"momentum: expected 0 with optimiser {optimiser}, got {momentum}")
    precision = getattr(torch, dtype)
    parts = _image_samples(data, training_images, held_out, precision)
    inputs = parts["train"].X.shape[1]
    # The state of an interrupted run, in a folder beside the runs.
    checkpoints = runs.with_suffix("")
    frames = []
    for replicate in range(replicates):
        for loss, learning_rate in zip(losses, learning_rates, strict=True):
            experiment = ("xie2017", "table3", width, loss, replicate)
            stack = Runs.with_control(seed, experiment, strengths)
            W, V = initial_weights(
                stack, width, inputs, CLASSES, W_scale=(2 / inputs) ** 0.5, V_scale=width**-0.5
            )
            W, V = W.to(precision), V.to(precision)
            settings = Settings(
                steps=max(1, round(epochs * training_images / batch)),
                learning_rate=learning_rate,
                batch=batch,
                loss=loss,
                optimiser=optimiser,
                momentum=momentum,
                train_output=True,
            )
            sampled = {name: _targets(part, loss) for name, part in parts.items()}
            checkpoint = checkpoints / f"{loss.replace(' ', '_')}_{replicate}.npz"
            trained = train(
                W, V, sampled["train"], settings, stack, checkpoint=checkpoint, progress=track
            )
            errors = {
                name: evaluate(trained.W, trained.V, part, stack, loss).error
                for name, part in sampled.items()
            }
            frame = pd.DataFrame(
                {
                    "loss": loss,
                    "n": width,
                    "replicate": replicate,
                    "strength": stack.strengths,
                    "attempt": stack.replicates,
                    **errors,
                    "l2_squared": discrepancies(trained),
                }
            )
            frame.loc[trained.diverged, list(errors)] = np.nan
            frames.append(frame)
    with atomic(runs) as temporary:
        pd.concat(frames, ignore_index=True).to_parquet(temporary)
    shutil.rmtree(checkpoints)


def _image_samples(
    data: Path, training_images: int, held_out: int, precision: torch.dtype
) -> dict[str, Samples]:
    """Return training, validation and test images with their labels."""
    images = mnist.load(data)
    parts = {
        "train": (images.train_images[:training_images], images.train_labels[:training_images]),
        "validation": (images.train_images[-held_out:], images.train_labels[-held_out:]),
        "test": (images.test_images, images.test_labels),
    }
    return {
        name: Samples(
            torch.from_numpy(mnist.scale(pixels)).to(precision),
            torch.from_numpy(labels.astype(np.int64)),
        )
        for name, (pixels, labels) in parts.items()
    }


def _targets(samples: Samples, loss: str) -> Samples:
    """Return the samples with labels, or with one-hot targets for least squares."""
    if loss == "cross-entropy":
        return samples
    one_hot = torch.nn.functional.one_hot(samples.y, CLASSES)
    return Samples(samples.X, one_hot.to(samples.X.dtype))


if __name__ == "__main__":
    run(train_table3)
