"""Where Conjecture 12 fails, and by which order of the distance (Theorem 10)."""

from replication.run import run, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, Lt, MinLen

from landscape.population import hessian
from landscape.seeds import generator
from replication.settings import Count, Distinct


def check_conjecture12(
    teachers: Distinct[Annotated[int, Ge(2)]],
    splits: Distinct[Count],
    distances: Annotated[Distinct[Annotated[float, Lt(0.45)]], MinLen(2)],
    draws: Count,
    seed: int,
    conjecture12: Path,
    orthogonal: Path,
    theorem10: Path,
) -> None:
    r"""Write both sides of the inequality along one displacement, and along random ones.

    Each of the first teacher's m students v_1 / m is moved by e v_2 / m, each of the second's by
    -e v_1 / m, and the others stay. That is a displacement as Theorem 10 has it, orthogonal to each
    student. Students of one teacher stay parallel, so that m does not matter, and with s^2 = 1 +
    e^2 Theorem 17 gives

        left side  = e^2 + (2 / pi) (e^4 - e^3) / s^4 - (e^2 - e^4) / (pi s^2),
        right side = (1 - 1/pi) e^2,
        left - right = -2 e^3 (1 - 2 e - e^3) / (pi s^4),

    below 0 for e up to 0.453. To second order both sides are equal; what decides is the third,
    which comes from each student's angle to its own teacher. The Hessian is that of half the loss
    of equation (2), as in Theorem 17. That of the loss itself has twice the left side, which is
    larger than the right one here.

    Random displacements are orthogonal to each student, too, and of the length e in all: Gaussian
    ones, and antisymmetric ones, where v_i's students move by v_j as much as those of v_j move
    against v_i, students of one teacher alike.

    Parameters
    ----------
    teachers
        Numbers k of teachers.
    splits
        Into how many equal students m each teacher is split.
    distances
        The lengths e.
    draws
        Random displacements of each kind; their directions are the same at all distances.
    seed
        Root seed.
    conjecture12
        The .csv table with a row for each k, m and e.
    orthogonal
        The .csv table with a row for each k, m, e and kind of displacement.
    theorem10
        The .csv table with a row for each k and m: by which power of e the left side falls short,
        at the random displacement where it does most, between the two smallest distances.
    """
    falling = sorted(distances, reverse=True)
    rows, kinds, orders = [], [], []
    for k in teachers:
        for m in splits:
            sums = np.zeros((k, k))
            sums[0, 1], sums[1, 0] = 1, -1
            known = np.repeat(sums / m, m, axis=0).reshape(k, m, k)
            moves = {
                "the one above": known[None],
                **_directions(k, m, draws, generator(seed, "safran2020", "orthogonal", k, m)),
            }
            shortfalls = []
            for e in falling:
                left, right = _sides(e * known)
                derived = -2 * e**3 * (1 - 2 * e - e**3) / (np.pi * (1 + e**2) ** 2)
                rows.append(
                    {
                        "k": k,
                        "m": m,
                        "distance": e,
                        "left_side": left,
                        "right_side": right,
                        "difference": left - right,
                        "difference_by_cube": (left - right) / e**3,
                        "derived_by_cube": derived / e**3,
                        "deviation": abs((left - right) / derived - 1),
                    }
                )
                largest = -np.inf
                for kind, directions in moves.items():
                    lefts, rights = np.array([_sides(e * move) for move in directions]).T
                    short = rights - lefts
                    if kind != "the one above":
                        largest = max(largest, float(short.max()))
                    kinds.append(
                        {
                            "k": k,
                            "m": m,
                            "distance": e,
                            "displacement": kind,
                            "draws": len(directions),
                            "below": int((short > 0).sum()),
                            "share_below": float((short > 0).mean()),
                            "shortfall_by_cube": float(short.max()) / e**3,
                            "doubled_by_square": float((2 * lefts - rights).min()) / e**2,
                        }
                    )
                shortfalls.append(largest)
            # Where no draw falls short there is no order.
            quotient = shortfalls[-2] / shortfalls[-1] if min(shortfalls[-2:]) > 0 else np.nan
            order = float(np.log(quotient) / np.log(falling[-2] / falling[-1]))
            orders.append({"k": k, "m": m, "n": k * m, "order": order})
    write_table(pd.DataFrame(rows), conjecture12)
    write_table(pd.DataFrame(kinds), orthogonal)
    write_table(pd.DataFrame(orders), theorem10)


def _directions(k: int, m: int, draws: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return displacements (draws, k, m, k) of length one, orthogonal to each student."""
    random = rng.standard_normal((draws, k, m, k)) * (1 - np.eye(k))[:, None]
    matrices = rng.standard_normal((draws, k, k))
    matrices -= matrices.swapaxes(1, 2)
    antisymmetric = np.repeat(matrices[:, :, None], m, axis=2)
    return {
        kind: moves / np.sqrt((moves**2).sum(axis=(1, 2, 3), keepdims=True))
        for kind, moves in (("random", random), ("antisymmetric", antisymmetric))
    }


def _sides(move: np.ndarray) -> tuple[float, float]:
    """Return both sides of the inequality for a displacement (k, m, k) of students v_i / m."""
    k, m, _ = move.shape
    V, g = np.eye(k), move.reshape(k * m, k)
    left = float(g.ravel() @ hessian(np.repeat(V / m, m, axis=0) + g, V) @ g.ravel())
    sums = move.sum(axis=1)
    whole = float((sums.sum(axis=0) ** 2).sum())
    return left, (whole + (1 - 2 / np.pi) * float((sums**2).sum())) / 4


if __name__ == "__main__":
    run(check_conjecture12)
