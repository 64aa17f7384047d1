"""Never Saddle, Figure 5(a) and Appendix K (Tables 2, 8 to 11, Figures 16 to 32): leaving the saddle in fine-tuning.

A pretrained network with a new last layer is tuned by SGD at the small rate that is best for Adam, by SGD at a rate
that is best for it, and by Adam. Measured at the end: the accuracy on the validation images, the distances travelled by
all parameters (no buffers), and the eigenvalues of the Hessian that are largest in size, over a fixed part of the
training images, with the statistics of batch norm held.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from numerics.experiments.running import Outcome
from numerics.experiments.settings import require
from training.experiments import leaving
from training.experiments.cells import Cell, Finished, collected
from training.experiments.images import Course, Plan, Prepared, prepare
from training.experiments.leaving import ARMS, Followed, described
from training.models.folders import located
from training.spectra import Hessian

__all__ = ["ARMS", "EXPERIMENT", "FLOWERS", "FinetuneVision", "Settings", "Tuned", "described"]

CHUNK = 64  # images to a product with the Hessian
COMPARED = (
    ("negative_adam", "negative_sgd_small"), ("least_adam", "least_sgd_small"), ("accuracy_adam", "accuracy_sgd_small"),
    ("accuracy_adam", "accuracy_sgd_large"), ("l1_adam", "l1_sgd_large"), ("l1_adam", "l1_sgd_small"),
    ("l2_sgd_large", "l2_sgd_small"), ("ratio_adam", "ratio_sgd_large"), ("ratio_adam", "ratio_sgd_small"),
)  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """images, validation: how many are trained on and looked at, the first of the data, 0 for all; size: of a side.

    model: see ``training.models.folders.classifier``. eigenvalues: how many are tracked, largest in size;
    hessian_images: over so many of the images that are trained on; spectra_every: epochs between spectra, 0 at the end
    alone; products: at most so many for one spectrum.
    """

    seeds: tuple[int, ...] = (123, 456, 789, 1000)
    model: str = "EfficientNet-Lite0"
    data: str = "CIFAR-10"
    split: str = "test"
    size: int = 224
    images: int = 0
    validation: int = 0
    epochs: int = 15
    batch: int = 128
    rate: float = 1e-3
    large_rate: float = 0.8
    smoothing: float = 0.0
    shift: int = 0
    flip: bool = True
    zoom: float = 1.0
    statistics: float = 0.1
    eigenvalues: int = 50
    hessian_images: int = 1000
    spectra_every: int = 1
    tolerance: float = 1e-3
    products: int = 1000

    def check(self) -> None:
        require(len(set(self.seeds)) == len(self.seeds) and min(self.seeds) >= 0, "seeds must differ, from 0")
        require(self.split in ("val", "test"), "split must be val or test")
        require(self.hessian_images >= 1 and self.size >= 16, "hessian_images must be at least 1, size at least 16")
        require(min(self.images, self.validation, self.shift) >= 0,
                "images, validation and shift must not be negative")  # fmt: skip
        require(0 <= self.smoothing < 1 and 0 < self.zoom <= 1 and 0 < self.statistics <= 1,
                "smoothing must lie in [0, 1), zoom and statistics in (0, 1]")  # fmt: skip
        leaving.checked(self)

    @property
    def plan(self) -> Plan:
        return Plan(self.model, self.epochs, self.batch, self.smoothing, self.shift, self.flip, self.zoom,
                    self.statistics)  # fmt: skip


class Tuned(Followed, Course):
    """A cell with its distances and spectra."""

    def __init__(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> None:
        rate = leaving.rate(settings, cell.arm)
        make = partial(leaving.optimizer, cell.arm, rate=rate)
        super().__init__(settings.plan, cell.seed, prepared, device, make, rate)
        self.settings = settings

    def hessian(self) -> Hessian:
        """Over the first of the training images, as they are, with the statistics of batch norm held."""
        self.model.eval()
        part = self.batches.data.first(self.settings.hessian_images)
        inputs = self.batches.recipe.plain(part.images).contiguous(memory_format=torch.channels_last)
        pairs = list(zip(inputs.split(CHUNK), part.labels.split(CHUNK), strict=True))
        return Hessian(self.model, self.criterion, pairs)


class FinetuneVision:
    kind = Settings

    def __init__(self, name: str, title: str) -> None:
        self.name, self.title = name, title

    def cells(self, settings: Settings) -> list[Cell]:
        return leaving.cells(settings)

    def prepare(self, settings: Settings, data: Path | None) -> Prepared:
        located(settings.model, data)  # what is missing is told before all images are decoded
        return prepare(settings.data, settings.size, settings.images, settings.validation, settings.split, data)

    def begin(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> Tuned:
        return Tuned(settings, cell, prepared, device)

    def outcome(self, settings: Settings, found: dict[str, Finished]) -> Outcome:
        measured = collected(self.cells(settings), found)
        return Outcome(measured, leaving.lines(settings, found), notes(settings, measured))

    def draw(self, outcome: Outcome, figure: Any) -> None:
        leaving.draw(outcome.lines, figure)


def notes(settings: Settings, measured: dict[str, list[float]]) -> list[str]:
    """What the paper leaves open or does otherwise, and the paired comparisons over the seeds."""
    number = f"the first {settings.images}" if settings.images else "all"
    looked = f"the first {settings.validation}" if settings.validation else "all"
    found = [
        f"{settings.model} on {settings.data} at {settings.size} x {settings.size}: {number} of the training images,"
        f" {looked} of the split {settings.split}, {settings.epochs} epochs, batches of {settings.batch}; the paper:"
        " ResNet-18, all images, 15 epochs, 50 eigenvalues.",
        f"The rates are {settings.rate:g} (Adam, and SGD at the small rate) and {settings.large_rate:g}; they fall"
        " along half a cosine, which the paper says for ViT alone; no momentum, no decay.",
        "Distances are those of the parameters; the paper's L2 is too large for parameters alone, it holds the"
        " statistics of batch norm.",
        f"Hessian of the mean loss over {settings.hessian_images} training images as they are, in evaluation mode, in"
        f" all parameters; the {settings.eigenvalues} eigenvalues largest in size by Lanczos with full"
        " reorthogonalisation; one counts as negative where it lies below 0 by more than its residual.",
    ]
    return found + leaving.compared(measured, COMPARED)


EXPERIMENT = FinetuneVision(
    "ns-finetune-vision", "Fine-tuning on CIFAR-10 by SGD and Adam: accuracy, distances, eigenvalues of the Hessian"
)
FLOWERS = FinetuneVision(
    "ns-finetune-flowers", "Fine-tuning on Flowers by SGD and Adam: accuracy, distances, eigenvalues of the Hessian"
)
