"""The normal form of a critical point, and the free parameters that generate it.

At a critical point associated with S (r eigenvalues of Sigma), with U_S their eigenvectors, there
are invertible G_1, ..., G_{H-1} such that

    W_1 = G_1 [U_S^T Y X^+ + M (I - X X^+); Z_1],   W_h = G_h diag(I_r, Z_h) G_{h-1}^{-1},
    W_H = [U_S, Z_H] G_{H-1}^{-1},   U_S^T Z_H = 0,

Z_H ... Z_1 X = 0 and, with N = (I - U_S U_S^T) Y X^T, (Z_H ... Z_{h+1})^T N (Z_{h-1} ... Z_1)^T = 0
for all h; conversely every such point is critical (the forms of Zhou & Liang 2018 and of
Proposition 9, Achour et al. 2024, made complete for data of any rank).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from landscape.arrays import Array
from landscape.linear.problem import (
    Layers,
    Problem,
    between,
    prefixes,
    product,
    spectral_norm,
    suffixes,
)

# A product of blocks counts as zero below ZERO times the product of their norms; between the
# bounds of DOUBT (rounding and Newton residuals stay below, generic data above) the decision is
# called ambiguous.
ZERO = 3e-8
DOUBT = (1e-10, 1e-5)
FLOOR = 1e-2


@dataclass(frozen=True)
class NormalForm:
    """Blocks of a critical point in whitened coordinates, where inputs are I_q and targets B.

    Attributes
    ----------
    S : tuple of int
        Chosen eigenvalues of Sigma; of equal ones the first are named.
    U_S, V_S : ndarray, shapes (d_H, r) and (q, r)
        Singular vectors of B chosen by the point; U_Q, V_Q complete them.
    N : ndarray, shape (d_H - r, q - r)
        What remains of the target, U_Q^T B V_Q.
    G : list of ndarray, shapes (d_h, d_h)
        Bases of the hidden layers, h = 1, ..., H - 1.
    Z : list of ndarray
        Z_1 (d_1 - r, q - r) in the basis V_Q, ..., Z_H (d_H - r, d_{H-1} - r) in the basis U_Q.
    norms : list of float
        Norms of the blocks Z, but at least FLOOR times the usual size of the weights, so that
        blocks that are zero up to rounding are not measured by themselves.
    ambiguous : bool
        Whether S is doubtful: W_H ... W_1 X is far from U_S U_S^T Y X^+ X.
    """

    S: tuple[int, ...]
    U_S: Array
    V_S: Array
    U_Q: Array
    V_Q: Array
    N: Array
    G: Layers
    Z: Layers
    norms: list[float]
    ambiguous: bool

    @property
    def rank(self) -> int:
        """R, the rank of W_H ... W_1 X."""
        return len(self.S)

    @cached_property
    def pivots(self) -> tuple[bool, bool]:
        """Whether all pivots are tightened, and whether that is ambiguous.

        The two complementary blocks of the pivot (i, j) on the cycle closed by X Y^T have rank r
        plus the ranks of Z_{j-1} ... Z_1 N^T Z_H ... Z_{i+1} and Z_{i-1} ... Z_{j+1}
        (Definitions 3 to 6, Achour et al. 2024), so the pivot is tightened iff one of these is 0.
        """
        H, Z = len(self.Z), self.Z
        if not self.N.any() or min((len(block) for block in Z[:-1]), default=0) == 0:
            return True, False
        norms, target = self.norms, spectral_norm(self.N)
        before, after = prefixes(Z), suffixes(Z)
        tightened, ambiguous = True, False
        for i in range(2, H + 1):
            for j in range(1, i):
                first = relative(
                    before[j - 1] @ self.N.T @ after[i - 1],
                    [*norms[: j - 1], target, *norms[i:]],
                )
                second = relative(between(Z, i, j), norms[j : i - 1])
                smaller = min(first, second)
                tightened &= smaller <= ZERO
                ambiguous |= DOUBT[0] < smaller < DOUBT[1]
        return tightened, ambiguous


@dataclass(frozen=True)
class Reconstruction:
    """Free parameters of a critical point, in the notation of this module's docstring.

    Attributes
    ----------
    S : tuple of int
        Chosen eigenvalues of Sigma, counted from 0; of equal ones the first are named.
    U_S : ndarray, shape (d_H, r)
    G : list of ndarray, shapes (d_h, d_h)
    M : ndarray, shape (r, d_0)
    Z : list of ndarray, shapes (d_1 - r, d_0), (d_h - r, d_{h-1} - r) and (d_H, d_{H-1} - r)
    residual : float
        Largest relative distance of a weight matrix from the one rebuilt.
    ambiguous : bool
        Whether the numerical rank, or that of a product of blocks, is not certain.
    """

    S: tuple[int, ...]
    U_S: Array
    G: Layers
    M: Array
    Z: Layers
    residual: float
    ambiguous: bool


def relative(block: Array, norms: list[float]) -> float:
    """Return ||block|| relative to the product of the norms of its factors."""
    size = float(np.prod(norms))
    return float(np.linalg.norm(block)) / size if size > 0 else 0.0


def normal_form(problem: Problem, W: Layers) -> NormalForm:
    """Return the normal form of a critical point `W`."""
    floors = [FLOOR * max(norm, problem.natural) for norm in problem.norms(W)]
    W = problem.whitened(W)
    before, after = prefixes(W), suffixes(W)
    R = before[-1]
    U, V, delta = problem.U.copy(), problem.V.copy(), problem.delta
    S: list[int] = []
    deviation = 0.0
    for group in problem.groups():
        g = slice(group.start, group.stop)
        # W_H ... W_1 F = P B with P an orthogonal projector that commutes with Sigma, so this is
        # P restricted to one eigenspace.
        P = (U[:, g].T @ R @ V[:, g]) / delta[g]
        values, vectors = np.linalg.eigh((P + P.T) / 2)
        values, vectors = values[::-1], vectors[:, ::-1]
        U[:, g], V[:, g] = U[:, g] @ vectors, V[:, g] @ vectors
        S += [group.start + k for k in range(int(np.sum(values > 0.5)))]
        deviation = max(deviation, float(np.abs(values - np.round(values)).max()))
    Q = [i for i in range(len(U)) if i not in S]
    rest = [i for i in range(len(V)) if i not in S]
    U_S, V_S, U_Q, V_Q = U[:, S], V[:, S], U[:, Q], V[:, rest]
    r = len(S)
    N = np.zeros((len(Q), len(rest)))
    for a, i in enumerate(Q):
        if delta[i]:
            N[a, a] = delta[i]  # Q and rest begin with the same indices, those below the rank

    G: Layers = []
    inverses: Layers = []
    for h in range(problem.depth - 1):
        image = before[h + 1] @ V_S / delta[S]
        kernel = np.linalg.qr(after[h].T @ U_S, mode="complete")[0][:, r:]
        G.append(np.hstack([image, kernel]))
        inverses.append(np.asarray(np.linalg.inv(G[-1]), dtype=np.float64))
    Z = [inverses[0][r:] @ W[0] @ V_Q]
    Z += [inverses[h][r:] @ W[h] @ G[h - 1][:, r:] for h in range(1, problem.depth - 1)]
    Z.append(U_Q.T @ W[-1] @ G[-1][:, r:])
    off = float(np.linalg.norm(R - U_S @ (U_S.T @ problem.B)))
    ambiguous = deviation > DOUBT[1] or off > DOUBT[1] * problem.scale
    norms = [
        max(spectral_norm(block), floor) if block.size else 0.0
        for block, floor in zip(Z, floors, strict=True)
    ]
    return NormalForm(tuple(S), U_S, V_S, U_Q, V_Q, N, G, Z, norms, ambiguous)


def reconstruct(problem: Problem, W: Layers, form: NormalForm) -> Reconstruction:
    """Return the free parameters of `W`, with the distance of the point that they generate."""
    r = form.rank
    inverse = np.linalg.inv(form.G[0])
    first = inverse @ W[0]
    missed = np.eye(problem.widths[0]) - problem.F @ problem.F_inverse
    M = first[:r] @ missed
    Z = [first[r:], *form.Z[1:-1], form.U_Q @ form.Z[-1]]
    rebuilt = generate(problem, form.U_S, form.G, M, Z)
    residual = max(
        float(np.linalg.norm(a - b)) / (float(np.linalg.norm(a)) or 1.0)
        for a, b in zip(W, rebuilt, strict=True)
    )
    singular = np.append(
        np.linalg.svd(product(problem.whitened(W)), compute_uv=False) if problem.F.size else [], 0.0
    ) / (problem.scale or 1.0)
    kept = float(singular[r - 1]) if r else float("inf")
    ambiguous = form.ambiguous or form.pivots[1] or kept < DOUBT[1]
    return Reconstruction(form.S, form.U_S, form.G, M, Z, residual, ambiguous)


def generate(problem: Problem, U_S: Array, G: Layers, M: Array, Z: Layers) -> Layers:
    """Return the weights of the normal form with the given free parameters."""
    r = U_S.shape[1]
    missed = np.eye(problem.widths[0]) - problem.F @ problem.F_inverse
    W = [G[0] @ np.vstack([U_S.T @ problem.B @ problem.F_inverse + M @ missed, Z[0]])]
    for h in range(1, problem.depth - 1):
        inner = np.zeros((problem.widths[h + 1], problem.widths[h]))
        inner[:r, :r], inner[r:, r:] = np.eye(r), Z[h]
        W.append(G[h] @ inner @ np.linalg.inv(G[h - 1]))
    W.append(np.hstack([U_S, Z[-1]]) @ np.linalg.inv(G[-1]))
    return W
