"""A step of all tensors of a group as one compiled kernel, and what must stay as it is for the kernel to be right."""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

Fused = tuple[list[Tensor], list[Tensor | None]]  # where each goes; at which entries that is so, None where at all
Step = Callable[[Any, list[Tensor], list[Tensor]], Fused]
Run = Callable[[Any, list[Tensor], list[Tensor], list[Tensor]], tuple[Tensor | None, list[Tensor | None]]]


def compiled(step: Step, looked: bool) -> Run:
    """step(lr, ps, gs) as one kernel that moves ps; run(lr, ps, gs, old) returns whether all is well, and each.

    All is well with a tensor where every entry goes there and, if ``looked``, it and its gradient are finite; None is
    returned where nothing can go wrong, else (), of bool. old: where ps were is written to it, unless it is empty. The
    caller sees to it that a kernel meets tensors of the same sizes, layouts and kind, and a rate of the same type: it
    looks at none of that (see ``Laid``).
    """

    def run(
        lr: Any, ps: list[Tensor], gs: list[Tensor], old: list[Tensor]
    ) -> tuple[Tensor | None, list[Tensor | None]]:
        new, settled = step(lr, ps, gs)
        well: Tensor | None = None
        each: list[Tensor | None] = []
        for k, (p, g, y, there) in enumerate(zip(ps, gs, new, settled, strict=True)):
            if old:  # a plain copy would be read off p only after p has moved (torch 2.13)
                old[k].copy_(torch.neg(torch.neg(p)))
            if looked:  # a sum that overflows is a false alarm; y * 0 would be simplified to 0
                finite = torch.abs(y) + torch.abs(g) < torch.inf
                there = finite if there is None else there & finite
            flag = None if there is None else there.all()
            if flag is not None:
                well = flag if well is None else well & flag
            each.append(flag)
            p.copy_(y)
        return well, each

    # what is compiled is kept with the code of a function: with no guards each kernel needs a code of its own
    own = types.FunctionType(run.__code__.replace(), globals(), closure=run.__closure__)
    options: dict[str, Any] = {"guard_filter_fn": torch.compiler.skip_all_guards_unsafe, "size_asserts": False}
    options["realize_opcount_threshold"] = 8  # else what is used twice is written out twice, and again in what uses it
    found: Run = torch.compile(own, dynamic=False, options=options)
    return found


def layout(tensors: Sequence[Tensor]) -> tuple[Any, ...]:
    """What a kernel depends on."""
    return tuple((t.dtype, t.device, t.shape, t.stride()) for t in tensors)


class Laid:
    """Whether tensors are laid out as these are: of their kind, place, sizes and strides, one by one."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self.count = len(tensors)
        try:  # torch's own, a tenth of a microsecond for each
            from torch._C._dynamo.guards import TensorGuards
        except ImportError:
            known = layout(tensors)
            self._alike = lambda *found: layout(found) == known
        else:
            sizes: Any = [list(t.shape) for t in tensors]
            strides: Any = [list(t.stride()) for t in tensors]
            self._alike = TensorGuards(*tensors, dynamic_dims_sizes=sizes, dynamic_dims_strides=strides).check

    def holds(self, tensors: Sequence[Tensor]) -> bool:
        return len(tensors) == self.count and bool(self._alike(*tensors))
