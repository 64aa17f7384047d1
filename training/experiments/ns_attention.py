"""Never Saddle, Appendix H (Table 3): balances of query and key matrices and flips of their signs, before and after.

The encoder of the language experiment is tuned by AdamW, and by SGD beside it; a small decoder is trained on sentences,
byte by byte, by both. Two checkpoints of one's own, a base and a tuned model, take their place where ``base`` and
``tuned`` are set. The quantities without the name of an arm are those of the tuning by AdamW, or of the pair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from numerics.experiments.running import Outcome
from numerics.experiments.settings import require
from training.attention import query_key_changes
from training.data import text
from training.experiments import language
from training.experiments.cells import Cell, Course, Diverged, Finished, collected
from training.experiments.language import Plan
from training.experiments.paired import paired
from training.experiments.states import pack, unpack
from training.models import llama
from training.models.decoder import Decoder, Sizes

ARMS = ("adamw", "sgd", "decoder_adamw", "decoder_sgd")
PAIR = "pair"
BLOCK = 25  # steps of the decoder to a unit


@dataclass(frozen=True)
class Settings:
    """model, ..., dropout: of the encoder, as in ns-finetune-language; decay: of AdamW, decoupled.

    width, ..., steps: of the decoder, which sees ``context`` bytes at a time. base, tuned: files or folders of
    safetensors; with them nothing is trained.
    """

    seeds: tuple[int, ...] = (7, 42, 1234)
    model: str = "MiniLM"
    encoder_layers: int = 0
    data: str = "MRPC"
    epochs: int = 5
    texts: int = 0
    length: int = 128
    drawn_length: int = 128
    tests: int = 0
    batch: int = 16
    rate: float = 7e-5
    sgd_rate: float = 0.1
    decay: float = 0.1
    dropout: float = 0.1
    width: int = 256
    layers: int = 6
    heads: int = 8
    key_heads: int = 4
    context: int = 256
    windows: int = 32
    steps: int = 4000
    decoder_rate: float = 1e-3
    decoder_sgd_rate: float = 0.5
    base: str = ""
    tuned: str = ""

    def check(self) -> None:
        language.checked(self)
        require(bool(self.base) == bool(self.tuned), "base and tuned are set together, or neither")
        require(not self.base or len(self.seeds) == 1, "two checkpoints are compared once: say seeds = [0]")
        require(min(self.windows, self.steps) >= 1, "windows and steps must be at least 1")
        require(self.encoder_layers >= 0 and self.decay >= 0, "encoder_layers and decay must not be negative")
        require(2 <= self.context <= 4096, "context must lie between 2 and 4096")
        require(min(self.rate, self.sgd_rate, self.decoder_rate, self.decoder_sgd_rate) > 0, "rates must be positive")
        Sizes(256, self.width, self.layers, self.heads, self.key_heads)


@dataclass(frozen=True)
class Prepared:
    """symbols: (n,) bytes of the sentences; None of both where two checkpoints are compared."""

    texts: language.Prepared | None
    symbols: Tensor | None


class Tuned(language.Course):
    """The encoder, tuned; its balances stand in every row."""

    def __init__(self, s: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> None:
        assert prepared.texts is not None
        plan = Plan(s.epochs, s.texts, s.drawn_length, s.tests, s.batch, s.dropout)
        rate = s.rate if cell.arm == "adamw" else s.sgd_rate
        super().__init__(plan, cell.seed, prepared.texts, device, _maker(s, cell.arm), rate)
        self.last: dict[str, float] = {}

    def advance(self, unit: int) -> dict[str, float]:
        self.last = super().advance(unit)
        return self.last | _changes(self.start, self.model, everything=False)

    def plain(self) -> dict[str, Any]:
        return {**super().plain(), "last": self.last}

    def load(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        super().load(tensors, plain)
        self.last = dict(plain["last"])

    def measured(self) -> dict[str, float | list[float]]:
        return {**self.last, **_changes(self.start, self.model)}


class Trained:
    """The decoder, trained from its start; a unit is some steps, each on windows drawn for (seed, step)."""

    def __init__(self, s: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> None:
        assert prepared.symbols is not None
        self.settings, self.seed, self.device = s, cell.seed, device
        self.symbols = prepared.symbols.to(device)
        self.model = Decoder(Sizes(256, s.width, s.layers, s.heads, s.key_heads), cell.seed).to(device)
        self.start = {n: p.detach().clone() for n, p in self.model.named_parameters()}
        self.rate = s.decoder_rate if cell.arm == "decoder_adamw" else s.decoder_sgd_rate
        self.optimizer = _maker(s, cell.arm)(list(self.model.parameters()))
        self.total = math.ceil(s.steps / BLOCK)
        self.loss = math.nan

    def advance(self, unit: int) -> dict[str, float]:
        total, count = 0.0, 0
        for step in range(unit * BLOCK, min((unit + 1) * BLOCK, self.settings.steps)):
            for group in self.optimizer.param_groups:
                group["lr"] = self.rate * (1 + math.cos(math.pi * step / self.settings.steps)) / 2
            windows = self._windows(step)
            logits = self.model(windows[:, :-1])
            loss = nn.functional.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
            if not math.isfinite(value := float(loss.detach())):
                raise Diverged(f"the loss is {value} at step {step + 1}")
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            total, count = total + value, count + 1
        self.loss = total / count
        return {"loss": self.loss} | _changes(self.start, self.model, everything=False)

    def _windows(self, step: int) -> Tensor:
        """(windows, context + 1) symbols."""
        s = self.settings
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        starts = torch.randint(len(self.symbols) - s.context, (s.windows, 1), generator=generator)
        return self.symbols[(starts + torch.arange(s.context + 1)).to(self.device)].long()

    def tensors(self) -> dict[str, Tensor]:
        return pack(model=self.model, optimizer=self.optimizer)[0]

    def plain(self) -> dict[str, Any]:
        return {**pack(optimizer=self.optimizer)[1], "loss": self.loss}

    def load(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        unpack(tensors, plain, model=self.model, optimizer=self.optimizer)
        self.loss = plain["loss"]

    def measured(self) -> dict[str, float | list[float]]:
        return {"loss": self.loss, **_changes(self.start, self.model)}


class Compared:
    """Two checkpoints; one unit, nothing to go on from."""

    total = 1

    def __init__(self, base: Path, tuned: Path) -> None:
        self.base, self.tuned = base, tuned
        self.found: dict[str, float | list[float]] = {}

    def advance(self, unit: int) -> dict[str, float]:
        means = query_key_changes(self.base, self.tuned).means()
        if llama.grouped(self.base) and llama.grouped(self.tuned):
            means |= llama.group_means(self.base, self.tuned)
        self.found = {**means}
        return means

    def tensors(self) -> dict[str, Tensor]:
        return {}

    def plain(self) -> dict[str, Any]:
        return {"found": self.found}

    def load(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        self.found = dict(plain["found"])

    def measured(self) -> dict[str, float | list[float]]:
        return self.found


def _maker(s: Settings, arm: str) -> language.Made:
    if arm.endswith("adamw"):
        return lambda parameters: torch.optim.AdamW(parameters, weight_decay=s.decay)
    return torch.optim.SGD


def _changes(start: dict[str, Tensor], model: nn.Module, everything: bool = True) -> dict[str, float]:
    return query_key_changes(start, dict(model.named_parameters()), everything=everything).means()


class Attention:
    name = "ns-attention"
    title = "Balances of query and key matrices and flips of their signs, before and after tuning"
    kind = Settings

    def cells(self, settings: Settings) -> list[Cell]:
        arms = (PAIR,) if settings.base else ARMS
        return [Cell(arm, seed) for seed in settings.seeds for arm in arms]

    def prepare(self, settings: Settings, data: Path | None) -> Prepared:
        if settings.base:
            return Prepared(None, None)
        texts = language.prepare(settings.model, settings.encoder_layers, settings.data, settings.length, data)
        raw = bytearray(text.sentences(data).encode())
        return Prepared(texts, torch.frombuffer(raw, dtype=torch.uint8))

    def begin(self, settings: Settings, cell: Cell, prepared: Prepared, device: torch.device) -> Course:
        if cell.arm == PAIR:
            return Compared(Path(settings.base).expanduser(), Path(settings.tuned).expanduser())
        made = Trained if cell.arm.startswith("decoder") else Tuned
        return made(settings, cell, prepared, device)

    def outcome(self, settings: Settings, found: dict[str, Finished]) -> Outcome:
        cells = self.cells(settings)
        measured = collected(cells, found)
        main = cells[0].arm
        own = {name.removesuffix(f"_{main}"): column for name, column in measured.items() if _of(name, main)}
        return Outcome(own | measured, _lines(cells, found), _notes(settings, measured))

    def draw(self, outcome: Outcome, figure: Any) -> None:
        """The balance in L1 and in L2 over training, as a share of what it was; a band from seed to seed."""
        axes = figure.subplots(1, 2, sharey=True)
        for axis, q in zip(axes, ("L1", "L2"), strict=True):
            for label, line in outcome.lines.items():
                if label.endswith(q):
                    drawn = axis.plot(line["x"], line["y"], label=label.removesuffix(f", {q}"))
                    axis.fill_between(line["x"], line["low"], line["high"], color=drawn[0].get_color(), alpha=0.2, lw=0)
            axis.axhline(1, color="grey", linewidth=0.5)
            axis.set(title=f"balance in {q}", xlabel="part of training")
        axes[0].set_ylabel("share of the start")
        axes[0].legend()


def _of(name: str, arm: str) -> bool:
    """Whether a quantity is of this arm: "flipped_q_decoder_sgd" is none of "sgd"."""
    longer = [other for other in (*ARMS, PAIR) if other != arm and other.endswith(f"_{arm}")]
    return name.endswith(f"_{arm}") and not any(name.endswith(f"_{other}") for other in longer)


def _lines(cells: list[Cell], found: dict[str, Finished]) -> dict[str, dict[str, list[float]]]:
    """For each arm the balances over training, over what they were before: mean, least and greatest of the seeds."""
    lines = {}
    for arm in dict.fromkeys(cell.arm for cell in cells):
        runs = [found[c.key].curves for c in cells if c.arm == arm and not found[c.key].failure]
        for q in ("l1", "l2"):
            shares = [[row[f"balance_{q}_after"] / row[f"balance_{q}_before"] for row in rows] for rows in runs]
            columns = [[1.0], *map(list, zip(*shares, strict=True))]
            lines[f"{arm}, {q.upper()}"] = {
                "x": [k / max(1, len(columns) - 1) for k in range(len(columns))],
                "y": [sum(column) / len(column) for column in columns],
                "low": [min(column) for column in columns], "high": [max(column) for column in columns],
            }  # fmt: skip
    return lines


def _notes(s: Settings, measured: dict[str, list[float]]) -> list[str]:
    if s.base:
        return [f"The checkpoints {Path(s.base).name} and {Path(s.tuned).name}, as they are; nothing was trained."]
    texts = f"{s.texts} texts of at most {s.drawn_length} tokens a seed" if s.texts else "all texts"
    whole = f"The first {s.encoder_layers} layers of {s.model}" if s.encoder_layers else s.model
    found = [
        "Balance: the mean over the layers of | ||Q||_q^q - ||K||_q^q |; without the name of an arm, the encoder tuned"
        " by AdamW. The paper compares published LLaMA models, of which it states no settings of the tuning.",
        f"{whole} on {s.data}: {texts}, {s.epochs} epochs, batches of {s.batch}, AdamW at {s.rate:g} with decoupled"
        f" decay {s.decay:g}, SGD at {s.sgd_rate:g} without; the rates fall along half a cosine.",
        f"Decoder: {s.layers} layers of width {s.width}, {s.heads} query heads on {s.key_heads} key heads, {s.steps}"
        f" steps on {s.windows} windows of {s.context} bytes from sentences of GLUE, from a random start: its balance"
        " before is that of the start.",
    ]
    for arm in ("adamw", "sgd"):
        shares = {f"share_{q}_{arm}": _shares(measured, q, arm) for q in ("l1", "l2")}
        found += paired(shares, f"share_l1_{arm}", f"share_l2_{arm}")
    return found + paired(measured, "flipped_q_decoder_adamw", "flipped_q_decoder_sgd")


def _shares(measured: dict[str, list[float]], q: str, arm: str) -> list[float]:
    """The balance after over that before, seed by seed."""
    after, before = (measured.get(f"balance_{q}_{when}_{arm}", []) for when in ("after", "before"))
    return [a / b for a, b in zip(after, before, strict=True)]


EXPERIMENT = Attention()
