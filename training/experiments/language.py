"""Fine-tuning an encoder on a task of GLUE: the data encoded once, and a course that trains one cell.

Batches hold texts of similar length: every eight batches' worth of a random order is sorted by length, then the batches
are put in a random order, all of it a function of (seed, epoch). The rate falls along half a cosine to 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from numerics.experiments.settings import SettingsError, require
from training.data import text
from training.data.wordpiece import Encoded
from training.experiments.cells import Diverged
from training.experiments.states import pack, unpack
from training.models import pretrained
from training.models.bert import Classifier, draw_from, packed
from training.models.pretrained import Pretrained

TASKS = {"MRPC": "mrpc", "RTE": "rte", "SST-2": "sst2"}
MODELS = {"MiniLM": "minilm", "BERT-base": "bert-base-uncased"}
BUCKETS = 8  # batches whose texts are sorted together
Made = Callable[[Sequence[nn.Parameter]], Optimizer]


@dataclass(frozen=True)
class Texts:
    """n encoded texts and their labels: (n,) integers."""

    rows: tuple[Encoded, ...]
    labels: Tensor

    def batch(self, chosen: Sequence[int], pad: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """(inputs, labels) of the texts of these numbers."""
        return packed([self.rows[i] for i in chosen], pad).to(device), self.labels[list(chosen)].to(device)


@dataclass(frozen=True)
class Prepared:
    pretrained: Pretrained
    train: Texts
    dev: Texts
    classes: int


@dataclass(frozen=True)
class Plan:
    """How a cell is trained.

    texts: how many each seed draws of the training texts that have at most ``drawn_length`` tokens; tests: how many of
    the dev texts are looked at, the first ones; 0 for all.
    """

    epochs: int
    texts: int
    drawn_length: int
    tests: int
    batch: int
    dropout: float
    evaluate_every: int = 0  # epochs; 0: after the last alone


def checked(settings: Any) -> None:
    """Raises SettingsError for a task or sizes of texts that cannot be, in the settings that the experiments share."""
    s = settings
    require(s.data in TASKS, f"data must be one of {', '.join(TASKS)}, not {s.data!r}")
    require(len(set(s.seeds)) == len(s.seeds), "seeds must differ")
    require(min(s.epochs, s.batch) >= 1, "epochs and batch must be at least 1")
    require(min(s.texts, s.tests) >= 0, "texts and tests must not be negative")
    require(8 <= s.length <= 512 and s.drawn_length >= 8, "lengths must lie between 8 and 512")
    require(0 <= s.dropout < 1, "dropout must lie in [0, 1)")


def prepare(model: str, layers: int, task: str, length: int, data: Path | None) -> Prepared:
    """The encoder, or its first ``layers``, 0 for all; the texts, at most ``length`` tokens each. Raises Missing."""
    known = pretrained.load(MODELS.get(model, model), data)
    if layers:
        try:
            known = known.first(layers)
        except ValueError as error:
            raise SettingsError(str(error)) from None
    most = min(length, known.shape.positions)

    def encoded(split: str) -> Texts:
        examples = text.read(TASKS[task], split, data)
        seconds = examples.second or (None,) * len(examples)
        rows = (known.words.encode(a, b, most=most) for a, b in zip(examples.first, seconds, strict=True))
        return Texts(tuple(rows), torch.tensor(examples.labels))

    return Prepared(known, encoded("train"), encoded("dev"), len(text.TASKS[TASKS[task]].classes))


class Course:
    """A cell that fine-tunes a classifier; a unit is an epoch. rate: of the optimizer at the start."""

    def __init__(
        self, plan: Plan, seed: int, prepared: Prepared, device: torch.device, make: Made, rate: float
    ) -> None:
        self.plan, self.seed, self.prepared, self.device, self.rate = plan, seed, prepared, device, rate
        encoder = prepared.pretrained.encoder(plan.dropout)
        self.model = Classifier(encoder, prepared.classes, plan.dropout, seed).to(device)
        self.start = {n: p.detach().clone() for n, p in self.model.named_parameters()}
        self.optimizer = make(list(self.model.parameters()))
        fitting = [i for i, row in enumerate(prepared.train.rows) if len(row.ids) <= plan.drawn_length]
        if not fitting:
            raise SettingsError(f"no training text has at most {plan.drawn_length} tokens")
        order = torch.randperm(len(fitting), generator=torch.Generator().manual_seed(seed)).tolist()
        self.chosen = [fitting[i] for i in order[: plan.texts or None]]
        self.steps = math.ceil(len(self.chosen) / plan.batch)
        self.total = plan.epochs
        self.generator = torch.Generator(device=device)
        draw_from(self.model, self.generator)

    def advance(self, unit: int) -> dict[str, float]:
        row = {"loss": self.epoch(unit)}
        every = self.plan.evaluate_every
        if unit + 1 == self.total or (every and (unit + 1) % every == 0):
            row["accuracy"] = self.accuracy()
        return row

    def epoch(self, epoch: int) -> float:
        """The mean loss over the epoch. Raises Diverged."""
        self.model.train()
        self.generator.manual_seed(self.seed * 1_000_003 + epoch + 1)
        total = 0.0
        for k, chosen in enumerate(self._batches(epoch)):
            part = (epoch * self.steps + k) / (self.plan.epochs * self.steps)
            for group in self.optimizer.param_groups:
                group["lr"] = self.rate * (1 + math.cos(math.pi * part)) / 2
            inputs, labels = self.prepared.train.batch(chosen, self.pad, self.device)
            self.optimizer.zero_grad(set_to_none=True)
            loss = nn.functional.cross_entropy(self.model(inputs), labels)
            if not math.isfinite(value := float(loss.detach())):
                raise Diverged(f"the loss is {value} at step {k + 1} of epoch {epoch + 1}")
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
            total += value * len(chosen)
        return total / len(self.chosen)

    def accuracy(self) -> float:
        """Of the dev texts, in per cent, without dropout."""
        self.model.eval()
        dev = self.prepared.dev
        count = min(self.plan.tests or len(dev.rows), len(dev.rows))
        order = sorted(range(count), key=lambda i: len(dev.rows[i].ids))
        right = 0
        with torch.no_grad():
            for k in range(0, len(order), 64):
                inputs, labels = dev.batch(order[k : k + 64], self.pad, self.device)
                right += int((self.model(inputs).argmax(1) == labels).sum())
        return 100 * right / len(order)

    @property
    def pad(self) -> int:
        return self.prepared.pretrained.words.pad

    def tensors(self) -> dict[str, Tensor]:
        return pack(model=self.model, optimizer=self.optimizer)[0]

    def plain(self) -> dict[str, Any]:
        return pack(optimizer=self.optimizer)[1]

    def load(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        unpack(tensors, plain, model=self.model, optimizer=self.optimizer)

    def _batches(self, epoch: int) -> Iterator[list[int]]:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
        rows, size = self.prepared.train.rows, self.plan.batch
        order = [self.chosen[i] for i in torch.randperm(len(self.chosen), generator=generator).tolist()]
        sorted_: list[int] = []
        for k in range(0, len(order), BUCKETS * size):
            sorted_ += sorted(order[k : k + BUCKETS * size], key=lambda i: len(rows[i].ids))
        batches = [sorted_[k : k + size] for k in range(0, len(sorted_), size)]
        return (batches[i] for i in torch.randperm(len(batches), generator=generator).tolist())


