"""Follow exact curves down from saddles: a rotation, a rank raised, and curves of higher order."""

from replication.run import run, write_table

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, MinLen
from numpy.polynomial import polynomial

from landscape.linear import LinearNetwork
from landscape.linear.analytical_form import eigenspaces, random_form
from landscape.linear.classify import DescentCurve
from landscape.linear.from_samples import loss_and_gradient
from landscape.linear.prescribed_spectrum import data_with_spectrum
from landscape.seeds import generator
from replication.settings import Distinct, Positive

# t -> the point at t and the loss that is stated there.
Curve = Callable[[float], tuple[list[np.ndarray], float]]


def compute_descents(
    eigenvalues: Annotated[Distinct[Positive], MinLen(3)],
    inputs: Annotated[int, Ge(3)],
    samples: Annotated[int, Ge(3)],
    hidden: Annotated[int, Ge(2)],
    depths: Distinct[Annotated[int, Ge(3)]],
    points: Annotated[int, Ge(2)],
    seed: int,
    descents: Path,
) -> None:
    """Evaluate the stated loss and the loss itself along curves that leave saddles downhill.

    Shallow: from the second eigenvector alone to the first, and from the first alone to a point of
    rank two. Deep: from the non-strict saddle that has the first eigenvector and zeros besides,
    until the loss stops falling.

    Parameters
    ----------
    eigenvalues
        Eigenvalues of Sigma, as many as there are outputs, and at most as many as inputs and as
        samples.
    inputs
        Number of inputs.
    samples
        Number of samples.
    hidden
        Width of the hidden layers.
    depths
        Numbers l of layers of weights of the deep networks.
    points
        Points on each curve.
    seed
        Root seed.
    descents
        The .csv table with a row for each point of each curve.
    """
    outputs = len(eigenvalues)
    rng = generator(seed, "zhou2018", "descents")
    X, Y = data_with_spectrum(rng, inputs, outputs, samples, min(inputs, samples), eigenvalues)
    spaces = eigenspaces(X, Y)
    second, first = (
        random_form(rng, X, Y, spaces, [i == chosen for i in range(len(spaces.sizes))], hidden)
        for chosen in (1, 0)
    )
    curves: list[tuple[str, int, int, Curve, float]] = [
        ("rotation", 2, 2, second.rotated, np.pi / 2),
        ("rank raised", 2, 2, first.rank_raised, 1.0),
    ]
    for depth in depths:
        net = LinearNetwork(X, Y, [hidden] * (depth - 1))
        descent = net.classify(_first_alone(net)).descent
        if descent is None:
            raise RuntimeError("a saddle has no descent")
        slopes = polynomial.polyroots(polynomial.polyder(descent.coefficients))
        end = min(float(root.real) for root in slopes if abs(root.imag) < 1e-9 and root.real > 1e-3)
        curves.append(
            (
                f"{depth} layers",
                depth,
                descent.order,
                partial(_follow, descent),
                end,
            )
        )
    rows = []
    for name, depth, order, curve, end in curves:
        level = curve(0.0)[1]
        for share in np.geomspace(0.05, 1.0, points):
            W, stated = curve(float(share * end))
            loss = loss_and_gradient(X, Y, W)[0]
            rows.append(
                {
                    "curve": name,
                    "depth": depth,
                    "order": order,
                    "share": share,
                    "level": level,
                    "stated": stated,
                    "loss": loss,
                    "error": abs(loss - stated) / (0.5 * float(np.sum(Y**2))),
                }
            )
    write_table(pd.DataFrame(rows), descents)


def _follow(descent: DescentCurve, t: float) -> tuple[list[np.ndarray], float]:
    # The library's loss is twice that of the paper.
    return descent.point(t), 0.5 * descent.loss(t)


def _first_alone(net: LinearNetwork) -> list[np.ndarray]:
    """Return the critical point that keeps the first eigenvector, all else being zero."""
    W = [np.zeros(shape) for shape in net.shapes]
    for middle in W:
        middle[0, 0] = 1.0
    W[0][0] = net.U[:, 0] @ net.B @ net.F_inverse
    W[-1][:, 0] = net.U[:, 0]
    return W


if __name__ == "__main__":
    run(compute_descents)
