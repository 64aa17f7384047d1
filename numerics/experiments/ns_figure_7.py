"""Figures 7 to 10 of Never Saddle: recovery of a sparse truth by depth, index, amount of data and batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from numerics.experiments.checkpoints import State
from numerics.experiments.ns_figure_1 import LABELS
from numerics.experiments.running import ExperimentError, Outcome
from numerics.experiments.settings import require
from numerics.sweep import Data, NoGpu, NoKernel, Setting, Sweep
from numerics.sweep.sweep import DEVICES, LANES

POINTS = 48  # of a line in the results


@dataclass(frozen=True)
class Settings:
    """Defaults: the setting of the figures; seeds, the drawing of batches and the scale of the loss are ours."""

    samples: tuple[int, ...] = (80, 40)
    batches: tuple[int, ...] = (0, 5)
    features: int = 100
    support: int = 5
    depths: tuple[int, ...] = (1, 2, 3, 10)
    indices: tuple[float, ...] = (1.0, 1.5, 2.0)
    scale: float = 0.1
    rate: float = 1e-4
    steps: int = 1_000_000
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8)
    record_every: int = 2_000

    def check(self) -> None:
        for name in ("samples", "batches", "depths", "indices", "seeds"):
            values = getattr(self, name)
            require(len(set(values)) == len(values), f"{name} must differ")
        require(min(self.samples) >= 1 and self.features >= 1, "samples and features must be at least 1")
        require(all(0 <= b <= min(self.samples) for b in self.batches), "batches must lie between 0 (all) and samples")
        require(0 <= self.support <= self.features, "support must lie between 0 and features")
        require(min(self.depths) >= 1, "depths must be at least 1")
        require(all(1 <= q <= 2 for q in self.indices), "indices must lie in [1, 2]")
        require(self.rate > 0, "rate must be positive")
        require(self.steps >= 1 and self.record_every >= 1, "steps and record_every must be at least 1")
        require(self.steps % self.record_every == 0, "steps must be a multiple of record_every")
        require(min(self.seeds) >= 0, "seeds must not be negative")

    @property
    def cells(self) -> list[Setting]:
        return [
            Setting(q, depth, self.rate, batch=batch)
            for batch in self.batches for depth in self.depths for q in self.indices
        ]  # fmt: skip


def label(setting: Setting) -> str:
    """sign_10, or gd_2_batch_5."""
    q = LABELS.get(setting.q, f"q{setting.q:g}".replace(".", "_"))
    return f"{q}_{setting.depth}" + (f"_batch_{setting.batch}" if setting.batch else "")


@lru_cache(maxsize=2)
def sweeps(s: Settings) -> dict[int, Sweep]:
    return {k: Sweep(Data.gaussian(s.seeds, s.features, k, s.support), s.cells) for k in s.samples}


class Figure7:
    """Units of work: ``record_every`` steps of all cells each."""

    name = "ns-figure-7"
    title = "Recovery of a sparse truth from few samples: by depth, index and batch"
    kind = Settings
    devices = DEVICES
    together = LANES

    def total(self, s: Settings) -> int:
        return s.steps // s.record_every

    def part(self, s: Settings) -> int:
        work = s.record_every * len(s.seeds) * len(s.samples) * len(s.cells) * s.features * (s.features + 50)
        return max(1, int(1e10 / work))

    def start(self, s: Settings) -> State:
        state: State = {}
        for k, sweep in sweeps(s).items():
            state[f"weights_{k}"] = sweep.start(s.scale)
            state[f"distances_{k}"] = np.full((self.total(s) + 1, len(s.cells), len(s.seeds)), np.nan)
            state[f"distances_{k}"][0] = distance(sweep, state[f"weights_{k}"])
        return state

    def advance(self, s: Settings, state: State, done: int, units: int, device: str = "cpu") -> None:
        for unit in range(done, done + units):
            for k, sweep in sweeps(s).items():
                weights = state[f"weights_{k}"]
                try:
                    sweep.advance(weights, unit * s.record_every, s.record_every, device=device)
                except (NoKernel, NoGpu) as error:
                    raise ExperimentError(str(error)) from None
                state[f"distances_{k}"][unit + 1] = distance(sweep, weights)

    def outcome(self, s: Settings, state: State) -> Outcome:
        found = Outcome({}, {})
        shown = np.unique(np.geomspace(1, self.total(s) + 1, POINTS).astype(int) - 1)
        found.measured["distance_start"] = state[f"distances_{s.samples[0]}"][0, 0].tolist()
        for k, sweep in sweeps(s).items():
            products = sweep.products(state[f"weights_{k}"])
            for m, cell in enumerate(s.cells):
                name, _, batch = label(cell).partition("_batch_")
                name += f"_k{k}" * (k != s.samples[0]) + f"_batch_{batch}" * bool(batch)
                line = state[f"distances_{k}"][:, m]
                if not np.all(np.isfinite(products[m])):
                    found.notes.append(f"{name}: diverged for {int(np.sum(~np.isfinite(line[-1])))} seeds")
                r = products[m] - sweep.data.truth
                image = np.einsum("ski,si->sk", sweep.data.samples, r)
                found.measured[f"distance_{name}"] = line[-1].tolist()
                found.measured[f"distance_l2_{name}"] = np.sqrt(np.sum(r**2, axis=-1)).tolist()
                found.measured[f"loss_{name}"] = (np.mean(image**2, axis=-1) / 2).tolist()
                found.lines[f"k = {k}, batch {cell.batch or 'full'}, L = {cell.depth}, q = {cell.q:g}"] = {
                    "x": (shown * s.record_every * s.rate).tolist(), "y": np.median(line[shown], axis=1).tolist(),
                    "low": np.min(line[shown], axis=1).tolist(), "high": np.max(line[shown], axis=1).tolist(),
                }  # fmt: skip
        found.notes += [
            "distance_*: |x - x*|_1 at the end, distance_l2_*: in the Euclidean norm; lines: medians over the seeds,"
            " between the least and the greatest",
            "the loss is the mean over samples of <z, x - x*>^2/2, without label noise; at q = 1 its scale is nothing",
            "batches: so many different samples, drawn anew for each step, the same for all settings of a seed",
        ]
        return found

    def draw(self, outcome: Outcome, figure: Any) -> None:
        keys = {name: name.split(", ") for name in outcome.lines}
        rows = list(dict.fromkeys(tuple(parts[:2]) for parts in keys.values()))
        columns = list(dict.fromkeys(parts[2] for parts in keys.values()))
        figure.set_size_inches(2.2 * len(columns), 1.7 * len(rows))
        grid = figure.subplots(len(rows), len(columns), sharex=True, sharey=True, squeeze=False)
        colours: dict[str, str] = {}
        for name, line in outcome.lines.items():
            k, batch, depth, q = keys[name]
            at = grid[rows.index((k, batch)), columns.index(depth)]
            colour = colours.setdefault(q, f"C{len(colours)}")
            at.fill_between(line["x"], line["low"], line["high"], color=colour, alpha=0.2, lw=0)
            at.plot(line["x"], line["y"], color=colour, lw=1.0, label=q)
            at.set_title(f"{k}, {batch}, {depth}", fontsize=7)
        grid[0, 0].set(xscale="symlog", yscale="log")
        for at in grid[-1]:
            at.set_xlabel("time", fontsize=7)
        grid[0, 0].legend(fontsize=6)
        figure.supylabel("|x - x*|_1", fontsize=8)


def distance(sweep: Sweep, weights: np.ndarray) -> np.ndarray:
    """|x - x*|_1: (settings, seeds)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.abs(sweep.products(weights) - sweep.data.truth).sum(axis=-1)


EXPERIMENT = Figure7()
