"""Prove that the minima remain with more inputs than teachers, and for nearly all teachers."""

from replication.run import atomic, run, track

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.certify import certify_minimum
from landscape.population import polish
from landscape.seeds import generator
from replication.settings import Count

# The minimum for other teachers may lie further from the known one than rounding.
WITHIN = 1e-6
COLUMNS = {
    "k": int,
    "teachers": str,
    "inputs": int,
    "draw": int,
    "distance": float,
    "largest_product": float,
    "loss_low": float,
    "min_eigenvalue_low": float,
    "proved": int,
    "reason": str,
}


def certify_targets(
    teachers: Annotated[int, Ge(2)],
    inputs: Annotated[int, Ge(2)],
    draws: Count,
    seed: int,
    classes: Path,
    proofs: Path,
) -> None:
    """Certify the class of minima that most runs end in with one input more, and other teachers.

    In each direction orthogonal to all students and teachers the Hessian is the same n x n matrix,
    so that a proof with one such direction is one for any number of inputs. What is drawn are unit
    vectors, uniformly; only their products matter, and k x k teachers have the same.

    Parameters
    ----------
    teachers
        The number k of teachers and, n = k, of students.
    inputs
        The dimension in which teachers are drawn.
    draws
        How many sets of teachers are drawn.
    seed
        Root seed.
    classes
        A .parquet file of `train_students`, the classes of this k.
    proofs
        The .parquet file with a row for orthonormal teachers and one for each draw; none if no
        minimum was found.
    """
    found = pd.read_parquet(classes)
    minima = found[found["minimum"] & (found["n"] == found["k"])]
    rows: list[dict[str, str | float]] = []
    if not minima.empty:
        most = minima.sort_values("runs", kind="stable").iloc[-1]
        W = np.reshape(most["W"], (teachers, teachers))
        rng = generator(seed, "safran2018", "targets", teachers)
        rows.append({"teachers": "orthonormal", "draw": 0, **_prove(W, np.eye(teachers), rng)})
        for draw in track(range(draws), "sets of teachers"):
            vectors = rng.standard_normal((teachers, inputs))
            vectors /= np.linalg.norm(vectors, axis=1)[:, None]
            V = np.linalg.cholesky(vectors @ vectors.T)
            result = _prove(polish(W @ V, V), V, rng)
            rows.append({"teachers": "random", "draw": draw, **result, "inputs": inputs})
            rows[-1]["distance"] = float(np.linalg.norm(V - np.eye(teachers)))
    with atomic(proofs) as temporary:
        # The types are said, for a k at which nothing was found.
        table = pd.DataFrame([{"k": teachers, **row} for row in rows], columns=list(COLUMNS))
        table.astype(COLUMNS).to_parquet(temporary)


def _prove(W: np.ndarray, V: np.ndarray, rng: np.random.Generator) -> dict[str, str | float]:
    """Certify a minimum with one input more, in coordinates in which no weight is zero."""
    k = len(V)
    turn = np.linalg.qr(rng.standard_normal((k + 1, k + 1)))[0]
    wider = [np.pad(matrix, ((0, 0), (0, 1))) @ turn for matrix in (W, V)]
    certificate = certify_minimum(*wider, within=WITHIN)
    products = V @ V.T
    return {
        "inputs": k + 1,
        "distance": 0.0,
        "largest_product": float(np.abs(products - np.diag(np.diag(products))).max()),
        "loss_low": certificate.loss[0] if certificate.loss else np.nan,
        "min_eigenvalue_low": certificate.min_eigenvalue or np.nan,
        "proved": int(certificate.proved),
        "reason": certificate.reason,
    }


if __name__ == "__main__":
    run(certify_targets)
