"""The search for spurious minima of the population loss, as Safran & Shamir 2018 run it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landscape.arrays import whole_number
from landscape.population import DescentEnds, MinimumClass, classes_of_minima, descend

# A run that ends at this loss or above has missed the global minimum, 0 (the papers' rule).
SPURIOUS_LOSS = 1e-3
# A class is of minima if its representative is critical up to rounding and the least eigenvalue of
# its Hessian is positive by more than rounding (about 1e-14) could make it.
CRITICAL, POSITIVE = 1e-12, 1e-10
LAST_TOLERANCE = 1e-9
# A search may find no class, and its table has the same columns all the same.
CLASS_COLUMNS = {
    "k": "int64",
    "n": "int64",
    "class": "int64",
    "runs": "int64",
    "minimum": "bool",
    "loss": "float64",
    "gradient_norm": "float64",
    "min_eigenvalue": "float64",
    "max_eigenvalue": "float64",
    "norm_sum": "float64",
    "W": "object",
}


class Search(NamedTuple):
    """Runs of one (k, n), a row each, and the classes of the spurious ones, a row each."""

    runs: pd.DataFrame
    classes: pd.DataFrame


def read_searches(paths: Sequence[Path]) -> pd.DataFrame:
    """Return the runs, or the classes, of several files of searches, by n - k and then by k."""
    table = pd.concat([pd.read_parquet(path) for path in paths], ignore_index=True)
    return table.iloc[np.lexsort((table["k"], table["n"] - table["k"]))].reset_index(drop=True)


def search_minima(
    teachers: int,
    students: int,
    runs: int,
    rng: np.random.Generator,
    *,
    step: float | None = None,
    tolerance: float = 1e-6,
    max_steps: int = 1_000_000,
) -> Search:
    """Descend from Xavier's starts to k orthonormal teachers in k dimensions.

    Parameters
    ----------
    teachers, students : int
        k and n, n >= k >= 1.
    runs : int
        Number of runs, at least 1.
    rng : Generator
        Where the starts come from, entries N(0, 1/k).
    step : float, optional
        The constant step of gradient descent; 5/n without.
    tolerance : float
        Norm of the gradient at which a run pauses and Newton's method looks for a minimum nearby.
        A run that is not near one, on the way past a saddle for instance, goes on to 1e-9.
    max_steps : int
        When to stop a run that has not come to `tolerance`, or from there to 1e-9.

    Returns
    -------
    Search
        Runs have columns k, n, run, loss, gradient_norm, norm_sum, steps, finished and class (-1
        if the run is not spurious); classes have k, n, class, runs, minimum (whether they are
        minima, not saddles or points that Newton's method did not settle), loss, gradient_norm,
        min_eigenvalue, max_eigenvalue, norm_sum and W, n k entries row by row. Norms of a spurious
        run are those of its class.

    Raises
    ------
    ValueError
        If k < 1, n < k or runs < 1.
    """
    teachers, runs = whole_number(teachers, "teachers", 1), whole_number(runs, "runs", 1)
    students = whole_number(students, "students", teachers)
    V = np.eye(teachers)
    starts = rng.standard_normal((runs, students, teachers)) / np.sqrt(teachers)

    def descended(W: NDArray[np.float64], tolerance: float) -> DescentEnds:
        size = 5 / students if step is None else step
        return descend(
            W, V, step=size, tolerance=tolerance, floor=SPURIOUS_LOSS, max_steps=max_steps
        )

    ends = descended(starts, tolerance)
    spurious = np.flatnonzero(ends.loss >= SPURIOUS_LOSS)
    found = classes_of_minima(ends.W[spurious], V)
    passing = [spurious[c.members] for c in found if not _is_minimum(c)]
    on = np.concatenate([np.arange(0), *passing])
    on = on[ends.finished[on]]
    if len(on) and tolerance > LAST_TOLERANCE:
        ends = _continued(ends, on, descended(ends.W[on], LAST_TOLERANCE))
        spurious = np.flatnonzero(ends.loss >= SPURIOUS_LOSS)
        found = classes_of_minima(ends.W[spurious], V)
    return _tabulated(teachers, students, ends, spurious, found)


def _continued(ends: DescentEnds, on: NDArray[np.int64], further: DescentEnds) -> DescentEnds:
    """Return the ends of all runs when those of the indices `on` have gone on."""

    def replaced(array: NDArray[Any], part: NDArray[Any]) -> NDArray[Any]:
        result = array.copy()
        result[on] = part
        return result

    return DescentEnds(
        W=replaced(ends.W, further.W),
        loss=replaced(ends.loss, further.loss),
        gradient_norm=replaced(ends.gradient_norm, further.gradient_norm),
        steps=replaced(ends.steps, ends.steps[on] + further.steps),
        finished=replaced(ends.finished, further.finished),
    )


def _tabulated(
    teachers: int,
    students: int,
    ends: DescentEnds,
    spurious: NDArray[np.int64],
    found: list[MinimumClass],
) -> Search:
    """Return the tables of runs and classes; members of a class are indices into `spurious`."""
    labels = np.full(len(ends.loss), -1)
    norm_sums: NDArray[np.float64] = np.linalg.norm(ends.W, axis=2).sum(axis=1)
    rows = []
    for label, minimum in enumerate(found):
        members = spurious[minimum.members]
        labels[members], norm_sums[members] = label, minimum.norm_sum
        rows.append(
            {
                "k": teachers,
                "n": students,
                "class": label,
                "runs": len(members),
                "minimum": _is_minimum(minimum),
                "loss": minimum.loss,
                "gradient_norm": minimum.gradient_norm,
                "min_eigenvalue": minimum.min_eigenvalue,
                "max_eigenvalue": minimum.max_eigenvalue,
                "norm_sum": minimum.norm_sum,
                "W": minimum.W.ravel().tolist(),
            }
        )
    every = pd.DataFrame(
        {
            "k": teachers,
            "n": students,
            "run": np.arange(len(ends.loss)),
            "loss": ends.loss,
            "gradient_norm": ends.gradient_norm,
            "norm_sum": norm_sums,
            "steps": ends.steps,
            "finished": ends.finished,
            "class": labels,
        }
    )
    return Search(every, pd.DataFrame(rows, columns=list(CLASS_COLUMNS)).astype(CLASS_COLUMNS))


def _is_minimum(candidate: MinimumClass) -> bool:
    return candidate.gradient_norm < CRITICAL and candidate.min_eigenvalue > POSITIVE
