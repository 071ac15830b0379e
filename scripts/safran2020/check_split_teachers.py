"""The loss near global minima with students to spare (Theorems 4, 7 and 9)."""

from replication.run import run, write_table

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
from annotated_types import Ge, MinLen

from landscape.population import gradient, hessian, loss
from landscape.seeds import generator
from replication.settings import Count, Distinct, Positive

# What vanishes with the distance from the minimum, and must be of which order for the proofs.
ORDERS = ["convexity", "curvature", "loss", "squared_gradient", "gradient_by_loss"]


class Minimum(NamedTuple):
    """A global minimum, teachers I, and a way to move two students of one teacher.

    Attributes
    ----------
    W : ndarray, shape (n, k)
    first, second : int
        The two students, a v and b v with the unit vector v of their teacher.
    a, b : float
    v, u : ndarray, shape (k,)
        The teacher, and a unit vector orthogonal to it along which the students are moved.
    """

    W: np.ndarray
    first: int
    second: int
    a: float
    b: float
    v: np.ndarray
    u: np.ndarray


def check_split_teachers(
    teachers: Distinct[Annotated[int, Ge(2)]],
    surplus: Distinct[Count],
    draws: Count,
    distances: Annotated[Distinct[Positive], MinLen(2)],
    seed: int,
    theorem4: Path,
    orders: Path,
) -> None:
    """Write what happens where two students of one teacher are moved, together or apart.

    Global minima are drawn at random: which students share a teacher, in which proportion, and
    along which direction two of them are moved.

    Parameters
    ----------
    teachers
        Numbers k of teachers.
    surplus
        How many students there are more than teachers: n = k + surplus.
    draws
        Global minima for each pair (k, n).
    distances
        How far two students are moved. Together they become a (v + e u) and b (v + e u), apart
        a v + e u and b v - e u, with distance e.
    seed
        Root seed.
    theorem4
        The .csv table with a row for each pair and distance, with the extremes over the draws.
    orders
        The .csv table with a row for each pair and quantity: its exponent in the distance, between
        the two smallest distances, as median, least and most of all draws.
    """
    falling = sorted(distances, reverse=True)
    rows, exponents = [], []
    for k in teachers:
        for more in surplus:
            rng = generator(seed, "safran2020", "partitions", k, k + more)
            minima = [_draw(rng, k, k + more) for _ in range(draws)]
            place = {"k": k, "n": k + more}
            together = pd.DataFrame(
                [{"distance": e, **_together(minimum, e)} for e in falling for minimum in minima]
            )
            apart = pd.DataFrame(
                [{"distance": e, **_apart(minimum, e)} for e in falling for minimum in minima]
            )
            for e in falling:
                here, there = (table[table["distance"] == e] for table in (together, apart))
                rows.append(
                    {
                        **place,
                        "distance": e,
                        "draws": draws,
                        "eigenvalue_most": here["eigenvalue"].max(),
                        "form_deviation": here["form_deviation"].max(),
                        "printed_by_form": here["printed_by_form"].min(),
                        **{f"{name}_most": there[name].max() for name in ORDERS},
                    }
                )
            for name in ORDERS:
                near, nearer = (
                    apart.loc[apart["distance"] == e, name].to_numpy() for e in falling[-2:]
                )
                slopes = np.log(near / nearer) / np.log(falling[-2] / falling[-1])
                exponents.append(
                    {
                        **place,
                        "quantity": name,
                        "draws": draws,
                        "order": np.median(slopes),
                        "order_low": slopes.min(),
                        "order_high": slopes.max(),
                    }
                )
    write_table(pd.DataFrame(rows), theorem4)
    write_table(pd.DataFrame(exponents), orders)


def _draw(rng: np.random.Generator, k: int, n: int) -> Minimum:
    """Draw a partition of n students over k teachers, proportions, and two that share one."""
    owners = rng.permutation(np.concatenate([np.arange(k), rng.integers(0, k, n - k)]))
    shares = rng.uniform(0.5, 1.5, n)
    shares /= np.bincount(owners, shares)[owners]
    shared = int(rng.choice(np.flatnonzero(np.bincount(owners) > 1)))
    first, second = (int(i) for i in rng.permutation(np.flatnonzero(owners == shared))[:2])
    v = np.eye(k)[shared]
    u = rng.standard_normal(k)
    u -= (u @ v) * v
    u /= np.linalg.norm(u)
    W = shares[:, None] * np.eye(k)[owners]
    return Minimum(W, first, second, float(shares[first]), float(shares[second]), v, u)


def _together(minimum: Minimum, e: float) -> dict[str, float]:
    """Return the least eigenvalue of the Hessian, and the form along (z, -z) of the proof.

    The students are a (v + e u) and b (v + e u), and z is the unit vector orthogonal to them in the
    plane of v and u. With t the angle to v, the form is -(a + b)^2 / (a b) sin t / (pi s), where
    s = |v + e u|, so that sin t = e / s; the printed one has 1 + e in the place of 1 / s.
    """
    W, first, second, a, b, v, u = minimum
    k = W.shape[1]
    moved = W.copy()
    moved[first], moved[second] = a * (v + e * u), b * (v + e * u)
    curvature = hessian(moved, np.eye(k))
    s = np.sqrt(1 + e**2)
    direction = np.zeros_like(W)
    direction[first] = (u - e * v) / s
    direction[second] = -direction[first]
    form = float(direction.ravel() @ curvature @ direction.ravel())
    derived = -((a + b) ** 2) / (a * b) * e / (np.pi * s**2)
    printed = -((a + b) ** 2) / (a * b) * (1 + e) * e / (np.pi * s)
    return {
        "eigenvalue": float(np.linalg.eigvalsh(curvature)[0]),
        "form_deviation": abs(form / derived - 1),
        "printed_by_form": printed / form,
    }


def _apart(minimum: Minimum, e: float) -> dict[str, float]:
    """Return the constants that convexity towards the minimum and a PL condition would need."""
    W, first, second, _, _, _, u = minimum
    V = np.eye(W.shape[1])
    move = np.zeros_like(W)
    move[first], move[second] = e * u, -e * u
    slope, height = gradient(W + move, V), float(loss(W + move, V))
    squared = float((slope**2).sum())
    return {
        "convexity": float((slope * move).sum() / (move**2).sum()),
        "curvature": float(move.ravel() @ hessian(W + move, V) @ move.ravel() / (move**2).sum()),
        "loss": height,
        "squared_gradient": squared,
        "gradient_by_loss": squared / (2 * height),
    }


if __name__ == "__main__":
    run(check_split_teachers)
