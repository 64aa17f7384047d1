"""What the optimizers share: options, gradients, the policy for NaN, and which form of a step is run.

With g the gradient, a step forms u = g + coupled * theta (decay that is part of the objective), the steepest direction
d = spow(u, q - 1), shrinks theta by 1 - lr * decoupled (decay beside the objective, as in AdamW), and moves by lr d.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from training.optim import checks
from training.optim.fused import Fused, Run, compiled, layout

PART = 1 << 16  # entries at a time on a CPU: so much stays in cache, and new memory for it is soon found


def parts(*tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Tensors of one size in parts of the same entries, on a CPU, where all of them fill their memory in one order."""
    first = tensors[0]
    if first.device.type == "cpu" and first.numel() > PART and all(t.stride() == first.stride() for t in tensors):
        if first.is_contiguous():
            yield from zip(*(t.view(-1).split(PART) for t in tensors), strict=True)
            return
        if first.ndim == 4 and first.is_contiguous(memory_format=torch.channels_last):
            yield from zip(*(t.permute(0, 2, 3, 1).view(-1).split(PART) for t in tensors), strict=True)
            return
    yield tensors


def direction(u: Tensor, q: float) -> Tensor:
    """spow(u, q - 1) = sign(u) |u|^(q - 1); exactly sign(u) at q = 1, and 0 at 0 for every q."""
    if q == 2:
        return u
    if q == 1:
        return torch.sign(u)
    size = torch.abs(u)
    return torch.copysign(torch.sqrt(size) if q == 1.5 else size.pow(q - 1), u)


def directions(us: list[Tensor], q: float) -> list[Tensor]:
    """``direction`` of each, in multi-tensor operations; for q < 2 the results are new tensors."""
    if q == 2:
        return us
    signs = list(torch._foreach_sign(us))
    if q > 1:
        sizes = torch._foreach_abs(us)
        torch._foreach_mul_(signs, torch._foreach_sqrt(sizes) if q == 1.5 else torch._foreach_pow(sizes, q - 1))
    return signs


class Descent(Optimizer):
    """The base of the optimizers here; they say how a list of tensors moves (``_move``).

    foreach: multi-tensor operations, the default (None); False: a loop over the tensors. compiled: ``torch.compile`` of
    the step, once for each group; the rate is handed over as a tensor, so that a schedule compiles nothing anew. No
    momentum: the flows that these steps follow have none.
    nan: what becomes of a step with a gradient (or a result) that is not finite: "raise" a FloatingPointError with
    every parameter as it was; "skip" the step and count it in ``skipped``; "ignore", with no look at the gradients.
    """

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        self.skipped = 0
        self._compiled: dict[Any, Run] = {}
        checks.options(defaults)
        super().__init__(params, defaults)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """A further group with options of its own. Raises ValueError for an option, TypeError for a parameter."""
        super().add_param_group(param_group)
        try:
            checks.options(self.param_groups[-1])
            for p in self.param_groups[-1]["params"]:
                checks.parameter(p)
        except (TypeError, ValueError):
            self.param_groups.pop()
            raise

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.__dict__.setdefault("skipped", 0)
        self.__dict__.setdefault("_compiled", {})

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "skipped": self.skipped}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Raises ValueError where the groups or their options do not fit."""
        for group in state_dict["param_groups"]:
            checks.options({**self.defaults, **group})
        super().load_state_dict(state_dict)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # type: ignore[override]
        """One step; returns what ``closure`` returns, which computes the gradients anew where it is given."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        moves = [(group, ps, gs) for group in self.param_groups for ps, gs in _gathered(group["params"])]
        if not torch.compiler.is_compiling() and not self._admitted([(g["nan"], gs) for g, _, gs in moves]):
            return loss
        pending = []
        for group, ps, gs in moves:
            result = self._run(group, ps, gs)
            if result is not None:
                pending.append((group["nan"], ps, result))
        if not torch.compiler.is_compiling() and not self._admitted([(nan, new) for nan, _, new in pending]):
            return loss
        for _, ps, new in pending:
            torch._foreach_copy_(ps, new)
        return loss

    def _admitted(self, lists: list[tuple[str, list[Tensor]]]) -> bool:
        for nan, tensors in lists:
            if nan == "ignore" or checks.finite(tensors):
                continue
            if nan == "raise":
                raise FloatingPointError("a gradient or what it leads to is not finite: no parameter was changed")
            self.skipped += 1
            return False
        return True

    def _run(self, group: dict[str, Any], ps: list[Tensor], gs: list[Tensor]) -> list[Tensor] | None:
        lr, maps = group["lr"], self._maps_of(group, ps)
        if not group["compiled"] or torch.compiler.is_compiling():
            return self._move(group, lr, maps, ps, gs)
        if not isinstance(lr, Tensor):
            kind = torch.promote_types(ps[0].dtype, torch.float32)  # of the parameters: so the loops stay vectors
            lr = torch.full((), lr, dtype=kind)  # an argument: another rate compiles nothing anew
        new = self._places(ps)
        moved, good, asked = self._kernel(group, maps, ps, gs)(lr, ps, gs, new)
        if good is not None and not bool(good.all()):
            for k in (asked[i] for i in (~good).nonzero().flatten().tolist()):
                new[k] = self._again(group, lr, maps[k], ps[k], gs[k])
        return None if moved else new

    def _kernel(self, group: dict[str, Any], maps: list[Any], ps: list[Tensor], gs: list[Tensor]) -> Run:
        fixed = {k: v for k, v in group.items() if k not in ("params", "lr", "initial_lr")}
        key = (repr(fixed), isinstance(group["lr"], Tensor), layout(ps, gs))
        if key not in self._compiled:
            in_place = self._in_place(fixed)
            self._compiled[key] = compiled(lambda lr, ps, gs: self._fused(fixed, lr, maps, ps, gs), in_place)
        return self._compiled[key]

    def _places(self, ps: list[Tensor]) -> list[Tensor]:
        """Room for where ps go, of those that do not move in place."""
        return []

    def _in_place(self, group: dict[str, Any]) -> bool:
        """Whether a step moves without a look at where it leads."""
        return bool(group["nan"] == "ignore")

    def _maps_of(self, group: dict[str, Any], ps: list[Tensor]) -> list[Any]:
        """The mirror map of each, where there are any."""
        return []

    def _fused(
        self, group: dict[str, Any], lr: Any, maps: list[Any], ps: list[Tensor], gs: list[Tensor]
    ) -> Fused:
        """``_move`` as it is compiled."""
        raise NotImplementedError

    def _again(self, group: dict[str, Any], lr: Any, chosen: Any, p: Tensor, g: Tensor) -> Tensor:
        """Where p goes, however far, for those of which ``_fused`` does not know."""
        raise NotImplementedError

    def _move(
        self, group: dict[str, Any], lr: Any, maps: list[Any], ps: list[Tensor], gs: list[Tensor]
    ) -> list[Tensor] | None:
        """Moves ps in place and returns None, or returns where they go."""
        raise NotImplementedError


def _gathered(params: list[Tensor]) -> list[tuple[list[Tensor], list[Tensor]]]:
    """Parameters with their gradients, those of one device and type together."""
    found: dict[tuple[torch.device, torch.dtype], tuple[list[Tensor], list[Tensor]]] = {}
    for p in params:
        if p.grad is not None:
            checks.gradient(p.grad)
            ps, gs = found.setdefault((p.device, p.dtype), ([], []))
            ps.append(p)
            gs.append(p.grad)
    return list(found.values())
