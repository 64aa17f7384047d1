"""A made-up experiment that trains in milliseconds, with faults to order."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from numerics.experiments.running import Outcome
from numerics.experiments.settings import require
from training.data.places import find
from training.experiments.cells import Cell, Diverged, Finished, collected
from training.experiments.states import pack, unpack


@dataclass(frozen=True)
class Settings:
    """fault: what goes wrong with the second seed of "adam", at the third unit."""

    epochs: int = 6
    rate: float = 0.05
    pause: float = 0.0
    fault: str = ""
    file: str = ""
    seeds: tuple[int, ...] = (1, 2)

    def check(self) -> None:
        require(self.epochs >= 1, "epochs must be at least 1")


class Course:
    def __init__(self, settings: Settings, cell: Cell) -> None:
        self.settings, self.cell, self.total = settings, cell, settings.epochs
        made = torch.Generator().manual_seed(cell.seed)
        self.inputs = torch.randn(32, 5, generator=made)
        self.targets = self.inputs.sum(1, keepdim=True)
        self.model = nn.Sequential(nn.Linear(5, 8), nn.Dropout(0.5), nn.ReLU(), nn.Linear(8, 1))
        kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
        rate = settings.rate
        self.optimizer = kinds[cell.arm](self.model.parameters(), lr=rate)
        self.faulty = cell == Cell("adam", settings.seeds[-1])

    def advance(self, unit: int) -> dict[str, float]:
        time.sleep(self.settings.pause)
        loss = (self.model(self.inputs) - self.targets).square().mean()
        if self.faulty and unit == 2:
            loss = self.fail(loss)
        if self.settings.fault == "climbs" and self.faulty:
            self.optimizer.param_groups[0]["lr"] = -1e15
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return {"loss": float(loss.detach())}

    def fail(self, loss: Tensor) -> Tensor:
        fault = self.settings.fault
        if fault == "nan":
            return loss * float("nan")
        if fault == "diverged":
            raise Diverged("the weights are not finite")
        if fault == "memory":
            raise torch.OutOfMemoryError("no memory is left")
        if fault == "shape":
            return (self.inputs @ self.targets).sum()
        if fault == "gpu":
            raise RuntimeError("CUDA error: unspecified launch failure")
        if fault == "accelerator":
            raise torch.AcceleratorError("device-side assert triggered")
        if fault == "weights":
            self.load({n: t.flatten()[:0] for n, t in self.tensors().items()}, self.plain())
        if fault == "killed" or (fault == "killed once" and not Path(self.settings.file).exists()):
            Path(self.settings.file or os.devnull).write_text("here")
            os.kill(os.getpid(), signal.SIGKILL)
        return loss

    def tensors(self) -> dict[str, Tensor]:
        return pack(model=self.model, optimizer=self.optimizer)[0]

    def plain(self) -> dict[str, Any]:
        return pack(optimizer=self.optimizer)[1]

    def load(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        unpack(tensors, plain, model=self.model, optimizer=self.optimizer)

    def measured(self) -> dict[str, float | list[float]]:
        size = sum(float(p.detach().abs().sum()) for p in self.model.parameters())
        return {"l1": size, "profile": [size, 1.0]}


class Tiny:
    name = "tiny"
    title = "A small network on made-up data"
    kind = Settings

    def cells(self, settings: Settings) -> list[Cell]:
        return [Cell(arm, seed) for arm in ("sgd", "adam") for seed in settings.seeds]

    def prepare(self, settings: Settings, data: Path | None) -> None:
        if settings.fault == "missing":
            find("images.bin", data, alternatives=["images.txt"])

    def begin(self, settings: Settings, cell: Cell, prepared: Any, device: torch.device) -> Course:
        return Course(settings, cell)

    def outcome(self, settings: Settings, found: dict[str, Finished]) -> Outcome:
        lines = {key: {"x": list(range(len(f.curves))), "y": [r["loss"] for r in f.curves]} for key, f in found.items()}
        return Outcome(collected(self.cells(settings), found), lines, ["made up"])

    def draw(self, outcome: Outcome, figure: Any) -> None:
        at = figure.subplots()
        for name, line in outcome.lines.items():
            at.plot(line["x"], line["y"], label=name)


EXPERIMENT = Tiny()
