"""The layers of a torch module, as a recipe sees them. torch is needed by this file alone."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path
from typing import Any

from verify.recipe.setting import Layer

HOMOGENEOUS = {"ReLU", "LeakyReLU", "PReLU", "Identity", "Flatten", "Dropout", "MaxPool1d", "MaxPool2d", "MaxPool3d",
               "AvgPool1d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveAvgPool1d", "AdaptiveMaxPool2d", "Unflatten",
               "ZeroPad2d", "Upsample", "Dropout2d"}  # fmt: skip
LINEAR = ("Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose2d", "Embedding", "Bilinear")


class NoModule(ValueError):
    """What was named is no torch module; one line."""


def layers(module: Any) -> tuple[list[Layer], list[str]]:
    """(layers, warnings): one layer for each weight of two or more axes, in the order of the module."""
    try:
        import torch
    except ImportError:
        raise NoModule("modules need torch: pip install 'mirrorproof[train]'") from None
    if not isinstance(module, torch.nn.Module):
        raise NoModule(f"not a torch.nn.Module but {type(module).__name__}")
    out: list[Layer] = []
    notes: list[str] = []
    first = True
    for path, child in module.named_modules():
        kind = type(child).__name__
        where = path or "the module"
        own = dict(child.named_parameters(recurse=False))
        inner = any(True for _ in child.children())
        if not inner and kind not in (HOMOGENEOUS if kind == "PReLU" or not own else LINEAR) and "Norm" not in kind:
            notes.append(f"{where}: {kind} is not known to be homogeneous of degree one; the theorems do not cover it")
        elif not type(child).__module__.startswith("torch.nn."):
            notes.append(f"{where}: the forward of {kind} is code of its own and is not looked at: whether it is "
                         "homogeneous in the weights is for you to know")  # fmt: skip
        if "Norm" in kind:
            notes.append(f"{where}: {kind} undoes the scale of the layer before it: the network is not homogeneous")
        if "Attention" in kind or "Transformer" in kind:
            notes.append(f"{where}: {kind} has a softmax, so that the network is not homogeneous")
        for name, weight in own.items():
            if weight.dim() < 2:
                if name.endswith("bias") and not first and "Norm" not in kind:
                    notes.append(f"{where}: a bias beyond the first layer: the network is not homogeneous")
                continue
            label = f"{path}.{name}" if path else name
            out.append(_layer(label, kind, weight))
        if own and kind in LINEAR:
            first = False
    seen = [id(w) for _, w in module.named_parameters(remove_duplicate=False)]
    if len(set(seen)) < len(seen):
        notes.append("weights are shared between layers: the theorems speak of layers with weights of their own")
    if not out:
        raise NoModule("the module has no weights of two or more axes")
    return out, list(dict.fromkeys(notes))


def _layer(label: str, kind: str, weight: Any) -> Layer:
    fan_in = int(weight[0].numel())
    if kind == "Embedding":
        fan_in = 1
    if weight.is_meta:
        return Layer(label, fan_in, int(weight.numel()), math.sqrt(2 / fan_in))
    size = float(weight.detach().double().pow(2).mean().sqrt())
    if not math.isfinite(size):
        raise NoModule(f"{label} has weights that are not finite")
    return Layer(label, fan_in, int(weight.numel()), size, measured=True)


def load(text: str) -> Any:
    """The module that ``FILE.py:NAME`` names: the file is EXECUTED with the user's rights; a callable is called."""
    file, _, name = text.rpartition(":")
    path = Path(file)
    if not file or not name.isidentifier() or path.suffix != ".py":
        raise NoModule("a module is named as FILE.py:NAME, as in net.py:model")
    if not path.is_file():
        raise NoModule(f"{path}: not there")
    spec = importlib.util.spec_from_file_location(f"mirrorproof_module_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise NoModule(f"{path}: not a Python file")
    found = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = found
    try:
        spec.loader.exec_module(found)
        value = getattr(found, name)
        built = hasattr(value, "named_modules") and not isinstance(value, type)
        return value() if callable(value) and not built else value
    except AttributeError as error:
        raise NoModule(f"{path}: {' '.join(str(error).split())[:160]}") from None
    except (Exception, SystemExit) as error:  # a stranger's file may raise anything
        raise NoModule(f"{path}: {type(error).__name__}: {' '.join(str(error).split())[:160]}") from None
    finally:
        sys.modules.pop(spec.name, None)
