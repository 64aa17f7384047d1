"""Classifiers of images from a user's folder: Hugging Face's (through transformers), torchvision's names, Lite0.

Weights are safetensors alone; code that comes with a model is not run, and nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.data.batches import IMAGENET, Recipe
from training.data.places import Missing, find
from training.models import efficientnet_lite, resnet
from training.models.weights import UNSAFE, fill, read

LITE0 = "EfficientNet-Lite0"
# a name that papers use -> where its weights are looked for: a file with torchvision's names, or a folder
KNOWN = {
    LITE0: (efficientnet_lite.FILE,),
    "ResNet-18": ("resnet18.safetensors", "resnet-18"),
    "ResNet-50": ("resnet50.safetensors", "resnet-50"),
    "ViT-Large": ("vit-large-patch16-224", "vit-large-patch16-224-in21k"),
}


class Logits(nn.Module):
    """A classifier of transformers as a function from pixels to logits."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.model(pixel_values=x).logits
        return logits


def classifier(
    name: str, classes: int | None, data: Path | None = None, *, seed: int = 0, momentum: float = 0.1
) -> tuple[nn.Module, Recipe]:
    """A pretrained network and how its inputs are made of bytes; with ``classes`` its last layer is new.

    name: one of ``KNOWN``, or a safetensors file or Hugging Face folder below that of the data.
    momentum: of the statistics of batch norm, for Lite0. The new layer is a function of the seed. Raises Missing.
    """
    found = located(name, data)
    if name == LITE0:
        return efficientnet_lite.pretrained(found, classes, momentum=momentum, seed=seed), efficientnet_lite.RECIPE
    if found.is_dir():
        return hugging_face(found, classes, seed=seed)
    weights = read(found)
    model = _of_torchvision(weights, found, classes, seed)
    fill(model, weights, found, new=("fc.",) if classes else ())
    return model, IMAGENET


def located(name: str, data: Path | None = None) -> Path:
    """The file or folder of the weights, which are not read yet. Raises Missing."""
    first, *others = KNOWN.get(name, (name,))
    return find(first, data, alternatives=others)


def _of_torchvision(weights: Mapping[str, Tensor], file: Path, classes: int | None, seed: int) -> resnet.ResNet:
    """The residual network whose names and number of blocks these are."""
    depth = {n.split(".")[1] for n in weights if n.startswith("layer3.")}
    if "fc.weight" not in weights or "conv1.weight" not in weights or not depth:
        raise Missing(f"{file}: no residual network with torchvision's names")
    deep = "layer1.0.conv3.weight" in weights
    known = {(False, 2): resnet.resnet18, (False, 6): resnet.resnet34, (True, 6): resnet.resnet50}
    made = known.get((deep, len(depth)))
    if made is None:
        raise Missing(f"{file}: a residual network that is none of ResNet-18, 34 and 50")
    return made(classes or len(weights["fc.weight"]), width=len(weights["conv1.weight"]), seed=seed)


def hugging_face(folder: Path, classes: int | None, *, seed: int = 0) -> tuple[nn.Module, Recipe]:
    """ResNet, ViT and whatever else transformers knows to classify images with, from ``config.json`` and weights."""
    if not (folder / "config.json").is_file():
        raise Missing(f"{folder}: no Hugging Face folder: it holds no config.json")
    if not list(folder.glob("*.safetensors")):
        pickled = [f.name for f in sorted(folder.iterdir()) if f.suffix in UNSAFE]
        more = f", only {pickled[0]}, a pickle, which is not loaded: save_pretrained turns it" if pickled else ""
        raise Missing(f"{folder}: holds no weights as safetensors{more}")
    try:
        from transformers import AutoModelForImageClassification
    except ImportError:
        raise Missing(
            f"{folder}: read by transformers, which is not installed: pip install 'mirrorproof[folders]'"
        ) from None
    options: dict[str, Any] = {"num_labels": classes} if classes else {}
    options["attn_implementation"] = "eager"  # fused attention has no second derivative
    try:
        with torch.random.fork_rng(devices=[]), _quietly():
            torch.manual_seed(seed)
            model, told = AutoModelForImageClassification.from_pretrained(
                folder, use_safetensors=True, local_files_only=True, trust_remote_code=False,
                ignore_mismatched_sizes=classes is not None, output_loading_info=True, dtype=torch.float32, **options,
            )  # fmt: skip
    except Exception as error:  # whatever transformers says of a folder that it cannot read
        said = " ".join((str(error) or type(error).__name__).split())[:200]
        raise Missing(f"{folder}: transformers cannot load it: {said}") from None
    strange = [n for n in told["missing_keys"] if "classifier" not in n]
    if strange:
        raise Missing(f"{folder}: the weights lack {sorted(strange)[0]}")
    if not all(bool(torch.isfinite(p).all()) for p in model.parameters()):
        raise Missing(f"{folder}: a weight is not finite")
    return Logits(model), _recipe(folder)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without the bars and tables that transformers writes beside ours; what it raises is told."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _recipe(folder: Path) -> Recipe:
    """Mean and deviation from preprocessor_config.json, else those of ImageNet."""
    file = folder / "preprocessor_config.json"
    if not file.is_file():
        return IMAGENET
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        if not said.get("do_normalize", True):
            return Recipe((0.0,), (1.0,), flip=True)
        mean, std = (tuple(float(v) for v in said[key]) for key in ("image_mean", "image_std"))
        return Recipe(mean, std, flip=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Missing(f"{file}: tells no image_mean and image_std: {error}") from None
