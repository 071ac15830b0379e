"""Every certificate against its negation: what it denies is searched for, in exact arithmetic."""

from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from landscape import enclosures
from landscape.affine.piecewise import ACTIVATIONS, loss
from landscape.affine.segment import affine_minimum, best_affine, certify_spurious
from landscape.certify import (
    certify_ball,
    certify_bottleneck,
    certify_bottleneck_minimum,
    certify_linear,
    certify_minimum,
    exact_critical_point,
    exact_data,
    exact_gradient,
    exact_hessian,
    exact_loss,
    verify_certificate,
    verify_minimum,
)
from landscape.certify.bottleneck_minimum import _derivatives
from landscape.certify.counterexamples import CENTRES, exact_value
from landscape.linear.composite import Composite
from landscape.losses import LOSSES, Risk, random_data
from landscape.relu.cones import certify_in_cone
from landscape.relu.cones import hessian as cone_hessian
from landscape.relu.cones import loss as cone_loss

seeds = st.integers(0, 2**32 - 1)


def examples(count):
    """Draw so many examples, the same ones on every run."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )


# ---- population minima ---------------------------------------------------------------------------


def spurious():
    """The minimum of k = n = 7 (Safran & Shamir's)."""
    W = np.full((7, 7), -0.0350801559)
    np.fill_diagonal(W, 0.9969227988)
    W[0, 1:], W[1:, 0], W[0, 0] = 0.1859910463, 0.2616910758, -0.6327039049
    return W


def loss_and_gradient(W, V):
    rows = [*enclosures.ball_matrix(W).tolist(), *enclosures.ball_matrix(V).tolist()]
    value, slope = verify_minimum._loss_and_gradient(flint.arb_mat(rows), len(W))
    return value, slope.entries()


@examples(12)
@given(st.data())
def test_a_proved_minimum_is_strongly_convex_and_has_its_loss(tmp_path_factory, data):
    d = data.draw(st.sampled_from([7, 8, 10]))
    rng = np.random.default_rng(data.draw(seeds))
    Q = np.linalg.qr(rng.standard_normal((d, d)))[0] if data.draw(st.booleans()) else np.eye(d)
    power = data.draw(st.sampled_from([0, 0, -300, -40, 40, 300]))
    noise = data.draw(st.sampled_from([0.0, 1e-12, 1e-7, 1e-4]))
    W = (spurious() + noise * rng.standard_normal((7, 7)))[rng.permutation(7)] @ Q[:7]
    W, V = np.ldexp(W, power), np.ldexp(Q[:7], power)
    options = {"within": np.ldexp(1e-5, power), "radius": np.ldexp(1e-9, power)}
    certificate = certify_minimum(W, V, **options)
    path = tmp_path_factory.mktemp("certificate") / "c.json"
    certificate.save(path)
    assert bool(verify_certificate(path)) == certificate.proved == (noise < 1e-5)
    if not certificate.proved:
        return
    centre, m = np.array(certificate.centre), certificate.min_eigenvalue
    with flint.ctx.workprec(256):
        points = [centre + certificate.radius * rng.uniform(-0.9, 0.9, centre.shape) for _ in "ab"]
        (first, slope), (second, other) = (loss_and_gradient(W, V) for W in points)
        step = [
            enclosures.ball(p) - enclosures.ball(q)
            for p, q in zip(points[0].ravel(), points[1].ravel(), strict=True)
        ]
        bend = enclosures.dot([p - q for p, q in zip(slope, other, strict=True)], step)
        assert not enclosures.less(bend, enclosures.ball(m) * enclosures.dot(step, step))
        low, high = (enclosures.ball(end) for end in certificate.loss)
        for value in (first, second):
            assert not enclosures.less(value, low)
        assert not enclosures.less(loss_and_gradient(centre, V)[0], low)
        assert not enclosures.less(high, loss_and_gradient(centre, V)[0])


@examples(6)
@given(seeds, st.sampled_from(["logistic", "exponential"]), st.sampled_from([1e-9, 1e-4]))
def test_no_point_of_the_box_is_below_a_proved_bottleneck_minimum(seed, name, radius):
    rng = np.random.default_rng(seed)
    risk = Risk(LOSSES[name], *random_data(LOSSES[name], rng, 3, 2, 30, 0.7))
    F = Composite(risk, [1])
    W_1, W_2 = F.layers(F.balanced(F.minimize(rng.normal(size=F.size))))
    proof = certify_bottleneck_minimum(name, F.f.X, F.f.Y, W_1[0], W_2[:, 0], radius)
    if not proof.proved:
        return
    theta = np.concatenate([W_1[0], W_2[:, 0]])
    with flint.ctx.workprec(enclosures.PRECISION):
        for _ in range(5):
            moved = theta + radius * rng.uniform(-0.9, 0.9, theta.shape)
            moved[np.abs(theta).argmax()] = theta[np.abs(theta).argmax()]
            value = _derivatives(name, F.f.X, F.f.Y, enclosures.balls(moved))[0]
            assert not enclosures.less(value, enclosures.ball(proof.low))
        value = _derivatives(name, F.f.X, F.f.Y, enclosures.balls(theta))[0]
        assert not enclosures.less(value, enclosures.ball(proof.low))
        # The minimum is no higher than the middle.
        assert not enclosures.less(enclosures.ball(proof.high), value)


# ---- linear networks -----------------------------------------------------------------------------


def small(rng, *shape):
    return rng.integers(-2, 3, shape).astype(object)


def moves(rng, layers, count):
    """Return small rational steps of all layers."""
    for _ in range(count):
        size = Fraction(1, int(rng.choice([4, 64, 4096])))
        yield [w + size * small(rng, *w.shape) for w in layers]


@examples(40)
@given(seeds, st.sampled_from([0, 0, 300, -300]))
def test_a_linear_certificate_is_what_exact_moves_show(seed, power):
    rng = np.random.default_rng(seed)
    scale = Fraction(2) ** power
    if rng.random() < 0.7:
        data = exact_data(rng, 3, 2, 4, [2, 1][: rng.integers(1, 3)])
        hidden = [(2, 3), (2,), (3, 2)][rng.integers(3)]
        positive = sum(value > 0 for value in data.eigenvalues)
        S = [i for i in range(positive) if rng.random() < 0.5]
        made = exact_critical_point(rng, data, hidden, S, int(rng.integers(2, len(hidden) + 2)))
        X, Y, W = data.X, data.Y, made.W
    else:
        X, Y, W = small(rng, 2, 3), small(rng, 2, 3), [small(rng, 2, 2), small(rng, 2, 2)]
        X[:, 0], W[0][1] = X[:, 1], 0 * W[0][0]
    X, Y = scale * X, scale * Y
    certificate = certify_linear(X, Y, W)
    here, slopes = exact_loss(X, Y, W), exact_gradient(X, Y, W)
    assert certificate.loss == here
    assert certificate.critical == all(not slope.any() for slope in slopes)
    if not certificate.critical:
        t = Fraction(1, 2)
        while not (exact_loss(X, Y, [w - t * g for w, g in zip(W, slopes, strict=True)]) < here):
            t /= 16
            assert t > Fraction(1, 2**2000)
        return
    curvature = exact_hessian(X, Y, W)
    vectors = np.linalg.eigh((curvature / max(abs(curvature).max(), 1)).astype(float))[1]
    tried = [np.array([Fraction(float(t)) for t in v], dtype=object) for v in vectors.T]
    bends = [v @ curvature @ v for v in tried]
    if certificate.inertia[0] == 0:
        assert min(bends) >= -abs(curvature).max() * Fraction(1, 10**12)
    else:
        assert min(bends) < 0
    if certificate.kind == "global_minimizer":
        for moved in moves(rng, W, 20):
            assert exact_loss(X, Y, moved) >= here
        # Nor is a point of another kind lower.
        assert exact_loss(X, Y, [0 * w for w in W]) >= here
    elif certificate.kind == "strict_saddle":
        assert certificate.inertia[0] > 0
    else:
        assert certificate.inertia[0] == 0


@examples(30)
@given(seeds)
def test_a_certificate_in_a_cone_is_what_exact_moves_show(seed):
    rng = np.random.default_rng(seed)
    X = small(rng, 2, 3)
    X[:, 2] = X[:, 1]
    A1, A2 = small(rng, 2, 2), small(rng, 2, 2)
    if rng.random() < 0.3:
        A1[1] = -A1[0]
    hidden = A1 @ X
    Y = A2 @ np.where(hidden > 0, hidden, 0) + (small(rng, 2, 3) if rng.random() < 0.4 else 0)
    units = ((A1 @ X) > 0).any(axis=1)
    if (A1 @ X == 0).any() or (((A1 @ X) > 0)[units] != ((A1 @ X) > 0)[units][:1]).any():
        with pytest.raises(ValueError, match="interior of a cone"):
            certify_in_cone(X, Y, A1, A2)
        return
    certificate = certify_in_cone(X, Y, A1, A2)
    here = cone_loss(X, Y, A1, A2)
    assert certificate.loss == here
    assert certificate.squared_radius > 0
    for P1, P2 in moves(rng, [A1, A2], 20):
        if ((P1 - A1) ** 2).sum() < certificate.squared_radius:
            moved = cone_loss(X, Y, P1, P2)
            if certificate.kind == "local_minimum":
                assert moved >= here
            if certificate.kind == "flat":
                assert moved == here
    curvature = cone_hessian(X, Y, A1, A2)
    if certificate.kind == "saddle":
        assert certificate.inertia[0] > 0
    for v in np.eye(len(curvature), dtype=int).astype(object):
        if v @ curvature @ v < 0:
            assert certificate.inertia[0] > 0


# ---- counterexamples and affine segments ---------------------------------------------------------


@examples(40)
@given(st.sampled_from(sorted(CENTRES)), st.fractions(Fraction(1, 50), Fraction(7, 10)), seeds)
def test_no_point_of_a_ball_is_below_its_bound(example, radius, seed):
    ball = certify_ball(example, radius)
    assert ball.attained == exact_value(example, ball.point)
    assert ball.lower is None or ball.lower <= ball.attained
    assert ball.lower is not None or ball.attained < 0
    rng = np.random.default_rng(seed)
    for _ in range(20):
        point = []
        for centre in CENTRES[example]:
            corner = rng.random() < 0.5
            steps = (
                rng.choice([-8, 8], centre.shape) if corner else rng.integers(-8, 9, centre.shape)
            )
            point.append(centre + steps.astype(object) * radius / 8)
        assert ball.lower is None or exact_value(example, point) >= ball.lower


@examples(20)
@given(st.fractions(Fraction(1, 10), 6), seeds)
def test_a_bottleneck_is_a_minimum_where_no_exact_move_is_lower(weight, seed):
    found = certify_bottleneck(weight)

    def value(a, b, c, d):
        off = (a * d) ** 2 + (b * c) ** 2
        return (a * c - 1) ** 2 + (b * d - 2) ** 2 + weight * off

    rng = np.random.default_rng(seed)
    assert found.minimum == (weight > 2)
    assert found.minimum or found.near < 4
    for _ in range(20):
        step = [Fraction(int(t), 10**4) for t in rng.integers(-9, 10, 4)]
        moved = value(1 + step[0], step[1], 1 + step[2], step[3])
        assert moved >= 4 or not found.minimum or weight < Fraction(201, 100)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_no_exact_move_is_below_a_spurious_minimum(name):
    rng = np.random.default_rng(0)
    X, y = small(rng, 1, 5), small(rng, 5)
    X[0] = [-2, -1, 0, 1, 2]
    layers = affine_minimum(rng, X, y, [2, 2], ACTIVATIONS[name])
    found = certify_spurious(layers, layers, X, y, ACTIVATIONS[name])
    assert not found.proved  # the network is no better than itself
    assert found.loss == found.affine_loss == best_affine(X, y)[2]
    assert found.radius > 0
    for _ in range(20):
        moved = [
            tuple(part + found.radius * small(rng, *part.shape) / 2 for part in pair)
            for pair in layers
        ]
        assert np.asarray(loss(moved, X, y, ACTIVATIONS[name])).item() >= found.loss
