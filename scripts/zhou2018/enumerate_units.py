"""List every local minimum of one ReLU unit, and see which of them catch gradient descent."""

from replication.run import run, track, write_table

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.relu.one_unit import UnitMinimum, unit_loss, unit_minima
from landscape.seeds import generator
from landscape.statistics import wilson_interval
from replication.settings import Count, Positive

# A run has come to a minimum if its angle and its loss, relative to that of a dead unit, agree. It
# is still moving if a unit turned this far has a loss lower by more than rounding.
NEAR_ANGLE, NEAR_LOSS, LOWER = 0.02, 1e-3, 1e-9
DEAD, MOVING, ELSEWHERE = -1, -2, -3
OUTCOMES = {
    "global": "global minimum",
    "at_spurious": "spurious minimum",
    "dead": "dead unit",
    "moving": "still moving",
    "elsewhere": "at rest elsewhere",
}


def enumerate_units(
    sets: Count,
    samples: Count,
    runs: Count,
    steps: Annotated[int, Ge(10)],
    step: Positive,
    angles: Annotated[int, Ge(2)],
    seed: int,
    minima: Path,
    ends: Path,
    outcomes: Path,
    profile: Path,
) -> None:
    """Write the minima of random data sets, and where gradient descent ends.

    Parameters
    ----------
    sets
        Random data sets of two inputs and one output.
    samples
        Samples in each.
    runs
        Random starts for each.
    steps
        Steps of gradient descent. Their size falls to a twentieth, since constant steps do not
        come to rest at a kink.
    step
        The first step size.
    angles
        Directions at which the least loss is tabulated, for the figure.
    seed
        Root seed.
    minima
        The .csv table, a row for each minimum.
    ends
        The .csv table, a row for each data set.
    outcomes
        The .csv table of the shares of all runs, a row for each way in which a run can end.
    profile
        The .csv table of the least loss over directions.
    """
    found, counted, profiles = [], [], []
    for index in track(range(sets), "data sets"):
        rng = generator(seed, "zhou2018", "units", index)
        X, y = rng.normal(size=(2, samples)), rng.normal(size=samples)
        listed = sorted(unit_minima(X, y), key=lambda minimum: minimum.loss)
        w, a = rng.normal(size=(runs, 2)), rng.normal(size=runs)
        w, a = _descend(X, y, w, a, steps, step)
        caught = _ends(X, y, listed, w, a)
        total = 0.5 * float(y @ y)
        found += [{"set": index, **row} for row in _minima(listed, total, caught)]
        counted.append({"set": index, **_counts(listed, total, caught)})
        grid = np.linspace(0.0, 2 * np.pi, angles)
        losses = unit_loss(X, y, grid)[0] / total
        profiles.append(pd.DataFrame({"set": index, "angle": grid, "loss": losses}))
    write_table(pd.DataFrame(found), minima)
    write_table(pd.DataFrame(counted), ends)
    write_table(_outcomes(pd.DataFrame(counted)), outcomes)
    write_table(pd.concat(profiles), profile)


def _minima(
    listed: list[UnitMinimum], total: float, caught: np.ndarray
) -> Iterator[dict[str, object]]:
    """Yield a row for each minimum of one data set, the global one first."""
    for number, minimum in enumerate(listed):
        yield {
            "minimum": number,
            "kind": minimum.kind,
            "angle": (minimum.low + minimum.high) / 2 % (2 * np.pi),
            "width": minimum.high - minimum.low,
            "loss": minimum.loss / total,
            "global": int(number == 0),
            "runs": len(caught),
            "caught": int((caught == number).sum()),
        }


def _counts(listed: list[UnitMinimum], total: float, caught: np.ndarray) -> dict[str, object]:
    """Return how many runs on one data set have come where."""
    best = int((caught == 0).sum())
    share = wilson_interval(best, len(caught))
    return {
        "minima": len(listed),
        "spurious": sum(m.loss > listed[0].loss + 1e-9 * total for m in listed),
        "runs": len(caught),
        "global": best,
        "global_share": share.value,
        "global_low": share.low,
        "global_high": share.high,
        "at_spurious": int((caught > 0).sum()),
        "dead": int((caught == DEAD).sum()),
        "moving": int((caught == MOVING).sum()),
        "elsewhere": int((caught == ELSEWHERE).sum()),
    }


def _outcomes(counted: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the runs on all data sets that end in each way."""
    total = int(counted["runs"].sum())
    rows = []
    for column, outcome in OUTCOMES.items():
        share = wilson_interval(int(counted[column].sum()), total)
        rows.append(
            {
                "outcome": outcome,
                "runs": int(counted[column].sum()),
                "share": share.value,
                "share_low": share.low,
                "share_high": share.high,
            }
        )
    return pd.DataFrame(rows)


def _descend(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, a: np.ndarray, steps: int, step: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return w (runs, 2) and a (runs,) after gradient descent from each start."""
    for t in range(steps):
        z = w @ X
        active = z > 0
        z = np.where(active, z, 0.0)
        residual = a[:, None] * z - y
        slope_w = a[:, None] * ((residual * active) @ X.T)
        slope_a = np.sum(residual * z, axis=1)
        size = step / (1 + 19 * t / steps)
        w, a = w - size * slope_w, a - size * slope_a
    return w, a


def _ends(
    X: np.ndarray, y: np.ndarray, listed: list[UnitMinimum], w: np.ndarray, a: np.ndarray
) -> np.ndarray:
    """Return the index of the minimum that each run has come to, or DEAD, MOVING, ELSEWHERE."""
    total = 0.5 * float(y @ y)
    residual = a[:, None] * np.maximum(w @ X, 0.0) - y
    loss = 0.5 * np.sum(residual**2, axis=1)
    angle = np.arctan2(w[:, 1], w[:, 0])
    turned = (unit_loss(X, y, angle + turn)[0] for turn in (-NEAR_ANGLE, NEAR_ANGLE))
    ends = np.where(np.minimum(*turned) < loss - LOWER * total, MOVING, ELSEWHERE)
    for k, minimum in reversed(list(enumerate(listed))):
        if minimum.kind == "zero":
            near = (np.linalg.norm(w, axis=1) < NEAR_ANGLE) & (np.sign(a) == minimum.scale)
        else:
            ahead = np.mod(angle - minimum.low + NEAR_ANGLE, 2 * np.pi)
            near = ahead <= minimum.high - minimum.low + 2 * NEAR_ANGLE
        ends[near & (np.abs(loss - minimum.loss) <= NEAR_LOSS * total)] = k
    ends[(w @ X <= 0).all(axis=1)] = DEAD
    return ends


if __name__ == "__main__":
    run(enumerate_units)
