"""Mirror-flow paper, Section 5 and Appendix J.3 (Figures 4 and 14, Table 9): mirror descent on VGG-16 and CIFAR-10.

No batch norm, momentum or decay, biases in the first layer alone, He's start. The inverse metrics follow the width of
the layer: sqrt(width x^2 + lam/sqrt(1 + lam)) of the entropy as printed; lam/(lam + width^((p-2)/2) |x|^(p-2)) of the
smoothed powers, since with the printed exponent (2-p)/2 it is 1 to many digits for every lam of the sweep. Measured
are the accuracy, what is left of it after layer-wise pruning by magnitude, and the weights of the first and the last
layer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from numerics.experiments.running import Outcome
from numerics.experiments.settings import require
from training.data.batches import CIFAR, Batches, Recipe
from training.data.images import Labelled, load
from training.experiments.cells import Cell, Diverged, Finished, collected
from training.experiments.mf_table_9 import MfTable9
from training.experiments.paired import paired
from training.experiments.states import pack, unpack
from training.measures import pruning_curve
from training.models.vgg import vgg16
from training.optim import HomogeneousByWidth, HyperbolicByWidth, MirrorDescent, Quadratic

METHODS = ("gd", "hyp", "p3", "p10")
CHUNK = 500  # validation images at a time
BINS = torch.linspace(-4, 4, 65)  # of weights over the standard deviation of their start


@dataclass(frozen=True)
class Run:
    """One way to train: "gd RATE", or "METHOD LAMBDA RATE" for hyp, p3 and p10."""

    method: str
    rate: float
    lam: float = math.nan

    @classmethod
    def read(cls, text: str) -> Run:
        parts = text.split()
        wanted = 2 if parts[:1] == ["gd"] else 3
        if parts[:1] == [] or parts[0] not in METHODS or len(parts) != wanted:
            raise ValueError(f"a run is 'gd RATE' or 'hyp|p3|p10 LAMBDA RATE', not {text!r}")
        numbers = [float(part) for part in parts[1:]]
        require(all(0 < v < math.inf for v in numbers), f"lambda and the rate of {text!r} must be positive")
        return cls(parts[0], numbers[-1], *numbers[:-1])

    @property
    def arm(self) -> str:
        return f"{self.method}_{self.rate:g}" if math.isnan(self.lam) else f"{self.method}_{self.lam:g}_{self.rate:g}"

    def potential(self) -> Any:
        if self.method == "gd":
            return Quadratic()
        if self.method == "hyp":
            return HyperbolicByWidth(self.lam)
        return HomogeneousByWidth(float(self.method[1:]), self.lam, normalized=True)


@dataclass(frozen=True)
class Settings:
    """width: channels of the first layer; images, validation: how many are trained on and looked at.

    runs: trained with every seed; sweep: trained for sweep_epochs with sweep_seed alone, to choose what is run.
    shown: the runs that Figure 4 compares; large: the one with so large a lambda that it is near gradient descent.
    """

    seeds: tuple[int, ...] = (7, 42, 101)
    width: int = 64
    images: int = 50_000
    validation: int = 10_000
    epochs: int = 1000
    batch: int = 100
    runs: tuple[str, ...] = ("gd 0.1", "hyp 0.01 0.1", "p3 0.01 0.1", "p10 0.01 0.1", "p10 1 0.1")
    shown: tuple[str, ...] = ("gd 0.1", "hyp 0.01 0.1", "p3 0.01 0.1", "p10 0.01 0.1")
    large: str = "p10 1 0.1"
    sweep: tuple[str, ...] = ("gd 0.1",)
    sweep_seed: int = 1234
    sweep_epochs: int = 0
    sparsities: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    augmented: bool = False

    def check(self) -> None:
        require(len(set(self.seeds)) == len(self.seeds), "seeds must differ")
        require(self.sweep_seed not in self.seeds, "sweep_seed must be none of the seeds")
        sizes = (self.width, self.images, self.epochs, self.batch)
        require(min(sizes) >= 1 and self.validation >= 2, "sizes must be at least 1, validation 2")
        require(self.batch <= self.images <= 50_000 and self.validation <= 10_000, "CIFAR-10 has 50000 and 10000")
        require(self.sweep_epochs >= 0, "sweep_epochs must not be negative")
        require(all(0 <= s < 1 for s in self.sparsities), "sparsities must lie in [0, 1)")
        arms = [Run.read(text).arm for text in self.runs]
        require(len(set(arms)) == len(arms), "runs must differ")
        for text in (*self.shown, self.large):
            require(Run.read(text).arm in arms, f"{text!r} is shown and none of the runs")
        shown = [Run.read(text).method for text in self.shown]
        require(len(set(shown)) == len(shown), "one run of each method can be shown")
        for text in self.sweep:
            Run.read(text)


@dataclass(frozen=True)
class Prepared:
    train: Labelled
    choosing: Labelled  # the validation images by which a run of each method is chosen
    judging: Labelled  # those by which it is judged


class Trained:
    """A cell under way; a unit is an epoch."""

    def __init__(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> None:
        name = cell.arm.removeprefix("sweep_")
        self.run = next(r for r in map(Run.read, (*settings.runs, *settings.sweep)) if r.arm == name)
        self.settings, self.device = settings, device
        self.total = settings.sweep_epochs if cell.arm != name else settings.epochs
        self.model: nn.Module = vgg16(settings.width, biases="first", seed=cell.seed).to(device)
        self.model = self.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = MirrorDescent(self.model.parameters(), self.run.rate, self.run.potential(), form="metric")
        recipe = CIFAR if settings.augmented else Recipe(CIFAR.mean, CIFAR.std)
        place: dict[str, Any] = {"device": device, "channels_last": True}
        self.batches = Batches(prepared.train, settings.batch, recipe, seed=cell.seed, whole=True, **place)
        held = (prepared.choosing, prepared.judging)
        self.choosing, self.judging = (Batches(part, CHUNK, recipe, **place) for part in held)

    def advance(self, unit: int) -> dict[str, float]:
        self.model.train()
        total = torch.zeros((), device=self.device)
        for inputs, labels in self.batches.epoch(unit):
            loss = nn.functional.cross_entropy(self.model(inputs), labels)
            self.optimizer.zero_grad()
            loss.backward()
            try:
                self.optimizer.step()
            except FloatingPointError:
                raise Diverged(f"the gradient is not finite in epoch {unit + 1}") from None
            total += loss.detach()
        return {"loss": float(total) / len(self.batches), "accuracy": accuracy(self.choosing, self.model)}

    def tensors(self) -> dict[str, Tensor]:
        return pack(model=self.model, optimizer=self.optimizer)[0]

    def plain(self) -> dict[str, Any]:
        return pack(model=self.model, optimizer=self.optimizer)[1]

    def load(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        unpack(tensors, plain, model=self.model, optimizer=self.optimizer)

    def measured(self) -> dict[str, float | list[float]]:
        """Accuracies in per cent; pruned: the mean over the sparsities above 0; shape: the fourth moment over the
        square of the second, 3 for a normal distribution, more where few weights are large.
        """
        found: dict[str, float | list[float]] = {"choosing": accuracy(self.choosing, self.model)}
        found["accuracy"] = accuracy(self.judging, self.model)
        curve = pruning_curve(self.model, self.settings.sparsities, partial(accuracy, self.judging))["y"]
        above = [y for x, y in zip(self.settings.sparsities, curve, strict=True) if x > 0]
        found |= {"curve": curve, "pruned": sum(above) / max(1, len(above))}
        layers = [p for p in self.model.parameters() if p.ndim > 1]
        for name, p in (("first", layers[0]), ("last", layers[-1])):
            w = p.detach().double().cpu().flatten() / math.sqrt(2 / p[0].numel())
            found[f"shape_{name}"] = float((w**4).mean() / (w**2).mean() ** 2)
            found[f"histogram_{name}"] = (torch.histogram(w.float(), BINS)[0] / len(w)).tolist()
        return found


@torch.no_grad()
def accuracy(batches: Batches, model: nn.Module) -> float:
    """In per cent."""
    model.eval()
    right = sum(int((model(inputs).argmax(1) == labels).sum()) for inputs, labels in batches.plain())
    return 100 * right / len(batches.data)


class MfFigure4:
    name = "mf-figure-4"
    title = "Mirror descent on VGG-16 and CIFAR-10: weights of the first and last layer, accuracy after pruning"
    kind = Settings
    beside = ("mf-table-9",)

    def cells(self, settings: Settings) -> list[Cell]:
        runs = [Cell(Run.read(text).arm, seed) for seed in settings.seeds for text in settings.runs]
        sweep = settings.sweep if settings.sweep_epochs else ()
        return runs + [Cell(f"sweep_{Run.read(text).arm}", settings.sweep_seed) for text in sweep]

    def prepare(self, settings: Settings, data: Path | None) -> Prepared:
        held = load("cifar10", "test", data, first=settings.validation)
        half = len(held) // 2
        rest = Labelled(held.images[half:], held.labels[half:], held.classes)
        return Prepared(load("cifar10", "train", data, first=settings.images), held.first(half), rest)

    def begin(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> Trained:
        return Trained(settings, cell, prepared, device)

    def outcome(self, settings: Settings, found: dict[str, Finished]) -> Outcome:
        """accuracy_pruned and shapes of the runs that are shown, by method; p10_large: of the one with large lambda."""
        named = {Run.read(t).method: Run.read(t) for t in settings.shown} | {"p10_large": Run.read(settings.large)}
        everything = collected([c for c in self.cells(settings) if c.seed != settings.sweep_seed], found)
        measured = {}
        for label, run in named.items():
            for ours, name in (("accuracy_pruned", "pruned"), ("accuracy_whole", "accuracy"),
                               ("shape_first", "shape_first"), ("shape_last", "shape_last")):  # fmt: skip
                nothing = [math.nan] * len(settings.seeds)
                measured[f"{ours}_{label}"] = everything.get(f"{name}_{run.arm}", nothing)
        return Outcome(measured, self._lines(settings, named, found), notes(settings, measured))

    def _lines(
        self, settings: Settings, named: Mapping[str, Run], found: Mapping[str, Finished]
    ) -> dict[str, dict[str, list[float]]]:
        centers = ((BINS[1:] + BINS[:-1]) / 2).tolist()
        lines: dict[str, dict[str, list[float]]] = {}

        def mean(run: Run, name: str) -> list[float]:
            kept = [found[Cell(run.arm, seed).key] for seed in settings.seeds]
            columns = [c for one in kept if isinstance(c := one.measured.get(name), list)]
            return [sum(column) / len(column) for column in zip(*columns, strict=True)]

        panels = {"pruning": "curve", "first layer": "histogram_first", "last layer": "histogram_last"}
        for panel, name in panels.items():
            for label, run in named.items():
                x = list(settings.sparsities) if panel == "pruning" else centers
                if (y := mean(run, name)) and label != "p10_large":
                    lines[f"{panel}, {label}"] = {"x": x, "y": y}
        for label in ("gd", "p10", "p10_large"):
            if label in named and (y := mean(named[label], "histogram_first")):
                lines[f"first layer by lambda, {label}"] = {"x": centers, "y": y}
        return lines

    def draw(self, outcome: Outcome, figure: Any) -> None:
        panels = list(dict.fromkeys(label.split(", ")[0] for label in outcome.lines))
        axes = figure.subplots(1, max(1, len(panels)), squeeze=False)[0]
        for axis, panel in zip(axes, panels, strict=False):
            for label, line in outcome.lines.items():
                if label.split(", ")[0] == panel:
                    axis.plot(line["x"], line["y"], linewidth=1, label=label.split(", ")[1])
            pruning = panel == "pruning"
            axis.set(title=panel, xlabel="sparsity" if pruning else "weight over its standard deviation at the start")
            axis.set(ylabel="validation accuracy" if pruning else "share", yscale="linear" if pruning else "log")
            axis.legend(fontsize=6)


def notes(settings: Settings, measured: Mapping[str, list[float]]) -> list[str]:
    start = vgg16(settings.width, biases="first", seed=settings.sweep_seed)
    least = min((r.lam for r in map(Run.read, settings.runs) if r.method == "p10"), default=1.0)
    away = 0.0
    for p in start.parameters():
        away = max(away, float((HomogeneousByWidth(10.0, least).at(p).inverse_metric(p.detach()) - 1).abs().max()))
    found = [
        f"VGG-16 of {settings.width} channels in the first layer (the paper: 64), {settings.images} training and"
        f" {settings.validation} validation images, {settings.epochs} epochs (the paper: 1000), batches of"
        f" {settings.batch}; {'shifted and flipped' if settings.augmented else 'no augmentation'} (the paper does not"
        " say).",
        "The inverse metric multiplies the gradient, as in Appendix J.3; of the entropy as printed, of the smoothed"
        f" powers with width^((p-2)/2): with the printed width^((2-p)/2), p = 10 and lambda = {least:g}, it is within"
        f" {away:.1g} of 1 at the start, where it is 1 for gradient descent.",
        "Runs of Figure 4: " + "; ".join(settings.shown) + f"; large lambda: {settings.large} (method, lambda, rate)."
        " They were fixed by runs on a seed that is not among these.",
        "accuracy_pruned: mean validation accuracy over the sparsities "
        + ", ".join(f"{s:g}" for s in settings.sparsities if s) + ", each weight tensor pruned by magnitude.",
    ]  # fmt: skip
    return found + compared(measured, "accuracy_pruned", (("hyp", "gd"), ("gd", "p10")))


def compared(measured: Mapping[str, list[float]], what: str, pairs: tuple[tuple[str, str], ...]) -> list[str]:
    """The paired comparisons over the seeds, for those pairs that were measured."""
    return [note for a, b in pairs for note in paired(measured, f"{what}_{a}", f"{what}_{b}")]


EXPERIMENT = MfFigure4()
TABLE_9 = MfTable9(EXPERIMENT)
