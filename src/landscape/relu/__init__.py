"""Two-layer ReLU networks: on a sample, in activation cones, and with a single unit."""

from landscape.relu.two_layer import (
    activation_pattern,
    extended_feature_gram,
    extended_feature_matrix,
    gradient,
    loss,
    predict,
    residual,
    smallest_eigenvalue,
    smallest_singular_value_squared,
)

__all__ = [
    "activation_pattern",
    "extended_feature_gram",
    "extended_feature_matrix",
    "gradient",
    "loss",
    "predict",
    "residual",
    "smallest_eigenvalue",
    "smallest_singular_value_squared",
]
