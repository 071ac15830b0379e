"""What an experiment chooses: the settings its runs share, and what distinguishes one run."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from landscape.seeds import generator

LossName = Literal["least squares", "cross-entropy"]
Optimiser = Literal["sgd", "adam", "adam-keras"]


@dataclass(frozen=True)
class Settings:
    """How every run of a stack is trained.

    Attributes
    ----------
    steps : int
        Steps of the optimiser.
    learning_rate : float
        The learning rate, before any decay.
    batch : int, optional
        Samples in a minibatch; by default every step uses the full sample.
    loss : {"least squares", "cross-entropy"}
        ``(1 / 2b) sum_l |f(x_l) - y_l|^2``, or the mean cross-entropy of the softmax of f with
        integer labels.
    optimiser : {"sgd", "adam", "adam-keras"}
        The two versions of Adam differ in epsilon: PyTorch adds it to ``sqrt(v / (1 - b2^t))``,
        Keras (and Section 2 of Kingma & Ba 2015) to ``sqrt(v)``, outside the bias correction.
    momentum : float
        Momentum of ``"sgd"`` in the convention of PyTorch: ``M = momentum M + gradient``, then
        ``W = W - learning_rate M``.
    betas : (float, float)
        The decay rates of the two moments of Adam.
    epsilon : float
        The epsilon of Adam.
    train_output : bool
        Whether the output weights V are trained; by default only W is.
    decay_at : tuple of int
        Steps (counted from 0) from which on the learning rate is multiplied by `decay` once more.
    decay : float
        That factor.

    Raises
    ------
    ValueError
        If a value is out of its range; the message names it.
    """

    steps: int
    learning_rate: float
    batch: int | None = None
    loss: LossName = "least squares"
    optimiser: Optimiser = "sgd"
    momentum: float = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8
    train_output: bool = False
    decay_at: tuple[int, ...] = ()
    decay: float = 0.1

    def __post_init__(self) -> None:
        for name, choices in (("loss", get_args(LossName)), ("optimiser", get_args(Optimiser))):
            if getattr(self, name) not in choices:
                expected = ", ".join(map(repr, choices))
                raise ValueError(f"{name}: expected one of {expected}, got {getattr(self, name)!r}")
        if self.steps < 1:
            raise ValueError(f"steps: expected at least 1, got {self.steps}")
        if self.batch is not None and self.batch < 1:
            raise ValueError(f"batch: expected at least 1 sample, got {self.batch}")
        for name in ("learning_rate", "epsilon", "decay"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name}: expected a positive number, got {getattr(self, name)}")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum: expected a number in [0, 1), got {self.momentum}")
        if self.momentum and self.optimiser != "sgd":
            raise ValueError(f"momentum: {self.optimiser!r} has its own, see betas")
        if len(self.betas) != 2 or not all(0 <= beta < 1 for beta in self.betas):
            raise ValueError(f"betas: expected two numbers in [0, 1), got {self.betas}")
        if list(self.decay_at) != sorted(set(self.decay_at)) or min(self.decay_at, default=0) < 0:
            raise ValueError(f"decay_at: expected increasing steps from 0 on, got {self.decay_at}")

    def rate(self, step: int) -> float:
        """Return the learning rate of a step (counted from 0)."""
        return self.learning_rate * self.decay ** sum(at <= step for at in self.decay_at)


@dataclass(frozen=True)
class Runs:
    """What distinguishes the runs of a stack: one replicate and one regularisation strength each.

    A replicate is an independent repetition, known by its index: it has random streams of its own,
    for initial weights, order of the samples (or the fresh samples) and, where the data have one
    sample or teacher for every replicate, for those. Runs of one replicate therefore differ in
    nothing but their strength: they are paired.

    Attributes
    ----------
    seed : int
        The root seed of `landscape.seeds.generator`.
    name : tuple of str or int
        The experiment, the first part of the name of every random stream.
    replicates : tuple of int, length R
        The replicate of each run, at least 0.
    strengths : tuple of float, length R
        The strength of the regulariser R(W) in each run; a run of strength 0 does not pay for it.

    Raises
    ------
    ValueError
        If there is no run, the lengths differ, a replicate is negative, or a strength is negative
        or not finite.
    """

    seed: int
    name: tuple[str | int, ...]
    replicates: tuple[int, ...]
    strengths: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.replicates or len(self.replicates) != len(self.strengths):
            raise ValueError(
                "replicates and strengths: expected one of each for every run, "
                f"got {len(self.replicates)} and {len(self.strengths)}"
            )
        if min(self.replicates) < 0:
            raise ValueError(f"replicates: expected at least 0, got {min(self.replicates)}")
        for strength in self.strengths:
            if not 0 <= strength < math.inf:
                raise ValueError(f"strengths: expected finite numbers >= 0, got {strength}")

    @classmethod
    def grid(
        cls,
        seed: int,
        name: tuple[str | int, ...],
        replicates: Sequence[int],
        strengths: Sequence[float] = (0.0,),
    ) -> "Runs":
        """Return every replicate with every strength; the strength varies fastest."""
        pairs = [(int(r), float(strength)) for r in replicates for strength in strengths]
        return cls(seed, name, tuple(r for r, _ in pairs), tuple(s for _, s in pairs))

    @classmethod
    def with_control(
        cls, seed: int, name: tuple[str | int, ...], strengths: Sequence[float]
    ) -> "Runs":
        """Return a run of each strength and, with the same initial weights, one of strength 0.

        The i-th strength and the i-th run of strength 0 are of replicate i, and so paired. The runs
        of strength 0 are a control that has had as many tries with the same initial weights: if the
        regulariser did nothing, the best of both would be the same run. So here, within one
        repetition of an experiment, the index of a replicate is that of an attempt.
        """
        attempts = range(len(strengths))
        paid = (*map(float, strengths), *([0.0] * len(strengths)))
        return cls(seed, name, (*attempts, *attempts), paid)

    def __len__(self) -> int:
        return len(self.replicates)


def initial_weights(
    runs: Runs,
    n: int,
    d: int,
    c: int = 1,
    *,
    W_scale: float,
    V_scale: float | None = None,
    dtype: torch.dtype = torch.float32,
) -> tuple[Tensor, Tensor]:
    """Draw initial weights, the same for all runs of one replicate.

    Parameters
    ----------
    runs : Runs
        The R runs.
    n, d, c : int
        Units, inputs and outputs.
    W_scale : float
        Standard deviation of the entries of W, which are Gaussian.
    V_scale : float, optional
        Standard deviation of the entries of V. By default they are signs, -1 or 1 with equal
        probability, as in Section 3 of Xie, Liang & Song 2017.
    dtype : torch.dtype
        float32 or float64.

    Returns
    -------
    W : Tensor, shape (R, n, d)
    V : Tensor, shape (R, c, n)
    """
    number = torch.empty(0, dtype=dtype).numpy().dtype
    weights = {}
    for replicate in set(runs.replicates):
        rng = generator(runs.seed, *runs.name, "weights", replicate)
        W = rng.standard_normal((n, d), dtype=number) * number.type(W_scale)
        if V_scale is None:
            V = rng.choice(np.array([-1, 1], dtype=number), (c, n))
        else:
            V = rng.standard_normal((c, n), dtype=number) * number.type(V_scale)
        weights[replicate] = (W, V)
    W_stack, V_stack = (np.stack([weights[r][i] for r in runs.replicates]) for i in (0, 1))
    return torch.from_numpy(W_stack), torch.from_numpy(V_stack)
