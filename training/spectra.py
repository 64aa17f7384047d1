"""Eigenvalues at either end of a Hessian, from products with it alone.

Lanczos' method with full reorthogonalisation and thick restarts: the basis holds at most a fixed number of vectors, all
orthogonal to rounding, and the projected matrix is formed from their products. Every eigenvalue comes with its residual
||H v - lambda v||, ||v|| = 1, computed by a product of its own: within that distance of lambda lies an eigenvalue of H.

Source: K. Wu and H. Simon, thick-restart Lanczos; B. Parlett, The symmetric eigenvalue problem.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

Product = Callable[[Tensor], Tensor]
ENDS = ("largest", "smallest", "both", "size")


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
) -> Spectrum:
    """The k largest or smallest eigenvalues, k at each end ("both"), or the k of largest absolute value ("size"), of
    the symmetric ``product`` on R^size.

    basis: the most vectors that are kept, 2 k + 30 (for both ends twice the k) unless told; most: products after which
    it ends unconverged. A multiple eigenvalue may be found once alone: ``probe`` goes on from a new random direction
    until nothing changes. Raises ValueError for arguments out of range, FloatingPointError where a product is not
    finite.
    """
    if end not in ENDS:
        raise ValueError(f"end must be one of {', '.join(ENDS)}, not {end!r}")
    wanted = 2 * k if end == "both" else k
    if k < 1 or wanted > size:
        raise ValueError(f"between 1 and {size} eigenvalues can be asked for, not {wanted}")
    limit = min(size, basis if basis is not None else 2 * wanted + 30)
    if limit < min(size, wanted + 2):
        raise ValueError(f"the basis must have at least {min(size, wanted + 2)} vectors, not {limit}")
    run = _Lanczos(product, size, limit, torch.Generator().manual_seed(seed), dtype, device)
    values = run.converge(wanted, end, tolerance, most)
    while probe and run.products < most and run.count < size:
        run.insert_random()
        again = run.converge(wanted, end, tolerance, most)
        same = bool((torch.abs(again - values) <= 10 * tolerance * torch.abs(again).max()).all())
        values = again
        if same:
            break
    return run.spectrum(wanted, end, tolerance, vectors)


class _Lanczos:
    """The basis V: (limit + 1, n), rows orthonormal; T = V H V^T on the first ``count`` rows; row ``count`` is next."""

    def __init__(
        self, product: Product, size: int, limit: int, generator: torch.Generator, dtype: torch.dtype, device: Any
    ) -> None:
        self.product, self.size, self.limit, self.generator = product, size, limit, generator
        self.V = torch.zeros(limit + 1, size, dtype=dtype, device=device)
        self.T = torch.zeros(limit, limit, dtype=torch.float64)
        self.count, self.products, self.beta = 0, 0, 0.0
        self.scale = 0.0
        self.V[0] = self._random(0)

    def apply(self, v: Tensor) -> Tensor:
        self.products += 1
        w = self.product(v)
        if not bool(torch.isfinite(w).all()):
            raise FloatingPointError("a product with the Hessian is not finite")
        return w

    def _random(self, rows: int) -> Tensor:
        """A random direction orthogonal to the first ``rows`` rows."""
        v = torch.randn(self.size, generator=self.generator, dtype=self.V.dtype).to(self.V.device)
        for _ in range(3):
            v = v / torch.linalg.vector_norm(v)
            v = v - self.V[:rows].T @ (self.V[:rows] @ v)
        return v / torch.linalg.vector_norm(v)

    def extend(self) -> None:
        """One more product; the new direction is made orthogonal to all rows, twice."""
        j = self.count
        w = self.apply(self.V[j])
        coefficients = torch.zeros(j + 1, dtype=torch.float64)
        for _ in range(2):
            c = self.V[: j + 1] @ w
            w = w - self.V[: j + 1].T @ c
            coefficients += c.double().cpu()
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
        following = self.V[self.count].clone()
        self._keep(theta[picked], s[:, picked], following)

    def _keep(self, theta: Tensor, s: Tensor, following: Tensor) -> None:
        keep = len(theta)
        self.V[:keep] = s.T.to(self.V) @ self.V[: self.count]
        self.T.zero_()
        self.T[:keep, :keep] = torch.diag(theta)
        self.V[keep] = following
        self.count = keep

    def insert_random(self) -> None:
        """Makes the next direction a random one; the basis is folded where it has no room."""
        if self.count >= self.limit:
            theta, s = self.ritz()
            order = torch.argsort(theta.abs(), descending=True)[: max(1, self.limit // 2)]
            self._keep(theta[order], s[:, order], self.V[self.count].clone())
        self.V[self.count] = self._random(self.count)

    def spectrum(self, wanted: int, end: str, tolerance: float, vectors: bool) -> Spectrum:
        theta, s = self.ritz()
        picked = _ends(theta, min(wanted, len(theta)), end).flip(0)
        found = s[:, picked].T.to(self.V) @ self.V[: self.count]
        values, residuals = theta[picked], []
        for value, v in zip(values.tolist(), found, strict=True):
            v /= torch.linalg.vector_norm(v)
            residuals.append(float(torch.linalg.vector_norm((self.apply(v) - value * v).double())))
        worst = torch.tensor(residuals, dtype=torch.float64)
        done = len(values) == wanted and bool((worst <= 2 * tolerance * theta.abs().max()).all())
        return Spectrum(values, worst, found if vectors else None, self.products, done)


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


class Hessian:
    """v -> H v for the mean loss of a model over batches, in the parameters that require gradients.

    loss(outputs, targets) is a mean over the batch; batches: (inputs, targets), weighted by their sizes. keep: whether
    the slopes stay in memory with the graph that they came by, so that a product is one backward pass through it, two
    or three times as fast; by default where there is one batch. compiled: instead the product from the start, compiled
    once, for batches of one shape. Layers that draw random numbers or depend on the batch would make H another one
    each time: raises ValueError where the model is in training mode and has such layers.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: Callable[[Tensor, Tensor], Tensor],
        batches: Iterable[tuple[Tensor, Tensor]],
        *,
        keep: bool | None = None,
        compiled: bool = False,
    ) -> None:
        moody = [n for n, m in model.named_modules() if m.training and _is_moody(m)]
        if moody:
            raise ValueError(f"put the model in eval mode: {moody[0]} depends on the batch or on random numbers")
        self.batches: Sequence[tuple[Tensor, Tensor]] = list(batches)
        if not self.batches:
            raise ValueError("the loss needs at least one batch")
        self.names = [n for n, p in model.named_parameters() if p.requires_grad]
        self.parameters = [p.detach() for _, p in model.named_parameters() if p.requires_grad]
        if not self.parameters:
            raise ValueError("no parameter of the model requires gradients")
        self.size = sum(p.numel() for p in self.parameters)

        def objective(params: tuple[Tensor, ...], inputs: Tensor, targets: Tensor) -> Tensor:
            with sdpa_kernel(SDPBackend.MATH):  # the others have no second derivative
                outputs = torch.func.functional_call(model, dict(zip(self.names, params, strict=True)), (inputs,))
            return loss(outputs, targets)

        def product(params: tuple[Tensor, ...], v: tuple[Tensor, ...], inputs: Tensor, targets: Tensor) -> Any:
            slope = torch.func.grad(objective)
            return torch.func.jvp(lambda p: slope(p, inputs, targets), (params,), (v,))[1]

        self._objective = objective
        self._product = torch.compile(product) if compiled else product
        self._keep = (len(self.batches) == 1 if keep is None else keep) and not compiled
        self._kept: list[tuple[list[Tensor], list[Tensor]]] = []
        self._at: list[tuple[int, int]] = []

    def __call__(self, v: Tensor) -> Tensor:
        """v: (size,), entries in the order of ``names``."""
        pieces = v.split([p.numel() for p in self.parameters])
        parts = tuple(t.view_as(p) for t, p in zip(pieces, self.parameters, strict=True))
        total = torch.zeros_like(v)
        samples = sum(len(targets) for _, targets in self.batches)
        for k, (inputs, targets) in enumerate(self.batches):
            if self._keep:
                params, slopes = self._slopes()[k]
                bent = [(s, part) for s, part in zip(slopes, parts, strict=True) if s.requires_grad]
                if not bent:
                    continue  # the slopes are constant
                along = [part for _, part in bent]
                result = torch.autograd.grad(
                    [s for s, _ in bent], params, along, retain_graph=True, materialize_grads=True
                )
            else:
                result = self._product(tuple(self.parameters), parts, inputs, targets)
            total += torch.cat([r.reshape(-1) for r in result]) * (len(targets) / samples)
        return total

    def _slopes(self) -> list[tuple[list[Tensor], list[Tensor]]]:
        """The parameters and the slopes of each batch there, formed again where the parameters have changed."""
        at = [(id(p), p._version) for p in self.parameters]
        if at != self._at or not self._kept:
            self._kept = []
            for inputs, targets in self.batches:
                params = [p.detach().requires_grad_() for p in self.parameters]
                with torch.enable_grad():
                    value = self._objective(tuple(params), inputs, targets)
                    slopes = torch.autograd.grad(value, params, create_graph=True, materialize_grads=True)
                self._kept.append((params, list(slopes)))
            self._at = at
        return self._kept

    def top(self, k: int, **options: Any) -> Spectrum:
        """``top_eigenvalues`` of it, on the device and in the type of the parameters."""
        where = {"dtype": self.parameters[0].dtype, "device": self.parameters[0].device}
        with torch.no_grad():
            return top_eigenvalues(self, self.size, k, **{**where, **options})


def _is_moody(m: nn.Module) -> bool:
    if isinstance(m, nn.modules.dropout._DropoutNd):
        return m.p > 0
    return isinstance(m, nn.modules.batchnorm._BatchNorm)
