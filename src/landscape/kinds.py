"""The kinds of points of a loss landscape, as results spell them."""

from typing import Literal

# Of deep linear networks. A strict saddle has a negative Hessian eigenvalue.
LinearKind = Literal["global_minimizer", "strict_saddle", "non_strict_saddle", "not_critical"]
# Of ReLU networks inside an activation cone; "flat" where all units are dead.
ConeKind = Literal["local_minimum", "saddle", "flat", "not_critical"]
# Of one-dimensional networks fitted to an affine target.
AffineTargetKind = Literal["global minimum", "local minimum", "saddle", "not critical"]
