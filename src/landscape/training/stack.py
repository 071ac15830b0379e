"""The loop that trains a stack of runs, with checkpoints."""

import hashlib
import os
import time
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from landscape.training.data import Samples, Teacher, check_finite, check_stack, open_batches
from landscape.training.gradient import ROWS, LossGradient, RegulariserGradient, block_edges
from landscape.training.optimisers import state_arrays, update
from landscape.training.runs import Runs, Settings

# Activations of a chunk of runs: at most this many bytes, the size of a second-level cache.
CACHED = 2**20
# Samples treated at a time, at most.
BLOCK = 500

Measure = Callable[[Tensor, Tensor], Mapping[str, np.ndarray]]
Progress = Callable[[Iterable[int], str], Iterable[int]]


@dataclass(frozen=True)
class Trained:
    """A stack of trained networks, in the order of its `Runs`.

    Attributes
    ----------
    W : Tensor, shape (R, n, d)
    V : Tensor, shape (R, c, n)
        The weights.
    diverged : ndarray of bool, shape (R,)
        The runs whose weights are no longer finite.
    measured_at : ndarray, shape (T,)
        The numbers of steps after which the networks were measured.
    measured : dict of str to ndarray, shape (T, R, ...)
        What was measured.
    """

    W: Tensor
    V: Tensor
    diverged: np.ndarray
    measured_at: np.ndarray
    measured: dict[str, np.ndarray]


def train(
    W: Tensor,
    V: Tensor,
    data: Samples | Teacher,
    settings: Settings,
    runs: Runs,
    *,
    measure: Measure | None = None,
    measure_at: Collection[int] = (),
    checkpoint: Path | None = None,
    checkpoint_seconds: float = 60.0,
    progress: Progress | None = None,
) -> Trained:
    """Train R networks ``f(x) = V relu(W x)`` at once.

    Each run ends with the bits that it would have if it were trained alone, at one thread and with
    MKL_CBWR=AVX2, and whether or not it was measured or interrupted.

    Parameters
    ----------
    W : Tensor, shape (R, n, d)
    V : Tensor, shape (R, c, n)
        Initial weights, float32 or float64; they are not changed.
    data : Samples or Teacher
        The data. Runs of one replicate see the same samples in the same order; to show all runs the
        same, draw their weights from several replicates and train them as runs of one.
    settings : Settings
        How to train.
    runs : Runs
        The replicate and the strength of the regulariser of each run. The gradient of
        ``strength * R(W)`` is added to that of the loss, with
        ``R(W) = sum_{i != j} k(w_i, w_j)^2 / (n (n - 1))``, eq. (28) of Xie, Liang & Song 2017.
    measure : callable, optional
        Takes W and V, in the order of the runs, and returns named arrays with a first axis of
        length R.
    measure_at : collection of int
        The numbers of steps after which to measure, from 0 (before training) to `settings.steps`.
    checkpoint : Path, optional
        A file to keep the state of training in (.npz), and to continue from if it exists. One that
        is damaged, or was written by other code or with other arguments, is left aside with a
        message: training then starts anew.
    checkpoint_seconds : float
        The time between checkpoints; the last one is written at the end.
    progress : callable, optional
        Takes the numbers of the steps and a few words on what they are, and yields the numbers
        again: a bar for the reader, for example.

    Raises
    ------
    ValueError
        If arguments do not fit together; the message names one.
    """
    check_stack(W, V, data, runs, settings.loss)
    _check_values(W, V, runs)
    times = sorted(set(measure_at))
    if times and (measure is None or times[0] < 0 or times[-1] > settings.steps):
        raise ValueError(
            f"measure_at: expected steps from 0 to {settings.steps} and a function to measure"
        )
    stack = _Stack(W, V, data, settings, runs)
    measured: dict[str, list[np.ndarray]] = {}
    first = 0
    digest = ""
    if checkpoint is not None:
        digest = _digest(W, V, data, settings, runs, times)
        first, measured = _load(checkpoint, digest, stack)

    due = set(times)

    def measure_now(step: int) -> None:
        if measure is not None and step in due:
            for name, values in measure(*stack.weights()).items():
                measured.setdefault(name, []).append(np.array(values))

    if first == 0:
        measure_now(0)
    saved = time.monotonic()
    steps = range(first, settings.steps)
    for step in progress(steps, f"steps of {len(runs)} runs") if progress else steps:
        stack.step(step)
        measure_now(step + 1)
        if checkpoint is not None and time.monotonic() - saved > checkpoint_seconds:
            _save(checkpoint, digest, stack, step + 1, measured)
            saved = time.monotonic()
    if checkpoint is not None and steps:
        _save(checkpoint, digest, stack, settings.steps, measured)
    W, V = stack.weights()
    finite = W.isfinite().all(dim=2).all(dim=1) & V.isfinite().all(dim=2).all(dim=1)
    return Trained(
        W,
        V,
        ~finite.numpy(),
        np.array(times, dtype=np.int64),
        {name: np.stack(values) for name, values in measured.items()},
    )


def _check_values(W: Tensor, V: Tensor, runs: Runs) -> None:
    """Raise ValueError unless weights are finite, and a regulariser has a gradient there."""
    check_finite("W", W)
    check_finite("V", V)
    if any(runs.strengths) and W.shape[1] == 1:
        raise ValueError("strengths: the regulariser needs at least two units")
    if any(runs.strengths) and not W.any(dim=2).all():
        raise ValueError("W: the regulariser needs rows that are not zero")


@dataclass(frozen=True)
class _Chunk:
    """Neighbouring runs that are treated together: views of the arrays of the stack."""

    W: Tensor
    V: Tensor
    W_state: list[Tensor]
    V_state: list[Tensor]
    blocks: list[tuple[Tensor, Tensor]]
    strength: Tensor | None


class _Stack:
    """The weights of all runs, the state of their optimiser, and the buffers of their gradients.

    The runs are sorted into chunks that stay in cache. A chunk is treated from the samples to the
    new weights before the next. Its runs either see the samples of consecutive replicates or all
    those of one replicate, so that no sample is ever copied for a run.
    """

    def __init__(
        self, W: Tensor, V: Tensor, data: Samples | Teacher, settings: Settings, runs: Runs
    ) -> None:
        R, n, d = W.shape
        c = V.shape[1]
        self.settings = settings
        self.batches = open_batches(data, runs, settings.batch)
        X, y = self.batches.X, self.batches.y
        b = X.shape[1]
        cached = CACHED // W.itemsize
        sample_blocks = block_edges(b, min(BLOCK, max(1, cached // n)))
        block = max(end - start for start, end in sample_blocks)
        limit = max(1, cached // (n * max(block, min(n, ROWS))))
        shared = len(X) == 1
        replicates = sorted(set(runs.replicates))
        source = [0 if shared else replicates.index(replicate) for replicate in runs.replicates]
        self.order, slices = _chunks(source, [s > 0 for s in runs.strengths], limit)
        index = torch.tensor(self.order)
        self.W, self.V = W[index].contiguous(), V[index].contiguous()
        self.W_state = state_arrays(self.W, settings)
        self.V_state = state_arrays(self.V, settings) if settings.train_output else []
        strength = torch.tensor(runs.strengths, dtype=W.dtype)[index].view(R, 1, 1)
        self.chunks = []
        for part in slices:
            k = part.stop - part.start
            g = source[self.order[part.start]]
            same = source[self.order[part.stop - 1]] == g
            blocks = []
            for start, end in sample_blocks:
                X_block = X[g : g + (1 if same else k), start:end]
                y_block = y[g : g + (1 if same else k), :, start:end]
                blocks.append((X_block.expand(k, -1, -1), y_block.expand(k, -1, -1)))
            self.chunks.append(
                _Chunk(
                    self.W[part],
                    self.V[part],
                    [array[part] for array in self.W_state],
                    [array[part] for array in self.V_state],
                    blocks,
                    strength[part] if strength[part].any() else None,
                )
            )
        K = max(part.stop - part.start for part in slices)
        self.loss = LossGradient(K, n, c, b, block, settings.loss, settings.train_output, W.dtype)
        self.regulariser = RegulariserGradient(K if any(runs.strengths) else 0, n, d, W.dtype)
        self.G_W, self.G_V = W.new_empty(K, n, d), V.new_empty(K, c, n)

    def step(self, step: int) -> None:
        """Make one step of every run."""
        self.batches.draw(step)
        for chunk in self.chunks:
            k = len(chunk.W)
            G_W, G_V = self.G_W[:k], self.G_V[:k]
            self.loss(chunk.W, chunk.V, chunk.blocks, G_W, G_V)
            if chunk.strength is not None:
                self.regulariser(chunk.W, chunk.strength, G_W)
            update(chunk.W, G_W, chunk.W_state, self.settings, step)
            if self.settings.train_output:
                update(chunk.V, G_V, chunk.V_state, self.settings, step)

    def weights(self) -> tuple[Tensor, Tensor]:
        """Return copies of W and V in the order of the runs."""
        back = torch.argsort(torch.tensor(self.order))
        return self.W[back], self.V[back]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return everything that changes from step to step, without copying it."""
        arrays = {"W": self.W, "V": self.V}
        arrays |= {f"W_state_{i}": array for i, array in enumerate(self.W_state)}
        arrays |= {f"V_state_{i}": array for i, array in enumerate(self.V_state)}
        return {name: array.numpy() for name, array in arrays.items()}


def _chunks(
    source: list[int], regularised: list[bool], limit: int
) -> tuple[list[int], list[slice]]:
    """Order runs and cut them into chunks.

    Parameters
    ----------
    source : list of int
        Which samples each run sees.
    regularised : list of bool
        Whether it has a regulariser; a chunk holds only runs that have it, or that have not.
    limit : int
        The largest number of runs in a chunk.

    Returns
    -------
    order : list of int
        The runs in their new order.
    chunks : list of slice
        Chunks of that order. The sources in a chunk are all equal, or consecutive.
    """
    # The runs of one (source, regularised) are counted off, so that sorting by this number puts
    # different sources side by side; the other order puts equal ones there. Fewer chunks win.
    runs = range(len(source))
    kind = list(zip(source, regularised, strict=True))
    number = [kind[:r].count(kind[r]) for r in runs]
    candidates = []
    for step, key in (
        (0, lambda r: (regularised[r], source[r])),
        (1, lambda r: (regularised[r], number[r], source[r])),
    ):
        order = sorted(runs, key=key)
        cuts = [0]
        for i in range(1, len(order)):
            before, here = order[i - 1], order[i]
            together = (
                regularised[here] == regularised[before]
                and source[here] == source[before] + step
                and i - cuts[-1] < limit
            )
            if not together:
                cuts.append(i)
        ends = [*cuts[1:], len(order)]
        candidates.append((order, [slice(a, b) for a, b in zip(cuts, ends, strict=True)]))
    return min(candidates, key=lambda candidate: len(candidate[1]))


def _digest(
    W: Tensor, V: Tensor, data: Samples | Teacher, settings: Settings, runs: Runs, times: list[int]
) -> str:
    """Return a digest of everything that the state at a step depends on, this code included."""
    digest = hashlib.sha256(repr((settings, runs, times, type(data).__name__)).encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    for array in (W, V, *data.stacked()):
        digest.update(repr((array.dtype, tuple(array.shape))).encode())
        digest.update(array.contiguous().numpy().data.cast("B"))
    return digest.hexdigest()


def _save(
    path: Path, digest: str, stack: _Stack, step: int, measured: dict[str, list[np.ndarray]]
) -> None:
    """Write a checkpoint; random streams need none, they are derived from the step."""
    histories = {f"measured/{name}": np.stack(values) for name, values in measured.items()}
    arrays = {"digest": np.array(digest), "step": np.array(step), **stack.arrays(), **histories}
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _load(path: Path, digest: str, stack: _Stack) -> tuple[int, dict[str, list[np.ndarray]]]:
    """Read a checkpoint into the stack; return its step and what had been measured."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            stored = dict(arrays)
    except FileNotFoundError:
        return 0, {}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        print(f"{path}: a damaged checkpoint, starting anew", flush=True)
        return 0, {}
    if str(stored.get("digest")) != digest:
        print(f"{path}: a checkpoint of other code or arguments, starting anew", flush=True)
        return 0, {}
    for name, array in stack.arrays().items():
        array[...] = stored[name]
    prefix = "measured/"
    measured = {
        name.removeprefix(prefix): list(values)
        for name, values in stored.items()
        if name.startswith(prefix)
    }
    print(f"{path}: continuing after step {stored['step']}", flush=True)
    return int(stored["step"]), measured
