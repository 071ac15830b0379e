"""Integrate gradient flow from small balanced weights and measure how flat its plateaus are."""

from replication.run import run, track, write_table

from itertools import pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from annotated_types import Ge, MinLen
from scipy import integrate, optimize

from landscape.linear import LinearNetwork
from landscape.linear.problem import Layers
from landscape.seeds import generator
from landscape.statistics import log_slope_interval, mean_interval
from replication.settings import Distinct, Positive

# Relative error of a step; the invariant W_{h+1}^T W_{h+1} - W_h W_h^T shows what it amounts to.
ACCURACY = 1e-6
# The flow ends when so much of ||Y||^2 is left.
END = 1e-3
# Smaller distances of losses are rounding.
ROUNDING = 1e-15
# Points of a curve in the table.
SHOWN = 150


def integrate_flow(
    depths: Distinct[Annotated[int, Ge(2)]],
    singular_values: Annotated[Distinct[Positive], MinLen(3)],
    scales: Annotated[Distinct[Positive], MinLen(3)],
    draws: Annotated[int, Ge(2)],
    seed: int,
    table: Path,
    slopes: Path,
    losses: Path,
) -> None:
    """Follow dW/dt = -grad L from W_h = eps O_h O_{h-1}^T with random orthogonal O_h.

    Such weights are 0-balanced and stay so. Inputs are X = I, targets Y = diag(s). The plateaus are
    left one by one; on plateau r the loss is that of the critical points with S = {1, ..., r}, and
    the place where the gradient is least stands for it.

    Parameters
    ----------
    depths
        Numbers H of weight matrices, one more than of hidden layers.
    singular_values
        Singular values s of the targets; the widths of all layers are their number.
    scales
        Sizes eps of the initial weights.
    draws
        Random initial weights for each depth and size.
    seed
        Root seed.
    table
        The .csv table with a row for each depth, size and plateau.
    slopes
        The .csv table with a row for each depth and plateau: how all this depends on the size.
    losses
        The .csv table of the loss in time, for one draw of the smallest size at each depth.
    """
    width = len(singular_values)
    runs, curves = [], []
    for depth in depths:
        net = LinearNetwork(np.eye(width), np.diag(singular_values), [width] * (depth - 1))
        for draw in track(range(draws), f"flows of depth {depth}"):
            rng = generator(seed, "achour2024", "flow", depth, draw)
            start = balanced_start(rng, depth, width)
            for scale in sorted(scales, reverse=True):
                found, curve = follow(net, [scale * layer for layer in start])
                runs += [{"depth": depth, "draw": draw, "scale": scale} | row for row in found]
                if draw == 0 and scale == min(scales):
                    curves.append(curve.assign(depth=depth, scale=scale))
    every = pd.DataFrame(runs)
    keys = ["depth", "scale", "plateau"]
    rows = []
    for names, group in every.groupby(keys, sort=False):
        row = dict(zip(keys, names, strict=True)) | {
            "smallest": group["scale"].iloc[0] == min(scales),
            "runs": len(group),
            "level": group["level"].iloc[0],
            "loss_error": group["loss_error"].max(),
            "imbalance": group["imbalance"].max(),
        }
        for name in ("least_eigenvalue", "ratio", "time"):
            row |= mean_interval(group[name]).columns(name)
        rows.append(row)
    write_table(pd.DataFrame(rows), table)

    keys = ["depth", "plateau"]
    rows = []
    for names, group in every.groupby(keys, sort=False):
        alone = pd.DataFrame([_dependence(run) for _, run in group.groupby("draw")])
        # Both are expected to go with eps^(H - 2), the time with its inverse.
        depth, plateau = (int(group[name].iloc[0]) for name in keys)
        expected = depth - 2
        alone["eigenvalue_excess"] = alone["eigenvalue_slope"] - expected
        alone["time_excess"] = alone["time_slope"] - expected
        if depth == 2:
            # The distance of the losses, with eps^(2 (s_r - s_{r+1}) / (s_r + s_{r+1})).
            left, right = sorted(singular_values, reverse=True)[plateau - 1 : plateau + 1]
            alone["loss_excess"] = alone["loss_slope"] - 2 * (left - right) / (left + right)
        row = dict(zip(keys, names, strict=True)) | {"runs": len(alone)}
        for measured in alone:
            row |= mean_interval(alone[measured]).columns(str(measured))
        rows.append(row)
    write_table(pd.DataFrame(rows), slopes)
    write_table(pd.concat(curves)[["depth", "scale", "time", "loss"]], losses)


def _dependence(run: pd.DataFrame) -> dict[str, float]:
    """Return how one plateau's flatness, time and loss depend on the size of the same weights.

    With logarithmic time each decade of eps takes as long as the one before: a growth of 1.
    """
    steps = -np.diff(run["time"]) / np.diff(np.log(run["scale"]))
    return {
        "eigenvalue_slope": log_slope_interval(run["scale"], -run["least_eigenvalue"]).value,
        "time_slope": log_slope_interval(1 / run["scale"], run["time"]).value,
        "growth": steps[-1] / steps[0],
        "loss_slope": log_slope_interval(
            run["scale"], run["loss_error"].clip(lower=ROUNDING)
        ).value,
    }


def balanced_start(rng: np.random.Generator, depth: int, width: int) -> Layers:
    """Return O_1 O_0^T, ..., O_H O_{H-1}^T with random orthogonal O_h and a positive determinant.

    The flow keeps the sign of the determinant of W_H ... W_1; that of the target is positive, and
    with the other sign the flow would end on the last plateau.
    """
    turns = [np.linalg.qr(rng.standard_normal((width, width)))[0] for _ in range(depth + 1)]
    if np.linalg.det(turns[0]) * np.linalg.det(turns[-1]) < 0:
        turns[0][:, 0] *= -1
    return [above @ below.T for below, above in pairwise(turns)]


def follow(net: LinearNetwork, start: Layers) -> tuple[list[dict[str, float]], pd.DataFrame]:
    """Follow the flow; return what is measured on plateaus 1 to d - 2, and the curve of the loss.

    The solver is implicit where the flow is stiff, with the Hessian as its Jacobian: a plateau of
    length 1 / eps^(H-2) costs few steps.
    """

    def layers(w: np.ndarray) -> Layers:
        return list(w.reshape(net.depth, *start[0].shape))

    def velocity(_: float, w: np.ndarray) -> np.ndarray:
        return -np.ravel(net.gradient(layers(w)))

    def finished(_: float, w: np.ndarray) -> float:
        return net.loss(layers(w)) - END * net.scale**2

    finished.terminal = True  # type: ignore[attr-defined]
    first = np.ravel(start)
    flow = integrate.solve_ivp(
        velocity,
        (0.0, np.inf),
        first,
        method="LSODA",
        jac=lambda t, w: -net.hessian(layers(w)),
        rtol=ACCURACY,
        atol=1e-3 * ACCURACY * float(np.abs(first).max()),
        events=finished,
        dense_output=True,
    )
    times = flow.t
    product = net.F
    for layer in np.moveaxis(flow.y.T.reshape(-1, net.depth, *start[0].shape), 1, 0):
        product = layer @ product
    loss = np.sum((product - net.B) ** 2, axis=(1, 2)) + net.offset
    speed = np.array([np.linalg.norm(velocity(0.0, w)) for w in flow.y.T])
    levels = net.scale**2 - np.cumsum([0.0, *net.eigenvalues])
    rows = []
    for r in range(1, len(levels) - 2):
        top, bottom = (levels[r - 1] + levels[r]) / 2, (levels[r] + levels[r + 1]) / 2
        inside = np.flatnonzero((loss < top) & (loss > bottom))
        k = inside[np.argmin(speed[inside])]
        time = optimize.minimize_scalar(
            lambda t: np.linalg.norm(velocity(0.0, flow.sol(t))),
            bounds=(times[k - 1], times[k + 1]),
            method="bounded",
        ).x
        W = layers(flow.sol(time))
        least = float(np.linalg.eigvalsh(net.hessian(W))[0])
        rows.append(
            {
                "plateau": r,
                "level": levels[r],
                "time": float(time),
                "least_eigenvalue": least,
                # With two layers the least eigenvalue tends to that at the saddle, -2 s_{r+1}.
                "ratio": least / (-2 * net.delta[r]),
                "loss_error": abs(net.loss(W) - levels[r]) / net.eigenvalues[r],
                "imbalance": max(
                    float(np.linalg.norm(b.T @ b - a @ a.T) / np.linalg.norm(a) ** 2)
                    for a, b in pairwise(W)
                ),
            }
        )
    shown = np.unique(np.linspace(0, len(times) - 1, SHOWN).astype(int))
    return rows, pd.DataFrame({"time": times[shown], "loss": loss[shown]})


if __name__ == "__main__":
    run(integrate_flow)
