"""Where Conjecture 12 fails, and by which order of the distance (Theorem 10)."""

from replication.run import run, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, Lt, MinLen

from landscape.population import hessian
from replication.settings import Count, Distinct


def check_conjecture12(
    teachers: Distinct[Annotated[int, Ge(2)]],
    splits: Distinct[Count],
    distances: Annotated[Distinct[Annotated[float, Lt(0.45)]], MinLen(2)],
    conjecture12: Path,
    theorem10: Path,
) -> None:
    r"""Write both sides of the inequality along one displacement.

    Each of the first teacher's m students v_1 / m is moved by e v_2 / m, each of the second's by
    -e v_1 / m, and the others stay. That is a displacement as Theorem 10 has it, orthogonal to each
    student. Students of one teacher stay parallel, so that m does not matter, and with s^2 = 1 +
    e^2 Theorem 17 gives

        left side  = e^2 + (2 / pi) (e^4 - e^3) / s^4 - (e^2 - e^4) / (pi s^2),
        right side = (1 - 1/pi) e^2,
        left - right = -2 e^3 (1 - 2 e - e^3) / (pi s^4),

    below 0 for e up to 0.453. To second order both sides are equal; what decides is the third,
    which comes from each student's angle to its own teacher.

    Parameters
    ----------
    teachers
        Numbers k of teachers.
    splits
        Into how many equal students m each teacher is split.
    distances
        The lengths e.
    conjecture12
        The .csv table with a row for each k, m and e.
    theorem10
        The .csv table with a row for each k and m: by which power of e the left side falls short,
        between the two smallest distances.
    """
    falling = sorted(distances, reverse=True)
    rows, orders = [], []
    for k in teachers:
        for m in splits:
            V = np.eye(k)
            shortfalls = []
            for e in falling:
                sums = np.zeros((k, k))
                sums[0, 1], sums[1, 0] = e, -e
                W, g = (np.repeat(part / m, m, axis=0) for part in (V, sums))
                left = float(g.ravel() @ hessian(W + g, V) @ g.ravel())
                whole = float((sums.sum(axis=0) ** 2).sum())
                right = (whole + (1 - 2 / np.pi) * float((sums**2).sum())) / 4
                derived = -2 * e**3 * (1 - 2 * e - e**3) / (np.pi * (1 + e**2) ** 2)
                shortfalls.append(right - left)
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
            steps = np.log(falling[-2] / falling[-1])
            order = float(np.log(shortfalls[-2] / shortfalls[-1]) / steps)
            orders.append({"k": k, "m": m, "n": k * m, "order": order})
    write_table(pd.DataFrame(rows), conjecture12)
    write_table(pd.DataFrame(orders), theorem10)


if __name__ == "__main__":
    run(check_conjecture12)
