"""Train from beside a strict and a non-strict saddle until the loss leaves the plateau."""

from replication.run import atomic, run, track

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
from annotated_types import Ge
from torch import Tensor

from landscape.seeds import generator
from replication.settings import Count, Distinct, Positive

# Figures 3 and 4, Appendix G: five layers, ten inputs, hidden widths of ten, four outputs; the
# point of equation 25 is associated with the two largest eigenvalues of Sigma.
WIDTHS = (10, 10, 10, 10, 10, 4)
RANK = 2
# "ADAM of the Keras library, default parameters".
RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-7
# A run is held on the plateau while it has come down less than this part of the way out.
HELD = 0.25


KINDS = ("strict", "non-strict")


@dataclass
class Stack:
    """Runs trained side by side; arrays have the runs on their first axis.

    Attributes
    ----------
    number : ndarray, shape (R,)
        Which run each is.
    theta, first, second : Tensor, shape (R, P)
        Weights, and Adam's two moments.
    X : Tensor, shape (R, 10, m)
    Y : Tensor, shape (R, 4, m)
        Samples, one a column.
    threshold, plateau : Tensor, shape (R,)
        L(W_cp) - λ_3 / 2, below which a run has escaped, and L(W_cp).
    streams : list of numpy.random.Generator
        Each run's own source of shuffles.
    """

    number: np.ndarray
    theta: Tensor
    first: Tensor
    second: Tensor
    X: Tensor
    Y: Tensor
    threshold: Tensor
    plateau: Tensor
    streams: list[np.random.Generator]

    def keep(self, kept: Tensor) -> "Stack":
        """Return the stack of the runs that are kept."""
        index = kept.nonzero()[:, 0]
        return Stack(
            self.number[index.numpy()],
            self.theta[index],
            self.first[index],
            self.second[index],
            self.X[index],
            self.Y[index],
            self.threshold[index],
            self.plateau[index],
            [self.streams[i] for i in index],
        )


def train_escapes(
    samples: Annotated[int, Ge(10)],
    perturbation: Positive,
    batch: Count,
    strict_runs: Count,
    non_strict_runs: Count,
    other_batches: Distinct[Count],
    other_runs: Count,
    max_epochs: Count,
    seed: int,
    escapes: Path,
    curves: Path,
) -> None:
    """Count the epochs until the loss falls below L(W_cp) - λ_3 / 2.

    Inputs and targets are standard normal and new in each run. The start is the critical point
    W_cp of equation 25 plus Gaussian noise; Z_h = I makes it strict and Z_h = 0 non-strict.

    Parameters
    ----------
    samples
        Number m of samples, at least that of inputs.
    perturbation
        Size of the noise in a layer relative to the layer's Frobenius norm.
    batch
        Size of a minibatch. The paper does not state it.
    strict_runs
        Runs from a strict saddle.
    non_strict_runs
        Runs from a non-strict one.
    other_batches
        Further sizes of minibatch.
    other_runs
        Runs with each of these, from either start.
    max_epochs
        When to stop a run that has not escaped.
    seed
        Root seed.
    escapes
        The .parquet file, a row for each run: the epoch of its escape, NaN if there was none; for
        how many epochs it was held on the plateau; the loss at the saddle, and how far it has to
        fall, per sample and output.
    curves
        The .parquet file of the loss of one run from either start.
    """
    plan = [("strict", batch, strict_runs), ("non-strict", batch, non_strict_runs)]
    plan += [(kind, other, other_runs) for other in other_batches for kind in KINDS]
    frames, shown = [], []
    for kind, size, runs in plan:
        stack = _start(kind, range(runs), samples, perturbation, seed)
        frame, curve = _follow(stack, size, max_epochs, f"epochs from {kind}, batch {size}")
        frame.insert(0, "start", kind)
        frame.insert(1, "batch", size)
        frames.append(frame)
        if size == batch:
            curve.insert(0, "start", kind)
            shown.append(curve)
    every, both = pd.concat(frames, ignore_index=True), pd.concat(shown, ignore_index=True)
    # The figures show the loss per sample and output.
    every[["plateau", "height"]] /= samples * WIDTHS[-1]
    both[["loss", "plateau", "threshold"]] /= samples * WIDTHS[-1]
    for path, table in ((escapes, every), (curves, both)):
        with atomic(path) as temporary:
            table.to_parquet(temporary)


def _follow(
    stack: Stack, batch: int, max_epochs: int, label: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Train until all runs have escaped; return a row for each, and the losses of the first."""
    runs = len(stack.number)
    epochs, held = np.full(runs, np.nan), np.zeros(runs, dtype=int)
    plateau, threshold = stack.plateau.numpy(), stack.threshold.numpy()
    losses = []
    for epoch in track(range(1, max_epochs + 1), label):
        _epoch(stack, batch, epoch)
        loss = _loss(stack)
        if stack.number[0] == 0:
            losses.append({"epoch": epoch, "loss": float(loss[0])})
        fallen = (stack.plateau - loss) / (stack.plateau - stack.threshold)
        held[stack.number] += (fallen < HELD).numpy()
        escaped = loss < stack.threshold
        if escaped.any():
            epochs[stack.number[escaped.numpy()]] = epoch
            if escaped.all():
                break
            stack = stack.keep(~escaped)
    frame = pd.DataFrame(
        {
            "run": range(runs),
            "epoch": epochs,
            "held": held,
            "plateau": plateau,
            "height": plateau - threshold,
        }
    )
    return frame, pd.DataFrame(losses).assign(plateau=plateau[0], threshold=threshold[0])


def _start(kind: str, runs: range, samples: int, perturbation: float, seed: int) -> Stack:
    """Draw the data of each run and put it beside its critical point."""
    streams, theta, inputs, targets, plateaus, thresholds = [], [], [], [], [], []
    for number in runs:
        rng = generator(seed, "achour2024", "escapes", kind, number)
        X = rng.standard_normal((WIDTHS[0], samples))
        Y = rng.standard_normal((WIDTHS[-1], samples))
        solution = np.linalg.solve(X @ X.T, X @ Y.T).T
        eigenvalues, vectors = np.linalg.eigh(solution @ X @ Y.T)
        U = vectors[:, ::-1][:, :RANK]
        W = [np.zeros((a, b)) for a, b in zip(WIDTHS[1:], WIDTHS[:-1], strict=True)]
        W[0][:RANK] = U.T @ solution
        W[-1][:, :RANK] = U
        for middle in W[1:-1]:
            middle[...] = np.eye(len(middle)) * (
                1.0 if kind == "strict" else np.arange(len(middle)) < RANK
            )
        plateau = np.sum((U @ U.T @ solution @ X - Y) ** 2)
        plateaus.append(plateau)
        thresholds.append(plateau - eigenvalues[::-1][RANK] / 2)
        for layer in W:
            scale = perturbation * np.linalg.norm(layer) / np.sqrt(layer.size)
            layer += scale * rng.standard_normal(layer.shape)
        theta.append(np.concatenate([layer.ravel() for layer in W]))
        inputs.append(X)
        targets.append(Y)
        streams.append(rng)
    stacked = torch.from_numpy(np.stack(theta))
    return Stack(
        np.array(runs),
        stacked,
        torch.zeros_like(stacked),
        torch.zeros_like(stacked),
        torch.from_numpy(np.stack(inputs)),
        torch.from_numpy(np.stack(targets)),
        torch.tensor(thresholds, dtype=torch.float64),
        torch.tensor(plateaus, dtype=torch.float64),
        streams,
    )


def layers(theta: Tensor) -> list[Tensor]:
    """Return the weight matrices as views of the flat weights, each of shape (R, d_h, d_{h-1})."""
    views, start = [], 0
    for a, b in zip(WIDTHS[1:], WIDTHS[:-1], strict=True):
        views.append(theta[:, start : start + a * b].view(-1, a, b))
        start += a * b
    return views


def _loss(stack: Stack) -> Tensor:
    """Return ||W_H ... W_1 X - Y||² of each run."""
    outputs = stack.X
    for W in layers(stack.theta):
        outputs = W @ outputs
    return (outputs - stack.Y).square().sum(dim=(1, 2))


def gradient(theta: Tensor, X: Tensor, Y: Tensor) -> Tensor:
    """Return the gradient of the mean squared error over samples and outputs, shape (R, P)."""
    W = layers(theta)
    activations = [X]
    for layer in W:
        activations.append(layer @ activations[-1])
    error = (activations[-1] - Y) * (2 / Y[0].numel())
    result = torch.empty_like(theta)
    for G, layer, below in zip(
        reversed(layers(result)), reversed(W), reversed(activations[:-1]), strict=True
    ):
        torch.bmm(error, below.transpose(1, 2), out=G)
        error = layer.transpose(1, 2) @ error
    return result


def _epoch(stack: Stack, batch: int, epoch: int) -> None:
    """Make one pass over the samples, in a new order for each run; the last batch may be small."""
    samples = stack.X.shape[2]
    order = torch.from_numpy(np.stack([rng.permutation(samples) for rng in stack.streams]))
    X = stack.X.gather(2, order[:, None].expand(-1, WIDTHS[0], -1))
    Y = stack.Y.gather(2, order[:, None].expand(-1, WIDTHS[-1], -1))
    starts = range(0, samples, batch)
    for number, start in enumerate(starts):
        part = slice(start, start + batch)
        G = gradient(stack.theta, X[:, :, part], Y[:, :, part])
        step = (epoch - 1) * len(starts) + number + 1
        adam(stack.theta, stack.first, stack.second, G, step)


def adam(theta: Tensor, first: Tensor, second: Tensor, G: Tensor, step: int) -> None:
    """Make step number `step` (from 1) of Adam as in Keras: epsilon outside the bias correction."""
    first.mul_(BETA1).add_(G, alpha=1 - BETA1)
    second.mul_(BETA2).addcmul_(G, G, value=1 - BETA2)
    rate = RATE * (1 - BETA2**step) ** 0.5 / (1 - BETA1**step)
    theta.addcdiv_(first, second.sqrt().add_(EPSILON), value=-rate)


if __name__ == "__main__":
    run(train_escapes)
