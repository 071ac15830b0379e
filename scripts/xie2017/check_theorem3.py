"""Check Theorem 3 along training: how much loss remains for a given gradient."""

from replication.run import InputError, run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
from annotated_types import Ge

from landscape import relu, sphere
from landscape.diversity import l2_discrepancy_squared
from landscape.seeds import generator
from landscape.training import Runs, Samples, Settings, initial_weights, train
from replication.settings import Count, Distinct, Natural, Positive


def check_theorem3(
    dimension: Annotated[int, Ge(2)],
    samples: Count,
    widths: Distinct[Count],
    learning_rate: Positive,
    measure_at: Distinct[Natural],
    replicates: Count,
    seed: int,
    table: Path,
) -> None:
    """Measure loss, gradient and s_m(D) while gradient descent trains on a teacher's sample.

    Equation 7 gives L <= (m/2) ||∂L/∂W||² / s_m(D)² at every W; Theorem 3 puts in its place a
    constant times m^β / n for diverse W. So n L / ||∂L/∂W||² should stay of one size over widths.

    Parameters
    ----------
    dimension
        Dimension d of the inputs, which are uniform on the sphere.
    samples
        Number m of samples.
    widths
        Numbers n of units, with n d > m.
    learning_rate
        Learning rate of gradient descent in units of d / n; the loss curves more with more units.
    measure_at
        Numbers of steps after which to measure; the first stands for the initial weights.
    replicates
        Repetitions; each has a sample and a teacher with as many units as dimensions.
    seed
        Root seed.
    table
        The .csv table.
    """
    rows = []
    for width in widths:
        runs = Runs.grid(seed, ("xie2017", "theorem3", width), range(replicates))
        W, V = initial_weights(runs, width, dimension, W_scale=1.0, dtype=torch.float64)
        X, y = _teacher_samples(seed, replicates, samples, dimension)
        settings = Settings(steps=max(measure_at), learning_rate=learning_rate * dimension / width)
        trained = train(
            W,
            V,
            Samples(torch.from_numpy(X), torch.from_numpy(y)),
            settings,
            runs,
            measure=lambda W, V: {"W": W.numpy()},
            measure_at=measure_at,
            progress=track,
        )
        initial: dict[int, float] = {}
        for step, stack in zip(trained.measured_at, trained.measured["W"], strict=True):
            for replicate in range(replicates):
                units, signs = stack[replicate], V[replicate, 0].numpy()
                loss = relu.loss(X[replicate], units, signs, y[replicate])
                gradient = relu.gradient(X[replicate], units, signs, y[replicate])
                squared = float(np.square(gradient).sum())
                singular = relu.smallest_singular_value_squared(X[replicate], units)
                if not (squared and singular):
                    raise InputError(
                        f"samples, widths: with {samples} samples and {width} units the "
                        "inequality divides by zero; take more"
                    )
                initial.setdefault(replicate, singular)
                rows.append(
                    {
                        "n": width,
                        "d": dimension,
                        "m": samples,
                        "replicate": replicate,
                        "step": step,
                        "loss": loss,
                        "gradient_squared": squared,
                        "ratio_times_n": width * loss / squared,
                        "bound_times_n": width * samples / 2 / singular,
                        "ratio_over_bound": loss / squared / (samples / 2 / singular),
                        "singular_value_squared_over_n": singular / width,
                        "singular_value_squared_over_initial": singular / initial[replicate],
                        "l2_squared": l2_discrepancy_squared(units),
                    }
                )
    write_table(pd.DataFrame(rows), table)


def _teacher_samples(
    seed: int, replicates: int, samples: int, dimension: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs (S, m, d) and a teacher's outputs (S, m) for every replicate."""
    inputs, outputs = [], []
    for replicate in range(replicates):
        rng = generator(seed, "xie2017", "theorem3", "teacher", replicate)
        X = sphere.uniform(rng, samples, dimension)
        teacher = rng.standard_normal((dimension, dimension))
        inputs.append(X)
        outputs.append(relu.predict(X, teacher, rng.choice([-1.0, 1.0], dimension)))
    return np.stack(inputs), np.stack(outputs)


if __name__ == "__main__":
    run(check_theorem3)
