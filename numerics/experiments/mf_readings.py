"""What becomes of the findings on students under other readings of what the paper on mirror flows leaves open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from numerics.experiments import mf_fixed, mf_fixed_deep, mf_rescaled
from numerics.experiments.checkpoints import State
from numerics.experiments.mf_students import StudentExperiment, StudentSettings, Trained
from numerics.experiments.running import Outcome
from numerics.experiments.settings import require
from numerics.students import DIVERGED

SPEEDS = ("stated", "equal", "slow")
FORM = "layers start step loss speed data-seed digits, as '2 balanced dual exponential stated 42 50'"
METHODS = ("hyp", "gd", "hom")


@dataclass(frozen=True)
class Reading:
    """layers, start, step and loss of the students, the rates of those of a fixed time, the seed of the data, the
    digits of 1/L at the end of the others.

    speed: "equal" divides the entropy's rates by sqrt(lambda), and multiplies those of p = 3 by lambda, so that all
    lambdas move a weight near zero alike; "slow" takes a tenth of the rates of p = 3 to the end; "stated" leaves all.
    """

    layers: int
    start: str
    step: str
    loss: str
    speed: str
    data_seed: int
    digits: int

    @classmethod
    def told(cls, text: str) -> Reading:
        """From its seven words; raises ValueError."""
        words = text.split()
        numbers = len(words) == 7 and words[0] in ("2", "3") and words[5].isdecimal() and words[6].isdecimal()
        require(numbers and words[4] in SPEEDS and int(words[6]) > 0, f"a reading is {FORM}, not {text!r}")
        return cls(int(words[0]), words[1], words[2], words[3], words[4], int(words[5]), int(words[6]))


@dataclass(frozen=True)
class Settings:
    """deep_seeds: so many of the seeds for students of three layers."""

    readings: tuple[str, ...] = (
        "2 balanced dual exponential stated 42 50", "2 balanced dual logistic stated 42 50",
        "2 balanced metric exponential stated 42 50", "2 balanced metric logistic stated 42 50",
        "2 outer dual exponential stated 42 50", "2 outer dual logistic stated 42 50",
        "2 outer metric exponential stated 42 50", "2 outer metric logistic stated 42 50",
        "2 balanced dual exponential equal 42 50", "2 balanced dual exponential stated 42 1000",
        "2 balanced dual exponential stated 0 50", "2 balanced dual exponential stated 1 50",
        "2 balanced dual exponential stated 2 50", "2 balanced dual exponential stated 3 50",
        "3 balanced dual exponential slow 42 50", "3 balanced dual exponential equal 42 50",
        "3 outer dual logistic stated 42 50", "3 balanced dual exponential stated 0 50",
    )  # fmt: skip
    seeds: tuple[int, ...] = (42, 43, 44)
    deep_seeds: int = 2
    epochs: int = 400_000
    record_every: int = 2_000
    neurons: int = 100
    points: int = 200

    def check(self) -> None:
        require(1 <= self.deep_seeds <= len(self.seeds), "deep_seeds must lie between 1 and the number of seeds")
        require(len(set(self.readings)) == len(self.readings), "readings must differ")
        for own in self.runs:
            own.check()

    @property
    def runs(self) -> list[StudentSettings]:
        """Two for each reading: to the loss at its end, and for a fixed time."""
        return [own for text in self.readings for own in self._pair(Reading.told(text))]

    def _pair(self, its: Reading) -> tuple[StudentSettings, StudentSettings]:
        rescaled = mf_rescaled.Settings()
        fixed: StudentSettings = mf_fixed.Settings() if its.layers == 2 else mf_fixed_deep.Settings()
        common: dict[str, Any] = {
            "start": its.start, "step": its.step, "loss": its.loss, "data_seed": its.data_seed,
            "seeds": self.seeds if its.layers == 2 else self.seeds[: self.deep_seeds],
            "neurons": self.neurons, "points": self.points,
        }  # fmt: skip
        own = [i for i, depth in enumerate(rescaled.depths) if depth == its.layers]
        chosen: dict[str, Any] = {
            name: tuple(getattr(rescaled, name)[i] for i in own)
            for name in ("labels", "depths", "maps", "lambdas", "rates")
        }
        chosen |= {"epochs": (self.epochs,) * len(own), "record_every": min(self.record_every, self.epochs)}
        until: dict[str, Any] = {
            "epochs": tuple(min(e, self.epochs) for e in fixed.epochs), "record_every": min(1_000, self.epochs)
        }  # fmt: skip
        if its.speed == "slow":
            both = zip(chosen["rates"], chosen["maps"], strict=True)
            chosen["rates"] = tuple(rate / 10 if kind == "power" else rate for rate, kind in both)
        if its.speed == "equal":
            scale = {"entropy": lambda lam: lam**-0.5, "power": lambda lam: lam, "square": lambda lam: 1.0}
            each = zip(fixed.rates, fixed.maps, fixed.lambdas, strict=True)
            until["rates"] = tuple(rate * scale[kind](lam) for rate, kind, lam in each)
        return (
            StudentSettings(**common, **chosen, below=rescaled.below, digits=float(its.digits)),
            replace(fixed, **common, **until),
        )


@lru_cache(maxsize=2)
def runs(s: Settings) -> tuple[StudentSettings, ...]:
    return tuple(s.runs)


def findings(rescaled: Trained, fixed: Trained, deep: bool) -> dict[str, np.ndarray]:
    """finding -> whether a seed shows it; what is no number shows nothing."""
    last = "_deep" if deep else ""
    at_end = {m: rescaled.margins(m + last).T for m in METHODS}
    l1, l2, l3 = ({m: at_end[m][k] for m in METHODS} for k in range(3))
    end = {m: rescaled.neurons(m + last) for m in METHODS}
    hyp = {lam: fixed.margins(f"hyp_{lam}")[:, 0] for lam in ("one", "tenth", "hundredth")}
    hom = {lam: fixed.margins(f"hom_{lam}")[:, 2] for lam in ("ten", "one", "tenth")}
    neurons = {label: fixed.neurons(label) for label in fixed.settings.labels}
    gd = neurons["gd"]
    found = {
        "L_1 of the entropy is largest": (l1["hyp"] > l1["gd"]) & (l1["hyp"] > l1["hom"]),
        "L_2 of gradient descent is largest": (l2["gd"] > l2["hyp"]) & (l2["gd"] > l2["hom"]),
        "L_3 of p = 3 is largest": (l3["hom"] > l3["hyp"]) & (l3["hom"] > l3["gd"]),
        "neurons: entropy < gradient descent < p = 3": (end["hyp"] < end["gd"]) & (end["gd"] < end["hom"]),
        "entropy: L_1 falls with lambda": (hyp["one"] < hyp["tenth"]) & (hyp["tenth"] < hyp["hundredth"]),
        "entropy: neurons, lambda 1 > 0.01": neurons["hyp_one"] > neurons["hyp_hundredth"],
        "p = 3: L_3, lambda 10 < 1": hom["ten"] < hom["one"],
        "p = 3: L_3, lambda 1 < 0.1": hom["one"] < hom["tenth"],
        "p = 3: neurons at lambda 10 nearer to gradient descent": np.abs(neurons["hom_ten"] - gd)
        < np.abs(neurons["hom_tenth"] - gd),
    }
    layered = {m: rescaled.margins(m + last, by_layers=True)[:, 1] for m in METHODS}
    found["L_2 by layers of gradient descent is largest"] = (layered["gd"] > layered["hyp"]) & (
        layered["gd"] > layered["hom"]
    )
    if deep:
        shares = {m: rescaled.shares(m + last) for m in METHODS}
        found["shares of all layers: entropy < gradient descent < p = 3"] = np.all(
            (shares["hyp"] < shares["gd"]) & (shares["gd"] < shares["hom"]), axis=-1
        )
        found["L_1 of the entropy is ten times that of p = 3"] = l1["hyp"] > 10 * l1["hom"]
    else:
        times = [fixed.margins(label)[:, 2] for label in ("hom_ten_t3", "hom_ten", "hom_ten_t5")]
        found["p = 3: L_3 grows with time"] = (times[0] < times[1]) & (times[1] < times[2])
        found["p = 3: ten times the time changes the neurons by a tenth"] = (
            np.abs(neurons["hom_ten_t5"] - neurons["hom_ten"]) < neurons["hom_ten"] / 10
        )
    return found


class _Plain(StudentExperiment):
    """The run of one reading."""


class Readings:
    """Units of work: those of all runs, one after another."""

    name = "mf-readings"
    title = "Students under other readings of start, step, loss, rates and data: which findings are seen"
    kind = Settings

    def total(self, s: Settings) -> int:
        return sum(_Plain().total(own) for own in runs(s))

    def part(self, s: Settings) -> int:
        return 1

    def start(self, s: Settings) -> State:
        return {f"{k}.{name}": a for k, own in enumerate(runs(s)) for name, a in _Plain().start(own).items()}

    def advance(self, s: Settings, state: State, done: int, units: int) -> None:
        first = 0
        for k, own in enumerate(runs(s)):
            low, high = max(done - first, 0), min(done + units - first, _Plain().total(own))
            if low < high:
                _Plain().advance(own, _of(state, k), low, high - low)
            first += _Plain().total(own)

    def outcome(self, s: Settings, state: State) -> Outcome:
        out, both = Outcome({}, {}), runs(s)
        for k, label in enumerate(s.readings):
            rescaled, fixed = (Trained(both[j], _of(state, j)) for j in (2 * k, 2 * k + 1))
            with np.errstate(invalid="ignore"):
                found = findings(rescaled, fixed, label.startswith("3"))
            for name, seen in found.items():
                out.measured[f"{label}: {name}"] = seen.astype(float).tolist()
            trouble = [
                f"{name} diverged for {bad} seeds"
                for run in (rescaled, fixed) for at, name in enumerate(run.settings.labels)
                if (bad := int(np.sum(run.state["status"][at] == DIVERGED)))
            ]  # fmt: skip
            never = [f"not {name}: {int(seen.sum())} of {len(seen)}" for name, seen in found.items() if not seen.all()]
            out.notes.append(f"{label}: {'; '.join(trouble + never) or 'all findings for all seeds'}")
        return out

    def draw(self, outcome: Outcome, figure: Any) -> None:
        parts = [name.split(": ", 1) for name in outcome.measured]
        rows, columns = list(dict.fromkeys(p[0] for p in parts)), list(dict.fromkeys(p[1] for p in parts))
        figure.set_size_inches(5 + 0.35 * len(columns), 3 + 0.22 * len(rows))
        shown = np.full((len(rows), len(columns)), np.nan)
        for (row, column), seen in zip(parts, outcome.measured.values(), strict=True):
            shown[rows.index(row), columns.index(column)] = np.mean(seen)
        at = figure.subplots()
        at.imshow(shown, vmin=0, vmax=1, cmap="RdYlGn", aspect="auto")
        at.set_yticks(range(len(rows)), rows, fontsize=6)
        at.set_xticks(range(len(columns)), columns, rotation=90, fontsize=6)


def _of(state: State, k: int) -> State:
    """The part of the state that belongs to one run: the same arrays."""
    return {name.split(".", 1)[1]: array for name, array in state.items() if name.startswith(f"{k}.")}


EXPERIMENT = Readings()
