import json
import re

import numpy as np
import pytest
from flint import arb_mat, ctx

from landscape import population
from landscape.certify import certify_minimum, minimum, verify_certificate, verify_minimum
from landscape.enclosures import NotFiniteError, ball_matrix


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
        ball = ball_matrix(W, 1e-3)
        first = minimum._hessian(ball, ball_matrix(V))
        rows = [*ball.tolist(), *ball_matrix(V).tolist()]
        second = verify_minimum._hessian(arb_mat(rows), 3)
        for _ in range(20):
            inside = W + rng.uniform(-1e-3, 1e-3, W.shape)
            exact = minimum._hessian(ball_matrix(inside), ball_matrix(V))
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
    assert json.loads(stored.read_text(encoding="utf-8"))["centre"] == certificate.centre
    assert verify_certificate(stored)


def turned(d, seed):
    """Return the first seven rows of the identity (d, d) or of another orthogonal matrix."""
    rng = np.random.default_rng(seed)
    match seed:
        case 0:
            Q = np.eye(d)
        case 1:
            Q = np.eye(d)[rng.permutation(d)] * rng.choice([-1.0, 1.0], d)
        case 2:  # turns two coordinates only, so that others stay zero
            Q = np.eye(d)
            Q[np.ix_([0, d - 1], [0, d - 1])] = np.array([[0.6, -0.8], [0.8, 0.6]])
        case _:
            Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
    return Q[:7]


@pytest.mark.parametrize("d", [8, 9, 12])
@pytest.mark.parametrize("seed", range(4))
def test_minima_in_more_inputs_are_proved_in_any_rotation(point, d, seed, tmp_path):
    # A proof does not need n = d = k: the minimum may lie in a subspace, in whatever coordinates.
    V = turned(d, seed)
    certificate = certify_minimum(point @ V, V)
    assert certificate.proved, certificate.reason
    least = np.linalg.eigvalsh(population.hessian(np.array(certificate.centre), V))[0]
    assert 0.9 * least < certificate.min_eigenvalue < least
    certificate.save(tmp_path / "c.json")
    assert verify_certificate(tmp_path / "c.json")


def test_a_teacher_that_is_zero_counts_for_nothing(point, tmp_path):
    V = np.vstack([np.eye(8)[:7], np.zeros(8)])
    certificate = certify_minimum(point @ V[:7], V)
    assert certificate.proved
    certificate.save(tmp_path / "c.json")
    assert verify_certificate(tmp_path / "c.json")
    with pytest.raises(ValueError, match="V: expected a teacher that is not zero"):
        certify_minimum(point, np.zeros((7, 7)))


@pytest.mark.parametrize("power", [-400, -60, 60, 400])
def test_minima_are_proved_in_any_unit(point, power):
    W, V = np.ldexp(point, power), np.ldexp(np.eye(7), power)
    options = {"within": np.ldexp(1e-5, power), "radius": np.ldexp(1e-9, power)}
    certificate, other = certify_minimum(W, V, **options), certify_minimum(point, np.eye(7))
    assert certificate.proved
    assert certificate.min_eigenvalue == pytest.approx(other.min_eigenvalue, rel=1e-9)
    assert certificate.loss == pytest.approx(np.ldexp(other.loss, 2 * power), rel=1e-9)


@pytest.mark.parametrize(
    ("W", "V", "reason"),
    [
        ([[1.0, 0, 0], [2, 0, 0]], [[0, 1, 0]], "students 0 and 1 may be parallel"),
        ([[1.0, 0, 0], [-1, 0, 0]], [[0, 1, 0]], "students 0 and 1 may be parallel"),
        ([[0, 1.0, 0], [1, 0, 0]], [[0, 0, 1], [1, 0, 0]], "student and teacher 1 and 1"),
        ([[1.0, 0, 0], [1e-9, 0, 1e-9]], [[0, 1, 0]], "student 1 may be zero"),
    ],
)
def test_parallel_units_are_told_from_zero_ones_and_from_zero_coordinates(W, V, reason):
    with pytest.raises(NotFiniteError, match=reason):
        minimum._hessian(ball_matrix(np.array(W), 1e-8), ball_matrix(np.array(V, dtype=float)))
    aside = np.eye(3)[:2]
    found = minimum._hessian(ball_matrix(aside, 1e-8), ball_matrix(np.ones((1, 3))))
    assert all(entry.is_finite() for entry in found.entries())


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


@pytest.mark.parametrize(
    ("radius", "reason"),
    [(0.1, "bound"), (3e-4, "Krawczyk"), (1e-16, "Krawczyk"), (1e-300, "Krawczyk")],
)
def test_a_ball_too_large_or_too_small_is_refused(point, radius, reason):
    certificate = certify_minimum(point, np.eye(7), radius=radius)
    assert not certificate.proved
    assert reason in certificate.reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: c["centre"][0].__setitem__(0, c["centre"][0][0] + 1e-9), "gradient"),
        (lambda c: c.update(min_eigenvalue=0.0141), "eigenvalue"),
        (lambda c: c.update(min_eigenvalue=0.0), "positive"),
        (lambda c: c.update(loss=[0.0233, 0.0234]), "loss"),
        (lambda c: c.update(loss=[0.0, 0.1]), "positive"),
        (lambda c: c.update(radius=1e-16), "gradient"),
        (lambda c: c.update(radius=0.1), "bound"),
        (lambda c: c.update(radius=1e-5), "eigenvalues are not as large"),
        (lambda c: c.update(proved=False), "contradiction: no proof is claimed"),
        (lambda c: c.update(proved=False, loss=None), "contradiction: no proof is claimed"),
        (lambda c: c.update(proved=False, loss=None, min_eigenvalue=None), "claims no proof"),
        (lambda c: c.update(reason="none"), "contradiction: a proof is claimed"),
        (lambda c: c.update(loss=None), "without an eigenvalue bound or a loss"),
        (lambda c: c.update(min_eigenvalue=None), "without an eigenvalue bound or a loss"),
        (lambda c: c.update(loss=c["loss"][::-1]), "positive"),
        (lambda c: c.update(distance=-1.0), "distance"),
        (lambda c: c.update(radius=-1e-9), "positive"),
        (lambda c: c.update(min_eigenvalue=1e300), "eigenvalue"),
        (lambda c: c.update(min_eigenvalue=5e-324), "gradient"),
        (lambda c: c.update(radius=1e300), "bound"),
        (lambda c: c["centre"].__setitem__(0, [0.0] * 7), "zero"),
        (lambda c: c["centre"].__setitem__(0, c["centre"][1]), "bound"),
        (lambda c: c["centre"].__setitem__(0, [1e300] * 7), "."),
        (lambda c: c.update(teachers=[[0.0] * 7] * 7), "zero"),
        (lambda c: c["teachers"][0].__setitem__(0, 1.0000001), "gradient"),
        (lambda c: c["centre"].pop(), "fewer students"),
    ],
)
def test_a_changed_certificate_is_refused(stored, change, reason):
    content = json.loads(stored.read_text(encoding="utf-8"))
    change(content)
    stored.write_text(json.dumps(content), encoding="utf-8")
    verdict = verify_certificate(stored)
    assert not verdict
    assert not verdict.proved
    assert re.search(reason, verdict.reason)


def test_a_refusal_is_stored_as_such(tmp_path):
    path = tmp_path / "none.json"
    certify_minimum(np.eye(3), np.eye(3)).save(path)
    assert "global minimum" in verify_certificate(path).reason


@pytest.mark.parametrize(
    "content",
    ["", "{}", '{"centre": 3}', "[1]", "3", "null", "NaN", "[" * 100_000, '{"a": 1, "a": 1}', "é{"],
)
def test_other_files_are_bad_input(tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"other\.json: not a certificate"):
        verify_certificate(path)
    with pytest.raises(ValueError, match="absent: not a certificate"):
        verify_certificate(tmp_path / "absent")
    with pytest.raises(ValueError, match="not a certificate"):
        verify_certificate(tmp_path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="not a certificate"):
        verify_certificate(path)


NESTED = "[" * 5000 + "]" * 5000


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("kind", ["global minimum", None, 1]),
        ("proved", [1, "true", None]),
        ("reason", [None, 0, []]),
        ("centre", [[], [[]], [[], []], 1, None, "1", [[1], [1, 2]], [["1"]], [[True]], NESTED]),
        ("teachers", [[], [[1.0]], [[None] * 7] * 7, [[10**400] * 7] * 7, [[2**53 + 1] * 7]]),
        ("distance", [None, "1", True, [], 10**400]),
        ("radius", [None, "1e-9", True, [1e-9], 10**400]),
        ("min_eigenvalue", ["1", True, [], 10**400]),
        ("loss", [1.0, [1.0], [1.0, 2.0, 3.0], ["1", "2"], [True, True], {}, [10**400] * 2]),
    ],
)
def test_a_field_of_another_kind_is_bad_input(stored, field, values):
    content = json.loads(stored.read_text(encoding="utf-8"))
    for value in values:
        if value == NESTED:
            text = json.dumps(content | {field: 0}).replace(f'"{field}": 0', f'"{field}": {NESTED}')
        else:
            text = json.dumps(content | {field: value})
        stored.write_text(text, encoding="utf-8")
        with pytest.raises(
            ValueError, match=f"minimum.json: not a certificate.*({field}|Recursion)"
        ):
            verify_certificate(stored)


def test_foreign_missing_and_repeated_fields_and_constants_are_bad_input(stored):
    text = stored.read_text(encoding="utf-8")
    content = json.loads(text)
    for changed in (
        json.dumps(content | {"global": True}),
        json.dumps({name: value for name, value in content.items() if name != "distance"}),
        text.replace('"proved": true', '"proved": true, "proved": true'),
        text.replace(f'"radius": {content["radius"]}', '"radius": Infinity'),
        text.replace(f'"radius": {content["radius"]}', '"radius": 1e999'),
    ):
        assert changed != text
        stored.write_text(changed, encoding="utf-8")
        with pytest.raises(ValueError, match="not a certificate"):
            verify_certificate(stored)
    stored.write_text(text, encoding="utf-8")
    assert verify_certificate(stored)


@pytest.mark.parametrize(
    ("W", "options", "name"),
    [
        (np.ones((2, 3)), {}, "W"),
        (np.zeros((3, 3)), {}, "W"),
        (np.full((3, 3), np.nan), {}, "W"),
        (np.ones((3, 3)), {"radius": 0.0}, "radius"),
        (np.ones((3, 3)), {"within": np.nan}, "within"),
        (np.ones((3, 3)), {"radius": "1"}, "radius"),
        (np.ones((3, 3)), {"radius": True}, "radius"),
        (1e200 * np.eye(3) + 1, {}, "W"),
        (1e-200 * np.eye(3), {}, "W"),
    ],
)
def test_bad_input_is_named(W, options, name):
    with pytest.raises(ValueError, match=f"^{name}: "):
        certify_minimum(W, np.eye(3), **options)
