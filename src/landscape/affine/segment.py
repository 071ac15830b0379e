"""Spurious local minima of networks whose activation has an affine segment, with a proof.

If every pre-activation on the data lies strictly inside an affine segment of the activation, the
network is an affine function on the data, and so are all networks near it. None of them has a lower
loss than the best affine function: a network that equals the latter is a local minimum, spurious
as soon as some network does better (Christof & Kowalczyk, "On the omnipresence of spurious local
minima in certain neural network training problems", Constructive Approximation 2023). Networks and
their loss are those of `landscape.affine.piecewise`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np
from numpy.typing import ArrayLike

from landscape.affine.piecewise import (
    Activation,
    BiasedLayers,
    backward,
    forward,
    loss,
    read_network,
    read_targets,
)
from landscape.arrays import items, whole_number
from landscape.exact import Numbers, is_exact, number_array, to_fractions


@dataclass(frozen=True)
class SpuriousMinimum:
    """What `certify_spurious` found, in exact numbers.

    Attributes
    ----------
    loss, affine_loss, better_loss : Fraction
        Of the network, of the best affine function, and of the better network.
    radius : Fraction
        If no parameter moves by more than this, the network stays affine on the data; 0 if it is
        not shown to be so for any radius.
    dimension : int
        Of the set of networks near this one that are the same function on the data; 0 if radius is.
    """

    loss: Fraction
    affine_loss: Fraction
    better_loss: Fraction
    radius: Fraction
    dimension: int

    @property
    def proved(self) -> bool:
        """Whether it is a spurious local minimum: radius > 0, better_loss < loss = affine_loss."""
        return self.radius > 0 and self.better_loss < self.loss == self.affine_loss


def best_affine(X: ArrayLike, y: ArrayLike) -> tuple[Numbers, Fraction, Fraction]:
    """Return slope (d,), intercept and loss of the best affine function, exactly.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not exact, or the points lie on a hyperplane, so that
        there are several best functions.
    """
    X, y = read_exact(X, y)
    rows = np.vstack([X, np.full((1, X.shape[1]), Fraction(1))])
    gram, moment = rows @ rows.T, rows @ y
    try:
        solved = _flint(gram).solve(_flint(moment[:, None]))
    except ZeroDivisionError:
        raise ValueError("X: expected points that do not lie on one hyperplane") from None
    found = np.array([Fraction(int(r[0].p), int(r[0].q)) for r in solved.tolist()], dtype=object)
    residual = found @ rows - y
    return found[:-1], found[-1], (residual**2).sum() / len(y)


def affine_minimum(
    rng: np.random.Generator,
    X: ArrayLike,
    y: ArrayLike,
    widths: Sequence[int],
    activation: Activation,
) -> list[tuple[Numbers, Numbers]]:
    """Return a random network that is the best affine function, all neurons within the segment.

    Each layer draws its weights, scales those of a neuron if a bounded segment asks for it, and
    chooses its biases so that all pre-activations on the data are inside. The last layer then
    solves for the best affine function.

    Parameters
    ----------
    rng : numpy.random.Generator
    X, y : arrays, shapes (d, m) and (m,), of int or Fraction
    widths : sequence of int
        Widths of the hidden layers, at least 2 each.
    activation : Activation

    Returns
    -------
    list of (W, b), arrays of Fraction

    Raises
    ------
    ValueError
        As for `best_affine`, or if a width is less than 2 or there is none.
    """
    X, y = read_exact(X, y)
    widths = [whole_number(width, "widths", 2) for width in items(widths, "widths")]
    if not widths:
        raise ValueError("widths: expected hidden widths of at least 2, got none")
    slope, intercept, _ = best_affine(X, y)
    constant = not slope.any()
    # All neurons are affine functions of one coordinate, the best affine slope if there is one.
    direction = slope if not constant else _draw(rng, (len(slope),))
    scale = activation.slopes[activation.segment]
    layers: list[tuple[Numbers, Numbers]] = []
    states, along = X, np.array([], dtype=object)
    for width in widths:
        if not layers:
            factors = _draw(rng, (width,))
            W, along = factors[:, None] * direction, factors
        else:
            W, before = _draw(rng, (width, len(states))), along
            while not (along := W @ before).any():
                W = _draw(rng, W.shape)
        shrink, b = _place(rng, W @ states, activation.ends)
        W, along = W * shrink[:, None], along * shrink * scale
        layers.append((W, b))
        states = activation(W @ states + b[:, None])
    v = np.zeros_like(along)
    while not v.any():
        v = _draw(rng, along.shape)
        v = v + along * ((0 if constant else 1) - v @ along) / (along @ along)
    # What is left is constant over the data.
    rest = v @ states - slope @ X
    layers.append((v[None, :], np.array([intercept - rest[0]], dtype=object)))
    return layers


def affine_radius(layers: BiasedLayers, X: ArrayLike, activation: Activation) -> Fraction:
    """Return a radius within which the network stays affine on the data, by interval arithmetic.

    Parameters
    ----------
    layers, X
        Exact numbers.
    activation : Activation

    Returns
    -------
    Fraction
        A power of 1/2, at most 1: if every weight and bias moves by no more than this, every
        pre-activation on the data stays inside the segment. 0 if it is not shown for 2^-60.

    Raises
    ------
    ValueError
        If shapes do not fit or a number is not exact.
    """
    layers, inputs = read_network(layers, X)
    if inputs.dtype != object or layers[0][0].ndim != 2:
        raise ValueError("layers, X: expected one network, and int and Fraction only")
    states, values = forward(layers, inputs, activation)
    for power in range(61):
        radius = Fraction(1, 2**power)
        if _stays_affine(layers, states, values, activation, radius):
            return radius
    return Fraction(0)


def certify_spurious(
    layers: BiasedLayers, better: BiasedLayers, X: ArrayLike, y: ArrayLike, activation: Activation
) -> SpuriousMinimum:
    """Prove that a network is a spurious local minimum, or say what is missing.

    Parameters
    ----------
    layers : list of (W, b)
        The candidate, exact.
    better : list of (W, b)
        A network of the same widths; floats are taken for the exact numbers that they are.
    X, y : arrays, shapes (d, m) and (m,), of int or Fraction
    activation : Activation

    Raises
    ------
    ValueError
        If shapes do not fit, or the candidate or the data are not exact.
    """
    X, y = read_exact(X, y)
    radius = affine_radius(layers, X, activation)
    exact = [(to_fractions(W), to_fractions(b)) for W, b in read_network(better, X, "better")[0]]
    if [W.shape for W, _ in exact] != [np.shape(W) for W, _ in layers]:
        raise ValueError("better: expected a network with the shapes of layers")
    value, better_value = (
        np.asarray(loss(net, X, y, activation)).item() for net in (layers, exact)
    )
    dimension = _dimension(*read_network(layers, X), activation) if radius else 0
    return SpuriousMinimum(value, best_affine(X, y)[2], better_value, radius, dimension)


def _stays_affine(
    layers: BiasedLayers,
    states: list[Numbers],
    values: list[Numbers],
    activation: Activation,
    radius: Fraction,
) -> bool:
    """Tell whether all neurons provably stay inside when no parameter moves beyond the radius."""
    low, high = activation.ends
    scale = abs(activation.slopes[activation.segment])
    drift = states[0] * 0  # how far each input of the layer can move
    for (W, _), state, z in zip(layers[:-1], states[:-1], values[:-1], strict=True):
        moved = abs(W) @ drift + radius * ((abs(state) + drift).sum(0) + 1)
        if not (np.all(z - moved > low) and np.all(z + moved < high)):
            return False
        drift = scale * moved
    return True


def _dimension(layers: BiasedLayers, X: Numbers, activation: Activation) -> int:
    """Return the number of parameters minus the rank of their derivatives on the data.

    The network is affine near the point, so the rank is at most d + 1; if it is, it is so nearby,
    and the networks that agree on the data are a manifold of this dimension.
    """
    states, values = forward(layers, X, activation)
    rows = []
    # The derivatives are affine in x, so that their products with 1 and x have the same rank.
    for delta in np.vstack([X, np.full((1, X.shape[1]), Fraction(1))]):
        parts = backward(layers, states, values, delta[None, :], activation)
        rows.append(np.concatenate([part.ravel() for pair in parts for part in pair]))
    derivatives = np.array(rows, dtype=object)
    rank = _flint(derivatives).rank()
    return derivatives.shape[1] - rank if rank == len(X) + 1 else 0


def _place(
    rng: np.random.Generator, raw: Numbers, ends: tuple[Fraction | float, Fraction | float]
) -> tuple[Numbers, Numbers]:
    """Return a factor for each row of `raw` and a bias that put the row inside the segment."""
    low, high = ends
    factors, biases = [], []
    for row in raw:
        offset = Fraction(int(rng.integers(1, 9)), 8)
        least, most = min(row), max(row)
        factor = Fraction(1)
        if low > -np.inf and high < np.inf:
            # Half of the segment, somewhere in the middle three quarters of it.
            width = Fraction(high) - Fraction(low)
            factor = width / 2 / max(most - least, width / 2)
            bias = Fraction(low) + width / 8 + width / 4 * offset - factor * least
        elif low > -np.inf:
            bias = Fraction(low) + 1 + offset - least
        else:
            bias = Fraction(high) - 1 - offset - most
        factors.append(factor)
        biases.append(bias)
    return np.array(factors, dtype=object), np.array(biases, dtype=object)


def _draw(rng: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
    """Return random multiples of 1/4 from 1/4 to 2 and their negatives, of full rank."""
    while True:
        drawn = to_fractions(rng.choice([-1, 1], shape) * rng.integers(1, 9, shape)) / 4
        if _flint(np.atleast_2d(drawn)).rank() == min(np.atleast_2d(drawn).shape):
            return drawn


def read_exact(X: ArrayLike, y: ArrayLike) -> tuple[Numbers, Numbers]:
    """Return samples (d, m) and targets (m,) in Fraction, or raise a ValueError."""
    given = {"X": number_array(X, "X"), "y": number_array(y, "y")}
    for name, part in given.items():
        if not is_exact(part):
            raise ValueError(f"{name}: expected int and Fraction only, got {part.dtype}")
    inputs = to_fractions(given["X"])
    if inputs.ndim != 2 or inputs.size == 0:
        raise ValueError(f"X: expected shape (d, m), got {inputs.shape}")
    return inputs, read_targets(y, inputs)


def _flint(matrix: Numbers) -> flint.fmpq_mat:
    rows = [[flint.fmpq(value.numerator, value.denominator) for value in row] for row in matrix]
    return flint.fmpq_mat(rows)
