import numpy as np
import pytest
from scripts.$key.check_bound import ratio


def test_the_bound_is_reached_by_multiples_of_the_identity():
    B = np.arange(1.0, 10.0).reshape(3, 3)
    assert ratio(3 * np.eye(3), B) == pytest.approx(1)
    assert ratio(np.diag([3.0, 0.0, 0.0]), B) < 1
