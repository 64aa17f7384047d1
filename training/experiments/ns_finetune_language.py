"""Never Saddle, Appendix K.2 (Table 12, Figures 33 to 36): leaving the saddle in fine-tuning, on sentences.

A pretrained encoder with a new classifier is tuned by SGD at the small rate that is best for Adam, by SGD at a rate
that is best for it, and by Adam. Measured at the end: the accuracy on the dev texts, the distances travelled by all
parameters, and the eigenvalues of the Hessian that are largest in size, over a fixed part of the training texts and
without dropout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from numerics.experiments.running import Outcome
from numerics.experiments.settings import require
from training.experiments.cells import Cell, Finished, collected
from training.experiments.language import TASKS, Course, Made, Plan, Prepared, prepare
from training.experiments.paired import paired
from training.measures import distances
from training.models.bert import restricted
from training.spectra import Hessian, Spectrum

ARMS = ("sgd_small", "sgd_large", "adam")
LABELS = {"sgd_small": "SGD, small rate", "sgd_large": "SGD, best rate", "adam": "Adam"}
CHUNK = 16  # texts to a product with the Hessian


@dataclass(frozen=True)
class Settings:
    """layers: the first ones of the encoder, 0 for all; length: tokens at most of a text, longer ones are cut;
    texts: how many a seed draws of the training texts of at most drawn_length tokens, tests: how many dev texts are
    looked at, 0 for all; evaluate_every: epochs between looks at the dev texts, 0 at the end alone;
    eigenvalues: how many are tracked, largest in size; hessian_texts: over so many of the texts that are trained on;
    spectra_every: epochs between spectra, 0 at the end alone; products: at most so many for one spectrum.
    """

    seeds: tuple[int, ...] = (7, 42, 1234)
    model: str = "MiniLM"
    layers: int = 0
    data: str = "MRPC"
    epochs: int = 5
    texts: int = 0
    length: int = 128
    drawn_length: int = 128
    tests: int = 0
    batch: int = 16
    rate: float = 7e-5
    large_rate: float = 0.1
    dropout: float = 0.1
    eigenvalues: int = 50
    hessian_texts: int = 256
    evaluate_every: int = 1
    spectra_every: int = 1
    tolerance: float = 1e-3
    products: int = 1000

    def check(self) -> None:
        require(len(set(self.seeds)) == len(self.seeds), "seeds must differ")
        require(self.data in TASKS, f"data must be one of {', '.join(TASKS)}, not {self.data!r}")
        require(min(self.epochs, self.batch, self.eigenvalues, self.hessian_texts) >= 1,
                "epochs, batch, eigenvalues and hessian_texts must be at least 1")  # fmt: skip
        require(min(self.layers, self.texts, self.tests, self.spectra_every, self.evaluate_every) >= 0,
                "layers, texts, tests, spectra_every and evaluate_every must not be negative")  # fmt: skip
        require(8 <= self.length <= 512 and self.drawn_length >= 8, "lengths must lie between 8 and 512")
        require(min(self.rate, self.large_rate, self.tolerance) > 0, "rates and the tolerance must be positive")
        require(0 <= self.dropout < 1, "dropout must lie in [0, 1)")
        require(self.products >= 2 * self.eigenvalues, "products must be at least twice the eigenvalues")


class Tuned(Course):
    """A cell with its spectra; after the last epoch the eigenvalues stand in ``spectrum``."""

    def __init__(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> None:
        s = settings
        rate = s.large_rate if cell.arm == "sgd_large" else s.rate
        make: Made = torch.optim.Adam if cell.arm == "adam" else torch.optim.SGD
        plan = Plan(s.epochs, s.texts, s.drawn_length, s.tests, s.batch, s.dropout, s.evaluate_every)
        super().__init__(plan, cell.seed, prepared, device, make, rate)
        self.settings = settings
        self.found: dict[str, Any] = {}

    def advance(self, unit: int) -> dict[str, float]:
        every = self.settings.spectra_every
        row = super().advance(unit)
        travelled = distances(self.start, dict(self.model.named_parameters()))
        self.found = {**row, "l1": travelled["L1"], "l2": travelled["L2"], "ratio": travelled["L1"] / travelled["L2"]}
        if unit + 1 == self.total or (every and (unit + 1) % every == 0):
            self.found |= described(self.spectrum())
        values: list[float] = self.found.get("eigenvalues", [])
        row |= {name: self.found[name] for name in ("l1", "l2", "negative", "least", "residual") if name in self.found}
        return row | {f"eigenvalue_{k + 1}": value for k, value in enumerate(values)}

    def spectrum(self) -> Spectrum:
        """The eigenvalues largest in size, of the mean loss over the first of the texts that are trained on."""
        s = self.settings
        picked = self.chosen[: s.hessian_texts]
        chunks = [picked[k : k + CHUNK] for k in range(0, len(picked), CHUNK)]
        batches = [self.prepared.train.batch(chunk, self.pad, self.device) for chunk in chunks]
        self.model.eval()
        small, inputs = restricted(self.model, [x for x, _ in batches])
        pairs = [(x, y) for x, (_, y) in zip(inputs, batches, strict=True)]
        hessian = Hessian(small, nn.functional.cross_entropy, pairs)
        k = min(s.eigenvalues, hessian.size)
        return hessian.top(
            k, end="size", tolerance=s.tolerance, basis=min(hessian.size, 2 * k + 10), most=s.products, seed=self.seed
        )

    def plain(self) -> dict[str, Any]:
        return {**super().plain(), "found": self.found}

    def load(self, tensors: dict[str, torch.Tensor], plain: dict[str, Any]) -> None:
        super().load(tensors, plain)
        self.found = dict(plain["found"])

    def measured(self) -> dict[str, float | list[float]]:
        return dict(self.found)


def described(spectrum: Spectrum) -> dict[str, Any]:
    """How many of the eigenvalues are negative, the least and the largest; negative only beyond the residual.

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


class FinetuneLanguage:
    name = "ns-finetune-language"
    title = "Fine-tuning an encoder on MRPC by SGD and Adam: accuracy, distances, eigenvalues of the Hessian"
    kind = Settings

    def cells(self, settings: Settings) -> list[Cell]:
        return [Cell(arm, seed) for seed in settings.seeds for arm in ARMS]

    def prepare(self, settings: Settings, data: Path | None) -> Prepared:
        return prepare(settings.model, settings.layers, settings.data, settings.length, data)

    def begin(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> Tuned:
        return Tuned(settings, cell, prepared, device)

    def outcome(self, settings: Settings, found: dict[str, Finished]) -> Outcome:
        cells = self.cells(settings)
        measured = collected(cells, found)
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
    number = f"{settings.texts} of the training texts, drawn by each seed" if settings.texts else "all training texts"
    size = f"the first {settings.layers} layers of {settings.model}" if settings.layers else settings.model
    found = [
        f"{size} on {settings.data}: {number}, of at most {settings.drawn_length} tokens, {settings.epochs} epochs,"
        f" batches of {settings.batch}; accuracy on {settings.tests or 'all'} dev texts. The paper: BERT-base, all"
        " texts, 5 epochs, 50 eigenvalues. What is smaller is so for the time that it takes.",
        f"The rates {settings.rate:g} and {settings.large_rate:g} are those of the paper's Table 12 where not set"
        " otherwise; they fall along half a cosine; no momentum, no decay, dropout"
        f" {settings.dropout:g}, which the paper does not state for this experiment.",
        f"Hessian of the mean loss over {settings.hessian_texts} training texts, without dropout, in all parameters"
        f" (words that do not occur have zero rows); the {settings.eigenvalues} eigenvalues largest in size by Lanczos"
        " with full reorthogonalisation; one counts as negative where it lies below 0 by more than its residual.",
    ]
    residuals = [r for arm in ARMS for r in measured.get(f"residual_{arm}", []) if math.isfinite(r)]
    if residuals:
        found.append(f"Largest residual of all eigenvalues: {max(residuals):.2g}.")
    compared = (
        ("negative", "adam", "sgd_small"), ("least", "adam", "sgd_small"), ("accuracy", "adam", "sgd_large"),
        ("accuracy", "adam", "sgd_small"), ("ratio", "adam", "sgd_small"), ("ratio", "adam", "sgd_large"),
    )  # fmt: skip
    for what, one, other in compared:
        found += paired(measured, f"{what}_{one}", f"{what}_{other}")
    return found


EXPERIMENT = FinetuneLanguage()
