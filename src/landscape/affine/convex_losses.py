"""Spurious local minima for convex losses, whose best affine function is no rational: in balls.

For a loss that is convex in the output of the network, an affine function at which the slope and
the intercept cannot be improved is the best one. A Krawczyk test proves that there is one within a
small box, and encloses its loss. If the hidden neurons of a network with one hidden layer stay in
the affine segment of the activation within some radius and are not constant on the data, an output
layer makes it that best function; it and all networks nearby are affine on the data, so that none
of them has a lower loss. A ball here is a number with a rigorous bound of its error
(`landscape.enclosures`). Samples have one input; see `landscape.affine.piecewise` for networks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import ArrayLike

from landscape import enclosures
from landscape.affine.piecewise import ACTIVATIONS, BiasedLayers, outputs, read_network
from landscape.affine.segment import affine_radius, read_exact
from landscape.enclosures import PRECISION, ball, fraction_ball
from landscape.exact import Numbers, to_fractions
from landscape.losses import HUBER

# Half the side of the box in which the best affine function is looked for.
BOX = 1e-6
RELU = ACTIVATIONS["relu"]

# z, y -> the loss and its first two derivatives in z.
BallLoss = Callable[[arb, arb], tuple[arb, arb, arb]]


def _square(z: arb, y: arb) -> tuple[arb, arb, arb]:
    d = z - y
    return d * d, 2 * d, arb(2)


def _huber(z: arb, y: arb) -> tuple[arb, arb, arb]:
    size, d = enclosures.magnitude(z - y), z - y
    inner = d * d / 2, d, arb(1)
    outer = HUBER * (size - arb(HUBER) / 2), HUBER * enclosures.sign(d), arb(0)
    if enclosures.at_most(size, ball(HUBER)):
        return inner
    if enclosures.at_most(ball(HUBER), size):
        return outer
    # Both pieces, cut off where the other begins, lie within the union of their balls.
    value, first, second = (enclosures.hull(a, b) for a, b in zip(inner, outer, strict=True))
    return value, first, second


def _log_cosh(z: arb, y: arb) -> tuple[arb, arb, arb]:
    slope = (z - y).tanh()
    return (z - y).cosh().log(), slope, 1 - slope * slope


def _logistic(z: arb, y: arb) -> tuple[arb, arb, arb]:
    return (
        (-y * z).exp().log1p(),
        -y / (1 + (y * z).exp()),
        1 / ((1 + z.exp()) * (1 + (-z).exp())),
    )


def _exponential(z: arb, y: arb) -> tuple[arb, arb, arb]:
    value = (-y * z).exp()
    return value, -y * value, value


def _poisson(z: arb, y: arb) -> tuple[arb, arb, arb]:
    rate = z.exp()
    return rate - y * z, rate - y, rate


# The losses of `landscape.losses` with one output, in balls; for signs y is -1 or 1.
BALL_LOSSES: dict[str, BallLoss] = {
    "square": _square,
    "huber": _huber,
    "log-cosh": _log_cosh,
    "logistic": _logistic,
    "exponential": _exponential,
    "poisson": _poisson,
}


@dataclass(frozen=True)
class AffineLossCertificate:
    """What is proved of a network with one hidden layer of ReLU neurons.

    If `proved`: with its hidden layer and some output layer it is a spurious local minimum. That
    network is the best affine function on the data.

    Attributes
    ----------
    proved : bool
    reason : str
        Why there is no proof; empty if there is one.
    radius : Fraction
        If no parameter of the hidden layer moves by more than this, every neuron stays active on
        the data.
    affine_low, affine_high : float
        Bounds of the least loss of affine functions; NaN if there is no proof of one.
    better_high : float
        An upper bound of the loss of the better network.
    """

    proved: bool
    reason: str
    radius: Fraction
    affine_low: float = np.nan
    affine_high: float = np.nan
    better_high: float = np.nan


def certify_affine_loss(
    name: str, layers: BiasedLayers, better: BiasedLayers, X: ArrayLike, y: ArrayLike
) -> AffineLossCertificate:
    """Prove that a network, up to its output layer, is a spurious local minimum for a loss.

    Parameters
    ----------
    name : str
        One of `BALL_LOSSES`.
    layers : list of two (W, b)
        Exact. On the data the network is, up to 1e-6 in slope and intercept, the best affine
        function.
    better : list of two (W, b)
        A network of the same width; floats are taken for the exact numbers that they are.
    X, y : arrays of int or Fraction, shapes (1, m) and (m,)

    Raises
    ------
    ValueError
        If the loss is unknown, shapes do not fit, or the candidate or the data are not exact.
    """
    X, y = _data(name, X, y)
    radius = affine_radius(layers, X, RELU)
    if len(layers) != 2:
        raise ValueError(f"layers: expected two of them, got {len(layers)}")
    better = read_network(better, X, "better")[0]
    if [W.shape for W, _ in better] != [np.shape(W) for W, _ in layers]:
        raise ValueError("better: expected a network with the shapes of layers")
    if not radius:
        return AffineLossCertificate(False, "not affine on the data", radius)
    (W, b), (v, c) = read_network(layers, X)[0]
    if not W.any():
        return AffineLossCertificate(False, "hidden neurons are constant", radius)
    with ctx.workprec(PRECISION):
        slope, intercept = (v @ W).item(), (v @ b + c).item()
        try:
            affine = _best_affine(name, slope, intercept, X, y)
            lower = mean_loss(name, better, X, y)
        except enclosures.NotFiniteError:
            return AffineLossCertificate(False, "the losses have no bound", radius)
        if affine is None:
            return AffineLossCertificate(False, "no best affine function nearby", radius)
        bounds = enclosures.lower(affine), enclosures.upper(affine), enclosures.upper(lower)
        reason = "" if enclosures.less(lower, affine) else "no better network"
        return AffineLossCertificate(not reason, reason, radius, *bounds)


def mean_loss(name: str, layers: BiasedLayers, X: ArrayLike, y: ArrayLike) -> arb:
    """Return the mean loss of a ReLU network on the data, enclosed; floats are exact numbers.

    Raises
    ------
    ValueError
        If the loss is unknown, shapes do not fit, or the data are not exact.
    ArithmeticError
        If the loss has no finite enclosure.
    """
    X, y = _data(name, X, y)
    exact = [(to_fractions(W), to_fractions(b)) for W, b in read_network(layers, X)[0]]
    with ctx.workprec(PRECISION):
        values = zip(outputs(exact, X, RELU), y, strict=True)
        losses = [
            BALL_LOSSES[name](fraction_ball(z), fraction_ball(target))[0] for z, target in values
        ]
        return enclosures.total(losses) / len(losses)


def _data(name: str, X: ArrayLike, y: ArrayLike) -> tuple[Numbers, Numbers]:
    """Return samples (1, m) and targets (m,) in Fraction, for a loss that is known."""
    if name not in BALL_LOSSES:
        raise ValueError(f"name: expected one of {', '.join(BALL_LOSSES)}, got {name!r:.80}")
    X, y = read_exact(X, y)
    if len(X) != 1:
        raise ValueError(f"X: expected one input, got {len(X)}")
    return X, y


def _best_affine(
    name: str, slope: Fraction, intercept: Fraction, X: Numbers, y: Numbers
) -> arb | None:
    """Return the least loss of affine functions, or None if none is proved to be near the given.

    Krawczyk: if c - C g(c) + (I - C H) (B - c) lies inside the box B about c, where H encloses the
    derivative of g on B, then g has exactly one zero in B. By convexity the loss there is at least
    that at c minus |g_1(c)| BOX + |g_2(c)| BOX.
    """
    points = [fraction_ball(x) for x in X[0]]
    targets = [fraction_ball(target) for target in y]
    centre = [fraction_ball(slope), fraction_ball(intercept)]
    box = [value + ball(0, BOX) for value in centre]
    value, gradient, _ = _derivatives(name, centre, points, targets)
    _, _, hessian = _derivatives(name, box, points, targets)
    middle = arb_mat(2, 2, [enclosures.centre(entry) for entry in hessian.entries()])
    try:
        inverse = middle.inv()
    except ZeroDivisionError:
        return None
    moved = inverse * gradient
    spread = (arb_mat([[1, 0], [0, 1]]) - inverse * hessian) * arb_mat([[ball(0, BOX)]] * 2)
    reached = enclosures.largest(map(enclosures.magnitude, (spread - moved).entries()))
    slack = enclosures.total(map(enclosures.magnitude, gradient.entries())) * BOX
    if not enclosures.less(reached, ball(BOX)):
        return None
    return enclosures.hull(value, value - slack)


def _derivatives(
    name: str, affine: Sequence[arb], points: Sequence[arb], targets: Sequence[arb]
) -> tuple[arb, arb_mat, arb_mat]:
    """Return the mean loss of an affine function, its gradient (2, 1) and its Hessian (2, 2)."""
    slope, intercept = affine
    total, gradient, hessian = arb(0), arb_mat(2, 1), arb_mat(2, 2)
    for x, target in zip(points, targets, strict=True):
        value, first, second = BALL_LOSSES[name](slope * x + intercept, target)
        row = arb_mat([[x, 1]])
        total += value
        gradient += row.transpose() * first
        hessian += row.transpose() * row * second
    count = len(points)
    return total / count, gradient / count, hessian / count
