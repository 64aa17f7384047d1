"""A small encoder in a folder as Hugging Face lays it out, made on the spot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from tests.training.data.sentences import VOCABULARY
from training.models.bert import Encoder, Shape

SHAPE = Shape(words=len(VOCABULARY), width=12, layers=2, heads=3, inner=20, positions=24)


def encoder(shape: Shape = SHAPE, seed: int = 3) -> Encoder:
    made = Encoder(shape)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in made.named_parameters():
            p.copy_(0.3 * torch.randn(p.shape, generator=generator) + float(name.endswith("LayerNorm.weight")))
    return made


def texts(count: int = 5, length: int = 9, words: int = len(VOCABULARY), seed: int = 4) -> torch.Tensor:
    """(count, 3, length), the later ones padded more."""
    generator = torch.Generator().manual_seed(seed)
    packed = torch.zeros(count, 3, length, dtype=torch.int64)
    for i in range(count):
        n = length - i
        packed[i, 0, :n] = torch.randint(1, words, (n,), generator=generator)
        packed[i, 1, n // 2 : n] = 1
        packed[i, 2, :n] = 1
    return packed


def config(shape: Shape = SHAPE) -> dict[str, Any]:
    return {
        "vocab_size": shape.words, "hidden_size": shape.width, "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads, "intermediate_size": shape.inner, "layer_norm_eps": shape.epsilon,
        "max_position_embeddings": shape.positions, "hidden_act": "gelu",
    }  # fmt: skip


def folder(path: Path, *, old: bool = False, shards: int = 1, **changes: torch.Tensor | None) -> Path:
    """The folder; old: with the names of the first BERT files; changes: tensors in place of others, None for none."""
    path.mkdir(parents=True)
    state: dict[str, torch.Tensor] = dict(encoder().state_dict())
    for name, value in changes.items():
        key = name.replace("__", ".")
        if value is None:
            del state[key]
        else:
            state[key] = value
    if old:
        state = {
            "bert." + n.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): t
            for n, t in state.items()
        } | {"cls.predictions.bias": torch.zeros(3)}
    state = {n: t.contiguous() for n, t in state.items()}
    names = sorted(state)
    if shards == 1:
        save_file(state, path / "model.safetensors")
    else:
        where = {n: f"model-{1 + i % shards}.safetensors" for i, n in enumerate(names)}
        for file in set(where.values()):
            save_file({n: state[n] for n in names if where[n] == file}, path / file)
        (path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": where}))
    (path / "config.json").write_text(json.dumps(config()))
    (path / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    return path
