"""Many small two-layer ReLU networks trained side by side, in float64.

Runs differ in their start and, if need be, in their data. The objective is that of
`landscape.convex.duality`, without the factor 1/m that is usual in training: a step size means the
same for all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from landscape.arrays import Array, bool_array, in_range, real_array, real_number, whole_number

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
    W = real_array(W, "W", ("S", "R", "p", "d"))
    S, R, p, d = W.shape
    X = real_array(X, "X", (S, "m", d))
    y = real_array(y, "y", X.shape[:2])
    a = real_array(a, "a", (S, R, p))
    steps, rate = whole_number(steps, "steps", 1), real_number(rate, "rate", above=0)
    strength = real_array(beta, "beta", (...,))
    if strength.shape not in ((), (1,), (S,)) or not (strength >= 0).all():
        raise ValueError(
            f"beta: expected finite numbers of at least 0, one or {S} of them, got {beta!r:.80}"
        )
    # Parameters side by side: (S, R p, d + 1), and c apart.
    theta = np.concatenate([W, a[..., None]], axis=3).reshape(S, R * p, d + 1)
    flags = bool_array(penalised, "penalised", (...,))
    if flags.shape not in ((), (d,)):
        raise ValueError(f"penalised: expected bools, one or {d} of them, got {flags.shape}")
    counted = np.append(np.broadcast_to(flags, (d,)), True)
    decay = np.broadcast_to(strength, (S,))[:, None, None] * counted
    bias = np.zeros((S, R))
    with np.errstate(over="ignore", invalid="ignore"):
        _descend(X, y, theta, bias, decay, steps=steps, rate=rate, output_bias=output_bias)
        transposed = np.ascontiguousarray(X.transpose(0, 2, 1))
        H = np.maximum(theta[..., :d] @ transposed, 0.0).reshape(S, R, p, X.shape[1])
        a = theta[..., d].reshape(S, R, p).copy()
        r = (a[:, :, None] @ H)[:, :, 0] + bias[..., None] - y[:, None]
        penalty = 0.5 * (decay * theta**2).reshape(S, R, -1).sum(axis=2)
        W = theta[..., :d].reshape(S, R, p, d).copy()
        values = 0.5 * (r * r).sum(axis=2) + penalty
    in_range("X, y, beta, W, a, rate", W, a, bias, values)
    return Networks(W, a, bias, values)


def _descend(
    X: Array,
    y: Array,
    theta: Array,
    bias: Array,
    decay: Array,
    *,
    steps: int,
    rate: float,
    output_bias: bool,
) -> None:
    """Take all steps, in place on theta (S, R p, d + 1) and on the output biases (S, R)."""
    (S, m, d), R = X.shape, bias.shape[1]
    p = theta.shape[1] // R
    transposed = np.ascontiguousarray(X.transpose(0, 2, 1))
    state = [[theta, np.zeros_like(theta), np.zeros_like(theta)]]
    if output_bias:
        state.append([bias, np.zeros_like(bias), np.zeros_like(bias)])
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


def gaussian_start(rng: np.random.Generator, width: int, inputs: int) -> tuple[Array, Array]:
    """Return W (p, d) with entries of variance 1/d and a (p,) with entries of variance 1/p.

    Raises
    ------
    ValueError
        If `width`, p, or `inputs`, d, is no integer of at least 1.
    """
    width, inputs = whole_number(width, "width", 1), whole_number(inputs, "inputs", 1)
    W = rng.standard_normal((width, inputs)) / np.sqrt(inputs)
    return W, rng.standard_normal(width) / np.sqrt(width)
