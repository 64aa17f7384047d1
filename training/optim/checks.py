"""What an optimizer refuses, in one line each, before anything is changed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

NAN_POLICIES = ("raise", "skip", "ignore")


def number(name: str, value: Any, low: float, high: float = math.inf, *, open_low: bool = False) -> None:
    """Raises ValueError unless value is finite and in [low, high], or above low where ``open_low``."""
    found = value.item() if isinstance(value, Tensor) and value.numel() == 1 else value
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        raise ValueError(f"{name} must be a number, not {value!r}")
    if not math.isfinite(found) or found < low or found > high or (open_low and found == low):
        upper = ")" if high == math.inf else f"{high:g}]"
        span = f"{'(' if open_low else '['}{low:g}, {'oo' if high == math.inf else ''}{upper}"
        raise ValueError(f"{name} must lie in {span}, not at {found}")


def options(group: dict[str, Any]) -> None:
    """The hyperparameters that every optimizer here has. Raises ValueError."""
    number("lr", group["lr"], 0.0)
    number("q", group["q"], 1.0, 2.0)
    number("coupled", group["coupled"], 0.0)
    number("decoupled", group["decoupled"], 0.0)
    if group["nan"] not in NAN_POLICIES:
        raise ValueError(f"nan must be one of {', '.join(NAN_POLICIES)}, not {group['nan']!r}")
    if group["foreach"] not in (None, True, False):
        raise ValueError(f"foreach must be True, False or None, not {group['foreach']!r}")


def parameter(p: Tensor) -> None:
    """Raises TypeError for a parameter that has no order or no dense storage."""
    what = f"a parameter of shape {tuple(p.shape)}"
    if p.is_complex():
        raise TypeError(f"{what} is complex: give its real view (torch.view_as_real)")
    if p.layout != torch.strided:
        raise TypeError(f"{what} is sparse: steps are taken on dense parameters alone")
    if not p.is_floating_point():
        raise TypeError(f"{what} is of type {p.dtype}: it must be of floating point")


def gradient(g: Tensor) -> None:
    """Raises TypeError for a sparse gradient."""
    if g.layout != torch.strided:
        raise TypeError(f"a gradient of shape {tuple(g.shape)} is sparse: use dense gradients (sparse=False)")


def finite(tensors: Sequence[Tensor]) -> bool:
    """Whether no entry is infinite or NaN; one wait for the device."""
    if not tensors:
        return True
    norms = torch._foreach_norm(list(tensors))  # finite norms are proof; a square may overflow, so others are not
    if all(bool(torch.stack(part).isfinite().all()) for part in _by_place(norms)):
        return True
    return all(bool(t.isfinite().all()) for t in tensors)


def _by_place(tensors: Sequence[Tensor]) -> list[list[Tensor]]:
    places: dict[tuple[torch.device, torch.dtype], list[Tensor]] = {}
    for t in tensors:
        places.setdefault((t.device, t.dtype), []).append(t)
    return list(places.values())
