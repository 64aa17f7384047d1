"""Mirror-flow paper, Table 9: validation accuracies of the mirror maps, each at its best lambda and rate.

It reads the runs of ``mf_figure_4``. A run of each method is chosen by one half of the validation images, over all
seeds, and judged by the other half.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerics.experiments.running import Outcome
from training.experiments.cells import Cell, Finished, collected

if TYPE_CHECKING:
    import torch

    from training.experiments.mf_figure_4 import MfFigure4, Prepared, Run, Settings, Trained


class MfTable9:
    name = "mf-table-9"
    title = "Mirror descent on VGG-16 and CIFAR-10: validation accuracy in per cent"
    reads = "mf-figure-4"
    beside = ("mf-figure-4",)

    def __init__(self, figure: MfFigure4) -> None:
        self.figure = figure
        self.kind = figure.kind

    def cells(self, settings: Settings) -> list[Cell]:
        return self.figure.cells(settings)

    def prepare(self, settings: Settings, data: Path | None) -> Prepared:
        return self.figure.prepare(settings, data)

    def begin(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> Trained:
        return self.figure.begin(settings, cell, prepared, device)

    def outcome(self, settings: Settings, found: dict[str, Finished]) -> Outcome:
        from training.experiments.mf_figure_4 import METHODS, Run, compared

        everything = collected([c for c in self.cells(settings) if c.seed != settings.sweep_seed], found)
        runs = [Run.read(text) for text in settings.runs]
        chosen: dict[str, Run] = {}
        for method in METHODS:
            own = [r for r in runs if r.method == method and _mean(everything.get(f"choosing_{r.arm}")) > -math.inf]
            if own:
                chosen[method] = max(own, key=lambda r: _mean(everything[f"choosing_{r.arm}"]))
        measured = {f"accuracy_{method}": everything[f"accuracy_{run.arm}"] for method, run in chosen.items()}
        notes = [
            "Chosen by one half of the validation images, judged by the other: "
            + ", ".join(f"{method}: {said(run)}" for method, run in chosen.items())
            + ". The paper gives the best accuracies of its sweep.",
            *self._sweep(settings, found),
            *compared(measured, "accuracy", (("hyp", "gd"), ("hyp", "p10"))),
        ]
        return Outcome(measured, self._lines(settings, found), notes)

    def _sweep(self, settings: Settings, found: dict[str, Finished]) -> list[str]:
        from training.experiments.mf_figure_4 import Run

        if not settings.sweep_epochs:
            return []
        rows = []
        for run in map(Run.read, settings.sweep):
            one = found[Cell(f"sweep_{run.arm}", settings.sweep_seed).key]
            value = one.measured.get("choosing")
            rows.append(f"{run.method} {said(run)}: " + ("diverged" if one.failure else f"{value:.1f}"))
        return [f"Sweep, seed {settings.sweep_seed}, {settings.sweep_epochs} epochs, per cent: {'; '.join(rows)}."]

    def _lines(self, settings: Settings, found: dict[str, Finished]) -> dict[str, dict[str, list[float]]]:
        """Accuracy over the epochs, the mean of the seeds that went to the end."""
        from training.experiments.mf_figure_4 import Run

        lines = {}
        for run in map(Run.read, settings.runs):
            kept = [found[Cell(run.arm, seed).key] for seed in settings.seeds]
            columns = [[row["accuracy"] for row in one.curves] for one in kept if not one.failure]
            if columns:
                mean = [sum(column) / len(column) for column in zip(*columns, strict=True)]
                lines[f"{run.method}, {said(run)}"] = {"x": [float(k + 1) for k in range(len(mean))], "y": mean}
        return lines

    def draw(self, outcome: Outcome, figure: Any) -> None:
        axis = figure.subplots()
        for label, line in outcome.lines.items():
            axis.plot(line["x"], line["y"], linewidth=1, label=label)
        axis.set(xlabel="epoch", ylabel="validation accuracy, per cent")
        axis.legend(fontsize=6)


def said(run: Run) -> str:
    return f"rate {run.rate:g}" if math.isnan(run.lam) else f"lambda {run.lam:g} rate {run.rate:g}"


def _mean(column: list[float] | None) -> float:
    """Of the seeds that went to the end, -oo where one did not."""
    if not column or not all(map(math.isfinite, column)):
        return -math.inf
    return sum(column) / len(column)
