"""All Hessian eigenvalues, from small blocks where the structure of the point allows it.

Both ways need inputs with equal nonzero singular values (F = c Q with Q^T Q = I), so that a turn of
the inputs leaves the eigenvalues as they are; for other inputs only signs are structured
(`landscape.linear.inertia`).
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from landscape.arrays import Array
from landscape.linear.hessian import dense_hessian
from landscape.linear.problem import EPS, Layers, Problem, product

Method = Literal["aligned", "two_layers", "dense"]

# A structure counts as present if what it neglects is below this part of the Hessian; by Weyl's
# inequality eigenvalues are then off by no more.
NEGLECT = 1e-12
# Generic weights, by which sums of images keep different directions apart: multiples of GOLDEN for
# layer after layer, and FROM_OUTPUT for images of outputs beside those of inputs.
GOLDEN = 0.6180339887498949
FROM_OUTPUT = 1.3


@dataclass(frozen=True)
class Spectrum:
    """Hessian eigenvalues.

    Attributes
    ----------
    eigenvalues : ndarray, shape (P,)
        Ascending.
    method : str
        "aligned": W_h = R_h D_h R_{h-1}^T with the singular vectors of the whitened target at both
        ends, blocks of at most 2 H; "two_layers": a critical point of a network with H = 2, blocks
        of 2 d_1; "dense": a dense symmetric eigenvalue problem.
    block_size : int
        Size of the largest block that was diagonalised.
    """

    eigenvalues: Array
    method: Method
    block_size: int


def spectrum(problem: Problem, W: Layers) -> Spectrum:
    """Return all eigenvalues of the Hessian at `W` and the way they were found."""
    s = problem.singular_values
    if len(s) and s[0] - s[-1] <= NEGLECT * s[0]:
        aligned = align(problem, W)
        if aligned is not None:
            return _aligned(problem, *aligned)
        if problem.depth == 2:
            values = _two_layers(problem, W)
            if values is not None:
                return Spectrum(np.sort(values), "two_layers", 2 * problem.widths[1])
    hessian = dense_hessian(problem.F, problem.B, W)
    return Spectrum(scipy.linalg.eigvalsh(hessian, overwrite_a=True), "dense", problem.size)


def align(problem: Problem, W: Layers) -> tuple[Array, NDArray[np.bool_]] | None:
    """Return the diagonals of the D_h (H, n) and where the n directions are present (H + 1, n).

    None if `W` is not aligned. A direction that a layer does not have is zero there.

    Directions are followed from the input and from the output; what neither reaches is completed
    layer by layer. Equal singular values are separated by the partial products, whose columns all
    are orthogonal in the basis sought.
    """
    H, q, out = problem.depth, problem.F.shape[1], problem.widths[-1]
    first = W[0] @ (problem.F / problem.singular_values[0])
    layers = [first, *W[1:]]
    norms = [float(np.linalg.norm(layer)) for layer in layers]
    U, V = _separated(problem, layers)
    bases: list[Array] = [V, *(np.zeros((d, 0)) for d in problem.widths[1:-1]), U]
    sizes = [q, *problem.widths[1:-1], out]
    names: list[list[int]] = [list(range(q)), *([] for _ in sizes[1:-1]), list(range(out))]

    def follow(h: int, step: int) -> None:
        """Carry the directions of layer h on to layer h + step and its like."""
        while 0 < h + step < H:
            matrix = layers[h] if step == 1 else layers[h - 1].T
            moved = matrix @ bases[h]
            lengths = np.linalg.norm(moved, axis=0)
            alive = lengths > NEGLECT * norms[h if step == 1 else h - 1]
            h += step
            known = set(names[h])
            new = [k for k in np.flatnonzero(alive) if names[h - step][k] not in known]
            if new:
                bases[h] = np.hstack([bases[h], moved[:, new] / lengths[new]])
                names[h] = names[h] + [names[h - step][k] for k in new]

    follow(0, 1)
    follow(H, -1)
    for h in range(1, H):
        missing = sizes[h] - bases[h].shape[1]
        if missing < 0:
            return None
        if missing:
            complement = np.linalg.qr(bases[h], mode="complete")[0][:, sizes[h] - missing :]
            vectors = _turn(_images(complement, layers[h:]))
            taken = set(names[h])
            # A name is free if no layer that this direction may reach uses it already.
            later = {name for other in names[h + 1 : H] for name in other}
            free = (k for k in range(2 * sum(sizes)) if k not in taken)
            unused = [k for k, _ in zip(free, range(missing + len(later)), strict=False)]
            unused.sort(key=lambda k: k in later)
            bases[h] = np.hstack([bases[h], complement @ vectors])
            names[h] = names[h] + unused[:missing]
            follow(h, 1)
    top = 1 + max(max(used, default=0) for used in names)
    d = np.zeros((H, top))
    for h, layer in enumerate(layers):
        D = bases[h + 1].T @ layer @ bases[h]
        position = {name: k for k, name in enumerate(names[h + 1])}
        for column, name in enumerate(names[h]):
            if name in position:
                row = position[name]
                d[h, name] = D[row, column]
                D[row, column] = 0.0
        if np.linalg.norm(D) > 10 * NEGLECT * norms[h]:
            return None
    present = np.zeros((H + 1, top), dtype=bool)
    for h, layer_names in enumerate(names):
        present[h, layer_names] = True
    return d, present


def _separated(problem: Problem, layers: Layers) -> tuple[Array, Array]:
    """Return singular vectors of B turned, where singular values repeat, towards the weights."""
    U, V, rank = problem.U.copy(), problem.V.copy(), problem.rank_sigma
    upward = [layer.T for layer in layers[:0:-1]]
    for group in problem.groups():
        if len(group) > 1:
            g = slice(group.start, group.stop)
            from_input, from_output = _images(V[:, g], layers), _images(U[:, g], upward)
            turn = _turn(np.vstack([from_input, FROM_OUTPUT * from_output]))
            U[:, g], V[:, g] = U[:, g] @ turn, V[:, g] @ turn
    # Where B vanishes, inputs and outputs turn on their own, except that a direction that
    # survives all layers names its image.
    idle, out = V[:, rank:], U[:, rank:]
    if idle.shape[1]:
        idle = idle @ _turn(_images(idle, layers))
        image = product(layers) @ idle
        lengths = np.linalg.norm(image, axis=0)
        order = np.argsort(-lengths)
        V[:, rank:] = idle[:, order]
        bound = NEGLECT * float(np.prod([np.linalg.norm(layer) for layer in layers]))
        alive = [k for k in order if lengths[k] > bound][: out.shape[1]]
        if alive:
            met = image[:, alive] / lengths[alive]
            left = out @ np.linalg.qr(out.T @ met, mode="complete")[0][:, len(alive) :]
            out = np.hstack([met, left])
            U[:, rank:] = out
        out = out[:, len(alive) :]
    if out.shape[1]:
        U[:, U.shape[1] - out.shape[1] :] = out @ _turn(_images(out, upward))
    return U, V


def _images(basis: Array, layers: Layers) -> Array:
    """Return the images of `basis` in all layers, one above the other, with generic weights.

    Images that are zero up to rounding do not count.
    """
    images = [np.zeros((0, basis.shape[1]))]
    for k, layer in enumerate(layers, start=1):
        basis = layer @ basis / (float(np.linalg.norm(layer)) or 1.0)
        if float(np.linalg.norm(basis)) <= NEGLECT:
            break
        images.append(basis / (1 + (k * GOLDEN) % 1))
    return np.vstack(images)


def _turn(images: Array) -> Array:
    """Return the turn of a basis that makes its images orthogonal.

    At an aligned point the Gram matrices of all images commute, and weights without a rational
    relation keep different directions apart in their sum. The right singular vectors of the stack
    are those of the sum without squaring the ratio of its singular values.
    """
    rows, columns = images.shape
    if rows == 0:
        return np.eye(columns)
    right: Array = scipy.linalg.svd(images, full_matrices=rows < columns)[2]
    return right.T


class _Couplings(NamedTuple):
    """What couples changes of entries at diagonal layers d (H, n).

    Attributes
    ----------
    above, below : ndarray, shape (H, n)
        Products of d over the layers that follow and precede each layer.
    outer, inner : dict of (int, int) to ndarray, shape (n,)
        V_i[n, m] and V_j[m, n], i > j, are coupled by outer[i, j][n] * inner[i, j][m].
    """

    above: Array
    below: Array
    outer: dict[tuple[int, int], Array]
    inner: dict[tuple[int, int], Array]

    def own_blocks(self, n: NDArray[np.intp], layers: list[int]) -> Array:
        """Return the blocks of entries (n, n) of some layers, one for each n."""
        above, below, outer, inner = self
        blocks = np.empty((len(n), len(layers), len(layers)))
        for a, i in enumerate(layers):
            for b, j in enumerate(layers[: a + 1]):
                entry = above[i, n] * below[i, n] * above[j, n] * below[j, n]
                if i > j:
                    entry = entry + outer[i, j][n] * inner[i, j][n]
                blocks[:, a, b] = blocks[:, b, a] = 2 * entry
        return blocks

    def pair_blocks(
        self, pair: tuple[NDArray[np.intp], ...], entries: list[tuple[int, int]]
    ) -> Array:
        """Return the blocks of pairs {n, m}, the first and the second of `pair`.

        An entry (h, 0) is (n, m) of layer h, an entry (h, 1) is (m, n).
        """
        above, below, outer, inner = self
        blocks = np.zeros((len(pair[0]), len(entries), len(entries)))
        for a, (i, side) in enumerate(entries):
            row, column = pair[side], pair[1 - side]
            for b, (j, other) in enumerate(entries):
                if side == other and j <= i:
                    entry = above[i, row] * below[i, column]
                    entry = entry * above[j, row] * below[j, column]
                elif side != other and i > j:
                    entry = outer[i, j][row] * inner[i, j][column]
                else:
                    continue
                blocks[:, a, b] = blocks[:, b, a] = 2 * entry
        return blocks


def _aligned(problem: Problem, d: Array, present: NDArray[np.bool_]) -> Spectrum:
    """Return the spectrum at diagonal layers d (H, n) and target diag(delta).

    A change of entry (n, m) of layer h meets only those of entries (n, m) and (m, n) of the
    layers, so each pair {n, m} has a block of its own. Which of its 2 H entries exist depends on
    the layers where n and m are present, so pairs are taken together by these patterns.
    """
    H, top = d.shape
    c = float(problem.singular_values[0])
    above = np.ones((H, top))  # products of d over the layers that follow and precede layer h
    below = np.full((H, top), c)
    for h in range(1, H):
        below[h] = below[h - 1] * d[h - 1]
        above[H - 1 - h] = above[H - h] * d[H - h]
    delta = np.zeros(top)
    delta[: len(problem.delta)] = problem.delta
    residual = below[-1] * d[-1] - delta
    outer, inner = {}, {}
    for i in range(H):
        for j in range(i):
            outer[i, j] = above[i] * residual * below[j]
            inner[i, j] = np.prod(d[j + 1 : i], axis=0)
    couplings = _Couplings(above, below, outer, inner)

    patterns, which = np.unique(present, axis=1, return_inverse=True)
    classes = [np.flatnonzero(which == k) for k in range(patterns.shape[1])]
    values = [np.zeros(problem.widths[1] * (problem.widths[0] - problem.F.shape[1]))]
    largest = 1
    for x, n in enumerate(classes):
        inside = [h for h in range(H) if patterns[h, x] and patterns[h + 1, x]]
        blocks = couplings.own_blocks(n, inside)
        values.append(np.linalg.eigvalsh(blocks).ravel() if inside else np.zeros(0))
        largest = max(largest, len(inside))
        for y in range(x, len(classes)):
            if x == y:
                pair = tuple(n[k] for k in np.triu_indices(len(n), 1))
            else:
                pair = tuple(k.ravel() for k in np.meshgrid(n, classes[y], indexing="ij"))
            entries = [
                (h, side)
                for side, (a, b) in enumerate([(x, y), (y, x)])
                for h in range(H)
                if patterns[h + 1, a] and patterns[h, b]
            ]
            if not entries or not len(pair[0]):
                continue
            values.append(np.linalg.eigvalsh(couplings.pair_blocks(pair, entries)).ravel())
            largest = max(largest, len(entries))
    return Spectrum(np.sort(np.concatenate(values)), "aligned", largest)


def _two_layers(problem: Problem, W: Layers) -> Array | None:
    """Return the eigenvalues at a critical point of two layers, or None if it is not critical.

    Turn inputs and outputs to the singular vectors of the residual E. Where it is e_i > 0 the
    weights vanish, so row i of V_2 and column i of V_1 form a block
    2 [[W_1 F F^T W_1^T, c e_i], [c e_i, c^2 W_2^T W_2]]. Elsewhere V_2 W_1 + W_2 V_1 in the
    singular bases of W_1 and W_2 gives 2 c^2 (sigma^2 + tau^2) for each pair of singular values.
    """
    c, d1 = float(problem.singular_values[0]), problem.widths[1]
    W_1, W_2 = W[0] @ problem.F / c, W[1]
    E = product(problem.whitened(W)) - problem.B
    size = float(np.linalg.norm(W_1) ** 2 + np.linalg.norm(W_2) ** 2)
    left, e, right = scipy.linalg.svd(E)
    live = int(np.sum(e > 100 * max(E.shape) * EPS * (problem.scale + c * size)))
    off = np.linalg.norm(left[:, :live].T @ W_2), np.linalg.norm(right[:live] @ W_1.T)
    # What is neglected couples blocks by at most c^2 |off| |W|.
    scale = max(c * size, float(e[0]) if len(e) else 0.0)
    if max(off) * c * np.sqrt(size) > NEGLECT * scale:
        return None
    ones = np.eye(d1)
    blocks = np.empty((live, 2 * d1, 2 * d1))
    blocks[:, :d1, :d1], blocks[:, d1:, d1:] = c * c * W_1 @ W_1.T, c * c * W_2.T @ W_2
    blocks[:, :d1, d1:] = blocks[:, d1:, :d1] = c * e[:live, None, None] * ones
    # V_2 enters the loss through W_1 F and so is scaled by c; V_1 F = c V_1 as well: both squares
    # carry c^2, and the product V_2 V_1 F with E carries c.
    rows, columns = E.shape[0] - live, E.shape[1] - live
    sigma, tau = np.zeros(max(rows, d1)), np.zeros(max(columns, d1))
    found = scipy.linalg.svdvals(W_2)
    sigma[: len(found)] = found
    found = scipy.linalg.svdvals(W_1)
    tau[: len(found)] = found
    grid = 2 * c * c * (sigma[:rows, None] ** 2 + tau[:columns] ** 2)
    exists = (np.arange(rows)[:, None] < d1) | (np.arange(columns) < d1)
    values = [2 * np.linalg.eigvalsh(blocks).ravel(), grid[exists]]
    values.append(np.zeros(problem.size - sum(v.size for v in values)))
    return np.concatenate(values)
