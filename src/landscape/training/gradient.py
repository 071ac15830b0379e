"""Closed-form gradients of the loss and of the regulariser, in buffers made once.

Hidden activations are stored as (units, samples). Every product is a batched one with one matrix
a run, and no size of a product depends on the number of runs, so that the bits of a run do not
depend on its neighbours.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor

from landscape.training.runs import LossName

# Rows in a block of the matrix of cosines, at most.
ROWS = 128


class LossGradient:
    """The gradient of the loss of K networks ``f(x) = V relu(W x)``.

    Parameters
    ----------
    K, n, c : int
        The largest number of networks, their units and outputs.
    b : int
        The number of samples of the loss.
    block : int
        The largest number of samples treated at a time.
    loss : str
        The loss, see `Settings`.
    train_output : bool
        Whether the gradient of V is wanted.
    dtype : torch.dtype
        The dtype of all arrays.
    """

    def __init__(
        self,
        K: int,
        n: int,
        c: int,
        b: int,
        block: int,
        loss: LossName,
        train_output: bool,
        dtype: torch.dtype,
    ) -> None:
        self.b, self.loss, self.train_output = b, loss, train_output
        self.H = torch.empty(K * n * block, dtype=dtype)
        self.D = torch.empty(K * n * block if c > 1 else 0, dtype=dtype)
        self.E = torch.empty(K * c * block, dtype=dtype)
        self.minus_one = torch.full((), -1.0, dtype=dtype)

    def __call__(
        self,
        W: Tensor,
        V: Tensor,
        blocks: list[tuple[Tensor, Tensor]],
        G_W: Tensor,
        G_V: Tensor,
    ) -> None:
        """Write the gradients into G_W and G_V.

        Parameters
        ----------
        W : Tensor, shape (k, n, d)
        V : Tensor, shape (k, c, n)
        blocks : list of (X, y)
            The samples, X of shape (k, s, d) and y of shape (k, c, s), or (k, 1, s) for labels.
        G_W, G_V : Tensor
            The gradients, of the shapes of W and V; G_V is left alone unless it is wanted.
        """
        k, n, _ = W.shape
        c = V.shape[1]
        scale = 1 / self.b
        for i, (X, y) in enumerate(blocks):
            s = X.shape[1]
            H = self.H[: k * n * s].view(k, n, s)
            E = self.E[: k * c * s].view(k, c, s)
            torch.bmm(W, X.transpose(1, 2), out=H)
            torch.bmm(V, H.relu_(), out=E)
            self.output_gradient(E, y)
            if self.train_output:
                G_V.baddbmm_(E, H.transpose(1, 2), beta=min(i, 1), alpha=scale)
            H.gt_(0)
            if c == 1:
                D = H.mul_(E)
            else:
                D = self.D[: k * n * s].view(k, n, s)
                torch.bmm(V.transpose(1, 2), E, out=D)
                D.mul_(H)
            G_W.baddbmm_(D, X, beta=min(i, 1), alpha=scale)
        if c == 1:  # the factor v_j, which D lacks
            G_W.mul_(V.transpose(1, 2))

    def output_gradient(self, F: Tensor, y: Tensor) -> None:
        """Turn the outputs F, shape (k, c, s), into b times the gradient of the loss in them."""
        if self.loss == "least squares":
            F.sub_(y)
        else:
            F.sub_(F.amax(1, keepdim=True)).exp_()
            F.div_(F.sum(1, keepdim=True))
            F.scatter_add_(1, y, self.minus_one.expand(y.shape))


class RegulariserGradient:
    """The gradient of R(W) = (1 / (n (n - 1))) sum_{i != j} k(w_i, w_j)^2 (eq. 28 of Xie et al.).

    With u the cosine of two units, k = (pi - arccos u) / 2 pi = arccos(-u) / 2 pi and
    dk/du = 1 / (2 pi sqrt(1 - u^2)); w^ is a unit of norm one,

        dR/dw_i = 1 / (n (n - 1) pi^2 |w_i|) (S_i - <S_i, w^_i> w^_i),
        S_i = sum_{j != i} arccos(-u_ij) / sqrt(1 - u_ij^2) w^_j.

    The terms of S are bounded once projected but have no direction at u = 1 or -1. There |u| is
    taken to be 1 - 2 eps, which leaves of them no more than rounding errors of size sqrt(eps).
    The matrix of u is symmetric: only its blocks on and above the diagonal are computed.

    Parameters
    ----------
    K, n, d : int
        The largest number of networks, their units and inputs.
    dtype : torch.dtype
        The dtype of all arrays.
    """

    def __init__(self, K: int, n: int, d: int, dtype: torch.dtype) -> None:
        self.edges = block_edges(n, ROWS)
        rows = max(end - start for start, end in self.edges)
        self.unit = torch.empty(K, n, d, dtype=dtype)
        self.norm = torch.empty(K, n, 1, dtype=dtype)
        self.S = [torch.empty(K, end - start, d, dtype=dtype) for start, end in self.edges]
        self.product = torch.empty(K * rows * d, dtype=dtype)
        self.along = torch.empty(K * rows, dtype=dtype)
        self.U = torch.empty(K * rows * rows, dtype=dtype)
        self.A = torch.empty(K * rows * rows, dtype=dtype)
        self.one = torch.ones((), dtype=dtype)
        self.largest = 1 - 2 * torch.finfo(dtype).eps

    def __call__(self, W: Tensor, strength: Tensor, G_W: Tensor) -> None:
        """Add strength times dR/dW to G_W.

        Parameters
        ----------
        W, G_W : Tensor, shape (k, n, d)
        strength : Tensor, shape (k, 1, 1)
        """
        k, n, d = W.shape
        unit, norm = self.unit[:k], self.norm[:k]
        torch.linalg.vector_norm(W, dim=2, keepdim=True, out=norm)
        torch.div(W, norm, out=unit)
        factor = strength / (n * (n - 1) * math.pi**2) / norm
        for i, (a, b) in enumerate(self.edges):
            left, S = unit[:, a:b], self.S[i][:k]
            for j, (start, end) in enumerate(self.edges[i:], start=i):
                right = unit[:, start:end]
                A = self.coefficients(left, right)
                if i == j:
                    A.diagonal(dim1=1, dim2=2).zero_()
                S.baddbmm_(A, right, beta=min(j, 1))
                if i < j:
                    self.S[j][:k].baddbmm_(A.transpose(1, 2), left, beta=min(i, 1))
            product = self.product[: k * (b - a) * d].view(k, b - a, d)
            along = self.along[: k * (b - a)].view(k, b - a, 1)
            torch.mul(S, left, out=product)
            torch.sum(product, dim=2, keepdim=True, out=along)
            S.addcmul_(left, along, value=-1)
            G_W[:, a:b].addcmul_(S, factor[:, a:b])

    def coefficients(self, left: Tensor, right: Tensor) -> Tensor:
        """Return arccos(-u) / sqrt(1 - u^2) for the products u of two blocks of rows of norm 1."""
        shape = (len(left), left.shape[1], right.shape[1])
        U = self.U[: math.prod(shape)].view(shape)
        A = self.A[: math.prod(shape)].view(shape)
        torch.baddbmm(U, left, right.transpose(1, 2), beta=0, alpha=-1, out=U)
        U.clamp_(-self.largest, self.largest)
        torch.addcmul(self.one, U, U, value=-1, out=A).rsqrt_()
        return A.mul_(U.acos_())


def block_edges(size: int, largest: int) -> list[tuple[int, int]]:
    """Cut range(size) into blocks of nearly equal lengths, none above `largest`."""
    count = -(-size // largest)
    cuts = [size * i // count for i in range(count + 1)]
    return list(pairwise(cuts))
