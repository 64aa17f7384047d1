"""Pairs of LLaMA checkpoints made on the spot, with grouped queries; a transposed Q, a cut shard, other heads."""

from __future__ import annotations

import json
import weakref
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
files = pytest.importorskip("safetensors.torch")

from training.attention import query_key_changes  # noqa: E402
from training.data.places import Missing  # noqa: E402
from training.models.llama import Heads, group_balances, group_means, heads, pairs  # noqa: E402
from training.models.shards import Shards  # noqa: E402

HEADS = Heads(width=8, heads=4, key_heads=2, size=3)
Q, K = "model.layers.{}.self_attn.q_proj.weight", "model.layers.{}.self_attn.k_proj.weight"


def state(seed: int = 1, layers: int = 11) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    found = {"model.embed_tokens.weight": torch.randn(5, 8, generator=generator)}
    for i in range(layers):
        found[Q.format(i)] = torch.randn(*HEADS.query_shape, generator=generator)
        found[K.format(i)] = torch.randn(*HEADS.key_shape, generator=generator)
    return {n: t.bfloat16() for n, t in found.items()}


def checkpoint(path: Path, tensors: dict[str, torch.Tensor], **config: int) -> Path:
    path.mkdir()
    where = {n: f"model-0000{1 + i % 3}.safetensors" for i, n in enumerate(sorted(tensors))}
    for file in set(where.values()):
        files.save_file({n: t for n, t in tensors.items() if where[n] == file}, path / file)
    (path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": where}))
    known = {"hidden_size": 8, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 3}
    (path / "config.json").write_text(json.dumps(known | config))
    return path


def test_layers_in_order_with_their_groups(tmp_path: Path) -> None:
    before, after = state(), state(2)
    first, second = checkpoint(tmp_path / "base", before), checkpoint(tmp_path / "tuned", after)
    assert heads(first) == HEADS
    layers = list(pairs(first, second))
    assert [layer.name for layer in layers] == [f"model.layers.{i}.self_attn" for i in range(11)]  # 10 after 9
    assert torch.equal(layers[10].queries[1], after[Q.format(10)])
    assert torch.equal(layers[10].keys[0], before[K.format(10)])
    changes = query_key_changes(first, second)
    for q in (1, 2):
        found = group_balances(layers[3].queries[0], layers[3].keys[0], HEADS, q)
        query, key = before[Q.format(3)].double(), before[K.format(3)].double()
        for g in range(2):
            own = query[6 * g : 6 * g + 6].abs().pow(q).sum() - key[3 * g : 3 * g + 3].abs().pow(q).sum()
            torch.testing.assert_close(found[g], own)
        layer = next(n for n in changes.layers if n.name == "model.layers.3.self_attn")
        assert layer.before[q - 1] == pytest.approx(abs(float(found.sum())))
        wrong = abs(float(found.sum() - key.abs().pow(q).sum()))  # a key counted once for each head of its group
        assert layer.before[q - 1] != pytest.approx(wrong)
    means = group_means(first, second)
    assert means["group_l1_before"] >= changes.means()["balance_l1_before"] / 2
    assert set(means) == {f"group_l{q}_{when}" for q in (1, 2) for when in ("before", "after")}


def test_no_more_than_a_layer_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = checkpoint(tmp_path / "base", state()), checkpoint(tmp_path / "tuned", state(2))
    held: weakref.WeakSet[torch.Tensor] = weakref.WeakSet()
    most = 0
    read = Shards.read

    def counted(self: Shards, name: str) -> torch.Tensor:
        nonlocal most
        found = read(self, name)
        held.add(found)
        most = max(most, len(held))
        return found

    monkeypatch.setattr(Shards, "read", counted)
    group_means(first, second)
    query_key_changes(first, second)
    assert 2 <= most <= 4
    kept = list(pairs(first, second))  # one who keeps them all holds them all
    assert most == 4 * len(kept)


def test_what_a_product_conserves() -> None:
    """Along the gradient flow of the products of grouped heads each group keeps its balance; a head of it does not."""
    generator = torch.Generator().manual_seed(5)
    query = torch.randn(*HEADS.query_shape, generator=generator, dtype=torch.float64, requires_grad=True)
    key = torch.randn(*HEADS.key_shape, generator=generator, dtype=torch.float64, requires_grad=True)
    q, k = query.reshape(2, 2, 3, 8), key.reshape(2, 1, 3, 8)
    scores = q.transpose(-1, -2) @ k
    ((scores - 1) ** 2).sum().backward()
    rates = []
    for w, grad in ((query, query.grad), (key, key.grad)):
        rates.append((2 * w * grad).reshape(2, -1).sum(1).detach())
    torch.testing.assert_close(rates[0], rates[1])
    alone = (2 * query * query.grad).reshape(2, 2, -1).sum(2)[:, 0].detach()
    assert not torch.allclose(alone, rates[1], rtol=1e-3)


def test_faults(tmp_path: Path) -> None:
    good = checkpoint(tmp_path / "good", state())
    turned = state()
    turned[Q.format(4)] = turned[Q.format(4)].T.contiguous()
    fewer = {n: t for n, t in state().items() if ".7." not in n}
    cut = checkpoint(tmp_path / "cut", state())
    shard = cut / "model-00002.safetensors"
    shard.write_bytes(shard.read_bytes()[:-3])
    gone = checkpoint(tmp_path / "gone", state())
    (gone / "model-00003.safetensors").unlink()
    cases = [
        (checkpoint(tmp_path / "turned", turned), r"4.self_attn.q_proj.weight has the shape \(8, 12\), not \(12, 8\)"),
        (checkpoint(tmp_path / "fewer", fewer), "10 of attention against 11"),
        (checkpoint(tmp_path / "other", state(), num_key_value_heads=4), "other heads"),
        (checkpoint(tmp_path / "odd", state(), num_key_value_heads=3), "cannot share"),
        (checkpoint(tmp_path / "zero", state(), hidden_size=0), "no good hidden_size"),
        (cut, "cannot be read"), (gone, "is missing"), (tmp_path / "nowhere", "cannot be read"),
    ]  # fmt: skip
    for path, message in cases:
        with pytest.raises(Missing, match=message) as refused:
            list(pairs(good, path))
        assert "\n" not in str(refused.value)
    empty = checkpoint(tmp_path / "empty", {"lm_head.weight": torch.zeros(2)})
    with pytest.raises(Missing, match="no layer with"):
        list(pairs(empty, empty))
    with pytest.raises(ValueError, match="do not fit"):
        group_balances(torch.zeros(8, 12), torch.zeros(6, 8), HEADS, 1)
