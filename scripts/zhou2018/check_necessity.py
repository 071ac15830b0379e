"""Check that every critical point has the analytical form: solve for some and take them apart."""

from replication.run import run, track, write_table

from pathlib import Path

import numpy as np
import pandas as pd
import scipy.optimize

from landscape.linear import LinearNetwork
from landscape.linear.analytical_form import (
    critical_value,
    eigenspaces,
    patterns,
    recursive_form,
)
from landscape.linear.from_samples import loss_and_gradient, relative_gradient
from landscape.linear.prescribed_spectrum import data_with_spectrum
from landscape.seeds import generator
from replication.settings import Count, Positive, Several

# Widths, samples, rank of X, positive eigenvalues of Sigma.
PROBLEMS = {
    "d1 = d2": ((4, 3, 3), 7, 4, (5.0, 3.0, 1.5)),
    "d1 < d2": ((4, 2, 3), 7, 4, (4.0, 2.0, 1.0)),
    "one hidden unit": ((3, 1, 3), 6, 3, (4.0, 2.0, 1.0)),
    "X of rank 2": ((4, 3, 3), 7, 2, (3.0, 1.0)),
    "fewer samples than inputs": ((5, 3, 3), 3, 3, (4.0, 2.0, 1.0)),
    "eigenvalues 2, 2, 1": ((4, 2, 3), 7, 4, (2.0, 2.0, 1.0)),
    "a zero eigenvalue": ((4, 2, 3), 7, 4, (3.0, 1.0)),
    "three layers": ((3, 2, 2, 2), 6, 3, (3.0, 1.0)),
    "three layers, bottleneck": ((4, 3, 1, 3), 7, 4, (4.0, 2.0, 1.0)),
    "four layers": ((3, 2, 2, 2, 2), 6, 3, (3.0, 1.0)),
}
# A gradient below this counts as zero.
CRITICAL = 1e-12
# Where every rank is certain, the kept singular values of two products exceed 1e-3 of their natural
# size and divide the gradient that is left.
RESIDUAL = CRITICAL / 1e-3**2
# A Newton step longer than this is no polish of a solution.
POLISH = 1e-3


def check_necessity(
    starts: Count, deep_starts: Count, scales: Several[Positive], seed: int, problems: Path
) -> None:
    """Solve for a zero of the gradient from random starts and recover V, C and L at each.

    A trust-region method on the squared gradient goes to critical points of any kind, saddles
    included; Newton's method then leaves no more than rounding of the gradient. A point at which
    some singular value leaves a rank uncertain, as near a saddle where the loss is flat to a higher
    order, is only held against the critical values.

    Parameters
    ----------
    starts
        Random starts for each problem of two layers of weights,
    deep_starts
        and of more, where fewer points have certain ranks.
    scales
        Standard deviations of their weights, in turn.
    seed
        Root seed.
    problems
        The .csv table with a row for each problem.
    """
    rows = []
    for name, (widths, samples, rank, eigenvalues) in PROBLEMS.items():
        rng = generator(seed, "zhou2018", "necessity", name)
        X, Y = data_with_spectrum(rng, widths[0], widths[-1], samples, rank, eigenvalues)
        net = LinearNetwork(X, Y, widths[1:-1])
        spaces = eigenspaces(X, Y)
        possible = patterns(spaces, min(widths[1:]))
        values = np.array([critical_value(Y, spaces, pattern) for pattern in possible])
        found = []
        count = starts if net.depth == 2 else deep_starts
        for number in track(range(count), name):
            W = _solve(net, rng.normal(size=net.size) * scales[number % len(scales)])
            if relative_gradient(X, Y, W) > CRITICAL:
                continue
            form = recursive_form(X, Y, W)
            distance = np.abs(values - loss_and_gradient(X, Y, W)[0]).min()
            found.append(
                {
                    "ambiguous": form.ambiguous,
                    "pattern": form.patterns[0],
                    "residual": form.residual,
                    "value_error": distance / (0.5 * np.sum(Y**2)),
                }
            )
        every = pd.DataFrame(found, columns=["ambiguous", "pattern", "residual", "value_error"])
        certain = every[~every["ambiguous"].astype(bool)]
        rows.append(
            {
                "problem": name,
                "depth": net.depth,
                "starts": count,
                "critical": len(every),
                "ambiguous": len(every) - len(certain),
                "judged": len(certain),
                "recovered": int((certain["residual"] <= RESIDUAL).sum()),
                "not_recovered": int((certain["residual"] > RESIDUAL).sum()),
                "residual": certain["residual"].max(),
                "value_error": every["value_error"].max(),
                "patterns_met": certain["pattern"].nunique(),
                "patterns": len(possible),
            }
        )
    write_table(pd.DataFrame(rows), problems)


def _split(net: LinearNetwork, x: np.ndarray) -> list[np.ndarray]:
    ends = np.cumsum([a * b for a, b in net.shapes])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(x, ends), net.shapes, strict=True)]


def _gradient(x: np.ndarray, net: LinearNetwork) -> np.ndarray:
    return np.concatenate([g.ravel() for g in net.gradient(_split(net, x))])


def _hessian(x: np.ndarray, net: LinearNetwork) -> np.ndarray:
    return net.hessian(_split(net, x))


def _solve(net: LinearNetwork, x: np.ndarray) -> list[np.ndarray]:
    """Return a point near which the gradient vanishes, or where the method stopped."""
    # Not `scipy.optimize.root`: with a singular Jacobian its "lm" reads memory that it never wrote,
    # and no two runs need agree (SciPy 1.17).
    x = scipy.optimize.least_squares(
        _gradient, x, _hessian, args=(net,), xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=200
    ).x
    for _ in range(3):
        # Critical points are not isolated: the shortest step is taken.
        step = np.linalg.lstsq(_hessian(x, net), _gradient(x, net), rcond=1e-9)[0]
        if np.linalg.norm(step) < POLISH:
            x = x - step
    return _split(net, x)


if __name__ == "__main__":
    run(check_necessity)
