"""Is a given network a global optimum? An answer with a proof, for any width."""

import contextlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from landscape.arrays import in_range
from landscape.convex.duality import (
    TIGHT,
    check_network,
    check_problem,
    lower_bound,
    objective_bound,
)
from landscape.convex.patterns import LIMIT, enumerate_patterns
from landscape.convex.program import solve_two_layer

# A gap of this size relative to the objective ends the search for a better lower bound.
CLOSED = 1e-6


@dataclass(frozen=True)
class GlobalCertificate:
    """What is proved about the objective of one network.

    Attributes
    ----------
    objective : float
        At least the network's objective, above it by rounding alone.
    lower_bound : float
        At most the objective of every network of every width.
    gap : float
        At least `objective` - `lower_bound`, and at least 0. The network's objective exceeds the
        infimum over all networks by no more.
    """

    objective: float
    lower_bound: float
    gap: float

    @property
    def tight(self) -> bool:
        """Whether the gap is at most 1 % of the objective.

        If not, either the network is no optimum or the scales in the problem are too far apart for
        the lower bound to come near the optimum; the certificate does not say which.
        """
        return self.gap <= TIGHT * self.objective


def certify_global(
    X: ArrayLike, y: ArrayLike, beta: float, W: ArrayLike, a: ArrayLike, *, limit: int = LIMIT
) -> GlobalCertificate:
    """Prove how far the objective of a network is from the global minimum, at most.

    The dual point is the network's own residual where that closes the gap, first without patterns
    (which suffices if the rows of X are orthonormal); otherwise also that of the convex program's
    optimum, so that a network that is not optimal has nearly the gap that it deserves. See
    `landscape.convex.duality` for what is proved and in which arithmetic.

    Parameters
    ----------
    X, y : array_like, shapes (m, d) and (m,)
        Samples and targets.
    beta : float
        Strength of the regulariser, above 0.
    W : array_like, shape (p, d)
        Units; p may be 0.
    a : array_like, shape (p,)
        Output weights.
    limit : int
        Refuse if X may have more patterns than this, and they are needed.

    Raises
    ------
    ValueError
        If an argument has another shape, is not finite, β is not positive, or there are too many
        patterns: the message says how many, and what to do. Also if the objective exceeds
        float64's range.
    """
    X, y, beta = check_problem(X, y, beta)
    W, a = check_network(W, a, X.shape[1])
    above = objective_bound(X, y, beta, W, a)
    with np.errstate(over="ignore", invalid="ignore"):
        v = y - np.maximum(X @ W.T, 0.0) @ a
    in_range("X, y, beta, W, a", above, v)
    below = lower_bound(X, y, beta, v)
    if above - below > CLOSED * above:
        patterns = enumerate_patterns(X, limit)
        below = max(below, lower_bound(X, y, beta, v, patterns))
        if above - below > CLOSED * above:
            with contextlib.suppress(ValueError):  # The scales defeat the solver, not the proof.
                below = max(below, solve_two_layer(X, y, beta, limit=limit).dual_bound)
    return GlobalCertificate(above, below, math.nextafter(above - below, math.inf))
