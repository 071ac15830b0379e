"""Train the networks of Table 3: MNIST, with and without the regulariser."""

from replication.run import InputError, atomic, run, track

import shutil
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import torch

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

CLASSES = 10


def train_table3(
    data: Path,
    width: int,
    losses: list[Literal["cross-entropy", "least squares"]],
    training_images: int,
    held_out: int,
    batch: int,
    optimiser: Literal["sgd", "adam", "adam-keras"],
    learning_rates: list[float],
    momentum: float,
    epochs: float,
    strengths: list[float],
    dtype: Literal["float32", "float64"],
    seeds: int,
    seed: int,
    output: Path,
) -> None:
    """Train all runs of one width.

    Regularised runs, one for each strength, share initial weights and order of samples with the
    first of as many unregularised runs. Weights of both layers are trained, without biases.

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
    seeds
        Number of seeds.
    seed
        Root seed.
    output
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
    images = mnist.load(data)
    parts = {
        "train": _samples(images.train_images, images.train_labels, slice(training_images)),
        "validation": _samples(images.train_images, images.train_labels, slice(-held_out, None)),
        "test": _samples(images.test_images, images.test_labels, slice(None)),
    }
    # The state of an interrupted run, in a folder beside the output.
    checkpoints = output.with_suffix("")
    precision = getattr(torch, dtype)
    parts = {name: Samples(part.X.to(precision), part.y) for name, part in parts.items()}
    frames = []
    for number in range(seeds):
        for loss, learning_rate in zip(losses, learning_rates, strict=True):
            runs = Runs.with_control(seed, ("xie2017", "table3", width, loss, number), strengths)
            inputs = images.train_images.shape[1]
            W, V = initial_weights(
                runs, width, inputs, CLASSES, W_scale=(2 / inputs) ** 0.5, V_scale=width**-0.5
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
            checkpoint = checkpoints / f"{loss.replace(' ', '_')}_{number}.npz"
            trained = train(
                W, V, sampled["train"], settings, runs, checkpoint=checkpoint, progress=track
            )
            errors = {
                name: evaluate(trained.W, trained.V, part, runs, loss).error
                for name, part in sampled.items()
            }
            frame = pd.DataFrame(
                {
                    "loss": loss,
                    "n": width,
                    "seed": number,
                    "strength": runs.strengths,
                    "attempt": runs.replicates,
                    **errors,
                    "l2_squared": discrepancies(trained),
                }
            )
            frame.loc[trained.diverged, list(errors)] = np.nan
            frames.append(frame)
    with atomic(output) as temporary:
        pd.concat(frames, ignore_index=True).to_parquet(temporary)
    shutil.rmtree(checkpoints)


def _samples(images: np.ndarray, labels: np.ndarray, part: slice) -> Samples:
    return Samples(
        torch.from_numpy(mnist.scale(images[part])),
        torch.from_numpy(labels[part].astype(np.int64)),
    )


def _targets(samples: Samples, loss: str) -> Samples:
    """Return the samples with labels, or with one-hot targets for least squares."""
    if loss == "cross-entropy":
        return samples
    one_hot = torch.nn.functional.one_hot(samples.y, CLASSES)
    return Samples(samples.X, one_hot.to(samples.X.dtype))


if __name__ == "__main__":
    run(train_table3)
