"""Two-layer ReLU networks as convex programs (Wang, Lacotte & Pilanci, arXiv 2006.05900).

Within one cone of units with activation pattern D_i the network is linear, and by the inequality of
the means |w|² + a² >= 2 |w| |a| only the products u = |a| w count. So the best networks of all
widths are the solutions of

    min 1/2 |Σ_i D_i X (u_i - v_i) - y|² + β Σ_i (|u_i| + |v_i|)
    subject to (2 D_i - I) X u_i >= 0 and (2 D_i - I) X v_i >= 0,

u_i with output weights of positive and v_i of negative sign.
"""

import warnings
from dataclasses import dataclass, replace
from typing import NamedTuple

import cvxpy as cp
import numpy as np
import scipy.optimize
from numpy.typing import ArrayLike

from landscape.arrays import (
    Array,
    exponent,
    finite_matrix,
    finite_vector,
    in_range,
    scaled,
    shifted,
    strength_in_units,
)
from landscape.convex.duality import (
    TIGHT,
    check_patterns,
    check_problem,
    lower_bound,
    objective_bound,
)
from landscape.convex.patterns import LIMIT, Patterns, enumerate_patterns

TOLERANCES = (1e-12, 1e-10, 1e-8, 1e-6)
# A block below this, relative to the largest, is the solver's noise.
ZERO = 1e-7
# So is one whose unit falls short of the dual constraint by more than this share of it; how much is
# tried out, because it depends on the scales in X.
SLACKS = (1e-5, 1e-3, 1.0)
# A part of y below this, relative to y, is rounding.
FIT = 1e-9
# From 1 on, in units of |X| |y|, no strength leaves a unit that is worth its cost; from here on no
# solver is asked.
STRONG = 2.0**20
# Other programs are solved as they are if the largest entries are between 2^-20 and 2^20.
SOLVABLE = 20


@dataclass(frozen=True)
class Solution:
    """A network that solves the convex program, and what is proved about it.

    Attributes
    ----------
    value : float
        The objective of the network, rounded up so that it is at least the global minimum; in the
        interpolating form as good as its `misfit`.
    weights : tuple of ndarray, shapes (p, d) and (p,)
        W and a with |w_i| = |a_i|, p <= m.
    patterns : ndarray of bool, shape (P, m)
        The patterns of the program.
    dual_bound : float
        At most the objective of every network of every width, proved in ball arithmetic (see
        `landscape.convex.duality`). Nearly `value` if the program had all patterns; if some were
        given, the bound is one that needs no patterns and is seldom near.
    dual_point : ndarray, shape (m,)
        The point of the dual problem that gives the bound.
    program_value : float
        The optimum as the solver states it.
    misfit : float
        max |f(X) - y|, which is 0 up to rounding in the interpolating form.
    """

    value: float
    weights: tuple[Array, Array]
    patterns: Patterns
    dual_bound: float
    dual_point: Array
    program_value: float
    misfit: float

    @property
    def tight(self) -> bool:
        """Whether `dual_bound` is within 1 % of `value`.

        If not, both are true bounds and of little use. With given patterns that is the rule;
        with all of them the scales in X, y and β are too far apart for float64.
        """
        return self.value - self.dual_bound <= TIGHT * self.value


def solve_two_layer(
    X: ArrayLike,
    y: ArrayLike,
    beta: float,
    *,
    patterns: Patterns | None = None,
    limit: int = LIMIT,
) -> Solution:
    """Minimise 1/2 |Σ_i relu(X w_i) a_i - y|² + β/2 Σ_i (|w_i|² + a_i²) over all networks.

    Parameters
    ----------
    X : array_like, shape (m, d)
        Samples.
    y : array_like, shape (m,)
        Targets.
    beta : float
        Strength of the regulariser, above 0; for its limit 0 see `solve_interpolation`.
    patterns : ndarray of bool, shape (P, m), optional
        The patterns that units may have, for example from `sample_patterns`; all by default.
    limit : int
        Refuse if X may have more patterns than this.

    Raises
    ------
    ValueError
        If an argument has another shape, is not finite, β is not positive, or there are too many
        patterns: the message says how many, and what to do. Also if the solver fails, or a result
        exceeds float64's range, because of the scales in X, y and β.

    Notes
    -----
    With columns of X of one scale `value` and `dual_bound` agree to ten digits as a rule. Scales
    that differ by a factor of 1e4 or more cost the solver its accuracy; the two then tell how much,
    and `Solution.tight` whether they tell anything. The program is solved in units in which X and y
    are of moderate size.
    """
    X, y, beta = check_problem(X, y, beta)
    return _solve(X, y, beta, patterns, limit)


def solve_interpolation(
    X: ArrayLike, y: ArrayLike, *, patterns: Patterns | None = None, limit: int = LIMIT
) -> Solution:
    """Minimise Σ_i (|w_i|² + a_i²)/2 over all networks with Σ_i relu(X w_i) a_i = y.

    Parameters and errors are those of `solve_two_layer`, and ValueError if no network with these
    patterns fits y.
    """
    X = finite_matrix(X, "X")
    return _solve(X, finite_vector(y, "y", X.shape[0]), None, patterns, limit)


def solve_restricted(
    X: ArrayLike, y: ArrayLike, beta: float, positive: Patterns, negative: Patterns
) -> float:
    """Return the optimum of the program with some patterns for each sign of the output weights.

    Parameters
    ----------
    X, y, beta
        As in `solve_two_layer`.
    positive, negative : ndarray of bool, shapes (P, m) and (Q, m)
        Patterns of units with positive and with negative output weights; either may be empty.

    Raises
    ------
    ValueError
        If an argument has another shape, is not finite, or β is not positive; or if the solver
        fails, or the optimum exceeds float64's range, because of their scales.
    """
    X, y, beta = check_problem(X, y, beta)
    positive = check_patterns(positive, X.shape[0], "positive", least=0)
    negative = check_patterns(negative, X.shape[0], "negative", least=0)
    if not len(positive) + len(negative):
        raise ValueError("positive, negative: expected at least one pattern")
    units = _units(X, y, beta)
    return units.value(_program(units.X, units.y, units.beta, positive, negative)[0])


def minimise(problem: cp.Problem, names: str) -> None:
    """Solve a problem as accurately as Clarabel can.

    Whether the answer is accurate is for a dual bound to tell, so the solver's own doubt is no
    error, and where it cannot reach the first tolerance the next will do.

    Parameters
    ----------
    problem : cvxpy.Problem
    names : str
        The arguments whose scales are to blame if the solver fails.

    Raises
    ------
    ValueError
        If the solver fails.
    """
    for tolerance in TOLERANCES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                problem.solve(
                    solver=cp.CLARABEL,
                    tol_gap_abs=tolerance,
                    tol_gap_rel=tolerance,
                    tol_feas=tolerance,
                )
            except (cp.SolverError, ValueError, ArithmeticError):
                continue
        if problem.status in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE):
            found = [np.asarray(v.value, dtype=np.float64) for v in problem.variables()]
            if all(np.isfinite(values).all() for values in found):
                return
    ended = problem.status or cp.SOLVER_ERROR
    raise ValueError(f"{names}: too far apart in scale, the solver ends as {ended}; rescale them")


class _Units(NamedTuple):
    """A problem in units in which X and y are of moderate size: powers of two, so exact.

    With X = 2^p X' and y = 2^q y' the strength is 2^(p + q) β', the optimum 2^(2 q) times that of
    X', y', β', and weights are 2^((q - p) / 2) times theirs; so q - p is even.
    """

    X: Array
    y: Array
    beta: float | None
    p: int
    q: int

    def value(self, found: float) -> float:
        """Return an optimum in the units of the caller, or raise a ValueError."""
        k = self.q - self.p if self.beta is None else 2 * self.q
        result = scaled(found, k)
        in_range("X, y", result)
        return result

    def weights(self, W: Array, a: Array) -> tuple[Array, Array]:
        """Return weights in the units of the caller."""
        k = (self.q - self.p) // 2
        return shifted(W, k), shifted(a, k)


def _units(X: Array, y: Array, beta: float | None) -> _Units:
    p, q = exponent(X), exponent(y)
    q += (q - p) % 2
    strength = None if beta is None else strength_in_units(beta, -p - q)
    return _Units(shifted(X, -p), shifted(y, -q), strength, p, q)


class _Task(NamedTuple):
    """What was asked: the problem as given, the patterns to use, and all of them if known."""

    X: Array
    y: Array
    beta: float | None
    used: Patterns
    known: Patterns | None

    def solution(self, units: _Units, program: float, v: Array, W: Array, a: Array) -> Solution:
        """Return what is proved of a network and a dual point, both given in `units`."""
        outputs = np.maximum(units.X @ W.T, 0.0) @ a
        misfit = shifted(np.abs(outputs - units.y), units.q)
        size = 0.5 * float(np.vdot(W, W) + a @ a)
        W, a = units.weights(W, a)
        v = shifted(v, units.q)
        in_range("X, y", W, a, v, misfit)
        if self.beta is None:
            value = units.value(size)
        else:
            value = objective_bound(self.X, self.y, self.beta, W, a)
            in_range("X, y, beta", value)
        return Solution(
            value=value,
            weights=(W, a),
            patterns=self.used,
            dual_bound=lower_bound(self.X, self.y, self.beta, v, self.known),
            dual_point=v,
            program_value=units.value(program),
            misfit=float(misfit.max()),
        )


def _solve(
    X: Array, y: Array, beta: float | None, patterns: Patterns | None, limit: int
) -> Solution:
    if patterns is None:
        used = known = enumerate_patterns(X, limit)
    else:
        used, known = check_patterns(patterns, X.shape[0]), None
    task, units = _Task(X, y, beta, used, known), _units(X, y, beta)
    if beta is None and not _fits(units.X, units.y, used):
        raise ValueError(
            "X, y: no network with these patterns takes the values y at the rows of X, as far as "
            "float64 tells"
        )
    program, v, network = _optimum(units, used)
    solution = task.solution(units, program, v, *network)
    if beta is None or known is None or solution.tight or not _fits(units.X, units.y, used):
        return solution
    # The penalty drowns in the solver's tolerance, or in rounding: nearly its limit 0.
    _, v, network = _optimum(units._replace(beta=None), used)
    limit_point = task.solution(units, program, v, *network)
    above = min(solution, limit_point, key=lambda found: found.value)
    below = max(solution, limit_point, key=lambda found: found.dual_bound)
    return replace(above, dual_bound=below.dual_bound, dual_point=below.dual_point)


def _optimum(units: _Units, used: Patterns) -> tuple[float, Array, tuple[Array, Array]]:
    """Return the program's optimum, dual point and network, all in the given units."""
    X, y, beta = units.X, units.y, units.beta
    value, v, (U, V) = _program(X, y, beta, used, used)
    networks = [_network(X, y, beta, U, V, v, slack) for slack in SLACKS]
    return value, v, min(networks, key=lambda network: _merit(X, y, beta, *network))


def _program(
    X: Array, y: Array, beta: float | None, positive: Patterns, negative: Patterns
) -> tuple[float, Array, list[Array]]:
    """Return the optimum, the multipliers v (m,) of the fit as in the dual, u_i and v_i."""
    # In these units X and y have norm one, so that the solver's tolerances are relative.
    size, height = float(np.linalg.norm(X, 2)) or 1.0, float(np.linalg.norm(y)) or 1.0
    if beta is not None and beta >= STRONG * size * height:
        none = [np.zeros((len(D), X.shape[1])) for D in (positive, negative) if len(D)]
        return 0.5 * float(y @ y), y, none
    # Every column has norm one, too; the blocks' entries are in units of the inverse.
    columns = np.linalg.norm(X / size, axis=0)
    unit = 1.0 / np.where(columns > 0, columns, 1.0)
    scaled = X / size * unit
    outputs: cp.Expression = cp.Constant(np.zeros(len(y)))
    penalty: cp.Expression = cp.Constant(0.0)
    constraints: list[cp.Constraint] = []
    blocks = []
    for patterns, sign in ((positive, 1.0), (negative, -1.0)):
        if len(patterns) == 0:
            continue
        block = cp.Variable((len(patterns), X.shape[1]))
        blocks.append(block)
        D = patterns.T.astype(np.float64)
        inputs = scaled @ block.T
        outputs = outputs + sign * cp.sum(cp.multiply(D, inputs), axis=1)
        constraints.append(cp.multiply(2.0 * D - 1.0, inputs) >= 0)
        lengths = cp.norm(cp.multiply(block, np.tile(unit, (len(patterns), 1))), 2, axis=1)
        penalty = penalty + cp.sum(lengths)
    r = cp.Variable(len(y))
    fit = outputs + r == y / height
    cost = penalty
    if beta is None:
        constraints.append(r == 0)
    else:
        cost = 0.5 * cp.sum_squares(r) + beta / (size * height) * penalty
    problem = cp.Problem(cp.Minimize(cost), [fit, *constraints])
    minimise(problem, "X, y" if beta is None else "X, y, beta")
    return (
        float(problem.value) * (height / size if beta is None else height**2),
        -height * np.asarray(fit.dual_value),
        [height / size * unit * np.asarray(block.value) for block in blocks],
    )


def _fits(X: Array, y: Array, patterns: Patterns) -> bool:
    """Tell whether y is in the span of the columns of all D_i X.

    It is what networks can fit: D_i X maps an open cone, hence some basis of units, to the range of
    D_i X, and output weights have both signs.
    """
    features = np.concatenate([D[:, None] * X for D in patterns], axis=1)
    misfit = features @ np.linalg.lstsq(features, y)[0] - y
    return bool(np.linalg.norm(misfit) <= FIT * np.linalg.norm(y))


def _network(
    X: Array, y: Array, beta: float | None, U: Array, V: Array, v: Array, slack: float
) -> tuple[Array, Array]:
    """Return a network of at most m units from the blocks u_i, v_i and multipliers of the program.

    The units of the optimum are those of the dual's constraints that are active, and an interior
    point has blocks in all of them. That leaves their sizes c_i >= 0: non-negative least squares
    takes a fit with independent columns, and then the optimum over the sizes of these removes what
    it can of the solver's error.
    """
    directions = np.concatenate([U, V])
    directions = shifted(directions, -exponent(directions))
    signs = np.repeat([1.0, -1.0], [len(U), len(V)])
    norms = np.linalg.norm(directions, axis=1)
    kept = norms > ZERO * norms.max()
    directions, signs = directions[kept] / norms[kept, None], signs[kept]
    G = np.maximum(X @ directions.T, 0.0) * signs
    along = v @ G
    tight = (along > 0) & (along >= (1.0 - slack) * along.max(initial=0.0))
    nothing = np.empty((0, X.shape[1])), np.empty(0)
    if not (tight.any() and y.any()):
        return nothing
    directions, signs, G = directions[tight], signs[tight], G[:, tight]
    try:
        c = scipy.optimize.nnls(G, y if beta is None else y - v)[0]
        used = c > 0
        directions, signs, G, c = directions[used], signs[used], G[:, used], c[used]
        if beta is not None and used.any():
            # With G^T z = β 1 the penalty β Σ c_i is a shift of the target; the optimum's residual
            # is such a z.
            z = np.linalg.lstsq(G.T, np.full(len(c), beta))[0]
            c = scipy.optimize.nnls(G, y - z)[0]
    except (RuntimeError, np.linalg.LinAlgError):  # Too many iterations: no network is one, too.
        return nothing
    roots = np.sqrt(c)
    W: Array = (directions * roots[:, None])[c > 0]
    a: Array = (signs * roots)[c > 0]
    return W, a


def _merit(X: Array, y: Array, beta: float | None, W: Array, a: Array) -> float:
    """Return the objective, or how badly a network interpolates."""
    r = np.maximum(X @ W.T, 0.0) @ a - y
    if beta is None:
        return float(np.abs(r).max())
    return float(0.5 * (r @ r) + 0.5 * beta * (np.vdot(W, W) + a @ a))
