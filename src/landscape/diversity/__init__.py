"""How diverse units are: their discrepancy, and the kernels on the sphere behind it."""

from landscape.diversity.discrepancy import (
    BoundTerms,
    bound_terms,
    discrepancy_regulariser,
    expected_l2_discrepancy_squared,
    l2_discrepancy_squared,
    linf_discrepancy_lower_bound,
    minimise_regulariser,
)
from landscape.diversity.kernels import (
    Harmonic,
    arc_cosine_kernel,
    feature_kernel,
    harmonic_dimension,
    kernel_eigenvalues,
    kernel_spectrum,
    mean_square_slice_kernel,
    slice_kernel,
    sphere_area_ratio,
    zonal_eigenvalue,
)

__all__ = [
    "BoundTerms",
    "Harmonic",
    "arc_cosine_kernel",
    "bound_terms",
    "discrepancy_regulariser",
    "expected_l2_discrepancy_squared",
    "feature_kernel",
    "harmonic_dimension",
    "kernel_eigenvalues",
    "kernel_spectrum",
    "l2_discrepancy_squared",
    "linf_discrepancy_lower_bound",
    "mean_square_slice_kernel",
    "minimise_regulariser",
    "slice_kernel",
    "sphere_area_ratio",
    "zonal_eigenvalue",
]
