"""Check Theorem 1: seven convex losses, wide and narrow networks, and the convex optimum."""

from replication.run import InputError, atomic, run, track, write_table

import re
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.linear import LinearNetwork
from landscape.linear.composite import Composite, kernel_move
from landscape.losses import LOSSES, Risk, random_data
from landscape.seeds import generator
from replication.settings import Count, Distinct, NonNegative

# A point with a smaller gradient counts as critical.
CRITICAL = 1e-8
# An eigenvalue below this part of the largest counts as zero.
ZERO = 1e-7
# Values that differ by less are the same level; an end is not global if it is higher than this.
LEVEL = 1e-8


def check_theorem1(
    ends: Distinct[str],
    samples: Annotated[int, Ge(10)],
    noise: NonNegative,
    wide: Distinct[str],
    narrow: Distinct[str],
    draws: Count,
    starts: Count,
    seed: int,
    runs: Path,
    table: Path,
    origin: Path,
) -> None:
    """Train networks of every shape in every loss, and hold their ends against the convex optimum.

    The optimum is that of the linear predictor, by Newton's method; the networks are trained from
    Gaussian starts with variance one over the number of columns, by L-BFGS and Newton's method.

    Parameters
    ----------
    ends
        Numbers of inputs and of outputs, joined by a hyphen.
    samples
        Number of samples; too few, and classes can be separated.
    noise
        Standard deviation of the noise that the teacher adds to outputs of variance about 1.
    wide
        Hidden widths, joined by hyphens, of networks that meet the condition of the theorem: none
        is below the lesser of inputs and outputs.
    narrow
        Hidden widths of networks with a bottleneck, which do not.
    draws
        Data sets for each loss and pair of ends.
    starts
        Starts for each data set and network.
    seed
        Root seed.
    runs
        The .parquet file with a row for each start.
    table
        The .csv table with a row for each loss, pair of ends and network.
    origin
        The .csv table of the point W = 0.
    """
    shapes = {text: _widths(text) for text in [*wide, *narrow]}
    rows, zeros = [], []
    outer = [_widths(text) for text in ends]
    for name, loss in track(LOSSES.items(), "losses"):
        for (inputs, outputs), draw in product(outer, range(draws)):
            keys = ("laurent2018", "theorem1", inputs, outputs, name, draw)
            f = Risk(
                loss,
                *random_data(loss, generator(seed, *keys), inputs, outputs, samples, noise),
            )
            optimum = f.minimum()
            for shape, hidden in shapes.items():
                F = Composite(f, hidden)
                scale = np.concatenate([np.full(a * b, b**-0.5) for a, b in F.shapes])
                known = _constrained_optimum(f, hidden) if name == "square" else np.nan
                for start in range(starts):
                    rng = generator(seed, *keys, shape, start)
                    end = F.minimize(scale * rng.normal(size=F.size))
                    rows.append(
                        {
                            "loss": name,
                            "inputs": inputs,
                            "outputs": outputs,
                            "draw": draw,
                            "hidden": shape,
                            "start": start,
                            "optimum": optimum.value,
                            "optimum_gradient": optimum.gradient,
                            "known_excess": known - optimum.value,
                        }
                        | _measure(F, end, optimum.value)
                    )
            if draw == 0:
                rng = generator(seed, "laurent2018", "origin", inputs, outputs, name)
                names = {"loss": name, "inputs": inputs, "outputs": outputs}
                zeros += [names | _origin(f, [outputs] * k, rng) for k in (1, 2)]
    every = pd.DataFrame(rows)
    with atomic(runs) as temporary:
        every.to_parquet(temporary)
    write_table(_summary(every, wide), table)
    write_table(pd.DataFrame(zeros), origin)


def _widths(text: str) -> list[int]:
    """Return widths that are joined by hyphens."""
    if not re.fullmatch("[1-9][0-9]*(-[1-9][0-9]*)*", text):
        raise InputError(f"expected widths joined by hyphens, such as 5-1-5, got {text!r}")
    return [int(width) for width in text.split("-")]


def _measure(F: Composite, theta: np.ndarray, optimum: float) -> dict[str, object]:
    value, gradient = F.value_gradient(theta)
    eigenvalues = np.linalg.eigvalsh(F.hessian(theta))
    # grad f at the product of all layers, of which Theorem 3 says that it vanishes.
    A = F.layers(theta)[0]
    for layer in F.layers(theta)[1:]:
        A = layer @ A
    return {
        "value": value,
        "excess": value - optimum,
        "gradient": float(np.linalg.norm(gradient)),
        "least_eigenvalue": eigenvalues[0] / eigenvalues[-1],
        "slope": float(np.linalg.norm(F.f.value_gradient(A)[1])),
    }


def _constrained_optimum(f: Risk, hidden: list[int]) -> float:
    """Return the least mean square loss of a linear predictor of bounded rank (Eckart & Young)."""
    net = LinearNetwork(f.X, f.Y, hidden)
    left_out = net.eigenvalues[min(hidden) :].sum()
    return float((net.offset + left_out) / f.X.shape[1])


def _origin(f: Risk, hidden: list[int], rng: np.random.Generator) -> dict[str, object]:
    """Measure W = 0, a critical point where grad f need not vanish, before and after a move."""
    F = Composite(f, hidden)
    zero = np.zeros(F.size)
    value, gradient = F.value_gradient(zero)
    eigenvalues = np.linalg.eigvalsh(F.hessian(zero))
    moved = np.concatenate([layer.ravel() for layer in kernel_move(F.layers(zero), rng)])
    moved_value, moved_gradient = F.value_gradient(moved)
    return {
        "depth": len(hidden) + 1,
        "slope": float(np.linalg.norm(f.value_gradient(np.zeros(f.shape))[1])),
        "gradient": float(np.linalg.norm(gradient)),
        "least_eigenvalue": eigenvalues[0],
        "largest_eigenvalue": eigenvalues[-1],
        "moved_change": abs(moved_value - value),
        "moved_gradient": float(np.linalg.norm(moved_gradient)),
    }


def _summary(every: pd.DataFrame, wide: list[str]) -> pd.DataFrame:
    rows = []
    keys = ["loss", "inputs", "outputs", "hidden"]
    for (loss, inputs, outputs, shape), group in every.groupby(keys, sort=False):
        critical = group["gradient"] <= CRITICAL
        minimal = critical & (group["least_eigenvalue"] >= -ZERO)
        levels = [
            1 + int((np.diff(np.sort(ends)) > LEVEL).sum())
            for _, ends in group[minimal].groupby("draw")["value"]
        ]
        rows.append(
            {
                "loss": loss,
                "inputs": inputs,
                "outputs": outputs,
                "hidden": shape,
                "wide": shape in wide,
                "starts": len(group),
                "critical": int(critical.sum()),
                "not_critical": int((~critical).sum()),
                "saddles": int((critical & ~minimal).sum()),
                "suboptimal": int((minimal & (group["excess"] > LEVEL)).sum()),
                "most_levels": max(levels, default=0),
                "excess_least": group["excess"].min(),
                "excess_median": group["excess"].median(),
                "excess_most": group["excess"].max(),
                "distance_most": group["excess"].abs().max(),
                "slope_least": group.loc[minimal, "slope"].min(),
                "slope_most": group.loc[minimal, "slope"].max(),
                "known_error": (group["excess"] - group["known_excess"]).abs().max(),
                "optimum_gradient": group["optimum_gradient"].max(),
            }
        )
    return pd.DataFrame(rows)


if __name__ == "__main__":
    run(check_theorem1)
