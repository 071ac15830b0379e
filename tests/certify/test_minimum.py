import json
import re

import numpy as np
import pytest
from flint import arb_mat, ctx

from landscape import population
from landscape.certify import certify_minimum, minimum, verify_certificate, verify_minimum


@pytest.fixture(scope="module")
def point():
    """The minimum of k = n = 7 (Safran & Shamir's)."""
    W = np.full((7, 7), -0.0350801559)
    np.fill_diagonal(W, 0.9969227988)
    W[0, 1:], W[1:, 0], W[0, 0] = 0.1859910463, 0.2616910758, -0.6327039049
    return W


@pytest.fixture
def stored(point, tmp_path):
    path = tmp_path / "minimum.json"
    certify_minimum(point, np.eye(7)).save(path)
    return path


def middles(matrix):
    return np.array([[float(x.mid()) for x in row] for row in matrix.tolist()])


def test_both_sets_of_formulae_are_those_in_floats():
    rng = np.random.default_rng(0)
    W, V = rng.standard_normal((4, 5)), rng.standard_normal((3, 5))
    slope, curvature = population.gradient(W, V), population.hessian(W, V)
    with ctx.workprec(128):
        students, teachers = arb_mat(W.tolist()), arb_mat(V.tolist())
        losses = [minimum._loss(students, teachers)]
        both = arb_mat([*W.tolist(), *V.tolist()])
        other_loss, other_slope = verify_minimum._loss_and_gradient(both, 4)
        slopes = [minimum._gradient(students, teachers), other_slope]
        curvatures = [minimum._hessian(students, teachers), verify_minimum._hessian(both, 4)]
        losses.append(other_loss)
        # They agree with each other far beyond floats, and enclose what they should.
        assert losses[0].overlaps(losses[1])
        assert slopes[0].overlaps(slopes[1])
        assert curvatures[0].overlaps(curvatures[1])
        assert max(float(x.rad()) for m in slopes + curvatures for x in m.entries()) < 1e-30
    for value, a, b in zip(losses, slopes, curvatures, strict=True):
        assert float(value.mid()) == pytest.approx(population.loss(W, V), abs=1e-13)
        np.testing.assert_allclose(middles(a), slope, atol=1e-14)
        np.testing.assert_allclose(middles(b), curvature, atol=1e-14)


def test_enclosures_hold_every_point_of_the_ball():
    rng = np.random.default_rng(1)
    W, V = rng.standard_normal((3, 4)), np.eye(4)[:3]
    with ctx.workprec(128):
        ball = minimum._balls(W, 1e-3)
        first = minimum._hessian(ball, minimum._balls(V))
        rows = [*ball.tolist(), *minimum._balls(V).tolist()]
        second = verify_minimum._hessian(arb_mat(rows), 3)
        for _ in range(20):
            inside = W + rng.uniform(-1e-3, 1e-3, W.shape)
            exact = minimum._hessian(minimum._balls(inside), minimum._balls(V))
            assert first.contains(exact)
            assert second.contains(exact)


def test_a_minimum_is_proved(point, stored):
    certificate = certify_minimum(point, np.eye(7))
    assert certificate.proved
    assert certificate.reason == ""
    exact = population.polish(point, np.eye(7))
    least = np.linalg.eigvalsh(population.hessian(exact, np.eye(7)))[0]
    assert 0.98 * least < certificate.min_eigenvalue < least
    low, high = certificate.loss
    assert 0 < low <= high < low + 1e-15
    assert low == pytest.approx(population.loss(exact, np.eye(7)), abs=1e-13)
    assert np.abs(np.array(certificate.centre) - point).max() < 1e-9
    assert json.loads(stored.read_text())["centre"] == certificate.centre
    assert verify_certificate(stored)


def test_minima_with_more_students_and_more_inputs_are_proved(point):
    # A proof does not need n = d = k: here the minimum lies in a subspace, and is turned in it.
    Q = np.linalg.qr(np.random.default_rng(2).standard_normal((9, 9)))[0][:7]
    assert certify_minimum(point @ Q, Q).proved


@pytest.mark.parametrize("size", [1e-3, 2e-5])
def test_a_moved_point_is_refused(point, size):
    moved = point.copy()
    moved[2, 3] += size
    certificate = certify_minimum(moved, np.eye(7))
    assert not certificate.proved
    assert certificate.distance == pytest.approx(size, rel=1e-3)
    assert "away" in certificate.reason
    assert certificate.min_eigenvalue is None


def test_a_saddle_is_refused(point):
    # A minimum with one unit split in two is a saddle of the wider network (Theorem 14).
    halves = np.vstack([point[1:], 0.4 * point[:1], 0.6 * point[:1]])
    certificate = certify_minimum(halves, np.eye(7))
    assert not certificate.proved
    assert "no minimum: the Hessian has the eigenvalue -" in certificate.reason


@pytest.mark.parametrize("n", [7, 8])
def test_a_global_minimum_is_refused(n):
    W = (
        np.eye(7)
        if n == 7
        else np.vstack([np.eye(7)[1:], 0.5 * np.eye(7)[:1], 0.5 * np.eye(7)[:1]])
    )
    certificate = certify_minimum(W, np.eye(7))
    assert not certificate.proved
    assert "global minimum" in certificate.reason


def test_a_random_point_is_refused():
    W = np.random.default_rng(3).standard_normal((7, 7))
    assert not certify_minimum(W, np.eye(7)).proved


def test_a_ball_too_large_is_refused(point):
    certificate = certify_minimum(point, np.eye(7), radius=0.1)
    assert not certificate.proved
    assert "Krawczyk" in certificate.reason or "bound" in certificate.reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: c["centre"][0].__setitem__(0, c["centre"][0][0] + 1e-9), "gradient"),
        (lambda c: c.update(min_eigenvalue=0.0141), "eigenvalue"),
        (lambda c: c.update(min_eigenvalue=0.0), "positive"),
        (lambda c: c.update(loss=[0.0233, 0.0234]), "loss"),
        (lambda c: c.update(loss=[0.0, 0.1]), "positive"),
        (lambda c: c.update(radius=1e-16), "gradient"),
        (lambda c: c.update(radius=0.1), "eigenvalues|bound"),
        (lambda c: c.update(proved=False), "no proof"),
        (lambda c: c["teachers"][0].__setitem__(0, 1.0000001), "gradient"),
        (lambda c: c["centre"].pop(), "fewer students"),
    ],
)
def test_a_changed_certificate_is_refused(stored, change, reason):
    content = json.loads(stored.read_text())
    change(content)
    stored.write_text(json.dumps(content))
    verdict = verify_certificate(stored)
    assert not verdict
    assert not verdict.proved
    assert re.search(reason, verdict.reason)


def test_a_refusal_is_stored_as_such(tmp_path):
    path = tmp_path / "none.json"
    certify_minimum(np.eye(3), np.eye(3)).save(path)
    assert "global minimum" in verify_certificate(path).reason


@pytest.mark.parametrize("content", ["", "{}", '{"centre": 3}', "[1]"])
def test_other_files_are_bad_input(tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(ValueError, match="not a certificate"):
        verify_certificate(path)
    with pytest.raises(ValueError, match="absent"):
        verify_certificate(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("W", "options", "name"),
    [
        (np.ones((2, 3)), {}, "W"),
        (np.zeros((3, 3)), {}, "W"),
        (np.full((3, 3), np.nan), {}, "W"),
        (np.ones((3, 3)), {"radius": 0.0}, "radius"),
        (np.ones((3, 3)), {"within": np.nan}, "within"),
    ],
)
def test_bad_input_is_named(W, options, name):
    with pytest.raises(ValueError, match=f"^{name}: "):
        certify_minimum(W, np.eye(3), **options)
