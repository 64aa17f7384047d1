"""A step of all tensors of a group as one compiled kernel, and what must stay as it is for the kernel to be right."""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import torch
from torch import Tensor

Fused = tuple[list[Tensor], list[Tensor | None]]  # where each goes; at which entries that is so, None where at all
Step = Callable[[Any, list[Tensor], list[Tensor]], Fused]
Look = Callable[[Tensor, Tensor], Tensor]  # where a tensor goes and its gradient -> at which entries that is finite
Told = tuple[Tensor | None, list[Tensor | None]]
Run = Callable[[Any, list[Tensor], list[Tensor], list[Tensor]], Told]
TOGETHER, SMALL = 8, 1 << 16  # so many tensors of so few entries are looked at in one loop: each costs a microsecond


class Kernel:
    """step(lr, ps, gs) as one kernel that moves ps; calling it with (lr, ps, gs, old) tells whether all is well.

    All is well with a tensor where every entry goes there (``Step``) and is found finite by ``look``, where that is
    given; each tells so of each tensor, or of the ones looked at together; None where nothing can go wrong. hold: an
    entry that is not found finite stays where it is. old: where ps were is written to it, unless it is empty. The
    caller sees to it that a kernel meets tensors of the same sizes, layouts and kind, and a rate of the same type: it
    looks at none of that (see ``Laid``).
    """

    def __init__(self, step: Step, look: Look | None, hold: bool) -> None:
        self._plain = _moving(step, look, hold)
        self._call: Run | None = None

    def __call__(self, lr: Any, ps: list[Tensor], gs: list[Tensor], old: list[Tensor]) -> Told:
        if self._call is None:
            self._call = compiled(self._plain, (lr, ps, gs, old))
        return self._call(lr, ps, gs, old)


def _moving(step: Step, look: Look | None, hold: bool) -> Run:
    """What is compiled."""

    def run(lr: Any, ps: list[Tensor], gs: list[Tensor], old: list[Tensor]) -> Told:
        new, settled = step(lr, ps, gs)
        flags: list[Tensor | None] = []
        for k, (p, g, y, there) in enumerate(zip(ps, gs, new, settled, strict=True)):
            if old:  # a plain copy would be read off p only after p has moved (torch 2.13)
                old[k].copy_(torch.neg(torch.neg(p)))
            if look is not None:
                finite = look(y, g)
                there = finite if there is None else there & finite
                if hold:
                    y = torch.where(finite, y, p)
            flags.append(there)
            p.copy_(y)
        well: Tensor | None = None
        each: list[Tensor | None] = [None] * len(ps)
        for together in _bundles(ps, flags):
            flag = reduce(torch.logical_and, [there for k in together if (there := flags[k]) is not None]).all()
            well = flag if well is None else well & flag
            for k in together:
                each[k] = flag
        return well, each

    return run


def _bundles(ps: list[Tensor], flags: list[Tensor | None]) -> list[list[int]]:
    """The tensors with a flag, those of the same sizes and layout together."""
    found: list[list[int]] = []
    current: dict[Any, list[int]] = {}
    for k, (p, flag) in enumerate(zip(ps, flags, strict=True)):
        if flag is None:
            continue
        kind = tuple(flag.shape), tuple(p.stride())
        if p.numel() > SMALL or len(current.get(kind, ())) in (0, TOGETHER):
            current[kind] = []
            found.append(current[kind])
        current[kind].append(k)
    return found


def compiled(run: Run, arguments: tuple[Any, ...]) -> Run:
    """``torch.compile`` without guards; for these arguments ahead of time, where that can be: a call costs half."""
    # what is compiled is kept with the code of a function: with no guards each kernel needs a code of its own
    own = types.FunctionType(run.__code__.replace(), globals(), closure=run.__closure__)
    options: dict[str, Any] = {"guard_filter_fn": torch.compiler.skip_all_guards_unsafe, "size_asserts": False}
    options["realize_opcount_threshold"] = 8  # else what is used twice is written out twice, and again in what uses it
    found = torch.compile(own, dynamic=False, fullgraph=True, options=options)
    try:
        kernel = found.aot_compile((arguments, {}))  # type: ignore[attr-defined]
        kernel.disable_guard_check()
    except (AttributeError, RuntimeError):  # not in an older torch, or not this kernel: it compiles when called
        return found
    return kernel  # type: ignore[no-any-return]


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
