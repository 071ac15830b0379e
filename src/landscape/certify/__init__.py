"""Proofs instead of tolerances: critical points in exact rational arithmetic."""

from landscape.certify.counterexamples import (
    Ball,
    Bottleneck,
    Smoothed,
    certified_radius,
    certify_ball,
    certify_bottleneck,
    certify_smoothed,
)
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
from landscape.certify.minima import LocalMinimum, certify_minimum

__all__ = [
    "Ball",
    "Bottleneck",
    "Certificate",
    "ExactData",
    "ExactPoint",
    "LocalMinimum",
    "Smoothed",
    "certified_radius",
    "certify_ball",
    "certify_bottleneck",
    "certify_linear",
    "certify_minimum",
    "certify_smoothed",
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
