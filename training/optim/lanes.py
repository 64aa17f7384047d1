"""The compiled kernels of a group of parameters, kept from step to step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from training.optim import checks
from training.optim.fused import Kernel, Laid, layout

if TYPE_CHECKING:
    from training.optim.descent import Descent


@dataclass
class Lane:
    """A kernel for some tensors of a group, those of one kind and place."""

    at: list[int]
    maps: list[Any]
    run: Kernel
    old: list[Tensor]  # room for where they were, where that may be asked for
    asks: bool  # whether the kernel may not know where some go
    kind: torch.dtype
    _rate: Tensor | None = None
    _value: float | None = None

    def rate(self, lr: float | Tensor) -> Tensor:
        """An argument of the kernel: another rate compiles nothing anew."""
        if isinstance(lr, Tensor):
            return lr
        if self._rate is None or lr != self._value:
            self._rate, self._value = torch.full((), lr, dtype=self.kind), lr
        return self._rate


class Lanes:
    """The kernels of a group, for as long as its options stay and its tensors are laid out as they were."""

    def __init__(self, owner: Descent, group: dict[str, Any], ps: list[Tensor], gs: list[Tensor]) -> None:
        self.options = {k: v for k, v in group.items() if k not in ("params", "lr", "initial_lr")}
        self.scalar = not isinstance(group["lr"], Tensor)
        for g in gs:
            checks.gradient(g)
        self.laid = Laid(ps + gs)
        kinds: dict[tuple[torch.device, torch.dtype], list[int]] = {}
        for k, p in enumerate(ps):
            kinds.setdefault((p.device, p.dtype), []).append(k)
        self.lanes = [self._lane(owner, ks, [ps[k] for k in ks], [gs[k] for k in ks]) for ks in kinds.values()]

    def _lane(self, owner: Descent, at: list[int], ps: list[Tensor], gs: list[Tensor]) -> Lane:
        fixed, maps = self.options, owner._maps_of(self.options, ps)
        key = repr(fixed), self.scalar, layout(ps), layout(gs)
        asks = owner._asks(fixed, maps)
        if key not in owner._compiled:
            owner._compiled[key] = Kernel(
                lambda lr, ps, gs: owner._fused(fixed, lr, maps, ps, gs),
                None if fixed["nan"] == "ignore" else owner._look,
                hold=fixed["nan"] == "raise" and not asks,  # else they are put back from where they were
            )
        old = [torch.empty_like(p) for p in ps] if asks or fixed["nan"] == "skip" else []
        kind = torch.promote_types(ps[0].dtype, torch.float32)  # of the parameters: so the loops stay vectors
        return Lane(at, maps, owner._compiled[key], old, asks, kind)

    def fit(self, group: dict[str, Any], tensors: list[Tensor]) -> bool:
        if self.scalar is isinstance(group["lr"], Tensor):
            return False
        return all(group.get(k) == v for k, v in self.options.items()) and self.laid.holds(tensors)
