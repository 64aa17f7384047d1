"""Query and key matrices of LLaMA checkpoints, a matrix at a time, with their heads told apart.

With grouped queries several heads h share one key head g. The scores of a head depend on Q_h^T K_g, so that scaling
Q_h by c for all h of the group and K_g by 1/c changes nothing; a steepest flow of index q on plain products conserves
sum_{h in g} ||Q_h||_q^q - ||K_g||_q^q, group by group, and with it the difference of the whole norms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from training.data.places import Missing
from training.models.shards import Shards

NAME = re.compile(r"^(?P<layer>(?:.*\.)?layers\.(?P<number>\d+)\.self_attn)\.(?P<role>[qk])_proj\.weight$")


@dataclass(frozen=True)
class Heads:
    """Sizes of an attention layer: Q is (heads * size, width), K is (key_heads * size, width)."""

    width: int
    heads: int
    key_heads: int
    size: int

    @property
    def query_shape(self) -> tuple[int, int]:
        return self.heads * self.size, self.width

    @property
    def key_shape(self) -> tuple[int, int]:
        return self.key_heads * self.size, self.width


@dataclass(frozen=True)
class LayerPair:
    """One layer before and after: Q and K, in the type that the checkpoint has."""

    name: str
    queries: tuple[Tensor, Tensor]
    keys: tuple[Tensor, Tensor]


def heads(folder: Path) -> Heads:
    """The sizes in the ``config.json`` of a Hugging Face folder. Raises Missing, one line."""
    file = folder / "config.json"
    config = _config(file)
    width, count = _positive(config.get("hidden_size")), _positive(config.get("num_attention_heads"))
    if not width or not count:
        raise Missing(f"{file} has no good hidden_size or num_attention_heads")
    keys = _positive(config.get("num_key_value_heads", count))
    size = _positive(config.get("head_dim") or width // count)
    if not keys or not size or count % keys:
        raise Missing(f"{file}: {count} query heads cannot share its key heads")
    return Heads(width, count, keys, size)


def grouped(folder: Path) -> bool:
    """Whether the ``config.json`` of a folder says that several query heads share a key head. Raises Missing."""
    file = folder / "config.json"
    if not file.is_file() or "num_key_value_heads" not in _config(file):
        return False
    sizes = heads(folder)
    return sizes.heads != sizes.key_heads


def _config(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as broken:
        raise Missing(f"{file} cannot be read: {broken}") from None


def pairs(before: Path, after: Path) -> Iterator[LayerPair]:
    """The layers of two folders, in order; four matrices are read at a time, of which none is kept. Raises Missing.

    Both must have the same layers and heads, and each Q and K the shape that the configuration says.
    """
    sizes = heads(before)
    if heads(after) != sizes:
        raise Missing(f"{after} has other heads than {before}: {heads(after)}, not {sizes}")
    with Shards(before) as first, Shards(after) as second:
        layers, others = _layers(first), _layers(second)
        if not layers:
            raise Missing(f"{before} has no layer with self_attn.q_proj and self_attn.k_proj")
        if layers != others:
            raise Missing(f"{after} has not the layers of {before}: {len(others)} of attention against {len(layers)}")
        for name in layers:
            yield _pair(name, first, second, sizes)


def _pair(name: str, first: Shards, second: Shards, sizes: Heads) -> LayerPair:
    matrices = []
    for role, shape in (("q", sizes.query_shape), ("k", sizes.key_shape)):
        key = f"{name}.{role}_proj.weight"
        for opened in (first, second):
            if opened.shape(key) != shape:
                raise Missing(f"{opened.path}: {key} has the shape {opened.shape(key)}, not {shape}")
        matrices.append((first.read(key), second.read(key)))
    return LayerPair(name, *matrices)


def group_balances(query: Tensor, key: Tensor, sizes: Heads, q: float) -> Tensor:
    """(key_heads,): sum over the group of ||Q_h||_q^q, less ||K_g||_q^q, in double precision."""
    if tuple(query.shape) != sizes.query_shape or tuple(key.shape) != sizes.key_shape:
        raise ValueError(f"Q {tuple(query.shape)} and K {tuple(key.shape)} do not fit {sizes}")
    totals = [w.double().abs().pow(q).reshape(sizes.key_heads, -1).sum(1) for w in (query, key)]
    return totals[0] - totals[1]


def group_means(before: Path, after: Path) -> dict[str, float]:
    """The mean over layers and groups of |balance|, before and after, for q = 1 and 2."""
    sizes = heads(before)
    totals: dict[str, list[float]] = {}
    for layer in pairs(before, after):
        for i, when in enumerate(("before", "after")):
            for q in (1, 2):
                found = group_balances(layer.queries[i], layer.keys[i], sizes, q).abs().tolist()
                totals.setdefault(f"group_l{q}_{when}", []).extend(found)
        del layer  # before the next is read
    return {name: sum(values) / len(values) for name, values in totals.items()}


def _layers(opened: Shards) -> list[str]:
    roles: dict[str, set[str]] = {}
    order: dict[str, int] = {}
    for name in opened:
        match = NAME.match(name)
        if match:
            roles.setdefault(match["layer"], set()).add(match["role"])
            order[match["layer"]] = int(match["number"])
    return sorted((layer for layer, found in roles.items() if found == {"q", "k"}), key=lambda n: (order[n], n))


def _positive(value: object) -> int:
    """The value where it is a positive integer, else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
