"""Leaving the saddle in fine-tuning, on images and on sentences: the arms, what is followed over training, the figure.

A cell follows the distances that its parameters have travelled and the eigenvalues of the Hessian that are largest in
size, each with its residual ||H v - lambda v||.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from numerics.experiments.settings import require
from training.experiments.cells import Cell, Finished
from training.experiments.paired import paired
from training.measures import distances
from training.spectra import Hessian, Spectrum

ARMS = ("sgd_small", "sgd_large", "adam")
LABELS = {"sgd_small": "SGD, small rate", "sgd_large": "SGD, best rate", "adam": "Adam"}
SHOWN = ("negative", "least", "largest", "residual")  # of a spectrum, in the live curves


def checked(settings: Any) -> None:
    """Raises SettingsError for spectra that cannot be."""
    s = settings
    require(min(s.epochs, s.batch, s.eigenvalues) >= 1, "epochs, batch and eigenvalues must be at least 1")
    require(s.spectra_every >= 0, "spectra_every must not be negative")
    require(min(s.rate, s.large_rate, s.tolerance) > 0, "rates and the tolerance must be positive")
    require(s.products >= 2 * s.eigenvalues, "products must be at least twice the eigenvalues")


def cells(settings: Any) -> list[Cell]:
    return [Cell(arm, seed) for seed in settings.seeds for arm in ARMS]


def rate(settings: Any, arm: str) -> float:
    chosen: float = settings.large_rate if arm == "sgd_large" else settings.rate
    return chosen


def optimizer(arm: str, parameters: Sequence[nn.Parameter], rate: float) -> Optimizer:
    return torch.optim.Adam(parameters, lr=rate) if arm == "adam" else torch.optim.SGD(parameters, lr=rate)


class Followed:
    """Laid over a course that trains: its rows tell the distances too and, when they are due, the eigenvalues."""

    settings: Any
    seed: Any
    total: Any
    model: Any
    start: Any
    spare = 20  # vectors of the basis beyond twice the eigenvalues

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.found: dict[str, Any] = {}

    @abstractmethod
    def hessian(self) -> Hessian:
        """Of the mean loss over a fixed part of what is trained on, as the model is evaluated."""

    def advance(self, unit: int) -> dict[str, float]:
        row: dict[str, float] = super().advance(unit)  # type: ignore[misc]
        gone = distances(self.start, dict(self.model.named_parameters()))
        row |= {"l1": gone["L1"], "l2": gone["L2"], "ratio": gone["L1"] / max(gone["L2"], 1e-300)}
        self.found = dict(row)
        every = self.settings.spectra_every
        if unit + 1 == self.total or (every and (unit + 1) % every == 0):
            found = described(self.spectrum())
            self.found |= found
            row |= {name: found[name] for name in SHOWN}
            for k, (value, residual) in enumerate(zip(found["eigenvalues"], found["residuals"], strict=True)):
                row |= {f"eigenvalue_{k + 1}": value, f"residual_{k + 1}": residual}
        return row

    def spectrum(self) -> Spectrum:
        s, hessian = self.settings, self.hessian()
        k = min(s.eigenvalues, hessian.size)
        basis = min(hessian.size, 2 * k + self.spare)
        return hessian.top(k, end="size", tolerance=s.tolerance, basis=basis, most=s.products, seed=self.seed)

    def plain(self) -> dict[str, Any]:
        return {**super().plain(), "found": self.found}  # type: ignore[misc]

    def load(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        super().load(tensors, plain)  # type: ignore[misc]
        self.found = dict(plain["found"])

    def measured(self) -> dict[str, float | list[float]]:
        return dict(self.found)


def described(spectrum: Spectrum) -> dict[str, Any]:
    """The eigenvalues in falling order, each with its residual; how many are negative, the least and the largest.

    An eigenvalue whose residual reaches over 0 has no certain sign, and counts as not negative.
    """
    values, residuals = spectrum.values.tolist(), spectrum.residuals.tolist()
    return {
        "negative": float(sum(v < -r for v, r in zip(values, residuals, strict=True))),
        "least": min(values),
        "largest": max(values),
        "eigenvalues": values,
        "residuals": residuals,
        "residual": max(residuals),
        "converged": float(spectrum.converged),
        "products": float(spectrum.products),
    }


def lines(settings: Any, found: Mapping[str, Finished]) -> dict[str, dict[str, list[float]]]:
    """For each arm and seed the eigenvalues with their residuals, at the end; at every epoch at which they were taken
    where those are several."""
    drawn: dict[str, dict[str, list[float]]] = {}
    for cell in cells(settings):
        one = found[cell.key]
        taken = {epoch + 1: row for epoch, row in enumerate(one.curves) if "eigenvalue_1" in row}
        if one.failure is None and len(taken) < 2 and isinstance(values := one.measured.get("eigenvalues"), list):
            drawn[f"{LABELS[cell.arm]}, seed {cell.seed}"] = _line(values, one.measured.get("residuals"))
            continue
        for epoch, row in taken.items():
            count = sum(name.startswith("eigenvalue_") for name in row)
            values, residuals = ([row[f"{name}_{k + 1}"] for k in range(count)] for name in ("eigenvalue", "residual"))
            drawn[f"{LABELS[cell.arm]}, epoch {epoch}, seed {cell.seed}"] = _line(values, residuals)
    return drawn


def _line(values: list[float], residuals: Any) -> dict[str, list[float]]:
    line = {"x": [float(k + 1) for k in range(len(values))], "y": values}
    return line | ({"residual": residuals} if isinstance(residuals, list) else {})


def draw(drawn: Mapping[str, Mapping[str, list[float]]], figure: Any) -> None:
    """Beside each other the seeds, below each other the epochs; in each the eigenvalues in falling order."""
    split = {label: _parts(label) for label in drawn}
    seeds = list(dict.fromkeys(seed for _, _, seed in split.values()))
    epochs = sorted({epoch for _, epoch, _ in split.values()})
    axes = figure.subplots(max(1, len(epochs)), max(1, len(seeds)), sharex=True, sharey=True, squeeze=False)
    for row, epoch in zip(axes, epochs, strict=False):
        for axis, seed in zip(row, seeds, strict=True):
            for label, (arm, *where) in split.items():
                if where == [epoch, seed]:
                    axis.plot(drawn[label]["x"], drawn[label]["y"], "o", markersize=3, label=arm)
            axis.axhline(0, color="grey", linewidth=0.5)
            axis.set(title=f"{seed}, epoch {epoch}" if epoch else seed, yscale="symlog")
        row[0].set_ylabel("eigenvalue")
    for axis in axes[-1]:
        axis.set_xlabel("index")
    axes[0, 0].legend()


def _parts(label: str) -> tuple[str, int, str]:
    """Arm, epoch (0: the end alone was looked at) and seed of a line."""
    head, _, seed = label.rpartition(", ")
    arm, _, epoch = head.rpartition(", epoch ")
    return (arm, int(epoch), seed) if arm else (head, 0, seed)


def compared(measured: Mapping[str, Sequence[float]], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The largest residual, and the paired comparisons over the seeds, as notes."""
    residuals = [r for arm in ARMS for r in measured.get(f"residual_{arm}", []) if math.isfinite(r)]
    told = [f"Largest residual of all eigenvalues: {max(residuals):.2g}."] if residuals else []
    return told + [note for a, b in pairs for note in paired(measured, a, b)]
