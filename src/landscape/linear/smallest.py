"""The smallest Hessian eigenvalue from products with the Hessian alone."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import LinearOperator, eigsh

from landscape.linear.hessian import HessianProduct
from landscape.linear.problem import Array, Layers, Problem
from landscape.seeds import generator

# Vectors that the restarted Lanczos method keeps: with 20, the work on them is less than that of
# the products, and more would save few products.
BASIS = 20


@dataclass(frozen=True)
class SmallestEigenvalue:
    """An estimate of the smallest Hessian eigenvalue with its error bound.

    Attributes
    ----------
    value : float
        Rayleigh quotient of `vector`, never below the smallest eigenvalue but for rounding.
    vector : list of ndarray
        Unit vector v in the shapes of the weights.
    residual : float
        ||Hessian v - value v||: an eigenvalue lies within it of `value`. That none lies further
        below is not proved, but for a random start misses have a negligible probability.
    products : int
        Number of Hessian-vector products.
    """

    value: float
    vector: Layers
    residual: float
    products: int


def smallest_eigenvalue(
    problem: Problem, W: Layers, tolerance: float, seed: int | np.random.Generator
) -> SmallestEigenvalue:
    """Return the smallest eigenvalue at `W`; see `LinearNetwork.smallest_eigenvalue`."""
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance: expected a number between 0 and 1, got {tolerance!r}")
    rng = seed if isinstance(seed, np.random.Generator) else generator(seed, "smallest_eigenvalue")
    hessian = HessianProduct(problem, W)
    ends = np.cumsum([layer.size for layer in W])[:-1]
    products = 0

    def layers(v: Array) -> Layers:
        return [
            part.reshape(shape)
            for part, shape in zip(np.split(v, ends), problem.shapes, strict=True)
        ]

    def multiply(v: Array) -> Array:
        nonlocal products
        products += 1
        return np.concatenate([part.ravel() for part in hessian(layers(v.ravel()))])

    def extreme(shift: float, which: str, tol: float) -> Array:
        """Return the eigenvector of an eigenvalue at an end of the spectrum of Hessian - shift."""
        shifted = LinearOperator(
            (problem.size,) * 2, lambda v: multiply(v) - shift * v.ravel(), dtype=np.float64
        )
        basis = min(BASIS, problem.size)
        vector: Array = eigsh(shifted, 1, which=which, v0=start, tol=tol, ncv=basis)[1][:, 0]
        return vector

    start = vector = rng.normal(size=problem.size)
    if multiply(start).any():
        # ARPACK's tolerance is relative to the eigenvalue, which may be near zero. Shifted by the
        # largest one it is as large as the spectrum is wide.
        top = extreme(0.0, "LA", 0.1)
        vector = extreme(float(top @ multiply(top)), "SA", tolerance)
    vector = vector / np.linalg.norm(vector)
    image = multiply(vector)
    value = float(vector @ image)
    residual = float(np.linalg.norm(image - value * vector))
    return SmallestEigenvalue(value, layers(vector), residual, products)
