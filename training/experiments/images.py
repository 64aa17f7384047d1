"""Fine-tuning a classifier on images: the data decoded once, and a course that trains one cell.

The rate falls along half a cosine to 0. Order and augmentation are functions of (seed, epoch); the new last layer is
one of the seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from training.data.batches import Batches
from training.data.images import Labelled, load
from training.experiments.cells import Diverged
from training.experiments.states import pack, unpack
from training.models.folders import classifier

DATA = {"CIFAR-10": "cifar10", "Flowers-102": "flowers102", "Flowers-12": "flowers12"}
EVALUATED = 250  # images at a time
Made = Callable[[list[nn.Parameter]], Optimizer]


@dataclass(frozen=True)
class Prepared:
    """Images at the size of the network; folder: that of the data, from which each cell takes the weights."""

    train: Labelled
    validation: Labelled
    folder: Path | None


@dataclass(frozen=True)
class Plan:
    """How a cell is trained. momentum: of the statistics of batch norm, where the network has it to set."""

    model: str
    epochs: int
    batch: int
    smoothing: float = 0.0
    shift: int = 0
    flip: bool = True
    zoom: float = 1.0
    momentum: float = 0.1


def prepare(
    data: str, size: int, train: int, validation: int, split: str, folder: Path | None
) -> Prepared:
    """The first images of each split (0: all), enlarged or shrunk to size x size. Raises Missing."""
    name = DATA.get(data, data)

    def part(which: str, count: int) -> Labelled:
        return load(name, which, folder, first=count or None, size=size).resized(size)

    return Prepared(part("train", train), part(split, validation), folder)


class Course:
    """A cell that fine-tunes; a unit is an epoch. rate: of the optimizer at the start."""

    def __init__(
        self, plan: Plan, seed: int, prepared: Prepared, device: torch.device, make: Made, rate: float
    ) -> None:
        self.plan, self.seed, self.device, self.rate = plan, seed, device, rate
        classes = len(prepared.train.classes)
        model, recipe = classifier(plan.model, classes, prepared.folder, seed=seed, momentum=plan.momentum)
        recipe = replace(recipe, shift=plan.shift, flip=plan.flip, zoom=plan.zoom)
        self.model = model.to(device)
        self.start = {n: p.detach().clone() for n, p in self.model.named_parameters()}
        self.optimizer = make(list(self.model.parameters()))
        size = min(plan.batch, len(prepared.train))
        self.batches = Batches(
            prepared.train, size, recipe, seed=seed, device=device, whole=True, channels_last=True
        )
        self.validation = Batches(prepared.validation, EVALUATED, recipe, device=device, channels_last=True)
        self.criterion = nn.CrossEntropyLoss(label_smoothing=plan.smoothing)
        self.total = plan.epochs

    def advance(self, unit: int) -> dict[str, float]:
        return {"loss": self.epoch(unit), "accuracy": self.accuracy()}

    def epoch(self, epoch: int) -> float:
        """The mean loss over the epoch. Raises Diverged."""
        self.model.train()
        losses = []
        for k, (inputs, labels) in enumerate(self.batches.epoch(epoch)):
            part = (epoch + k / len(self.batches)) / self.plan.epochs
            for group in self.optimizer.param_groups:
                group["lr"] = self.rate * (1 + math.cos(math.pi * part)) / 2
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.criterion(self.model(inputs), labels)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.detach())
        values = torch.stack(losses)  # looked at once an epoch: the device is not made to wait for every step
        bad = (~torch.isfinite(values)).nonzero()
        if len(bad):
            k = int(bad[0])
            raise Diverged(f"the loss is {float(values[k])} at step {k + 1} of epoch {epoch + 1}")
        return float(values.double().mean())

    @torch.no_grad()
    def accuracy(self) -> float:
        """Of the validation images, in per cent."""
        self.model.eval()
        right = sum((self.model(x).argmax(1) == y).sum() for x, y in self.validation.plain())
        return 100 * float(right) / len(self.validation.data)

    def tensors(self) -> dict[str, Tensor]:
        return pack(model=self.model, optimizer=self.optimizer)[0]

    def plain(self) -> dict[str, Any]:
        return pack(optimizer=self.optimizer)[1]

    def load(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        unpack(tensors, plain, model=self.model, optimizer=self.optimizer)
