"""One-dimensional networks on an interval against quadrature, autograd and exact arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from scipy import integrate

from landscape.affine.target_relu import AffineTarget, Network
from landscape.certify import exact_inertia

UNIT = AffineTarget(1, 0, 0, 1)
SKEW = AffineTarget(Fraction(-17, 10), Fraction(1, 3), Fraction(-1, 2), 2)
TARGETS = [
    UNIT,
    SKEW,
    AffineTarget(Fraction(3, 2), 1, -3, -1),
    AffineTarget(1, 0, 0, 1, leak=Fraction(1, 10)),
]


def network_with_kinks_inside(target, seed, N=4):
    """Return a float network with most kinks inside the interval."""
    rng = np.random.default_rng(seed)
    w, v = rng.standard_normal((2, N))
    kinks = rng.uniform(float(target.T0) - 0.3, float(target.T1) + 0.3, N)
    return Network(w, -w * kinks, v, rng.standard_normal())


def exactly(network):
    return Network(*(np.vectorize(Fraction, otypes=[object])(part) for part in network))


def flat(network):
    return np.concatenate([*network[:3], np.atleast_1d(network.c)])


def unflat(theta):
    return Network(*np.split(theta[:-1], 3), theta[-1])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("seed", range(3))
def test_loss_is_the_integral(target, seed):
    network = network_with_kinks_inside(target, seed)

    def squared(x):
        z = network.w * x + network.b
        f = network.c + network.v @ np.maximum(z, float(target.leak) * z)
        return (f - float(target.alpha) * x - float(target.beta)) ** 2

    ends = float(target.T0), float(target.T1)
    kinks = [k for k in -network.b / network.w if ends[0] < k < ends[1]]
    expected = integrate.quad(squared, *ends, points=kinks)[0]
    assert target.loss(network) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("target", TARGETS)
def test_gradient_is_that_of_autograd(target):
    network = network_with_kinks_inside(target, 5)
    T0, T1 = float(target.T0), float(target.T1)
    inside = sorted(k for k in -network.b / network.w if T0 < k < T1)
    # Two Gauss points a piece integrate a cubic; the pieces may be frozen, for the integrand is
    # continuous at their ends.
    ends = np.array([T0, *inside, T1])
    nodes, weights = np.polynomial.legendre.leggauss(2)
    x = torch.tensor((ends[:-1, None] + np.diff(ends)[:, None] * (nodes + 1) / 2).ravel())
    mass = torch.tensor((np.diff(ends)[:, None] * weights / 2).ravel())
    theta = torch.tensor(flat(network), requires_grad=True)
    w, b, v = theta[:-1].reshape(3, -1)
    z = x[:, None] * w + b
    f = theta[-1] + torch.nn.functional.leaky_relu(z, float(target.leak)) @ v
    (mass * (f - float(target.alpha) * x - float(target.beta)) ** 2).sum().backward()
    np.testing.assert_allclose(flat(target.gradient(network)), theta.grad, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("seed", range(3))
def test_hessian_is_the_difference_quotient_of_the_gradient(target, seed):
    theta = flat(exactly(network_with_kinks_inside(target, 10 + seed, N=3)))
    # Exact arithmetic leaves the error of the quotient alone, which is of second order.
    step = Fraction(1, 10**9)
    columns = []
    for i in range(len(theta)):
        move = np.zeros(len(theta), dtype=object)
        move[i] = step
        up, down = (flat(target.gradient(unflat(theta + s * move))) for s in (1, -1))
        columns.append((up - down) / (2 * step))
    found = target.hessian(unflat(theta))
    assert (found == found.T).all()
    np.testing.assert_allclose(found.astype(float), np.array(columns, dtype=float), atol=1e-12)


def test_floats_and_fractions_agree_and_a_stack_is_its_members():
    networks = [network_with_kinks_inside(SKEW, seed) for seed in range(4)]
    stack = Network(*(np.stack(parts) for parts in zip(*networks, strict=True)))
    losses, hessians = SKEW.loss(stack), SKEW.hessian(stack)
    gradient = SKEW.gradient(stack)
    for i, network in enumerate(networks):
        exact = exactly(network)
        assert isinstance(SKEW.loss(exact), Fraction)
        assert losses[i] == pytest.approx(float(SKEW.loss(exact)), rel=1e-13)
        np.testing.assert_allclose(hessians[i], SKEW.hessian(exact).astype(float), atol=1e-12)
        one = flat(Network(*(part[i] for part in gradient)))
        expected = flat(SKEW.gradient(exact)).astype(float)
        np.testing.assert_allclose(one, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("target", TARGETS[:3])
@pytest.mark.parametrize("n", [0, 2, 4, 6])
def test_a_critical_point_is_critical_at_its_level(target, n):
    point = target.critical_point(n, dead=1)
    assert all(np.all(part == 0) for part in target.gradient(point))
    assert target.loss(point) == target.critical_levels(7)[n]
    negative, _, positive = exact_inertia(target.hessian(point))
    # One descent direction a kink, found for these; a theorem only says that there is one.
    assert (negative, positive) == (n, n + 1)
    assert target.classify(point) == ("saddle" if n else "local minimum")


def test_levels_of_the_unit_interval():
    assert UNIT.critical_levels(7) == {
        0: Fraction(1, 12),
        2: Fraction(1, 972),
        4: Fraction(1, 7500),
        6: Fraction(1, 28812),
    }
    assert UNIT.critical_levels(1) == {0: Fraction(1, 12)}


def test_types_of_neurons():
    w = [0, 1, -1, 1, -1, 0, 0, 1, -1, 1, 2]
    b = [-1, -2, -1, -1, 0, 0, 3, 0, 1, 5, -1]
    expected = ["inactive", "inactive", "inactive", "semi-inactive", "semi-inactive", "degenerate"]
    expected += ["semi-active", *["type-1-active"] * 3, "type-2-active"]
    assert UNIT.neuron_types(w, b).tolist() == expected
    assert UNIT.neuron_types(np.array(w, float), np.array(b, float)).tolist() == expected


@pytest.mark.parametrize(
    ("neuron", "kind"),
    [
        ((1, -2, 5), "local minimum"),
        ((-1, 0, 1), "local minimum"),  # semi-inactive at T0, pushes the wrong way
        ((1, -1, -1), "local minimum"),  # the same at T1
        ((-1, 0, -1), "saddle"),
        ((1, -1, 1), "saddle"),
        ((1, -1, 0), "saddle"),
        ((0, 0, 0), "saddle"),
        ((0, 1, 0), "saddle"),
        ((0, 0, 1), "not critical"),
        ((0, 1, 1), "not critical"),
        ((1, 1, 0), "not critical"),
    ],
)
def test_one_neuron_at_a_constant(neuron, kind):
    w, b, v = neuron
    target = AffineTarget(1, 0, 0, 1)
    constant = Fraction(1, 2) - (v * b if kind == "not critical" and w == 0 else 0)
    network = Network([w], [b], [v], constant)
    assert target.classify(network) == kind
    # Some of 3000 perturbations of each size find a lower loss, exactly where there is one.
    rng = np.random.default_rng(0)
    theta = np.array([w, b, v, float(constant)], dtype=float)
    lower = []
    for radius in (1e-1, 1e-2):
        points = theta + radius * rng.uniform(-1, 1, (3000, 4))
        stack = Network(points[:, :1], points[:, 1:2], points[:, 2:3], points[:, 3])
        lower.append((target.loss(stack) < 1 / 12 - 1e-15).any())
    assert lower == [kind != "local minimum"] * 2


def test_an_interpolating_network_is_a_global_minimum():
    assert UNIT.classify(Network([2], [1], [Fraction(1, 2)], Fraction(-1, 2))) == "global minimum"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: AffineTarget(0, 1, 0, 1), "alpha: expected a number other than 0"),
        (lambda: AffineTarget(1, np.nan, 0, 1), "beta: expected a finite number"),
        (lambda: AffineTarget(1, 0, 1, 1), "T0: expected a number below T1 = 1, got 1"),
        (lambda: AffineTarget(1, 0, 0, 1, leak=1), "leak: expected a number from 0 to below 1"),
        (lambda: UNIT.critical_levels(0), "N: expected at least 1"),
        (lambda: UNIT.critical_point(3), "n: critical points have 0 or an even number"),
        (lambda: UNIT.critical_point(0), "dead: expected at least 1"),
        (lambda: UNIT.critical_point(2, [[1], [2]]), "shares: expected 2 sequences"),
        (lambda: TARGETS[3].critical_levels(2), "leak: the classification is that of the ReLU"),
        (lambda: UNIT.loss(Network([1], [1, 2], [1], 0)), r"b: expected shape \(1,\)"),
        (lambda: UNIT.loss(Network([], [], [], 0)), "w: expected shape"),
        (lambda: UNIT.neuron_types([], []), "w: expected shape"),
        (lambda: UNIT.neuron_types([1], [1, 2]), "b: expected shape"),
        (lambda: UNIT.loss(Network([1], [np.nan], [1], 0)), "b: expected finite numbers"),
        (lambda: UNIT.classify(Network([1.0], [1], [1], 0)), "int and Fraction only"),
        (lambda: UNIT.classify(Network([[1]], [[1]], [[1]], [0])), "expected one network"),
        (lambda: UNIT.hessian(Network([1], [0], [1], 0)), "not twice differentiable"),
        (lambda: UNIT.hessian(Network([0], [0], [1], 0)), "not twice differentiable"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
