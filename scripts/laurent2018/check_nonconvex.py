"""Check Theorem 3 where it says more than Theorem 1: random f that are not convex."""

from replication.run import InputError, run, track, write_table

import re
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.linear.composite import Composite
from landscape.linear.problem import Layers, prefixes, suffixes
from landscape.seeds import generator
from replication.settings import Count, Distinct, Positive

# A point with a smaller gradient, relative to the usual one of f, counts as critical.
CRITICAL = 1e-9
# An eigenvalue below this part of the largest counts as zero.
ZERO = 1e-7
# Values that differ by less are the same level.
LEVEL = 1e-8


def check_nonconvex(
    ends: Distinct[str],
    wide: Distinct[str],
    narrow: Distinct[str],
    waves: Count,
    ridge: Positive,
    draws: Count,
    starts: Count,
    seed: int,
    table: Path,
) -> None:
    """Train networks in random functions of the product that have many local minima.

    Parameters
    ----------
    ends
        Numbers of inputs and of outputs, joined by a hyphen.
    wide
        Hidden widths, joined by hyphens, of networks that meet the condition of the theorem: none
        is below the lesser of inputs and outputs.
    narrow
        Hidden widths of networks with a bottleneck, which do not.
    waves
        Number K of waves; see `Waves`.
    ridge
        What keeps f from falling at infinity.
    draws
        Functions f for each pair of ends.
    starts
        Gaussian starts for each f and network.
    seed
        Root seed.
    table
        The .csv table with a row for each pair of ends and network.
    """
    rows = []
    shapes = [*product(ends, [*wide, *narrow])]
    for end, shape in track(shapes, "networks"):
        inputs, outputs = _widths(end)
        found = []
        for draw in range(draws):
            rng = generator(seed, "laurent2018", "nonconvex", end, draw)
            f = Waves(rng, (outputs, inputs), waves, ridge)
            F = Composite(f, _widths(shape))
            scale = np.concatenate([np.full(a * b, b**-0.5) for a, b in F.shapes])
            for start in range(starts):
                rng = generator(seed, "laurent2018", "nonconvex", end, draw, shape, start)
                trained = F.minimize(scale * rng.normal(size=F.size))
                found.append({"draw": draw} | measure(F, f, trained))
        names = {"inputs": inputs, "outputs": outputs, "hidden": shape, "wide": shape in wide}
        rows.append(names | summary(pd.DataFrame(found)))
    write_table(pd.DataFrame(rows), table)


class Waves:
    """f(A) = (ridge / 2) |A|^2 + sum_k cos(<B_k, A> + phi_k), with K Gaussian B_k.

    Attributes
    ----------
    shape : tuple of int
        The shape of A.
    natural : float
        The usual norm of the gradient of the waves.
    """

    def __init__(
        self, rng: np.random.Generator, shape: tuple[int, int], waves: int, ridge: float
    ) -> None:
        self.shape, self.ridge = shape, ridge
        self.B = rng.normal(size=(waves, shape[0] * shape[1]))
        self.phases = rng.uniform(0, 2 * np.pi, waves)
        self.natural = float(np.sqrt(np.sum(self.B**2) / 2))

    def value_gradient(self, A: np.ndarray) -> tuple[float, np.ndarray]:
        """Return f(A) and its gradient, of the shape of A."""
        angles = self.B @ A.ravel() + self.phases
        value = self.ridge / 2 * float(np.sum(A**2)) + float(np.cos(angles).sum())
        slope = self.ridge * A.ravel() - np.sin(angles) @ self.B
        return value, slope.reshape(self.shape)

    def hessian(self, A: np.ndarray) -> np.ndarray:
        """Return the Hessian (A.size, A.size), with the entries of A row by row."""
        curvatures = np.cos(self.B @ A.ravel() + self.phases)
        hessian: np.ndarray = self.ridge * np.eye(A.size) - (self.B.T * curvatures) @ self.B
        return hessian


def measure(F: Composite, f: Waves, theta: np.ndarray) -> dict[str, float]:
    """Return what an end of training is, and the gradient of f at the product of its layers."""
    value, gradient = F.value_gradient(theta)
    eigenvalues = np.linalg.eigvalsh(F.hessian(theta))
    slope = f.value_gradient(prefixes(F.layers(theta))[-1])[1]
    return {
        "value": value,
        "gradient": float(np.linalg.norm(gradient)) / f.natural,
        "least_eigenvalue": eigenvalues[0] / eigenvalues[-1],
        "slope": float(np.linalg.norm(slope)) / f.natural,
        "rank_margin": rank_margin(F.layers(theta)),
    }


def rank_margin(W: Layers) -> float:
    """Return how far a point is from one where the gradient alone does not decide.

    Where W_{H-1} ... W_1 has as many independent columns as there are inputs, or W_H ... W_2 as
    many rows as outputs, a vanishing gradient in the last layer, or the first, makes that of f
    vanish. The larger of their least singular values is relative to the largest of the same
    product.
    """
    margins = []
    for block, rank in ((prefixes(W)[-2], W[0].shape[1]), (suffixes(W)[0], W[-1].shape[0])):
        values = np.linalg.svd(block, compute_uv=False)
        margins.append(values[rank - 1] / values[0] if len(values) >= rank and values[0] else 0.0)
    return float(max(margins))


def summary(ends: pd.DataFrame) -> dict[str, float]:
    """Count local minima among the ends, and their levels, with the range of the slope there."""
    critical = ends["gradient"] <= CRITICAL
    minimal = ends[critical & (ends["least_eigenvalue"] >= -ZERO)]
    levels = [
        1 + int((np.diff(np.sort(values)) > LEVEL).sum())
        for _, values in minimal.groupby("draw")["value"]
    ]
    return {
        "starts": len(ends),
        "critical": int(critical.sum()),
        "minima": len(minimal),
        "most_levels": max(levels, default=0),
        "slope_least": minimal["slope"].min(),
        "slope_most": minimal["slope"].max(),
        "rank_margin_least": minimal["rank_margin"].min(),
    }


def _widths(text: str) -> list[int]:
    """Return widths that are joined by hyphens."""
    if not re.fullmatch("[1-9][0-9]*(-[1-9][0-9]*)*", text):
        raise InputError(f"expected widths joined by hyphens, such as 5-1-5, got {text!r}")
    return [int(width) for width in text.split("-")]


if __name__ == "__main__":
    run(check_nonconvex)
