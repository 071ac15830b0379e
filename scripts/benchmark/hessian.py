"""Time the Hessians of deep linear networks against other ways to compute them.

    snakemake --cores all benchmark_hessian
    python scripts/benchmark/hessian.py --csv hessian.csv --markdown hessian.md --size full

on an otherwise idle machine; quick takes a minute or two, full about ten.
The rivals are installed by `pip install --no-deps -r scripts/benchmark/requirements.txt`; one
that is missing is listed as not installed.

All contenders of a task run in one process on one core, in float64 and in an order that rotates
from round to round; long calls are made once (quick: more than one second, full: five). Each
contender's answer is compared with that of the first one before anything is timed; an answer
outside the tolerance is marked and gets no ratio. Times are medians; ratios are of CPU time, which
other work on the machine disturbs less than the clock. What a rival can prepare once for a point
(a compiled function, a graph of the gradient, an operator) is prepared before the clock runs. The
memory is how much the resident set of the process grew at its peak during one call.

The rivals differentiate the loss on all m samples ("data", what people write) or the same loss on
the d_0 samples F with targets B, which have the same moments ("moments", what an expert writes; no
slower to differentiate than traces of the moments). "ours" at "moments" starts from a
LinearNetwork, at "data" it includes its construction.

For the smallest eigenvalue the difference is relative to the width of the spectrum, and tolerances
are residuals relative to that width. Two answers cannot be had: PyHessian's power iteration finds
the eigenvalue of the largest modulus, not the smallest, and by default hessian-eigenthings' Lanczos
method stops after 2 k steps for k eigenvalues, which the table shows.
"""

from replication.run import atomic, run

import ctypes
import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.linalg
from scipy.sparse.linalg import LinearOperator, eigsh

from landscape.linear import LinearNetwork
from landscape.linear.hessian import HessianProduct
from landscape.seeds import generator
from replication.settings import Count

# The pins that make bits independent of the processor would slow torch down, not numpy; they are
# read when torch is imported, which happens below.
for name in ("MKL_CBWR", "ATEN_CPU_CAPABILITY"):
    os.environ.pop(name, None)

SLOW = {"quick": 1.0, "full": 5.0}  # seconds of a call that is not repeated
SHORT = 0.05  # seconds for which a call is repeated within a round
Array = np.ndarray
Layers = list[Array]
Call = Callable[[], Array]


@dataclass(frozen=True)
class Contender:
    """One way to do a task; `prepare` returns what is timed, or raises ImportError."""

    name: str
    loss: Literal["data", "moments"]
    prepare: Callable[[], Call]


@dataclass(frozen=True)
class Task:
    """Contenders for the same answer; the first one's is the reference.

    `difference(answer, reference)` must not exceed `tolerance`.
    """

    label: str
    P: int
    contenders: list[Contender]
    tolerance: float = 1e-9
    difference: Callable[[Array, Array], float] = lambda answer, reference: float(
        np.abs(answer - reference).max() / np.abs(reference).max()
    )


@dataclass(frozen=True)
class Point:
    """A network, its data and a point of it."""

    X: Array
    Y: Array
    net: LinearNetwork
    W: Layers

    def samples(self, loss: str) -> tuple[Array, Array]:
        """Return the samples and targets of the loss on the data or in moments."""
        return (self.X, self.Y) if loss == "data" else (self.net.F, self.net.B)


def random_point(widths: tuple[int, ...], m: int) -> Point:
    """Return a point with random data and weights of the usual size."""
    rng = generator(0, "benchmark_hessian", *widths)
    X = rng.standard_normal((widths[0], m)) / np.sqrt(m)
    Y = rng.standard_normal((widths[-1], m)) / np.sqrt(m)
    net = LinearNetwork(X, Y, widths[1:-1])
    W = [rng.standard_normal(shape) / np.sqrt(shape[1]) for shape in net.shapes]
    return Point(X, Y, net, W)


def balanced_point(d: int, depth: int) -> Point:
    """Return a balanced saddle of half the full rank, on whitened inputs."""
    rng = generator(0, "benchmark_hessian", "balanced", d, depth)

    def turn() -> Array:
        return np.linalg.qr(rng.standard_normal((d, d)))[0]

    X, Y = turn(), rng.standard_normal((d, d))
    net = LinearNetwork(X, Y, (d,) * (depth - 1))
    root = np.where(np.arange(d) < d // 2, net.delta, 0.0) ** (1 / depth)
    R = [net.F @ net.V, *(turn() for _ in range(depth - 1)), net.U]
    return Point(X, Y, net, [R[h + 1] * root @ R[h].T for h in range(depth)])


def mixed_point(d: int) -> Point:
    """Return a saddle of two layers on whitened inputs, with a random mixing."""
    rng = generator(0, "benchmark_hessian", "mixed", d)
    X, Y = np.linalg.qr(rng.standard_normal((d, d)))[0], rng.standard_normal((d, d))
    net = LinearNetwork(X, Y, (d,))
    return Point(X, Y, net, net.critical_point(range(d // 2), seed=rng))


def flat(layers: Layers) -> Array:
    """Return the entries of all layers, the first layer first, each row by row."""
    return np.concatenate([layer.ravel() for layer in layers])


def torch_model(point: Point, loss: str) -> tuple[Any, Any, list[Any], tuple[Any, Any]]:
    """Return model, loss function, parameters and batch as the libraries for models want them."""
    import torch
    from torch import nn

    linears = [nn.Linear(b, a, bias=False, dtype=torch.float64) for a, b in point.net.shapes]
    with torch.no_grad():
        for linear, layer in zip(linears, point.W, strict=True):
            linear.weight.copy_(torch.from_numpy(layer))
    model = nn.Sequential(*linears)
    batch = tuple(torch.from_numpy(np.ascontiguousarray(A.T)) for A in point.samples(loss))
    return model, nn.MSELoss(reduction="sum"), list(model.parameters()), batch


def torch_loss(point: Point, loss: str) -> tuple[Callable[[Any], Any], Any]:
    """Return the loss of a flat vector of parameters, and the point as one."""
    import torch

    X, Y = (torch.from_numpy(A) for A in point.samples(loss))
    shapes = point.net.shapes
    sizes = [a * b for a, b in shapes]

    def value(parameters: Any) -> Any:
        R = X
        for part, shape in zip(parameters.split(sizes), shapes, strict=True):
            R = part.view(shape) @ R
        return (R - Y).square().sum()

    return value, torch.from_numpy(flat(point.W))


def func_hessian(point: Point, loss: str) -> Call:
    """Return a call of torch.func.hessian."""
    import torch

    value, parameters = torch_loss(point, loss)
    return lambda: torch.func.hessian(value)(parameters).numpy()


def autograd_hessian(point: Point, loss: str, vectorize: bool) -> Call:
    """Return a call of torch.autograd.functional.hessian."""
    import torch

    value, parameters = torch_loss(point, loss)
    hessian = partial(torch.autograd.functional.hessian, vectorize=vectorize)
    return lambda: hessian(value, parameters).numpy()


def jax_hessian(point: Point, loss: str) -> Call:
    """Return a call of jax.hessian, compiled beforehand."""
    import jax

    jax.config.update("jax_enable_x64", True)
    X, Y = (jax.numpy.asarray(A) for A in point.samples(loss))
    ends = np.cumsum([layer.size for layer in point.W])[:-1]

    def value(parameters: Any) -> Any:
        R = X
        parts = jax.numpy.split(parameters, ends)
        for part, shape in zip(parts, point.net.shapes, strict=True):
            R = part.reshape(shape) @ R
        return ((R - Y) ** 2).sum()

    parameters = jax.numpy.asarray(flat(point.W))
    compiled = jax.jit(jax.hessian(value)).lower(parameters).compile()
    return lambda: np.asarray(compiled(parameters).block_until_ready())


def curvlinops_operator(point: Point, loss: str) -> Any:
    """Return curvlinops' Hessian as a linear operator."""
    from curvlinops import HessianLinearOperator

    model, criterion, parameters, batch = torch_model(point, loss)
    return HessianLinearOperator(model, criterion, parameters, [batch])


def curvlinops_dense(point: Point, loss: str) -> Call:
    """Return curvlinops' Hessian times the identity."""
    operator = curvlinops_operator(point, loss)
    import torch

    return lambda: (operator @ torch.eye(point.net.size, dtype=torch.float64)).numpy()


def curvlinops_product(point: Point, loss: str, V: Layers) -> Call:
    """Return curvlinops' product."""
    operator = curvlinops_operator(point, loss)
    import torch

    v = torch.from_numpy(flat(V))
    return lambda: (operator @ v).numpy()


def pyhessian_product(point: Point, loss: str, V: Layers) -> Call:
    """Return PyHessian's product, which keeps the graph of the gradient."""
    import torch
    from pyhessian import hessian
    from pyhessian.utils import hessian_vector_product

    model, criterion, _, batch = torch_model(point, loss)
    prepared = hessian(model, criterion, data=batch, cuda=False)
    v = [torch.from_numpy(layer) for layer in V]

    def call() -> Array:
        product = hessian_vector_product(prepared.gradsH, prepared.params, v)
        return flat([part.detach().numpy() for part in product])

    return call


def eigenthings_operator(point: Point, loss: str) -> Any:
    """Return hessian-eigenthings' operator."""
    from hessian_eigenthings import HessianOperator, supervised_loss

    model, criterion, _, batch = torch_model(point, loss)
    return HessianOperator(model, [batch], supervised_loss(criterion))


def eigenthings_product(point: Point, loss: str, V: Layers) -> Call:
    """Return hessian-eigenthings' product."""
    operator = eigenthings_operator(point, loss)
    import torch

    v = torch.from_numpy(flat(V))
    return lambda: operator.matvec(v).detach().numpy()


def eigenthings_smallest(point: Point, loss: str, steps: int | None) -> Call:
    """Return a call of hessian-eigenthings' Lanczos method with so many steps, or as it comes."""
    from hessian_eigenthings import lanczos

    operator = eigenthings_operator(point, loss)
    return lambda: lanczos(operator, k=1, which="SA", max_iter=steps, seed=0).eigenvalues.numpy()


def curvlinops_smallest(point: Point, loss: str, tolerance: float) -> Call:
    """Return a call of ARPACK on curvlinops' operator; its tolerance is relative to the value."""
    operator = curvlinops_operator(point, loss).to_scipy()
    v0 = generator(0, "benchmark_hessian", "start").standard_normal(point.net.size)
    return lambda: eigsh(operator, 1, which="SA", tol=tolerance, v0=v0, return_eigenvectors=False)


def dense_task(widths: tuple[int, ...]) -> Task:
    """Return the task to find all entries of the Hessian, m = 1000."""
    point = random_point(widths, 1000)

    def with_construction() -> Array:
        return LinearNetwork(point.X, point.Y, widths[1:-1]).hessian(point.W)

    contenders = [
        Contender("ours", "moments", lambda: lambda: point.net.hessian(point.W)),
        Contender("ours", "data", lambda: with_construction),
    ]
    rivals: list[tuple[str, Callable[[Point, str], Call]]] = [
        ("torch.func.hessian", func_hessian),
        ("torch.autograd.functional.hessian", partial(autograd_hessian, vectorize=False)),
        (
            "torch.autograd.functional.hessian, vectorized",
            partial(autograd_hessian, vectorize=True),
        ),
        ("jax.hessian, jit", jax_hessian),
        ("curvlinops @ I", curvlinops_dense),
    ]
    contenders += [
        Contender(name, loss, partial(rival, point, loss))
        for loss in ("moments", "data")
        for name, rival in rivals
    ]
    return Task("dense Hessian", point.net.size, contenders)


def product_task(widths: tuple[int, ...]) -> Task:
    """Return the task to multiply the Hessian by a vector, m = 5000."""
    point = random_point(widths, 5000)
    V = [np.ones(shape) for shape in point.net.shapes]
    prepared = HessianProduct(point.net, point.W)
    contenders = [
        Contender("ours", "moments", lambda: lambda: flat(point.net.hvp(point.W, V))),
        Contender("ours, point prepared", "moments", lambda: lambda: flat(prepared(V))),
    ]
    contenders += [
        Contender(name, loss, partial(rival, point, loss, V))
        for loss in ("moments", "data")
        for name, rival in (
            ("PyHessian", pyhessian_product),
            ("hessian-eigenthings", eigenthings_product),
            ("curvlinops", curvlinops_product),
        )
    ]
    return Task("Hessian times vector", point.net.size, contenders)


def spectrum_task(label: str, point: Point, *, rivals: bool, dense: bool = True) -> Task:
    """Return the task to find all eigenvalues at a point with structure."""

    def ours() -> Array:
        found = point.net.spectrum(point.W)
        if found.method == "dense":
            raise AssertionError("the structure of the point was not found")
        return found.eigenvalues

    def eigenvalues(hessian: Call) -> Call:
        return lambda: scipy.linalg.eigvalsh(hessian())

    contenders = [Contender("ours, blocks", "moments", lambda: ours)]
    ways: list[tuple[str, Callable[[], Call]]] = []
    if dense:
        ways.append(("our Hessian + eigvalsh", lambda: lambda: point.net.hessian(point.W)))
    if rivals:
        ways.append(("jax.hessian, jit + eigvalsh", partial(jax_hessian, point, "moments")))
        ways.append(("torch.func.hessian + eigvalsh", partial(func_hessian, point, "moments")))
    contenders += [
        Contender(name, "moments", lambda way=way: eigenvalues(way())) for name, way in ways
    ]
    return Task(f"all eigenvalues, {label}", point.net.size, contenders, 1e-10)


def smallest_task(
    widths: tuple[int, ...], tolerance: float, losses: list[Literal["data", "moments"]]
) -> Task:
    """Return the task to find the smallest eigenvalue, m = 5000."""
    point = random_point(widths, 5000)
    net, W, P = point.net, point.W, point.net.size
    exact = net.smallest_eigenvalue(W, tolerance=1e-9)
    operator = HessianProduct(net, W)
    ends = np.cumsum([layer.size for layer in W])[:-1]

    def multiply(v: Array) -> Array:
        parts = np.split(v.ravel(), ends)
        return flat(operator([p.reshape(s) for p, s in zip(parts, net.shapes, strict=True)]))

    linear = LinearOperator((P, P), multiply, dtype=np.float64)
    largest = float(eigsh(linear, 1, which="LA", tol=1e-3, return_eigenvectors=False)[0])
    width = largest - exact.value

    def difference(answer: Array, _: Array) -> float:
        return abs(float(answer[0]) - exact.value) / width

    def ours() -> Array:
        return np.array([net.smallest_eigenvalue(W, tolerance=tolerance).value])

    steps = net.smallest_eigenvalue(W, tolerance=tolerance).products
    arpack = partial(curvlinops_smallest, tolerance=tolerance * width / abs(exact.value))
    rivals: list[tuple[str, Callable[[Point, str], Call]]] = [
        ("curvlinops, ARPACK", arpack),
        (
            "hessian-eigenthings, as many products as ours",
            partial(eigenthings_smallest, steps=steps),
        ),
        ("hessian-eigenthings, default steps", partial(eigenthings_smallest, steps=None)),
    ]
    contenders = [Contender("ours", "moments", lambda: ours)]
    contenders += [
        Contender(name, loss, partial(rival, point, loss))
        for loss in losses
        for name, rival in rivals
    ]
    label = f"smallest eigenvalue, residual {tolerance:.0e}"
    return Task(label, P, contenders, tolerance, difference)


def resident(field: str) -> float:
    """Return VmRSS or VmHWM, the present or the peak resident set, in MiB; NaN if not on Linux."""
    if sys.platform != "linux":
        return float("nan")
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def measure(call: Call) -> tuple[Array, float, float, float]:
    """Return the answer, the CPU and the wall seconds, and the growth of the resident set (MiB)."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
        # The peak starts again from the present.
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    before = resident("VmRSS")
    wall, cpu = time.perf_counter(), time.process_time()
    answer = call()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return answer, cpu, wall, resident("VmHWM") - before


def compare(task: Task, repeats: int, slow: float) -> list[dict[str, object]]:
    """Check all contenders, time them in rotation and return a row of the table for each."""
    rows: list[dict[str, object]] = []
    calls: list[Call | None] = []  # what is timed again
    seconds: list[list[tuple[float, float]]] = []
    reference = None
    for contender in task.contenders:
        row: dict[str, object] = {
            "task": task.label,
            "P": task.P,
            "contender": contender.name,
            "loss": contender.loss,
        }
        rows.append(row)
        seconds.append([])
        calls.append(None)
        try:
            call = contender.prepare()
        except ImportError as error:
            row["remark"] = f"not installed ({error.name})"
            continue
        answer, cpu, wall, row["peak_mib"] = measure(call)
        reference = answer if reference is None else reference
        row["difference"] = difference = task.difference(answer, reference)
        row["remark"] = "" if difference <= task.tolerance else "wrong answer"
        if cpu > slow:
            seconds[-1].append((cpu, wall))
        else:
            calls[-1] = call
    for repeat in range(repeats):
        for i in np.roll(np.arange(len(calls)), -repeat):
            call = calls[i]
            spent = 0.0
            while call is not None and spent < SHORT:
                wall, cpu = time.perf_counter(), time.process_time()
                call()
                cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
                seconds[i].append((cpu, wall))
                spent += wall
    ours = median(cpu for cpu, _ in seconds[0])
    for row, times in zip(rows, seconds, strict=True):
        if times:
            cpus = [cpu for cpu, _ in times]
            row |= {
                "calls": len(times),
                "cpu_ms": 1e3 * median(cpus),
                "min_ms": 1e3 * min(cpus),
                "max_ms": 1e3 * max(cpus),
                "wall_ms": 1e3 * median(wall for _, wall in times),
            }
            if not row["remark"]:
                row["ratio"] = median(cpus) / ours
        print(row, flush=True)
    return rows


def tasks(full: bool) -> Iterator[Task]:
    """Yield the tasks, each made when its turn comes to spare memory."""
    for widths in [(10,) * 3, (18,) * 4, *([(32,) * 4] if full else [])]:
        yield dense_task(widths)
    middle, large = (224, 223, 224), (707,) * 3  # P near 10^5 and 10^6
    for widths in [middle, large] if full else [middle]:
        yield product_task(widths)
    for tolerance in [1e-3, 1e-6] if full else [1e-3]:
        yield smallest_task(middle, tolerance, ["moments", "data"] if full else ["moments"])
    for d, depth in [(18, 3), (38, 2), (32, 3), *([(55, 2)] if full else []), (707, 2), (577, 3)]:
        label, point = f"balanced, H = {depth}", balanced_point(d, depth)
        yield spectrum_task(label, point, rivals=full and d < 35, dense=d < 100)
    for d in (38, 55) if full else (38,):
        yield spectrum_task("two layers, any mixing", mixed_point(d), rivals=False)


def hessian(
    csv: Path,
    markdown: Path,
    size: Literal["quick", "full"],
    repeats: Count,
) -> None:
    """Run the benchmark.

    Parameters
    ----------
    csv : Path
        Where to write the times (.csv).
    markdown : Path
        Where to write the table for a reader (.md).
    size : {"quick", "full"}
        The most telling tasks, or all of them.
    repeats : int
        How many rounds are timed.
    """
    if hasattr(os, "sched_setaffinity"):
        # jax has no option for the number of threads but starts as many as there are cores.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for task in (dense_task((3, 3, 3)), product_task((3, 3, 3))):
        for contender in task.contenders:  # first calls load libraries
            with suppress(ImportError):
                contender.prepare()()
    rows: list[dict[str, object]] = []
    for task in tasks(size == "full"):
        rows += compare(task, repeats, SLOW[size])
    columns = ["task", "P", "contender", "loss", "cpu_ms", "ratio", "wall_ms", "min_ms", "max_ms"]
    columns += ["calls", "peak_mib", "difference", "remark"]
    table = pd.DataFrame(rows, columns=columns)
    with atomic(csv) as path:
        table.to_csv(path, index=False, float_format="%.6g")
    with atomic(markdown) as path:
        filled = table.astype(object).where(table.notna(), None)
        text = filled.to_markdown(index=False, floatfmt=".3g", missingval="")
        path.write_text(f"{__doc__.strip()}\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    run(hessian)
