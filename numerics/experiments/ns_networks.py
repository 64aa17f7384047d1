"""Never Saddle, Lemma 4.5: the balance along q-steepest flows of networks of two and three layers.

For each q the flow of exp-loss classification is followed until log(1/loss) = ``goal``, and along it are compared with
the laws of ``theory``: the balances of diagonal layers and of neurons on scalar inputs, the descent, and the sums over
dense layers, which are kept for q = 2 alone. With decoupled decay the balance is followed in plain time. A law with a
wrong exponent is measured beside the right one. For q = 1 the balances are followed until a weight rests at zero
("rested" in the notes), as the corrected lemma asks.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.experiments.checkpoints import State
from numerics.experiments.mf_networks import separated
from numerics.experiments.running import Outcome
from numerics.experiments.settings import require

QUANTITIES = ("balance", "mutant", "layers", "descent", "decayed", "half_rate", "end", "steps", "events", "slides",
              "ambiguous", "passed", "rested")  # fmt: skip
COLUMN = {name: k for k, name in enumerate(QUANTITIES)}
POINTS = 60
DRAWS = 30


@dataclass(frozen=True)
class Settings:
    """indices: q; diagonal, neurons, dense: networks, widths from the output to the input (= at diagonal layers);
    start: size of the weights; goal: log(1/loss) at the end; decay, duration: of the paths with decay; mutants: what is
    added to the exponent of the law, where the sum lies in [1, 3]."""

    indices: tuple[float, ...] = (1.0, 1.25, 1.5, 2.0)
    diagonal: tuple[str, ...] = ("1-3=3 linear", "1-3=3 relu", "1-3=3=3 linear linear", "1-3=3=3 relu relu")
    neurons: tuple[str, ...] = ("1-3-1 linear", "1-3-1 relu")
    dense: tuple[str, ...] = ("1-3-2 linear", "1-3-2 relu", "1-2-2-2 linear linear", "1-2-2-2 relu relu")
    seeds: tuple[int, ...] = (21, 22, 23)
    samples: int = 4
    start: float = 0.5
    goal: float = 1000.0
    decay: float = 0.1
    duration: float = 2.0
    mutants: tuple[float, ...] = (-0.25, 0.25)
    tolerance: float = 1e-9
    steps: int = 3_000

    def check(self) -> None:
        from numerics.networks import Network

        require(all(1 <= q <= 2 for q in self.indices), "indices must lie in [1, 2]")
        require(self.samples >= 2 and self.start > 0, "two samples or more and a positive start are needed")
        require(self.goal > 5, "goal must be above 5")
        require(self.decay > 0 and self.duration > 0, "decay and duration must be positive")
        require(all(m != 0 for m in self.mutants), "a mutant has another exponent")
        require(1e-12 <= self.tolerance < 1e-6 and self.steps >= 100, "tolerance in [1e-12, 1e-6), steps at least 100")
        for text in (*self.diagonal, *self.neurons, *self.dense):
            Network.read(text)


def tag(q: float) -> str:
    """1, 1_25, 1_5, 2."""
    return f"{q:g}".replace(".", "_")


class SteepestNetworks:
    """Units of work: one network and one q for one seed, without and, where it is diagonal, with decay."""

    name = "ns-networks"
    title = "Steepest flow of small networks: the balance along the path"
    kind = Settings
    together = 1  # seeds do not need each other

    def cases(self, s: Settings) -> list[tuple[str, float]]:
        return [(text, q) for text in (*s.diagonal, *s.neurons, *s.dense) for q in s.indices]

    def total(self, s: Settings) -> int:
        return len(self.cases(s)) * len(s.seeds)

    def part(self, s: Settings) -> int:
        return 1

    def start(self, s: Settings) -> State:
        return {
            "values": np.full((len(self.cases(s)), len(s.seeds), len(QUANTITIES)), np.nan),
            "curves": np.full((len(self.cases(s)), len(s.seeds), 3, POINTS), np.nan),
        }

    def advance(self, s: Settings, state: State, done: int, units: int) -> None:
        for unit in range(done, done + units):
            case, seed = divmod(unit, len(s.seeds))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # refused trial steps leave the doubles
                values, curve = self._path(s, *self.cases(s)[case], s.seeds[seed])
            for name, value in values.items():
                state["values"][case, seed, COLUMN[name]] = value
            if curve is not None:
                state["curves"][case, seed] = curve

    def _path(self, s: Settings, text: str, q: float, seed: int) -> tuple[dict[str, float], np.ndarray | None]:
        """The quantities of the first draw that can be followed to the end, and residuals over log(1/loss).

        The draws are the same for every q.
        """
        from numerics.flows import NoProgress, Undetermined
        from numerics.networks import Network, SteepestFlow, follow_flow
        from numerics.networks import balances as laws

        network = Network.read(text)
        random = np.random.default_rng([seed, *text.encode()])
        passed = 0
        while passed < DRAWS:
            inputs, theta, labels = separated(random, network, s.samples, s.start)
            if not np.all(labels):  # all units are off
                continue
            flow = SteepestFlow(network, q, inputs, labels)
            try:
                course = follow_flow(flow, theta, s.goal, rtol=s.tolerance, steps=s.steps)
                decayed = None
                if text in s.diagonal:
                    plain = SteepestFlow(network, q, inputs, labels, rescaled=False, decay=s.decay)
                    decayed = follow_flow(plain, theta, duration=s.duration, rtol=s.tolerance, steps=s.steps)
                break
            except (NoProgress, Undetermined):
                passed += 1
        else:
            return {"passed": float(DRAWS)}, None
        end = flow.loss.log_inverse(flow.outputs(course.end))
        values = {
            "descent": laws.descent_residual(course), "end": end, "passed": float(passed), "steps": len(course.steps),
            "events": course.events, "slides": course.slides, "ambiguous": float(course.ambiguous),
        }  # fmt: skip
        z = np.array([flow.loss.log_inverse(flow.outputs(node.theta)) for node in course.nodes])
        if laws.pairs(flow):
            own, wrong = laws.balance_residual(course), self._mutants(s, course, q)
            values |= {"balance": float(np.max(own)), "mutant": min(float(np.max(w)) for w in wrong)}
            other = min(wrong, key=np.max)
            values["rested"] = float(len(laws.moving(course).steps) < len(course.steps))
        else:
            own = other = laws.layer_residual(course)
            values["layers"] = float(np.max(own))
        if decayed is not None:
            values |= {"decayed": laws.decay_residual(decayed), "half_rate": laws.decay_residual(decayed, 0.5)}
        grid = np.geomspace(0.1, s.goal, POINTS)
        return values, np.array([grid, *(np.interp(grid, z[: len(r)], _highest(r)) for r in (own, other))])

    def _mutants(self, s: Settings, course: Any, q: float) -> list[np.ndarray]:
        from numerics.networks.balances import balance_residual

        return [balance_residual(course, q + m) for m in s.mutants if 1 <= q + m <= 3]

    def outcome(self, s: Settings, state: State) -> Outcome:
        found, cases = Outcome({}, {}), self.cases(s)
        groups = (("balance", s.diagonal, "balance", np.max), ("neurons", s.neurons, "balance", np.max),
                  ("mutant", s.diagonal + s.neurons, "mutant", np.min), ("decayed", s.diagonal, "decayed", np.max),
                  ("half_rate", s.diagonal, "half_rate", np.min), ("layers", s.dense, "layers", np.max),
                  ("layers_least", s.dense, "layers", np.min),
                  ("descent", s.diagonal + s.neurons + s.dense, "descent", np.max))  # fmt: skip
        for name, networks, quantity, worst in groups:
            for q in s.indices:
                rows = [k for k, case in enumerate(cases) if case[0] in networks and case[1] == q]
                table = state["values"][rows, :, COLUMN[quantity]]
                found.measured[f"{name}_{tag(q)}"] = [float(v) for v in worst(table, axis=0)]
        ends = state["values"][:, :, COLUMN["end"]]
        found.measured["end"] = [float(v) for v in np.min(ends, axis=0)]
        for (text, q), (grid, own, other) in zip(cases, state["curves"][:, 0], strict=True):
            if np.all(np.isfinite(own)):
                found.lines[f"{text}, {q:g}"] = {"x": grid.tolist(), "y": own.tolist()}
                if text not in s.dense:
                    found.lines[f"{text}, {q:g}, wrong exponent"] = {"x": grid.tolist(), "y": other.tolist()}
        values = state["values"]
        for label in ("passed", "rested", "slides", "events", "steps"):
            found.notes.append(f"{label}: {int(np.nansum(values[..., COLUMN[label]]))} over {self.total(s)} paths")
        found.notes.append("sizes, goal and thresholds were chosen on seed 1")
        found.notes.append(f"paths that no draw could follow to the end: {int(np.sum(np.isnan(ends)))}")
        return found

    def draw(self, outcome: Outcome, figure: Any) -> None:
        kept = {name.split(", ")[0] for name in outcome.lines if name.endswith("wrong exponent")}
        panels: list[tuple[str, list[str]]] = [
            ("diagonal layers", sorted(t for t in kept if "=" in t)),
            ("neurons, scalar inputs", sorted(t for t in kept if "=" not in t)),
            ("sums over dense layers", sorted({name.split(", ")[0] for name in outcome.lines} - kept)),
        ]
        axes = figure.subplots(1, len(panels), sharey=True)
        indices = sorted({name.split(", ")[1] for name in outcome.lines}, key=float)
        for ax, (title, texts) in zip(axes, panels, strict=True):
            for k, q in enumerate(indices):
                for ending, style in (("", "-"), (", wrong exponent", ":")):
                    lines = [outcome.lines[name] for t in texts if (name := f"{t}, {q}{ending}") in outcome.lines]
                    if lines:
                        worst = (np.max if not ending else np.min)([line["y"] for line in lines], axis=0)
                        label = f"q = {q}" if not ending else ("another exponent" if k == len(indices) - 1 else None)
                        ax.loglog(lines[0]["x"], np.maximum(worst, 1e-17), style, color=f"C{k}", lw=1.2, label=label)
            ax.set(title=title, xlabel="log(1/loss)", ylim=(1e-17, 3))
            ax.axhline(1e-6, color="0.7", lw=0.8, ls="--")
        axes[0].set_ylabel("largest change of the balance, relative")
        axes[0].legend(fontsize=7, loc="center right")


def _highest(values: np.ndarray) -> np.ndarray:
    """The largest so far."""
    return np.maximum.accumulate(values)


EXPERIMENT = SteepestNetworks()
