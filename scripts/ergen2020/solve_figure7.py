"""Figure 7: the printed solutions on the same data, in exact arithmetic."""

from replication.run import Published, run, write_table

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.convex.dictionary import bound_on_line

GRID = [Fraction(k, 40) for k in range(-100, 101)]
MISPRINTED = {"w3", "w4"}
Unit = tuple[int, Fraction, Fraction]


@dataclass(frozen=True)
class Solution:
    """A printed network, its objective, and the lower bound for all networks that it comes with.

    The objective is that of the regularised problem, or |w|_1 if the network is to fit the data.
    """

    problem: str
    name: str
    units: list[Unit]
    misfit: list[Fraction]
    value: Fraction
    bound: Fraction

    @property
    def norm(self) -> Fraction:
        """|w|_1."""
        return sum((abs(w) for _, _, w in self.units), Fraction(0))


def solve_figure7(published: Path, solutions: Path, figure7: Path) -> None:
    """Evaluate what Section 11 prints: weights, objectives, norms and dual points.

    A solution is optimal if its objective is a lower bound for all networks. Such bounds come from
    the residuals of the solutions, or from the printed dual points. Fractions are exact: an excess
    of zero is zero.

    Parameters
    ----------
    published
        The published numbers, config/ergen2020/published.yaml.
    solutions
        The .csv table with a row for each printed solution; those of Figure 7 that are misprinted
        occur as printed, and with the kink of the other.
    figure7
        The .csv table of the optimal ones of the regularised problem on a grid.
    """
    numbers = Published(published)
    printed = {
        "regularised": Fraction(numbers.value("figure7_minimum")),
        "equality": Fraction(numbers.value("figure7_norm")),
    }
    x, y = ([Fraction(int(p)) for p in column] for column in numbers.table("figure7_data").T.values)
    found = [*_regularised(numbers, x, y), *_interpolating(numbers, x, y)]
    rows, curves = [], []
    for problem in ("regularised", "equality"):
        group = [solution for solution in found if solution.problem == problem]
        bound = max(solution.bound for solution in group)
        first = _outputs(group[0].units, GRID)
        for solution in group:
            fits = problem == "regularised" or not any(solution.misfit)
            excess = solution.value / bound - 1
            outputs = _outputs(solution.units, GRID)
            rows.append(
                {
                    "problem": problem,
                    "solution": solution.name,
                    "exact": str(solution.value),
                    "value": float(solution.value),
                    "norm": float(solution.norm),
                    "misfit": float(max(map(abs, solution.misfit))),
                    "bound": float(bound),
                    "published_ratio": float(solution.value / printed[problem]),
                    "excess": float(excess) if fits else np.inf,
                    "distance": float(max(abs(p - q) for p, q in zip(outputs, first, strict=True))),
                }
            )
            if problem == "regularised" and excess == 0:
                curves.append(_curve(solution.name, GRID, outputs))
    write_table(pd.DataFrame(rows), solutions)
    write_table(pd.concat([*curves, _curve("data", x, y)], ignore_index=True), figure7)


def _regularised(numbers: Published, x: list[Fraction], y: list[Fraction]) -> list[Solution]:
    """Return Solutions 1 to 4 as printed, and those that are misprinted with each other's kink."""
    strength = Fraction(str(numbers.value("figure7_strength")))
    weights = numbers.table("figure7_solutions")
    kinks = numbers.table("figure7_kinks").set_index("solution")["c"].map(Fraction)
    printed = [(name, name) for name in kinks.index]
    exchanged = [(name, other) for name in kinks.index for other in MISPRINTED - {name}]
    solutions = []
    for name, other in printed + [pair for pair in exchanged if pair[0] in MISPRINTED]:
        units = _units(weights["slope"], weights["bias"], weights[name], kinks[other])
        misfit = _misfit(units, x, y)
        norm = sum((abs(w) for _, _, w in units), Fraction(0))
        value = strength * norm + sum((r * r for r in misfit), Fraction(0)) / (2 * len(x))
        # Times n the objective is that of Theorem 8 with the strength n β.
        bound = bound_on_line(x, y, misfit, strength * len(x)) / len(x)
        label = name if name == other else f"{name} with the kink of {other}"
        solutions.append(Solution("regularised", label, units, misfit, value, bound))
    return solutions


def _interpolating(numbers: Published, x: list[Fraction], y: list[Fraction]) -> list[Solution]:
    """Return the two solutions of the problem with equality constraints."""
    weights, duals = numbers.table("figure7_interpolating"), numbers.table("figure7_duals")
    solutions = []
    for name in ("w", "w_hat"):
        units = _units(weights["slope"], weights[f"{name}_bias"], weights[name])
        bound = bound_on_line(x, y, [Fraction(v) for v in duals[f"dual_of_{name}"]])
        value = sum((abs(w) for _, _, w in units), Fraction(0))
        solutions.append(Solution("equality", name, units, _misfit(units, x, y), value, bound))
    return solutions


def _units(
    slopes: pd.Series, biases: pd.Series, weights: pd.Series, c: Fraction = Fraction(0)
) -> list[Unit]:
    """Return slope, bias and output weight of each unit; c may stand in the printed biases."""
    printed = {"c": c, "-c": -c}
    units = []
    for slope, bias, weight in zip(slopes, biases, weights, strict=True):
        place = printed[bias] if bias in printed else Fraction(bias)
        units.append((int(slope), place, Fraction(weight)))
    return units


def _outputs(units: list[Unit], points: list[Fraction]) -> list[Fraction]:
    return [
        sum((w * max(u * p + b, Fraction(0)) for u, b, w in units), Fraction(0)) for p in points
    ]


def _misfit(units: list[Unit], x: list[Fraction], y: list[Fraction]) -> list[Fraction]:
    return [p - q for p, q in zip(y, _outputs(units, x), strict=True)]


def _curve(name: str, x: list[Fraction], outputs: list[Fraction]) -> pd.DataFrame:
    values = {"x": [float(p) for p in x], "output": [float(p) for p in outputs]}
    return pd.DataFrame({"solution": name, **values})


if __name__ == "__main__":
    run(solve_figure7)
