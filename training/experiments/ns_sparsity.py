"""Section 5 and Appendix J of Never Saddle: sparsity of deep pointwise factorised networks, by depth and kind of decay.

Every weight of a convolution or linear layer is a product of L factors. Adam takes the decay of the factors into its
gradient (coupled), AdamW shrinks them beside its step (decoupled).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from numerics.experiments.running import Outcome
from numerics.experiments.settings import require
from training.data import pictures
from training.data.batches import CIFAR, IMAGENET, Batches, Recipe
from training.data.images import Labelled, load
from training.experiments.cells import Cell, Diverged, Finished, collected
from training.experiments.paired import paired
from training.experiments.states import pack, unpack
from training.factorize import factorize, factors, product
from training.models.resnet import resnet20, resnet50

MODELS = ("ResNet-20", "ResNet-50")
DATA = ("CIFAR-10", "ImageNet")
KINDS = {"coupled": "Adam with coupled decay", "decoupled": "AdamW"}


@dataclass(frozen=True)
class Settings:
    """The paper states model, data, depths and decays; the rest is ours.

    width: of the first stage; size: images are size x size; images, tests: how many are used, 0 for all; shift: pixels
    by which training images are moved; the rate falls from ``rate`` along half a cosine, after ``warmup`` epochs in
    which it rises. kept: a folder for the decoded pictures of ImageNet.
    """

    model: str = "ResNet-20"
    data: str = "CIFAR-10"
    width: int = 16
    size: int = 32
    images: int = 0
    tests: int = 0
    shift: int = 4
    depths: tuple[int, ...] = (2, 4, 10)
    strong: float = 0.1
    weak: float = 1e-4
    rate: float = 1e-3
    batch: int = 128
    epochs: int = 160
    warmup: int = 0
    half: bool = False
    kept: str = ""
    seeds: tuple[int, ...] = (1, 2, 3)

    def check(self) -> None:
        require(self.model in MODELS, f"model must be one of {', '.join(MODELS)}")
        require(self.data in DATA, f"data must be one of {', '.join(DATA)}")
        require(min(self.width, self.size, self.batch, self.epochs) >= 1, "width, size, batch, epochs must be positive")
        require(min(self.images, self.tests, self.shift) >= 0, "images, tests and shift must not be negative")
        require(min(self.depths) >= 1 and len(set(self.depths)) == len(self.depths), "depths must differ, >= 1")
        require(0 <= self.weak < self.strong, "the decays must be 0 <= weak < strong")
        require(self.rate > 0, "rate must be positive")
        require(0 <= self.warmup < self.epochs, "warmup must be shorter than epochs")
        require(min(self.seeds) >= 0 and len(set(self.seeds)) == len(self.seeds), "seeds must differ, >= 0")


@dataclass(frozen=True)
class Arm:
    """One arm: "coupled_strong_10"."""

    kind: str
    strength: str
    depth: int

    @property
    def name(self) -> str:
        return f"{self.kind}_{self.strength}_{self.depth}"

    @classmethod
    def of(cls, name: str) -> Arm:
        kind, strength, depth = name.split("_")
        return cls(kind, strength, int(depth))


def arms(s: Settings) -> list[Arm]:
    return [Arm(kind, strength, depth) for kind in KINDS for strength in ("strong", "weak") for depth in s.depths]


@dataclass(frozen=True)
class Prepared:
    train: Labelled
    test: Labelled
    recipe: Recipe
    streamed: bool = False


class Course:
    """A unit is an epoch."""

    def __init__(self, s: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> None:
        arm = Arm.of(cell.arm)
        self.settings, self.device, self.total = s, device, s.epochs
        on_gpu = device.type == "cuda"
        more: dict[str, Any] = {"device": device, "streamed": prepared.streamed, "channels_last": True}
        self.batches = Batches(prepared.train, s.batch, prepared.recipe, seed=cell.seed, whole=True, **more)
        self.tests = Batches(prepared.test, 8 * s.batch if on_gpu else 256, prepared.recipe, **more)
        self.model = network(s, len(prepared.train.classes), cell.seed)
        factorize(self.model, arm.depth)
        self.model.to(device=device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = optimizer(self.model, arm.kind, getattr(s, arm.strength), s.rate)

    def advance(self, unit: int) -> dict[str, float]:
        self.model.train()
        total, right, seen = torch.zeros((), device=self.device), torch.zeros((), device=self.device), 0
        for k, (inputs, labels) in enumerate(self.batches.epoch(unit)):
            for group in self.optimizer.param_groups:
                group["lr"] = rate(self.settings, unit + k / len(self.batches))
            outputs = self._outputs(inputs)
            loss = nn.functional.cross_entropy(outputs.float(), labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total += loss.detach() * len(labels)
            right += (outputs.detach().argmax(1) == labels).sum()
            seen += len(labels)
        row = {"loss": float(total) / seen, "train_accuracy": 100 * float(right) / seen} | norms(self.model)
        if not all(math.isfinite(value) for value in row.values()):
            raise Diverged(f"epoch {unit + 1}: the loss is {row['loss']:g}, the L1 norm of the weights {row['l1']:g}")
        return row

    def _outputs(self, inputs: Tensor) -> Tensor:
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.half):
            return self.model(inputs)

    def tensors(self) -> dict[str, Tensor]:
        return pack(model=self.model, optimizer=self.optimizer)[0]

    def plain(self) -> dict[str, Any]:
        return pack(optimizer=self.optimizer)[1]

    def load(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        unpack(tensors, plain, model=self.model, optimizer=self.optimizer)

    def measured(self) -> dict[str, float | list[float]]:
        """accuracy: of the test images, in per cent; l1, l2: of the weights; small: their share below 1e-3."""
        return {"accuracy": self._accuracy(), **norms(self.model)}

    @torch.no_grad()
    def _accuracy(self) -> float:
        self.model.eval()
        right = torch.zeros((), device=self.device)
        with parametrize.cached():
            for inputs, labels in self.tests.plain():
                right += (self._outputs(inputs).argmax(1) == labels).sum()
        return 100 * float(right) / len(self.tests.data)


def network(s: Settings, classes: int, seed: int) -> nn.Module:
    if s.model == "ResNet-50":
        return resnet50(classes, width=s.width, seed=seed)
    return resnet20(s.width, classes, seed=seed)


def optimizer(model: nn.Module, kind: str, decay: float, rate: float) -> torch.optim.Optimizer:
    """Adam with the decay in the gradient, or AdamW; of the factors alone, not of batch norm and biases."""
    own = [w for parts in factors(model).values() for w in parts]
    known = {id(w) for w in own}
    others = [p for p in model.parameters() if id(p) not in known]
    groups = [{"params": own, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
    made = {"coupled": torch.optim.Adam, "decoupled": torch.optim.AdamW}[kind]
    return made(groups, lr=rate, fused=True)


def rate(s: Settings, epoch: float) -> float:
    """rate * (1 + cos(pi t))/2, t the part of the epochs that is done; before, it rises in proportion to the time."""
    if epoch < s.warmup:
        return s.rate * max(epoch, 0.01) / s.warmup
    return s.rate * (1 + math.cos(math.pi * (epoch - s.warmup) / (s.epochs - s.warmup))) / 2


@torch.no_grad()
def norms(model: nn.Module) -> dict[str, float]:
    """{"l1": sum |x|, "l2": (sum x^2)^(1/2), "small": share with |x| < 1e-3} of the factorised weights x."""
    weights = [product(*parts).double() for parts in factors(model).values()]
    count = sum(w.numel() for w in weights)
    return {
        "l1": float(sum(w.abs().sum() for w in weights)),
        "l2": math.sqrt(float(sum(w.square().sum() for w in weights))),
        "small": float(sum((w.abs() < 1e-3).sum() for w in weights)) / count,
    }


class Sparsity:
    name = "ns-sparsity"
    title = "Sparsity of factorised residual networks by depth, coupled and decoupled decay"
    kind = Settings

    def cells(self, s: Settings) -> list[Cell]:
        return [Cell(arm.name, seed) for seed in s.seeds for arm in arms(s)]

    def prepare(self, s: Settings, data: Path | None) -> Prepared:
        if s.data == "ImageNet":
            kept = Path(s.kept).expanduser() if s.kept else None
            own = [pictures.by_class("imagenet", split, data, size=s.size, kept=kept) for split in ("train", "val")]
            train, test = (part.first(n) if n else part for part, n in zip(own, (s.images, s.tests), strict=True))
            return Prepared(train, test, Recipe(IMAGENET.mean, IMAGENET.std, flip=True, zoom=0.25), streamed=True)
        train, test = (
            load("cifar10", split, data, first=n or None).resized(s.size)
            for split, n in (("train", s.images), ("test", s.tests))
        )
        return Prepared(train, test, Recipe(CIFAR.mean, CIFAR.std, shift=s.shift, flip=True))

    def begin(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> Course:
        return Course(settings, cell, prepared, device)

    def outcome(self, s: Settings, found: dict[str, Finished]) -> Outcome:
        outcome = Outcome(collected(self.cells(s), found), dict(_lines(s, found)))
        outcome.notes.append(
            f"{s.model} of width {s.width} on {s.images or 'all'} images of {s.data} at {s.size} x {s.size}, tested on"
            f" {s.tests or 'all'} others, {s.epochs} epochs in batches of {s.batch}; rate {s.rate:g}, the same for all,"
            " falling along half a cosine: the paper states none of these but model and data"
        )
        outcome.notes.append(
            "the decay acts on the factors alone, not on batch norm and biases; l1, l2 and small (the share below 1e-3)"
            " are of the products; chosen on a seed that is not among those recorded, by whether all of it trains"
        )
        outcome.notes += _comparisons(s, outcome.measured)
        return outcome

    def draw(self, outcome: Outcome, figure: Any) -> None:
        axes = figure.subplots(2, 2, squeeze=False, sharex=True).flatten()
        panels = [f"{label}, {strength} decay" for label in KINDS.values() for strength in ("strong", "weak")]
        for at, panel in zip(axes, panels, strict=True):
            depths: dict[str, str] = {}
            for label, line in outcome.lines.items():
                if label.startswith(panel):
                    depth = label.split(", ")[2]
                    seen = depth in depths
                    depths.setdefault(depth, f"C{len(depths)}")
                    at.plot(line["x"], line["y"], depths[depth], lw=0.8, label=None if seen else depth)
            at.set_yscale("log")
            at.set_title(panel, fontsize=8)
            at.legend(fontsize=7)


def _lines(s: Settings, found: dict[str, Finished]) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """The L1 norm of the weights over the epochs, as far as each seed came."""
    for arm in arms(s):
        for seed in s.seeds:
            rows = found[Cell(arm.name, seed).key].curves
            label = f"{KINDS[arm.kind]}, {arm.strength} decay, L = {arm.depth}, seed {seed}"
            yield label, {"x": [float(k + 1) for k in range(len(rows))], "y": [row["l1"] for row in rows]}


def _comparisons(s: Settings, measured: dict[str, list[float]]) -> Iterator[str]:
    low, high = min(s.depths), max(s.depths)
    for depth in dict.fromkeys((low, high)):
        yield from paired(measured, f"accuracy_coupled_strong_{depth}", f"accuracy_coupled_weak_{depth}")
        yield from paired(measured, f"accuracy_decoupled_strong_{depth}", f"accuracy_decoupled_weak_{depth}")
    for kind in KINDS:
        for strength in ("strong", "weak"):
            yield from paired(measured, f"l1_{kind}_{strength}_{high}", f"l1_{kind}_{strength}_{low}")


EXPERIMENT = Sparsity()
