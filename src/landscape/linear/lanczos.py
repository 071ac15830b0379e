"""The smallest Hessian eigenvalue from products with the Hessian alone."""

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from landscape.arrays import Array
from landscape.linear.hessian import HessianProduct
from landscape.linear.problem import Layers, Problem
from landscape.seeds import generator

# Lanczos vectors before a restart: more save products, and take 8 P bytes each.
BASIS = 60
RESTARTS = 50
FINEST = 1e-12  # what rounding leaves of a residual


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
        below is not proved; a random start misses it with negligible probability once converged.
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
    """Return the smallest eigenvalue at `W`; see `LinearNetwork.smallest_eigenvalue`.

    Lanczos' method without reorthogonalisation: copies of eigenvalues that have converged do no
    harm at the end of the spectrum, and the residual is computed anew from the vector.
    """
    if not FINEST <= tolerance < 1:
        raise ValueError(f"tolerance: expected {FINEST:g} <= tolerance < 1, got {tolerance!r}")
    rng = seed if isinstance(seed, np.random.Generator) else generator(seed, "smallest_eigenvalue")
    hessian = HessianProduct(problem, W)
    ends = np.cumsum([layer.size for layer in W])[:-1]

    def layers(v: Array) -> Layers:
        parts = np.split(v, ends)
        return [part.reshape(shape) for part, shape in zip(parts, problem.shapes, strict=True)]

    def multiply(v: Array) -> Array:
        return np.concatenate([part.ravel() for part in hessian(layers(v))])

    # Random, not an image of the Hessian: that would have no part in its null space.
    vector = rng.normal(size=problem.size)
    basis = np.empty((BASIS, problem.size))
    diagonal, off = np.zeros(BASIS), np.zeros(BASIS)
    products, converged = 1, False
    for _ in range(RESTARTS):
        basis[0] = vector / np.linalg.norm(vector)
        for k in range(BASIS):
            image = multiply(basis[k])
            products += 1
            if k:
                image -= off[k - 1] * basis[k - 1]
            diagonal[k] = basis[k] @ image
            image -= diagonal[k] * basis[k]
            off[k] = np.linalg.norm(image)
            tridiagonal = diagonal[: k + 1], off[:k]
            low, ritz = scipy.linalg.eigh_tridiagonal(*tridiagonal, select="i", select_range=(0, 0))
            high = scipy.linalg.eigvalsh_tridiagonal(*tridiagonal, select="i", select_range=(k, k))
            converged = bool(off[k] * abs(ritz[k, 0]) <= tolerance * (high[0] - low[0]))
            if converged or k + 1 == BASIS:
                break
            basis[k + 1] = image / off[k]
        vector = ritz[:, 0] @ basis[: k + 1]
        if converged:
            break
    vector /= np.linalg.norm(vector)
    image = multiply(vector)
    value = float(vector @ image)
    residual = float(np.linalg.norm(image - value * vector))
    return SmallestEigenvalue(value, layers(vector), residual, products)
