"""Networks with a continuous piecewise affine activation, exactly or in floats.

Samples are the columns of X (d, m), targets y (m,). A network is a list of layers (W, b), W of
shape (..., d_h, d_{h-1}) and b of shape (..., d_h), the last of width 1; leading axes are those of
a stack of networks. The loss is the mean of the squared errors. Arguments that are int or Fraction
throughout give exact results.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.arrays import items, refuses_extremes
from landscape.exact import Numbers, number_array, same_numbers, to_fractions

BiasedLayers = Sequence[tuple[Numbers, Numbers]]


@dataclass(frozen=True)
class Activation:
    """A continuous piecewise affine function s with s(0) = 0.

    Attributes
    ----------
    knots : tuple of k Fraction
        Where the slope changes, in ascending order.
    slopes : tuple of k + 1 Fraction
        The slopes before, between and after the knots.
    segment : int
        Which of the k + 1 pieces the construction uses; its slope is not 0.
    """

    knots: tuple[Fraction, ...]
    slopes: tuple[Fraction, ...]
    segment: int

    def __call__(self, z: Numbers) -> Numbers:
        """Return s(z), entry by entry."""
        number: Any = Fraction if z.dtype == object else float
        parts = []
        for i, slope in enumerate(self.slopes):
            if slope != 0:
                part, anchor = z, Fraction(0)
                if i > 0:
                    part = np.maximum(part, number(self.knots[i - 1]))
                    anchor = max(anchor, self.knots[i - 1])
                if i < len(self.knots):
                    part = np.minimum(part, number(self.knots[i]))
                    anchor = min(anchor, self.knots[i])
                parts.append(number(slope) * (part - number(anchor)))
        total: Numbers = sum(parts[1:], parts[0])
        return total

    def derivative(self, z: Numbers) -> Numbers:
        """Return the derivative from the right, entry by entry."""
        number: Any = Fraction if z.dtype == object else float
        total: Numbers = z * 0 + number(self.slopes[0])
        for knot, (before, after) in zip(self.knots, pairwise(self.slopes), strict=True):
            total = total + number(after - before) * (z >= number(knot))
        return total

    def piece(self, z: Numbers) -> NDArray[np.intp]:
        """Return the index of the piece that each entry lies on, knots to the right."""
        counts = np.zeros(z.shape, dtype=np.intp)
        for knot in self.knots:
            counts += z >= (knot if z.dtype == object else float(knot))
        return counts

    @property
    def ends(self) -> tuple[Fraction | float, Fraction | float]:
        """The ends of the segment, which may be infinite."""
        edges: list[Fraction | float] = [-np.inf, *self.knots, np.inf]
        return edges[self.segment], edges[self.segment + 1]


_TENTH = Fraction(1, 10)
ACTIVATIONS = {
    "relu": Activation((Fraction(0),), (Fraction(0), Fraction(1)), 1),
    "leaky relu": Activation((Fraction(0),), (_TENTH, Fraction(1)), 1),
    "hard tanh": Activation(
        (Fraction(-1), Fraction(1)), (Fraction(0), Fraction(1), Fraction(0)), 1
    ),
}


@refuses_extremes("layers, X")
def outputs(layers: BiasedLayers, X: ArrayLike, activation: Activation) -> Numbers:
    """Return the outputs on the data, shape (..., m).

    Raises
    ------
    ValueError
        If shapes do not fit or a number is not finite.
    """
    layers, inputs = read_network(layers, X)
    return forward(layers, inputs, activation)[1][-1][..., 0, :]


@refuses_extremes("layers, X, y")
def loss(layers: BiasedLayers, X: ArrayLike, y: ArrayLike, activation: Activation) -> Numbers:
    """Return the mean squared error, shape (...).

    Raises
    ------
    ValueError
        As for `outputs`.
    """
    layers, inputs = read_network(layers, X)
    targets = read_targets(y, inputs)
    residual = forward(layers, inputs, activation)[1][-1][..., 0, :] - targets
    total: Numbers = (residual**2).sum(-1) / len(targets)
    return total


@refuses_extremes("layers, X, y")
def gradient(
    layers: BiasedLayers, X: ArrayLike, y: ArrayLike, activation: Activation
) -> list[tuple[Numbers, Numbers]]:
    """Return the gradient of the loss, in the shapes of the layers.

    At a knot the derivative of the activation is that from the right.

    Raises
    ------
    ValueError
        As for `outputs`.
    """
    layers, inputs = read_network(layers, X)
    targets = read_targets(y, inputs)
    states, values = forward(layers, inputs, activation)
    delta = 2 * (values[-1] - targets) / len(targets)
    return backward(layers, states, values, delta, activation)


@refuses_extremes("layers, X")
def is_affine_on(layers: BiasedLayers, X: ArrayLike, activation: Activation) -> NDArray[np.bool_]:
    """Tell of each network in a stack whether no neuron changes its piece on the data.

    Returns
    -------
    array of bool, shape (...)

    Raises
    ------
    ValueError
        As for `outputs`.
    """
    layers, inputs = read_network(layers, X)
    same = np.ones(layers[0][0].shape[:-2], dtype=bool)
    for value in forward(layers, inputs, activation)[1][:-1]:
        piece = activation.piece(value)
        same &= (piece == piece[..., :1]).all((-2, -1))
    return same


def forward(
    layers: BiasedLayers, X: Numbers, activation: Activation
) -> tuple[list[Numbers], list[Numbers]]:
    """Return the inputs of each layer, and its values before the activation, (..., width, m)."""
    states, values = [X], []
    for W, b in layers:
        values.append(W @ states[-1] + b[..., None])
        if len(values) < len(layers):
            states.append(activation(values[-1]))
    return states, values


def backward(
    layers: BiasedLayers,
    states: list[Numbers],
    values: list[Numbers],
    delta: Numbers,
    activation: Activation,
) -> list[tuple[Numbers, Numbers]]:
    """Return the gradient of ``sum(delta * outputs)``, delta of shape (..., 1, m)."""
    result = []
    for h in reversed(range(len(layers))):
        if h < len(layers) - 1:
            delta = delta * activation.derivative(values[h])
        result.append((delta @ np.swapaxes(states[h], -1, -2), delta.sum(-1)))
        if h > 0:
            delta = np.swapaxes(layers[h][0], -1, -2) @ delta
    return result[::-1]


def read_network(
    layers: BiasedLayers, X: ArrayLike, name: str = "layers"
) -> tuple[list[tuple[Numbers, Numbers]], Numbers]:
    """Return layers and inputs in one kind of number, or raise a ValueError."""
    pairs = read_pairs(layers, name)
    arrays = {"X": number_array(X, "X")}
    if arrays["X"].ndim != 2 or arrays["X"].size == 0:
        raise ValueError(f"X: expected shape (d, m), got {arrays['X'].shape}")
    if len(pairs) < 2:
        raise ValueError(f"{name}: expected two layers or more, got {len(pairs)}")
    fan_in = len(arrays["X"])
    for h, (weights, biases) in enumerate(pairs, start=1):
        W, b = number_array(weights, f"{name}: W_{h}"), number_array(biases, f"{name}: b_{h}")
        if W.ndim < 2 or W.shape[-1] != fan_in or b.shape != W.shape[:-1]:
            raise ValueError(
                f"{name}: layer {h}: expected W of shape (..., width, {fan_in}) and b of shape "
                f"(..., width), got {W.shape} and {b.shape}"
            )
        arrays |= {f"{name}: W_{h}": W, f"{name}: b_{h}": b}
        fan_in = W.shape[-2]
    if fan_in != 1:
        raise ValueError(f"{name}: layer {len(pairs)}: expected one output, got {fan_in}")
    inputs, *parts = same_numbers(**arrays)
    return list(zip(parts[::2], parts[1::2], strict=True)), inputs


def read_targets(y: ArrayLike, X: Numbers) -> Numbers:
    """Return the targets in the kind of number of the inputs, or raise a ValueError."""
    targets = number_array(y, "y")
    if targets.shape != (X.shape[1],):
        raise ValueError(f"y: expected shape ({X.shape[1]},), got {targets.shape}")
    if X.dtype != object:
        return same_numbers(X=X, y=targets)[1]
    if targets.dtype.kind == "f" and not np.isfinite(targets).all():
        raise ValueError("y: expected finite numbers, got NaN or infinity")
    return to_fractions(targets)


def read_pairs(layers: BiasedLayers, name: str = "layers") -> list[tuple[Numbers, Numbers]]:
    """Return the layers as pairs, or raise a ValueError."""
    pairs = [tuple(items(layer, name)) for layer in items(layers, name)]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{name}: expected pairs of weights and biases")
    return pairs
