"""Query and key matrices before and after fine-tuning: flips of sign and balances, from two checkpoints.

The checkpoints are safetensors files, or folders with ``model.safetensors`` or an index of several files. They are read
lazily, a matrix at a time; nothing is unpickled. Where several query heads share a key head, the difference of the
whole norms is still what a flow of the products conserves: what the heads of a group gain adds up to what their key
gains. ``training.models.llama`` takes the groups apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import torch
from torch import Tensor

from training.data.places import Missing
from training.models.shards import Shards

# the names of query and key matrices: LLaMA and its kin, BERT and ViT of Hugging Face, torch decoders with split layers
_PATTERNS = (
    re.compile(r"^(?P<layer>.*self_attn)\.(?P<role>q|k)_proj\.weight$"),
    re.compile(r"^(?P<layer>.*attention)\.(?P<role>query|key)\.weight$"),
    re.compile(r"^(?P<layer>.*)\.(?P<role>q|k)(?:_proj|_lin|uery|ey)?\.weight$"),
)


class CheckpointError(Missing):
    """Two checkpoints that cannot be compared; the message is one line."""


@dataclass(frozen=True)
class Layer:
    """One layer: entries and flips of Q and K, and | ||Q||_q^q - ||K||_q^q | for q = 1 and 2, before and after."""

    name: str
    sizes: tuple[int, int]
    flips: tuple[int, int]
    before: tuple[float, float]
    after: tuple[float, float]

    @property
    def delta(self) -> tuple[float, float]:
        """Delta_1 and Delta_2, after minus before: below 0 where Q and K came into balance."""
        return self.after[0] - self.before[0], self.after[1] - self.before[1]


@dataclass(frozen=True)
class Changes:
    layers: tuple[Layer, ...]
    flipped: int  # over all weights of floating point
    total: int

    def means(self) -> dict[str, float]:
        """Means over the layers of the balances; shares of entries that flipped, of layers whose balance fell."""
        found = {
            f"balance_l{q + 1}_{when}": mean(getattr(n, when)[q] for n in self.layers)
            for q in (0, 1) for when in ("before", "after")
        }  # fmt: skip
        shares = {
            f"flipped_{role}": sum(n.flips[i] for n in self.layers) / sum(n.sizes[i] for n in self.layers)
            for i, role in enumerate("qk")
        }
        fell = {f"fell_l{q + 1}": mean(float(n.delta[q] < 0) for n in self.layers) for q in (0, 1)}
        return found | shares | {"flipped": self.flipped / self.total} | fell

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
    one checkpoint has are left out. Raises Missing where a file is missing or broken, and CheckpointError where shapes
    differ, an entry is not finite, or no layer has a query and a key of its own (a fused matrix is not taken apart).
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
            (b1, a1), (b2, a2) = [[abs(u - v) for u, v in zip(Q, K, strict=True)] for Q, K in zip(*powers, strict=True)]
            layers.append(Layer(name, (sizes[q], sizes[k]), (flips[q], flips[k]), (b1, b2), (a1, a2)))
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
    parts = zip(a.reshape(-1).split(1 << 22), b.reshape(-1).split(1 << 22), strict=True)
    return sum(int((torch.sign(u) != torch.sign(v)).sum()) for u, v in parts)


def _power(w: Tensor, q: int) -> float:
    """sum |w|^q in double precision, some rows at a time."""
    rows = w.reshape(-1).split(1 << 22)
    return sum(float((r.double().abs() if q == 1 else r.double().square()).sum()) for r in rows)


@contextmanager
def _opened(given: Path | str | Mapping[str, Tensor]) -> Iterator[Mapping[str, Callable[[], Tensor]]]:
    """name -> a function that reads the tensor."""
    if isinstance(given, Mapping):
        yield {n: (lambda n=n, t=t: _finite(n, t.detach())) for n, t in given.items()}  # type: ignore[misc]
        return
    with Shards(given) as opened:
        yield {n: (lambda n=n: _finite(f"{opened.path}: {n}", opened.read(n))) for n in opened}  # type: ignore[misc]


def _finite(name: str, w: Tensor) -> Tensor:
    """What is not finite says that the checkpoint is broken."""
    if not all(bool(part.isfinite().all()) for part in w.reshape(-1).split(1 << 22)):
        raise CheckpointError(f"{name} has an entry that is not finite")
    return w
