"""Check the analytical form of shallow critical points by census."""

from replication.run import run, track, write_table

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from landscape.linear import LinearNetwork
from landscape.linear.analytical_form import (
    ShallowForm,
    critical_value,
    eigenspaces,
    is_global,
    is_optimal_order,
    morse_index,
    patterns,
    random_form,
    recursive_form,
)
from landscape.linear.from_samples import loss_and_gradient, relative_gradient, rises_nearby
from landscape.linear.prescribed_spectrum import data_with_spectrum
from landscape.seeds import generator
from replication.settings import Count


class Family(NamedTuple):
    """Sizes of a problem, the rank of X and the positive eigenvalues of Sigma."""

    d0: int
    d1: int
    d2: int
    m: int
    rank: int
    eigenvalues: tuple[float, ...]


# The form is to hold without assumptions, so each of the usual ones is broken somewhere.
FAMILIES = {
    "d1 = d2": Family(4, 3, 3, 7, 4, (5.0, 3.0, 1.5)),
    "d1 < d2": Family(4, 2, 3, 7, 4, (4.0, 2.0, 1.0)),
    "d1 > d2": Family(4, 4, 3, 7, 4, (4.0, 2.0, 1.0)),
    "one hidden unit": Family(3, 1, 3, 6, 3, (4.0, 2.0, 1.0)),
    "fewer samples than inputs": Family(5, 3, 3, 3, 3, (4.0, 2.0, 1.0)),
    "X of rank 2": Family(4, 3, 3, 7, 2, (3.0, 1.0)),
    "eigenvalues 2, 2, 1": Family(4, 2, 3, 7, 4, (2.0, 2.0, 1.0)),
    "eigenvalues 2, 1, 1": Family(4, 3, 3, 7, 4, (2.0, 1.0, 1.0)),
    "eigenvalues 1, 1, 1": Family(4, 2, 3, 7, 4, (1.0, 1.0, 1.0)),
    "zero eigenvalues": Family(4, 3, 4, 7, 4, (3.0, 1.0)),
    "more hidden units than rank": Family(4, 5, 4, 7, 3, (3.0, 3.0, 1.0)),
    "Sigma = 0": Family(4, 2, 3, 7, 4, ()),
}
# Rounding in a Hessian eigenvalue relative to the largest, or to the target where it vanishes.
ZERO = 1e-9
STEPS = (1.0, 0.3, 0.03)
RADII = (0.1, 0.01)
# On a curve the loss is the stated one if it differs by no more than this, relative to the target.
EXACT = 1e-12


def check_shallow_form(draws: Count, seed: int, census: Path) -> None:
    """Build points of every pattern by the printed form, and hold them against loss and Hessian.

    Loss and gradient are computed from the samples, the Hessian is dense and its eigenvalues are
    those of LAPACK, the global minimum is that of Eckart and Young.

    Parameters
    ----------
    draws
        Points for each pattern of each family of data.
    seed
        Root seed.
    census
        The .csv table, a row for each family of data.
    """
    rows = []
    for name, family in track(FAMILIES.items(), "families", len(FAMILIES)):
        every = pd.DataFrame(_census(name, family, draws, seed))
        saddles = every[~every["global"]]
        rows.append(
            {
                "family": name,
                "patterns": len(every) // draws,
                "points": len(every),
                "global_minimizers": int(every["global"].sum()),
                "gradient": every["gradient"].max(),
                "value_error": every["value_error"].max(),
                "recovered_error": every["recovered_error"].max(),
                "global_mismatches": int((every["global"] != every["lowest"]).sum()),
                "index_mismatches": int((every["index"] != every["negative"]).sum()),
                "library_mismatches": int(every["library_differs"].sum()),
                "saddles": len(saddles),
                "not_strict": int((saddles["negative"] == 0).sum()),
                "saddle_least_eigenvalue": saddles["least"].max(),
                "without_descent": int((~saddles["descends"]).sum()),
                "descent_error": saddles["descent_error"].max() if len(saddles) else 0.0,
                "without_ascent": int((~every["ascends"]).sum()),
            }
        )
    write_table(pd.DataFrame(rows), census)


def _census(name: str, family: Family, draws: int, seed: int) -> list[dict[str, object]]:
    rows = []
    for draw in range(draws):
        rng = generator(seed, "zhou2018", "shallow", name, draw)
        X, Y = data_with_spectrum(
            rng, family.d0, family.d2, family.m, family.rank, family.eigenvalues
        )
        spaces = eigenspaces(X, Y)
        net = LinearNetwork(X, Y, (family.d1,))
        for pattern in patterns(spaces, min(family.d1, family.d2)):
            form = random_form(rng, X, Y, spaces, pattern, family.d1)
            rows.append(_measure(form, net, rng))
    return rows


def _measure(form: ShallowForm, net: LinearNetwork, rng: np.random.Generator) -> dict[str, object]:
    """Return what the form says of a point and what loss, gradient and Hessian say."""
    X, Y, spaces, pattern = form.X, form.Y, form.spaces, form.pattern
    hidden, total = len(form.C), 0.5 * float(np.sum(Y**2))
    W = form.point()
    loss = loss_and_gradient(X, Y, W)[0]
    # Eckart and Young: the best product of rank d_1 keeps the largest singular values of Y X^+ X.
    singular = np.linalg.svd(Y @ np.linalg.pinv(X) @ X, compute_uv=False)
    optimum = total - 0.5 * float(np.sum(singular[:hidden] ** 2))
    eigenvalues, vectors = np.linalg.eigh(0.5 * net.hessian(W))
    scale = max(eigenvalues[-1], 1e-2 * np.linalg.norm(Y @ X.T))
    predicted = is_global(spaces, pattern, min(hidden, len(Y)))
    index = morse_index(spaces, pattern, hidden)
    found = net.classify(W)
    recovered = recursive_form(X, Y, W)
    # Both ends of the steepest eigenvector, and of random directions where the Hessian is zero.
    tried = [vectors[:, -1], *rng.normal(size=(20, net.size))]
    descends, descent_error = True, 0.0
    if not predicted:
        move = form.rank_raised if is_optimal_order(spaces, pattern) else form.rotated
        for t in STEPS:
            moved, expected = move(t)
            actual = loss_and_gradient(X, Y, moved)[0]
            descends &= actual < loss
            descent_error = max(descent_error, abs(actual - expected) / total)
    return {
        "global": predicted,
        "lowest": loss - optimum <= ZERO * total,
        "gradient": relative_gradient(X, Y, W),
        "value_error": abs(loss - critical_value(Y, spaces, pattern)) / total,
        "recovered_error": recovered.residual if recovered.patterns[0] == pattern else np.inf,
        "index": index,
        "negative": int((eigenvalues < -ZERO * scale).sum()),
        "least": eigenvalues[0] / scale,
        "library_differs": found.morse_index != index
        or (found.kind == "global_minimizer") != predicted,
        "descends": descends and descent_error <= EXACT,
        "descent_error": descent_error,
        "ascends": rises_nearby(X, Y, W, tried, RADII),
    }


if __name__ == "__main__":
    run(check_shallow_form)
