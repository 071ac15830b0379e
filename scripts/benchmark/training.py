"""Time the training of stacks against the usual ways to train the same networks.

All contenders run in one process, at one thread, in an order that rotates from repeat to repeat,
after a check that they reach the same weights from the same samples. Times are CPU seconds of the
process for one step of one run (those of the last table, of two processes at once, are by the
clock); the loops train a few runs of the stack, one after the other, vmap and the stack train all.
The share of the GEMM peak counts the products of the closed form, 4 n b (d + c) flops a step and
4 n^2 d for the regulariser, against a product of two 1500 x 1500 matrices timed between the
contenders. Images are arrays already: a loader that decodes files has more to do per image.
"""

from replication.run import atomic, run

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median
from typing import Literal

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, Dataset, TensorDataset

from landscape.seeds import generator
from landscape.training import Runs, Samples, Settings, Teacher, initial_weights, train
from landscape.training.data import open_batches
from replication.settings import Count

ROOT, NAME = 0, ("benchmark",)
STRENGTHS = (0.0, 0.001, 0.01, 0.1, 1.0)
Weights = tuple[Tensor, Tensor]
Source = Callable[[int, int], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Workload:
    """A stack to train: the runs, the data they see and how many steps of it are timed."""

    label: str
    n: int
    d: int
    data: Samples | Teacher
    runs: Runs
    settings: Settings
    c: int = 1

    def weights(self) -> Weights:
        """Return the initial weights of all runs."""
        dtype = self.data.X.dtype if isinstance(self.data, Samples) else self.data.W.dtype
        scale = self.d**-0.5
        return initial_weights(
            self.runs, self.n, self.d, self.c, W_scale=scale, V_scale=self.n**-0.5, dtype=dtype
        )

    def flops(self) -> float:
        """Return the floating-point operations of a step, the mean over the runs."""
        b = self.settings.batch or self.data.X.shape[-2]
        regularised = np.mean([strength > 0 for strength in self.runs.strengths])
        products = 4 * self.n * b * (self.d + self.c)
        return float(products + regularised * 4 * self.n**2 * self.d)

    def head(self, count: int) -> "Workload":
        """Return the workload of the first runs alone."""
        runs = replace(
            self.runs,
            replicates=self.runs.replicates[:count],
            strengths=self.runs.strengths[:count],
        )
        return replace(self, runs=runs)


class Network(nn.Module):
    """The network as a tutorial writes it."""

    def __init__(self, W: Tensor, V: Tensor) -> None:
        super().__init__()
        self.hidden = nn.Linear(W.shape[1], W.shape[0], bias=False, dtype=W.dtype)
        self.output = nn.Linear(V.shape[1], V.shape[0], bias=False, dtype=V.dtype)
        with torch.no_grad():
            self.hidden.weight.copy_(W)
            self.output.weight.copy_(V)

    def forward(self, x: Tensor) -> Tensor:
        """Return f(x) for x of shape (b, d)."""
        return self.output(torch.relu(self.hidden(x)))


def regulariser(W: Tensor) -> Tensor:
    """Return R(W), eq. (28) of Xie, Liang & Song 2017, for autograd."""
    n = len(W)
    unit = W / W.norm(dim=1, keepdim=True)
    cosines = (unit @ unit.T).clamp(-1 + 1e-6, 1 - 1e-6)
    k = (torch.pi - torch.arccos(cosines)) / (2 * torch.pi)
    off = 1 - torch.eye(n, dtype=W.dtype)
    return (off * k**2).sum() / (n * (n - 1))


def usual_loop(workload: Workload, batches: Callable[[int], Iterator]) -> list[Weights]:
    """Train one run after the other with nn.Module, autograd and torch.optim."""
    settings = workload.settings
    trained = []
    for r, (W, V) in enumerate(zip(*workload.weights(), strict=True)):
        model = Network(W, V)
        optimiser = torch.optim.SGD(
            model.parameters(), settings.learning_rate, momentum=settings.momentum
        )
        strength = workload.runs.strengths[r]
        for X, y in batches(workload.runs.replicates[r]):
            optimiser.zero_grad()
            F = model(X)
            if settings.loss == "least squares":
                loss = 0.5 * (F - y).square().sum(dim=1).mean()
            else:
                loss = cross_entropy(F, y)
            if strength:
                loss = loss + strength * regulariser(model.hidden.weight)
            loss.backward()
            optimiser.step()
        trained.append((model.hidden.weight.detach(), model.output.weight.detach()))
    return trained


def vmap_stack(workload: Workload, source: Source) -> list[Weights]:
    """Train all runs at once with torch.func: vmap over the gradient of one."""
    settings = workload.settings

    def loss(parameters: dict[str, Tensor], X: Tensor, y: Tensor, strength: Tensor) -> Tensor:
        F = torch.relu(X @ parameters["W"].T) @ parameters["V"].T
        value = 0.5 * (F - y).square().sum(dim=1).mean()
        return value + strength * regulariser(parameters["W"])

    W, V = workload.weights()
    parameters = {"W": W, "V": V}
    momenta = {name: torch.zeros_like(P) for name, P in parameters.items()}
    strengths = torch.tensor(workload.runs.strengths, dtype=W.dtype)
    gradient = torch.func.vmap(torch.func.grad(loss))
    index = torch.tensor(workload.runs.replicates)
    seeds = range(max(workload.runs.replicates) + 1)
    last: tuple[Tensor, Tensor] | None = None
    for step in range(settings.steps):
        if last is None or settings.batch is not None:  # the full batch is gathered once
            samples = [source(seed, step) for seed in seeds]
            last = tuple(torch.stack(part)[index] for part in zip(*samples, strict=True))
        for name, G in gradient(parameters, *last, strengths).items():
            momenta[name].mul_(settings.momentum).add_(G)
            parameters[name].sub_(momenta[name], alpha=settings.learning_rate)
    return list(zip(parameters["W"], parameters["V"], strict=True))


def stack(workload: Workload) -> list[Weights]:
    """Train all runs at once with this library."""
    with redirect_stdout(StringIO()):
        trained = train(*workload.weights(), workload.data, workload.settings, workload.runs)
    return list(zip(trained.W, trained.V, strict=True))


def library_source(workload: Workload) -> Source:
    """Return the samples that the library draws, for the check of the others."""
    batches = open_batches(workload.data, workload.runs, workload.settings.batch)
    shared = len(batches.X) == 1
    seeds = sorted(set(workload.runs.replicates))

    def source(seed: int, step: int) -> tuple[Tensor, Tensor]:
        batches.draw(step)
        g = 0 if shared else seeds.index(seed)
        return batches.X[g].clone(), batches.y[g].T.clone()

    return source


def torch_source(workload: Workload) -> Source:
    """Return samples as one makes them with torch."""
    data, batch = workload.data, workload.settings.batch
    if isinstance(data, Samples):
        return lambda seed, step: (data.X[seed], data.y[seed][:, None])

    def source(seed: int, step: int) -> tuple[Tensor, Tensor]:
        X = torch.randn(batch, workload.d, dtype=data.W.dtype)
        X = X / X.norm(dim=1, keepdim=True)
        return X, torch.relu(X @ data.W[seed].T) @ data.V[seed].T

    return source


class Images(Dataset):
    """Images (uint8) with ToTensor and Normalize applied one by one, as in the tutorials."""

    def __init__(self, images: np.ndarray, labels: Tensor) -> None:
        self.images, self.labels = images, labels

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        image = torch.from_numpy(self.images[i])[None].to(torch.float32).div(255)
        image = image.sub_(0.1307).div_(0.3081)
        return image.flatten(), int(self.labels[i])


def teacher_workload(n: int, d: int, steps: int) -> Workload:
    """Fresh samples of a teacher of 100 units for each of 5 seeds; SGD with momentum."""
    seeds = range(5)
    teachers = Runs.grid(ROOT, ("benchmark", "teacher"), seeds)
    teacher = Teacher(*initial_weights(teachers, 100, d, W_scale=1.0))
    settings = Settings(steps, 0.01, batch=100, momentum=0.9, train_output=True)
    runs = Runs.grid(ROOT, NAME, seeds, STRENGTHS)
    return Workload(f"fresh samples, n={n}, d={d}, b=100", n, d, teacher, runs, settings)


def sample_workload(n: int, m: int, dtype: torch.dtype) -> Workload:
    """Full batches of a fixed sample for each of 20 seeds; SGD, about a second of it."""
    d, seeds = 50, 20
    steps = max(10, 2_000_000 // (n * m))
    rng = generator(ROOT, *NAME, "sample")
    X = torch.from_numpy(rng.standard_normal((seeds, m, d))).to(dtype)
    y = torch.from_numpy(rng.standard_normal((seeds, m))).to(dtype)
    runs = Runs.grid(ROOT, NAME, range(seeds), STRENGTHS)
    settings = Settings(steps, 0.01, train_output=True)
    name = str(dtype).removeprefix("torch.")
    label = f"full batch, {name}, n={n}, d={d}, m={m}"
    return Workload(label, n, d, Samples(X, y), runs, settings)


def contenders_of(workload: Workload, source: Source) -> dict[str, Callable[[int], list[Weights]]]:
    """Return the contenders by name; each trains the first so many runs of the workload."""
    steps = range(workload.settings.steps)

    def loop(runs: int) -> list[Weights]:
        part = workload.head(runs)
        return usual_loop(part, lambda seed: (source(seed, step) for step in steps))

    return {
        "usual loop": loop,
        "torch.func.vmap": lambda runs: vmap_stack(workload.head(runs), source),
        "stack": lambda runs: stack(workload.head(runs)),
    }


def image_contenders(
    workload: Workload, images: np.ndarray, labels: Tensor
) -> dict[str, Callable[[int], list[Weights]]]:
    """Return the contenders for images: two loaders in the usual loop, and the stack."""
    batch, steps = workload.settings.batch, workload.settings.steps

    def loop(dataset: Dataset, runs: int) -> list[Weights]:
        def batches(seed: int) -> Iterator:
            order = generator(ROOT, *NAME, "order", seed, 0).permutation(len(images))
            sampler = order[: steps * batch].tolist()
            return iter(DataLoader(dataset, batch_size=batch, sampler=sampler))

        return usual_loop(workload.head(runs), batches)

    transformed, tensors = Images(images, labels), TensorDataset(workload.data.X, labels)
    return {
        "loader, transform of every image": lambda runs: loop(transformed, runs),
        "loader, TensorDataset": lambda runs: loop(tensors, runs),
        "stack": lambda runs: stack(workload.head(runs)),
    }


def check(
    workload: Workload, contenders: dict[str, Callable[[int], list[Weights]]], runs: int = 5
) -> float:
    """Return the largest difference between weights reached, relative to how far they moved.

    The contenders train the first runs. A difference that is not explained by rounding errors, of
    weights that hardly moved, is an error.
    """
    start = workload.head(runs).weights()
    reached = [contender(runs) for contender in contenders.values()]
    largest = 0.0
    for i, initial in enumerate(start):
        weights = [torch.stack([pair[i] for pair in trained]) for trained in reached]
        moved = (weights[-1] - initial).abs().max()
        for other in weights[:-1]:
            largest = max(largest, float((other - weights[-1]).abs().max() / moved))
    if not largest < 1e5 * torch.finfo(start[0].dtype).eps:
        raise AssertionError(f"{', '.join(contenders)}: weights differ by {largest:.1e}")
    return largest


def gemm_rate(A: Tensor, B: Tensor, C: Tensor) -> float:
    """Return the flops a second of one product of square matrices."""
    start = time.process_time()
    torch.mm(A, B, out=C)
    return 2 * len(A) ** 3 / (time.process_time() - start)


def compare(
    workload: Workload,
    contenders: dict[str, Callable[[int], list[Weights]]],
    difference: float,
    repeats: int,
) -> list[dict[str, object]]:
    """Time contenders in rotation; those that train one run after the other train two runs.

    The two are the first without and the first with a regulariser, weighted as in the workload.
    """
    dtype = workload.weights()[0].dtype
    A, B, C = (torch.rand(1500, 1500, dtype=dtype) for _ in range(3))
    peak = 0.0
    R = len(workload.runs)
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for repeat in range(repeats):
        for i in range(len(names)):
            name = names[(i + repeat) % len(names)]
            runs = R if name in ("stack", "torch.func.vmap") else min(R, len(STRENGTHS))
            if len(set(workload.runs.strengths)) == 1 and runs < R:
                runs = 1
            peak = max(peak, gemm_rate(A, B, C))
            start = time.process_time()
            contenders[name](runs)
            elapsed = time.process_time() - start
            seconds[name].append(elapsed / (runs * workload.settings.steps))
    ours = median(seconds["stack"])
    rows = []
    for name, times in seconds.items():
        middle = median(times)
        rows.append(
            {
                "workload": workload.label,
                "runs": R,
                "contender": name,
                "us_per_run_step": 1e6 * middle,
                "min": 1e6 * min(times),
                "max": 1e6 * max(times),
                "ratio_to_stack": middle / ours,
                "share_of_gemm_peak": workload.flops() / middle / peak,
                "gemm_peak_gflops": peak / 1e9,
                "largest_difference": difference,
            }
        )
        print(f"{workload.label}: {name} {1e6 * middle:.0f} us, {middle / ours:.1f}x", flush=True)
    return rows


def one_process(barrier: Barrier, steps: int, seconds: "multiprocessing.Queue[float]") -> None:
    """Train a workload at the same time as the other processes, and report the time."""
    torch.set_num_threads(1)
    workload = teacher_workload(100, 100, steps)
    barrier.wait()
    start = time.monotonic()
    stack(workload)
    seconds.put(time.monotonic() - start)


def two_processes(steps: int, repeats: int) -> list[dict[str, object]]:
    """Compare the throughput of two processes with that of one."""
    context = multiprocessing.get_context("spawn")
    rates: dict[int, list[float]] = {1: [], 2: []}
    for repeat in range(repeats):
        for count in (1, 2) if repeat % 2 else (2, 1):
            barrier, seconds = context.Barrier(count), context.Queue()
            processes = [
                context.Process(target=one_process, args=(barrier, steps, seconds))
                for _ in range(count)
            ]
            for process in processes:
                process.start()
            slowest = max(seconds.get() for _ in processes)
            for process in processes:
                process.join()
            rates[count].append(count * steps * 25 / slowest)
    alone = median(rates[1])
    return [
        {
            "processes": count,
            "run_steps_per_second": median(values),
            "min": min(values),
            "max": max(values),
            "ratio": median(values) / alone,
        }
        for count, values in rates.items()
    ]


def training(
    csv: Path,
    processes: Path,
    markdown: Path,
    size: Literal["quick", "full"],
    repeats: Count,
) -> None:
    """Run the benchmark.

    Parameters
    ----------
    csv : Path
        Where to write the times (.csv).
    processes : Path
        Where to write those of two processes (.csv).
    markdown : Path
        Where to write both tables for a reader (.md).
    size : {"quick", "full"}
        A minute of the most telling workloads, or all of them.
    repeats : int
        How often each contender is timed.
    """
    torch.set_num_threads(1)
    full = size == "full"
    rows: list[dict[str, object]] = []
    float32, float64 = torch.float32, torch.float64
    shapes = [(20, 500), (50, 1000), (100, 1000), (200, 2000)] if full else [(20, 500), (50, 1000)]
    workloads = [sample_workload(n, m, float32) for n, m in shapes]
    if full:
        workloads += [sample_workload(n, m, float64) for n, m in shapes]
    workloads += [teacher_workload(n, 100, 30) for n in ((100, 200, 300) if full else (100,))]
    for workload in workloads:
        short = replace(workload, settings=replace(workload.settings, steps=10))
        difference = check(short, contenders_of(short, library_source(short)))
        contenders = contenders_of(workload, torch_source(workload))
        rows += compare(workload, contenders, difference, repeats)

    m, d, c, batch = (60000 if full else 12800), 784, 10, 128
    rng = generator(ROOT, *NAME, "images")
    images = rng.integers(0, 256, (m, 28, 28), dtype=np.uint8)
    labels = torch.from_numpy(rng.integers(0, c, m))
    X = torch.from_numpy(images).flatten(1).to(float32).div_(255).sub_(0.1307).div_(0.3081)
    for n in (50, 100, 500) if full else (50,):
        settings = Settings(m // batch, 0.01, batch, "cross-entropy", train_output=True)
        workload = Workload(
            f"images, n={n}, d={d}, b={batch}",
            n,
            d,
            Samples(X, labels),
            Runs.grid(ROOT, NAME, range(5)),
            settings,
            c,
        )
        short = replace(workload, settings=replace(settings, steps=5))
        difference = check(short, image_contenders(short, images, labels))
        contenders = image_contenders(workload, images, labels)
        rows += compare(workload, contenders, difference, repeats)

    table = pd.DataFrame(rows)
    side_by_side = pd.DataFrame(two_processes(1000 if full else 150, repeats))
    with atomic(csv) as path:
        table.to_csv(path, index=False, float_format="%.6g")
    with atomic(processes) as path:
        side_by_side.to_csv(path, index=False, float_format="%.6g")
    with atomic(markdown) as path:
        tables = [frame.to_markdown(index=False, floatfmt=".3g") for frame in (table, side_by_side)]
        path.write_text("\n\n".join([__doc__.strip(), *tables]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(training)
