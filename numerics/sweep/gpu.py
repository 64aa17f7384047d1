"""A sweep on a GPU: the data of all lanes lie there, and all their steps are one launch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

import numpy as np

from numerics.sweep.settings import Array, Data, Setting

MOST_FEATURES, MOST_BATCH, MOST_SAMPLES = 128, 64, 128  # what the registers of a program hold

KERNEL = "numerics.sweep.gpu_kernel"


class NoGpu(RuntimeError):
    """No GPU is at hand, what drives it is not installed, or it is too small; the message is one line."""


def interpreted() -> bool:
    """Whether Triton's interpreter runs the kernel, on the CPU."""
    return os.environ.get("TRITON_INTERPRET") == "1"


def launcher(module: str) -> tuple[Any, Any]:
    """The function ``descend`` of a module of Triton's, and torch. Raises NoGpu."""
    from importlib import import_module

    try:
        import torch

        gpu_kernel = import_module(module)
    except ImportError as error:
        raise NoGpu(f"sweeps on a GPU need {error.name}: pip install 'mirrorproof[gpu]'") from None
    if not (interpreted() or torch.cuda.is_available()):
        raise NoGpu("no CUDA device is at hand: leave the device at cpu")
    return gpu_kernel.descend, torch


def name() -> str:
    """Of the device; raises NoGpu."""
    _, torch = launcher(KERNEL)
    return "Triton's interpreter" if interpreted() else str(torch.cuda.get_device_name())


class Lanes:
    """Data and settings of a sweep on the GPU; program m S + s is setting m on data set s."""

    def __init__(self, data: Data, settings: Sequence[Setting], firsts: Array) -> None:
        """firsts: the row at which each setting begins. Raises NoGpu."""
        features, widest = len(data.truth), max(s.batch for s in settings)
        if features > MOST_FEATURES or widest > MOST_BATCH:
            raise NoGpu(
                f"on a GPU a sweep takes at most {MOST_FEATURES} features and batches of {MOST_BATCH},"
                f" not {features} and {widest}"
            )
        full, adam = any(s.batch == 0 for s in settings), any(s.adam for s in settings)
        exponential, count = data.loss == "exponential", data.samples.shape[1]
        if exponential and full and count > MOST_SAMPLES:
            raise NoGpu(f"on a GPU the exponential loss takes batches, or at most {MOST_SAMPLES} samples, not {count}")
        self._kernel, torch = launcher(KERNEL)
        self._place = "cpu" if interpreted() else "cuda"
        self._torch, self._programs = torch, len(settings) * len(data.seeds)
        width = _power(max(features, 16))
        kept = _power(max(count if full else 1, 16)) if exponential else 0

        def there(values: Any, kind: type = np.float64) -> Any:
            return torch.from_numpy(np.ascontiguousarray(values, dtype=kind)).to(self._place)

        betas = np.array([astuple(s.adam) if s.adam else (0.0,) * 3 for s in settings])
        self._arguments = [
            torch.empty(self._programs * 2 * width, dtype=torch.float64, device=self._place),
            there(data.truth), there(data.grams if full and not kept else np.zeros(1)), there(data.samples),
            there(np.array(data.seeds, dtype=np.uint64).view(np.int64), np.int64),
            there(firsts, np.int64),
            *(there([getattr(s, name) for s in settings], np.int64) for name in ("depth", "batch", "rescaled")),
            *(there([getattr(s, n) for s in settings]) for n in ("q", "rate", "coupled", "decoupled", "smallest")),
            *(there(betas[:, k]) for k in range(3)), len(data.seeds), sum(s.rows for s in settings), features, count,
        ]  # fmt: skip
        self._shape = {
            "N": width, "LAYERS": max(s.depth for s in settings), "SLOTS": _power(widest) if widest else 0,
            "FULL": full, "ADAM": adam, "KEPT": kept,
            "num_warps": max(1, width * max(width, kept) // 1024), "num_stages": 1, "enable_fp_fusion": True,
        }  # fmt: skip

    def advance(self, weights: Array, done: int, steps: int) -> Array:
        """The weights (S, rows, n) after the steps done, ..., done + steps - 1, in one launch."""
        if steps == 0:
            return weights
        moved = self._torch.from_numpy(np.array(weights, order="C")).to(self._place)
        self._kernel[(self._programs,)](moved, *self._arguments, done, steps, **self._shape)
        found: Array = moved.cpu().numpy()
        return found


def _power(least: int) -> int:
    """The smallest power of two that is not below."""
    return int(1 << (least - 1).bit_length())
