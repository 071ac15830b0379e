"""Check equations 4 to 7: gradient = D r, ||r|| <= ||gradient|| / s_m(D), L = (m/2) ||r||^2."""

from replication.run import run, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
from annotated_types import Ge
from numpy.typing import NDArray

from landscape import relu, sphere
from landscape.seeds import generator
from replication.settings import Count, Distinct


def check_identities(
    dimension: Annotated[int, Ge(2)],
    samples: Count,
    widths: Distinct[Count],
    draws: Count,
    seed: int,
    table: Path,
) -> None:
    """Measure by how much random networks violate the identities, and the worst residual.

    Parameters
    ----------
    dimension
        Dimension d of the inputs, which are uniform on the sphere.
    samples
        Number m of samples.
    widths
        Numbers n of units; some with n d < m, where s_m(D) = 0 and equation 7 says nothing.
    draws
        Independent draws of samples, targets and network for each width.
    seed
        Root seed.
    table
        The .csv table.
    """
    rows = []
    for width in widths:
        for draw in range(draws):
            rng = generator(seed, "xie2017", "identities", width, draw)
            X = sphere.uniform(rng, samples, dimension)
            W = rng.standard_normal((width, dimension))
            v = rng.choice([-1.0, 1.0], width)
            y = rng.standard_normal(samples)

            r = relu.residual(X, W, v, y)
            D = relu.extended_feature_matrix(X, W, v)
            loss, automatic = _loss_and_gradient(X, W, v, y)
            # The targets for which the residual is the one that D shrinks most.
            shrunk = np.linalg.svd(D)[2][-1]
            _, least = _loss_and_gradient(X, W, v, relu.predict(X, W, v) - samples * shrunk)
            singular_value = np.sqrt(relu.smallest_singular_value_squared(X, W))
            rows.append(
                {
                    "n": width,
                    "d": dimension,
                    "m": samples,
                    "draw": draw,
                    "gradient_error": np.abs(D @ r - automatic).max() / np.abs(automatic).max(),
                    "loss_error": abs(loss - samples / 2 * r @ r) / loss,
                    "residual_over_bound": singular_value
                    * np.linalg.norm(r)
                    / np.linalg.norm(automatic),
                    "least_residual_over_bound": singular_value / np.linalg.norm(least)
                    if width * dimension >= samples
                    else np.nan,
                }
            )
    write_table(pd.DataFrame(rows), table)


def _loss_and_gradient(
    X: NDArray[np.float64], W: NDArray[np.float64], v: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Return half the mean squared error and its gradient in W by automatic differentiation."""
    weights = torch.tensor(W, requires_grad=True)
    outputs = torch.relu(torch.tensor(X) @ weights.T) @ torch.tensor(v)
    loss = (outputs - torch.tensor(y)).square().mean() / 2
    (gradient,) = torch.autograd.grad(loss, weights)
    return loss.item(), gradient.numpy().ravel()


if __name__ == "__main__":
    run(check_identities)
