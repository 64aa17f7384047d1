"""Folders of BERT and the file with a part of the words, whole and broken; pickled weights are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
files = pytest.importorskip("safetensors.torch")

from tests.training.data.sentences import VOCABULARY  # noqa: E402
from tests.training.models.encoders import config, encoder, folder, texts  # noqa: E402
from training.data.places import Missing  # noqa: E402
from training.models import pretrained  # noqa: E402
from training.models.shards import Shards  # noqa: E402


@pytest.mark.parametrize(("old", "shards"), [(False, 1), (True, 1), (False, 3)])
def test_folders(tmp_path: Path, old: bool, shards: int) -> None:
    folder(tmp_path / "bert", old=old, shards=shards)
    for loaded in (pretrained.load("bert", tmp_path), pretrained.load(str(tmp_path / "bert"))):
        assert torch.equal(loaded.encoder().eval()(texts()), encoder().eval()(texts()))
        assert loaded.words.encode("the cat").ids == (2, 5, 6, 3)
    changed = {"encoder__layer__0__attention__self__query__weight": torch.randn(12, 12)}
    other = pretrained.folder(folder(tmp_path / "other", **changed))
    assert not torch.allclose(other.encoder().eval()(texts()), encoder().eval()(texts()), atol=1e-3)


def test_the_file_with_a_part_of_the_words(tmp_path: Path) -> None:
    kept, own = [0, 1, 2, 3, 6, 5], encoder()
    state = {n: t.half() if t.ndim > 1 else t for n, t in own.state_dict().items()}
    name = "embeddings.word_embeddings.weight"
    state |= {name: state[name][kept], "vocab_kept_ids": torch.tensor(kept, dtype=torch.int32)}
    file, words = tmp_path / "some.safetensors", tmp_path / "words.txt"
    files.save_file(state, file)
    words.write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    made = pretrained.MINILM_HEADS
    assert own.shape.width % made == 0  # twelve heads of one entry: another function, the same shapes
    loaded = pretrained.minilm(file, words)
    assert loaded.shape.words == 6
    table = loaded.encoder().embeddings.word_embeddings.weight
    torch.testing.assert_close(table[4], own.embeddings.word_embeddings.weight[6], rtol=1e-3, atol=1e-3)
    assert table.dtype == torch.float32
    del state["vocab_kept_ids"]
    files.save_file(state, file)
    with pytest.raises(Missing, match="not the MiniLM file"):
        pretrained.minilm(file, words)


def broken(tmp_path: Path) -> list[tuple[Path, str]]:
    """Folders, each with its fault, and what is said of it."""
    query = "encoder__layer__0__attention__self__query__weight"
    cases = [
        (folder(tmp_path / "less", **{query: None}), "query.weight is missing"),
        (folder(tmp_path / "shape", **{query: torch.zeros(12, 11)}), r"shape \(12, 11\), not \(12, 12\)"),
        (folder(tmp_path / "more", encoder__odd=torch.zeros(2)), "encoder.odd is no part"),
        (folder(tmp_path / "words", embeddings__word_embeddings__weight=torch.zeros(9, 12)), r"shape \(9, 12\)"),
        (folder(tmp_path / "nan", **{query: torch.full((12, 12), torch.nan)}), "query.weight has an entry that is not"),
    ]
    cut = folder(tmp_path / "cut", shards=2)
    shard = cut / "model-1.safetensors"
    shard.write_bytes(shard.read_bytes()[:-8])
    lacking = folder(tmp_path / "lacking", shards=2)
    files.save_file({"a": torch.zeros(1)}, lacking / "model-1.safetensors")
    pickled = folder(tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    act = folder(tmp_path / "act")
    (act / "config.json").write_text(json.dumps({**config(), "hidden_act": "relu"}))
    heads = folder(tmp_path / "heads")
    (heads / "config.json").write_text('{"vocab_size": 33, "num_attention_heads": 5}')
    none = folder(tmp_path / "none")
    (none / "config.json").write_text("[]")
    wordless = folder(tmp_path / "wordless")
    (wordless / "vocab.txt").unlink()
    return [
        *cases, (cut, "cannot be read"), (lacking, "lacks .* which the index promises"), (pickled, "are pickled"),
        (act, "another kind"), (heads, "5 heads"), (none, "no good vocab_size"), (wordless, "as a vocabulary"),
        (tmp_path / "nowhere", "cannot be read"),
    ]  # fmt: skip


def test_broken_folders(tmp_path: Path) -> None:
    for path, message in broken(tmp_path):
        with pytest.raises(Missing, match=message) as refused:
            pretrained.folder(path)
        assert "\n" not in str(refused.value)
    with pytest.raises(Missing, match="bert is missing"):
        pretrained.load("bert", tmp_path)


def test_tensors_are_read_one_at_a_time(tmp_path: Path) -> None:
    with Shards(folder(tmp_path / "whole", shards=2)) as opened:
        names = list(opened)
        assert names == sorted(encoder().state_dict())
        assert opened.shape(names[0]) == tuple(opened.read(names[0]).shape)
        with pytest.raises(Missing, match="has no tensor odd"):
            opened.read("odd")
