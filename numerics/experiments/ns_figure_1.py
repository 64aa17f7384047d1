"""Figure 1 of Never Saddle: from close to a saddle, sign descent converges faster than gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.experiments import regression
from numerics.experiments.checkpoints import State
from numerics.experiments.running import Outcome
from numerics.experiments.settings import require

LABELS = {1.0: "sign", 1.5: "q15", 2.0: "gd"}
MOST_LINE = 240  # points of a line in the results


@dataclass(frozen=True)
class Settings:
    """Defaults: the setting of the figure; seeds, the normalisation of the loss and the threshold are ours."""

    samples: int = 300
    features: int = 100
    support: int = 5
    depth: int = 3
    scale: float = 0.1
    rate: float = 1e-4
    steps: int = 1_000_000
    indices: tuple[float, ...] = (1.0, 1.5, 2.0)
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    record_every: int = 100
    threshold: float = 0.01

    def check(self) -> None:
        require(min(self.samples, self.features) >= 1, "samples and features must be at least 1")
        require(0 <= self.support <= self.features, "support must lie between 0 and features")
        require(self.depth >= 1, "depth must be at least 1")
        require(self.rate > 0, "rate must be positive")
        require(self.steps >= 1 and self.record_every >= 1, "steps and record_every must be at least 1")
        require(self.steps % self.record_every == 0, "steps must be a multiple of record_every")
        require(all(1 <= q <= 2 for q in self.indices), "indices must lie in [1, 2]")
        require(len(set(self.indices)) == len(self.indices), "indices must differ")
        require(all(s >= 0 for s in self.seeds) and len(set(self.seeds)) == len(self.seeds), "seeds must differ, >= 0")
        require(0 < self.threshold < 1, "threshold must lie in (0, 1)")


class Figure1:
    """Units of work: ``record_every`` steps each."""

    name = "ns-figure-1"
    title = "Deep diagonal regression from close to a saddle: sign descent against gradient descent"
    kind = Settings
    together = 1

    def total(self, s: Settings) -> int:
        return s.steps // s.record_every

    def part(self, s: Settings) -> int:
        work = s.record_every * len(s.seeds) * len(s.indices) * s.features * (s.features + 20 * s.depth)
        return max(1, int(2e9 / work))

    def start(self, s: Settings) -> State:
        problem = regression.Problem.gaussian(s.seeds, s.features, s.samples, s.support)
        weights = regression.start(s.depth, len(s.seeds), s.features, len(s.indices), s.scale)
        losses = np.full((self.total(s) + 1, len(s.indices), len(s.seeds)), np.nan)
        losses[0] = regression.log_loss(weights, problem)
        return {"weights": weights, "gram": problem.gram, "truth": problem.truth, "losses": losses}

    def advance(self, s: Settings, state: State, done: int, units: int) -> None:
        problem = regression.Problem(state["gram"], state["truth"])
        with np.errstate(over="ignore", invalid="ignore"):  # a lane that diverges stays so and is told
            for k in range(done, done + units):
                regression.descend(state["weights"], problem, s.indices, s.rate, s.record_every)
                state["losses"][k + 1] = regression.log_loss(state["weights"], problem)

    def outcome(self, s: Settings, state: State) -> Outcome:
        losses, found = state["losses"], Outcome({}, {})
        goal = losses[0] + np.log(s.threshold)
        shown = np.unique(np.geomspace(1, len(losses), MOST_LINE).astype(int) - 1)
        for j, q in enumerate(s.indices):
            label = LABELS.get(q, f"q{q:g}".replace(".", "_"))
            own = losses[:, j]
            if not np.all(np.isfinite(own[-1]) | (own[-1] == -np.inf)):
                found.notes.append(f"q = {q:g}: diverged for {int(np.sum(np.isnan(own[-1])))} seeds")
            below = own <= goal[j]
            first = np.where(below.any(axis=0), below.argmax(axis=0), len(losses) - 1)
            never = int(np.sum(~below.any(axis=0)))
            if never:
                found.notes.append(f"time_{label}: not reached for {never} seeds, for which the whole time stands")
            found.measured[f"time_{label}"] = (first * s.record_every * s.rate).tolist()
            found.measured[f"log10_loss_{label}"] = (own[-1] / np.log(10)).tolist()
            distance = np.abs(np.prod(state["weights"], axis=0)[j] - state["truth"]).max(axis=-1)
            found.measured[f"distance_{label}"] = distance.tolist()
            for i, seed in enumerate(s.seeds):
                found.lines[f"q = {q:g}, seed {seed}"] = {
                    "x": (shown * s.record_every * s.rate).tolist(),
                    "y": (own[shown, i] / np.log(10)).tolist(),
                }
        found.notes.append("the loss is |Z^T (x - x*)|^2/(2 k), without label noise")
        return found

    def draw(self, outcome: Outcome, figure: Any) -> None:
        axes = figure.subplots()
        colours: dict[str, str] = {}
        for label, line in outcome.lines.items():
            q = label.split(",")[0]
            first = q not in colours
            colour = colours.setdefault(q, f"C{len(colours)}")
            axes.plot(line["x"], line["y"], color=colour, lw=0.9, alpha=0.8, label=q if first else None)
        axes.set(xscale="symlog", xlabel="time (steps times rate)", ylabel="log10 of the loss")
        axes.legend()


EXPERIMENT = Figure1()
