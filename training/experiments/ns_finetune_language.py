"""Never Saddle, Appendix K.2 (Table 12, Figures 33 to 36): leaving the saddle in fine-tuning, on sentences.

A pretrained encoder with a new classifier is tuned by SGD at the small rate that is best for Adam, by SGD at a rate
that is best for it, and by Adam. Measured at the end: the accuracy on the dev texts, the distances travelled by all
parameters, and the eigenvalues of the Hessian that are largest in size, over a fixed part of the training texts and
without dropout.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from numerics.experiments.running import Outcome
from numerics.experiments.settings import require
from training.experiments import language, leaving
from training.experiments.cells import Cell, Finished, collected
from training.experiments.language import Course, Plan, Prepared, prepare
from training.experiments.leaving import ARMS, Followed, described
from training.models.bert import restricted
from training.spectra import Hessian

__all__ = ["ARMS", "EXPERIMENT", "FinetuneLanguage", "Settings", "Tuned", "described"]

CHUNK = 16  # texts to a product with the Hessian
COMPARED = (
    ("negative_adam", "negative_sgd_small"), ("least_adam", "least_sgd_small"), ("accuracy_adam", "accuracy_sgd_large"),
    ("accuracy_adam", "accuracy_sgd_small"), ("ratio_adam", "ratio_sgd_small"), ("ratio_adam", "ratio_sgd_large"),
)  # fmt: skip


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
        language.checked(self)
        leaving.checked(self)
        require(self.hessian_texts >= 1, "hessian_texts must be at least 1")
        require(min(self.layers, self.evaluate_every) >= 0, "layers and evaluate_every must not be negative")


class Tuned(Followed, Course):
    """A cell with its distances and spectra."""

    spare = 10

    def __init__(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> None:
        s, rate = settings, leaving.rate(settings, cell.arm)
        plan = Plan(s.epochs, s.texts, s.drawn_length, s.tests, s.batch, s.dropout, s.evaluate_every)
        super().__init__(plan, cell.seed, prepared, device, partial(leaving.optimizer, cell.arm, rate=rate), rate)
        self.settings = settings

    def hessian(self) -> Hessian:
        """Over the first of the texts that are trained on, without dropout, in the rows of the words that occur."""
        picked = self.chosen[: self.settings.hessian_texts]
        chunks = [picked[k : k + CHUNK] for k in range(0, len(picked), CHUNK)]
        batches = [self.prepared.train.batch(chunk, self.pad, self.device) for chunk in chunks]
        self.model.eval()
        small, inputs = restricted(self.model, [x for x, _ in batches])
        pairs = [(x, y) for x, (_, y) in zip(inputs, batches, strict=True)]
        return Hessian(small, nn.functional.cross_entropy, pairs)


class FinetuneLanguage:
    name = "ns-finetune-language"
    title = "Fine-tuning an encoder on MRPC by SGD and Adam: accuracy, distances, eigenvalues of the Hessian"
    kind = Settings

    def cells(self, settings: Settings) -> list[Cell]:
        return leaving.cells(settings)

    def prepare(self, settings: Settings, data: Path | None) -> Prepared:
        return prepare(settings.model, settings.layers, settings.data, settings.length, data)

    def begin(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> Tuned:
        return Tuned(settings, cell, prepared, device)

    def outcome(self, settings: Settings, found: dict[str, Finished]) -> Outcome:
        measured = collected(self.cells(settings), found)
        return Outcome(measured, leaving.lines(settings, found), notes(settings, measured))

    def draw(self, outcome: Outcome, figure: Any) -> None:
        leaving.draw(outcome.lines, figure)


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
    return found + leaving.compared(measured, COMPARED)


EXPERIMENT = FinetuneLanguage()
