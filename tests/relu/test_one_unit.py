import numpy as np
import pytest

from landscape.relu.one_unit import unit_loss, unit_minima


@pytest.mark.parametrize("seed", range(12))
def test_all_minima_of_one_unit_are_those_of_a_fine_grid(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(2, 5)), rng.normal(size=5)
    found = [minimum for minimum in unit_minima(X, y) if minimum.kind != "zero"]
    points = 20_001
    angles = np.linspace(0, 2 * np.pi, points, endpoint=False)
    losses = unit_loss(X, y, angles)[0]
    total, width = 0.5 * y @ y, 2 * np.pi / points

    def covered(angle):
        return any(
            (angle - m.low + 2 * width) % (2 * np.pi) <= m.high - m.low + 4 * width for m in found
        )

    lower = (losses < np.roll(losses, 1)) & (losses < np.roll(losses, -1))
    flat = (
        np.abs(losses - np.roll(losses, 1)) + np.abs(losses - np.roll(losses, -1)) < 1e-14 * total
    )
    for angle in angles[(lower | flat) & (losses < total * (1 - 1e-9))]:
        assert covered(angle), angle
    for minimum in found:
        middle = (minimum.low + minimum.high) / 2
        around = unit_loss(X, y, middle + np.linspace(-1, 1, 41) * 1e-5)[0]
        assert (around >= minimum.loss - 1e-12 * total).all()
        value, scale = (part[0] for part in unit_loss(X, y, np.array([middle])))
        assert value == pytest.approx(minimum.loss, abs=1e-12 * total)
        assert scale == pytest.approx(minimum.scale)


def test_the_least_loss_of_a_direction_is_that_of_the_best_size():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(2, 5)), rng.normal(size=5)
    angles = rng.uniform(0, 2 * np.pi, 20)
    losses, scales = unit_loss(X, y, angles)
    for angle, value, scale in zip(angles, losses, scales, strict=True):
        z = np.maximum(np.array([np.cos(angle), np.sin(angle)]) @ X, 0)
        sizes = scale + np.linspace(-1, 1, 2001)
        tried = 0.5 * np.sum((sizes[:, None] * z - y) ** 2, axis=1)
        assert value == pytest.approx(tried.min(), rel=1e-12)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_at_zero_the_sign_of_the_target_decides(sign):
    X, y = np.array([[1.0, -1.0, 0.3], [0.2, 0.1, 1.0]]), -sign * np.array([1.0, 2.0, 0.5])
    (zero,) = [minimum for minimum in unit_minima(X, y) if minimum.kind == "zero"]
    assert (zero.scale, zero.loss) == (sign, 0.5 * y @ y)
    rng = np.random.default_rng(0)
    for a, rises in ((sign, True), (-sign, False)):
        z = np.maximum(1e-3 * rng.normal(size=(500, 2)) @ X, 0)
        losses = 0.5 * np.sum((a * z - y) ** 2, axis=1)
        assert (losses.min() >= zero.loss) == rises


def test_bad_data_of_one_unit_are_named():
    with pytest.raises(ValueError, match=r"X: expected shape \(2, m\)"):
        unit_minima(np.eye(3), np.ones(3))
    with pytest.raises(ValueError, match="not zero"):
        unit_minima(np.array([[1.0, 0.0], [0.0, 0.0]]), np.ones(2))
