"""Check Theorem 3: move along its family from saddles that are flat to second order."""

from replication.run import run, track, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.linear import LinearNetwork
from landscape.linear.composite import Composite, kernel_move
from landscape.losses import LOSSES, Risk
from landscape.seeds import generator
from replication.settings import Count, Distinct, Positive

# An excess over the least loss below this part of ||Y||^2 / N counts as none.
GLOBAL = 1e-9
# A loss that a move changes by less, relative to ||Y||^2 / N, has stayed.
SAME = 1e-12
# Of moves, one for each rank that is missing would do.
MOVES = 20


def check_theorem3(
    depths: Distinct[Annotated[int, Ge(3)]],
    points: Count,
    largest_width: Annotated[int, Ge(2)],
    size: Positive,
    seed: int,
    table: Path,
) -> None:
    """Move non-strict saddles of the square loss along the family of the theorem's proof.

    A move changes no product of layers from the input (or, if there are fewer outputs than inputs,
    to the output), so the loss stays. If the theorem holds, a general member of the family is
    not critical, and a descent from it ends lower; from the saddle itself none starts. The descent
    may end at another saddle, from which the same is done again, until there is no such family.

    Parameters
    ----------
    depths
        Numbers H of weight matrices, one more than of hidden layers.
    points
        Saddles for each depth.
    largest_width
        Largest number of inputs and outputs; hidden layers have up to two neurons more than the
        lesser of the two.
    size
        How far to move.
    seed
        Root seed.
    table
        The .csv table with a row for each depth.
    """
    rows = []
    for depth in depths:
        for number in track(range(points), f"saddles of depth {depth}"):
            rng = generator(seed, "laurent2018", "theorem3", depth, number)
            rows.append({"depth": depth} | _measure(rng, depth, largest_width, size))
    every = pd.DataFrame(rows)
    write_table(
        pd.DataFrame(
            [
                {
                    "depth": depth,
                    "points": len(group),
                    "non_strict": int((group["kind"] == "non_strict_saddle").sum()),
                    # Points of another kind, or that a move takes off their level.
                    "unfit": int(
                        ((group["kind"] != "non_strict_saddle") | (group["change"] > SAME)).sum()
                    ),
                    "change_most": group["change"].max(),
                    "gradient_before": group["gradient_before"].max(),
                    "gradient_least": group["gradient_after"].min(),
                    "gradient_median": group["gradient_after"].median(),
                    "stayed": int((group["excess_unmoved"] > GLOBAL).sum()),
                    "lowered_least": group["lowered"].min(),
                    "moves_most": group["moves"].max(),
                    "not_global": int((group["excess_last"] > GLOBAL).sum()),
                    "excess_last": group["excess_last"].max(),
                }
                for depth, group in every.groupby("depth", sort=False)
            ]
        ),
        table,
    )


def _measure(rng: np.random.Generator, depth: int, largest: int, size: float) -> dict[str, object]:
    """Draw data, widths and a saddle; measure it, a moved one, and descents from both."""
    inputs, outputs = (int(n) for n in rng.integers(2, largest + 1, 2))
    least = min(inputs, outputs)
    hidden = [int(d) for d in rng.integers(least, least + 3, depth - 1)]
    samples = inputs + 5
    X, Y = rng.normal(size=(inputs, samples)), rng.normal(size=(outputs, samples))
    net = LinearNetwork(X, Y, hidden)
    rank = int(rng.integers(0, net.r_max))
    saddle = net.critical_point(range(rank), seed=rng, kind="tightened")
    moved = kernel_move(saddle, rng, size)
    F = Composite(Risk(LOSSES["square"], X, Y), hidden)
    before, after = (np.concatenate([layer.ravel() for layer in W]) for W in (saddle, moved))
    (value, gradient), (moved_value, moved_gradient) = map(F.value_gradient, (before, after))
    natural = float(np.sum(Y**2)) / samples
    optimum = net.offset / samples
    # The gradient of f at A = 0 for this loss: a scale that no weights enter.
    slope = 2 * np.linalg.norm(Y @ X.T) / samples

    end, moves = F.minimize(after), 1
    lowered = (value - F.value_gradient(end)[0]) / natural
    while F.value_gradient(end)[0] - optimum > GLOBAL * natural and moves < MOVES:
        W = kernel_move(F.layers(end), rng, size)
        end, moves = F.minimize(np.concatenate([layer.ravel() for layer in W])), moves + 1
    return {
        "kind": net.classify(saddle).kind,
        "change": abs(moved_value - value) / natural,
        "gradient_before": np.linalg.norm(gradient) / slope,
        "gradient_after": np.linalg.norm(moved_gradient) / slope,
        "excess_unmoved": (F.value_gradient(F.minimize(before))[0] - optimum) / natural,
        "lowered": lowered,
        "moves": moves,
        "excess_last": (F.value_gradient(end)[0] - optimum) / natural,
    }


if __name__ == "__main__":
    run(check_theorem3)
