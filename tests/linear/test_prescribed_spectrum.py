"""Data with prescribed eigenvalues of Sigma."""

import numpy as np
import pytest

from landscape.linear.prescribed_spectrum import data_with_spectrum


@pytest.mark.parametrize(
    ("sizes", "eigenvalues"),
    [
        ((4, 3, 7, 4), [5.0, 3.0, 1.5]),
        ((4, 3, 7, 2), [2.0, 2.0]),
        ((5, 4, 3, 3), [1.0]),
        ((2, 3, 6, 1), []),
    ],
)
def test_sigma_has_the_eigenvalues(sizes, eigenvalues):
    inputs, outputs, samples, rank = sizes
    X, Y = data_with_spectrum(np.random.default_rng(0), *sizes, eigenvalues)
    assert X.shape == (inputs, samples)
    assert Y.shape == (outputs, samples)
    assert np.linalg.matrix_rank(X) == rank
    found = np.linalg.eigvalsh(Y @ np.linalg.pinv(X) @ X @ Y.T)[::-1]
    expected = np.zeros(outputs)
    expected[: len(eigenvalues)] = eigenvalues
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)
    # There is something that the inputs do not explain, wherever there is room for it.
    unexplained = Y - Y @ np.linalg.pinv(X) @ X
    assert (np.linalg.norm(unexplained) > 0.1) == (samples > rank)


@pytest.mark.parametrize(
    ("rank", "eigenvalues", "message"),
    [
        (5, [1.0], "rank: expected 1 to 4, got 5"),
        (0, [], "rank: expected at least 1 and an integer, got 0"),
        (2, [3.0, 2.0, 1.0], "eigenvalues: expected at most 2 of them, got 3"),
        (4, [1.0, 0.0], "eigenvalues: expected positive numbers"),
        (4, [np.nan], "eigenvalues: expected finite numbers"),
    ],
)
def test_impossible_data_are_refused(rank, eigenvalues, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        data_with_spectrum(np.random.default_rng(0), 4, 3, 7, rank, eigenvalues)
