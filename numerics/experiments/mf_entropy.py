"""The direction under the entropy farther out: KKT residuals of linear networks of two layers at rising distances.

Coordinates vanish against the largest like a power of log(1/loss), and a sample becomes active late: at
log(1/loss) = 1000 some of the networks of ``mf-networks`` are not near the limit yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.experiments.checkpoints import State
from numerics.experiments.mf_networks import separated
from numerics.experiments.running import Outcome
from numerics.experiments.settings import require


@dataclass(frozen=True)
class Settings:
    """widths from the output to the input; levels: of log(1/loss), at which the direction is looked at."""

    network: str = "1-3-2 linear"
    seeds: tuple[int, ...] = (11, 12, 13, 14, 15)
    samples: int = 4
    start: float = 0.3
    smoothing: str = "1/100"
    levels: tuple[float, ...] = (100.0, 1000.0, 10_000.0, 30_000.0)
    tolerance: float = 1e-10
    steps: int = 60_000

    def check(self) -> None:
        from numerics.networks import Network, potential

        require(min(self.levels) > 5 and list(self.levels) == sorted(set(self.levels)), "levels must rise from above 5")
        require(1e-12 <= self.tolerance < 1e-6, "tolerance must lie in [1e-12, 1e-6)")
        require(self.samples >= 1 and self.start > 0 and self.steps >= 100, "samples, start and steps must be positive")
        potential("entropy", self.smoothing)
        require("relu" not in self.network, "a network without kinks is needed")
        Network.read(self.network)


class EntropyFarOut:
    """Units of work: one path each."""

    name = "mf-entropy"
    title = "Directions under the entropy far out: distance from a KKT point"
    kind = Settings

    def total(self, s: Settings) -> int:
        return len(s.seeds)

    def part(self, s: Settings) -> int:
        return 1

    def start(self, s: Settings) -> State:
        return {"residuals": np.full((len(s.seeds), len(s.levels)), np.nan), "draws": np.zeros(len(s.seeds))}

    def advance(self, s: Settings, state: State, done: int, units: int) -> None:
        for unit in range(done, done + units):
            self._path(s, state, unit)

    def _path(self, s: Settings, state: State, unit: int) -> None:
        from numerics.flows import NoProgress
        from numerics.networks import LOSSES, MirrorFlow, Network, follow_flow, potential
        from numerics.networks.kkt import kkt_residual

        network = Network.read(s.network)
        random = np.random.default_rng([s.seeds[unit], len(s.levels)])
        while state["draws"][unit] < 30:
            state["draws"][unit] += 1
            inputs, theta, labels = separated(random, network, s.samples, s.start)
            layers = (potential("entropy", s.smoothing),) * network.depth
            flow = MirrorFlow(network, layers, inputs, labels, LOSSES["exponential"])
            try:
                for k, level in enumerate(s.levels):
                    course = follow_flow(flow, theta, level, rtol=s.tolerance, steps=s.steps)
                    theta = course.end
                    state["residuals"][unit, k] = kkt_residual(flow, course.steps[-1][2])
                return
            except NoProgress:
                state["residuals"][unit] = np.nan

    def outcome(self, s: Settings, state: State) -> Outcome:
        found = Outcome({}, {})
        for k, level in enumerate(s.levels):
            found.measured[f"kkt_{level:.0f}"] = [float(v) for v in state["residuals"][:, k]]
        for seed, row in zip(s.seeds, state["residuals"], strict=True):
            found.lines[f"seed {seed}"] = {"x": [float(v) for v in s.levels], "y": row.tolist()}
        found.notes.append(f"draws: {int(np.sum(state['draws']))} for {len(s.seeds)} paths")
        return found

    def draw(self, outcome: Outcome, figure: Any) -> None:
        ax = figure.subplots()
        for label, line in outcome.lines.items():
            ax.plot(line["x"], line["y"], "o-", lw=1, ms=3, label=label)
        ax.set(xscale="log", yscale="log", xlabel="log(1/loss)", ylabel="KKT residual")
        ax.legend()


EXPERIMENT = EntropyFarOut()
