"""Certify critical points at every level, for ReLU and for quadratic activation, exactly."""

from replication.run import run, write_table

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge
from numpy.typing import NDArray

from landscape.affine.target_quadratic import QuadraticActivation
from landscape.affine.target_relu import AffineTarget, Network
from landscape.certify import exact_inertia

# How the neurons at the first kink share what it needs; the other kinks have one neuron each.
SHARES = {
    "one neuron a kink": [Fraction(1)],
    "first kink split 1/2, 1/2": [Fraction(1, 2)] * 2,
    "first kink split 2, -1": [Fraction(2), Fraction(-1)],
}
# Types of neurons at critical points with squares, see QuadraticActivation.critical_point.
QUADRATIC = ["outer", "inner", "balanced", "degenerate"]
DISTANCES = [Fraction(1, 10**k) for k in (3, 6, 9)]


def certify_levels(
    largest: Annotated[int, Ge(2)], levels: Path, quadratic: Path, errors: Path
) -> None:
    """Certify the levels and their Hessians, and ways down from the saddles of squares.

    Parameters
    ----------
    largest
        Largest number n of kinks.
    levels
        The .csv table with a row for each target, n and arrangement of neurons.
    quadratic
        The .csv table with a row for each target and type of critical point that a quadratic
        activation has, apart from global minima.
    errors
        The .csv table of the ends of the pieces of f minus the target on [0, 1].
    """
    unit = AffineTarget(1, 0, 0, 1)
    targets = [
        unit,
        AffineTarget(Fraction(-17, 10), Fraction(1, 3), Fraction(-1, 2), 2),
        AffineTarget(Fraction(5, 2), -1, -3, Fraction(-1, 7)),
    ]
    rows = [
        _level(target, n, name, parts)
        for target in targets
        for n in range(0, largest + 1, 2)
        for name, parts in (SHARES.items() if n else {"all neurons dead": []}.items())
    ]
    write_table(pd.DataFrame(rows), levels)
    write_table(
        pd.DataFrame([_quadratic(target, kind) for target in targets for kind in QUADRATIC]),
        quadratic,
    )
    write_table(pd.concat([_error(unit, n) for n in range(0, largest + 1, 2)]), errors)


def _level(
    target: AffineTarget, n: int, name: str, parts: list[Fraction]
) -> dict[str, str | int | float]:
    """Certify one critical point: loss, gradient and inertia are exact.

    "exact" says that the loss is the fraction on the list and the gradient is zero.
    """
    shares = [parts, *[[Fraction(1)]] * (n - 1)] if n else None
    point = target.critical_point(n, shares, dead=int(n == 0))
    level, loss = target.critical_levels(max(n, 1))[n], target.loss(point)
    negative, zero, positive = exact_inertia(target.hessian(point))
    return {
        "alpha": str(target.alpha),
        "beta": str(target.beta),
        "interval": f"[{target.T0}, {target.T1}]",
        "n": n,
        "neurons": point.w.size,
        "arrangement": name,
        "level": str(loss),
        "loss": float(loss),
        "exact": int(loss == level and _is_critical(target, point)),
        "negative": negative,
        "zero": zero,
        "positive": positive,
        "kind": target.classify(point),
    }


def _is_critical(task: AffineTarget | QuadraticActivation, point: Network) -> bool:
    return all(bool(np.all(part == 0)) for part in task.gradient(point))


def _quadratic(target: AffineTarget, kind: str) -> dict[str, str | int | float]:
    """Certify one critical point with a quadratic activation, and go down from it."""
    task = QuadraticActivation(target)
    point = task.critical_point([kind])
    loss, hessian = task.loss(point), task.hessian(point)
    exact = loss == task.critical_levels(1)[0] and _is_critical(task, point)
    negative, zero, positive = exact_inertia(hessian)
    # A rational direction near the lowest eigenvector descends; where the Hessian has no negative
    # eigenvalue, one of the corners does, to third order.
    lowest = np.linalg.eigh(hessian.astype(float)).eigenvectors[:, 0].round(6)
    corners = [np.array([w, b, v, 0.0]) for w in (0, 1) for b in (0, 1) for v in (-1, 1)]
    descents = [
        all(task.loss(_moved(point, move, t)) < loss for t in DISTANCES)
        for move in ([lowest] if negative else corners)
    ]
    return {
        "alpha": str(target.alpha),
        "beta": str(target.beta),
        "interval": f"[{target.T0}, {target.T1}]",
        "neuron": kind,
        "level": str(loss),
        "exact": int(exact),
        "negative": negative,
        "zero": zero,
        "positive": positive,
        "exact_descent": int(exact and any(descents)),
    }


def _moved(point: Network, move: NDArray[np.float64], t: Fraction) -> Network:
    w, b, v, c = (t * Fraction(float(x)) for x in move)
    return Network(point.w + w, point.b + b, point.v + v, point.c + c)


def _error(target: AffineTarget, n: int) -> pd.DataFrame:
    point = target.critical_point(n, dead=int(n == 0))
    x = [Fraction(i, n + 1) for i in range(n + 2)]
    return pd.DataFrame(
        {
            "n": n,
            "level": str(target.loss(point)),
            "x": [float(value) for value in x],
            "error": target.error(point, np.array(x)).astype(float),
        }
    )


if __name__ == "__main__":
    run(certify_levels)
