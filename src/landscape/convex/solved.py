"""Problems whose global optimum is known, read from the file that holds them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SolvedProblem:
    """A problem, an optimal network, its objective and what is proved of that.

    The objective is that of `landscape.convex.duality`.
    """

    X: Array
    y: Array
    beta: float
    W: Array
    a: Array
    value: float
    dual_bound: float

    @property
    def size(self) -> dict[str, float]:
        """Numbers of samples and inputs, and the strength, as columns of a table."""
        m, d = self.X.shape
        return {"samples": m, "inputs": d, "beta": self.beta}


def read_problems(path: Path) -> Iterator[SolvedProblem]:
    """Yield the problems of an .npz file without their padding.

    Parameters
    ----------
    path : Path
        X (S, m, d) and y (S, m), padded with zeros, samples, inputs and beta (S,), and for each
        problem i the optimal network W<i> and a<i>, and value<i>, its objective and a lower bound.
    """
    given = np.load(path, allow_pickle=False)
    for i, (m, d) in enumerate(zip(given["samples"], given["inputs"], strict=True)):
        yield SolvedProblem(
            given["X"][i, :m, :d],
            given["y"][i, :m],
            float(given["beta"][i]),
            given[f"W{i}"],
            given[f"a{i}"],
            *map(float, given[f"value{i}"]),
        )
