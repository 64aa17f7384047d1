"""Steepest descent for the L_p norm, 1/p + 1/q = 1: gradient descent at q = 2, sign descent at q = 1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from training.optim.descent import PART, Descent, direction, directions, parts, signs
from training.optim.fused import Fused


class SteepestDescent(Descent):
    """theta <- (1 - lr decoupled) theta - lr spow(g + coupled theta, q - 1), spow(u, r) = sign(u) |u|^r.

    q in [1, 2]; lr, coupled, decoupled >= 0. Raises ValueError for an option out of range and TypeError for a parameter
    that is complex or sparse. ``foreach``, ``compiled`` and ``nan`` as in ``Descent``. At q = 1 sign(NaN) would be 0:
    under nan="ignore" such a weight stays where it is.

    Source: "Never Saddle", steepest flows with coupled and decoupled weight decay.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        q: float = 2.0,
        *,
        coupled: float = 0.0,
        decoupled: float = 0.0,
        nan: str = "raise",
        foreach: bool | None = None,
        compiled: bool = False,
    ) -> None:
        options = {"lr": lr, "q": q, "coupled": coupled, "decoupled": decoupled}
        super().__init__(params, {**options, "nan": nan, "foreach": foreach, "compiled": compiled})

    def _fused(
        self, group: dict[str, Any], lr: Any, maps: list[Any], ps: list[Tensor], gs: list[Tensor]
    ) -> Fused:
        q, coupled, decoupled = group["q"], group["coupled"], group["decoupled"]
        us = [g + coupled * p if coupled else g for p, g in zip(ps, gs, strict=True)]
        ds = [signs(u) if q == 1 and group["nan"] != "ignore" else direction(u, q) for u in us]
        new = [(p * (1 - lr * decoupled) if decoupled else p) - lr * d for p, d in zip(ps, ds, strict=True)]
        return new, [None] * len(ps)

    def _look(self, y: Tensor, g: Tensor) -> Tensor:
        """A finite gradient leads to finite entries, short of an overflow."""
        return torch.abs(g) < torch.inf

    def _whole(self, group: dict[str, Any], lr: Any, chosen: Any, p: Tensor, g: Tensor) -> Tensor:
        return self._fused(group, lr, [], [p], [g])[0][0]

    def _move(self, group: dict[str, Any], lr: Any, maps: list[Any], ps: list[Tensor], gs: list[Tensor]) -> None:
        q, coupled, decoupled = group["q"], group["coupled"], group["decoupled"]
        if group["foreach"] is False or torch.compiler.is_compiling() or isinstance(lr, Tensor):
            for p, g in zip(ps, gs, strict=True):
                d = direction(g + coupled * p if coupled else g, q)
                p.copy_((p * (1 - lr * decoupled) if decoupled else p) - lr * d)
            return
        if q < 2 and any(p.numel() > PART for p in ps):
            for p, g in (part for pair in zip(ps, gs, strict=True) for part in parts(*pair)):
                d = direction(torch.add(g, p, alpha=coupled) if coupled else g, q)
                (p.mul_(1 - lr * decoupled) if decoupled else p).add_(d, alpha=-lr)
            return
        us = list(torch._foreach_add(gs, ps, alpha=coupled)) if coupled else gs
        ds = directions(us, q)
        if decoupled:
            torch._foreach_mul_(ps, 1 - lr * decoupled)
        torch._foreach_add_(ps, ds, alpha=-lr)


class SignDescent(SteepestDescent):
    """Steepest descent at q = 1: theta <- (1 - lr decoupled) theta - lr sign(g + coupled theta)."""

    def __init__(self, params: Iterable[Any], lr: float | Tensor = 1e-3, **options: Any) -> None:
        super().__init__(params, lr, 1.0, **options)
