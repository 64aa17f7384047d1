"""The root of an increasing function, entry by entry: Newton's method inside a bracket that is never left."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

MOST = 160  # steps; a bracket is down to neighbouring numbers after as many halvings as a number has bits
UNROLLED = 16  # where the number of steps cannot depend on the numbers: inside a compiled step
_BITS = {8: torch.int64, 4: torch.int32, 2: torch.int16}  # bytes of a number -> the integers of as many


def increasing_root(
    f: Callable[[Tensor], Tensor],
    slope: Callable[[Tensor], Tensor],
    low: Tensor,
    high: Tensor,
    start: Tensor,
) -> Tensor:
    """y in [low, high] with f(y) = 0, f increasing, f(low) <= 0 <= f(high), to the rounding of f.

    Every step is Newton's where it stays inside the bracket and at least halves the last one, and the middle of the
    bracket elsewhere: the middle of the numbers that there are in it, so that no bracket is too wide. An entry
    that moved by no more than the last place stays; one that never does becomes NaN.
    """
    y, last = start, high - low
    settled = torch.zeros_like(y, dtype=torch.bool)
    compiling = torch.compiler.is_compiling()
    for _ in range(UNROLLED if compiling else MOST):
        value, bend = f(y), slope(y)
        low = torch.where(value <= 0, y, low)
        high = torch.where(value >= 0, y, high)
        newton = y - value / bend
        inside = (newton >= low) & (newton <= high) & (torch.abs(newton - y) <= last / 2)
        inside = inside & (bend < torch.inf)  # a slope that overflows would leave y where it is
        following = torch.where(inside, newton, middle(low, high))
        following = torch.where(settled | (value == 0), y, following)
        last = torch.abs(following - y)
        settled = ~(last > 2 * torch.finfo(y.dtype).eps * torch.abs(following))  # NaN is settled
        y = following
        if not compiling and bool(settled.all()):
            return y
    return torch.where(settled, y, torch.nan)


def middle(low: Tensor, high: Tensor) -> Tensor:
    """The number with as many numbers of its type between it and low as between it and high."""
    a, b = _rank(low), _rank(high)
    half = (a >> 1) + (b >> 1) + (a & b & 1)
    return torch.where(half < 0, torch.iinfo(half.dtype).min - half, half).view(low.dtype)


def _rank(t: Tensor) -> Tensor:
    """Integers in the order of the numbers; 0 for both zeros."""
    bits = t.contiguous().view(_BITS[t.element_size()])
    return torch.where(bits < 0, torch.iinfo(bits.dtype).min - bits, bits)
