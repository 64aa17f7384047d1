"""A step of all tensors of a group as one compiled kernel."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Fused = tuple[list[Tensor], list[Tensor], list[int]]  # where each goes; whether that of number k does, for each k asked
Step = Callable[[Any, list[Tensor], list[Tensor]], Fused]
Run = Callable[[Any, list[Tensor], list[Tensor]], tuple[list[Tensor], Tensor | None, list[int]]]


def compiled(step: Step, in_place: bool) -> Run:
    """step(lr, ps, gs) as one kernel: where each p goes, (k,) whether that is right, and of which it is asked.

    in_place: ps are moved, and nothing is returned, where nothing is asked. The caller sees to it that a kernel meets
    tensors of the same sizes, layouts and kind, and a rate of the same type: it looks at none of that.
    """

    def run(lr: Any, ps: list[Tensor], gs: list[Tensor]) -> tuple[list[Tensor], Tensor | None, list[int]]:
        new, good, asked = step(lr, ps, gs)
        if asked:
            return new, torch.stack(good), asked
        if not in_place:
            return new, None, asked
        for p, y in zip(ps, new, strict=True):
            p.copy_(y)
        return [], None, asked

    # what is compiled is kept with the code of a function: with no guards each kernel needs a code of its own
    own = types.FunctionType(run.__code__.replace(), globals(), closure=run.__closure__)
    options: dict[str, Any] = {"guard_filter_fn": torch.compiler.skip_all_guards_unsafe, "size_asserts": False}
    found: Run = torch.compile(own, dynamic=False, options=options)
    return found


def layout(ps: list[Tensor], gs: list[Tensor]) -> tuple[Any, ...]:
    """What a kernel depends on of the tensors, all of one kind and place."""
    return (ps[0].dtype, ps[0].device, *(p.shape for p in ps), *(p.stride() for p in ps), *(g.stride() for g in gs))
