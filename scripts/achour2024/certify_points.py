"""Certify every kind of critical point of Theorem 7 in exact rational arithmetic."""

from replication.run import atomic, run, track, write_table

from pathlib import Path
from typing import Annotated

import pandas as pd
from annotated_types import Ge

from landscape.certify import certify_linear, descent_polynomial, exact_critical_point, exact_data
from landscape.seeds import generator
from replication.settings import Count, Distinct


def certify_points(
    depths: Distinct[Annotated[int, Ge(2)]],
    inputs: Annotated[int, Ge(2)],
    outputs: Annotated[int, Ge(2)],
    width: Annotated[int, Ge(2)],
    bottleneck: Count,
    samples: Annotated[int, Ge(2)],
    draws: Count,
    seed: int,
    certificates: Path,
    table: Path,
) -> None:
    """Certify a global minimizer and saddles of every order, with and without a bottleneck.

    Data and points are rational, so that critical means a gradient of exact zeros and the inertia
    of the Hessian is three exact integers.

    Parameters
    ----------
    depths
        Numbers H of weight matrices, one more than of hidden layers.
    inputs
        Number of inputs.
    outputs
        Number of outputs, at most that of inputs and of samples; the eigenvalues of Sigma are the
        squares of as many integers.
    width
        Width of the hidden layers.
    bottleneck
        Width of the first hidden layer where there is a bottleneck.
    samples
        Number of samples.
    draws
        Random points of each kind.
    seed
        Root seed.
    certificates
        The file of certificates, a line of JSON for each.
    table
        The .csv table with a row for each certificate.
    """
    rows, lines = [], []
    for depth in track(depths, "depths"):
        for narrow in (False, True):
            hidden = [bottleneck if narrow else width, *([width] * (depth - 2))]
            r_max = min(*hidden, outputs)
            # A full leading pattern is a global minimizer, a pattern without the first a strict
            # saddle; the others are leading, with descents of order 2 (strict) to H (non-strict).
            cases = [("global", range(r_max), 2), ("not leading", [outputs - 1], 2)]
            cases += [(f"order {k}", range(r_max - 1), k) for k in range(2, depth + 1)]
            for name, pattern, order in cases:
                for draw in range(draws):
                    rng = generator(seed, "achour2024", "certify", depth, int(narrow), name, draw)
                    data = exact_data(rng, inputs, outputs, samples, range(outputs + 1, 1, -1))
                    point = exact_critical_point(rng, data, hidden, list(pattern), order)
                    certificate = certify_linear(data.X, data.Y, point.W)
                    lines.append(certificate.to_json())
                    negative, zero, positive = certificate.inertia
                    exact = None
                    if point.direction is not None:
                        found = descent_polynomial(data.X, data.Y, point.W, point.direction)
                        exact = int([*found] == [*(point.descent or ())])
                    rows.append(
                        {
                            "depth": depth,
                            "bottleneck": narrow,
                            "case": name,
                            "draw": draw,
                            "parameters": negative + zero + positive,
                            "kind": certificate.kind,
                            "negative": negative,
                            "zero": zero,
                            "positive": positive,
                            "as_predicted": int(certificate.kind == point.kind),
                            "descent_exact": exact,
                        }
                    )
    with atomic(certificates) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_table(pd.DataFrame(rows), table)


if __name__ == "__main__":
    run(certify_points)
