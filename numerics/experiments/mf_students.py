"""The students of Section 5 and Appendix J of the paper on mirror flows: settings, runs and readings they share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from numerics.experiments.checkpoints import State
from numerics.experiments.running import ExperimentError, Outcome
from numerics.experiments.settings import require
from numerics.students import DIVERGED, REACHED, Data, Lane, Potential, Students, measures, networks
from numerics.sweep import NoKernel

TRACED = ("steps", "log_loss", "l1", "l2", "l3", "neurons")
POINTS = 40  # of a curve in the results
CHOICES = [
    "the mean-field start: all weights N(0, 1/n), so that each of n neurons adds about 1/n to f; with a factor 1/n in"
    " front of f instead, margins of two layers would be those here over n",
    "a step of mirror descent adds -rate grad L to the dual variable; the loss is the mean of exp(-y f), whose mean can"
    " fall below 0.1 with points still misclassified, as the text foresees",
    "margins are min y f/|theta|_k^L with all parameters in one vector; teacher and points are drawn once, only the"
    " student's start changes with the seed, as the paper's spreads of 1e-4 of the value suggest",
]


@dataclass(frozen=True)
class StudentSettings:
    """One student for each label: the i-th entries of labels, depths, maps, lambdas, rates and epochs belong together.

    below: the loss from which on the rate is rescaled, 0 for none. digits: it ends at a loss of 10^-digits, 0 for none.
    """

    labels: tuple[str, ...] = ("gd",)
    depths: tuple[int, ...] = (2,)
    maps: tuple[str, ...] = ("square",)
    power: float = 3.0
    lambdas: tuple[float, ...] = (0.0,)
    rates: tuple[float, ...] = (0.1,)
    epochs: tuple[int, ...] = (10_000,)
    below: float = 0.0
    digits: float = 0.0
    points: int = 200
    teacher: int = 3
    neurons: int = 100
    data_seed: int = 42
    seeds: tuple[int, ...] = (42, 43, 44, 45, 46, 47)
    start: str = "balanced"
    step: str = "dual"
    loss: str = "exponential"
    record_every: int = 500

    def check(self) -> None:
        names = ("depths", "maps", "lambdas", "rates", "epochs")
        same = all(len(getattr(self, n)) == len(self.labels) for n in names)
        require(same, f"labels, {', '.join(names)} differ in length")
        require(len(set(self.labels)) == len(self.labels), "labels must differ")
        require(min(self.points, self.teacher, self.neurons) >= 1, "points, teacher and neurons must be at least 1")
        require(all(s >= 0 for s in self.seeds) and len(set(self.seeds)) == len(self.seeds), "seeds must differ, >= 0")
        require(self.data_seed >= 0, "data_seed must not be negative")
        require(self.digits >= 0, "digits must not be negative")
        require(self.record_every >= 1, "record_every must be at least 1")
        whole = all(e >= 1 and e % self.record_every == 0 for e in self.epochs)
        require(whole, "epochs must be positive multiples of record_every")
        require(self.start in networks.STARTS, f"start must be one of {', '.join(networks.STARTS)}")
        for lane in self.lanes:
            lane.check()

    @property
    def lanes(self) -> list[Lane]:
        target = -self.digits * np.log(10) if self.digits > 0 else -np.inf
        return [
            Lane(depth, Potential(kind, lam, self.power), rate, self.below, target, epochs, self.step, self.loss)
            for depth, kind, lam, rate, epochs in zip(
                self.depths, self.maps, self.lambdas, self.rates, self.epochs, strict=True
            )
        ]


@lru_cache(maxsize=4)
def students(s: StudentSettings) -> Students:
    return Students(Data.drawn(s.data_seed, s.points, s.teacher), s.lanes, s.neurons, s.seeds, s.start)


class Trained:
    """What a finished run shows of the student of a label; arrays over the seeds."""

    def __init__(self, s: StudentSettings, state: State) -> None:
        self.settings, self.state, self.data = s, state, students(s).data

    def _at(self, label: str) -> int:
        return self.settings.labels.index(label)

    def depth(self, label: str) -> int:
        return self.settings.depths[self._at(label)]

    def theta(self, label: str) -> np.ndarray:
        return self.state[f"theta_{self._at(label)}"]

    def margins(self, label: str, *, by_layers: bool = False) -> np.ndarray:
        theta, depth = self.theta(label), self.depth(label)
        return measures.margins(theta, depth, self.settings.neurons, self.data, by_layers=by_layers)

    def neurons(self, label: str) -> np.ndarray:
        return measures.effective_neurons(self.theta(label), self.depth(label), self.settings.neurons)

    def shares(self, label: str) -> np.ndarray:
        return measures.shares(self.theta(label), self.depth(label), self.settings.neurons)

    def parts(self, label: str, seed: int = 0) -> list[np.ndarray]:
        return networks.layers(self.theta(label)[seed], self.depth(label), self.settings.neurons)

    def trace(self, label: str, seed: int = 0) -> dict[str, np.ndarray]:
        """What was recorded of one student as it was trained, thinned to so many values of the loss."""
        rows = self.state["trace"][:, self._at(label), seed]
        rows = rows[np.isfinite(rows[:, 1])]
        if len(rows) == 0:
            return dict.fromkeys(TRACED, rows[:, 0])
        digits = -rows[:, 1] / np.log(10)
        wanted = np.linspace(0.0, max(digits.max(initial=0.0), 0.0), POINTS)
        kept = np.unique(np.searchsorted(np.maximum.accumulate(digits), wanted).clip(0, len(rows) - 1))
        return {name: rows[kept, k] for k, name in enumerate(TRACED)}

    def standing(self, label: str, found: Outcome, called: str = "") -> None:
        """Steps and loss of the student into what is measured, and into the notes what went wrong."""
        at, s, name = self._at(label), self.settings, called or label
        found.measured[f"steps_{name}"] = self.state["steps"][at].tolist()
        found.measured[f"log10_loss_{name}"] = (self.state["log_loss"][at] / np.log(10)).tolist()
        status = self.state["status"][at]
        rises = np.array([self._rise(at, seed) for seed in range(len(s.seeds))])
        if s.below > 0 and np.any(rises > 1):
            found.measured[f"rise_{name}"] = rises.tolist()
            found.notes.append(
                f"{name}: the loss rose again by more than a factor of ten for {int(np.sum(rises > 1))} of"
                f" {len(rises)} seeds, by 10^{rises.max():.0f} at most: the step is too large to be stable, and where"
                " it ends depends on rounding"
            )
        if np.any(status == DIVERGED):
            found.notes.append(f"{name}: diverged for {int(np.sum(status == DIVERGED))} of {len(status)} seeds")
        if s.digits > 0 and np.any(status != REACHED):
            count = int(np.sum(status != REACHED))
            found.notes.append(f"{name}: a loss of 1e-{s.digits:g} was not reached for {count} of {len(status)} seeds")
        with np.errstate(invalid="ignore"):
            wrong = int(np.sum(~(self.margins(label)[:, 0] > 0)))
        if wrong:
            found.notes.append(f"{name}: not all points are classified for {wrong} of {len(status)} seeds")

    def _rise(self, at: int, seed: int) -> float:
        """By how many digits the loss rose above its least before, of what was recorded."""
        log_loss = self.state["trace"][:, at, seed, 1]
        log_loss = log_loss[np.isfinite(log_loss)]
        return float(np.max(log_loss - np.minimum.accumulate(log_loss), initial=0.0) / np.log(10))

    def origin(self) -> str:
        gaps = ", ".join(f"{g:.4f}" for g in self.data.gaps)
        return f"neighbouring points of different labels are {gaps} radians apart"


class StudentExperiment:
    """Units of work: ``record_every`` steps of every student that has not ended; seeds are independent."""

    name: str
    title: str
    kind: type = StudentSettings
    reads: str  # the run, and the file of its settings
    beside: tuple[str, ...] = ()  # all experiments that look at it
    together = 1

    def total(self, s: StudentSettings) -> int:
        return max(s.epochs) // s.record_every

    def part(self, s: StudentSettings) -> int:
        each = [12.0 if depth == 3 else 0.5 for depth in s.depths]  # of a hundred neurons, microseconds for each
        return max(1, int(1e6 / (s.record_every * len(s.seeds) * sum(each) * s.neurons / 10)))

    def start(self, s: StudentSettings) -> State:
        state = students(s).start()
        state["trace"] = np.full((self.total(s) + 1, len(s.labels), len(s.seeds), len(TRACED)), np.nan)
        return state

    def advance(self, s: StudentSettings, state: State, done: int, units: int) -> None:
        own = students(s)
        for block in range(done, done + units):
            before = state["steps"].copy()
            try:
                own.advance(state, (block + 1) * s.record_every)
            except NoKernel as why:
                raise ExperimentError(str(why)) from None
            for k, lane in enumerate(own.lanes):
                moved = np.flatnonzero(state["steps"][k] > before[k])
                if len(moved) == 0:
                    continue
                theta = state[f"theta_{k}"][moved]
                with np.errstate(over="ignore", invalid="ignore"):
                    margins = measures.margins(theta, lane.depth, s.neurons, own.data)
                    neurons = measures.effective_neurons(theta, lane.depth, s.neurons)
                columns = state["steps"][k, moved], state["log_loss"][k, moved], *margins.T, neurons
                state["trace"][block + 1, k, moved] = np.stack(columns, axis=-1)

    def outcome(self, s: StudentSettings, state: State) -> Outcome:
        trained, found = Trained(s, state), Outcome({}, {})
        self.read(trained, found)
        found.notes += [*CHOICES, trained.origin()]
        return found

    def read(self, trained: Trained, found: Outcome) -> None:
        """What this experiment takes from the run."""
        raise NotImplementedError

    def draw(self, outcome: Outcome, figure: Any) -> None:
        raise NotImplementedError
