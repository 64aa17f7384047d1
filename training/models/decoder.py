"""A small causal decoder with grouped queries: pre-norm blocks, rotary positions, plain products of matrices.

The matrices bear the names of LLaMA's (``model.layers.0.self_attn.q_proj.weight``), so that what compares checkpoints
takes it as it is.

Source: H. Touvron et al., LLaMA; J. Su et al. for rotary positions; J. Ainslie et al. for grouped queries.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

BASE = 10_000.0  # of the rotary angles


@dataclass(frozen=True)
class Sizes:
    """key_heads divides heads, heads divides width, and the size of a head is even."""

    symbols: int = 256
    width: int = 128
    layers: int = 4
    heads: int = 4
    key_heads: int = 4

    def __post_init__(self) -> None:
        if min(self.symbols, self.width, self.layers, self.heads, self.key_heads) < 1:
            raise ValueError("the sizes of a decoder must be at least 1")
        if self.heads % self.key_heads or self.width % self.heads or (self.width // self.heads) % 2:
            raise ValueError(f"a width of {self.width} cannot have {self.heads} heads on {self.key_heads} key heads")


class Decoder(nn.Module):
    """(n, length) symbols -> (n, length, symbols) logits of what follows each of them.

    Weights are normal with deviation 0.02, those that write into the residual stream smaller by sqrt(2 layers).
    """

    def __init__(self, sizes: Sizes, seed: int = 0) -> None:
        super().__init__()
        self.sizes = sizes
        self.model = nn.ModuleDict({
            "embed_tokens": nn.Embedding(sizes.symbols, sizes.width),
            "layers": nn.ModuleList(_Block(sizes) for _ in range(sizes.layers)),
            "norm": nn.RMSNorm(sizes.width, 1e-6),
        })  # fmt: skip
        self.lm_head = nn.Linear(sizes.width, sizes.symbols, bias=False)
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for name, p in self.named_parameters():
                if p.ndim > 1:
                    writes = name.endswith(("o_proj.weight", "down_proj.weight"))
                    p.normal_(0.0, 0.02 / (math.sqrt(2 * sizes.layers) if writes else 1.0), generator=generator)

    def forward(self, symbols: Tensor) -> Tensor:
        x = self.model["embed_tokens"](symbols)
        turns = _turns(symbols.shape[1], self.sizes.width // self.sizes.heads, x)
        for block in self.model["layers"]:  # type: ignore[union-attr, attr-defined]
            x = block(x, turns)
        result: Tensor = self.lm_head(self.model["norm"](x))
        return result


class _Block(nn.Module):
    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        width, inner = sizes.width, 4 * sizes.width
        self.groups, self.key_heads = sizes.heads // sizes.key_heads, sizes.key_heads
        narrow = width // sizes.heads * sizes.key_heads
        outs = {"q_proj": width, "k_proj": narrow, "v_proj": narrow, "o_proj": width}
        self.self_attn = nn.ModuleDict({name: nn.Linear(width, out, bias=False) for name, out in outs.items()})
        self.mlp = nn.ModuleDict({
            "up_proj": nn.Linear(width, inner, bias=False), "down_proj": nn.Linear(inner, width, bias=False),
        })  # fmt: skip
        self.input_layernorm = nn.RMSNorm(width, 1e-6)
        self.post_attention_layernorm = nn.RMSNorm(width, 1e-6)

    def forward(self, x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
        y = self.input_layernorm(x)
        q = _turned(self._heads(y, "q_proj", self.groups), turns)
        k = _turned(self._heads(y, "k_proj", 1), turns)
        v = self._heads(y, "v_proj", 1)
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        ahead = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        mixed = torch.softmax(scores.masked_fill(ahead, -torch.inf), -1) @ v
        x = x + self.self_attn["o_proj"](mixed.permute(0, 3, 1, 2, 4).flatten(2))
        hidden = functional.gelu(self.mlp["up_proj"](self.post_attention_layernorm(x)))
        return x + self.mlp["down_proj"](hidden)

    def _heads(self, y: Tensor, role: str, groups: int) -> Tensor:
        """(n, key_heads, groups, length, size): one key for all heads of its group."""
        parts: Tensor = self.self_attn[role](y).unflatten(-1, (self.key_heads, groups, -1))
        return parts.permute(0, 2, 3, 1, 4)


def _turns(length: int, size: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Cosines and sines of position times frequency: (length, size / 2) each."""
    places = torch.arange(length, device=like.device, dtype=like.dtype)
    powers = torch.arange(0, size, 2, device=like.device, dtype=like.dtype) / size
    angles = places[:, None] * torch.pow(BASE, -powers)
    return angles.cos(), angles.sin()


def _turned(x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Pairs (x_i, x_{i + size/2}) turned by the angles of their position, as Hugging Face's LLaMA pairs them."""
    cos, sin = turns
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)
