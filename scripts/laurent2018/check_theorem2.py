"""Check Theorem 2: two losses without a derivative, and their local minima that are not global."""

from replication.run import run, track, write_table

from fractions import Fraction
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from landscape.certify import certified_radius, certify_ball, certify_smoothed
from landscape.seeds import generator
from landscape.statistics import wilson_interval

Example = Literal["matrix", "scalar"]
# The layers W_1 and W_H of the point, and the entry of A whose target is 1; the others' is 0.
POINTS = {
    "matrix": (np.diag([0.0, 1.0]), np.diag([1.0, 0.0]), (1, 0)),
    "scalar": (np.array([[1.0, 0.0]]), np.array([[0.0]]), (0, 1)),
}
# A run has ended at one of the two values if it is this near.
NEAR = 0.05


def check_theorem2(
    radii: list[float],
    searches: int,
    smoothings: list[int],
    runs: int,
    steps: int,
    rate: float,
    final_rate: float,
    near: float,
    depths: list[int],
    eps: float,
    seed: int,
    balls: Path,
    smoothed: Path,
    descents: Path,
) -> None:
    """Certify the minima in exact arithmetic, search for better points, and run descents.

    The search is independent of the certificate: for one of the two layers held fixed, the best
    other layer in the ball is a linear program, solved for each layer in turn.

    Parameters
    ----------
    radii
        Radii of balls in the maximum norm about the point, with at most four decimals.
    searches
        Random starts of the search in a ball.
    smoothings
        Numbers n, for which the absolute value is smoothed with eps = 2 n / (n^2 - 1).
    runs
        Descents of each kind.
    steps
        Steps of a descent.
    rate, final_rate
        First and last step size; it falls geometrically. With a derivative it stays the first.
    near
        Largest distance, in each parameter, of starts beside the point.
    depths
        Numbers of layers; those between the first and the last are the identity at the point.
    eps
        Smoothing of the descents with a derivative.
    seed
        Root seed.
    balls
        The .csv table with a row for each example and radius.
    smoothed
        The .csv table with a row for each example and smoothing.
    descents
        The .csv table with a row for each kind of descent.
    """
    rows: list[dict[str, object]] = []
    for example in get_args(Example):
        for radius in radii:
            rng = generator(seed, "laurent2018", "ball", example, str(radius))
            found = min(_search(example, radius, rng) for _ in range(searches))
            rows.append(_proved(example, radius) | {"searched": found})
    rows += [_proved("saddle", radius) | {"searched": np.nan} for radius in radii]
    table = pd.DataFrame(rows)
    table["searched_above"] = table["searched"] - table["attained"]
    write_table(table, balls)

    rows = []
    for example in get_args(Example):
        for n in smoothings:
            proof = certify_smoothed(example, n)
            least = np.linalg.eigvalsh(proof.hessian.astype(float))[0]
            width, slope = float(proof.eps), float(proof.slope)
            formula = -2 * slope**2 / (1 / width + np.sqrt(1 / width**2 + 4 * slope**2))
            rows.append(
                {
                    "example": example,
                    "n": n,
                    "eps": width,
                    "least_eigenvalue": least,
                    "formula": formula,
                    "over_eps": formula / width,
                    "difference": abs(least - formula),
                    "negative": proof.inertia[0],
                    "zero": proof.inertia[1],
                    "positive": proof.inertia[2],
                    "certified": int(proof.inertia[0] == proof.explained > 0),
                }
            )
    write_table(pd.DataFrame(rows), smoothed)

    rates = rate * (final_rate / rate) ** (np.arange(steps) / max(steps - 1, 1))
    rows = []
    for example in get_args(Example):
        for depth in track(depths, f"depths of {example}"):
            for start in ("beside", "anywhere"):
                for width in (0.0, eps):
                    rng = generator(seed, "laurent2018", "descent", example, depth, start)
                    W = _starts(example, depth, near if start == "beside" else None, runs, rng)
                    # With a derivative there is no need for the steps to become small.
                    ends = _descend(example, W, np.full(steps, rate) if width else rates, width)
                    level = np.sqrt(1 + width**2) - width  # the value at the point
                    caught = wilson_interval(int((abs(ends - level) <= NEAR).sum()), runs)
                    best = wilson_interval(int((ends <= NEAR).sum()), runs)
                    rows.append(
                        {
                            "example": example,
                            "depth": depth,
                            "start": start,
                            "loss": "smoothed" if width else "absolute",
                            "runs": runs,
                            "caught": caught.value,
                            "caught_low": caught.low,
                            "caught_high": caught.high,
                            "best": best.value,
                            "best_low": best.low,
                            "best_high": best.high,
                            "elsewhere": int(((abs(ends - level) > NEAR) & (ends > NEAR)).sum()),
                            "certified_radius": float(certified_radius(depth)),
                        }
                    )
    write_table(pd.DataFrame(rows), descents)


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
    first, last, missed = POINTS[example]
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
            target[missed] = 1
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


def _starts(
    example: Example, depth: int, near: float | None, runs: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Draw the layers of all runs, the runs last: uniform beside the point, or Gaussian."""
    first, last, _ = POINTS[example]
    point = [first, *[np.eye(len(first))] * (depth - 2), last]
    if near is None:
        return [rng.normal(size=(*layer.shape, runs)) for layer in point]
    return [
        layer[..., None] + rng.uniform(-near, near, size=(*layer.shape, runs)) for layer in point
    ]


def _times(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the matrix products of all runs, which are the last axis."""
    product: np.ndarray = (A[:, :, None] * B[None]).sum(axis=1)
    return product


def _turn(A: np.ndarray) -> np.ndarray:
    return A.swapaxes(0, 1)


def _descend(example: Example, W: list[np.ndarray], rates: np.ndarray, eps: float) -> np.ndarray:
    """Return F, the sum of |r| over the residuals, after (sub)gradient descent.

    For eps > 0 the descent is that of the sum of sqrt(r^2 + eps^2) - eps, and so is the value.
    """
    missed = POINTS[example][2]
    for rate in [*rates, 0.0]:
        before = [W[0]]
        for layer in W[1:]:
            before.append(_times(layer, before[-1]))
        residual = before[-1].copy()
        residual[missed] -= 1
        if eps:
            root = np.sqrt(residual**2 + eps**2)
            G, value = residual / root, (root - eps).sum(axis=(0, 1))
        else:
            G, value = np.sign(residual), abs(residual).sum(axis=(0, 1))
        for h in reversed(range(len(W))):
            gradient = _times(G, _turn(before[h - 1])) if h else G
            if h:
                G = _times(_turn(W[h]), G)
            W[h] = W[h] - rate * gradient
    return np.asarray(value)


if __name__ == "__main__":
    run(check_theorem2)
