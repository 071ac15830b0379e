"""Proofs instead of tolerances: critical points in exact rational arithmetic."""

from landscape.certify.linear import (
    Certificate,
    ExactData,
    ExactPoint,
    certify_linear,
    descent_polynomial,
    exact_critical_point,
    exact_data,
    exact_gradient,
    exact_hessian,
    exact_inertia,
    exact_loss,
    point_from_blocks,
    rational_orthogonal,
)

__all__ = [
    "Certificate",
    "ExactData",
    "ExactPoint",
    "certify_linear",
    "descent_polynomial",
    "exact_critical_point",
    "exact_data",
    "exact_gradient",
    "exact_hessian",
    "exact_inertia",
    "exact_loss",
    "point_from_blocks",
    "rational_orthogonal",
]
