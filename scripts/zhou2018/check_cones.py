"""Check the critical points of ReLU networks in activation cones by census."""

from replication.run import run, track, write_table

import itertools
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.relu.cones import (
    Cone,
    ConePoint,
    cone_points,
    gradient,
    hessian,
    loss,
    squared_radius,
)
from landscape.seeds import generator
from replication.settings import Count

# Inputs, units, outputs, samples, and whether targets are positive.
FAMILIES = {
    "targets of any sign": (4, 3, 2, 4, False),
    "positive targets": (4, 3, 2, 4, True),
    "one output": (4, 3, 1, 4, False),
    "more samples than inputs": (2, 3, 2, 5, False),
    "more outputs than units": (4, 2, 3, 4, False),
}
# Rounding in an eigenvalue of a Hessian with unit diagonal, relative to the largest.
ZERO = 1e-9
RADII = (0.9, 0.1)
# Directions of least curvature that are tried, either way.
LOWEST = 3


def check_cones(draws: Count, neighbours: Count, seed: int, census: Path) -> None:
    """Build critical points of every pattern in every cone that has any, and examine them.

    Parameters
    ----------
    draws
        Data sets of each family.
    neighbours
        Random points tried around each point, at each of two fractions of the radius of its cone,
        beside those in the directions of least curvature.
    seed
        Root seed.
    census
        The .csv table, a row for each family of data.
    """
    rows = []
    for name, (d0, d1, d2, m, positive) in track(FAMILIES.items(), "families", len(FAMILIES)):
        points, spurious = [], 0
        for draw in range(draws):
            rng = generator(seed, "zhou2018", "cones", name, draw)
            X, Y = rng.normal(size=(d0, m)), rng.normal(size=(d2, m))
            Y = np.abs(Y) if positive else Y
            found = [
                _measure(X, Y, point, neighbours, rng)
                for units, samples in itertools.product(range(1, d1 + 1), range(1, m + 1))
                for J in itertools.combinations(range(m), samples)
                for point in cone_points(X, Y, d1, Cone(tuple(range(units)), J), rng)
            ]
            points += found
            minima = np.array([point["loss"] for point in found if point["minimum"]])
            spurious += len(minima) and np.ptp(minima) > 1e-9 * np.sum(Y**2)
        every = pd.DataFrame(points)
        saddles = every[~every["minimum"]]
        rows.append(
            {
                "family": name,
                "data_sets": draws,
                "points": len(every),
                "minima": int(every["minimum"].sum()),
                "gradient": every["gradient"].max(),
                "value_error": every["value_error"].max(),
                "type_mismatches": int((every["minimum"] != every["convex"]).sum()),
                "lower_neighbours": int(every["lower"][every["minimum"]].sum()),
                "saddles_lower": int(saddles["lower"].sum()),
                "minimum_least_eigenvalue": every["least"][every["minimum"]].min(),
                "saddle_least_eigenvalue": saddles["least"].max(),
                "data_sets_with_spurious": spurious,
            }
        )
    write_table(pd.DataFrame(rows), census)


def _measure(
    X: np.ndarray, Y: np.ndarray, point: ConePoint, neighbours: int, rng: np.random.Generator
) -> dict[str, object]:
    """Return what the statement says of a point, and what loss, gradient and Hessian say."""
    A1, A2 = point.A1, point.A2
    value = loss(X, Y, A1, A2)
    total = 0.5 * float(np.sum(Y**2))
    slopes = np.concatenate([part.ravel() for part in gradient(X, Y, A1, A2)])
    size1, size2 = (max(1.0, float(np.linalg.norm(part))) for part in (A1, A2))
    H = hessian(X, Y, A1, A2)
    eigenvalues, vectors = np.linalg.eigh(_scaled(H))
    radius = float(np.sqrt(squared_radius(X, A1)))
    # Random directions seldom have a curvature that few have: those of the least are tried, too.
    lowest = _scales(H) * vectors[:, :LOWEST].T
    drops = []
    for fraction in RADII:
        for step in [*rng.normal(size=(neighbours, len(H))), *lowest, *-lowest]:
            step = step * (fraction * radius / np.linalg.norm(step))
            moved = A1 + step[: A1.size].reshape(A1.shape), A2 + step[A1.size :].reshape(A2.shape)
            drops.append(value - loss(X, Y, *moved))
    return {
        "minimum": point.minimum,
        "loss": value,
        "gradient": np.linalg.norm(slopes)
        / (np.linalg.norm(X) * np.linalg.norm(Y) * size1 * size2),
        "value_error": abs(value - point.loss) / total,
        "convex": eigenvalues[0] > -ZERO * eigenvalues[-1],
        "least": eigenvalues[0] / eigenvalues[-1],
        "lower": max(drops) > 1e-12 * total,
    }


def _scaled(H: np.ndarray) -> np.ndarray:
    """Return D H D, which has as many negative eigenvalues as H, with 1 or 0 on the diagonal.

    Weights of different sizes make curvatures of different sizes; a weak one is lost in the
    rounding of a strong one.
    """
    D = _scales(H)
    scaled: np.ndarray = D[:, None] * H * D
    return scaled


def _scales(H: np.ndarray) -> np.ndarray:
    """Return the diagonal of D."""
    scales = np.sqrt(np.diag(H))
    D: np.ndarray = 1 / np.where(scales > 0, scales, 1.0)
    return D


if __name__ == "__main__":
    run(check_cones)
