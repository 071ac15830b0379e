"""Losses that are convex and twice differentiable in the outputs of a linear predictor.

A loss l(z, y) of one sample is a function of the outputs z (d,) and the target y (d,). The outputs
and targets of N samples are the columns of Z and Y, shape (d, N). All but the cross-entropy are
sums over the d outputs of a function of one output and one target.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike
from scipy.special import expit, logsumexp, softmax

from landscape.arrays import (
    Array,
    finite_matrix,
    in_range,
    real_array,
    real_number,
    refuses_extremes,
    whole_number,
)

Targets = Literal["real", "signs", "classes", "counts"]


@dataclass(frozen=True)
class Loss:
    """A convex loss and its derivatives in the outputs.

    Attributes
    ----------
    name : str
    targets : {"real", "signs", "classes", "counts"}
        What the entries of Y are: any numbers, -1 or 1, columns of the identity, or integers of at
        least 0.
    value : callable
        Z (d, N), Y (d, N) -> the loss of each sample, shape (N,).
    gradient : callable
        Z, Y -> the gradient in the outputs of each sample, shape (d, N).
    hessian : callable
        Z, Y -> the Hessian in the outputs of each sample, shape (N, d, d).
    """

    name: str
    targets: Targets
    value: Callable[[Array, Array], Array]
    gradient: Callable[[Array, Array], Array]
    hessian: Callable[[Array, Array], Array]


Entrywise = Callable[[Array, Array], Array]


def _by_entries(
    name: str, targets: Targets, value: Entrywise, first: Entrywise, second: Entrywise
) -> Loss:
    """Return the sum over outputs of a function of one output, given with two derivatives."""

    def total(Z: Array, Y: Array) -> Array:
        result: Array = value(Z, Y).sum(axis=0)
        return result

    def hessian(Z: Array, Y: Array) -> Array:
        curvature = np.broadcast_to(second(Z, Y), Z.shape).T
        return curvature[:, :, None] * np.eye(len(Z))

    return Loss(name, targets, total, first, hessian)


def _cross_entropy_hessian(Z: Array, Y: Array) -> Array:
    p = softmax(Z, axis=0).T
    result: Array = p[:, :, None] * (np.eye(len(Z)) - p[:, None, :])
    return result


# Where the quadratic part of the Huber loss ends.
HUBER = 0.5

LOSSES = {
    loss.name: loss
    for loss in (
        _by_entries(
            "square",
            "real",
            lambda Z, Y: (Z - Y) ** 2,
            lambda Z, Y: 2 * (Z - Y),
            lambda Z, Y: np.full_like(Z, 2.0),
        ),
        _by_entries(
            "huber",
            "real",
            lambda Z, Y: np.where(
                abs(Z - Y) <= HUBER, (Z - Y) ** 2 / 2, HUBER * (abs(Z - Y) - HUBER / 2)
            ),
            lambda Z, Y: np.clip(Z - Y, -HUBER, HUBER),
            lambda Z, Y: (abs(Z - Y) <= HUBER).astype(float),
        ),
        _by_entries(
            "log-cosh",
            "real",
            lambda Z, Y: np.logaddexp(Z - Y, Y - Z) - np.log(2),
            lambda Z, Y: np.tanh(Z - Y),
            lambda Z, Y: 1 - np.tanh(Z - Y) ** 2,
        ),
        _by_entries(
            "logistic",
            "signs",
            lambda Z, Y: np.logaddexp(0.0, -Y * Z),
            lambda Z, Y: -Y * expit(-Y * Z),
            lambda Z, Y: expit(Z) * expit(-Z),
        ),
        _by_entries(
            "exponential",
            "signs",
            lambda Z, Y: np.exp(-Y * Z),
            lambda Z, Y: -Y * np.exp(-Y * Z),
            lambda Z, Y: np.exp(-Y * Z),
        ),
        Loss(
            "cross-entropy",
            "classes",
            lambda Z, Y: logsumexp(Z, axis=0) - (Y * Z).sum(axis=0),
            lambda Z, Y: softmax(Z, axis=0) - Y,
            _cross_entropy_hessian,
        ),
        _by_entries(
            "poisson",
            "counts",
            lambda Z, Y: np.exp(Z) - Y * Z,
            lambda Z, Y: np.exp(Z) - Y,
            lambda Z, Y: np.exp(Z),
        ),
    )
}


def random_data(
    loss: Loss, rng: np.random.Generator, inputs: int, outputs: int, samples: int, noise: float
) -> tuple[Array, Array]:
    """Return Gaussian inputs X (d_0, N) and the targets Y (d_L, N) of a noisy linear teacher.

    With T = A X / sqrt(d_0) + noise E, and A and E Gaussian, Y is T itself, its signs, the class
    of its largest entry, or Poisson with rate exp(A X / sqrt(d_0)), which needs no other noise.

    Raises
    ------
    ValueError
        If a size is below 1 or the noise is negative or not finite.
    """
    inputs, outputs = whole_number(inputs, "inputs", 1), whole_number(outputs, "outputs", 1)
    samples, noise = whole_number(samples, "samples", 1), real_number(noise, "noise", least=0)
    X = rng.normal(size=(inputs, samples))
    signal = rng.normal(size=(outputs, inputs)) @ X / np.sqrt(inputs)
    T = signal + noise * rng.normal(size=signal.shape)
    match loss.targets:
        case "real":
            return X, T
        case "signs":
            return X, np.where(T > 0, 1.0, -1.0)
        case "classes":
            return X, np.eye(outputs)[T.argmax(axis=0)].T
        case "counts":
            return X, rng.poisson(np.exp(signal)).astype(np.float64)


# A dozen steps find a minimum. Where classes can be separated, each step divides the loss by e.
STEPS = 40


@dataclass(frozen=True)
class Minimum:
    """Where Newton's method ended.

    Attributes
    ----------
    point : ndarray
    value : float
    gradient : float
        Euclidean norm of the gradient.
    decrement : float
        What a Newton step promises to gain, ``g^T H^+ g / 2``.
    """

    point: Array
    value: float
    gradient: float
    decrement: float


class Risk:
    """The mean loss of a linear predictor, ``f(A) = (1/N) sum_i l(A x_i, y_i)``.

    Parameters
    ----------
    loss : Loss
    X : array_like, shape (d_0, N)
        Inputs, one sample a column.
    Y : array_like, shape (d_L, N)
        Targets, one sample a column.

    Raises
    ------
    ValueError
        If X or Y is empty, not finite or not a matrix, if their numbers of samples differ, or if
        the entries of Y are no targets of this loss.
    """

    def __init__(self, loss: Loss, X: ArrayLike, Y: ArrayLike) -> None:
        self.loss, self.X, self.Y = loss, finite_matrix(X, "X"), finite_matrix(Y, "Y")
        if self.X.shape[1] != self.Y.shape[1]:
            raise ValueError(
                f"Y: expected as many samples (columns) as X has, {self.X.shape[1]}, "
                f"got {self.Y.shape[1]}"
            )
        fits = {
            "real": True,
            "signs": bool(np.isin(self.Y, (-1, 1)).all()),
            "classes": bool(np.isin(self.Y, (0, 1)).all() and (self.Y.sum(axis=0) == 1).all()),
            "counts": bool((self.Y >= 0).all() and (np.rint(self.Y) == self.Y).all()),
        }
        if not fits[loss.targets]:
            raise ValueError(
                f"Y: the {loss.name} loss expects {loss.targets}, got {self.Y.ravel()[:5]}"
            )
        self.shape = (len(self.Y), len(self.X))

    def value(self, A: ArrayLike) -> float:
        """Return f(A), for A of shape (d_L, d_0).

        Raises
        ------
        ValueError
            If A has another shape, is not finite, or a result exceeds float64's range; so in all
            methods that take A.
        """
        value = self._value(real_array(A, "A", self.shape))
        in_range("A", value)
        return value

    def value_gradient(self, A: ArrayLike) -> tuple[float, Array]:
        """Return f(A) and its gradient, of the shape of A."""
        value, gradient = self._value_gradient(real_array(A, "A", self.shape))
        in_range("A", value, gradient)
        return value, gradient

    def hessian(self, A: ArrayLike) -> Array:
        """Return the Hessian, shape (d_L d_0, d_L d_0), with the entries of A row by row."""
        hessian = self._hessian(real_array(A, "A", self.shape))
        in_range("A", hessian)
        return hessian

    def _value(self, A: Array) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return float(self.loss.value(A @ self.X, self.Y).mean())

    def _value_gradient(self, A: Array) -> tuple[float, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            Z = A @ self.X
            gradient = self.loss.gradient(Z, self.Y) @ self.X.T / self.X.shape[1]
            return float(self.loss.value(Z, self.Y).mean()), gradient

    def _hessian(self, A: Array) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            each = self.loss.hessian(A @ self.X, self.Y)
            dense = np.einsum("nac,bn,dn->abcd", each, self.X, self.X, optimize=True)
            hessian: Array = dense.reshape(A.size, A.size) / self.X.shape[1]
        return hessian

    @refuses_extremes("X, Y")
    def minimum(self) -> Minimum:
        """Return the minimum of f by Newton's method with halved steps, from A = 0.

        The pseudo-inverse of the Hessian takes the steps, so that directions in which f does not
        change, as those of the cross-entropy that add a row to all rows of A, do no harm.

        Raises
        ------
        ValueError
            If no minimum is found, as where classes can be separated and none exists.
        """
        A = np.zeros(self.shape)
        for _ in range(STEPS):
            (value, gradient), curvature = self._value_gradient(A), self._hessian(A)
            in_range("X, Y", value, gradient, curvature)
            g = gradient.ravel()
            step = scipy.linalg.pinvh(curvature, rtol=1e-12) @ g
            decrement = float(g @ step) / 2
            if decrement <= 1e-28 * max(1.0, abs(value)):
                return Minimum(A, value, float(np.linalg.norm(g)), decrement)
            size = 1.0
            # Near the minimum, rounding hides a gain: then a whole step is right.
            while (
                decrement > 1e-12
                and self._value(A - size * step.reshape(A.shape)) > value - size * decrement / 10
            ):
                size /= 2
                if size < 1e-12:
                    raise ValueError(f"X, Y: Newton's method is stuck at {value:.6g}")
            A = A - size * step.reshape(A.shape)
        raise ValueError(
            f"X, Y: no minimum of the {self.loss.name} loss after {STEPS} steps of Newton's "
            "method; perhaps the classes can be separated"
        )
