"""Check Theorem 3 along training: how much loss remains for a given gradient."""

from replication.run import InputError, run, track, write_table

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
from annotated_types import Ge, MinLen
from numpy.typing import NDArray

from landscape import relu, sphere
from landscape.diversity import l2_discrepancy_squared
from landscape.seeds import generator
from landscape.statistics import mean_interval
from landscape.training import Runs, Samples, Settings, initial_weights, train
from replication.settings import Count, Distinct, Natural, Positive

Array = NDArray[np.float64]


def check_theorem3(
    dimension: Annotated[int, Ge(2)],
    samples: Count,
    widths: Annotated[Distinct[Count], MinLen(2)],
    init_scales: Distinct[Positive],
    learning_rate: Positive,
    measure_at: Distinct[Natural],
    replicates: Count,
    seed: int,
    table: Path,
    constants: Path,
) -> None:
    """Measure loss, gradient and s_m(D) while gradient descent trains on a teacher's sample.

    Equation 7 gives L <= (m/2) ||∂L/∂W||² / s_m(D)² at every W; Theorem 3 puts in its place a
    constant times m^β / n for diverse W. So the constant that n L / ||∂L/∂W||² needs at one width
    has to serve at the greater ones.

    Parameters
    ----------
    dimension
        Dimension d of the inputs, which are uniform on the sphere.
    samples
        Number m of samples.
    widths
        Numbers n of units, ascending, with n d > m; two or more.
    init_scales
        Standard deviations of the entries of the weights before training.
    learning_rate
        Learning rate of gradient descent in units of d / n; the loss curves more with more units.
    measure_at
        Numbers of steps after which to measure; the first stands for the initial weights.
    replicates
        Repetitions; each has a sample and a teacher with as many units as dimensions.
    seed
        Root seed.
    table
        The .csv table with one row for each network and step.
    constants
        The .csv table of the largest n L / ||∂L/∂W||² along training at each width over that at
        the least width: geometric means over replicates.
    """
    X, y = _teacher_samples(seed, replicates, samples, dimension)
    data = Samples(torch.from_numpy(X), torch.from_numpy(y))
    scales = np.repeat(init_scales, replicates)
    rows: list[dict[str, float]] = []
    for width in widths:
        # Scales of one replicate share directions of the initial weights.
        stack = Runs.grid(
            seed, ("xie2017", "theorem3", width), [*range(replicates)] * len(init_scales)
        )
        W, V = initial_weights(stack, width, dimension, W_scale=1.0, dtype=torch.float64)
        W *= torch.from_numpy(scales)[:, None, None]
        trained = train(
            W,
            V,
            data,
            Settings(steps=max(measure_at), learning_rate=learning_rate * dimension / width),
            stack,
            measure=lambda W, V: {"W": W.numpy()},
            measure_at=measure_at,
            progress=track,
        )
        for index, (scale, replicate) in enumerate(zip(scales, stack.replicates, strict=True)):
            along = zip(trained.measured_at, trained.measured["W"][:, index], strict=True)
            network = {"init_scale": scale, "n": width, "d": dimension, "m": samples}
            rows += [
                network | {"replicate": replicate, "step": step} | measures
                for step, measures in _measures(
                    along, V[index, 0].numpy(), X[replicate], y[replicate]
                )
            ]
    every = pd.DataFrame(rows)
    write_table(every, table)
    write_table(_constants(every, widths[0]), constants)


def _measures(
    along: Iterator[tuple[int, Array]], signs: Array, X: Array, y: Array
) -> Iterator[tuple[int, dict[str, float]]]:
    """Yield each step of one network with what is measured there."""
    samples, initial = len(X), np.nan
    for step, units in along:
        n = len(units)
        loss = relu.loss(X, units, signs, y)
        squared = float(np.square(relu.gradient(X, units, signs, y)).sum())
        singular = relu.smallest_singular_value_squared(X, units)
        if not squared:
            raise InputError("measure_at: the gradient vanishes at a step; take fewer steps")
        initial = singular if np.isnan(initial) else initial
        yield (
            int(step),
            {
                "loss": loss,
                "gradient_squared": squared,
                "ratio_times_n": n * loss / squared,
                "bound_times_n": n * samples / 2 / singular if singular else np.inf,
                "ratio_over_bound": loss / squared * singular * 2 / samples,
                "singular_value_squared_over_n": singular / n,
                "singular_value_squared_over_initial": singular / initial,
                "l2_squared": l2_discrepancy_squared(units),
            },
        )


def _constants(every: pd.DataFrame, least: int) -> pd.DataFrame:
    """Return the constant that each width needs over that of the least width."""
    largest = every.groupby(["init_scale", "n", "replicate"], sort=False)["ratio_times_n"].max()
    wide = largest.unstack("n")
    rows = []
    for n in wide.columns.difference([least], sort=False):
        for scale, paired in (wide[n] / wide[least]).groupby("init_scale", sort=False):
            logs = mean_interval(np.log(paired))
            rows.append(
                {
                    "init_scale": scale,
                    "n": n,
                    "least_n": least,
                    "replicates": logs.runs,
                    "constant_over_least": float(np.exp(logs.value)),
                    "low": float(np.exp(logs.low)),
                    "high": float(np.exp(logs.high)),
                }
            )
    return pd.DataFrame(rows)


def _teacher_samples(
    seed: int, replicates: int, samples: int, dimension: int
) -> tuple[Array, Array]:
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
