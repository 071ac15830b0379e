"""The data of a stack of runs: a fixed sample, or fresh samples labelled by a teacher."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from landscape.seeds import generator
from landscape.training.runs import LossName, Runs


@dataclass(frozen=True)
class Samples:
    """A fixed sample, shared by all replicates or one for every replicate.

    Attributes
    ----------
    X : Tensor, shape (m, d) or (S, m, d)
        Inputs. With three dimensions ``X[s]`` is the sample of replicate s.
    y : Tensor, shape (m,), (m, c), (S, m) or (S, m, c)
        Targets in the dtype of X, or integer labels (of shape (m,) or (S, m)).

    Raises
    ------
    ValueError
        If shapes or dtypes do not fit, or an entry is not finite.
    """

    X: Tensor
    y: Tensor

    def __post_init__(self) -> None:
        X, y = self.X, self.y
        if X.ndim not in (2, 3) or X.dtype not in (torch.float32, torch.float64) or not X.numel():
            raise ValueError(
                "X: expected float32 or float64 of shape (m, d) or (S, m, d), "
                f"got {X.dtype} of shape {tuple(X.shape)}"
            )
        leading = X.shape[:-1]
        targets = y.shape == leading or (y.shape[:-1] == leading and y.dtype == X.dtype)
        if not targets or y.dtype not in (X.dtype, torch.int64):
            raise ValueError(
                f"y: expected labels (int64) of shape {tuple(leading)} or targets ({X.dtype}) of "
                f"that shape with or without outputs, got {y.dtype} of shape {tuple(y.shape)}"
            )
        check_finite("X", X)
        check_finite("y", y)

    @property
    def labelled(self) -> bool:
        """Whether y holds labels."""
        return self.y.dtype == torch.int64

    def stacked(self) -> tuple[Tensor, Tensor]:
        """Return X with shape (S, m, d) and y with shape (S, c, m), where S may be 1."""
        X = self.X if self.X.ndim == 3 else self.X[None]
        y = self.y if self.X.ndim == 3 else self.y[None]
        return X, y[:, None] if y.ndim == 2 else y.transpose(1, 2)


@dataclass(frozen=True)
class Teacher:
    """Fresh samples at every step: x uniform on the unit sphere, y the output of a teacher.

    Attributes
    ----------
    W : Tensor, shape (k, d) or (S, k, d)
        Weights of the k hidden units; with three dimensions ``W[s]`` is the teacher of replicate s.
    V : Tensor, shape (c, k) or (S, c, k)
        Output weights.

    Raises
    ------
    ValueError
        If shapes or dtypes do not fit, or an entry is not finite.
    """

    W: Tensor
    V: Tensor

    def __post_init__(self) -> None:
        check_weights(self.W, self.V, leading=self.W.ndim - 2)
        check_finite("W", self.W)
        check_finite("V", self.V)

    def stacked(self) -> tuple[Tensor, Tensor]:
        """Return W with shape (S, k, d) and V with shape (S, c, k), where S may be 1."""
        return (self.W, self.V) if self.W.ndim == 3 else (self.W[None], self.V[None])


def check_weights(W: Tensor, V: Tensor, leading: int = 1) -> None:
    """Raise ValueError unless W is (..., n, d), V is (..., c, n), of one dtype."""
    if leading not in (0, 1) or W.ndim != leading + 2 or not W.numel():
        raise ValueError(f"W: expected {leading + 2} dimensions, got shape {tuple(W.shape)}")
    if V.ndim != W.ndim or V.shape[:-2] != W.shape[:-2] or V.shape[-1] != W.shape[-2]:
        raise ValueError(
            f"V: expected shape {(*W.shape[:-2], 'c', W.shape[-2])}, got {tuple(V.shape)}"
        )
    for name, array in (("W", W), ("V", V)):
        if array.dtype not in (torch.float32, torch.float64) or array.dtype != W.dtype:
            raise ValueError(f"{name}: expected one dtype, float32 or float64, got {array.dtype}")


def check_finite(name: str, array: Tensor) -> None:
    """Raise ValueError, naming the array, unless all its entries are finite."""
    if not array.isfinite().all():
        raise ValueError(f"{name}: expected finite entries")


class Batches(ABC):
    """The minibatches of the G distinct replicates of a stack, in buffers that every step refills.

    Attributes
    ----------
    X : Tensor, shape (G, b, d)
    y : Tensor, shape (G, c, b)
        For the replicates in increasing order; G is 1 if all replicates see the same.
    """

    X: Tensor
    y: Tensor

    @abstractmethod
    def draw(self, step: int) -> None:
        """Fill X and y with the minibatches of a step; they depend on nothing but the step."""


class FullBatch(Batches):
    """The whole sample at every step.

    X is stored input by input, not sample by sample: the product that gives the gradient of W is
    then up to 1.4 times as fast in float64.
    """

    def __init__(self, samples: Samples, replicates: Sequence[int]) -> None:
        X, y = samples.stacked()
        chosen = [0] if len(X) == 1 else list(replicates)
        self.X = X[chosen].transpose(1, 2).contiguous().transpose(1, 2)
        self.y = y[chosen].contiguous()

    def draw(self, step: int) -> None:
        """Do nothing: the batch is always the same."""


class Minibatches(Batches):
    """Minibatches in random order, from one permutation of the sample after another.

    Step t takes entries tb, ..., tb + b - 1 of their sequence: every epoch of m samples visits
    each sample once, and every batch is full.
    """

    def __init__(self, samples: Samples, runs: Runs, replicates: Sequence[int], batch: int) -> None:
        self.sample_X, sample_y = samples.stacked()
        self.sample_y = sample_y.contiguous()
        self.runs, self.replicates, self.batch = runs, replicates, batch
        self.m = self.sample_X.shape[1]
        self.X = self.sample_X.new_empty(len(replicates), batch, self.sample_X.shape[2])
        self.y = self.sample_y.new_empty(len(replicates), self.sample_y.shape[1], batch)
        self.orders: dict[int, Tensor] = {}

    def order(self, epoch: int) -> Tensor:
        """Return the permutations of an epoch, shape (G, m)."""
        if epoch not in self.orders:
            permutations = [
                self._order_stream(replicate, epoch).permutation(self.m)
                for replicate in self.replicates
            ]
            self.orders[epoch] = torch.from_numpy(np.stack(permutations))
            self.orders.pop(epoch - 2, None)
        return self.orders[epoch]

    def _order_stream(self, replicate: int, epoch: int) -> np.random.Generator:
        return generator(self.runs.seed, *self.runs.name, "order", replicate, epoch)

    def draw(self, step: int) -> None:
        """Gather the samples of a step."""
        epoch, start = divmod(step * self.batch, self.m)
        index = self.order(epoch)[:, start : start + self.batch]
        if index.shape[1] < self.batch:
            rest = self.order(epoch + 1)[:, : self.batch - index.shape[1]]
            index = torch.cat([index, rest], dim=1)
        for g, replicate in enumerate(self.replicates):
            s = replicate if len(self.sample_X) > 1 else 0
            torch.index_select(self.sample_X[s], 0, index[g], out=self.X[g])
            torch.index_select(self.sample_y[s], 1, index[g], out=self.y[g])


class FreshBatches(Batches):
    """New samples of a teacher at every step, one independent stream a replicate."""

    def __init__(self, teacher: Teacher, runs: Runs, replicates: Sequence[int], batch: int) -> None:
        W, V = teacher.stacked()
        chosen = [0] * len(replicates) if len(W) == 1 else list(replicates)
        self.W, self.V = W[chosen].contiguous(), V[chosen].contiguous()
        self.runs, self.replicates = runs, replicates
        self.X = W.new_empty(len(replicates), batch, W.shape[2])
        self.y = W.new_empty(len(replicates), V.shape[1], batch)
        self.H = W.new_empty(len(replicates), W.shape[1], batch)
        self.norm = W.new_empty(len(replicates), batch, 1)
        size = self.X[0].numel()
        self.words = np.empty((len(replicates), -(-size * W.itemsize // 8)), dtype=np.uint64)
        self.step: int | None = None

    def draw(self, step: int) -> None:
        """Draw the samples of a step."""
        count = self.words.shape[1]
        if step != self.step:
            names = [(*self.runs.name, "samples", replicate) for replicate in self.replicates]
            self.streams = [generator(self.runs.seed, *name).bit_generator for name in names]
            for stream in self.streams:
                stream.advance(step * count)  # type: ignore[attr-defined]
        self.step = step + 1
        for row, stream in zip(self.words, self.streams, strict=True):
            row[:] = stream.random_raw(count)
        uniform(self.words, self.X)
        self.X.erfinv_()
        torch.linalg.vector_norm(self.X, dim=2, keepdim=True, out=self.norm)
        self.X.div_(self.norm)
        torch.bmm(self.W, self.X.transpose(1, 2), out=self.H)
        torch.bmm(self.V, self.H.relu_(), out=self.y)


def uniform(words: np.ndarray, X: Tensor) -> None:
    """Fill X with numbers uniform on (-1, 1), a row from each row of random 64-bit words.

    The inverse error function makes Gaussians of them (up to a factor sqrt 2), in a third of the
    time of ``Generator.standard_normal``. A float32 takes 24 bits of half a word, a float64 takes
    53 bits of a word; no operation rounds, and -1, 0 and 1 do not occur. The words are used up.
    """
    kind, bits = (np.int64, 53) if X.dtype == torch.float64 else (np.int32, 24)
    integers = torch.from_numpy(words.view(kind))[:, : X[0].numel()]
    integers >>= integers.itemsize * 8 - bits
    X.copy_(integers.view(X.shape)).mul_(2.0 ** (1 - bits)).add_(2.0**-bits)


def check_stack(W: Tensor, V: Tensor, data: Samples | Teacher, runs: Runs, loss: LossName) -> None:
    """Raise ValueError unless weights, data, runs and loss fit together."""
    check_weights(W, V)
    R, c, d = len(W), V.shape[1], W.shape[2]
    if len(runs) != R:
        raise ValueError(f"runs: expected one for each of the {R} networks, got {len(runs)}")
    first, second = data.stacked()
    if first.shape[2] != d or first.dtype != W.dtype:
        raise ValueError(
            f"data: expected {d} inputs in {W.dtype} as in W, got {first.shape[2]} in {first.dtype}"
        )
    if len(first) > 1 and max(runs.replicates) >= len(first):
        raise ValueError(
            f"replicates: the data are given for those below {len(first)}, "
            f"got {max(runs.replicates)}"
        )
    if (loss == "cross-entropy") != (isinstance(data, Samples) and data.labelled):
        raise ValueError(
            f"loss: least squares needs targets and cross-entropy needs labels, got {loss!r}"
        )
    if loss == "cross-entropy":
        if second.min() < 0 or second.max() >= c:
            raise ValueError(f"y: expected labels from 0 to {c - 1}")
    elif second.shape[1] != c:
        raise ValueError(f"data: expected {c} outputs as in V, got {second.shape[1]}")


def open_batches(data: Samples | Teacher, runs: Runs, batch: int | None) -> Batches:
    """Return the minibatches of the runs.

    Raises
    ------
    ValueError
        If `batch` is missing for fresh samples, or larger than the sample.
    """
    replicates = sorted(set(runs.replicates))
    if isinstance(data, Teacher):
        if batch is None:
            raise ValueError("batch: fresh samples need a size of minibatch")
        return FreshBatches(data, runs, replicates, batch)
    if batch is None:
        return FullBatch(data, replicates)
    if batch > data.X.shape[-2]:
        raise ValueError(f"batch: the sample has {data.X.shape[-2]} points, got {batch}")
    return Minibatches(data, runs, replicates, batch)
