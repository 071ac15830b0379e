"""Two-layer ReLU networks as convex programs: their global optima, and proofs of optimality."""

from landscape.convex.certificate import GlobalCertificate, certify_global
from landscape.convex.closed_forms import (
    OneDimensionalSolution,
    kink_features,
    solve_one_dimensional,
    solve_whitened,
)
from landscape.convex.cutting_planes import (
    CuttingPlanes,
    search_kinks,
    search_patterns,
    solve_cutting_planes,
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
from landscape.convex.whitened import (
    TrainedNetwork,
    lower_bound_from_start,
    lower_bound_outputs,
    objective_outputs,
    solve_whitened_outputs,
    train_whitened,
    whiten_samples,
)

__all__ = [
    "CuttingPlanes",
    "GlobalCertificate",
    "Networks",
    "OneDimensionalSolution",
    "Solution",
    "TrainedNetwork",
    "certify_global",
    "count_patterns",
    "enumerate_patterns",
    "gaussian_start",
    "kink_features",
    "lower_bound",
    "lower_bound_from_start",
    "lower_bound_outputs",
    "objective",
    "objective_outputs",
    "sample_patterns",
    "search_kinks",
    "search_patterns",
    "solve_cutting_planes",
    "solve_interpolation",
    "solve_one_dimensional",
    "solve_restricted",
    "solve_two_layer",
    "solve_whitened",
    "solve_whitened_outputs",
    "train_networks",
    "train_whitened",
    "unit_bound",
    "whiten_samples",
]
