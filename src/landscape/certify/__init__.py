"""Proofs instead of tolerances: exact rational arithmetic, and balls that enclose rounding."""

from landscape.certify.bottleneck_minimum import LocalMinimum, certify_bottleneck_minimum
from landscape.certify.counterexamples import (
    Ball,
    Bottleneck,
    Smoothed,
    certified_radius,
    certify_ball,
    certify_bottleneck,
    certify_smoothed,
)
from landscape.certify.linear import LinearCertificate, certify_linear
from landscape.certify.linear_loss import (
    descent_polynomial,
    exact_gradient,
    exact_hessian,
    exact_loss,
)
from landscape.certify.linear_points import (
    ExactData,
    ExactPoint,
    exact_critical_point,
    exact_data,
    point_from_blocks,
    rational_orthogonal,
)
from landscape.certify.minimum import MinimumCertificate, certify_minimum
from landscape.certify.rational import exact_inertia
from landscape.certify.verify_minimum import Verification, verify_certificate

__all__ = [
    "Ball",
    "Bottleneck",
    "ExactData",
    "ExactPoint",
    "LinearCertificate",
    "LocalMinimum",
    "MinimumCertificate",
    "Smoothed",
    "Verification",
    "certified_radius",
    "certify_ball",
    "certify_bottleneck",
    "certify_bottleneck_minimum",
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
    "verify_certificate",
]
