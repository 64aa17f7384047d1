"""Figures 4 and 6 of Never Saddle: maximum-norm margins of deep and shallow networks on separable data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.experiments import classification as cls
from numerics.experiments.checkpoints import State
from numerics.experiments.running import ExperimentError, Outcome
from numerics.experiments.settings import require
from numerics.sweep import NoGpu, NoKernel
from numerics.sweep.sweep import DEVICES, kernel


@dataclass(frozen=True)
class Settings:
    """Defaults: the setting of the figures; seeds, depth 3, Adam's constants and ``smallest`` are ours."""

    samples: int = 80
    features: int = 100
    support: int = 2
    depths: tuple[int, ...] = (2, 3, 10)
    scale: float = 0.1
    rate: float = 0.01
    steps: int = 10_000
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    smallest: float = 1.4e-45
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    record_every: int = 100

    def check(self) -> None:
        require(min(self.samples, self.features) >= 1, "samples and features must be at least 1")
        require(1 <= self.support <= self.features, "support must lie between 1 and features")
        require(all(depth >= 1 for depth in self.depths), "depths must be at least 1")
        require(len(set(self.depths)) == len(self.depths), "depths must differ")
        require(self.rate > 0, "rate must be positive")
        require(self.steps >= 1 and self.record_every >= 1, "steps and record_every must be at least 1")
        require(self.steps % self.record_every == 0, "steps must be a multiple of record_every")
        require(0 <= self.beta1 < 1 and 0 <= self.beta2 < 1, "beta1 and beta2 must lie in [0, 1)")
        require(self.smallest >= 0, "smallest must not be negative")
        require(self.epsilon > 0, "epsilon must be positive")
        require(all(s >= 0 for s in self.seeds) and len(set(self.seeds)) == len(self.seeds), "seeds must differ, >= 0")


def engine() -> str:
    """``compiled`` where numba is installed, else ``numpy``."""
    try:
        kernel()
    except NoKernel:
        return "numpy"
    return "compiled"


class Figure4:
    """Units of work: ``record_every`` steps of all depths each. A run stays on the engine that it begins with."""

    name = "ns-figure-4"
    title = "Maximum-norm margins on separable data: sign descent, gradient descent and Adam at several depths"
    kind = Settings
    devices = DEVICES
    together = 1

    def total(self, s: Settings) -> int:
        return s.steps // s.record_every

    def part(self, s: Settings) -> int:
        work = s.record_every * len(s.seeds) * s.features * len(s.depths) * (s.samples + 60 * max(s.depths))
        return max(1, int((6e9 if engine() == "compiled" else 3e8) / work))

    def start(self, s: Settings) -> State:
        truth = np.zeros(s.features)
        truth[: s.support] = 1.0
        state = {"signed": cls.Data.gaussian(s.seeds, s.features, s.samples, truth).signed}
        state["compiled"] = np.array(engine() == "compiled")
        records = s.steps // s.record_every + 1
        for depth in s.depths:
            weights = np.full((depth, len(cls.OPTIMIZERS), len(s.seeds), s.features), s.scale)
            weights[0] = 0.0
            state[f"weights_{depth}"] = weights
            state[f"first_{depth}"] = np.zeros_like(weights[:, cls.ADAM])
            state[f"second_{depth}"] = np.zeros_like(weights[:, cls.ADAM])
            losses = np.full((records, len(s.seeds), len(cls.OPTIMIZERS)), np.nan)
            losses[0] = 0.0
            state[f"losses_{depth}"] = losses
        return state

    def advance(self, s: Settings, state: State, done: int, units: int, device: str = "cpu") -> None:
        data, constants = cls.Data(state["signed"]), (s.beta1, s.beta2, s.epsilon)
        weights = [state[f"weights_{depth}"] for depth in s.depths]
        adams = [cls.Adam(state[f"first_{d}"], state[f"second_{d}"], *constants) for d in s.depths]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore"):
            for block in range(done, done + units):
                where = (data, s.rate, s.smallest, block * s.record_every, s.record_every)
                if device == "cpu" and not state["compiled"]:
                    for w, adam in zip(weights, adams, strict=True):
                        cls.descend(w, adam, *where)
                else:
                    try:
                        cls.together(weights, adams, *where, device)
                    except (NoKernel, NoGpu) as error:
                        raise ExperimentError(str(error)) from None
                for depth, w in zip(s.depths, weights, strict=True):
                    state[f"losses_{depth}"][block + 1] = cls.log_loss(cls.margins(np.prod(w, axis=0), data))

    def outcome(self, s: Settings, state: State) -> Outcome:
        found, data = Outcome({}, {}), cls.Data(state["signed"])
        for depth in s.depths:
            x = np.prod(state[f"weights_{depth}"], axis=0)  # (O, S, n)
            size = np.abs(x)
            top = size.max(axis=-1)
            shape = x / np.where(top > 0, top, 1.0)[..., None]
            margin = cls.margins(shape, data).min(axis=1).T  # (O, S)
            last = state[f"losses_{depth}"][-1].T
            for o, name in enumerate(cls.OPTIMIZERS):
                label = f"{name}_{depth}"
                if not np.all(np.isfinite(x[o])):
                    found.notes.append(f"{label}: diverged")
                found.measured[f"outside_{label}"] = np.abs(shape[o, :, s.support :]).sum(axis=-1).tolist()
                found.measured[f"margin_{label}"] = margin[o].tolist()
                found.measured[f"loss_{label}"] = np.exp(last[o]).tolist()
                found.measured[f"log10_loss_{label}"] = (last[o] / np.log(10)).tolist()
                found.lines[f"{name}, L = {depth}, seed {s.seeds[0]}"] = {
                    "x": np.arange(1.0, s.features + 1).tolist(), "y": shape[o, 0].tolist(),
                }  # fmt: skip
        found.notes.append(f"engine: {'compiled' if state['compiled'] else 'numpy'}")
        found.notes.append("the loss is the mean of exp(-y <z, x>); outside_*: sum of |x_i|/|x|_inf off the support")
        found.notes.append(
            f"sign: entries of the gradient below {s.smallest:g} count as zero, as in single precision; sign_exact:"
            " signs of the gradient over the loss, which never underflows"
        )
        return found

    def draw(self, outcome: Outcome, figure: Any) -> None:
        rows = len(cls.OPTIMIZERS)
        axes = figure.subplots(rows, len(outcome.lines) // rows, sharex=True, sharey=True, squeeze=False)
        for at, (name, line) in zip(axes.T.flatten(), outcome.lines.items(), strict=True):
            at.vlines(line["x"], 0, line["y"], lw=0.8)
            at.set_title(name.rsplit(",", 1)[0], fontsize=8)


EXPERIMENT = Figure4()
