"""One-dimensional networks with squares for an activation, fitted to an affine target.

The network is ``f(x) = c + sum_j v_j (w_j x + b_j)^2``, the loss the integral over [T0, T1] of
``(f(x) - alpha x - beta)^2``; `landscape.affine.target_relu` has the ReLU. The error is a
polynomial of degree two, so all follows from the integrals of powers of x, in floats or exactly.

That no local minimum is spurious is said in the abstract of Cheridito, Jentzen & Rossmannek; the
text was not available, and the argument here is ours. Let m_k be the integral of x^k times the
error at a critical point. The derivative in c says m_0 = 0, those in b_j and w_j then say
``v_j w_j m_1 = 0`` and ``v_j (w_j m_2 + b_j m_1) = 0``. If some v_j w_j is not 0, all three moments
vanish, and with them the error. Otherwise f is constant, m_1 is not 0, and what is left of the
equations allows four types of neurons, named in `QuadraticActivation.critical_point`. Each has a
way down: the Hessian in its own w, b, v is indefinite, or, where these are all 0, the third-order
term ``2 v (w^2 m_2 + 2 w b m_1)`` takes both signs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from landscape.affine.target_relu import AffineTarget, Network, Number
from landscape.arrays import refuses_extremes
from landscape.exact import Numbers


@dataclass(frozen=True)
class QuadraticActivation:
    """The task to fit ``alpha x + beta`` on [T0, T1] with squares.

    Methods take a network or a stack of networks, as those of `AffineTarget` do.

    Parameters
    ----------
    target : AffineTarget
        The line and the interval; its leak is not used.
    """

    target: AffineTarget

    @refuses_extremes("network")
    def loss(self, network: Network) -> Numbers:
        """Return the loss, shape (...).

        Raises
        ------
        ValueError
            If a part of the network has not the shape of the others or is not finite.
        """
        _, error, gram = self._read(network)
        total: Numbers = (error * (error @ gram)).sum(-1)
        return total

    @refuses_extremes("network")
    def gradient(self, network: Network) -> Network:
        """Return the gradient of the loss, in the shapes of the network.

        Raises
        ------
        ValueError
            As for `loss`.
        """
        network, error, gram = self._read(network)
        g = 2 * (_derivatives(network) @ (error @ gram)[..., None])[..., 0]
        n = network.w.shape[-1]
        return Network(g[..., :n], g[..., n : 2 * n], g[..., 2 * n : -1], g[..., -1])

    @refuses_extremes("network")
    def hessian(self, network: Network) -> Numbers:
        """Return the Hessian of the loss in the order w, b, v, c, shape (..., 3 N + 1, 3 N + 1).

        Raises
        ------
        ValueError
            As for `loss`.
        """
        network, error, gram = self._read(network)
        w, b, v, _ = network
        first = _derivatives(network)
        result: Numbers = 2 * first @ gram @ np.swapaxes(first, -1, -2)
        m0, m1, m2 = np.moveaxis((error @ gram)[..., None], -2, 0)
        j = np.arange(w.shape[-1])
        in_w, in_b, in_v = j, j + j.size, j + 2 * j.size
        result[..., in_w, in_w] += 4 * v * m2
        result[..., in_b, in_b] += 4 * v * m0
        for one, other, entry in (
            (in_w, in_b, v * m1),
            (in_w, in_v, w * m2 + b * m1),
            (in_b, in_v, w * m1 + b * m0),
        ):
            result[..., one, other] += 4 * entry
            result[..., other, one] += 4 * entry
        return result

    def critical_levels(self, N: int) -> dict[int, Number]:
        """Return the only level of critical points that are no global minima, with key 0.

        It is ``alpha^2 (T1 - T0)^3 / 12``, the loss of the best constant, for any number N of
        neurons.

        Raises
        ------
        ValueError
            If N is less than 1.
        """
        return {0: self.target.critical_levels(N)[0]}

    def critical_point(self, kinds: Sequence[str]) -> Network:
        """Return a critical point whose function is constant, with neurons of the given types.

        Parameters
        ----------
        kinds : sequence of str
            One or more of "outer" (only v is not 0), "inner" (only b is not 0), "balanced" (v = 0
            and ``w m_2 + 2 b m_1 = 0``) and "degenerate" (w = b = v = 0).

        Raises
        ------
        ValueError
            If there is no type or an unknown one.
        """
        alpha, beta, T0, T1 = (
            Fraction(getattr(self.target, name)) for name in ("alpha", "beta", "T0", "T1")
        )
        c = alpha * (T0 + T1) / 2 + beta
        constant = Network([0], [0], [0], c)
        _, error, gram = self._read(constant)
        _, m1, m2 = error @ gram
        neurons = {
            "outer": (0, 0, 1),
            "inner": (0, 1, 0),
            "balanced": (1, -m2 / (2 * m1), 0),
            "degenerate": (0, 0, 0),
        }
        if not kinds or not set(kinds) <= set(neurons):
            raise ValueError(f"kinds: expected some of {', '.join(neurons)}, got {list(kinds)}")
        w, b, v = np.array([neurons[kind] for kind in kinds], dtype=object).T
        return Network(w, b, v, np.array(c))

    def _read(self, network: Network) -> tuple[Network, Numbers, Numbers]:
        """Return the network, the error's coefficients, and the integrals of products of powers."""
        network, _, target = self.target._read(network)
        w, b, v, c = network
        error = np.stack(
            [
                c + (v * b**2).sum(-1) - target.beta,
                2 * (v * w * b).sum(-1) - target.alpha,
                (v * w**2).sum(-1),
            ],
            axis=-1,
        )
        powers = [(target.T1**k - target.T0**k) / k for k in range(1, 6)]
        return network, error, np.array([powers[i : i + 3] for i in range(3)])


def _derivatives(network: Network) -> Numbers:
    """Return the coefficients of the derivative of f in each parameter, shape (..., P, 3)."""
    w, b, v, c = network
    nothing = 0 * w
    one = np.stack([c * 0 + 1, c * 0, c * 0], axis=-1)
    return np.concatenate(
        [
            np.stack([nothing, 2 * v * b, 2 * v * w], axis=-1),
            np.stack([2 * v * b, 2 * v * w, nothing], axis=-1),
            np.stack([b**2, 2 * w * b, w**2], axis=-1),
            one[..., None, :],
        ],
        axis=-2,
    )
