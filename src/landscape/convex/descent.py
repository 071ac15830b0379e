"""Many small two-layer ReLU networks trained side by side, in float64.

Runs differ in their start and, if need be, in their data. The objective is that of
`landscape.convex.duality`, without the factor 1/m that is usual in training: a step size means the
same for all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from landscape.sphere import Array

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-12
# The step size falls to this share of the first one, by a half cosine: at a kink Adam comes no
# nearer than its step.
LAST = 1e-4


@dataclass(frozen=True)
class Networks:
    """The stack after training: S problems, R runs of each, p units.

    Attributes
    ----------
    W : ndarray, shape (S, R, p, d)
    a : ndarray, shape (S, R, p)
    bias : ndarray, shape (S, R)
        Output biases, zero unless they were trained.
    objective : ndarray, shape (S, R)
    """

    W: Array
    a: Array
    bias: Array
    objective: Array


def train_networks(
    X: Array,
    y: Array,
    beta: ArrayLike,
    W: Array,
    a: Array,
    *,
    steps: int,
    rate: float,
    penalised: ArrayLike = True,
    output_bias: bool = False,
) -> Networks:
    """Minimise the objective by Adam from each start.

    It is 1/2 |Σ_i relu(X w_i) a_i + c - y|² + β/2 Σ_i (|w_i|² + a_i²). Gradients are full, and the
    derivative of the ReLU at 0 is 0. A unit that starts at zero stays there, and a zero sample with
    target zero changes nothing, so widths and samples may be padded.

    Parameters
    ----------
    X : ndarray, shape (S, m, d)
        Samples of each problem.
    y : ndarray, shape (S, m)
        Targets.
    beta : array_like, shape (S,) or scalar
        Strength of the regulariser, at least 0.
    W : ndarray, shape (S, R, p, d)
        First units of each run.
    a : ndarray, shape (S, R, p)
        First output weights.
    steps : int
        Number of steps, at least 1.
    rate : float
        First step size, above 0.
    penalised : array_like of bool, shape (d,) or scalar
        Which inputs' weights count in |w_i|²; not that of a constant input, whose weight is a bias.
    output_bias : bool
        Whether c is trained, from 0 and at no cost; otherwise it is 0.

    Raises
    ------
    ValueError
        If an argument has another shape or is not finite, or a number is out of its range.
    """
    strength = _checked(X, y, beta, W, a, steps, rate)
    S, R, p, d = W.shape
    # Parameters side by side: (S, R p, d + 1), and c apart.
    theta = np.concatenate([W, a[..., None]], axis=3).reshape(S, R * p, d + 1)
    counted = np.append(np.broadcast_to(np.asarray(penalised, dtype=bool), (d,)), True)
    decay = strength[:, None, None] * counted
    bias, transposed = np.zeros((S, R)), np.ascontiguousarray(X.transpose(0, 2, 1))
    state = [[theta, np.zeros_like(theta), np.zeros_like(theta)]]
    if output_bias:
        state.append([bias, np.zeros_like(bias), np.zeros_like(bias)])
    m = X.shape[1]
    gradient = np.empty_like(theta)
    Z, H = np.empty((S, R * p, m)), np.empty((S, R * p, m))
    for step in range(steps):
        weights, outputs = theta[..., :d], theta[..., d]
        np.matmul(weights, transposed, out=Z)
        np.maximum(Z, 0.0, out=H)
        f = np.matmul(outputs.reshape(S, R, 1, p), H.reshape(S, R, p, m))[:, :, 0]
        r = f + bias[..., None] - y[:, None]
        gradient[..., d] = np.matmul(H.reshape(S, R, p, m), r[..., None]).reshape(S, R * p)
        # Z becomes a_i r_l 1[z_il > 0], whose product with X is the gradient in w_i.
        np.sign(H, out=Z)
        active = Z.reshape(S, R, p, m)
        active *= r[:, :, None]
        Z *= outputs[..., None]
        np.matmul(Z, X, out=gradient[..., :d])
        gradient += decay * theta
        size = rate * (LAST + (1 - LAST) * 0.5 * (1 + np.cos(np.pi * step / steps)))
        gradients = [gradient, r.sum(axis=2)] if output_bias else [gradient]
        for (values, first, second), G in zip(state, gradients, strict=True):
            first += (1 - BETA1) * (G - first)
            second += (1 - BETA2) * (G * G - second)
            size_now = size / (1 - BETA1 ** (step + 1))
            root = np.sqrt(second / (1 - BETA2 ** (step + 1)))
            root += EPSILON
            values -= size_now * first / root
    H = np.maximum(theta[..., :d] @ transposed, 0.0).reshape(S, R, p, m)
    a = theta[..., d].reshape(S, R, p).copy()
    r = (a[:, :, None] @ H)[:, :, 0] + bias[..., None] - y[:, None]
    penalty = 0.5 * (decay * theta**2).reshape(S, R, -1).sum(axis=2)
    W = theta[..., :d].reshape(S, R, p, d).copy()
    return Networks(W, a, bias, 0.5 * (r * r).sum(axis=2) + penalty)


def _checked(
    X: Array, y: Array, beta: ArrayLike, W: Array, a: Array, steps: int, rate: float
) -> Array:
    """Return a strength for each problem, or raise the ValueError of `train_networks`."""
    S, R, p, d = W.shape
    if X.shape != (S, X.shape[1], d) or y.shape != X.shape[:2] or a.shape != (S, R, p):
        raise ValueError(
            "X, y, W, a: expected shapes (S, m, d), (S, m), (S, R, p, d) and (S, R, p), got "
            f"{X.shape}, {y.shape}, {W.shape} and {a.shape}"
        )
    if not all(np.isfinite(values).all() for values in (X, y, W, a)):
        raise ValueError("X, y, W, a: expected finite numbers, got NaN or infinity")
    if not (steps >= 1 and 0 < rate < np.inf):
        raise ValueError(f"steps, rate: expected at least 1 and above 0, got {steps} and {rate}")
    strength = np.broadcast_to(np.asarray(beta, dtype=np.float64), (S,))
    if not (np.isfinite(strength).all() and (strength >= 0).all()):
        raise ValueError(f"beta: expected finite numbers of at least 0, got {beta!r}")
    return strength


def gaussian_start(rng: np.random.Generator, width: int, inputs: int) -> tuple[Array, Array]:
    """Return W (p, d) with entries of variance 1/d and a (p,) with entries of variance 1/p."""
    W = rng.standard_normal((width, inputs)) / np.sqrt(inputs)
    return W, rng.standard_normal(width) / np.sqrt(width)
