"""Figure 6: the duality gap of networks with some of the neurons that an optimum can have."""

from replication.run import Published, atomic, run, track, write_table

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge

from landscape.convex import kink_features, lower_bound
from landscape.convex.dictionary import UnitFit, bound_on_line, fit_units
from landscape.seeds import generator
from replication.settings import Count, Positive

# A gap vanishes where it is at most this, relative to the bound.
VANISHED = 1e-6


@dataclass(frozen=True)
class Data:
    """One data set: X (m, d), y (m,), its neurons' activations, and its coordinate.

    The coordinate is that of samples on a line or of rank one, whose networks have free biases;
    whitened data have none, and networks without biases.
    """

    X: np.ndarray
    y: np.ndarray
    neurons: np.ndarray
    coordinate: np.ndarray | None = None


def solve_figure6(
    beta: Positive,
    rank_one_samples: Annotated[int, Ge(2)],
    rank_one_inputs: Count,
    planted_units: Count,
    whitened_samples: Count,
    whitened_inputs: Count,
    seed: int,
    published: Path,
    figure6: Path,
    duality: Path,
    problems: Path,
) -> None:
    """Solve the regularised and the equality-constrained problem with m of the neurons.

    Data on a line are those of Figure 1b. The paper does not state the other data, nor in which
    order it adds neurons; ours is that of Section 11, those to the right before those to the left.

    Parameters
    ----------
    beta
        Strength of the regulariser.
    rank_one_samples, rank_one_inputs
        Size of the data of rank one, which have Gaussian factors.
    planted_units
        Units of the network that labels data of rank one, in one of their two versions.
    whitened_samples, whitened_inputs
        Size of the data with orthonormal rows, at least as many inputs as samples.
    seed
        Root seed.
    published
        The published numbers, config/ergen2020/published.yaml.
    figure6
        The .csv table with a row for each data set, problem and number of neurons.
    duality
        The .csv table with a row for each data set and problem: the optimum over all neurons, that
        of a network with at most one neuron more than samples, a proved bound, and from how many
        neurons on the gap vanishes.
    problems
        The .npz file of the data and their regularised optima.
    """
    numbers = Published(published)
    line = numbers.table("figure1b_data").to_numpy(dtype=float).T
    read = numbers.table("figure6_gaps")
    # Of the data of panel a alone we know more than sizes.
    theirs = read[(read["panel"] == "a") & (read["gap"] == 0)].set_index("problem")["neurons"]
    sizes = (rank_one_samples, rank_one_inputs, planted_units, whitened_samples, whitened_inputs)
    sets = data_sets(line, sizes, generator(seed, "ergen2020", "figure6"))
    gaps, optima = [], []
    arrays: dict[str, np.ndarray] = {"names": np.array(list(sets))}
    for number, (name, data) in enumerate(track(list(sets.items()), "data sets")):
        for problem, strength in (("regularised", beta), ("equality", None)):
            best = _fit(data, strength, len(data.neurons.T))
            bound = _bound(data, best, strength)
            key = {"data": name, "problem": problem, "samples": len(data.y)}
            key["inputs"] = data.X.shape[1]
            counts = range(1, len(data.neurons.T) + 1)
            values = np.array([_fit(data, strength, neurons).value for neurons in counts])
            gaps += [
                key
                | {
                    "neurons": neurons,
                    "value": value,
                    "dual_bound": bound,
                    "gap": value - bound,
                    "relative_gap": (value - bound) / bound,
                }
                for neurons, value in zip(counts, values, strict=True)
            ]
            vanished = np.flatnonzero(values / bound - 1 <= VANISHED)
            first = counts[vanished[0]] if vanished.size else np.nan
            published_first = float(theirs[problem]) if name == "line" else np.nan
            optima.append(
                key
                | _optimum(data, best, bound, strength)
                | {
                    "vanishes_at": first,
                    "published_vanishes_at": published_first,
                    "neurons_more": first - published_first,
                }
            )
            if strength is not None:
                arrays[f"X{number}"], arrays[f"y{number}"] = data.X, data.y
                arrays[f"biases{number}"] = np.array(data.coordinate is not None)
                arrays[f"optimum{number}"] = np.array([best.value, bound])
    write_table(pd.DataFrame(gaps), figure6)
    write_table(pd.DataFrame(optima), duality)
    with atomic(problems) as temporary:
        np.savez(temporary, allow_pickle=False, **arrays)


def data_sets(
    line: np.ndarray, sizes: tuple[int, int, int, int, int], rng: np.random.Generator
) -> dict[str, Data]:
    """Return the data sets of the three panels, that of rank one with labels of two kinds."""
    m, d, planted_units, white_m, white_d = sizes
    factor, direction = rng.standard_normal(m), rng.standard_normal(d)
    noise = rng.standard_normal(m)
    # The outputs of a network that sees the data through their one coordinate, and has biases.
    slopes, kinks, signs = rng.standard_normal((3, planted_units))
    position = factor * np.linalg.norm(direction)
    planted = np.maximum(slopes * (position[:, None] - kinks), 0.0) @ np.sign(signs)
    white = np.linalg.qr(rng.standard_normal((white_d, white_m)))[0].T
    x, y = line
    rank_one, kinked = np.outer(factor, direction), kink_features(position, position)
    labels = rng.standard_normal(white_m)
    parts = np.stack([np.maximum(labels, 0.0), np.maximum(-labels, 0.0)], axis=1)
    parts = parts[:, parts.any(axis=0)]
    return {
        "line": Data(x[:, None], y, kink_features(x, x), x),
        "rank one, planted labels": Data(rank_one, planted, kinked, position),
        "rank one, Gaussian labels": Data(rank_one, noise, kinked, position),
        # Lemma 9: one unit along each part of the labels, of length one.
        "whitened": Data(white, labels, parts / np.linalg.norm(parts, axis=0)),
    }


def _fit(data: Data, beta: float | None, neurons: int) -> UnitFit:
    F, y = data.neurons[:, :neurons], data.y
    if data.coordinate is None:
        return fit_units(F, y, beta)
    return fit_units(F - F.mean(axis=0), y - y.mean(), beta)


def _bound(data: Data, best: UnitFit, beta: float | None) -> float:
    """Return a proved lower bound of the objective of all networks."""
    if data.coordinate is None:
        # Many v belong to an exact fit; this one is in the span of the neurons, as the optimum is.
        shortest = np.linalg.lstsq(data.neurons.T, np.sign(best.weights))[0]
        return lower_bound(data.X, data.y, beta, best.dual_point if beta else shortest)
    return float(bound_on_line(data.coordinate, data.y, best.dual_point, beta))


def _optimum(data: Data, best: UnitFit, bound: float, beta: float | None) -> dict[str, float | int]:
    """Return the optimum beside that with the n + 1 neurons of the largest weights."""
    most = len(data.y) + 1
    largest = np.sort(np.argsort(-np.abs(best.weights), kind="stable")[:most])
    few = _fit(Data(data.X, data.y, data.neurons[:, largest], data.coordinate), beta, most)
    return {
        "neurons": len(best.weights),
        "used": int(np.count_nonzero(few.weights)),
        "optimum": best.value,
        "with_few": few.value,
        "dual_bound": bound,
        "relative_gap": best.value / bound - 1,
        "relative_gap_with_few": few.value / bound - 1,
    }


if __name__ == "__main__":
    run(solve_figure6)
