"""States of models and optimizers go to bytes and back unchanged; bytes that were changed are refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from numerics.experiments.checkpoints import CheckpointError
from training.experiments import sources
from training.experiments.cells import Cell, Finished, collected
from training.experiments.checkpoints import digest, keep, kept, load, save
from training.experiments.states import pack, unpack
from training.optim import HyperbolicEntropy, MirrorDescent, SteepestDescent

OPTIMIZERS: dict[str, Callable[[list[nn.Parameter]], torch.optim.Optimizer]] = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "adam": lambda p: torch.optim.Adam(p, lr=0.1, weight_decay=0.1),
    "adamw fused": lambda p: torch.optim.AdamW(p, lr=0.1, fused=True),
    "sgd fused": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, fused=True),
    "steepest": lambda p: SteepestDescent(p, lr=0.1, q=1.5, decoupled=0.1),
    "mirror": lambda p: MirrorDescent(p, lr=0.1, potential=HyperbolicEntropy(0.1)),
}


def made(name: str, seed: int) -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 2))
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model, OPTIMIZERS[name](list(model.parameters()))


def step(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    optimizer.zero_grad()
    model(torch.linspace(-1, 1, 5 * 2 * 16).view(5, 2, 4, 4)).square().sum().backward()
    optimizer.step()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_goes_on_from_a_file_is_what_would_have_gone_on(name: str, tmp_path: Path) -> None:
    model, optimizer = made(name, 1)
    for _ in range(2):
        step(model, optimizer)
    tensors, plain = pack(model=model, optimizer=optimizer)
    save(tmp_path / "state", tensors, {"fingerprint": "f", "plain": plain})
    found = load(tmp_path / "state", "f")
    assert found is not None
    other, its = made(name, 2)
    unpack(found[0], found[1]["plain"], model=other, optimizer=its)
    step(model, optimizer)
    step(other, its)
    assert digest(pack(model=other, optimizer=its)[0]) == digest(pack(model=model, optimizer=optimizer)[0])
    without, no_state = made(name, 2)
    unpack(found[0], found[1]["plain"], model=without)
    step(without, no_state)
    same = digest(pack(model=without)[0]) == digest(pack(model=model)[0])
    assert same is (name in ("steepest", "mirror")), "only what keeps nothing goes on without its state"


def test_other_names_or_shapes_are_told() -> None:
    model, _ = made("sgd", 1)
    tensors, plain = pack(model=model)
    for name, value, told in (
        ("model/extra", torch.zeros(1), "extra is in one"),
        ("model/0.bias", torch.zeros(4), r"shape \(4,\), not \(3,\)"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=told):
            unpack(tensors | {name: value}, plain, model=model)


KINDS = [torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.int64, torch.uint8, torch.bool]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_of_tensor_is_kept(kind: torch.dtype, tmp_path: Path) -> None:
    views = torch.arange(24).view(4, 6).to(kind)
    tensors = {"whole": views, "part": views[:, 1::2], "turned": views.T, "one": views[1, 1], "none": views[:0]}
    save(tmp_path / "state", tensors, {"fingerprint": "f"})
    found = load(tmp_path / "state", "f")
    assert found is not None and found[0].keys() == tensors.keys()
    assert all(torch.equal(found[0][n], t) and found[0][n].dtype == kind for n, t in tensors.items())


def changed_head(raw: bytes) -> bytes:
    return raw.replace(b'\\"done\\": 3', b'\\"done\\": 4')


@pytest.mark.parametrize(
    "damage",
    [lambda raw: raw[:-1], lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]), lambda raw: b"", changed_head,
     lambda raw: b"\x80\x04\x95" + raw, lambda raw: b"\xff" * 8 + raw[8:], lambda raw: raw + b"more"],
    ids=["cut", "a bit", "empty", "head", "pickle", "length", "more"],
)  # fmt: skip
def test_a_file_that_was_changed_is_refused(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    file = tmp_path / "state"
    save(file, {"w": torch.ones(3)}, {"fingerprint": "f", "done": 3})
    raw = file.read_bytes()
    assert load(file, "f") is not None and damage(raw) != raw
    file.write_bytes(damage(raw))
    with pytest.raises(CheckpointError, match="damaged"):
        load(file, "f")
    file.write_bytes(raw)
    with pytest.raises(CheckpointError, match="other settings"):
        load(file, "g")


def test_a_safetensors_file_of_others_is_no_checkpoint(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    save_file({"w": torch.ones(3)}, tmp_path / "model.safetensors")
    with pytest.raises(CheckpointError, match="damaged"):
        load(tmp_path / "model.safetensors", "f")
    assert load(tmp_path / "none", "f") is None


def test_the_digest_tells_names_types_and_shapes_apart() -> None:
    w = torch.zeros(4)
    kinds: list[dict[str, Tensor]] = [{"w": w}, {"v": w}, {"w": w.view(2, 2)}, {"w": w.int()}, {"w": -w}, {}]
    assert len({digest(each) for each in kinds}) == len(kinds)


def test_records_keep_what_is_no_number(tmp_path: Path) -> None:
    cell = Cell("a", 1)
    whole = Finished(cell, {"x": float("nan"), "y": [1.0, float("inf")]}, [{"loss": float("inf")}], seconds=2.0)
    keep(tmp_path / "r.json", whole, "f")
    json.loads((tmp_path / "r.json").read_text(), parse_constant=lambda c: pytest.fail(c))
    found = kept(tmp_path / "r.json", "f")
    assert found is not None and found.cell == cell and found.seconds == 2.0
    assert found.measured["x"] != found.measured["x"] and found.measured["y"][0] == 1.0  # type: ignore[index]
    keep(tmp_path / "r.json", whole, "f", again=True)
    assert kept(tmp_path / "r.json", "f") is None


def test_columns_hold_a_place_for_every_seed() -> None:
    cells = [Cell("a", 1), Cell("a", 2), Cell("b", 2)]
    found = {
        "a-1": Finished(cells[0], {"x": 1.0, "list": [1.0]}), "a-2": Finished(cells[1], {"x": 2.0}, failure="no"),
        "b-2": Finished(cells[2], {"x": 3.0}),
    }  # fmt: skip
    columns = collected(cells, found)
    assert columns.keys() == {"x_a", "x_b"} and columns["x_b"] == [3.0]
    assert columns["x_a"][0] == 1.0 and columns["x_a"][1] != columns["x_a"][1]


def test_sources_are_what_is_imported_and_nothing_else() -> None:
    found = {file.relative_to(sources.ROOT).as_posix() for file in sources.sources("training.experiments.ns_sparsity")}
    assert {"training/experiments/ns_sparsity.py", "training/factorize.py", "training/data/places.py"} <= found
    assert "training/spectra.py" not in found and not any(name.startswith("numerics/experiments") for name in found)
    assert sources.source_hash("training.factorize") != sources.source_hash("training.measures")


def test_no_pickle_is_loaded_anywhere() -> None:
    loads = re.compile(r"torch\.load\(|(import|from) c?[pP]ickle\b|allow_pickle ?= ?True|joblib|import dill")
    for file in (sources.ROOT / "training").rglob("*.py"):
        assert not loads.search(file.read_text()), file
    assert loads.search("import pickle\n") and not loads.search("import pickletools\n")
