"""Never Saddle, Figure 5(a) and Appendix K (Tables 2, 8 to 11, Figures 16 to 32): leaving the saddle in fine-tuning.

A pretrained network with a new last layer is tuned by SGD at the small rate that is best for Adam, by SGD at a rate
that is best for it, and by Adam. Measured at the end: the accuracy on the validation images, the distances travelled by
all parameters (no buffers), and the eigenvalues of the Hessian that are largest in size, over a fixed part of the
training images, with the statistics of batch norm held.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from numerics.experiments.running import Outcome
from numerics.experiments.settings import require
from training.experiments.cells import Cell, Finished, collected
from training.experiments.images import Course, Plan, Prepared, prepare
from training.experiments.paired import paired
from training.measures import distances
from training.spectra import Hessian, Spectrum

ARMS = ("sgd_small", "sgd_large", "adam")
LABELS = {"sgd_small": "SGD, small rate", "sgd_large": "SGD, best rate", "adam": "Adam"}
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
        require(min(self.epochs, self.batch, self.eigenvalues, self.hessian_images) >= 1 and self.size >= 16,
                "epochs, batch, eigenvalues and hessian_images must be at least 1, size at least 16")  # fmt: skip
        require(min(self.images, self.validation, self.spectra_every, self.shift) >= 0,
                "images, validation, spectra_every and shift must not be negative")  # fmt: skip
        require(min(self.rate, self.large_rate, self.tolerance) > 0, "rates and the tolerance must be positive")
        require(0 <= self.smoothing < 1 and 0 < self.zoom <= 1 and 0 < self.statistics <= 1,
                "smoothing must lie in [0, 1), zoom and statistics in (0, 1]")  # fmt: skip
        require(self.products >= 2 * self.eigenvalues, "products must be at least twice the eigenvalues")

    @property
    def plan(self) -> Plan:
        return Plan(self.model, self.epochs, self.batch, self.smoothing, self.shift, self.flip, self.zoom,
                    self.statistics)  # fmt: skip


class Tuned(Course):
    """A cell with its distances and spectra."""

    def __init__(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> None:
        rate = settings.large_rate if cell.arm == "sgd_large" else settings.rate

        def make(parameters: list[nn.Parameter]) -> Optimizer:
            if cell.arm == "adam":
                return torch.optim.Adam(parameters, lr=rate)
            return torch.optim.SGD(parameters, lr=rate)

        super().__init__(settings.plan, cell.seed, prepared, device, make, rate)
        self.settings = settings
        self.found: dict[str, Any] = {}

    def advance(self, unit: int) -> dict[str, float]:
        row, every = super().advance(unit), self.settings.spectra_every
        travelled = distances(self.start, dict(self.model.named_parameters()))
        row |= {"l1": travelled["L1"], "l2": travelled["L2"], "ratio": travelled["L1"] / max(travelled["L2"], 1e-300)}
        self.found |= row
        if unit + 1 == self.total or (every and (unit + 1) % every == 0):
            self.found |= described(self.spectrum())
            row |= {name: self.found[name] for name in ("negative", "least", "largest", "residual")}
            row |= {f"eigenvalue_{k + 1}": value for k, value in enumerate(self.found["eigenvalues"])}
        return row

    def spectrum(self) -> Spectrum:
        """The eigenvalues that are largest in size, of the mean loss over the first of the training images."""
        s = self.settings
        self.model.eval()
        part = self.batches.data.first(s.hessian_images)
        inputs = self.batches.recipe.plain(part.images).contiguous(memory_format=torch.channels_last)
        hessian = Hessian(
            self.model, self.criterion, list(zip(inputs.split(CHUNK), part.labels.split(CHUNK), strict=True))
        )
        k = min(s.eigenvalues, hessian.size)
        basis = min(hessian.size, 2 * k + 20)
        return hessian.top(k, end="size", tolerance=s.tolerance, basis=basis, most=s.products, seed=self.seed)

    def plain(self) -> dict[str, Any]:
        return {**super().plain(), "found": self.found}

    def load(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        super().load(tensors, plain)
        self.found = dict(plain["found"])

    def measured(self) -> dict[str, float | list[float]]:
        return dict(self.found)


def described(spectrum: Spectrum) -> dict[str, Any]:
    """How many of the eigenvalues are negative, the least and the largest, in falling order.

    An eigenvalue whose residual reaches over 0 has no certain sign, and counts as not negative.
    """
    values, residuals = spectrum.values.tolist(), spectrum.residuals.tolist()
    return {
        "negative": float(sum(v < -r for v, r in zip(values, residuals, strict=True))),
        "least": min(values),
        "largest": max(values),
        "eigenvalues": values,
        "residual": max(residuals),
        "converged": float(spectrum.converged),
        "products": float(spectrum.products),
    }


class FinetuneVision:
    kind = Settings

    def __init__(self, name: str, title: str) -> None:
        self.name, self.title = name, title

    def cells(self, settings: Settings) -> list[Cell]:
        return [Cell(arm, seed) for seed in settings.seeds for arm in ARMS]

    def prepare(self, settings: Settings, data: Path | None) -> Prepared:
        return prepare(settings.data, settings.size, settings.images, settings.validation, settings.split, data)

    def begin(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> Tuned:
        return Tuned(settings, cell, prepared, device)

    def outcome(self, settings: Settings, found: dict[str, Finished]) -> Outcome:
        measured = collected(self.cells(settings), found)
        lines = {}
        for seed in settings.seeds:
            for arm in ARMS:
                values = found[Cell(arm, seed).key].measured.get("eigenvalues")
                if isinstance(values, list):
                    line = {"x": [float(k + 1) for k in range(len(values))], "y": values}
                    lines[f"{LABELS[arm]}, seed {seed}"] = line
        return Outcome(measured, lines, notes(settings, measured))

    def draw(self, outcome: Outcome, figure: Any) -> None:
        """Beside each other, for each seed, the eigenvalues in falling order."""
        seeds = list(dict.fromkeys(label.rpartition(", ")[2] for label in outcome.lines))
        axes = figure.subplots(1, max(1, len(seeds)), sharey=True, squeeze=False)[0]
        for axis, seed in zip(axes, seeds, strict=False):
            for label, line in outcome.lines.items():
                arm, _, own = label.rpartition(", ")
                if own == seed:
                    axis.plot(line["x"], line["y"], "o", markersize=3, label=arm)
            axis.axhline(0, color="grey", linewidth=0.5)
            axis.set(title=seed, xlabel="index", yscale="symlog")
        axes[0].set_ylabel("eigenvalue")
        axes[0].legend()


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
    residuals = [r for arm in ARMS for r in measured.get(f"residual_{arm}", []) if math.isfinite(r)]
    if residuals:
        found.append(f"Largest residual of all eigenvalues: {max(residuals):.2g}.")
    return found + [note for a, b in COMPARED for note in paired(measured, a, b)]


EXPERIMENT = FinetuneVision(
    "ns-finetune-vision", "Fine-tuning on CIFAR-10 by SGD and Adam: accuracy, distances, eigenvalues of the Hessian"
)
FLOWERS = FinetuneVision(
    "ns-finetune-flowers", "Fine-tuning on Flowers by SGD and Adam: accuracy, distances, eigenvalues of the Hessian"
)
