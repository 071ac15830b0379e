"""Check the spectrum of the feature kernel: closed form, quadrature, multiplicity and trace."""

from replication.run import run, write_table

from itertools import accumulate
from math import exp, log
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.diversity.kernels import feature_kernel, kernel_spectrum, zonal_eigenvalue
from replication.settings import Count, Distinct


def check_spectrum(
    dimensions: Distinct[Annotated[int, Ge(2)]],
    last_degree: Count,
    trace_degree: Annotated[int, Ge(10)],
    table: Path,
    totals: Path,
) -> None:
    """Compare the eigenvalues of the first degrees with quadrature, and add all of them up.

    Parameters
    ----------
    dimensions
        Dimensions d of the inputs.
    last_degree
        The last degree with a row of its own.
    trace_degree
        The degree up to which the trace is summed, even; what remains falls as its reciprocal.
    table
        The .csv table with one row for each dimension and degree.
    totals
        The .csv table with one row for each dimension.
    """
    rows, sums = [], []
    for d in dimensions:
        spectrum = kernel_spectrum(d, trace_degree)
        scale = np.nan
        for degree, eigenvalue, multiplicity in spectrum[: last_degree + 1]:
            quadrature = zonal_eigenvalue(feature_kernel, d, degree)
            # What vanishes is measured by the last eigenvalue before it that does not.
            scale = eigenvalue or scale
            rows.append(
                {
                    "d": d,
                    "degree": degree,
                    "multiplicity": multiplicity,
                    "eigenvalue": eigenvalue,
                    "quadrature": quadrature,
                    "relative_error": abs(eigenvalue - quadrature) / scale,
                    "quarter_over_d": 1 / (4 * d) if degree == 1 else np.nan,
                }
            )

        positive = [harmonic for harmonic in spectrum if harmonic.eigenvalue > 0]
        shares = {h.degree: exp(log(h.multiplicity) + log(h.eigenvalue)) for h in positive}
        trace = sum(shares.values())
        half = sum(share for degree, share in shares.items() if degree <= trace_degree // 2)
        complete = max(shares) >= trace_degree - 1
        falling = sorted(positive, key=lambda harmonic: -harmonic.eigenvalue)
        indices = accumulate(harmonic.multiplicity for harmonic in falling)
        # Within a block of equal eigenvalues m γ_m is largest at its end.
        peaks = [
            (exp(log(index) + log(harmonic.eigenvalue)), index)
            for index, harmonic in zip(indices, falling, strict=True)
        ]
        largest_m_gamma, index = max(peaks)
        sums.append(
            {
                "d": d,
                "summed_to_degree": max(shares),
                "trace": trace,
                # Eigenvalues that underflow leave nothing to extrapolate from.
                "trace_extrapolated": 2 * trace - half if complete else np.nan,
                "largest_m_gamma": largest_m_gamma,
                "at_m": index,
            }
        )
    write_table(pd.DataFrame(rows), table)
    write_table(pd.DataFrame(sums), totals)


if __name__ == "__main__":
    run(check_spectrum)
