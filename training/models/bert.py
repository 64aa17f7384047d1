"""BERT's encoder and a classifier on it, from plain products of matrices, so that it has derivatives of every order.

Attention is softmax(Q K^T / sqrt(d)) V written out: fused kernels have no second derivative. The parameters bear the
names of Hugging Face's BertModel. Dropout draws from a generator of its own, so that what a step draws is a function of
what that generator was seeded with.

Source: J. Devlin et al., BERT.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.data.wordpiece import Encoded


@dataclass(frozen=True)
class Shape:
    """Sizes of an encoder; the defaults are those of BERT-base."""

    words: int = 30522
    width: int = 768
    layers: int = 12
    heads: int = 12
    inner: int = 3072
    positions: int = 512
    types: int = 2
    epsilon: float = 1e-12

    def __post_init__(self) -> None:
        sizes = (self.words, self.width, self.layers, self.heads, self.inner, self.positions, self.types)
        if min(sizes) < 1 or self.width % self.heads:
            raise ValueError(f"an encoder of width {self.width} cannot have {self.heads} heads, or a size is below 1")


class Dropout(nn.Dropout):
    """Dropout that draws from ``generator``; in eval mode, or at p = 0, the identity."""

    generator: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        kept = torch.empty_like(x).bernoulli_(1 - self.p, generator=self.generator)
        return x * kept / (1 - self.p)


class Encoder(nn.Module):
    """(n, 3, length) integers (ids, types, mask) -> (n, length, width); the mask is 1 at tokens and 0 at padding."""

    def __init__(self, shape: Shape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        self.embeddings = _Embeddings(shape, dropout)
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(_Layer(shape, dropout) for _ in range(shape.layers))})
        self.pooler = nn.ModuleDict({"dense": nn.Linear(shape.width, shape.width)})

    def forward(self, packed: Tensor) -> Tensor:
        ids, types, mask = packed.unbind(1)
        x = self.embeddings(ids, types)
        # far below every score, yet finite: a row of padding alone stays defined
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e9
        for layer in self.encoder["layer"]:  # type: ignore[union-attr, attr-defined]
            x = layer(x, bias)
        return x

    def pooled(self, packed: Tensor) -> Tensor:
        """(n, width): tanh of an affine map of the first token's output."""
        return torch.tanh(self.pooler["dense"](self(packed)[:, 0]))

    def mean(self, packed: Tensor) -> Tensor:
        """(n, width): the mean of the outputs over the tokens, which sentence encoders take."""
        weight = packed[:, 2, :, None].to(self.embeddings.word_embeddings.weight.dtype)
        return (self(packed) * weight).sum(1) / weight.sum(1)


class Classifier(nn.Module):
    """(n, 3, length) -> (n, classes): an affine map of the pooled output, from weights of deviation 0.02."""

    def __init__(self, encoder: Encoder, classes: int, dropout: float = 0.0, seed: int = 0) -> None:
        super().__init__()
        self.bert = encoder
        self.dropout = Dropout(dropout)
        self.classifier = nn.Linear(encoder.shape.width, classes)
        with torch.no_grad():
            self.classifier.weight.normal_(0.0, 0.02, generator=torch.Generator().manual_seed(seed))
            self.classifier.bias.zero_()

    def forward(self, packed: Tensor) -> Tensor:
        return self.classifier(self.dropout(self.bert.pooled(packed)))


def draw_from(model: nn.Module, generator: torch.Generator) -> None:
    """Let every dropout of the model draw from this generator, which must be on the model's device."""
    for module in model.modules():
        if isinstance(module, Dropout):
            module.generator = generator


def packed(rows: Sequence[Encoded], pad: int, length: int | None = None) -> Tensor:
    """(n, 3, length): ids, types and mask of the encoded texts, filled up with ``pad`` to the longest or to length."""
    longest = max(len(row.ids) for row in rows) if length is None else length
    whole = torch.zeros(len(rows), 3, longest, dtype=torch.int64)
    whole[:, 0] = pad
    for i, row in enumerate(rows):
        n = len(row.ids)
        whole[i, 0, :n], whole[i, 1, :n] = torch.tensor(row.ids), torch.tensor(row.types)
        whole[i, 2, :n] = 1
    return whole


def restricted(model: Classifier, batches: Sequence[Tensor]) -> tuple[Classifier, list[Tensor]]:
    """The same function on these batches with the rows of the words that occur in them alone.

    Of words that do not occur the loss is independent: the Hessian of this model has the eigenvalues of the whole one's
    but for zeros. The other parameters are shared with the model.
    """
    used = torch.unique(torch.cat([b[:, 0].reshape(-1) for b in batches]))
    shape = model.bert.shape
    small = Classifier(Encoder(Shape(**{**shape.__dict__, "words": len(used)})), model.classifier.out_features)
    small.train(model.training)
    state = dict(model.named_parameters())
    name = "bert.embeddings.word_embeddings.weight"
    rows = nn.Parameter(state[name].detach()[used].clone())
    for key, _ in list(small.named_parameters()):
        owner, _, leaf = key.rpartition(".")
        setattr(small.get_submodule(owner), leaf, rows if key == name else state[key])
    again = []
    for batch in batches:
        changed = batch.clone()
        changed[:, 0] = torch.searchsorted(used, batch[:, 0].contiguous())
        again.append(changed)
    return small, again


class _Embeddings(nn.Module):
    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(shape.words, shape.width)
        self.position_embeddings = nn.Embedding(shape.positions, shape.width)
        self.token_type_embeddings = nn.Embedding(shape.types, shape.width)
        self.LayerNorm = nn.LayerNorm(shape.width, shape.epsilon)
        self.dropout = Dropout(dropout)

    def forward(self, ids: Tensor, types: Tensor) -> Tensor:
        length, most = ids.shape[1], self.position_embeddings.num_embeddings
        if length > most:
            raise ValueError(f"a text of {length} tokens is longer than the {most} positions of the encoder")
        x = self.word_embeddings(ids) + self.token_type_embeddings(types) + self.position_embeddings.weight[:length]
        return self.dropout(self.LayerNorm(x))


class _Layer(nn.Module):
    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        width, inner = shape.width, shape.inner
        self.heads = shape.heads
        self.attention = nn.ModuleDict({
            "self": nn.ModuleDict({role: nn.Linear(width, width) for role in ("query", "key", "value")}),
            "output": nn.ModuleDict(
                {"dense": nn.Linear(width, width), "LayerNorm": nn.LayerNorm(width, shape.epsilon)}
            ),
        })  # fmt: skip
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, inner)})
        self.output = nn.ModuleDict(
            {"dense": nn.Linear(inner, width), "LayerNorm": nn.LayerNorm(width, shape.epsilon)}
        )
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        parts, after = self.attention["self"], self.attention["output"]
        q, k, v = (self._split(parts[role](x)) for role in ("query", "key", "value"))  # type: ignore[index]
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + bias
        mixed = (self.dropout(torch.softmax(scores, -1)) @ v).transpose(1, 2).flatten(2)
        x = after["LayerNorm"](x + self.dropout(after["dense"](mixed)))  # type: ignore[index]
        hidden = functional.gelu(self.intermediate["dense"](x))
        result: Tensor = self.output["LayerNorm"](x + self.dropout(self.output["dense"](hidden)))
        return result

    def _split(self, x: Tensor) -> Tensor:
        """(n, length, width) -> (n, heads, length, width / heads)"""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)
