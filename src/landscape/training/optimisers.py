"""Steps of the optimisers, in place."""

import math

import torch
from torch import Tensor

from landscape.training.runs import Settings


def state_arrays(P: Tensor, settings: Settings) -> list[Tensor]:
    """Return the arrays, zero at first, that the optimiser of the parameters P carries on."""
    if settings.optimiser == "sgd":
        return [torch.zeros_like(P)] if settings.momentum else []
    return [torch.zeros_like(P), torch.zeros_like(P)]


def update(P: Tensor, G: Tensor, state: list[Tensor], settings: Settings, step: int) -> None:
    """Make one step (counted from 0) on the parameters P; the gradient G is used up.

    Parameters
    ----------
    P, G : Tensor
        Parameters and their gradient, of one shape.
    state : list of Tensor
        As made by `state_arrays`.
    """
    rate = settings.rate(step)
    if settings.optimiser == "sgd":
        if settings.momentum:
            (M,) = state
            G = torch.add(G, M, alpha=settings.momentum, out=M)
        P.add_(G, alpha=-rate)
        return
    first, second = state
    beta_1, beta_2 = settings.betas
    first.lerp_(G, 1 - beta_1)
    second.mul_(beta_2).addcmul_(G, G, value=1 - beta_2)
    correction_1 = 1 - beta_1 ** (step + 1)
    correction_2 = math.sqrt(1 - beta_2 ** (step + 1))
    torch.sqrt(second, out=G)
    if settings.optimiser == "adam":
        G.div_(correction_2).add_(settings.epsilon)
        P.addcdiv_(first, G, value=-rate / correction_1)
    else:
        G.add_(settings.epsilon)
        P.addcdiv_(first, G, value=-rate * correction_2 / correction_1)
