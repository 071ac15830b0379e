import itertools
import json
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from landscape.certify import (
    certify_linear,
    descent_polynomial,
    exact_critical_point,
    exact_data,
    exact_gradient,
    exact_hessian,
    exact_inertia,
    exact_loss,
    linear_points,
    point_from_blocks,
    rational,
)

WIDTHS = [(3, 4, 3, 3), (3, 2, 3, 2)]  # of the hidden layers; the second has a bottleneck


def random_fractions(rng, *shape):
    entries = [Fraction(int(p), int(q)) for p, q in rng.integers(1, 9, (np.prod(shape), 2))]
    signs = rng.choice([-1, 1], len(entries)).tolist()
    values = [s * e for s, e in zip(signs, entries, strict=True)]
    return np.array(values, dtype=object).reshape(shape)


def zeros(*shape):
    return np.zeros(shape, dtype=object)


def eye(n, columns=None):
    return np.eye(n, columns, dtype=int).astype(object)


def theorem_7(certificate):
    """The kind of a critical point from its chosen eigenvalues and pivots, without a Hessian."""
    c = certificate
    if c.rank == c.rank_sigma or (c.rank == c.rank_max and c.inversions == 0):
        return "global_minimizer"
    strict = c.inversions or c.rank == c.rank_max or not c.tightened
    return "strict_saddle" if strict else "non_strict_saddle"


def patterns(data, hidden):
    positive = [i for i, value in enumerate(data.eigenvalues) if value > 0]
    for r in range(min(len(positive), *hidden) + 1):
        yield from itertools.combinations(positive, r)


def test_both_proofs_of_the_inertia_agree(monkeypatch):
    rng = np.random.default_rng(0)
    data = exact_data(rng, 4, 3, 5, [3, 2, 1])
    points = [
        exact_critical_point(rng, data, (3, 4, 3), S, order).W
        for S in patterns(data, (3,))
        for order in (2, 3, 4)
    ]
    by_dominance = [certify_linear(data.X, data.Y, W).inertia for W in points]
    decided = [rational._positive_by_dominance(np.diag([3, -2, 5]).astype(object))]
    monkeypatch.setattr(rational, "_positive_by_dominance", lambda matrix: None)
    assert [certify_linear(data.X, data.Y, W).inertia for W in points] == by_dominance
    assert decided == [2]


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
@pytest.mark.parametrize("widths", WIDTHS)
def test_every_kind_of_point(depth, widths):
    rng = np.random.default_rng(depth)
    hidden = widths[: depth - 1]
    data = exact_data(rng, 3, 3, 5, [3, 2, Fraction(1, 2)])
    kinds = set()
    for S in patterns(data, hidden):
        for order in range(2, depth + 1):
            point = exact_critical_point(rng, data, hidden, S, order)
            certificate = certify_linear(data.X, data.Y, point.W)
            kinds.add((certificate.kind, tuple(range(len(S))) == S))
            assert certificate.critical
            assert certificate.kind == point.kind == theorem_7(certificate)
            assert certificate.loss == point.loss == exact_loss(data.X, data.Y, point.W)
            assert (certificate.rank, certificate.rank_sigma) == (len(S), 3)
            left_out = set(range(3)) - set(S)
            assert certificate.inversions == sum(i < j for j in S for i in left_out)
            # Well separated here: the float64 Hessian has the same signs.
            hessian = exact_hessian(data.X, data.Y, point.W).astype(float)
            values = np.linalg.eigvalsh(hessian)
            # A few hundred units of round-off of the largest entry; the problem's scale if none.
            zero = 1e-11 * max(abs(values).max(), 1)
            float_inertia = (values < -zero).sum(), (abs(values) <= zero).sum()
            assert certificate.inertia[:2] == float_inertia
    expected = {("global_minimizer", True), ("strict_saddle", False), ("strict_saddle", True)}
    assert kinds == expected | ({("non_strict_saddle", True)} if depth > 2 else set())


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
def test_descent_polynomials(depth):
    rng = np.random.default_rng(10 + depth)
    hidden = (3, 2, 4, 3)[: depth - 1]
    data = exact_data(rng, 3, 3, 5, [3, 2, 1])
    X, Y = data.X, data.Y
    for S in patterns(data, hidden):
        for order in range(2, depth + 1):
            point = exact_critical_point(rng, data, hidden, S, order)
            if point.kind == "global_minimizer":
                assert point.direction is None
                assert point.descent is None
                continue
            assert descent_polynomial(X, Y, point.W, point.direction) == point.descent
            # More arguments than the degree 2 H: the polynomial is the loss.
            for t in (Fraction(k, 3) for k in range(-depth, depth + 2)):
                moved = [w + t * v for w, v in zip(point.W, point.direction, strict=True)]
                value = sum(c * t**k for k, c in enumerate(point.descent))
                assert exact_loss(X, Y, moved) == value
            if point.kind == "non_strict_saddle":
                eigenvalue = data.eigenvalues[len(S)]
                lowest = {k: c for k, c in enumerate(point.descent) if k and c}
                assert lowest == {order: -2 * eigenvalue, 2 * order: eigenvalue}
                assert order >= 3


@pytest.mark.parametrize(
    ("d_x", "d_y", "samples", "roots"),
    [
        (4, 3, 5, [2, 2, 1]),  # a repeated eigenvalue
        (4, 3, 5, [2, 1, 1]),
        (3, 3, 4, [1, 1, 1]),
        (4, 4, 5, [3, 1]),  # Sigma is singular
        (2, 4, 3, [2, 1]),  # more outputs than inputs
        (4, 3, 2, [2, 1]),  # X has rank 2
        (3, 2, 4, []),  # Sigma = 0
    ],
)
@pytest.mark.parametrize("hidden", [(3,), (1,), (3, 3), (2, 3, 2)])
def test_degenerate_data(d_x, d_y, samples, roots, hidden):
    rng = np.random.default_rng(20)
    data = exact_data(rng, d_x, d_y, samples, roots)
    for S in patterns(data, hidden):
        for order in range(2, len(hidden) + 2):
            point = exact_critical_point(rng, data, hidden, S, order)
            certificate = certify_linear(data.X, data.Y, point.W)
            assert certificate.kind == point.kind == theorem_7(certificate)
            # The optimum is closed-form here, so minimality is a comparison of two fractions.
            largest = min(certificate.rank_max, len(roots))
            optimum = Fraction((data.Y**2).sum()) - sum(data.eigenvalues[:largest])
            assert (certificate.kind == "global_minimizer") == (certificate.loss == optimum)
            if len(hidden) == 1:
                # The Morse index of a shallow critical point, Zhou & Liang (2018).
                others = set(range(len(roots))) - set(S)
                index = sum(roots[i] > roots[j] for j in S for i in others)
                index += (hidden[0] - len(S)) * (len(roots) - len(S))
                assert certificate.inertia[0] == index


def test_irrational_eigenvalues():
    # X = I and Y = diag(A, B): the net that fits A alone is critical, the eigenvalues of Sigma are
    # the squares of those of A (chosen) and of B (left out).
    rng = np.random.default_rng(30)
    seen = set()
    for _ in range(60):
        A, B = rng.integers(-3, 4, (2, 2, 2))
        A, B = A + A.T + 4 * np.eye(2, dtype=int), B + B.T
        a, b = np.linalg.eigvalsh(A) ** 2, np.linalg.eigvalsh(B) ** 2
        gaps = np.subtract.outer(a, b)
        if abs(gaps).min() < 1e-6 or min(a.min(), b.min()) < 1e-6:  # ties are tested below
            continue
        Y = np.block([[A, np.zeros((2, 2), int)], [np.zeros((2, 2), int), B]])
        W = [Y[:2], eye(4, 2)]
        certificate = certify_linear(eye(4), Y, W)
        assert certificate.critical
        assert certificate.inversions == (gaps < 0).sum() == certificate.inertia[0]
        minimal = (gaps > 0).all()
        assert certificate.kind == ("global_minimizer" if minimal else "strict_saddle")
        seen.add(certificate.inversions)
    assert seen >= {0, 2, 4}


def test_ties_of_irrational_eigenvalues():
    # The eigenvalues 2 + sqrt 2 and 2 - sqrt 2 are both chosen and left out: one inversion.
    A = np.array([[3, 1], [1, 1]])
    Y = np.kron(eye(2), A)
    certificate = certify_linear(eye(4), Y, [Y[:2], eye(4, 2)])
    assert (certificate.kind, certificate.inversions) == ("strict_saddle", 1)
    # A^2 = B^2 = 2 I: every eigenvalue ties, and the choice is optimal.
    A = np.array([[1, 1], [1, -1]])
    Y = np.kron(eye(2), A)
    certificate = certify_linear(eye(4), Y, [Y[:2], eye(4, 2)])
    assert (certificate.kind, certificate.inversions) == ("global_minimizer", 0)
    assert certificate.inertia[0] == 0


@pytest.mark.parametrize("orthogonal", [False, True])
def test_pivots_are_cyclic(orthogonal):
    # Z_2 = Z_3 = 0 and Z_1, Z_4 not: the pivot (3, 2) is tightened if and only if the product over
    # X Y^T is zero, though no block to the left or right of it has rank r by itself.
    rng = np.random.default_rng(40)
    data = exact_data(rng, 4, 3, 5, [3, 2, 1])
    hidden, S = (3, 3, 3), [0]
    Z4 = zeros(2, 2)
    Z4[:, 0] = 1, 2
    reached = data.X @ data.Y.T @ data.U[:, 1:] @ Z4[:, 0]
    Z1 = zeros(2, 4)
    Z1[1, :2] = (reached[1], -reached[0]) if orthogonal else (reached[0], reached[1])
    D = [linear_points._unimodular(rng, width) for width in hidden]
    W = point_from_blocks(data, S, [Z1, zeros(2, 2), zeros(2, 2), Z4], D)
    certificate = certify_linear(data.X, data.Y, W)
    assert certificate.tightened is orthogonal
    assert certificate.kind == ("non_strict_saddle" if orthogonal else "strict_saddle")


@pytest.mark.parametrize("hidden", [(2,), (2, 4), (4, 2, 3)])
def test_all_global_minimizers_of_a_bottleneck(hidden):
    # Proposition 11, Achour et al. (2024): with r = r_max the blocks are arbitrary.
    rng = np.random.default_rng(50)
    data = exact_data(rng, 4, 3, 5, [3, 2, 1])
    D = [linear_points._unimodular(rng, width) for width in hidden]
    fans = [6, *hidden, 3]
    Z = [random_fractions(rng, b - 2, a - 2) for a, b in itertools.pairwise(fans)]
    certificate = certify_linear(data.X, data.Y, point_from_blocks(data, [0, 1], Z, D))
    assert certificate.kind == "global_minimizer"
    certificate = certify_linear(data.X, data.Y, point_from_blocks(data, [0, 2], Z, D))
    assert certificate.kind == "strict_saddle"


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
def test_perturbed_points_are_refused(depth):
    rng = np.random.default_rng(60 + depth)
    hidden = (3, 3, 2, 3)[: depth - 1]
    data = exact_data(rng, 3, 3, 4, [3, 2, 1])
    refused = 0
    for S in [(0,), (1,), (0, 1)]:
        W = exact_critical_point(rng, data, hidden, S, depth).W
        assert certify_linear(data.X, data.Y, W).largest_gradient == 0
        for h in range(depth):
            moved = [w.copy() for w in W]
            moved[h][0, 0] += Fraction(1, 10**9)
            gradient = exact_gradient(data.X, data.Y, moved)
            largest = max(abs(g).max() for g in gradient)
            certificate = certify_linear(data.X, data.Y, moved)
            assert certificate.largest_gradient == largest
            if largest:  # a critical point is not isolated: some entries are free
                assert not certificate.critical
                assert certificate.kind == "not_critical"
                assert certificate.tightened is None
                refused += 1
    assert refused >= 2 * depth


def test_scaling_to_integers_changes_nothing():
    rng = np.random.default_rng(70)
    X, Y = random_fractions(rng, 3, 4), random_fractions(rng, 2, 4)
    W = [random_fractions(rng, *shape) for shape in [(2, 3), (3, 2), (2, 3)]]
    certificate = certify_linear(X, Y, W)
    assert certificate.loss == exact_loss(X, Y, W)
    gradient = exact_gradient(X, Y, W)
    assert certificate.largest_gradient == max(abs(g).max() for g in gradient)
    assert certificate.inertia == exact_inertia(exact_hessian(X, Y, W))
    values = np.linalg.eigvalsh(exact_hessian(X, Y, W).astype(float))
    assert abs(values).min() > 1e-6
    assert certificate.inertia == ((values < 0).sum(), 0, (values > 0).sum())


@pytest.mark.parametrize(
    ("W", "kind", "loss", "inertia"),
    [
        ([[[2, 0]], [[1], [0]]], "global_minimizer", 1, (0, 1, 3)),
        ([[[0, 1]], [[0], [1]]], "strict_saddle", 4, (1, 1, 2)),
        ([[[0, 0]], [[0], [0]]], "strict_saddle", 5, (2, 0, 2)),
    ],
)
def test_one_hidden_unit(W, kind, loss, inertia):
    # X = I, Y = diag(2, 1); the Hessians are small enough to be diagonalized by hand.
    certificate = certify_linear([[1, 0], [0, 1]], [[2, 0], [0, 1]], W)
    assert (certificate.kind, certificate.loss, certificate.inertia) == (kind, loss, inertia)


@pytest.mark.parametrize(
    ("w", "kind", "inertia"),
    [
        ((0, 0, 0), "non_strict_saddle", (0, 3, 0)),
        ((1, 0, 0), "strict_saddle", (1, 1, 1)),
        ((1, 1, 1), "global_minimizer", (0, 2, 1)),
    ],
)
def test_scalar_network(w, kind, inertia):
    # (a b c - 1)^2
    certificate = certify_linear([[1]], [[1]], [[[a]] for a in w])
    assert (certificate.kind, certificate.inertia) == (kind, inertia)


def test_zero_data():
    # Without a signal every critical point is global; without an input every point is.
    for X, Y, loss in ([[0], [0]], [[3]], 9), ([[1], [2]], [[0]], 0):
        certificate = certify_linear(X, Y, [[[0, 0]], [[0]]])
        assert (certificate.kind, certificate.loss) == ("global_minimizer", loss)
        assert certificate.inertia == (0, 3, 0)


def test_strings_are_exact():
    # In float64, 3 * 0.1 - 0.3 is not zero.
    certificate = certify_linear([["0.1"]], [["0.3"]], [[["1/3"]], [["+9e0"]]])
    assert certificate.loss == 0
    assert certify_linear([[".5"]], [["-1.e-999"]], [[[1]], [[0]]]).loss == Fraction(1, 10**1998)
    integers = np.array([[1, 2]], dtype=np.int32)
    assert certify_linear(integers, integers, np.ones((2, 1, 1), dtype=int)).loss == 0


def test_certificate_is_json():
    X, Y, W = [["1/3"]], [[1]], [[[0]], [[0]]]
    certificate = certify_linear(X, Y, W)
    record = json.loads(certificate.to_json())
    assert record["loss"] == "1"
    assert record["kind"] == "strict_saddle"
    assert record["inertia"] == [1, 0, 1]
    assert record["tightened"] is False
    assert record["digest"] == certify_linear([[Fraction(2, 6)]], Y, W).digest
    assert record["digest"] != certify_linear([[Fraction(1, 2)]], Y, W).digest
    assert json.loads(certify_linear(X, Y, [[[1]], [[0]]]).to_json())["largest_gradient"] == "2/3"


X, Y, W = [[1, 2], [3, 4]], [[1, 0]], [[[1, 1]], [[2]]]


@pytest.mark.parametrize(
    ("X", "Y", "W", "message"),
    [
        ([[1, 2], [3, 4.0]], Y, W, r"X\[1\]\[1\]: must be an int, .* got 4.0 of type float"),
        (np.eye(2), Y, W, r"X\[0\]\[0\]: .* of type float64"),
        (X, [[1, True]], W, r"Y\[0\]\[1\]: .* got True of type bool"),
        (X, np.array([[True, False]]), W, r"Y\[0\]\[0\]: .* got np.True_"),
        (X, [["nan", 1]], W, r"Y\[0\]\[0\]: .* got 'nan' of type str"),
        (X, [[1, "-inf"]], W, r"Y\[0\]\[1\]: .* got '-inf'"),
        (X, [[1, "1/0"]], W, r"Y\[0\]\[1\]: .* got '1/0'"),
        (X, [[1, "1e9999"]], W, r"Y\[0\]\[1\]: .* three digits.* got '1e9999'"),
        (X, [[1, " 1"]], W, r"Y\[0\]\[1\]: .* got ' 1'"),
        (X, [[1, "1_0"]], W, r"Y\[0\]\[1\]: .* got '1_0'"),
        (X, [[1, Decimal("0.5")]], W, r"Y\[0\]\[1\]: .* of type Decimal"),
        (X, [[1, None]], W, r"Y\[0\]\[1\]: .* of type NoneType"),
        (X, [[1, 1j]], W, r"Y\[0\]\[1\]: .* of type complex"),
        (X, Y, [[[1, 1.5]], [[2]]], r"W_1\[0\]\[1\]: .* got 1.5"),
        (X, Y, [[[1, 1]], [[np.float32(2)]]], r"W_2\[0\]\[0\]: .* of type float32"),
        ([], Y, W, "X: must be a non-empty matrix"),
        ([[]], Y, W, r"X: rows .* at least 1, got lengths \[0\]"),
        ([1, 2], Y, W, r"X: must be a non-empty matrix, rows of numbers, got \[1, 2\]"),
        ("12", Y, W, "X: must be a non-empty matrix"),
        (None, Y, W, "X: must be a non-empty matrix, rows of numbers, got None"),
        (np.array(1), Y, W, "X: must be a non-empty matrix"),
        ([[1, 2], [3]], Y, W, r"X: rows must have the same length.* lengths \[1, 2\]"),
        (np.ones((2, 2, 2), int), Y, W, r"X\[0\]\[0\]: must be an int"),
        (X, [[1, 2, 3]], W, r"Y: must have as many columns as X, which has 2, got shape \(1, 3\)"),
        (X, [[1, 2], [1, 2]], W, r"W_2: must have 2 rows, as Y has, got shape \(1, 1\)"),
        (X, Y, [[[1, 1, 1]], [[2]]], "W_1: must have 2 columns, the number of rows of X"),
        (X, Y, [[[1, 1]], [[2, 2]]], "W_2: must have 1 columns, the number of rows of W_1"),
        (
            X,
            Y,
            [[[1, 1]]],
            "W: must be a sequence of at least two layers .* got \\[\\[\\[1, 1\\]\\]\\]",
        ),
        (X, Y, [], "W: must be a sequence of at least two layers .* got \\[\\]"),
        (X, Y, np.array(3), "W: must be a sequence of at least two layers"),
        (X, Y, "ab", "W: must be a sequence of at least two layers .* got 'ab'"),
        (X, Y, None, "W: must be a sequence of at least two layers .* got None"),
    ],
)
def test_bad_input(X, Y, W, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        certify_linear(X, Y, W)
