"""Spikes of rectified ellipsoids, and the units that see one sample only.

A matrix A is spike-free if each relu(A u) with |u| <= 1 is A w for some |w| <= 1 (Ergen & Pilanci
2021, Lemma 3). A spike is a u for which the shortest such w is longer than one.
"""

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

Array = NDArray[np.float64]


def single_spikes(A: Array) -> Array:
    """Return, for each row of A, the length of the shortest w for the best unit of that row alone.

    Of the units of length one that are inactive on all other rows, the best one for a row is along
    its projection on the polar cone of the others; its activation is the row's distance from the
    cone that the others span. The shortest w with the same activations has that distance over the
    row's distance from the others' linear span. So A is not spike-free if an entry exceeds one.

    Parameters
    ----------
    A : ndarray, shape (n, d), n <= d
        Independent rows.

    Returns
    -------
    ndarray, shape (n,)
        At least one each.
    """
    lengths = []
    for i, row in enumerate(A):
        others = np.delete(A, i, axis=0).T
        if others.shape[1] == 0:
            lengths.append(1.0)
            continue
        to_cone = scipy.optimize.nnls(others, row)[1]
        to_span = np.linalg.norm(row - others @ np.linalg.lstsq(others, row)[0])
        lengths.append(max(1.0, float(to_cone / to_span)))
    return np.array(lengths)


def sampled_spike(A: Array, units: Array) -> tuple[float, float]:
    """Return the largest |w| with A w nearest to relu(A u), and how far that is, both over |u|.

    Parameters
    ----------
    A : ndarray, shape (n, d)
        Samples.
    units : ndarray, shape (k, d)
        The u that are tried.
    """
    units = units / np.linalg.norm(units, axis=1, keepdims=True)
    activations = np.maximum(units @ A.T, 0.0)
    w = activations @ np.linalg.pinv(A).T
    misses = np.linalg.norm(w @ A.T - activations, axis=1)
    return float(np.linalg.norm(w, axis=1).max()), float(misses.max())


def vertex_units(A: Array) -> tuple[Array, Array]:
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
    """
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
