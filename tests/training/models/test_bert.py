"""The encoder against torch's own layers and Hugging Face's; a transposed matrix is told; the restricted Hessian."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from torch import nn  # noqa: E402

from tests.training.models.encoders import SHAPE, config, encoder, texts  # noqa: E402
from training.data import text  # noqa: E402
from training.models import pretrained  # noqa: E402
from training.models.bert import Classifier, Dropout, Encoder, Shape, draw_from, packed, restricted  # noqa: E402
from training.spectra import Hessian  # noqa: E402


def theirs(own: Encoder, inputs: torch.Tensor) -> torch.Tensor:
    """The same through nn.TransformerEncoderLayer."""
    shape, state = own.shape, own.state_dict()
    x = own.embeddings(inputs[:, 0], inputs[:, 1])
    for i in range(shape.layers):
        layer = nn.TransformerEncoderLayer(
            shape.width, shape.heads, shape.inner, 0.0, "gelu", shape.epsilon, batch_first=True
        )
        head = f"encoder.layer.{i}."
        part = {n.removeprefix(head): t for n, t in state.items() if n.startswith(head)}
        rows = ("query", "key", "value")
        layer.load_state_dict({
            "self_attn.in_proj_weight": torch.cat([part[f"attention.self.{r}.weight"] for r in rows]),
            "self_attn.in_proj_bias": torch.cat([part[f"attention.self.{r}.bias"] for r in rows]),
            "self_attn.out_proj.weight": part["attention.output.dense.weight"],
            "self_attn.out_proj.bias": part["attention.output.dense.bias"],
            "linear1.weight": part["intermediate.dense.weight"], "linear1.bias": part["intermediate.dense.bias"],
            "linear2.weight": part["output.dense.weight"], "linear2.bias": part["output.dense.bias"],
            "norm1.weight": part["attention.output.LayerNorm.weight"],
            "norm1.bias": part["attention.output.LayerNorm.bias"],
            "norm2.weight": part["output.LayerNorm.weight"], "norm2.bias": part["output.LayerNorm.bias"],
        })  # fmt: skip
        x = layer.train()(x, src_key_padding_mask=inputs[:, 2] == 0)
    return x


def test_as_the_layers_of_torch() -> None:
    own, inputs = encoder().eval(), texts()
    seen = inputs[:, 2] == 1
    expected = theirs(own, inputs)[seen]
    torch.testing.assert_close(own(inputs)[seen], expected, rtol=1e-4, atol=1e-5)
    with torch.no_grad():
        query = own.get_parameter("encoder.layer.0.attention.self.query.weight")
        query.copy_(query.T.clone())
    assert not torch.allclose(own(inputs)[seen], expected, rtol=1e-2, atol=1e-2)


def test_padding_and_kinds() -> None:
    own = encoder().eval()
    inputs = texts(1, 6)
    longer = torch.cat([inputs, torch.tensor([[[7], [1], [0]]])], 2)
    torch.testing.assert_close(own.pooled(longer), own.pooled(inputs))
    torch.testing.assert_close(own.mean(longer), own.mean(inputs))
    longer[0, 2, -1] = 1
    assert not torch.allclose(own.pooled(longer), own.pooled(inputs), atol=1e-3)
    other = inputs.clone()
    other[0, 1] = 1 - other[0, 1]
    assert not torch.allclose(own.pooled(other), own.pooled(inputs), atol=1e-3)
    with pytest.raises(ValueError, match="longer than the 24 positions"):
        own(texts(1, 25))
    with pytest.raises(ValueError, match="5 heads"):
        Shape(width=12, heads=5)


def test_dropout_is_a_function_of_its_generator() -> None:
    model = Classifier(Encoder(SHAPE, 0.3), 2, 0.3, seed=1)
    generator, inputs = torch.Generator(), texts()
    draw_from(model, generator)
    found = []
    for seed in (1, 1, 2):
        generator.manual_seed(seed)
        torch.rand(seed)  # torch's own generator has no part in it
        found.append(model(inputs))
    assert torch.equal(found[0], found[1])
    assert not torch.allclose(found[0], found[2], atol=1e-3)
    drop = Dropout(0.25)
    drop.generator = generator
    many = drop(torch.ones(40_000))
    assert float(many.mean()) == pytest.approx(1, abs=0.02)
    assert many.unique().tolist() == pytest.approx([0, 4 / 3])
    assert torch.equal(model.eval()(inputs), model(inputs))


def test_the_hessian_of_the_words_that_occur() -> None:
    """It is the block of the whole one in their rows, and the whole one is 0 elsewhere."""
    model = Classifier(encoder(), 2, seed=1).double().eval()
    batch, labels = texts(3, 7, words=9), torch.tensor([0, 1, 1])
    small, (inputs,) = restricted(model, [batch])
    assert torch.equal(small(inputs), model(batch))
    whole = Hessian(model, nn.functional.cross_entropy, [(batch, labels)])
    part = Hessian(small, nn.functional.cross_entropy, [(inputs, labels)])
    words, width = SHAPE.words * SHAPE.width, SHAPE.width
    used = torch.unique(batch[:, 0])
    rows = (used[:, None] * width + torch.arange(width)).flatten()
    assert whole.names[0] == part.names[0] == "bert.embeddings.word_embeddings.weight"
    v = torch.randn(whole.size, dtype=torch.float64)
    full, cut = whole(v), part(torch.cat([v[rows], v[words:]]))
    torch.testing.assert_close(torch.cat([full[rows], full[words:]]), cut)
    others = torch.ones(words, dtype=torch.bool)
    others[rows] = False
    assert others.any() and not full[:words][others].any()
    assert full[rows[width:]].abs().min() > 0  # all but those of padding, which is masked
    shifted = part(torch.cat([v[rows].roll(1), v[words:]]))
    assert not torch.allclose(shifted, cut, rtol=1e-3, atol=1e-6)


@pytest.mark.slow
def test_as_hugging_face() -> None:
    transformers = pytest.importorskip("transformers")
    model = transformers.BertModel(transformers.BertConfig(**config(), attn_implementation="eager")).eval()
    own = Encoder(SHAPE).eval()
    own.load_state_dict({n: t for n, t in model.state_dict().items() if not n.endswith("position_ids")})
    inputs = texts()
    with torch.no_grad():
        known = model(inputs[:, 0], inputs[:, 2], inputs[:, 1])
    seen = inputs[:, 2] == 1
    torch.testing.assert_close(own(inputs)[seen], known.last_hidden_state[seen], rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(own.pooled(inputs), known.pooler_output, rtol=1e-5, atol=1e-6)
    assert not torch.allclose(own.mean(inputs), known.pooler_output, atol=1e-2)


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("MIRRORPROOF_DATA"), reason="needs the MiniLM file and MRPC")
def test_sentences_that_mean_the_same_lie_closer() -> None:
    """The area under the curve of cosines on MRPC's dev pairs is 0.73 for this encoder, another for a broken one."""
    data = Path(os.environ["MIRRORPROOF_DATA"])
    known, dev = pretrained.load("minilm", data), text.read("mrpc", "dev", data)
    assert dev.second is not None

    def area(own: Encoder) -> float:
        both = []
        for column in (dev.first, dev.second):
            rows = [known.words.encode(s, most=128) for s in column]
            parts = [own.mean(packed(rows[k : k + 64], known.words.pad)) for k in range(0, len(rows), 64)]
            both.append(nn.functional.normalize(torch.cat(parts), dim=1))
        cosines, labels = (both[0] * both[1]).sum(1), torch.tensor(dev.labels)
        alike, other = cosines[labels == 1], cosines[labels == 0]
        return float((alike[:, None] > other[None]).double().mean())

    own = known.encoder().eval()
    with torch.no_grad():
        whole = area(own)
        assert whole == pytest.approx(0.73, abs=0.005)
        for layer in own.encoder["layer"]:
            layer.attention["self"]["query"].weight.copy_(layer.attention["self"]["query"].weight.T.clone())
        assert area(own) != pytest.approx(whole, abs=0.003)
