"""Any smooth function of a product of matrices: F(W) = f(W_H ... W_1).

This is the setting of Laurent & von Brecht (2018), with H matrices, so H - 1 hidden layers. With
A = W_H ... W_1, A_h = W_H ... W_{h+1} and B_h = W_{h-1} ... W_1, the gradient in layer h is
``A_h^T grad f(A) B_h^T``.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import scipy.optimize
from numpy.typing import ArrayLike

from landscape.arrays import (
    Array,
    in_range,
    items,
    real_array,
    real_number,
    refuses_extremes,
    whole_number,
)
from landscape.linear.problem import Layers, between, prefixes, read_layers, suffixes


class Smooth(Protocol):
    """A twice differentiable function of a matrix A of the given shape."""

    shape: tuple[int, int]

    def value_gradient(self, A: Array) -> tuple[float, Array]:
        """Return f(A) and its gradient, of the shape of A."""
        ...

    def hessian(self, A: Array) -> Array:
        """Return the Hessian (A.size, A.size), with the entries of A row by row."""
        ...


class Composite:
    """The function F(W) = f(W_H ... W_1) of the parameters of a deep linear network.

    A point is a vector of P parameters: W_1 first, each matrix row by row.

    Parameters
    ----------
    f : Smooth
        A function of matrices (d_H, d_0), such as `landscape.losses.Risk`.
    hidden : sequence of int
        Widths d_1, ..., d_{H-1} of the hidden layers.

    Attributes
    ----------
    widths : tuple of int
        d_0, ..., d_H.
    size : int
        P, the number of parameters.

    Raises
    ------
    ValueError
        If a width is not a positive integer.
    """

    def __init__(self, f: Smooth, hidden: Sequence[int]) -> None:
        self.f = f
        self.widths = (
            f.shape[1],
            *(whole_number(d, "hidden", 1) for d in items(hidden, "hidden")),
            f.shape[0],
        )
        self.shapes = [(b, a) for a, b in zip(self.widths[:-1], self.widths[1:], strict=True)]
        self._ends = np.cumsum([0, *(a * b for a, b in self.shapes)])
        self.size = int(self._ends[-1])

    def layers(self, theta: ArrayLike) -> Layers:
        """Return W_1, ..., W_H as views of the vector of parameters.

        Raises
        ------
        ValueError
            If `theta` has another size, is not finite, or a result exceeds float64's range; so in
            all methods that take a point.
        """
        theta = real_array(theta, "theta", (self.size,))
        return [
            theta[start:stop].reshape(shape)
            for start, stop, shape in zip(self._ends[:-1], self._ends[1:], self.shapes, strict=True)
        ]

    @refuses_extremes("theta")
    def value_gradient(self, theta: ArrayLike) -> tuple[float, Array]:
        """Return F and its gradient (P,)."""
        W = self.layers(theta)
        before = prefixes(W)
        value, G = self._of_product(before[-1])
        gradient = []
        for h in reversed(range(len(W))):
            gradient.append((G @ before[h].T).ravel())
            G = W[h].T @ G
        return value, np.concatenate(gradient[::-1])

    def _of_product(self, A: Array) -> tuple[float, Array]:
        """Return f and its gradient at the product of the layers."""
        try:
            value, gradient = self.f.value_gradient(A)
            in_range("A", value, gradient)
        except ValueError as error:
            raise ValueError(f"theta: at the product of the layers, {error}") from error
        return value, gradient

    @refuses_extremes("theta")
    def hessian(self, theta: ArrayLike) -> Array:
        """Return the Hessian (P, P): that of f seen through the product, and grad f times it."""
        W = self.layers(theta)
        before, after = prefixes(W), suffixes(W)
        A = before[-1]
        G = self._of_product(A)[1]
        J = np.hstack([np.kron(after[h], before[h].T) for h in range(len(W))])
        hessian: Array = J.T @ self.f.hessian(A) @ J
        for i in range(2, len(W) + 1):
            for j in range(1, i):
                # Row a and column b of layer i, row c and column d of layer j.
                outer = after[i - 1].T @ G @ before[j - 1].T
                cross = np.einsum("ad,bc->abcd", outer, between(W, i, j))
                rows = slice(self._ends[i - 1], self._ends[i])
                columns = slice(self._ends[j - 1], self._ends[j])
                block = cross.reshape(W[i - 1].size, W[j - 1].size)
                hessian[rows, columns] += block
                hessian[columns, rows] += block.T
        return hessian

    @refuses_extremes("theta")
    def balanced(self, theta: ArrayLike) -> Array:
        """Return the point with its layers multiplied by numbers that make their norms equal.

        The numbers have product 1, so that F does not change. A point with a layer that is zero
        stays as it is.
        """
        norms = np.array([np.linalg.norm(layer) for layer in self.layers(theta)])
        theta = real_array(theta, "theta", (self.size,))
        if not norms.all():
            return theta
        factors = np.exp(np.log(norms).mean()) / norms
        result: Array = theta * np.repeat(factors, np.diff(self._ends))
        return result

    def minimize(self, start: ArrayLike) -> Array:
        """Return where L-BFGS, then Newton's method lead from a start.

        A long step of L-BFGS may end where weights are so large that rounding hides all progress;
        there the layers are balanced and it begins anew, and if that does not help, a trust region
        method with the exact Hessian takes its place, from the start.

        Raises
        ------
        ValueError
            If the start has another size, is not finite, or leads beyond float64's range.
        """
        start = real_array(start, "start", (self.size,))
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                found = self._minimize(start)
        except ValueError as error:
            raise ValueError(f"start: no minimum from here: {error}") from error
        in_range("start", found)
        return found

    def _minimize(self, start: Array) -> Array:
        theta = start
        for _ in range(ATTEMPTS):
            found = scipy.optimize.minimize(
                self._finite, theta, jac=True, method="L-BFGS-B", options=LBFGS
            )
            theta, gradient = self._polish(found.x)
            if gradient <= CONVERGED:
                return theta
            theta = self.balanced(theta)
        found = scipy.optimize.minimize(
            self._finite,
            start,
            jac=True,
            hess=self.hessian,
            method="trust-exact",
            options={"maxiter": 1000, "gtol": 1e-9},
        )
        return self._polish(found.x)[0]

    def _polish(self, theta: Array) -> tuple[Array, float]:
        """Return where Newton's method leads from a point that is nearly critical, and |grad F|.

        The steps are those of the pseudo-inverse of the Hessian: critical points are not isolated,
        because F does not change under W_h -> D_h W_h D_{h-1}^{-1}. They go on while they make the
        gradient smaller. Where L-BFGS has ended at a saddle, so do they.
        """
        gradient = self._slope(theta)
        while (size := float(np.linalg.norm(gradient))) <= NEAR:
            values, vectors = np.linalg.eigh(self.hessian(theta))
            kept = abs(values) > FLAT * abs(values).max()
            moved = theta - vectors[:, kept] @ ((vectors[:, kept].T @ gradient) / values[kept])
            after = self._slope(moved)
            if not np.linalg.norm(after) < size:
                break
            theta, gradient = moved, after
        return theta, size

    def _finite(self, theta: Array) -> tuple[float, Array]:
        """Return F and its gradient, or where they overflow a large number and no slope."""
        try:
            return self.value_gradient(theta)
        except ValueError:
            return 1e100, np.zeros_like(theta)

    def _slope(self, theta: Array) -> Array:
        """Return the gradient of F, NaN where it overflows."""
        try:
            return self.value_gradient(theta)[1]
        except ValueError:
            return np.full(self.size, np.nan)


LBFGS = {"maxiter": 2000, "maxfun": 4000, "maxcor": 30, "ftol": 0.0, "gtol": 1e-9}
ATTEMPTS = 3
# A gradient from which Newton's method takes over, and one that is small enough.
NEAR, CONVERGED = 1e-6, 1e-9
# Below this part of the largest, a Hessian eigenvalue at a minimum counts as zero.
FLAT = 1e-7


@refuses_extremes("W, size")
def kernel_move(W: Sequence[ArrayLike], rng: np.random.Generator, size: float = 1.0) -> Layers:
    """Move a point along the family of Theorem 3 (Laurent & von Brecht 2018).

    Let d_0 <= d_H, and let k be the first layer for which W_k ... W_1 has a kernel. For every
    j >= k there is then a unit vector u_j with ``u_j^T W_j ... W_1 = 0``, and the layers after k
    become ``W_{j+1} + size w_{j+1} u_j^T``, for random Gaussian vectors w_{j+1}. No product
    ``W_j ... W_1`` changes, thus neither does any function of ``W_H ... W_1``. If d_0 > d_H, the
    same is done to the transposed network.

    Raises
    ------
    ValueError
        If a hidden layer is narrower than both input and output, or if W_{H-1} ... W_1 (or, if
        d_0 > d_H, the transpose of W_H ... W_2) has no kernel and there is no such family; or if
        the layers do not chain or are not finite.
    """
    return _kernel_move(read_layers(W), rng, real_number(size, "size"))


def _kernel_move(W: Layers, rng: np.random.Generator, size: float) -> Layers:
    d_in, d_out = W[0].shape[1], W[-1].shape[0]
    if d_in > d_out:
        turned = _kernel_move([layer.T for layer in W[::-1]], rng, size)
        return [layer.T for layer in turned[::-1]]
    for h, layer in enumerate(W[:-1], start=1):
        if len(layer) < d_in:
            raise ValueError(
                f"W[{h - 1}]: expected a hidden width of at least {d_in}, the lesser of those of "
                f"input and output, got {len(layer)}"
            )
    moved = [layer.copy() for layer in W]
    partial = prefixes(W)
    found = False
    for j in range(1, len(W)):
        left, singular, _ = np.linalg.svd(partial[j])
        rank = int((singular > RANK * np.prod([np.linalg.norm(x, 2) for x in W[:j]])).sum())
        if rank < d_in:
            found = True
            w = rng.normal(size=len(W[j]))
            moved[j] += size * np.outer(w, left[:, rank:] @ _unit(rng, len(left) - rank))
    if not found:
        raise ValueError("W: the product of all layers but the last has no kernel")
    return moved


# Singular values of a product below this part of the product of norms count as zero.
RANK = 1e-10


def _unit(rng: np.random.Generator, n: int) -> Array:
    v = rng.normal(size=n)
    result: Array = v / np.linalg.norm(v)
    return result
