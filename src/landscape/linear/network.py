"""Deep linear networks: everything about one problem under one name."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from landscape.arrays import Array, real_number, refuses_extremes
from landscape.linear.classify import Classification, classify
from landscape.linear.critical_points import PivotKind, critical_point
from landscape.linear.hessian import HessianProduct, dense_hessian
from landscape.linear.inertia import Inertia, inertia
from landscape.linear.lanczos import SmallestEigenvalue, smallest_eigenvalue
from landscape.linear.normal_form import NormalForm, Reconstruction, normal_form, reconstruct
from landscape.linear.problem import Layers, Problem
from landscape.linear.spectrum import Spectrum, spectrum

# Newton's method leaves gradients of about 1e-12 of their natural size.
CRITICAL = 1e-9


class LinearNetwork(Problem):
    """A deep linear network on given data: its loss, derivatives, critical points and spectra.

    Parameters
    ----------
    X : array_like, shape (d_0, m)
        Inputs, one sample a column; any rank.
    Y : array_like, shape (d_H, m)
        Targets, one sample a column.
    hidden : sequence of int
        Widths d_1, ..., d_{H-1} of the hidden layers, at least one.

    Raises
    ------
    ValueError
        As `landscape.linear.problem.Problem`, whose attributes it has.

    Notes
    -----
    Eigenvalues of Sigma are counted from 0 in descending order, where the papers count from 1.
    """

    @refuses_extremes("W")
    def hessian(self, W: Sequence[ArrayLike]) -> Array:
        """Return the Hessian at `W`, shape (P, P); W_1 first, each matrix row by row."""
        return dense_hessian(self.F, self.B, self.weights(W))

    @refuses_extremes("W, V")
    def hvp(self, W: Sequence[ArrayLike], V: Sequence[ArrayLike]) -> Layers:
        """Return the product of the Hessian at `W` with `V`, without forming the Hessian.

        Parameters
        ----------
        W, V : sequences of array_like
            The point and the direction, both with the shapes of the weights.

        Returns
        -------
        list of ndarray
            Shapes of `W`.
        """
        return HessianProduct(self, self.weights(W))(self.weights(V, "V"))

    def critical_point(
        self,
        S: Sequence[int],
        *,
        seed: int | np.random.Generator = 0,
        kind: PivotKind | None = None,
    ) -> Layers:
        """Return a random critical point associated with the eigenvalues `S` of Sigma.

        The point has the normal form of `landscape.linear.normal_form` with random well
        conditioned mixings, random eigenvectors within equal eigenvalues, and random blocks Z.

        Parameters
        ----------
        S : sequence of distinct int
            Chosen eigenvalues, counted from 0 in descending order; positive ones, at most r_max.
        seed : int or numpy.random.Generator
        kind : {"tightened", "not_tightened"}, optional
            Whether all pivots are tightened; both exist for H >= 3 and fewer than r_max
            eigenvalues, only "not_tightened" for H = 2 (Proposition 8, Achour et al. 2024).

        Raises
        ------
        ValueError
            If `S` or `kind` is not as described.
        """
        return critical_point(self, S, seed, kind)

    @refuses_extremes("W", infinite=True)
    def classify(self, W: Sequence[ArrayLike], *, tolerance: float = CRITICAL) -> Classification:
        """Return the kind of the point `W`, its Morse index and a descent from it.

        Parameters
        ----------
        W : sequence of array_like
        tolerance : float
            Largest gradient of a critical point, relative to its size without cancellation.
        """
        tolerance = real_number(tolerance, "tolerance", least=0)
        return classify(self, self.weights(W), tolerance)

    @refuses_extremes("W")
    def spectrum(self, W: Sequence[ArrayLike]) -> Spectrum:
        """Return all P Hessian eigenvalues at `W`, from small blocks where its structure allows it.

        `W` need not be critical. See `landscape.linear.spectrum.Spectrum` for the structures.
        """
        return spectrum(self, self.weights(W))

    @refuses_extremes("W")
    def smallest_eigenvalue(
        self,
        W: Sequence[ArrayLike],
        *,
        tolerance: float = 1e-6,
        seed: int | np.random.Generator = 0,
    ) -> SmallestEigenvalue:
        """Return the smallest Hessian eigenvalue at any `W` by Lanczos' method, matrix-free.

        Where `W` has a structure, `spectrum` gives all eigenvalues in less time.

        Parameters
        ----------
        W : sequence of array_like
        tolerance : float
            Largest residual, relative to the distance of the two ends of the spectrum. The value
            is usually far closer: its error goes with the square of the residual.
        seed : int or numpy.random.Generator
            Of the random start.

        Raises
        ------
        ValueError
            If `tolerance` is not from 1e-12 to 1.
        """
        tolerance = real_number(tolerance, "tolerance")
        return smallest_eigenvalue(self, self.weights(W), tolerance, seed)

    @refuses_extremes("W")
    def inertia(self, W: Sequence[ArrayLike], *, tolerance: float = CRITICAL) -> Inertia:
        """Return the numbers of negative, zero and positive Hessian eigenvalues at `W`.

        Raises
        ------
        ValueError
            If `W` is not a critical point.
        """
        return inertia(self, self._normal_form(W, tolerance))

    @refuses_extremes("W", infinite=True)
    def reconstruct(self, W: Sequence[ArrayLike], *, tolerance: float = CRITICAL) -> Reconstruction:
        """Return the free parameters that generate the critical point `W`.

        Raises
        ------
        ValueError
            If `W` is not a critical point.
        """
        return reconstruct(self, self.weights(W), self._normal_form(W, tolerance))

    def _normal_form(self, W: Sequence[ArrayLike], tolerance: float) -> NormalForm:
        layers, tolerance = self.weights(W), real_number(tolerance, "tolerance", least=0)
        if not self.is_critical(layers, tolerance):
            raise ValueError(
                f"W: expected a critical point up to {tolerance:g}, got a gradient of norm "
                f"{np.linalg.norm([np.linalg.norm(g) for g in self.gradient(layers)]):.3g}"
            )
        return normal_form(self, layers)
