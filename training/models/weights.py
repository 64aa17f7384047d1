"""Weights from safetensors into a network: every name and every shape must fit, and nothing is unpickled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from training.data.places import Missing

BUFFERS = ("num_batches_tracked",)  # a counter that some checkpoints leave out
UNSAFE = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")


def read(file: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file. Raises Missing for what is none, or is cut short."""
    if file.suffix in UNSAFE:
        raise Missing(f"{file}: a pickle is not loaded; turn it into safetensors (safetensors.torch.save_file)")
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError:
        raise Missing("weights need safetensors, which is not installed: pip install 'mirrorproof[train]'") from None
    try:
        return load_file(file)
    except (SafetensorError, OSError, ValueError) as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise Missing(f"{file}: no whole safetensors file: {said}") from None


def fill(model: nn.Module, weights: Mapping[str, Tensor], file: Path, *, new: Sequence[str] = ()) -> None:
    """Puts the weights into the model in place; those whose names begin with one of ``new`` keep their start.

    Raises Missing where a name is missing or too much, a shape differs, or a number is not finite.
    """
    own = model.state_dict()
    fresh = tuple(new)
    wanted = {n for n in own if not n.endswith(BUFFERS) and not n.startswith(fresh or ("\0",))}
    given = {n for n in weights if not n.endswith(BUFFERS) and not n.startswith(fresh or ("\0",))}
    if wanted != given:
        odd = sorted(wanted ^ given)[0]
        which = "it has no" if odd in wanted else "it has a"
        raise Missing(f"{file}: weights of another network: {which} {odd}")
    with torch.no_grad():
        for name in sorted(wanted):
            value = weights[name]
            if value.shape != own[name].shape:
                raise Missing(f"{file}: {name} is {tuple(value.shape)}, not {tuple(own[name].shape)}")
            if not bool(torch.isfinite(value).all()):
                raise Missing(f"{file}: {name} has an entry that is not finite")
            own[name].copy_(value)
