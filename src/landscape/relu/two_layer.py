"""Two-layer ReLU networks f(x) = v · relu(W x) on a finite sample, in the square loss.

The rows of X (m, d) are samples, the rows of W (n, d) are units, and v (n,) holds the output
weights. Equation and theorem numbers are those of Xie, Liang & Song, "Diverse Neural Network
Learns True Target Functions", AISTATS 2017. The derivative of the ReLU at 0 is 1 throughout, as in
the paper, so a unit or a sample that is zero is active.
"""

import numpy as np
import scipy.linalg
from numpy.typing import DTypeLike, NDArray
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from landscape.arrays import (
    Array,
    exponent,
    finite_matrix,
    finite_vector,
    refuses_extremes,
    shifted,
)

# Below this size a full eigenvalue decomposition is faster than a factorisation and Lanczos steps.
SMALL = 700


@refuses_extremes("X, W")
def activation_pattern(X: Array, W: Array) -> NDArray[np.bool_]:
    """Return which units are active on which samples, 1[<x_l, w_k> >= 0].

    Parameters
    ----------
    X : ndarray, shape (m, d)
        Samples.
    W : ndarray, shape (n, d)
        Units.

    Returns
    -------
    ndarray of bool, shape (m, n)

    Raises
    ------
    ValueError
        If a matrix is empty, has another shape or is not finite.
    """
    X = finite_matrix(X, "X")
    W = finite_matrix(W, "W", columns=X.shape[1])
    # Signs do not depend on scales, and no product underflows for that of X or W.
    X, W = shifted(X, -exponent(X)), shifted(W, -exponent(W))
    pattern: NDArray[np.bool_] = X @ W.T >= 0.0
    return pattern


@refuses_extremes("X, W")
def extended_feature_gram(X: Array, W: Array) -> Array:
    """Return the Gram matrix D^T D of the extended features without forming D.

    D is `extended_feature_matrix` for output weights of absolute value 1; their signs cancel.

    Parameters
    ----------
    X : ndarray, shape (m, d)
        Samples.
    W : ndarray, shape (n, d)
        Units.

    Returns
    -------
    ndarray, shape (m, m)
        (A A^T) ∘ (X X^T) with the activation pattern A (m, n): symmetric, positive semidefinite,
        of rank at most n d.

    Raises
    ------
    ValueError
        If a matrix is empty, has another shape or is not finite.
    """
    X = finite_matrix(X, "X")
    pattern = activation_pattern(X, W)
    # Sums of fewer than 2**24 ones are exact in single precision, which takes half the time.
    counting: DTypeLike = np.float32 if pattern.shape[1] < 2**24 else np.float64
    active = pattern.astype(counting)
    gram: Array = X @ X.T
    gram *= active @ active.T
    return gram


@refuses_extremes("X, v")
def extended_feature_matrix(X: Array, W: Array, v: Array) -> Array:
    """Return the extended feature matrix D (Section 3 of the paper).

    This is the definition, for small sizes: D has n d m entries. `extended_feature_gram` and
    `gradient` do not form it.

    Parameters
    ----------
    X : ndarray, shape (m, d)
        Samples.
    W : ndarray, shape (n, d)
        Units.
    v : ndarray, shape (n,)
        Output weights; ±1 in the paper.

    Returns
    -------
    ndarray, shape (d n, m)
        Column l stacks v_k 1[<w_k, x_l> >= 0] x_l over the units k, so that rows k d to (k+1) d - 1
        belong to unit k.

    Raises
    ------
    ValueError
        If an argument is empty, has another shape or is not finite.
    """
    X, W, v = _network(X, W, v)
    features: Array = np.einsum("k,lk,li->kil", v, activation_pattern(X, W), X)
    return features.reshape(W.size, X.shape[0])


@refuses_extremes("X, W, v")
def predict(X: Array, W: Array, v: Array) -> Array:
    """Return the outputs f(x_l) = Σ_k v_k relu(<w_k, x_l>).

    Parameters and errors are those of `extended_feature_matrix`.

    Returns
    -------
    ndarray, shape (m,)
    """
    X, W, v = _network(X, W, v)
    outputs: Array = np.maximum(X @ W.T, 0.0) @ v
    return outputs


@refuses_extremes("X, W, v, y")
def residual(X: Array, W: Array, v: Array, y: Array) -> Array:
    """Return the residual r = (f(X) - y) / m, with the factor 1/m inside as in the paper.

    Parameters
    ----------
    X : ndarray, shape (m, d)
        Samples.
    W : ndarray, shape (n, d)
        Units.
    v : ndarray, shape (n,)
        Output weights.
    y : ndarray, shape (m,)
        Targets.

    Returns
    -------
    ndarray, shape (m,)

    Raises
    ------
    ValueError
        If an argument is empty, has another shape or is not finite.
    """
    outputs = predict(X, W, v)
    return (outputs - finite_vector(y, "y", outputs.size)) / outputs.size


@refuses_extremes("X, W, v, y")
def loss(X: Array, W: Array, v: Array, y: Array) -> float:
    """Return L = Σ_l (f(x_l) - y_l)² / (2m) (equation 4).

    Parameters and errors are those of `residual`.
    """
    r = residual(X, W, v, y)
    return float(0.5 * r.size * (r @ r))


@refuses_extremes("X, W, v, y")
def gradient(X: Array, W: Array, v: Array, y: Array) -> Array:
    """Return the gradient of the loss in W, which is D r reshaped (equations 5 and 6).

    Parameters and errors are those of `residual`.

    Returns
    -------
    ndarray, shape (n, d)
    """
    r = residual(X, W, v, y)
    X, W, v = _network(X, W, v)
    return ((activation_pattern(X, W) * r[:, None]).T @ X) * v[:, None]


@refuses_extremes("X, W")
def smallest_singular_value_squared(X: Array, W: Array) -> float:
    """Return s_m(D)², the square of the m-th largest singular value of the extended features.

    It bounds the loss by the gradient: L <= (m/2) ||∂L/∂W||² / s_m(D)² (equation 7).

    Parameters and errors are those of `extended_feature_gram`.

    Returns
    -------
    float
        Zero exactly if m > n d, since D has n d rows; otherwise as accurate as
        `smallest_eigenvalue`, and at least 0.
    """
    X = finite_matrix(X, "X")
    W = finite_matrix(W, "W", columns=X.shape[1])
    if X.shape[0] > W.size:
        return 0.0
    return max(smallest_eigenvalue(extended_feature_gram(X, W)), 0.0)


@refuses_extremes("G")
def smallest_eigenvalue(G: Array) -> float:
    """Return the smallest eigenvalue of a symmetric matrix, fast if it is positive definite.

    A Cholesky factorisation makes products with the inverse cheap, and Lanczos iteration on them
    finds the largest eigenvalue of the inverse. Small matrices, and those for which the
    factorisation or the iteration fails, go through a full eigenvalue decomposition instead.

    Parameters
    ----------
    G : ndarray, shape (m, m)
        A symmetric matrix, of which the lower triangle alone is read.

    Returns
    -------
    float
        The eigenvalue λ, with an error of at most about 1e-8 λ + 1e-15 m ||G||; the first term is
        what the stopping rule guarantees, and in practice it is nearer to 1e-14 λ. A singular
        positive semidefinite matrix gives a number of either sign within the second term.

    Raises
    ------
    ValueError
        If `G` is not a non-empty square matrix of finite numbers.

    Notes
    -----
    The iteration starts at a fixed random vector, so that the result is reproducible.
    """
    G = finite_matrix(G, "G")
    m = G.shape[0]
    if G.shape != (m, m):
        raise ValueError(f"G: expected a square matrix, got shape {G.shape}")
    if m >= SMALL:
        try:
            # The transpose is in LAPACK's column order, and its upper triangle is the lower one.
            factor = scipy.linalg.cho_factor(G.T, lower=False, check_finite=False)
            inverse = LinearOperator(
                G.shape,
                matvec=lambda b: scipy.linalg.cho_solve(factor, b, check_finite=False),
                dtype=np.float64,
            )
            start = np.random.default_rng(0).standard_normal(m)
            largest = eigsh(inverse, k=1, which="LA", v0=start, tol=1e-8, return_eigenvectors=False)
            return float(1.0 / largest[0])
        except (scipy.linalg.LinAlgError, ArpackNoConvergence):
            pass
    return float(np.linalg.eigvalsh(G)[0])


def _network(X: Array, W: Array, v: Array) -> tuple[Array, Array, Array]:
    X = finite_matrix(X, "X")
    W = finite_matrix(W, "W", columns=X.shape[1])
    return X, W, finite_vector(v, "v", W.shape[0])
