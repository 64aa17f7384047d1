"""Eigenvalues at either end of a symmetric matrix, from products with it alone.

Lanczos' method with full reorthogonalisation and thick restarts: the basis holds at most a fixed number of vectors, all
orthogonal to rounding, and the projected matrix is formed from their products. Every eigenvalue comes with its residual
||H v - lambda v||, ||v|| = 1, computed by a product of its own: within that distance of lambda lies an eigenvalue of H.
The basis is all that is held: it is turned into the vectors that are kept a block of columns at a time, in its place.

Source: K. Wu and H. Simon, thick-restart Lanczos; B. Parlett, The symmetric eigenvalue problem.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from operator import index
from typing import Any

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]
ENDS = ("largest", "smallest", "both", "size")
COLUMNS = 1 << 14  # of the basis that are turned at a time


@dataclass(frozen=True)
class Spectrum:
    """values: (k,), falling; residuals: (k,); vectors: (k, n) or None; products: how many were taken.

    converged: whether every residual was brought under tolerance * max |value|.
    """

    values: Tensor
    residuals: Tensor
    vectors: Tensor | None
    products: int
    converged: bool


def top_eigenvalues(
    product: Product,
    size: int,
    k: int,
    *,
    end: str = "largest",
    tolerance: float = 1e-4,
    basis: int | None = None,
    most: int = 10_000,
    probe: bool = False,
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
    vectors: bool = False,
    support: Tensor | None = None,
) -> Spectrum:
    """The k largest or smallest eigenvalues, k at each end ("both"), or the k of largest absolute value ("size"), of
    the symmetric ``product`` on R^size.

    basis: the most vectors that are kept, 2 k + 30 (for both ends twice the k) unless told; most: products after which
    it ends unconverged. A multiple eigenvalue may be found once alone: ``probe`` goes on from a new random direction
    until nothing changes. support: the indices of the rows that may be other than zero, all of them unless told: the
    basis lies in these coordinates, and the eigenvalue 0 of the others joins as often as it is there; the residuals are
    those of whole products, and show a row that was left out wrongly. Raises ValueError for arguments out of range,
    FloatingPointError where a product is not finite.
    """
    if end not in ENDS:
        raise ValueError(f"end must be one of {', '.join(ENDS)}, not {end!r}")
    k = index(k)
    wanted = 2 * k if end == "both" else k
    if k < 1 or wanted > size:
        raise ValueError(f"between 1 and {size} eigenvalues can be asked for, not {wanted}")
    own = size if support is None else len(support)
    if not own:
        raise ValueError("a matrix without rows that may be other than zero needs no products")
    inner = min(wanted, own)
    limit = min(own, basis if basis is not None else 2 * wanted + 30)
    if limit < min(own, wanted + 2):
        raise ValueError(f"the basis must have at least {min(own, wanted + 2)} vectors, not {limit}")
    run = _Lanczos(product, size, support, limit, torch.Generator().manual_seed(seed), dtype, device)
    values = run.converge(inner, end, tolerance, most)
    while probe and run.products < most and run.count < own:
        run.insert_random()
        again = run.converge(inner, end, tolerance, most)
        same = bool((torch.abs(again - values) <= 10 * tolerance * torch.abs(again).max()).all())
        values = again
        if same:
            break
    return run.spectrum(wanted, end, tolerance, vectors)


class _Lanczos:
    """The basis V: (limit + 1, n), rows orthonormal; T = V H V^T on the first ``count`` rows; row ``count`` is next.

    n: the rows of the support, or all of them.
    """

    def __init__(
        self, product: Product, whole: int, support: Tensor | None, limit: int, generator: torch.Generator,
        dtype: torch.dtype, device: Any,
    ) -> None:  # fmt: skip
        self.product, self.whole, self.limit, self.generator = product, whole, limit, generator
        self.support = None if support is None else support.to(device)
        self.size = whole if support is None else len(support)
        self.V = torch.zeros(limit + 1, self.size, dtype=dtype, device=device)
        self.T = torch.zeros(limit, limit, dtype=torch.float64)
        self.count, self.products, self.beta = 0, 0, 0.0
        self.kept = 0  # the product of this row may have a part along every row, later ones along the last two alone
        self.scale = 0.0
        self.V[0] = self._random(0)

    def apply(self, v: Tensor) -> Tensor:
        """H v, of all rows."""
        self.products += 1
        w = self.product(v)
        if not bool(torch.isfinite(w).all()):
            raise FloatingPointError("a product with the Hessian is not finite")
        return w

    def spread(self, v: Tensor) -> Tensor:
        """v in the coordinates of the support as a vector of all rows."""
        if self.support is None:
            return v
        return torch.zeros(self.whole, dtype=v.dtype, device=v.device).index_copy_(0, self.support, v)

    def gather(self, w: Tensor) -> Tensor:
        return w if self.support is None else w[self.support]

    def _random(self, rows: int) -> Tensor:
        """A random direction orthogonal to the first ``rows`` rows."""
        v = torch.randn(self.size, generator=self.generator, dtype=self.V.dtype).to(self.V.device)
        for _ in range(3):
            v = v / torch.linalg.vector_norm(v)
            v = v - self.V[:rows].T @ (self.V[:rows] @ v)
        return v / torch.linalg.vector_norm(v)

    def extend(self) -> None:
        """One more product; the new direction is made orthogonal to the rows that it is not yet up to rounding, then to
        all of them, again where much of it falls away."""
        j = self.count
        w = self.gather(self.apply(self.spread(self.V[j])))
        coefficients = torch.zeros(j + 1, dtype=torch.float64)

        def without(w: Tensor, first: int) -> Tensor:
            c = self.V[first : j + 1] @ w
            coefficients[first:] += c.double().cpu()
            return w - self.V[first : j + 1].T @ c

        w = without(w, 0 if j == self.kept else j - 1)
        for _ in range(3):
            before = float(torch.linalg.vector_norm(w))
            w = without(w, 0)
            if float(torch.linalg.vector_norm(w)) > before / 2:
                break
        self.T[j, : j + 1] = coefficients
        self.T[: j + 1, j] = coefficients
        self.count = j + 1
        self.beta = float(torch.linalg.vector_norm(w))
        self.scale = max(self.scale, float(coefficients.abs().max()), self.beta)
        tiny = 10 * torch.finfo(w.dtype).eps * self.scale * math.sqrt(self.size)
        if self.beta > tiny:
            self.V[j + 1] = w / self.beta
        else:  # an invariant subspace: go on in a direction that it does not hold
            self.beta = 0.0
            if self.count < self.size:
                self.V[j + 1] = self._random(self.count)

    def ritz(self) -> tuple[Tensor, Tensor]:
        return torch.linalg.eigh(self.T[: self.count, : self.count])

    def converge(self, wanted: int, end: str, tolerance: float, most: int) -> Tensor:
        """Extends and restarts until the estimates beta |s_m| of the wanted residuals are small; their values."""
        while True:
            while self.count < self.limit and self.products < most:
                self.extend()
                if self.beta == 0.0 and self.count < self.size:
                    continue
                if self.count >= wanted and (self.count - wanted) % 8 == 0 and self._done(wanted, end, tolerance):
                    break
            theta, s = self.ritz()
            picked = _ends(theta, min(wanted, len(theta)), end)
            if self._done(wanted, end, tolerance) or self.products >= most or self.count >= self.size:
                return theta[picked]
            self._restart(theta, s, wanted, end)

    def _done(self, wanted: int, end: str, tolerance: float) -> bool:
        if self.count < wanted:
            return False
        theta, s = self.ritz()
        picked = _ends(theta, wanted, end)
        estimates = self.beta * s[-1, picked].abs()
        return bool((estimates <= tolerance * theta.abs().max()).all())

    def _restart(self, theta: Tensor, s: Tensor, wanted: int, end: str) -> None:
        """Keeps the wanted Ritz vectors and some of the next ones, and the direction that follows."""
        keep = min(wanted + max(2, (self.limit - wanted) // 2), self.limit - 1)
        picked = _ends(theta, keep, end)
        self._keep(theta[picked], s[:, picked])

    def _keep(self, theta: Tensor, s: Tensor) -> None:
        keep, following = len(theta), self.V[self.count].clone()
        self._turn(s)
        self.T.zero_()
        self.T[:keep, :keep] = torch.diag(theta)
        self.V[keep] = following
        self.count = self.kept = keep

    def _turn(self, s: Tensor) -> None:
        """The first rows become s^T V, a block of columns at a time; those that follow them are left as they are."""
        turn = s.T.to(self.V)
        for block in self.V.split(COLUMNS, dim=1):
            block[: len(turn)] = turn @ block[: self.count]

    def insert_random(self) -> None:
        """Makes the next direction a random one; the basis is folded where it has no room."""
        if self.count >= self.limit:
            theta, s = self.ritz()
            order = torch.argsort(theta.abs(), descending=True)[: max(1, self.limit // 2)]
            self._keep(theta[order], s[:, order])
        self.V[self.count] = self._random(self.count)
        self.kept = self.count

    def spectrum(self, wanted: int, end: str, tolerance: float, vectors: bool) -> Spectrum:
        """Turns the basis into the vectors: the last that is asked of it."""
        theta, s = self.ritz()
        picked = _ends(theta, min(wanted, len(theta)), end)
        self._turn(s[:, picked])
        zeros = self._outside()[:wanted]
        joined, order = torch.cat([theta[picked], torch.zeros(len(zeros), dtype=theta.dtype)]).sort(stable=True)
        chosen = _ends(joined, min(wanted, len(joined)), end).flip(0)
        values, residuals, found = joined[chosen], [], []
        for value, k in zip(values.tolist(), order[chosen].tolist(), strict=True):
            if k < len(picked):
                v = self.spread(self.V[k] / torch.linalg.vector_norm(self.V[k]))
            else:
                v = torch.zeros(self.whole, dtype=self.V.dtype, device=self.V.device)
                v[zeros[k - len(picked)]] = 1
            residuals.append(float(torch.linalg.vector_norm((self.apply(v) - value * v).double())))
            if vectors:
                found.append(v)
        worst = torch.tensor(residuals, dtype=torch.float64)
        done = len(values) == wanted and bool((worst <= 2 * tolerance * theta.abs().max()).all())
        return Spectrum(values, worst, torch.stack(found) if vectors else None, self.products, done)

    def _outside(self) -> Tensor:
        """The rows that are not of the support."""
        out = torch.ones(self.whole, dtype=torch.bool, device=self.V.device)
        out[slice(None) if self.support is None else self.support] = False
        return out.nonzero()[:, 0]


def _ends(theta: Tensor, wanted: int, end: str) -> Tensor:
    """Indices into the rising values ``theta``."""
    total = len(theta)
    if end == "size":
        return torch.argsort(theta.abs(), descending=True)[:wanted].sort().values
    if end == "largest":
        return torch.arange(total - wanted, total)
    if end == "smallest":
        return torch.arange(wanted)
    low = wanted // 2
    return torch.cat([torch.arange(low), torch.arange(total - (wanted - low), total)])
