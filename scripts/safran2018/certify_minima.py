"""Prove in ball arithmetic that what gradient descent found are spurious minima."""

from landscape.step import run

import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.certify import certify_minimum, verify_certificate
from landscape.errors import InputError
from landscape.progress import track
from landscape.spurious import read_searches
from landscape.tables import write_table


def certify_minima(
    classes: list[Path],
    teachers: list[int],
    surplus: list[int],
    certificates: Path,
    table: Path,
    proved: Path,
) -> None:
    """Certify every class of minima, re-check each certificate, and try what must be refused.

    Parameters
    ----------
    classes
        The .parquet files of `train_students`, one for each k.
    teachers
        Numbers k of teachers whose classes are certified,
    surplus
        with n = k + surplus students.
    certificates
        The folder of certificates, a .json file each.
    table
        The .csv table with a row for each class.
    proved
        The .csv table with the number of classes found and proved for each (k, n).
    """
    found = read_searches(classes)
    wanted = found["k"].isin(teachers) & (found["n"] - found["k"]).isin(surplus)
    shutil.rmtree(certificates, ignore_errors=True)
    certificates.mkdir(parents=True)
    rows = []
    if not (wanted & found["minimum"]).any():
        raise InputError(
            f"{classes[0].parent}: no class of minima to certify; run more often or for larger k"
        )
    for _, row in track(list(found[wanted & found["minimum"]].iterrows()), "minima"):
        k, n = int(row["k"]), int(row["n"])
        W, V = np.reshape(row["W"], (n, k)), np.eye(k)
        start = time.process_time()
        certificate = certify_minimum(W, V)
        proving = time.process_time() - start
        path = certificates / f"k{k:02d}_n{n:02d}_class{row['class']:02d}.json"
        certificate.save(path)
        start = time.process_time()
        verified = verify_certificate(path)
        checking = time.process_time() - start
        # Seconds go to the log: they differ from run to run, and tables do not.
        print(f"k={k} n={n} class={row['class']}: proof {proving:.2f} s, check {checking:.2f} s")
        moved = W.copy()
        moved[0, 0] += 1e-3
        split = np.vstack([W[1:], W[:1] / 2, W[:1] / 2])
        low, high = certificate.loss or (np.nan, np.nan)
        rows.append(
            {
                "k": k,
                "n": n,
                "surplus": n - k,
                "class": row["class"],
                "runs": row["runs"],
                "parameters": n * k,
                "loss_low": low,
                "loss_high": high,
                "min_eigenvalue": row["min_eigenvalue"],
                "min_eigenvalue_low": certificate.min_eigenvalue,
                "radius": certificate.radius,
                "proved": int(certificate.proved),
                "verified": int(verified.proved),
                "moved_refused": int(not certify_minimum(moved, V).proved),
                "split_refused": int(not certify_minimum(split, V).proved),
                "reason": certificate.reason,
            }
        )
    proofs = pd.DataFrame(rows)
    write_table(proofs, table, {"loss_low": ".12f", "loss_high": ".12f", "radius": ".0e"})
    counts = []
    for k, n in ((k, k + more) for more in sorted(surplus) for k in sorted(teachers)):
        here = proofs[(proofs["k"] == k) & (proofs["n"] == n)]
        counts.append(
            {
                "k": k,
                "n": n,
                "surplus": n - k,
                "classes": len(here),
                "proved": int(here["proved"].sum()),
                "verified": int(here["verified"].sum()),
                "least_eigenvalue": here["min_eigenvalue_low"].min(),
            }
        )
    write_table(pd.DataFrame(counts), proved)


if __name__ == "__main__":
    run(certify_minima)
