"""Loss, classification error and discrepancy of a stack of networks."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from landscape.diversity import l2_discrepancy_squared
from landscape.training.data import Samples, check_stack
from landscape.training.runs import LossName, Runs
from landscape.training.stack import Trained

BLOCK = 2**18


@dataclass(frozen=True)
class Evaluation:
    """Loss and error of R networks on a sample.

    Attributes
    ----------
    loss : ndarray, shape (R,)
        The loss that was trained; inf or NaN for a run that diverged.
    error : ndarray, shape (R,)
        The fraction of samples whose largest output is not the largest target, or the label. NaN
        for a scalar output and for a run that diverged.
    """

    loss: np.ndarray
    error: np.ndarray


def evaluate(
    W: Tensor, V: Tensor, samples: Samples, runs: Runs, loss: LossName = "least squares"
) -> Evaluation:
    """Evaluate networks on a sample, in blocks that stay in cache.

    Parameters
    ----------
    W : Tensor, shape (R, n, d)
    V : Tensor, shape (R, c, n)
    samples : Samples
        The sample; if it holds one for every replicate, a run is evaluated on that of its own.
    runs : Runs
        The R runs.
    loss : str
        The loss, see `Settings`.

    Raises
    ------
    ValueError
        If weights, sample, runs and loss do not fit together.
    """
    check_stack(W, V, samples, runs, loss)
    X, y = samples.stacked()
    c = V.shape[1]
    m = X.shape[1]
    block = max(1, BLOCK // W.shape[1])
    losses, errors = np.zeros(len(W)), np.full(len(W), np.nan if c == 1 else 0.0)
    for r, replicate in enumerate(runs.replicates):
        s = replicate if len(X) > 1 else 0
        for start in range(0, m, block):
            F = V[r] @ (W[r] @ X[s, start : start + block].T).relu_()
            target = y[s, :, start : start + block]
            if loss == "least squares":
                losses[r] += 0.5 * float((F - target).square_().sum(dtype=torch.float64))
            else:
                entropy = F.logsumexp(0) - F.gather(0, target)[0]
                losses[r] += float(entropy.sum(dtype=torch.float64))
            if c > 1:
                labels = target[0] if samples.labelled else target.argmax(0)
                errors[r] += int((F.argmax(0) != labels).sum())
    losses /= m
    errors /= m
    errors[~np.isfinite(losses)] = np.nan
    return Evaluation(losses, errors)


def discrepancies(trained: Trained) -> np.ndarray:
    """Return the squared discrepancy L_2(W)² of the units of each run, NaN if it diverged.

    Returns
    -------
    ndarray, shape (R,)
    """
    runs = zip(trained.W.double().numpy(), trained.diverged, strict=True)
    return np.array([np.nan if diverged else l2_discrepancy_squared(W) for W, diverged in runs])
