"""Which constant functions are local minima: the rule, random perturbations and exact descents."""

from replication.run import run, write_table

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Gt, Le

from landscape.affine.target_relu import AffineTarget, Network
from landscape.seeds import generator
from replication.settings import Count, Distinct

# Neurons (w, b, v) beside which f is constant on [0, 1], what the rule says of the point for
# alpha > 0, and a direction (w, b, v) in which a saddle's loss falls.
CASES = [
    ("inactive", (1, -2, 1), "local minimum", None),
    ("inactive, flat", (0, -1, 0), "local minimum", None),
    ("semi-inactive at T0, alpha v > 0", (-1, 0, 1), "local minimum", None),
    ("semi-inactive at T1, alpha v < 0", (1, -1, -1), "local minimum", None),
    ("semi-inactive at T0, alpha v < 0", (-1, 0, -1), "saddle", (0, 1, 0)),
    ("semi-inactive at T1, alpha v > 0", (1, -1, 1), "saddle", (0, 1, 0)),
    ("semi-inactive at T0, flat", (-1, 0, 0), "saddle", (0, 1, -1)),
    ("semi-inactive at T1, flat", (1, -1, 0), "saddle", (0, 1, 1)),
    ("semi-active, flat", (0, 1, 0), "saddle", (12, 0, 1)),
    ("degenerate, flat", (0, 0, 0), "saddle", (1, 0, 1)),
]
DISTANCES = [Fraction(1, 10**k) for k in (3, 6, 9)]


def perturb_constants(
    perturbations: Count,
    radii: Distinct[Annotated[float, Gt(0), Le(0.1)]],
    seed: int,
    table: Path,
) -> None:
    """Perturb a constant function for each kind of neuron that may stand beside it.

    Parameters
    ----------
    perturbations
        Random perturbations of each constant function, for each radius.
    radii
        Largest change of a parameter in a perturbation; small, for a minimum is a local one.
    seed
        Root seed.
    table
        The .csv table with a row for each kind of neuron beside which the function is constant.
    """
    unit = AffineTarget(1, 0, 0, 1)
    rows = [_case(unit, case, perturbations, radii, seed) for case in CASES]
    write_table(pd.DataFrame(rows), table)


def _case(
    target: AffineTarget,
    case: tuple[str, tuple[int, ...], str, tuple[int, ...] | None],
    perturbations: int,
    radii: list[float],
    seed: int,
) -> dict[str, str | int | float]:
    """Perturb one constant function; where a saddle is predicted, descend in exact steps."""
    name, (w, b, v), predicted, move = case
    # An inactive neuron beside it shows that the rule is one of all neurons.
    point = Network([w, 1], [b, -2], [v, 1], Fraction(1, 2))
    level = target.loss(point)
    theta = np.array([w, 1, b, -2, v, 1, 0.5])
    rng = generator(seed, "cheridito2021", "plateau", name)
    lowest, lower = np.inf, 0
    for radius in radii:
        moved = theta + radius * rng.uniform(-1, 1, (perturbations, theta.size))
        stack = Network(moved[:, :2], moved[:, 2:4], moved[:, 4:6], moved[:, 6])
        change = target.loss(stack) - float(level)
        # The rounding of a loss of 1/12 is far below 1e-15; what is lower counts only beyond it.
        lower += int((change < -1e-15).sum())
        lowest = min(lowest, float(change.min()))
    descends = int(move is not None)
    if move is not None:
        for t in DISTANCES:
            w_t, b_t, v_t = (x + t * dx for x, dx in zip((w, b, v), move, strict=True))
            moved_exactly = Network([w_t, 1], [b_t, -2], [v_t, 1], Fraction(1, 2))
            descends &= int(target.loss(moved_exactly) < level)
    observed = "saddle" if lower or descends else "local minimum"
    return {
        "neuron": name,
        "predicted": predicted,
        "classified": target.classify(point),
        "perturbations": perturbations * len(radii),
        "lower": lower,
        "lowest_change": lowest,
        "exact_descent": descends,
        "observed": observed,
        "mismatch": int(not predicted == target.classify(point) == observed),
    }


if __name__ == "__main__":
    run(perturb_constants)
