"""Flips of sign and balances between two checkpoints, in files and in folders of several."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
files = pytest.importorskip("safetensors.torch")

from training.attention import CheckpointError, query_key_changes  # noqa: E402
from training.data.places import Missing  # noqa: E402

LLAMA = "model.layers.{}.self_attn.{}_proj.weight"
BERT = "encoder.layer.{}.attention.self.{}.weight"


def checkpoint(pattern: str = LLAMA, roles: tuple[str, str] = ("q", "k")) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    found = {
        pattern.format(i, role): torch.randn(6 - 2 * j, 5, generator=generator)
        for i in range(2)
        for j, role in enumerate(roles)
    }
    return {**found, "head.weight": torch.ones(4), "ids": torch.arange(3)}


def tuned(before: dict[str, torch.Tensor], pattern: str = LLAMA, roles: tuple[str, str] = ("q", "k")) -> dict:
    after = {n: t.clone() for n, t in before.items()}
    after[pattern.format(0, roles[0])][0, :3] *= -1
    after[pattern.format(1, roles[0])] *= 0.5
    after["head.weight"][0] = 0
    return after


@pytest.mark.parametrize(("pattern", "roles"), [(LLAMA, ("q", "k")), (BERT, ("query", "key"))])
def test_changes_written_out(pattern: str, roles: tuple[str, str]) -> None:
    before = checkpoint(pattern, roles)
    after = tuned(before, pattern, roles)
    found = query_key_changes(before, after)
    assert [n.flips for n in found.layers] == [(3, 0), (0, 0)]
    assert [n.sizes for n in found.layers] == [(30, 20), (30, 20)]
    assert (found.flipped, found.total) == (4, 104)
    q, k = (before[pattern.format(1, role)].double() for role in roles)
    for i, power in enumerate((1, 2)):
        Q, K = (float((w.abs() ** power).sum()) for w in (q, k))
        expected = abs(Q / 2**power - K) - abs(Q - K)
        assert found.layers[1].delta[i] == pytest.approx(expected, rel=1e-9)
        assert found.layers[0].delta[i] == pytest.approx(0, abs=1e-9)
        assert found.layers[1].delta[i] != pytest.approx(-expected)
    summary = found.summary()
    assert summary["Q flips %"] == pytest.approx(5)
    assert summary["K flips %"] == 0
    assert query_key_changes(before, after, everything=False).total == 100


def test_files_and_folders(tmp_path: Path) -> None:
    before, after = checkpoint(), tuned(checkpoint())
    files.save_file(before, tmp_path / "before.safetensors")
    folder = tmp_path / "after"
    folder.mkdir()
    names = sorted(after)
    where = {n: f"model-{1 + (i > 2)}.safetensors" for i, n in enumerate(names)}
    for file in set(where.values()):
        files.save_file({n: after[n] for n in names if where[n] == file}, folder / file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": where}))
    assert query_key_changes(tmp_path / "before.safetensors", folder) == query_key_changes(before, after)


def test_half_precision_is_summed_in_double() -> None:
    before = {n: t.bfloat16() for n, t in checkpoint().items() if n.startswith("model")}
    found = query_key_changes(before, before)
    assert [n.delta for n in found.layers] == [(0.0, 0.0)] * 2
    assert found.flipped == 0


def test_faults(tmp_path: Path) -> None:
    good = tmp_path / "good.safetensors"
    files.save_file(checkpoint(), good)
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(good.read_bytes()[:100])
    escaping = tmp_path / "escaping"
    escaping.mkdir()
    (escaping / "model.safetensors.index.json").write_text('{"weight_map": {"a": "../good.safetensors"}}')
    odd = tmp_path / "odd"
    odd.mkdir()
    (odd / "model.safetensors.index.json").write_text("[]")
    empty = tmp_path / "empty"
    empty.mkdir()
    for path, message in (
        (tmp_path / "nowhere", "is missing"), (broken, "cannot be read"), (escaping, "outside of its folder"),
        (odd, "no index"), (empty, "is missing"),
    ):  # fmt: skip
        with pytest.raises(Missing, match=message) as refused:
            query_key_changes(good, path)
        assert "\n" not in str(refused.value)
    for odd_one in (float("nan"), float("inf")):
        holed = checkpoint()
        holed["head.weight"][2] = odd_one
        files.save_file(holed, tmp_path / "holed.safetensors")
        with pytest.raises(CheckpointError, match=r"head\.weight has an entry that is not finite"):
            query_key_changes(good, tmp_path / "holed.safetensors")
        with pytest.raises(CheckpointError, match=r"^head\.weight has an entry that is not finite"):
            query_key_changes(checkpoint(), holed)
        assert query_key_changes(good, tmp_path / "holed.safetensors", everything=False).flipped == 0
    with pytest.raises(CheckpointError, match="no layer"):
        query_key_changes({"qkv.weight": torch.ones(2)}, {"qkv.weight": torch.ones(2)})
    other = checkpoint()
    other[LLAMA.format(0, "q")] = torch.ones(1, 5)
    with pytest.raises(CheckpointError, match="shape"):
        query_key_changes(good, other)
