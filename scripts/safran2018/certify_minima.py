"""Prove in ball arithmetic that what gradient descent found are spurious minima."""

from replication.run import atomic, run, track

import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.certify import certify_minimum, verify_certificate
from replication.settings import Distinct, Natural

# Entries of a minimum that agree to so many digits count as one value.
DIGITS = 8
COLUMNS = {
    "k": int,
    "n": int,
    "surplus": int,
    "class": int,
    "runs": int,
    "parameters": int,
    "loss_low": float,
    "loss_high": float,
    "min_eigenvalue": float,
    "min_eigenvalue_low": float,
    "radius": float,
    "distinct_entries": int,
    "proved": int,
    "reason": str,
}


def certify_minima(
    classes: Path, surplus: Distinct[Natural], certificates: Path, proofs: Path
) -> None:
    """Certify every class of minima, and re-check each certificate.

    Parameters
    ----------
    classes
        A .parquet file of `train_students`, the classes of one k.
    surplus
        Classes with n = k + surplus students are certified.
    certificates
        The folder of certificates, a .json file each.
    proofs
        The .parquet file with a row for each class. It is proved if the certificate also passes the
        second check, from its file alone.
    """
    found = pd.read_parquet(classes)
    minima = found[found["minimum"] & (found["n"] - found["k"]).isin(surplus)]
    shutil.rmtree(certificates, ignore_errors=True)
    certificates.mkdir(parents=True)
    rows = []
    for _, row in track(list(minima.iterrows()), "minima"):
        k, n = int(row["k"]), int(row["n"])
        W, V = np.reshape(row["W"], (n, k)), np.eye(k)
        start = time.process_time()
        certificate = certify_minimum(W, V)
        proving = time.process_time() - start
        path = certificates / f"k{k:02d}_n{n:02d}_class{row['class']:02d}.json"
        with atomic(path) as temporary:
            certificate.save(temporary)
        start = time.process_time()
        verified = verify_certificate(path)
        checking = time.process_time() - start
        # Seconds go to the log: they differ from run to run, and tables do not.
        print(f"k={k} n={n} class={row['class']}: proof {proving:.2f} s, check {checking:.2f} s")
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
                "distinct_entries": len(np.unique(W.round(DIGITS))),
                "proved": certificate.proved and verified.proved,
                "reason": certificate.reason or verified.reason,
            }
        )
    with atomic(proofs) as temporary:
        # The types are said, for a k at which nothing was found.
        pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS).to_parquet(temporary)


if __name__ == "__main__":
    run(certify_minima)
