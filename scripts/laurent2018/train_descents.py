"""Descend in Theorem 2's examples, with the absolute value and with its smoothed form."""

from replication.run import run, track, write_table

from pathlib import Path
from typing import Annotated, Literal, get_args

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.certify import certified_radius
from landscape.certify.counterexamples import CENTRES
from landscape.seeds import generator
from landscape.statistics import wilson_interval
from replication.settings import Count, Distinct, Positive

Example = Literal["matrix", "scalar"]
# The entry of A whose target is 1; the others' is 0.
MISSED = {"matrix": (1, 0), "scalar": (0, 1)}
# A run has ended at one of the two values if it is this near.
NEAR = 0.05
# After so many steps it is seen which descents are done.
STRIDE = 500


def train_descents(
    depths: Distinct[Annotated[int, Ge(2)]],
    runs: Count,
    steps: Count,
    longest: Count,
    rate: Positive,
    final_rate: Positive,
    near: Positive,
    eps: Positive,
    seed: int,
    table: Path,
) -> None:
    """Count the descents that end at the value of the point, and those that end at the global one.

    Parameters
    ----------
    depths
        Numbers H of weight matrices; those between the first and the last are the identity at the
        point.
    runs
        Descents of each kind.
    steps
        Steps of a descent with the absolute value.
    longest
        Steps after which a descent with the smoothed one is given up. It ends at the global
        minimum, where it stays.
    rate, final_rate
        First and last step size; it falls geometrically. With a derivative it stays the first.
    near
        Largest distance, in each parameter, of starts beside the point.
    eps
        Smoothing of the descents with a derivative.
    seed
        Root seed.
    table
        The .csv table with a row for each kind of descent.
    """
    rates = rate * (final_rate / rate) ** (np.arange(steps) / max(steps - 1, 1))
    rows = []
    for example in get_args(Example):
        for depth in track(depths, f"depths of {example}"):
            for start in ("beside", "anywhere"):
                for width in (0.0, eps):
                    rng = generator(seed, "laurent2018", "descent", example, depth, start)
                    W = _starts(example, depth, near if start == "beside" else None, runs, rng)
                    # With a derivative there is no need for the steps to become small.
                    ends = (
                        _settle(example, W, rate, longest, width)
                        if width
                        else _descend(example, W, rates, width)
                    )
                    level = np.sqrt(1 + width**2) - width  # the value at the point
                    caught = wilson_interval(int((abs(ends - level) <= NEAR).sum()), runs)
                    best = wilson_interval(int((ends <= NEAR).sum()), runs)
                    rows.append(
                        {
                            "example": example,
                            "depth": depth,
                            "start": start,
                            "loss": "smoothed" if width else "absolute",
                            "runs": runs,
                            "caught": caught.value,
                            "caught_low": caught.low,
                            "caught_high": caught.high,
                            "best": best.value,
                            "best_low": best.low,
                            "best_high": best.high,
                            "elsewhere": int(((abs(ends - level) > NEAR) & (ends > NEAR)).sum()),
                            "certified_radius": float(certified_radius(depth)),
                        }
                    )
    write_table(pd.DataFrame(rows), table)


def _starts(
    example: Example, depth: int, near: float | None, runs: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Draw the layers of all runs, the runs last: uniform beside the point, or Gaussian."""
    first, last = (layer.astype(float) for layer in CENTRES[example])
    point = [first, *[np.eye(len(first))] * (depth - 2), last]
    if near is None:
        return [rng.normal(size=(*layer.shape, runs)) for layer in point]
    return [
        layer[..., None] + rng.uniform(-near, near, size=(*layer.shape, runs)) for layer in point
    ]


def _times(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the matrix products of all runs, which are the last axis."""
    product: np.ndarray = (A[:, :, None] * B[None]).sum(axis=1)
    return product


def _turn(A: np.ndarray) -> np.ndarray:
    return A.swapaxes(0, 1)


def _settle(
    example: Example, W: list[np.ndarray], rate: float, longest: int, eps: float
) -> np.ndarray:
    """Return F after gradient descent that ends once it is near the global minimum."""
    values = np.full(W[0].shape[-1], np.inf)
    left = np.arange(len(values))
    for _ in range(-(-longest // STRIDE)):
        values[left] = _descend(example, W, np.full(STRIDE, rate), eps)
        going = values[left] > NEAR
        left, W = left[going], [layer[..., going] for layer in W]
        if not len(left):
            break
    return values


def _descend(example: Example, W: list[np.ndarray], rates: np.ndarray, eps: float) -> np.ndarray:
    """Return F, the sum of |r| over the residuals, after (sub)gradient descent.

    For eps > 0 the descent is that of the sum of sqrt(r^2 + eps^2) - eps, and so is the value.
    """
    missed = MISSED[example]
    for rate in [*rates, 0.0]:
        before = [W[0]]
        for layer in W[1:]:
            before.append(_times(layer, before[-1]))
        residual = before[-1].copy()
        residual[missed] -= 1
        if eps:
            root = np.sqrt(residual**2 + eps**2)
            G, value = residual / root, (root - eps).sum(axis=(0, 1))
        else:
            G, value = np.sign(residual), abs(residual).sum(axis=(0, 1))
        for h in reversed(range(len(W))):
            gradient = _times(G, _turn(before[h - 1])) if h else G
            if h:
                G = _times(_turn(W[h]), G)
            W[h] = W[h] - rate * gradient
    return np.asarray(value)


if __name__ == "__main__":
    run(train_descents)
