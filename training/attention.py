"""Query and key matrices before and after fine-tuning: flips of sign and balances, from two checkpoints.

The checkpoints are safetensors files, or folders with ``model.safetensors`` or an index of several files. They are read
lazily, a matrix at a time; nothing is unpickled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import torch
from torch import Tensor

# the names of query and key matrices: LLaMA and its kin, BERT and ViT of Hugging Face, torch decoders with split layers
_PATTERNS = (
    re.compile(r"^(?P<layer>.*self_attn)\.(?P<role>q|k)_proj\.weight$"),
    re.compile(r"^(?P<layer>.*attention)\.(?P<role>query|key)\.weight$"),
    re.compile(r"^(?P<layer>.*)\.(?P<role>q|k)(?:_proj|_lin|uery|ey)?\.weight$"),
)


class CheckpointError(ValueError):
    """A checkpoint that cannot be read; the message is one line."""


@dataclass(frozen=True)
class Layer:
    """One attention layer: entries and flips of Q and K, and Delta_1, Delta_2.

    Delta_q = | ||Q||_q^q - ||K||_q^q | after fine-tuning minus the same before: below 0 where they came into balance.
    """

    name: str
    sizes: tuple[int, int]
    flips: tuple[int, int]
    delta: tuple[float, float]


@dataclass(frozen=True)
class Changes:
    layers: tuple[Layer, ...]
    flipped: int  # over all weights of floating point
    total: int

    def summary(self) -> dict[str, float]:
        """Percentages of flips, the means of the two Deltas, and the percentages of layers in which they fell."""
        shares = [100 * sum(n.flips[i] for n in self.layers) / sum(n.sizes[i] for n in self.layers) for i in (0, 1)]
        fell = [100 * mean(float(n.delta[i] < 0) for n in self.layers) for i in (0, 1)]
        deltas = [mean(n.delta[i] for n in self.layers) for i in (0, 1)]
        return {
            "Q flips %": shares[0], "K flips %": shares[1], "flips %": 100 * self.flipped / self.total,
            "Delta L1": deltas[0], "Delta L1 < 0 %": fell[0], "Delta L2": deltas[1], "Delta L2 < 0 %": fell[1],
        }  # fmt: skip


def query_key_changes(
    before: Path | str | Mapping[str, Tensor],
    after: Path | str | Mapping[str, Tensor],
    *,
    everything: bool = True,
) -> Changes:
    """The changes from one checkpoint to the other; ``everything``: flips are counted over all weights as well.

    A flip is an entry whose sign, in {-1, 0, 1}, is another one. Weights are matched by name; those of heads that only
    one checkpoint has are left out. Raises CheckpointError where a file is missing or broken, shapes differ, or no
    layer has a query and a key of its own (a fused matrix is not taken apart).
    """
    with _opened(before) as first, _opened(after) as second:
        common = sorted(first.keys() & second.keys())
        pairs = _pairs(common)
        if not pairs:
            raise CheckpointError("no layer with a query and a key matrix is in both checkpoints")
        flips: dict[str, int] = {}
        sizes: dict[str, int] = {}
        layers = []
        for name, (q, k) in pairs.items():
            powers = []
            for role in (q, k):
                a, b = _matrix(first, second, role)
                flips[role], sizes[role] = _flips(a, b), a.numel()
                powers.append([(_power(a, r), _power(b, r)) for r in (1, 2)])
            delta = [abs(Q[1] - K[1]) - abs(Q[0] - K[0]) for Q, K in zip(*powers, strict=True)]
            layers.append(Layer(name, (sizes[q], sizes[k]), (flips[q], flips[k]), (delta[0], delta[1])))
        for name in common if everything else ():
            if name not in flips:
                a, b = _matrix(first, second, name)
                if a.is_floating_point():
                    flips[name], sizes[name] = _flips(a, b), a.numel()
        return Changes(tuple(layers), sum(flips.values()), sum(sizes.values()))


def _pairs(names: list[str]) -> dict[str, tuple[str, str]]:
    for pattern in _PATTERNS:
        found: dict[str, dict[str, str]] = {}
        for name in names:
            match = pattern.match(name)
            if match:
                found.setdefault(match["layer"], {})[match["role"][0]] = name
        pairs = {layer: (roles["q"], roles["k"]) for layer, roles in found.items() if roles.keys() == {"q", "k"}}
        if pairs:
            return pairs
    return {}


def _matrix(first: Mapping[str, Callable[[], Tensor]], second: Mapping[str, Callable[[], Tensor]], name: str) -> Any:
    a, b = first[name](), second[name]()
    if a.shape != b.shape:
        raise CheckpointError(f"{name} has the shape {tuple(a.shape)} before and {tuple(b.shape)} after")
    return a, b


def _flips(a: Tensor, b: Tensor) -> int:
    return int((torch.sign(a) != torch.sign(b)).sum())


def _power(w: Tensor, q: int) -> float:
    """sum |w|^q in double precision, some rows at a time."""
    rows = w.reshape(-1).split(1 << 22)
    return sum(float((r.double().abs() if q == 1 else r.double().square()).sum()) for r in rows)


@contextmanager
def _opened(given: Path | str | Mapping[str, Tensor]) -> Iterator[Mapping[str, Callable[[], Tensor]]]:
    """name -> a function that reads the tensor."""
    if isinstance(given, Mapping):
        yield {n: (lambda t=t: t.detach()) for n, t in given.items()}  # type: ignore[misc]
        return
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as missing:
        raise ImportError("reading checkpoints needs safetensors: pip install 'mirrorproof[train]'") from missing
    with ExitStack() as stack:
        readers: dict[str, Callable[[], Tensor]] = {}
        for file in _files(Path(given)):
            try:
                handle = stack.enter_context(safe_open(file, framework="pt"))
            except (OSError, SafetensorError) as broken:
                raise CheckpointError(f"{file} cannot be read: {broken}") from broken
            for name in handle.keys():  # noqa: SIM118 (the handle is no mapping)
                readers[name] = lambda handle=handle, name=name: handle.get_tensor(name)  # type: ignore[misc]
        yield readers


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise CheckpointError(f"{path} is not there")
    index = path / "model.safetensors.index.json"
    if index.is_file():
        try:
            names = sorted(set(json.loads(index.read_text())["weight_map"].values()))
        except (ValueError, KeyError, TypeError, AttributeError) as broken:
            raise CheckpointError(f"{index} is no index of weights") from broken
        files = [path / n for n in names]
        outside = [n for n in names if Path(n).name != n]
        if outside:
            raise CheckpointError(f"{index} names a file outside of its folder: {outside[0]}")
    else:
        files = [path / "model.safetensors"]
    for file in files:
        if not file.is_file():
            raise CheckpointError(f"{file} is not there")
    return files
