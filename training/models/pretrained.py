"""Encoders with their vocabulary from files: the MiniLM file with a part of its words, or a folder of BERT.

Weights are safetensors alone; pickled ones are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from training.data import wordpiece
from training.data.places import Missing, find
from training.data.wordpiece import WordPiece
from training.models.bert import Encoder, Shape
from training.models.shards import Shards

MINILM = "minilm_l6_h384_fp16_gluevocab.safetensors"
MINILM_WORDS = "minilm_vocab.txt"
MINILM_HEADS, MINILM_EPSILON = 12, 1e-12  # the shapes of its tensors do not tell them
OLD = {"gamma": "weight", "beta": "bias"}  # how the first BERT files call a LayerNorm's parameters


@dataclass(frozen=True)
class Pretrained:
    """weights: the encoder's, by BertModel's names, in single precision; words: what encodes its text."""

    shape: Shape
    weights: Mapping[str, Tensor]
    words: WordPiece

    def first(self, layers: int) -> Pretrained:
        """The encoder of its first layers. Raises ValueError where it has not so many."""
        if not 1 <= layers <= self.shape.layers:
            raise ValueError(f"an encoder of {self.shape.layers} layers has no first {layers}")
        gone = tuple(f"encoder.layer.{i}." for i in range(layers, self.shape.layers))
        weights = {n: t for n, t in self.weights.items() if not n.startswith(gone)} if gone else self.weights
        return Pretrained(replace(self.shape, layers=layers), weights, self.words)

    def encoder(self, dropout: float = 0.0) -> Encoder:
        """A new encoder with a copy of these weights."""
        made = Encoder(self.shape, dropout)
        made.load_state_dict(dict(self.weights))
        return made


def load(model: str, data: Path | None = None) -> Pretrained:
    """``minilm``, or a folder of BERT: a path, or a name below the folder of the data. Raises Missing, one line."""
    if model == "minilm":
        return minilm(find(MINILM, data), find(MINILM_WORDS, data))
    path = Path(model).expanduser()
    return folder(path if path.is_dir() else find(model, data))


def minilm(file: Path, vocabulary: Path) -> Pretrained:
    """MiniLM-L6-H384 with the rows of its embedding for which the file's ``vocab_kept_ids`` has a word."""
    with Shards(file) as opened:
        if "vocab_kept_ids" not in opened:
            raise Missing(f"{file} is not the MiniLM file: it has no vocab_kept_ids")
        tensors = {n: opened.read(n) for n in opened}
    kept = tensors.pop("vocab_kept_ids").tolist()
    words = _words(vocabulary, kept)
    return _pretrained(tensors, words, len(kept), MINILM_HEADS, MINILM_EPSILON, file)


def folder(path: Path) -> Pretrained:
    """A folder with config.json, vocab.txt and model.safetensors, or shards with their index."""
    config = _config(path / "config.json")
    with Shards(path) as opened:
        tensors = {n: opened.read(n) for n in opened}
    words = _words(path / "vocab.txt", None)
    size = config["vocab_size"]
    if len(words.vocabulary) > size:
        raise Missing(f"{path}: the vocabulary has {len(words.vocabulary)} words and the encoder {size}")
    return _pretrained(tensors, words, size, config["num_attention_heads"], config["layer_norm_eps"], path)


def _pretrained(
    tensors: dict[str, Tensor], words: WordPiece, size: int, heads: int, epsilon: float, where: Path
) -> Pretrained:
    weights = {}
    for name, tensor in tensors.items():
        name = name.removeprefix("bert.")
        head, _, leaf = name.rpartition(".")
        if re.match(r"(embeddings|encoder|pooler)\.", name) and leaf != "position_ids":
            weights[f"{head}.{OLD.get(leaf, leaf)}"] = tensor.float()
    try:
        kinds = ("word", "position", "token_type")
        table, places, types = (weights[f"embeddings.{kind}_embeddings.weight"] for kind in kinds)
        inner = weights["encoder.layer.0.intermediate.dense.weight"].shape[0]
        layers = 1 + max(int(n.split(".")[2]) for n in weights if n.startswith("encoder.layer."))
        shape = Shape(size, table.shape[1], layers, heads, inner, len(places), len(types), epsilon)
    except (KeyError, IndexError, ValueError) as error:
        raise Missing(f"{where} holds no encoder of BERT: {error}") from None
    expected = {n: tuple(t.shape) for n, t in _empty(shape).items()}
    odd = sorted(expected.keys() ^ weights.keys())
    if odd:
        raise Missing(f"{where}: {odd[0]} is {'missing' if odd[0] in expected else 'no part of an encoder of BERT'}")
    for name, tensor in weights.items():
        if tuple(tensor.shape) != expected[name]:
            raise Missing(f"{where}: {name} has the shape {tuple(tensor.shape)}, not {expected[name]}")
        if not bool(tensor.isfinite().all()):
            raise Missing(f"{where}: {name} has an entry that is not finite")
    return Pretrained(shape, weights, words)


def _empty(shape: Shape) -> dict[str, Tensor]:
    import torch

    with torch.device("meta"):
        return Encoder(shape).state_dict()


def _words(path: Path, kept: list[int] | None) -> WordPiece:
    try:
        return WordPiece(wordpiece.read(path), kept=kept)
    except ValueError as error:
        raise Missing(f"{path} does not fit the encoder: {error}") from None


def _config(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as broken:
        raise Missing(f"{path} cannot be read: {broken}") from None
    found = {"layer_norm_eps": 1e-12} | (read if isinstance(read, dict) else {})
    for name, kind in (("vocab_size", int), ("num_attention_heads", int), ("layer_norm_eps", float)):
        if type(found.get(name)) is not kind or found[name] <= 0:
            raise Missing(f"{path} has no good {name}")
    if found.get("hidden_act", "gelu") != "gelu" or found.get("position_embedding_type", "absolute") != "absolute":
        raise Missing(f"{path} is of another kind of encoder than BERT (gelu, absolute positions)")
    return found
