"""The same construction where the loss is an integral over an interval, in exact fractions."""

from replication.run import run, track, write_table

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from landscape.affine.integrals import best_affine, mean_square
from landscape.affine.piecewise import ACTIVATIONS
from landscape.affine.segment import affine_minimum, affine_radius
from landscape.exact import Numbers, to_fractions
from landscape.seeds import generator
from replication.settings import Count, Distinct

# Coefficients, that of 1 first.
TARGETS = {"square": [0, 0, 1], "cube": [0, 0, 0, 1], "fourth power": [0, 0, 0, 0, 1]}
ENDS = to_fractions([[-1, 1]])
RELU = ACTIVATIONS["relu"]
# Better networks have their kinks at multiples of a tenth and their weights at multiples of 2^-10.
KINKS, UNIT = range(-9, 10), 2**10
# What keeps every value of a better network positive on its way through further hidden layers.
LIFT = 8


def certify_integrals(
    targets: Distinct[Literal["square", "cube", "fourth power"]],
    hidden: Distinct[Literal["2", "5", "2-2", "4-4", "2-2-2"]],
    draws: Count,
    seed: int,
    minima: Path,
) -> None:
    """Prove, for each target and network, that random members of the continuum are spurious minima.

    If all neurons are inside the affine segment at both ends of the interval, they are so between
    them. The better network is ``a relu(x - t) + b relu(t - x) + c``, passed on unchanged by
    further hidden layers.

    Parameters
    ----------
    targets
        Names of polynomials on [-1, 1].
    hidden
        Hidden widths, such as 4-4 for two hidden layers of four ReLU neurons.
    draws
        Members of the continuum for each target and network.
    seed
        Root seed.
    minima
        The .csv table with a row for each target and network.
    """
    rows = []
    for name, sizes in track(list(product(targets, hidden)), "cases"):
        target, widths = TARGETS[name], [int(size) for size in sizes.split("-")]
        slope, intercept, affine_loss = best_affine(target)
        better_loss = mean_square(_better(target, widths), target, RELU)
        rng = generator(seed, "christof2022", "integrals", name, sizes)
        radii, unproved = [], 0
        for _ in range(draws):
            member = affine_minimum(rng, ENDS, slope * ENDS[0] + intercept, widths, RELU)
            radii.append(affine_radius(member, ENDS, RELU))
            loss = mean_square(member, target, RELU)
            unproved += not (radii[-1] > 0 and better_loss < loss == affine_loss)
        rows.append(
            {
                "target": name,
                "hidden": sizes,
                "members": draws,
                "unproved": unproved,
                "affine_loss": str(affine_loss),
                "better_ratio": float(better_loss / affine_loss),
                "radius": float(min(radii)),
            }
        )
    write_table(pd.DataFrame(rows), minima)


def _better(target: Sequence[int], widths: list[int]) -> list[tuple[Numbers, Numbers]]:
    """Return the best network of those with one kink at a multiple of a tenth."""
    networks = [_bent(Fraction(kink, 10), target, widths) for kink in KINKS]
    return min(networks, key=lambda network: mean_square(network, target, RELU))


def _bent(
    kink: Fraction, target: Sequence[int], widths: list[int]
) -> list[tuple[Numbers, Numbers]]:
    """Return the network a relu(x - t) + b relu(t - x) + c of given hidden widths."""
    x = np.linspace(-1, 1, 201)
    after = x - float(kink)
    basis = np.array([np.maximum(after, 0), np.maximum(-after, 0), np.ones_like(x)])
    fitted = np.linalg.lstsq(basis.T, np.polynomial.Polynomial(target)(x))[0]
    a, b, c = to_fractions(np.rint(fitted * UNIT)) / UNIT
    shapes = [(m, n) for n, m in zip([1, *widths], [*widths, 1], strict=True)]
    layers = [(to_fractions(np.zeros((m, n))), to_fractions(np.zeros(m))) for m, n in shapes]
    layers[0][0][:2, 0], layers[0][1][:2] = [1, -1], [-kink, kink]
    layers[1][0][0, :2] = [a, b]
    for W, _ in layers[2:]:
        W[0, 0] = Fraction(1)
    layers[1][1][0] = c + LIFT
    layers[-1][1][0] -= LIFT
    return layers


if __name__ == "__main__":
    run(certify_integrals)
