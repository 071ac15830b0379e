"""Check Theorem 2 and the limit of Theorem 3: proved minima over balls about a local minimum."""

from replication.run import run, track, write_table

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, get_args

import numpy as np
import pandas as pd
from annotated_types import Gt, Le
from scipy.optimize import linprog

from landscape.certify import certify_ball
from landscape.certify.counterexamples import CENTRES
from landscape.seeds import generator
from replication.settings import Count, Distinct

# The two losses that are convex and have no derivative.
Example = Literal["matrix", "scalar"]
# The entry of A whose target is 1; the others' is 0.
MISSED = {"matrix": (1, 0), "scalar": (0, 1)}


def check_balls(
    radii: Distinct[Annotated[float, Gt(0), Le(0.7071)]],
    searches: Count,
    seed: int,
    table: Path,
) -> None:
    """Certify the minima over balls in exact arithmetic, and search for better points.

    The search is independent of the certificate: for one of the two layers held fixed, the best
    other layer in the ball is a linear program, solved for each layer in turn.

    Parameters
    ----------
    radii
        Radii of balls in the maximum norm about the point, with at most four decimals.
    searches
        Random starts of the search for the least loss in a ball.
    seed
        Root seed.
    table
        The .csv table with a row for each example and radius.
    """
    rows: list[dict[str, object]] = []
    for example in get_args(Example):
        for radius in track(radii, f"balls of {example}"):
            rng = generator(seed, "laurent2018", "ball", example, str(radius))
            found = min(_search(example, radius, rng) for _ in range(searches))
            rows.append(_proved(example, radius) | {"searched": found})
    rows += [_proved("saddle", radius) | {"searched": np.nan} for radius in radii]
    balls = pd.DataFrame(rows)
    balls["searched_above"] = balls["searched"] - balls["attained"]
    write_table(balls, table)


def _proved(example: Literal["matrix", "scalar", "saddle"], radius: float) -> dict[str, object]:
    """Return the proved minimum over a ball and a value in it, rounded and as fractions."""
    ball = certify_ball(example, Fraction(str(radius)))
    return {
        "example": example,
        "radius": radius,
        "proved": np.nan if ball.lower is None else float(ball.lower),
        "attained": float(ball.attained),
        "proved_exactly": "" if ball.lower is None else str(ball.lower),
        "attained_exactly": str(ball.attained),
        "certified": int(ball.lower == ball.attained),
    }


def _search(example: Example, radius: float, rng: np.random.Generator) -> float:
    """Return the value of F where alternating linear programs in the ball end."""
    first, last = (layer.astype(float) for layer in CENTRES[example])
    W = [layer + rng.uniform(-radius, radius, layer.shape) for layer in (first, last)]
    value = np.inf
    for _ in range(20):
        # With W_2 fixed the columns of W_1 are coefficients, with W_1 fixed the rows of W_2.
        for free, centre in ((0, first), (1, last)):
            inputs, outputs = W[0].shape[1], len(W[1])
            slopes = (
                np.kron(W[1], np.eye(inputs)) if free == 0 else np.kron(np.eye(outputs), W[0].T)
            )
            target = np.zeros((outputs, inputs))
            target[MISSED[example]] = 1
            entries, variables = slopes.shape
            # Minimise the sum of bounds on the absolute residuals.
            program = linprog(
                np.r_[np.zeros(variables), np.ones(entries)],
                A_ub=np.block([[slopes, -np.eye(entries)], [-slopes, -np.eye(entries)]]),
                b_ub=np.r_[target.ravel(), -target.ravel()],
                bounds=[
                    *((c - radius, c + radius) for c in centre.ravel()),
                    *[(0, None)] * entries,
                ],
            )
            W[free] = program.x[:variables].reshape(W[free].shape)
        if program.fun > value - 1e-9:
            break
        value = program.fun
    return float(abs(W[1] @ W[0] - target).sum())


if __name__ == "__main__":
    run(check_balls)
