"""Two-layer ReLU networks as convex programs: their global optima, and proofs of optimality."""

from landscape.convex.certificate import Certificate, certify_global
from landscape.convex.closed_forms import (
    OneDimensionalSolution,
    kink_features,
    solve_one_dimensional,
    solve_whitened,
)
from landscape.convex.descent import Networks, gaussian_start, train_networks
from landscape.convex.duality import lower_bound, objective, unit_bound
from landscape.convex.patterns import count_patterns, enumerate_patterns, sample_patterns
from landscape.convex.program import (
    Solution,
    solve_interpolation,
    solve_restricted,
    solve_two_layer,
)

__all__ = [
    "Certificate",
    "Networks",
    "OneDimensionalSolution",
    "Solution",
    "certify_global",
    "count_patterns",
    "enumerate_patterns",
    "gaussian_start",
    "kink_features",
    "lower_bound",
    "objective",
    "sample_patterns",
    "solve_interpolation",
    "solve_one_dimensional",
    "solve_restricted",
    "solve_two_layer",
    "solve_whitened",
    "train_networks",
    "unit_bound",
]
