"""A step of all tensors of a group as one compiled kernel."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Fused = tuple[list[Tensor], list[Tensor], list[int]]  # where each goes; whether that of number k does, for each k asked
Step = Callable[[Any, list[Tensor], list[Tensor]], Fused]
Run = Callable[[Any, list[Tensor], list[Tensor], list[Tensor]], tuple[bool, Tensor | None, list[int]]]


def compiled(step: Step, in_place: bool) -> Run:
    """step(lr, ps, gs) as one kernel, run(lr, ps, gs, to): whether ps have moved, (k,) whether they go there, which.

    in_place: ps are moved where nothing is asked; else it is written to ``to`` where they go. The caller sees to it
    that a kernel meets tensors of the same sizes, layouts and kind, and a rate of the same type: it looks at none of
    that.
    """

    def run(
        lr: Any, ps: list[Tensor], gs: list[Tensor], to: list[Tensor]
    ) -> tuple[bool, Tensor | None, list[int]]:
        new, good, asked = step(lr, ps, gs)
        moved = in_place and not asked
        for p, y in zip(ps if moved else to, new, strict=True):
            p.copy_(y)
        return moved, torch.stack(good) if asked else None, asked

    # what is compiled is kept with the code of a function: with no guards each kernel needs a code of its own
    own = types.FunctionType(run.__code__.replace(), globals(), closure=run.__closure__)
    options: dict[str, Any] = {"guard_filter_fn": torch.compiler.skip_all_guards_unsafe, "size_asserts": False}
    options["realize_opcount_threshold"] = 8  # else what is used twice is written out twice, and again in what uses it
    found: Run = torch.compile(own, dynamic=False, options=options)
    return found


def layout(ps: list[Tensor], gs: list[Tensor]) -> tuple[Any, ...]:
    """What a kernel depends on of the tensors, all of one kind and place."""
    return (ps[0].dtype, ps[0].device, *(p.shape for p in ps), *(p.stride() for p in ps), *(g.stride() for g in gs))
