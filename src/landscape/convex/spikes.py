"""Spikes of rectified ellipsoids, and the units that see one sample only.

A matrix A is spike-free if each relu(A u) with |u| <= 1 is A w for some |w| <= 1 (Ergen & Pilanci
2021, Lemma 3). A spike is a u for which the shortest such w is longer than one.
"""

import numpy as np
import scipy.optimize
from numpy.typing import ArrayLike

from landscape.arrays import Array, finite_matrix, moderate, refuses_extremes
from landscape.sphere import unit_rows


@refuses_extremes("A")
def single_spikes(A: ArrayLike) -> Array:
    """Return, for each row of A, the length of the shortest w for the best unit of that row alone.

    Of the units of length one that are inactive on all other rows, the best one for a row is along
    its projection on the polar cone of the others. Of this u the shortest w with A w = relu(A u) is
    returned, A^+ relu(A u). So A is not spike-free if an entry exceeds one.

    Parameters
    ----------
    A : ndarray, shape (n, d), n <= d
        Independent rows.

    Returns
    -------
    ndarray, shape (n,)
        At least one each.

    Raises
    ------
    ValueError
        If A is empty, no matrix, not finite, or its rows are not independent; so in
        `has_single_spike`.
    """
    A = _independent(A)
    inverse = np.linalg.pinv(A)
    lengths = []
    for i, row in enumerate(A):
        others = np.delete(A, i, axis=0).T
        u = row - others @ scipy.optimize.nnls(others, row)[0] if others.size else row
        w = inverse @ np.maximum(A @ (u / np.linalg.norm(u)), 0.0)
        lengths.append(max(1.0, float(np.linalg.norm(w))))
    return np.array(lengths)


@refuses_extremes("A")
def has_single_spike(A: ArrayLike) -> bool:
    """Tell whether an entry of `single_spikes` exceeds one, however little.

    A row is as far from the cone of the others as from their span if it is a combination of them
    with coefficients that are not negative, up to what is orthogonal to them. The coefficients have
    the signs of the entries off the diagonal of -(A A^T)^-1.

    Parameters
    ----------
    A : ndarray, shape (n, d), n <= d
        Independent rows.
    """
    A = _independent(A)
    inverse = np.linalg.inv(A @ A.T)
    return bool((inverse[~np.eye(len(A), dtype=bool)] > 0).any())


@refuses_extremes("A, units")
def sampled_spike(A: ArrayLike, units: ArrayLike) -> tuple[float, float]:
    """Return the largest |w| with A w nearest to relu(A u), and how far that is, both over |u|.

    Parameters
    ----------
    A : ndarray, shape (n, d)
        Samples.
    units : ndarray, shape (k, d)
        The u that are tried, none zero.

    Raises
    ------
    ValueError
        If a matrix is empty, not finite, or does not fit the other, or a unit is zero.
    """
    A = _samples(A)
    directions = unit_rows(units, "units", A.shape[1])[0]
    activations = np.maximum(directions @ A.T, 0.0)
    w = activations @ np.linalg.pinv(A).T
    misses = np.linalg.norm(w @ A.T - activations, axis=1)
    return float(np.linalg.norm(w, axis=1).max()), float(misses.max())


@refuses_extremes("A")
def vertex_units(A: ArrayLike) -> tuple[Array, Array]:
    """Return for each sample the unit and bias of Lemma 7, which see that sample alone.

    The unit is along the way to the sample from the nearest point of the convex hull of the others;
    the bias makes the largest other activation zero. If the sample is no vertex of the hull of all,
    both are zero.

    Parameters
    ----------
    A : ndarray, shape (n, d), n >= 2
        Samples.

    Returns
    -------
    tuple of ndarray, shapes (n, d) and (n,)

    Raises
    ------
    ValueError
        If A is no matrix of two rows or more, or not finite.
    """
    A = _samples(A)
    if len(A) < 2:
        raise ValueError(f"A: expected at least two rows, got {len(A)}")
    units, biases = np.zeros_like(A), np.zeros(len(A))
    for i, row in enumerate(A):
        others = np.delete(A, i, axis=0)
        # The shortest convex combination of the differences, up to its scale.
        ways = np.concatenate([(row - others).T, np.ones((1, len(others)))])
        share = scipy.optimize.nnls(ways, np.append(np.zeros(A.shape[1]), 1.0))[0]
        way = row - (share / share.sum()) @ others
        length = float(np.linalg.norm(way))
        if length > 1e-9 * float(np.abs(A).max()):
            units[i] = way / length
            biases[i] = -float((others @ units[i]).max())
    return units, biases


def _samples(A: ArrayLike) -> Array:
    """Return a matrix whose entries are of moderate size."""
    A = finite_matrix(A, "A")
    moderate(A, "A")
    return A


def _independent(A: ArrayLike) -> Array:
    """Return a matrix with no more rows than columns, and none that is zero."""
    A = _samples(A)
    if len(A) > A.shape[1] or not A.any(axis=1).all():
        raise ValueError(f"A: expected independent rows, got shape {A.shape}")
    return A
