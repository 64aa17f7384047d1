"""The state of models and optimizers as named tensors and plain values, and back, to the bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

Part = nn.Module | Optimizer | Mapping[str, Tensor]


def pack(**parts: Part) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors under "part/name" and what is JSON, of modules (with buffers), optimizers and mappings of tensors."""
    tensors: dict[str, Tensor] = {}
    plain: dict[str, Any] = {}
    for part, value in parts.items():
        if isinstance(value, Optimizer):
            whole = value.state_dict()
            plain[part] = {"groups": whole["param_groups"], "state": {}}
            for index, own in whole["state"].items():
                for name, entry in own.items():
                    if isinstance(entry, Tensor):
                        tensors[f"{part}/{index}/{name}"] = entry
                    else:
                        plain[part]["state"].setdefault(str(index), {})[name] = entry
        else:
            named = value.state_dict() if isinstance(value, nn.Module) else value
            tensors |= {f"{part}/{name}": t for name, t in named.items()}
    return tensors, plain


def unpack(tensors: Mapping[str, Tensor], plain: Mapping[str, Any], **parts: Part) -> None:
    """Take up in place what ``pack`` gave. Raises ValueError where names or shapes are others."""
    for part, value in parts.items():
        own = {name.removeprefix(f"{part}/"): t for name, t in tensors.items() if name.startswith(f"{part}/")}
        if isinstance(value, Optimizer):
            state = _state(own, plain[part]["state"], value)
            value.load_state_dict({"state": state, "param_groups": plain[part]["groups"]})
            continue
        named = value.state_dict() if isinstance(value, nn.Module) else value
        if named.keys() != own.keys():
            raise ValueError(f"{part}: {sorted(named.keys() ^ own.keys())[0]} is in one of the two alone")
        with torch.no_grad():
            for name, t in named.items():
                if t.shape != own[name].shape:
                    raise ValueError(f"{part}: {name} is of shape {tuple(own[name].shape)}, not {tuple(t.shape)}")
                t.copy_(own[name])


def _state(
    own: Mapping[str, Tensor], plain: Mapping[str, Mapping[str, Any]], optimizer: Optimizer
) -> dict[int, dict[str, Any]]:
    """Tensors of the shape of their parameter are laid out in memory as it is: fused steps go by places in memory."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    state: dict[int, dict[str, Any]] = {int(index): dict(entries) for index, entries in plain.items()}
    for name, t in own.items():
        index, _, entry = name.partition("/")
        place = int(index)
        if place >= len(parameters):
            raise ValueError(f"the state is of more than the {len(parameters)} parameters of the optimizer")
        p = parameters[place]
        laid = torch.empty_like(p, dtype=t.dtype, device=t.device) if t.shape == p.shape else torch.empty_like(t)
        state.setdefault(place, {})[entry] = laid.detach().copy_(t)
    return state
