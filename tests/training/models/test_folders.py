"""Networks from a user's folder: tiny ones of transformers made on the spot, and torchvision's names against them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers: Any = pytest.importorskip("transformers")
pytest.importorskip("PIL")

from safetensors.torch import save_file  # noqa: E402

from tests.training.data import cases  # noqa: E402
from tests.training.models.cases import stir  # noqa: E402
from training.data.places import Missing  # noqa: E402
from training.experiments.cells import Cell  # noqa: E402
from training.experiments.ns_finetune_vision import EXPERIMENT, Settings  # noqa: E402
from training.models.folders import classifier  # noqa: E402

BLOCKS = {"basic": (2, 2, 2, 2), "bottleneck": (3, 4, 6, 3)}


def tiny_resnet(kind: str) -> Any:
    widths = [8, 16, 32, 64] if kind == "basic" else [32, 64, 128, 256]
    config = transformers.ResNetConfig(
        embedding_size=8, hidden_sizes=widths, depths=list(BLOCKS[kind]), layer_type=kind, num_labels=5
    )
    torch.manual_seed(1)
    return stir(transformers.ResNetForImageClassification(config))


def tiny_vit() -> Any:
    config = transformers.ViTConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, image_size=32, patch_size=8,
        num_labels=5,
    )  # fmt: skip
    torch.manual_seed(1)
    return transformers.ViTForImageClassification(config).eval()


def torchvision_names(weights: dict[str, Any], kind: str) -> dict[str, Any]:
    """transformers' names of a residual network to torchvision's."""
    named = {}
    for name, value in weights.items():
        parts = name.replace("resnet.embedder.embedder.", "").replace("resnet.encoder.stages.", "").split(".")
        if name.startswith("classifier"):
            named[f"fc.{parts[-1]}"] = value
        elif name.startswith("resnet.embedder"):
            named["conv1.weight" if parts[0] == "convolution" else f"bn1.{parts[-1]}"] = value
        elif "shortcut" in parts:
            place = 0 if "convolution" in parts else 1
            named[f"layer{int(parts[0]) + 1}.{parts[2]}.downsample.{place}.{parts[-1]}"] = value
        else:
            which = "conv" if "convolution" in parts else "bn"
            named[f"layer{int(parts[0]) + 1}.{parts[2]}.{which}{int(parts[4]) + 1}.{parts[-1]}"] = value
    return named


@pytest.mark.parametrize("kind", list(BLOCKS))
def test_residual_networks_agree_with_transformers(tmp_path: Path, kind: str) -> None:
    theirs = tiny_resnet(kind)
    if kind == "bottleneck":
        for stage in theirs.resnet.encoder.stages[1:]:
            assert stage.layers[0].layer[1].convolution.stride == (2, 2)  # the 3 x 3 strides, as torchvision's
    weights = torchvision_names(theirs.state_dict(), kind)
    save_file({n: t.contiguous() for n, t in weights.items()}, tmp_path / "mine.safetensors")
    ours, recipe = classifier("mine.safetensors", None, tmp_path)
    x = torch.randn(2, 3, 64, 64)
    wanted = theirs(x).logits
    assert len(recipe.mean) == 3
    torch.testing.assert_close(ours.eval()(x), wanted, rtol=1e-4, atol=1e-4)
    with torch.no_grad():
        ours.layer2[0].conv1.weight.copy_(ours.layer2[0].conv1.weight.roll(1, 0))  # a permuted kernel
        assert float((ours(x) - wanted).abs().max()) > 1e-2


@pytest.mark.parametrize("make", [tiny_vit, lambda: tiny_resnet("basic")], ids=["vit", "resnet"])
def test_hugging_face_folders(tmp_path: Path, make: Any) -> None:
    theirs = make()
    theirs.save_pretrained(tmp_path / "tiny")
    (tmp_path / "tiny" / "preprocessor_config.json").write_text(
        json.dumps({"image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.5, 0.5]})
    )
    x = torch.randn(2, 3, 32, 32)
    ours, recipe = classifier("tiny", None, tmp_path)
    assert recipe.mean == (0.5, 0.5, 0.5) and recipe.std == (0.25, 0.5, 0.5)
    torch.testing.assert_close(ours.eval()(x), theirs(x).logits)
    state = torch.get_rng_state()
    heads = [classifier("tiny", 7, tmp_path, seed=seed)[0].eval() for seed in (1, 1, 2)]
    outputs = [head(x) for head in heads]
    assert outputs[0].shape == (2, 7) and torch.equal(torch.get_rng_state(), state)
    assert torch.equal(outputs[0], outputs[1]) and not torch.allclose(outputs[0], outputs[2])


def test_transformers_writes_nothing_beside_ours(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    tiny_vit().save_pretrained(tmp_path / "tiny")
    capfd.readouterr()
    classifier("tiny", 7, tmp_path)
    assert capfd.readouterr() == ("", "")
    transformers.AutoModelForImageClassification.from_pretrained(
        tmp_path / "tiny", num_labels=7, ignore_mismatched_sizes=True
    )
    assert "Loading weights" in capfd.readouterr().err  # as it was before


def test_folders_that_are_refused(tmp_path: Path) -> None:
    tiny_vit().save_pretrained(tmp_path / "cut")
    file = tmp_path / "cut" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:2000])
    (tmp_path / "pickled").mkdir()
    (tmp_path / "pickled" / "config.json").write_text("{}")
    (tmp_path / "pickled" / "pytorch_model.bin").write_bytes(b"\x80\x02.")
    (tmp_path / "bare").mkdir()
    save_file({"layer3.0.x": torch.zeros(1)}, tmp_path / "odd.safetensors")
    for name, said in (
        ("cut", "transformers cannot load it"), ("pickled", "a pickle, which is not loaded"),
        ("bare", "no config.json"), ("odd.safetensors", "no residual network"),
        ("ResNet-18", "resnet18.safetensors or resnet-18"), ("EfficientNet-Lite0", "is missing"),
    ):  # fmt: skip
        with pytest.raises(Missing, match=said) as refused:
            classifier(name, 3, tmp_path)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("model", "room", "make"), [
    ("ViT-Large", "vit-large-patch16-224", tiny_vit), ("ResNet-18", "resnet-18", lambda: tiny_resnet("basic")),
], ids=["vit", "resnet"])  # fmt: skip
def test_networks_of_ones_own_are_fine_tuned_and_their_spectra_followed(
    tmp_path: Path, model: str, room: str, make: Any
) -> None:
    """By the code of the experiment, the papers' names in the settings; eigenvalues against those of differences."""
    make().save_pretrained(tmp_path / room)
    cases.class_folder(tmp_path)
    s = Settings(
        model=model, data="pictures", size=32, epochs=1, batch=4, large_rate=0.05, eigenvalues=1, hessian_images=6,
        tolerance=0.01, products=40,
    )  # fmt: skip
    own = EXPERIMENT.begin(s, Cell("sgd_large", 1), EXPERIMENT.prepare(s, tmp_path), torch.device("cpu"))
    row = own.advance(0)
    assert math.isfinite(row["loss"]) and 0 < row["l2"] <= row["l1"]
    hessian = own.hessian()
    found = hessian.top(1, end="size", tolerance=0.01, vectors=True)
    value, v = float(found.values), found.vectors[0]
    assert value == pytest.approx(row["eigenvalue_1"], rel=0.02) and row["residual_1"] <= 0.02 * abs(value)

    def slope(step: float) -> Any:
        parts = v.split([p.numel() for p in hessian.parameters])
        with torch.no_grad():
            for p, part in zip(own.model.parameters(), parts, strict=True):
                p.add_(step * part.view_as(p))
        own.model.zero_grad()
        for inputs, labels in hessian.batches:
            own.criterion(own.model(inputs), labels).backward()
        return torch.cat([p.grad.reshape(-1) for p in own.model.parameters()])

    step = 1e-3 / max(1.0, abs(value)) ** 0.5
    ahead = slope(step)
    behind = slope(-2 * step)
    curvature = float((ahead - behind) @ v) / (2 * step)
    assert curvature == pytest.approx(value, rel=0.05) and curvature != pytest.approx(value / 2, rel=0.05)
