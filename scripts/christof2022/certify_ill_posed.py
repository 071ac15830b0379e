"""Best approximation by one ReLU neuron is ill-posed: exact fractions and a mirror."""

from replication.run import run, write_table

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.affine.integrals import best_affine, mean_square
from landscape.affine.piecewise import ACTIVATIONS
from landscape.exact import Numbers

# Even powers of x, their own mirror images.
POWERS = (2, 4, 6)
RELU = ACTIVATIONS["relu"]


def certify_ill_posed(mirrors: Path) -> None:
    """Hold a network of one neuron against its mirror image and against the best constant.

    For an even target a network f(x) and its mirror image f(-x) have the same loss. With one
    neuron only a constant is its own mirror image: what has one kink on the interval is constant on
    one side of it, and what has none is affine. Where some network beats every constant, either
    there is no best network or there are two.

    Parameters
    ----------
    mirrors
        The .csv table with a row for each target.
    """
    rows = []
    for power in POWERS:
        target = [0] * power + [1]
        slope, _, constant_loss = best_affine(target)
        if slope:
            raise AssertionError("the best affine function of an even target is no constant")
        # Least squares of x^k on relu(x) and 1: means over [-1, 1] of x^k, relu, relu^2, x^k relu.
        mean, product = Fraction(1, power + 1), Fraction(1, 2 * (power + 2))
        weight = (product - mean / 4) / (Fraction(1, 6) - Fraction(1, 16))
        networks = [_neuron(side, weight, mean - weight / 4) for side in (1, -1)]
        loss, mirrored = (mean_square(network, target, RELU) for network in networks)
        rows.append(
            {
                "target": f"x^{power}",
                "constant_loss": str(constant_loss),
                "neuron_loss": str(loss),
                "mirrored_loss": str(mirrored),
                "ratio": float(max(loss, mirrored) / constant_loss),
            }
        )
    write_table(pd.DataFrame(rows), mirrors)


def _neuron(side: int, weight: Fraction, bias: Fraction) -> list[tuple[Numbers, Numbers]]:
    """Return the network weight relu(x) + bias, or its mirror image."""
    W, b, v, c = (np.array(entry, dtype=object) for entry in ([[side]], [0], [[weight]], [bias]))
    return [(W, b), (v, c)]


if __name__ == "__main__":
    run(certify_ill_posed)
