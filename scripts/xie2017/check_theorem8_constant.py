"""Check the constant E[k²] of Theorem 8, which has a closed form, against quadrature."""

from replication.run import run, write_table

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge
from scipy.integrate import quad

from landscape.diversity.kernels import mean_square_slice_kernel
from replication.settings import Distinct


def mean_square_by_quadrature(d: int) -> float:
    """Return E[k(u, v)²] by quadrature over φ = arcsin <u, v>, of density ∝ cos^{d-2} φ."""
    # The density is a bump of width 1/sqrt(d), which an integrator could miss.
    bump = [-3 / np.sqrt(d), 3 / np.sqrt(d)]

    def integral(power: int) -> float:
        def integrand(phi: float) -> float:
            return float(np.cos(phi) ** (d - 2) * (0.25 + phi / (2 * np.pi)) ** power)

        return float(quad(integrand, -np.pi / 2, np.pi / 2, points=bump, epsabs=0)[0])

    return integral(2) / integral(0)


def check_theorem8_constant(dimensions: Distinct[Annotated[int, Ge(2)]], table: Path) -> None:
    """Compare the closed form with quadrature.

    Parameters
    ----------
    dimensions
        Dimensions d of the units.
    table
        The .csv table with one row for each dimension.
    """
    closed_forms = [mean_square_slice_kernel(d) for d in dimensions]
    constant = pd.DataFrame({"d": dimensions, "closed_form": closed_forms})
    constant["quadrature"] = [mean_square_by_quadrature(d) for d in dimensions]
    constant["error"] = (constant["closed_form"] - constant["quadrature"]).abs()
    write_table(constant, table)


if __name__ == "__main__":
    run(check_theorem8_constant)
