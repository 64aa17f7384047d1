"""The Hessian of a model's loss by its products with vectors, and its eigenvalues at either end."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from training.lanczos import ENDS, Spectrum, top_eigenvalues

__all__ = ["ENDS", "Hessian", "Spectrum", "top_eigenvalues"]

Slopes = tuple[list[Tensor], Sequence[Tensor]]  # parameters, and the slopes of the loss there with their graph
DRAWS = 2  # random directions whose products tell the rows that are zero


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
        moody = [n or type(m).__name__ for n, m in model.named_modules() if m.training and _is_moody(m)]
        if moody:
            raise ValueError(f"put the model in eval mode: {moody[0]} depends on the batch or on random numbers")
        self.batches: Sequence[tuple[Tensor, Tensor]] = list(batches)
        if not self.batches:
            raise ValueError("the loss needs at least one batch")
        self.names = [n for n, p in model.named_parameters() if p.requires_grad]
        self.parameters: list[Tensor] = [p for p in model.parameters() if p.requires_grad]
        if not self.parameters:
            raise ValueError("no parameter of the model requires gradients")
        self.size = sum(p.numel() for p in self.parameters)

        def objective(params: tuple[Tensor, ...], inputs: Tensor, targets: Tensor) -> Tensor:
            with sdpa_kernel(SDPBackend.MATH):  # the others have no second derivative
                outputs = torch.func.functional_call(model, dict(zip(self.names, params, strict=True)), (inputs,))
            value = loss(outputs, targets)
            if value.ndim:
                raise ValueError(f"the loss must be a number, a mean over the batch, not of shape {tuple(value.shape)}")
            return value

        def product(params: tuple[Tensor, ...], v: tuple[Tensor, ...], inputs: Tensor, targets: Tensor) -> Any:
            slope = torch.func.grad(objective)  # H is symmetric, and some losses have no derivative forwards
            return torch.func.vjp(lambda p: slope(p, inputs, targets), params)[1](v)[0]

        self._objective = objective
        # what is compiled is kept with the code of a function, for few models: each has a code of its own
        own = types.FunctionType(product.__code__.replace(), globals(), closure=product.__closure__)
        self._product = torch.compile(own, dynamic=False) if compiled else None
        self._keep = (len(self.batches) == 1 if keep is None else keep) and not compiled
        self._kept: list[Slopes] = []

    def __call__(self, v: Tensor) -> Tensor:
        """v: (size,), entries in the order of ``names``."""
        own = [p.detach() for p in self.parameters]
        pieces = v.split([p.numel() for p in own])
        parts = tuple(t.view_as(p) for t, p in zip(pieces, own, strict=True))
        total = torch.zeros_like(v)
        samples = sum(len(targets) for _, targets in self.batches)
        for k, (inputs, targets) in enumerate(self.batches):
            if self._product:
                with torch.no_grad():
                    result = self._product(tuple(own), parts, inputs, targets)
            else:
                params, slopes = self._held(own)[k] if self._keep else self._slopes(own, inputs, targets)
                bent = [(s, part) for s, part in zip(slopes, parts, strict=True) if s.requires_grad]
                if not bent:
                    continue  # the slopes are constant
                along = [part for _, part in bent]
                result = torch.autograd.grad(
                    [s for s, _ in bent], params, along, retain_graph=self._keep, materialize_grads=True
                )
            total += torch.cat([r.reshape(-1) for r in result]) * (len(targets) / samples)
        return total

    def _slopes(self, own: list[Tensor], inputs: Tensor, targets: Tensor) -> Slopes:
        params = [p.detach().requires_grad_() for p in own]
        with torch.enable_grad():
            value = self._objective(tuple(params), inputs, targets)
            return params, torch.autograd.grad(value, params, create_graph=True, materialize_grads=True)

    def _held(self, own: list[Tensor]) -> list[Slopes]:
        """The slopes of every batch, formed again where the parameters are others."""
        if not self._kept or not all(map(torch.equal, self._kept[0][0], own)):
            self._kept = []  # what was held goes before the next comes
            copies = [p.clone() for p in own]
            self._kept = [self._slopes(copies, inputs, targets) for inputs, targets in self.batches]
        return self._kept

    def support(self, seed: int = 0) -> Tensor:
        """The rows that may be other than zero: (m,) indices, rising.

        A row is left out where its entries in the products with two random directions are exactly 0, as they are where
        the loss does not depend on the entry of the parameters: the row of a word that does not occur, the weights of a
        unit that is off for every sample. A row that is not zero is orthogonal to a random direction with probability
        0; of the rounded products it can only be lost twice where all that it has vanishes in rounding.
        """
        generator = torch.Generator().manual_seed(seed)
        like = self.parameters[0]
        met = torch.zeros(self.size, dtype=torch.bool, device=like.device)
        for _ in range(DRAWS):
            met |= self(torch.randn(self.size, generator=generator, dtype=like.dtype).to(like.device)) != 0
        return met.nonzero()[:, 0]

    def top(self, k: int, **options: Any) -> Spectrum:
        """``top_eigenvalues`` of it, in its support, on the device and in the type of the parameters."""
        where = {"dtype": self.parameters[0].dtype, "device": self.parameters[0].device}
        with torch.inference_mode(False), torch.no_grad():
            rows = self.support()
            whole = len(rows) in (0, self.size)
            found = top_eigenvalues(self, self.size, k, **{"support": None if whole else rows, **where, **options})
        return replace(found, products=found.products + DRAWS)


def _is_moody(m: nn.Module) -> bool:
    if isinstance(m, nn.modules.dropout._DropoutNd):
        return m.p > 0
    if isinstance(m, nn.MultiheadAttention | nn.RNNBase):
        return m.dropout > 0
    return isinstance(m, nn.modules.batchnorm._BatchNorm | nn.RReLU)
