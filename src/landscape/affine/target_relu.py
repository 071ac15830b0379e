"""One-dimensional ReLU networks fitted to an affine target on an interval, integrated exactly.

The network is ``f(x) = c + sum_j v_j s(w_j x + b_j)`` and the loss is the integral over [T0, T1] of
``(f(x) - alpha x - beta)^2``. Between two neighbouring kinks the error is affine, so the loss, its
gradient and its Hessian are finite sums. Arguments that are int or Fraction throughout give exact
results (arrays of Fraction); one float among them, and all is computed in floats.

The classification is that of Cheridito, Jentzen & Rossmannek, "Landscape analysis for shallow
neural networks: complete classification of critical points for affine target functions" (Journal
of Nonlinear Science 2022). Its abstract was available, its text was not: the names of the kinds of
neurons are as recalled, and the list of levels was derived anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.arrays import items, real_number, refuses_extremes, whole_number
from landscape.exact import Numbers, number_array, same_numbers
from landscape.kinds import AffineTargetKind

# int, float or Fraction; their union is not what numpy's annotations take.
Number = Any


class Network(NamedTuple):
    """The parameters of a network, or of a stack of networks; also a gradient in them.

    Attributes
    ----------
    w, b, v : arrays, shape (..., N)
        Inner weights, biases and outer weights of the N neurons.
    c : array, shape (...)
        Outer bias.
    """

    w: Any
    b: Any
    v: Any
    c: Any


@dataclass(frozen=True)
class AffineTarget:
    """The task to fit ``alpha x + beta`` on [T0, T1].

    Parameters
    ----------
    alpha, beta : int, float or Fraction
        The target; alpha is not 0, for a constant is met by the outer bias alone.
    T0, T1 : int, float or Fraction
        The interval, T0 < T1.
    leak : int, float or Fraction
        Slope of the activation s below 0, at least 0 and below 1; 0 is the ReLU.

    Raises
    ------
    ValueError
        If a number is not finite or not as described.
    """

    alpha: Number
    beta: Number
    T0: Number
    T1: Number
    leak: Number = 0

    def __post_init__(self) -> None:
        for name in ("alpha", "beta", "T0", "T1", "leak"):
            value = getattr(self, name)
            if not isinstance(value, (int, Fraction)) or isinstance(value, bool):
                real_number(value, name)
        if self.alpha == 0:
            raise ValueError("alpha: expected a number other than 0, got 0")
        if self.T0 >= self.T1:
            raise ValueError(f"T0: expected a number below T1 = {self.T1}, got {self.T0}")
        if not 0 <= self.leak < 1:
            raise ValueError(f"leak: expected a number from 0 to below 1, got {self.leak}")

    @refuses_extremes("network, x")
    def error(self, network: Network, x: ArrayLike) -> Numbers:
        """Return ``f(x) - alpha x - beta``.

        Parameters
        ----------
        network : Network
        x : array, shape (..., K)
            Points.

        Returns
        -------
        array, shape (..., K)

        Raises
        ------
        ValueError
            If a part of the network has not the shape of the others or is not finite.
        """
        network, points, target = self._read(network, x)
        return target._error(network, points)[0]

    @refuses_extremes("network")
    def loss(self, network: Network) -> Numbers:
        """Return the loss, shape (...).

        Raises
        ------
        ValueError
            As for `error`.
        """
        network, _, target = self._read(network)
        x, e, _ = target._pieces(network)
        left, right = e[..., :-1], e[..., 1:]
        total: Numbers = (np.diff(x) * (left**2 + left * right + right**2)).sum(-1) / 3
        return total

    @refuses_extremes("network")
    def gradient(self, network: Network) -> Network:
        """Return the gradient of the loss, in the shapes of the network.

        Where a neuron has w = b = 0 there is none, and the derivative of the activation at 0 is
        taken to be 1, in keeping with neurons that are active where ``w x + b >= 0``. At all other
        points the loss is differentiable.

        Raises
        ------
        ValueError
            As for `error`.
        """
        network, _, target = self._read(network)
        x, e, z = target._pieces(network)
        zeroth, first = _moments(x, e)
        slope = target._slopes(z)
        b = (zeroth[..., None, :] @ slope)[..., 0, :]
        w = (first[..., None, :] @ slope)[..., 0, :]
        v = network.w * w + network.b * b
        return Network(2 * network.v * w, 2 * network.v * b, 2 * v, 2 * zeroth.sum(-1))

    @refuses_extremes("network")
    def hessian(self, network: Network) -> Numbers:
        """Return the Hessian of the loss, in the order w, b, v, c.

        Returns
        -------
        array, shape (..., 3 N + 1, 3 N + 1)

        Raises
        ------
        ValueError
            As for `error`, or if the loss is not twice differentiable: a kink lies at an end of
            the interval, or a neuron has w = b = 0.
        """
        network, _, target = self._read(network)
        w, b, v, _ = network
        kinds = target._neuron_types(w, b)
        if np.isin(kinds, ["semi-inactive", "degenerate"]).any() or (target._at_end(w, b)).any():
            raise ValueError(
                "network: the loss is not twice differentiable, for a kink lies at an end of the "
                "interval or a neuron has w = b = 0"
            )
        x, e, z = target._pieces(network)
        zeroth, first = _moments(x, e)
        slope = target._slopes(z)
        n = w.shape[-1]

        # The derivative of f in each parameter is p x + q on each piece, shapes (..., pieces, P).
        nothing = slope * 0
        one = nothing[..., :1] + 1
        p = np.concatenate([slope * v[..., None, :], nothing, slope * w[..., None, :]], axis=-1)
        q = np.concatenate([nothing, slope * v[..., None, :], slope * b[..., None, :]], axis=-1)
        p, q = np.concatenate([p, one * 0], -1), np.concatenate([q, one], -1)
        left, right = x[..., :-1, None], x[..., 1:, None]
        cross = np.swapaxes(p * (right**2 - left**2) / 2, -1, -2) @ q
        result: Numbers = (
            np.swapaxes(p * (right**3 - left**3) / 3, -1, -2) @ p
            + cross
            + np.swapaxes(cross, -1, -2)
            + np.swapaxes(q * (right - left), -1, -2) @ q
        )

        j = np.arange(n)
        for place, moment in ((j, first), (n + j, zeroth)):
            mixed = (moment[..., None, :] @ slope)[..., 0, :]
            result[..., place, 2 * n + j] += mixed
            result[..., 2 * n + j, place] += mixed
        # The second derivative of the activation is a point mass at the kink.
        inside = kinds == "type-2-active"
        w_there = np.where(inside, w, 1)
        kink = np.where(inside, -b / w_there, target.T0)
        mass = np.where(inside, v * target._error(network, kink)[0] / abs(w_there), 0)
        mass = mass * (1 - target.leak)
        result[..., j, j] += mass * kink**2
        result[..., j, n + j] += mass * kink
        result[..., n + j, j] += mass * kink
        result[..., n + j, n + j] += mass
        return 2 * result

    def neuron_types(self, w: ArrayLike, b: ArrayLike) -> NDArray[np.str_]:
        """Return the type of each neuron (names as recalled; the paper's text was not available).

        With ``I = {x in [T0, T1]: w x + b >= 0}``: "inactive" if I is empty, "semi-inactive" if it
        is one point, "degenerate" if w = b = 0, "semi-active" if w = 0 < b, "type-1-active" if
        w != 0 and I is the whole interval, "type-2-active" otherwise. A neuron of any type is
        called flat if v = 0.

        Parameters
        ----------
        w, b : arrays, shape (..., N)

        Returns
        -------
        array of str, shape (..., N)
        """
        w, b = np.atleast_1d(number_array(w, "w")), np.atleast_1d(number_array(b, "b"))
        network, _, target = self._read(Network(w, b, w, np.zeros(w.shape[:-1], dtype=int)))
        return target._neuron_types(network.w, network.b)

    def critical_levels(self, N: int) -> dict[int, Number]:
        """Return every level of the loss at a critical point that is no global minimum, by n.

        ``alpha^2 (T1 - T0)^3 / (12 (n + 1)^4)`` for n = 0 and every even n up to N; n is the number
        of kinks of f.

        Parameters
        ----------
        N : int
            Number of neurons, at least 1.

        Raises
        ------
        ValueError
            If N is less than 1, or for an activation other than the ReLU.
        """
        self._need_relu()
        N = whole_number(N, "N", 1)
        return {n: self._level(n) for n in range(0, N + 1, 2)}

    def critical_point(
        self, n: int, shares: Sequence[Sequence[Number]] | None = None, dead: int = 0
    ) -> Network:
        """Return a critical point whose function has n kinks.

        Its kinks cut the interval into n + 1 equal parts; neurons at an odd one open to the right,
        those at an even one to the left, and their ``v w`` sum to ``2 alpha / (n + 1)``.

        Parameters
        ----------
        n : int
            0 or an even number.
        shares : n sequences of numbers
            How the sum at each kink is divided among its neurons; each adds up to 1. One neuron a
            kink by default.
        dead : int
            How many inactive neurons with weights w = 0, b = -1, v = 1 to append; at least one if
            n = 0.

        Raises
        ------
        ValueError
            If an argument is not as described, or for an activation other than the ReLU.
        """
        self._need_relu()
        if n < 0 or n % 2:
            raise ValueError(f"n: critical points have 0 or an even number of kinks, got {n}")
        if dead < 0 or n + dead < 1:
            raise ValueError(f"dead: expected at least {int(n == 0)}, got {dead}")
        parts: Sequence[Sequence[Number]] = [[1]] * n if shares is None else shares
        if len(parts) != n or any(sum(part) != 1 for part in parts):
            raise ValueError(f"shares: expected {n} sequences that add up to 1, got {shares}")
        alpha, T0, T1 = _exact(self.alpha), _exact(self.T0), _exact(self.T1)
        piece = (T1 - T0) / (n + 1)
        w, b, v = [], [], []
        for i, part in enumerate(parts, start=1):
            for share in part:
                w.append(1 if i % 2 else -1)
                b.append(-w[-1] * (T0 + i * piece))
                v.append(w[-1] * 2 * alpha / (n + 1) * share)
        w, b, v = w + [0] * dead, b + [-1] * dead, v + [1] * dead
        unshifted = Network(np.array(w, dtype=object), np.array(b), np.array(v), np.array(0))
        # On each piece the error is zero in the middle.
        offset = -self.error(unshifted, np.array([T0 + piece / 2], dtype=object))[0]
        return self._read(unshifted._replace(c=np.array(offset)))[0]

    def classify(self, network: Network) -> AffineTargetKind:
        """Return what a network with exact parameters is, by the classification of the paper.

        A critical point is a global minimum if its loss is 0. If its function is constant, it is a
        local minimum if every neuron is inactive, or semi-inactive at T0 with ``alpha v > 0``, or
        at T1 with ``alpha v < 0``. Everything else is a saddle.

        Raises
        ------
        ValueError
            If a number is a float, the network is a stack, or the activation is not the ReLU.
        """
        self._need_relu()
        network, _, target = self._read(network)
        w, b, v, c = network
        if w.dtype != object:
            raise ValueError("network: expected int and Fraction only, for a float decides nothing")
        if c.shape != ():
            raise ValueError(f"network: expected one network, got a stack of shape {c.shape}")
        if any(np.any(part != 0) for part in self.gradient(network)):
            return "not critical"
        if self.loss(network) == 0:
            return "global minimum"
        kinds = target._neuron_types(w, b)
        # A semi-inactive neuron with w < 0 is active at T0 alone.
        trapped = (kinds == "semi-inactive") & (-target.alpha * v * np.sign(w) > 0)
        if np.all((kinds == "inactive") | trapped):
            return "local minimum"
        return "saddle"

    def _level(self, n: int) -> Number:
        alpha, width = _exact(self.alpha), _exact(self.T1) - _exact(self.T0)
        level: Number = alpha**2 * width**3 / (12 * (n + 1) ** 4)
        return level

    def _need_relu(self) -> None:
        if self.leak != 0:
            raise ValueError(f"leak: the classification is that of the ReLU, got {self.leak}")

    def _read(self, network: Network, x: ArrayLike = 0) -> tuple[Network, Numbers, "AffineTarget"]:
        """Return network, points and target in one kind of number, or raise a ValueError."""
        given = items(network, "network")
        if len(given) != 4:
            raise ValueError(f"network: expected w, b, v and c, got {len(given)} parts")
        parts = Network(*map(number_array, given, Network._fields))
        points = number_array(x, "x")
        shape = parts.w.shape
        for name, part in parts._asdict().items():
            expected = shape[:-1] if name == "c" else shape
            if part.shape != expected or not shape or part.size == 0:
                names = name if name == "w" else f"w, {name}"
                raise ValueError(
                    f"{names}: expected shape {expected}, w having {shape}, one neuron or "
                    f"more, got {part.shape}"
                )
        mine = np.array([self.alpha, self.beta, self.T0, self.T1, self.leak], dtype=object)
        *read, x, numbers = same_numbers(**parts._asdict(), x=points, target=mine)
        return Network(*read), x, AffineTarget(*numbers.tolist())

    def _error(self, network: Network, x: Numbers) -> tuple[Numbers, Numbers]:
        """Return the error at x, shape (..., K), and the arguments of s, shape (..., K, N)."""
        w, b, v, c = network
        z = x[..., None] * w[..., None, :] + b[..., None, :]
        f = (np.maximum(z, self.leak * z) @ v[..., None])[..., 0] + c[..., None]
        return f - self.alpha * x - self.beta, z

    def _pieces(self, network: Network) -> tuple[Numbers, Numbers, Numbers]:
        """Return ends of pieces and kinks in ascending order, the error there, and arguments."""
        w, b = network.w, network.b
        with np.errstate(over="ignore"):  # a kink at infinity lies outside
            kink = -b / np.where(w == 0, 1, w)
        kink = np.minimum(np.maximum(np.where(w == 0, self.T0, kink), self.T0), self.T1)
        ends = np.zeros_like(kink[..., :1])
        x = np.sort(np.concatenate([ends + self.T0, kink, ends + self.T1], axis=-1), axis=-1)
        return x, *self._error(network, x)

    def _slopes(self, z: Numbers) -> Numbers:
        """Return the derivative of s on each piece from its arguments at both ends."""
        active = z[..., :-1, :] + z[..., 1:, :] >= 0
        slopes: Numbers = np.where(active, 1 + 0 * self.leak, self.leak)
        return slopes

    def _at_end(self, w: Numbers, b: Numbers) -> NDArray[np.bool_]:
        at_end: NDArray[np.bool_] = (w != 0) & ((w * self.T0 + b == 0) | (w * self.T1 + b == 0))
        return at_end

    def _neuron_types(self, w: Numbers, b: Numbers) -> NDArray[np.str_]:
        left, right = w * self.T0 + b, w * self.T1 + b
        least, most = np.minimum(left, right), np.maximum(left, right)
        conditions = [(w == 0) & (b == 0), most < 0, most == 0, w == 0, least >= 0]
        names = ["degenerate", "inactive", "semi-inactive", "semi-active", "type-1-active"]
        return np.select([np.asarray(c, dtype=bool) for c in conditions], names, "type-2-active")


def _moments(x: Numbers, e: Numbers) -> tuple[Numbers, Numbers]:
    """Return the integrals of e and of x e over each piece, e being affine there."""
    width, total = np.diff(x), e[..., :-1] + e[..., 1:]
    ends = x * e
    first = ends[..., :-1] + ends[..., 1:] + (x[..., :-1] + x[..., 1:]) * total
    return width * total / 2, width * first / 6


def _exact(value: Number) -> Number:
    return value if isinstance(value, float) else Fraction(value)
