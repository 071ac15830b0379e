import math
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from landscape.diversity import l2_discrepancy_squared
from landscape.seeds import generator
from landscape.training import (
    Runs,
    Samples,
    Settings,
    Teacher,
    Trained,
    discrepancies,
    evaluate,
    initial_weights,
    stack,
    train,
)
from landscape.training.data import open_batches
from landscape.training.stack import _chunks

NAME = ("test",)


def regulariser(W: Tensor) -> Tensor:
    n = len(W)
    unit = W / W.norm(dim=1, keepdim=True)
    pairs = ~torch.eye(n, dtype=torch.bool)
    k = (math.pi - torch.arccos((unit @ unit.T)[pairs])) / (2 * math.pi)
    return (k**2).sum() / (n * (n - 1))


def usual_loop(
    W: Tensor, V: Tensor, batches: list[tuple[Tensor, Tensor]], settings: Settings, strength: float
) -> tuple[Tensor, Tensor]:
    """One run by autograd and torch.optim; a batch is X (b, d) and y (b, c), or labels (b,)."""
    W, V = W.clone().requires_grad_(), V.clone().requires_grad_(settings.train_output)
    parameters = [W, V] if settings.train_output else [W]
    moments = [(torch.zeros_like(P), torch.zeros_like(P)) for P in parameters]
    optimiser: torch.optim.Optimizer
    if settings.optimiser == "sgd":
        optimiser = torch.optim.SGD(parameters, settings.learning_rate, settings.momentum)
    else:
        optimiser = torch.optim.Adam(
            parameters, settings.learning_rate, settings.betas, settings.epsilon
        )
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimiser, settings.decay_at, settings.decay)
    for t, (X, y) in enumerate(batches, start=1):
        optimiser.zero_grad()
        F = (X @ W.T).relu() @ V.T
        if settings.loss == "least squares":
            loss = (F - y).square().sum() / (2 * len(X))
        else:
            loss = cross_entropy(F, y)
        if strength:
            loss = loss + strength * regulariser(W)
        loss.backward()
        if settings.optimiser == "adam-keras":  # optimizers.py of Keras 2
            rate = schedule.get_last_lr()[0]
            b1, b2 = settings.betas
            with torch.no_grad():
                for P, (m, v) in zip(parameters, moments, strict=True):
                    m.copy_(b1 * m + (1 - b1) * P.grad)
                    v.copy_(b2 * v + (1 - b2) * P.grad**2)
                    rate_t = rate * math.sqrt(1 - b2**t) / (1 - b1**t)
                    P -= rate_t * m / (v.sqrt() + settings.epsilon)
            optimiser.zero_grad()  # makes the next line skip every parameter
        optimiser.step()
        schedule.step()
    return W.detach(), V.detach()


def problem(
    m: int, d: int, c: int, loss: str, dtype: torch.dtype = torch.float64, seed: int = 0
) -> Samples:
    rng = np.random.default_rng(seed)
    X = torch.from_numpy(rng.standard_normal((m, d))).to(dtype)
    if loss == "cross-entropy":
        return Samples(X, torch.from_numpy(rng.integers(0, c, m)))
    y = torch.from_numpy(rng.standard_normal((m, c))).to(dtype)
    return Samples(X, y[:, 0] if c == 1 else y)


def minibatches(samples: Samples, settings: Settings, seed: int) -> list[tuple[Tensor, Tensor]]:
    m = len(samples.X)
    b = settings.batch or m
    y = samples.y if samples.y.ndim == 2 or samples.labelled else samples.y[:, None]
    if settings.batch is None:
        return [(samples.X, y)] * settings.steps
    epochs = range(settings.steps * b // m + 1)
    order = np.concatenate(
        [generator(0, *NAME, "order", seed, epoch).permutation(m) for epoch in epochs]
    )
    index = [order[t * b : (t + 1) * b] for t in range(settings.steps)]
    return [(samples.X[i], y[i]) for i in index]


SGD = Settings(steps=25, learning_rate=0.1)
OPTIMISERS = {
    "sgd": SGD,
    "momentum": replace(SGD, momentum=0.9),
    "adam": replace(SGD, optimiser="adam", learning_rate=0.01, epsilon=1e-3),
    "adam-keras": replace(SGD, optimiser="adam-keras", learning_rate=0.01, epsilon=1e-3),
}


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("batch", [None, 7])
@pytest.mark.parametrize("train_output", [False, True])
@pytest.mark.parametrize(
    ("loss", "c"), [("least squares", 1), ("least squares", 3), ("cross-entropy", 3)]
)
def test_training_is_that_of_autograd_and_torch_optim(
    optimiser: str, batch: int | None, train_output: bool, loss: str, c: int
) -> None:
    settings = replace(
        OPTIMISERS[optimiser],
        batch=batch,
        train_output=train_output,
        loss=loss,
        decay_at=(10, 20),
        decay=0.5,
    )
    samples = problem(m=30, d=4, c=c, loss=loss)
    runs = Runs.grid(0, NAME, replicates=(0, 3), strengths=(0.0, 0.5))
    W, V = initial_weights(runs, 6, 4, c, W_scale=1.0, V_scale=0.5, dtype=torch.float64)
    trained = train(W, V, samples, settings, runs)
    for r, (seed, strength) in enumerate(zip(runs.replicates, runs.strengths, strict=True)):
        expected = usual_loop(W[r], V[r], minibatches(samples, settings, seed), settings, strength)
        # 25 steps of rounding errors of 1e-16, amplified a little
        torch.testing.assert_close(trained.W[r], expected[0], rtol=1e-11, atol=1e-12)
        torch.testing.assert_close(trained.V[r], expected[1], rtol=1e-11, atol=1e-12)
    assert not trained.diverged.any()


@pytest.mark.parametrize(("n", "d"), [(2, 2), (5, 3), (128, 9), (129, 9), (300, 20)])
def test_regulariser_gradient_is_that_of_autograd(n: int, d: int) -> None:
    """With outputs and targets zero, a step of SGD moves W along the regulariser alone."""
    runs = Runs.grid(0, NAME, replicates=(0, 1, 2), strengths=(2.0,))
    W, V = initial_weights(runs, n, d, W_scale=1.0, V_scale=0.0, dtype=torch.float64)
    samples = Samples(torch.ones(3, d, dtype=torch.float64), torch.zeros(3, dtype=torch.float64))
    # a step large enough that W - (W - step) keeps the digits of the gradient
    trained = train(W, V, samples, Settings(steps=1, learning_rate=1e6), runs)
    for r in range(3):
        parameter = W[r].clone().requires_grad_()
        (2.0 * regulariser(parameter)).backward()
        assert parameter.grad is not None
        gradient = (W[r] - trained.W[r]) / 1e6
        # cancellation at the closest pair costs a factor 1 / sqrt(1 - u^2)
        scale = float(parameter.grad.abs().max())
        torch.testing.assert_close(gradient, parameter.grad, rtol=0, atol=1e-11 * scale)


def test_regulariser_ignores_pairs_without_direction() -> None:
    """Equal and opposite units pull on each other in no direction; the others are as usual."""
    runs = Runs.grid(0, NAME, replicates=(0,), strengths=(1.0,))
    W, V = initial_weights(runs, 5, 7, W_scale=1.0, V_scale=0.0, dtype=torch.float64)
    W[0, 1], W[0, 2] = 3 * W[0, 0], -W[0, 0] / 3
    samples = Samples(torch.ones(3, 7, dtype=torch.float64), torch.zeros(3, dtype=torch.float64))
    trained = train(W, V, samples, Settings(steps=1, learning_rate=1.0), runs)
    parameter = W[0].clone().requires_grad_()
    unit = parameter / parameter.norm(dim=1, keepdim=True)
    pairs = torch.ones(5, 5, dtype=torch.bool)
    pairs[:3, :3] = pairs[3, 3] = pairs[4, 4] = False
    k = (math.pi - torch.arccos((unit @ unit.T)[pairs])) / (2 * math.pi)
    ((k**2).sum() / 20).backward()
    # what is left of such a pair is rounding errors of size sqrt(eps) = 1.5e-8
    torch.testing.assert_close(W[0] - trained.W[0], parameter.grad, rtol=0, atol=1e-8)


BITS = {
    "sgd, regularised, odd": (33, 7, 1, 50, replace(SGD, batch=13), (0.0, 0.3, 1.0)),
    "momentum, outputs trained": (
        33,
        7,
        1,
        50,
        replace(OPTIMISERS["momentum"], learning_rate=0.01, train_output=True),
        (0.0, 0.1),
    ),
    "adam, blocks of units": (150, 12, 1, 40, replace(OPTIMISERS["adam"], batch=11), (0.0, 1.0)),
    "adam-keras, three outputs": (
        20,
        5,
        3,
        30,
        replace(OPTIMISERS["adam-keras"], train_output=True, batch=9),
        (0.0, 0.1),
    ),
    "cross-entropy": (
        33,
        7,
        3,
        30,
        replace(SGD, loss="cross-entropy", train_output=True, batch=8),
        (0.0, 0.1),
    ),
    "several blocks of samples": (40, 6, 1, 2300, replace(SGD, steps=5), (0.0, 0.1)),
    "one unit, one input": (1, 1, 1, 20, replace(SGD, train_output=True, batch=5), (0.0,)),
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("case", BITS)
def test_a_run_has_the_bits_of_the_same_run_alone(case: str, dtype: torch.dtype) -> None:
    n, d, c, m, settings, strengths = BITS[case]
    samples = problem(m, d, c, settings.loss, dtype)
    runs = Runs.grid(0, NAME, replicates=range(12), strengths=strengths)
    W, V = initial_weights(runs, n, d, c, W_scale=1.0, V_scale=0.2, dtype=dtype)
    trained = train(W, V, samples, settings, runs)
    for r in range(0, len(runs), 5):
        alone = Runs(0, NAME, runs.replicates[r : r + 1], runs.strengths[r : r + 1])
        single = train(W[r : r + 1], V[r : r + 1], samples, settings, alone)
        assert torch.equal(single.W[0], trained.W[r])
        assert torch.equal(single.V[0], trained.V[r])
    assert not trained.diverged.any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_bits_with_fresh_samples_and_a_teacher_for_every_seed(dtype: torch.dtype) -> None:
    seeds = (4, 0, 2)
    runs = Runs.grid(0, NAME, seeds, strengths=(0.0, 0.1, 1.0))
    W, V = initial_weights(runs, 33, 7, W_scale=0.5, dtype=dtype)
    teachers = Runs.grid(0, ("teacher",), replicates=range(5))
    teacher = Teacher(*initial_weights(teachers, 9, 7, W_scale=1.0, dtype=dtype))
    settings = Settings(steps=30, learning_rate=0.05, momentum=0.9, batch=15)
    trained = train(W, V, teacher, settings, runs)
    assert not torch.equal(trained.W[0], trained.W[1])
    for r in range(len(runs)):
        alone = Runs(0, NAME, runs.replicates[r : r + 1], runs.strengths[r : r + 1])
        single = train(W[r : r + 1], V[r : r + 1], teacher, settings, alone)
        assert torch.equal(single.W[0], trained.W[r])


def test_samples_of_every_seed() -> None:
    """A sample for every seed gives each run what training on that sample alone gives."""
    parts = [problem(20, 4, 1, "least squares", seed=s) for s in range(3)]
    stacked = Samples(torch.stack([p.X for p in parts]), torch.stack([p.y for p in parts]))
    runs = Runs.grid(0, NAME, replicates=(2, 1), strengths=(0.0, 1.0))
    W, V = initial_weights(runs, 5, 4, W_scale=1.0, dtype=torch.float64)
    for batch in (None, 6):
        settings = replace(SGD, batch=batch)
        trained = train(W, V, stacked, settings, runs)
        loss = evaluate(trained.W, trained.V, stacked, runs).loss
        for r, seed in enumerate(runs.replicates):
            alone = Runs(0, NAME, (seed,), runs.strengths[r : r + 1])
            single = train(W[r : r + 1], V[r : r + 1], parts[seed], settings, alone)
            assert torch.equal(single.W[0], trained.W[r])
            assert evaluate(single.W, single.V, parts[seed], alone).loss[0] == loss[r]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_fresh_samples_are_uniform_on_the_sphere(dtype: torch.dtype) -> None:
    d, b = 3, 20000
    runs = Runs.grid(0, NAME, replicates=(0, 1))
    teacher = Teacher(*(T[0] for T in initial_weights(runs, 4, d, W_scale=1.0, dtype=dtype)))
    batches = open_batches(teacher, runs, b)
    batches.draw(0)
    X, y = batches.X.clone(), batches.y.clone()
    assert not torch.equal(X[0], X[1])
    eps = torch.finfo(dtype).eps
    torch.testing.assert_close(X.norm(dim=2), torch.ones(2, b, dtype=dtype), rtol=4 * eps, atol=0)
    expected = (X @ teacher.W.T).relu() @ teacher.V.T
    torch.testing.assert_close(y, expected.transpose(1, 2), rtol=0, atol=16 * eps)
    # In three dimensions a coordinate is uniform on (-1, 1) (Archimedes), and two are
    # uncorrelated: Kolmogorov's distance stays below 1.95 / sqrt(N) with probability .999.
    for column in X.double().reshape(-1, d).T:
        ranks = (torch.arange(2 * b) + 0.5) / (2 * b)
        distance = ((column.sort().values + 1) / 2 - ranks).abs().max()
        assert distance < 1.95 / math.sqrt(2 * b)
    moment = X.double().reshape(-1, d).T @ X.double().reshape(-1, d) / (2 * b)
    # E x_1^2 x_2^2 = 1/15 in three dimensions; four standard deviations
    off = moment - torch.diag(moment.diagonal())
    assert off.abs().max() < 4 / math.sqrt(15 * 2 * b)
    # A step depends on nothing but its number.
    batches.draw(1)
    second = batches.X.clone()
    again = open_batches(teacher, runs, b)
    again.draw(1)
    assert torch.equal(again.X, second)
    assert not torch.equal(second, X)
    again.draw(0)
    assert torch.equal(again.X, X)


def test_runs_of_a_seed_share_weights_and_others_do_not() -> None:
    runs = Runs.grid(0, NAME, replicates=(0, 1), strengths=(0.0, 1.0))
    W, V = initial_weights(runs, 50, 40, 2, W_scale=0.5)
    assert W.dtype == torch.float32
    assert (W.shape, V.shape) == ((4, 50, 40), (4, 2, 50))
    assert torch.equal(W[0], W[1])
    assert torch.equal(V[2], V[3])
    assert not torch.equal(W[0], W[2])
    assert set(V.unique().tolist()) == {-1.0, 1.0}
    # 4000 independent entries; five standard deviations
    assert abs(float(W[::2].std()) / 0.5 - 1) < 5 / math.sqrt(2 * 4000)
    other = initial_weights(Runs.grid(0, ("other",), replicates=(0,)), 50, 40, W_scale=0.5)[0]
    assert not torch.equal(other[0], W[0])


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_chunks_hold_every_run_once_and_fit_together(limit: int) -> None:
    rng = np.random.default_rng(limit)
    for _ in range(50):
        R = int(rng.integers(1, 30))
        source = rng.integers(0, 6, R).tolist()
        regularised = rng.integers(0, 2, R).astype(bool).tolist()
        order, chunks = _chunks(source, regularised, limit)
        assert sorted(order) == list(range(R))
        assert [r for chunk in chunks for r in order[chunk]] == order
        for chunk in chunks:
            runs = order[chunk]
            assert 1 <= len(runs) <= limit
            assert len({regularised[r] for r in runs}) == 1
            seen = [source[r] for r in runs]
            assert seen in ([seen[0]] * len(runs), list(range(seen[0], seen[0] + len(runs))))


def test_evaluate_against_one_network_after_the_other() -> None:
    rng = np.random.default_rng(0)
    m, n, d, c = 70000, 10, 3, 4  # more samples than fit in a block
    X = torch.from_numpy(rng.standard_normal((m, d)))
    labels = torch.from_numpy(rng.integers(0, c, m))
    targets = torch.nn.functional.one_hot(labels, c).double()
    runs = Runs.grid(0, NAME, replicates=(0, 1))
    W, V = initial_weights(runs, n, d, c, W_scale=1.0, V_scale=1.0, dtype=torch.float64)
    entropy = evaluate(W, V, Samples(X, labels), runs, "cross-entropy")
    squares = evaluate(W, V, Samples(X, targets), runs)
    scalar = evaluate(W, V[:, :1], Samples(X, targets[:, 0]), runs)
    for r in range(2):
        F = (X @ W[r].T).relu() @ V[r].T
        wrong = float((F.argmax(1) != labels).double().mean())
        assert entropy.error[r] == squares.error[r] == pytest.approx(wrong, rel=1e-14)
        # sums of 7e4 terms in another order
        assert entropy.loss[r] == pytest.approx(float(cross_entropy(F, labels)), rel=1e-12)
        expected = float((F - targets).square().sum()) / (2 * m)
        assert squares.loss[r] == pytest.approx(expected, rel=1e-12)
        expected = float((F[:, 0] - targets[:, 0]).square().sum()) / (2 * m)
        assert scalar.loss[r] == pytest.approx(expected, rel=1e-12)
    assert np.isnan(scalar.error).all()


def test_measuring_changes_no_bit_and_sees_the_steps_asked_for() -> None:
    samples = problem(30, 4, 1, "least squares")
    runs = Runs.grid(0, NAME, replicates=(1, 0), strengths=(1.0, 0.0))
    W, V = initial_weights(runs, 5, 4, W_scale=1.0, dtype=torch.float64)
    settings = replace(SGD, batch=7, momentum=0.5)

    def measure(W: Tensor, V: Tensor) -> dict[str, np.ndarray]:
        result = {"loss": evaluate(W, V, samples, runs).loss, "W": W.numpy().copy()}
        W.zero_()  # a careless hook spoils only its own copy
        return result

    plain = train(W, V, samples, settings, runs)
    measured = train(W, V, samples, settings, runs, measure=measure, measure_at=(25, 0, 10))
    assert torch.equal(plain.W, measured.W)
    assert measured.measured_at.tolist() == [0, 10, 25]
    assert measured.measured["loss"].shape == (3, 4)
    at_10 = train(W, V, samples, replace(settings, steps=10), runs).W
    for seen, expected in zip(measured.measured["W"], (W, at_10, plain.W), strict=True):
        assert np.array_equal(seen, expected.numpy())


def test_a_diverged_run_is_reported_and_leaves_the_others_alone() -> None:
    samples = problem(30, 4, 1, "least squares", torch.float32)
    runs = Runs.grid(0, NAME, replicates=(0, 1, 2))
    W, V = initial_weights(runs, 5, 4, W_scale=1.0)
    V[1] *= 1e30
    trained = train(W, V, samples, SGD, runs)
    assert trained.diverged.tolist() == [False, True, False]
    result = evaluate(trained.W, trained.V, samples, runs)
    assert np.isfinite(result.loss).tolist() == [True, False, True]


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import torch
torch.set_num_threads(1)
from test_training import interrupted
interrupted(Path(sys.argv[2]))
"""


def interrupted(checkpoint: Path | None) -> tuple[Tensor, Tensor, dict[str, np.ndarray]]:
    """Train long enough to be killed on the way."""
    teacher = Teacher(
        *initial_weights(Runs.grid(0, ("teacher",), replicates=range(2)), 8, 10, W_scale=1.0)
    )
    runs = Runs.grid(0, NAME, replicates=(0, 1), strengths=(0.0, 0.1))
    W, V = initial_weights(runs, 12, 10, W_scale=0.3)
    settings = Settings(
        steps=2000,
        learning_rate=1e-3,
        optimiser="adam",
        batch=20,
        train_output=True,
        decay_at=(1000,),
    )
    trained = train(
        W,
        V,
        teacher,
        settings,
        runs,
        measure=lambda W, V: {"norm": W.norm(dim=(1, 2)).numpy()},
        measure_at=range(0, 2001, 20),
        checkpoint=checkpoint,
        checkpoint_seconds=0.02,
    )
    return trained.W, trained.V, trained.measured


def test_a_killed_training_resumes_to_the_same_bits(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.npz"
    arguments = [sys.executable, "-c", CHILD, str(Path(__file__).parent), str(checkpoint)]
    child = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not checkpoint.exists() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    with np.load(checkpoint) as file:
        assert 0 < file["step"] < 2000
    resumed = interrupted(checkpoint)
    whole = interrupted(None)
    assert torch.equal(resumed[0], whole[0])
    assert torch.equal(resumed[1], whole[1])
    assert np.array_equal(resumed[2]["norm"], whole[2]["norm"])
    assert len(whole[2]["norm"]) == 101
    # Done is done: nothing is left to train.
    again = interrupted(checkpoint)
    assert torch.equal(again[0], whole[0])


def test_checkpoints_of_something_else_or_damaged_are_left_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = tmp_path / "checkpoint.npz"
    samples = problem(30, 4, 1, "least squares")
    runs = Runs.grid(0, NAME, replicates=(0, 1))
    W, V = initial_weights(runs, 5, 4, W_scale=1.0, dtype=torch.float64)
    right = train(W, V, samples, SGD, runs, checkpoint=checkpoint)
    whole = checkpoint.read_bytes()
    others = (
        (W + 1, V, samples, SGD, runs),
        (W, V, replace(samples, y=samples.y + 1), SGD, runs),
        (W, V, samples, replace(SGD, learning_rate=0.2), runs),
        (W, V, samples, SGD, replace(runs, strengths=(0.0, 1.0))),
    )
    for other in others:
        checkpoint.write_bytes(whole)
        capsys.readouterr()
        resumed = train(*other, checkpoint=checkpoint)
        assert "checkpoint of other code or arguments, starting anew" in capsys.readouterr().out
        assert torch.equal(resumed.W, train(*other).W)
    flipped = bytearray(whole)
    flipped[whole.index(b"W.npy") + 200] ^= 1
    for damaged in (b"", whole[:100], whole[: len(whole) // 2], whole[:-1], b"x" * 100, flipped):
        checkpoint.write_bytes(damaged)
        capsys.readouterr()
        resumed = train(W, V, samples, SGD, runs, checkpoint=checkpoint)
        assert "damaged checkpoint, starting anew" in capsys.readouterr().out
        assert torch.equal(resumed.W, right.W)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_a_checkpoint_of_other_code_is_left_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = problem(30, 4, 1, "least squares")
    runs = Runs.grid(0, NAME, replicates=(0,))
    W, V = initial_weights(runs, 5, 4, W_scale=1.0, dtype=torch.float64)
    train(W, V, samples, SGD, runs, checkpoint=tmp_path / "checkpoint.npz")
    edited = tmp_path / "training"
    shutil.copytree(Path(stack.__file__).parent, edited)
    with (edited / "gradient.py").open("a", encoding="utf-8") as file:
        file.write("# An edit.\n")
    monkeypatch.setattr(stack, "__file__", str(edited / "stack.py"))
    capsys.readouterr()
    train(W, V, samples, SGD, runs, checkpoint=tmp_path / "checkpoint.npz")
    assert "checkpoint of other code" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"optimiser": "adagrad"}, "optimiser"),
        ({"loss": "hinge"}, "loss"),
        ({"learning_rate": -0.1}, "learning_rate"),
        ({"learning_rate": math.nan}, "learning_rate"),
        ({"momentum": 1.0}, "momentum"),
        ({"momentum": 0.9, "optimiser": "adam"}, "momentum"),
        ({"betas": (0.9, 1.0)}, "betas"),
        ({"epsilon": 0.0}, "epsilon"),
        ({"steps": 0}, "steps"),
        ({"batch": 0}, "batch"),
        ({"decay_at": (5, 3)}, "decay_at"),
        ({"decay": 0.0}, "decay"),
    ],
)
def test_settings_name_what_is_wrong(changed: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named}:"):
        replace(SGD, **changed)


@pytest.mark.parametrize("strength", [-1.0, math.nan, math.inf])
def test_strengths_are_finite_and_not_negative(strength: float) -> None:
    with pytest.raises(ValueError, match=r"^strengths:"):
        Runs.grid(0, NAME, replicates=(0,), strengths=(strength,))


def test_arguments_that_do_not_fit_are_named() -> None:
    samples = problem(30, 4, 1, "least squares")
    labels = problem(30, 4, 3, "cross-entropy")
    runs = Runs.grid(0, NAME, replicates=(0, 1))
    W, V = initial_weights(runs, 5, 4, W_scale=1.0, dtype=torch.float64)
    W_3, V_3 = initial_weights(runs, 5, 4, 3, W_scale=1.0, dtype=torch.float64)
    zero_row = W.clone()
    zero_row[1, 2] = 0
    regularised = Runs.grid(0, NAME, (0, 1), (1.0,))
    entropy = replace(SGD, loss="cross-entropy")
    cases = [
        ("W", lambda: train(W[0], V, samples, SGD, runs)),
        ("W", lambda: train(W * math.nan, V, samples, SGD, runs)),
        ("W", lambda: train(zero_row, V, samples, SGD, regularised)),
        ("V", lambda: train(W, V[:, :, 1:], samples, SGD, runs)),
        ("V", lambda: train(W, V.float(), samples, SGD, runs)),
        ("runs", lambda: train(W[:1], V[:1], samples, SGD, runs)),
        ("data", lambda: train(W[:, :, 1:], V, samples, SGD, runs)),
        ("data", lambda: train(W_3, V_3, samples, SGD, runs)),
        ("loss", lambda: train(W_3, V_3, labels, SGD, runs)),
        ("loss", lambda: train(W, V, samples, entropy, runs)),
        ("loss", lambda: train(W, V, Teacher(W[0], V[0]), entropy, runs)),
        ("y", lambda: train(W_3[:, :, :], V_3[:, :2], labels, entropy, runs)),
        ("batch", lambda: train(W, V, samples, replace(SGD, batch=31), runs)),
        ("batch", lambda: train(W, V, Teacher(W[0], V[0]), SGD, runs)),
        ("replicates", lambda: train(W, V, Teacher(W, V), SGD, replace(runs, replicates=(0, 2)))),
        ("strengths", lambda: train(W[:, :1], V[:, :, :1], samples, SGD, regularised)),
        ("measure_at", lambda: train(W, V, samples, SGD, runs, measure_at=(1,))),
        ("replicates", lambda: Runs(0, NAME, (-1,), (0.0,))),
        ("replicates and strengths", lambda: Runs(0, NAME, (1,), ())),
        ("X", lambda: Samples(samples.X[0], samples.y)),
        ("X", lambda: Samples(samples.X * math.inf, samples.y)),
        ("y", lambda: Samples(samples.X, samples.y[1:])),
        ("y", lambda: Samples(samples.X, samples.y.float())),
    ]
    for named, call in cases:
        with pytest.raises(ValueError, match=f"^{named}:"):
            call()


def test_discrepancies_are_those_of_each_run():
    W = torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(0))
    W[1, 2, 3] = torch.nan
    trained = Trained(W, W[:, :1, :], np.array([False, True, False]), np.array([]), {})
    first, second, third = discrepancies(trained)
    assert first == l2_discrepancy_squared(W[0].double().numpy())
    assert np.isnan(second)
    assert third == l2_discrepancy_squared(W[2].double().numpy())


def test_each_strength_has_a_control_with_its_initial_weights():
    runs = Runs.with_control(0, NAME, [0.1, 1])
    assert runs.replicates == (0, 1, 0, 1)
    assert runs.strengths == (0.1, 1.0, 0.0, 0.0)
    W, V = initial_weights(runs, 5, 4, W_scale=1.0)
    assert torch.equal(W[:2], W[2:])
    assert torch.equal(V[:2], V[2:])
    assert not torch.equal(W[0], W[1])


def test_a_regulariser_that_does_nothing_wins_nothing():
    # The two arms of an idle regulariser are the same runs, whichever of them is chosen.
    runs = Runs.with_control(0, NAME, [1e-30, 2e-30, 3e-30])
    W, V = initial_weights(runs, 5, 4, W_scale=1.0)
    X = torch.randn(20, 4, generator=torch.Generator().manual_seed(0))
    settings = Settings(steps=5, learning_rate=0.1, batch=10)
    trained = train(W, V, Samples(X, X[:, 0].abs()), settings, runs)
    torch.testing.assert_close(trained.W[:3], trained.W[3:], rtol=0, atol=1e-6)
