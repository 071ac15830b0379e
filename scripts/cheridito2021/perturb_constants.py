"""Which constant functions are local minima: the rule, random perturbations and exact descents."""

from replication.run import run, track, write_table

from fractions import Fraction
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
from annotated_types import Gt, Le

from landscape.affine.target_relu import AffineTarget, Network
from landscape.seeds import generator
from replication.settings import Count, Distinct


class Case(NamedTuple):
    """A kind of neuron that contributes nothing on [0, 1].

    Attributes
    ----------
    name : str
    neuron : tuple of int
        Weights (w, b, v).
    move : tuple of int, optional
        A direction (w, b, v) in which the loss falls, if the rule, for alpha > 0, does not allow
        the kind at a local minimum.
    """

    name: str
    neuron: tuple[int, ...]
    move: tuple[int, ...] | None = None


CASES = [
    Case("inactive", (1, -2, 1)),
    Case("inactive, flat", (0, -1, 0)),
    Case("semi-inactive at T0, alpha v > 0", (-1, 0, 1)),
    Case("semi-inactive at T1, alpha v < 0", (1, -1, -1)),
    Case("semi-inactive at T0, alpha v < 0", (-1, 0, -1), (0, 1, 0)),
    Case("semi-inactive at T1, alpha v > 0", (1, -1, 1), (0, 1, 0)),
    Case("semi-inactive at T0, flat", (-1, 0, 0), (0, 1, -1)),
    Case("semi-inactive at T1, flat", (1, -1, 0), (0, 1, 1)),
    Case("semi-active, flat", (0, 1, 0), (12, 0, 1)),
    Case("degenerate, flat", (0, 0, 0), (1, 0, 1)),
]
DISTANCES = [Fraction(1, 10**k) for k in (3, 6, 9)]


def perturb_constants(
    perturbations: Count,
    radii: Distinct[Annotated[float, Gt(0), Le(0.1)]],
    seed: int,
    table: Path,
) -> None:
    """Perturb a constant function for each pair of kinds of neurons, the same kind twice included.

    That the networks which the rule calls minima are such has a short proof: what their neurons add
    after a small change has, where it is not zero, the sign of the error there, so that the loss is
    at least that of a change of the outer bias alone, and the bias was best. The perturbations look
    for a mistake in this; each saddle is left in exact steps.

    Parameters
    ----------
    perturbations
        Random perturbations of each constant function, for each radius.
    radii
        Largest change of a parameter in a perturbation; small, for a minimum is a local one.
    seed
        Root seed.
    table
        The .csv table with a row for each pair of kinds.
    """
    unit = AffineTarget(1, 0, 0, 1)
    pairs = list(combinations_with_replacement(CASES, 2))
    rows = [_pair(unit, pair, perturbations, radii, seed) for pair in track(pairs, "pairs")]
    write_table(pd.DataFrame(rows), table)


def _pair(
    target: AffineTarget,
    pair: tuple[Case, Case],
    perturbations: int,
    radii: list[float],
    seed: int,
) -> dict[str, str | int | float]:
    """Perturb one constant function; where a saddle is predicted, descend in exact steps."""
    names = [case.name for case in pair]
    predicted = "local minimum" if all(case.move is None for case in pair) else "saddle"
    w, b, v = np.array([case.neuron for case in pair]).T
    point = Network(w, b, v, Fraction(1, 2))
    level = target.loss(point)
    theta = np.concatenate([w, b, v, [0.5]])
    rng = generator(seed, "cheridito2021", "plateau", *names)
    lowest, lower = np.inf, 0
    for radius in radii:
        moved = theta + radius * rng.uniform(-1, 1, (perturbations, theta.size))
        stack = Network(moved[:, :2], moved[:, 2:4], moved[:, 4:6], moved[:, 6])
        change = target.loss(stack) - float(level)
        # The rounding of a loss of 1/12 is far below 1e-15; what is lower counts only beyond it.
        lower += int((change < -1e-15).sum())
        lowest = min(lowest, float(change.min()))
    descends = any(_descends(target, point, i, case.move) for i, case in enumerate(pair))
    observed = "saddle" if lower or descends else "local minimum"
    return {
        "first": names[0],
        "second": names[1],
        "predicted": predicted,
        "classified": target.classify(point),
        "perturbations": perturbations * len(radii),
        "lower": lower,
        "lowest_change": lowest,
        "exact_descent": int(descends),
        "observed": observed,
        "mismatch": int(not predicted == target.classify(point) == observed),
    }


def _descends(
    target: AffineTarget, point: Network, neuron: int, move: tuple[int, ...] | None
) -> bool:
    """Say whether moving one neuron lowers the loss at each of `DISTANCES`, in exact fractions."""
    if move is None:
        return False
    for t in DISTANCES:
        w, b, v = (np.array([Fraction(int(x)) for x in part]) for part in point[:3])
        for part, change in zip((w, b, v), move, strict=True):
            part[neuron] += t * change
        if not target.loss(Network(w, b, v, point.c)) < target.loss(point):
            return False
    return True


if __name__ == "__main__":
    run(perturb_constants)
