"""What the optimizers share: options, gradients, the policy for NaN, and which form of a step is run.

With g the gradient, a step forms u = g + coupled * theta (decay that is part of the objective), the steepest direction
d = spow(u, q - 1), shrinks theta by 1 - lr * decoupled (decay beside the objective, as in AdamW), and moves by lr d.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from training.optim import checks
from training.optim.fused import Fused, Kernel
from training.optim.lanes import Lane, Lanes
from training.optim.maps import signed

Taken = Sequence[tuple[list[Tensor], list[Tensor]]]  # what may have moved, and where it was
_NOT_FINITE = "a gradient or what it leads to is not finite"
_HELD = "such entries are where they were, others have moved"
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
    return signed(torch.sqrt(size) if q == 1.5 else size.pow(q - 1), u)


_BITS = {2: torch.int16, 4: torch.int32, 8: torch.int64}  # by bytes


def signs(u: Tensor) -> Tensor:
    """sign(u) off the bits of u, 1 or -1 where u is NaN: torch's compiler makes four instructions of a comparison."""
    sign = u.view(_BITS[u.element_size()]) >> (8 * u.element_size() - 1)  # -1 or 0
    return torch.where(u == 0, u, (sign | 1).to(u.dtype))


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
    nan: what becomes of a step with a gradient that is not finite (or, of a mirror step, a result): "raise" a
    FloatingPointError; "skip" the step and count it in ``skipped``; "ignore", with no look at the gradients. Such an
    entry never moves under "raise" and "skip"; no other does under "skip", nor under "raise" in a step that is not
    compiled. A compiled step looks as it moves, so that the entries that are well have moved when it raises: to know
    before the first one moves takes a second pass, to give back what has moved a second copy (as "skip" keeps it).
    """

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        self.skipped = 0
        self._compiled: dict[Any, Kernel] = {}
        self._lanes: dict[int, Lanes] = {}
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
        self.__dict__.setdefault("_lanes", {})

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "skipped": self.skipped}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Raises ValueError where the groups or their options do not fit."""
        for group in state_dict["param_groups"]:
            if lacking := sorted(self.defaults.keys() - group.keys() - {"differentiable"}):  # torch's own
                raise ValueError(f"the state is of another optimizer: it has no {lacking[0]}")
            checks.options(group)
        super().load_state_dict(state_dict)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # type: ignore[override]
        """One step; returns what ``closure`` returns, which computes the gradients anew where it is given."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        tracing = torch.compiler.is_compiling()
        numbers = [] if tracing else [k for k, group in enumerate(self.param_groups) if group["compiled"]]
        plain = [group for k, group in enumerate(self.param_groups) if k not in numbers]
        moves = [(group, ps, gs) for group in plain for ps, gs in _gathered(group["params"])]
        if not tracing and not self._admitted([(group["nan"], gs) for group, _, gs in moves]):
            return loss
        taken: list[tuple[list[Tensor], list[Tensor]]] = []
        held = False
        for group, lane, ps, gs in [move for k in numbers for move in self._lanes_of(k)]:
            if group["nan"] == "skip":
                taken.append((ps, lane.old))
            well, each = lane.run(lane.rate(group["lr"]), ps, gs, lane.old)
            if well is None or bool(well) or (lane.asks and self._again(group, lane, ps, gs, each)):
                continue
            if group["nan"] == "skip":
                self._give_back(taken)
                return loss
            held = True
        if held:
            raise FloatingPointError(f"{_NOT_FINITE}: {_HELD}")
        pending = []
        for group, ps, gs in moves:
            new = self._move(group, group["lr"], self._maps_of(group, ps), ps, gs)
            if new is not None:
                pending.append((group["nan"], ps, new))
        if not tracing and not self._admitted([(nan, new) for nan, _, new in pending], taken, bool(numbers)):
            return loss
        for _, ps, new in pending:
            torch._foreach_copy_(ps, new)
        return loss

    def _again(
        self, group: dict[str, Any], lane: Lane, ps: list[Tensor], gs: list[Tensor], each: list[Tensor | None]
    ) -> bool:
        """The step in full, from where they were, of those with which all is not well; whether all is finite then."""
        sound = True
        for k, good in enumerate(each):
            if good is None or bool(good):
                continue
            new = self._whole(group, lane.rate(group["lr"]), lane.maps[k], lane.old[k], gs[k])
            if group["nan"] != "ignore" and not checks.finite([new, gs[k]]):
                sound = False
                new = torch.where(new.isfinite() & gs[k].isfinite(), new, lane.old[k])
            ps[k].copy_(new)
        return sound

    def _admitted(
        self, lists: list[tuple[str, list[Tensor]]], taken: Taken = (), compiled: bool = False
    ) -> bool:
        """Whether all is finite that must be; if not, the policy is followed, and what was taken is given back."""
        for nan, tensors in lists:
            if nan == "ignore" or checks.finite(tensors):
                continue
            if nan == "raise":
                raise FloatingPointError(f"{_NOT_FINITE}: {_HELD if compiled else 'no parameter was changed'}")
            self._give_back(taken)
            return False
        return True

    def _give_back(self, taken: Taken) -> None:
        """A step that is left out: all are again where they were."""
        for ps, before in taken:
            torch._foreach_copy_(ps, before)
        self.skipped += 1

    def _lanes_of(self, number: int) -> list[tuple[dict[str, Any], Lane, list[Tensor], list[Tensor]]]:
        """The kernels of a group, each with its tensors."""
        group = self.param_groups[number]
        ps, gs = [], []
        for p in group["params"]:
            g = p.grad
            if g is not None:
                ps.append(p)
                gs.append(g)
        if not ps:
            return []
        lanes = self._lanes.get(number)
        if lanes is None or not lanes.fit(group, ps + gs):
            lanes = self._lanes[number] = Lanes(self, group, ps, gs)
        if len(lanes.lanes) == 1:
            return [(group, lanes.lanes[0], ps, gs)]
        return [(group, lane, [ps[k] for k in lane.at], [gs[k] for k in lane.at]) for lane in lanes.lanes]

    def _maps_of(self, group: dict[str, Any], ps: list[Tensor]) -> list[Any]:
        """The mirror map of each, where there are any."""
        return []

    @abstractmethod
    def _fused(
        self, group: dict[str, Any], lr: Any, maps: list[Any], ps: list[Tensor], gs: list[Tensor]
    ) -> Fused:
        """``_move`` as it is compiled."""

    def _look(self, y: Tensor, g: Tensor) -> Tensor:
        """At which entries a gradient and where it leads to are finite, and the sum of their sizes."""
        return torch.abs(y) + torch.abs(g) < torch.inf

    @abstractmethod
    def _whole(self, group: dict[str, Any], lr: Any, chosen: Any, p: Tensor, g: Tensor) -> Tensor:
        """Where p goes, however far."""

    def _asks(self, group: dict[str, Any], maps: list[Any]) -> bool:
        """Whether ``_fused`` may not know where some go."""
        return False

    @abstractmethod
    def _move(
        self, group: dict[str, Any], lr: Any, maps: list[Any], ps: list[Tensor], gs: list[Tensor]
    ) -> list[Tensor] | None:
        """Moves ps in place and returns None, or returns where they go."""


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
