"""Figure 2 of Never Saddle: metric exponents by depth, and escape from 0.1 under x' = x^m for several exponents m."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.experiments.checkpoints import State
from numerics.experiments.running import Outcome
from numerics.experiments.settings import require

NAMES = {0.5: "half", 1.0: "one", 1.5: "three_halves"}
POINTS = 60


@dataclass(frozen=True)
class Settings:
    """The exponents shown are ours: the figure's are those of its depths; goal: where the escape ends."""

    origin: float = 0.1
    goal: float = 1.0
    exponents: tuple[float, ...] = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75)
    indices: tuple[float, ...] = (1.0, 1.5, 2.0)
    depths: int = 50
    tolerance: float = 1e-11

    def check(self) -> None:
        require(0 < self.origin < self.goal, "origin must be positive and below goal")
        require(all(m >= 0 for m in self.exponents), "exponents must not be negative")
        require(self.depths >= 1, "depths must be at least 1")
        require(1e-13 <= self.tolerance < 1, "tolerance must lie in [1e-13, 1)")


class Figure2:
    """Units of work: one exponent each, then the exponents by depth."""

    name = "ns-figure-2"
    title = "Escape from near zero under x' = x^m, and the metric exponent by depth"
    kind = Settings

    def total(self, s: Settings) -> int:
        return len(s.exponents) + 1

    def part(self, s: Settings) -> int:
        return 1

    def start(self, s: Settings) -> State:
        count = len(s.exponents)
        return {
            "times": np.zeros(count), "errors": np.zeros(count), "closed": np.zeros(count),
            "paths": np.zeros((count, 2, POINTS)), "metric": np.zeros((len(s.indices), s.depths)),
        }  # fmt: skip

    def advance(self, s: Settings, state: State, done: int, units: int) -> None:
        for k in range(done, done + units):
            if k < len(s.exponents):
                self._escape(s, state, k)
            else:
                self._exponents(s, state)

    def _escape(self, s: Settings, state: State, k: int) -> None:
        """The time at which the integrated path is at the goal: an event of the field x' = x^m, time' = 1."""
        from numerics.flows import SwitchedField, follow, solve
        from numerics.flows.embedded import eighth_order

        m = s.exponents[k]

        def until_goal(y: np.ndarray, signs: np.ndarray) -> np.ndarray:
            return np.array([y[0] ** m if signs[0] < 0 else 0.0, 1.0 if signs[0] < 0 else 0.0])

        field = SwitchedField(
            until_goal, lambda y: np.array([y[0] - s.goal]), lambda y, signs: np.array([[1.0, 0.0]]), 1
        )
        span = 2 * (s.goal - s.origin) / min(s.origin**m, s.goal**m) + 1
        fine, coarse = (
            float(follow(field, [s.origin, 0.0], span, rtol=t, pair=eighth_order()).pieces[0].times[-1])
            for t in (s.tolerance / 100, s.tolerance)
        )
        state["times"][k], state["errors"][k] = fine, abs(fine - coarse) + 1e-15 * fine
        state["closed"][k] = _closed_time(m, s.origin, s.goal)
        grid = np.linspace(0, fine, POINTS)
        state["paths"][k] = grid, solve(lambda y: y**m, [s.origin], grid.tolist(), rtol=s.tolerance).states[:, 0]

    def _exponents(self, s: Settings, state: State) -> None:
        """m by depth, read off the metric: the slope of log M over log x of balanced layers, |w_i| = |x|^(1/L)."""
        sizes = np.array([1e-3, 1e3])
        for j, q in enumerate(s.indices):
            for depth in range(1, s.depths + 1):
                layers = sizes[:, None] ** (np.ones(depth) / depth)
                others = np.array([[np.prod(np.delete(row, i)) for i in range(depth)] for row in layers])
                metric = np.sum(others**q, axis=1)
                state["metric"][j, depth - 1] = np.log(metric[1] / metric[0]) / np.log(sizes[1] / sizes[0])

    def outcome(self, s: Settings, state: State) -> Outcome:
        found = Outcome({}, {})
        for k, m in enumerate(s.exponents):
            name = NAMES.get(m, f"{m:g}".replace(".", "_"))
            found.measured[f"time_{name}"] = [float(state["times"][k])]
            found.measured[f"error_{name}"] = [abs(float(state["times"][k] - state["closed"][k]))]
            found.lines[f"x, m = {m:g}"] = {"x": state["paths"][k, 0].tolist(), "y": state["paths"][k, 1].tolist()}
        gaps = []
        for j, q in enumerate(s.indices):
            depths = np.arange(1, s.depths + 1)
            found.lines[f"m, q = {q:g}"] = {"x": depths.astype(float).tolist(), "y": state["metric"][j].tolist()}
            gaps.append(np.max(np.abs(state["metric"][j] - q * (depths - 1) / depths)))
        found.measured["exponent_error"] = [float(max(gaps))]
        found.notes.append(f"error budget of the times: {np.max(state['errors']):.1e}; error_*: against the solution")
        return found

    def draw(self, outcome: Outcome, figure: Any) -> None:
        left, right = figure.subplots(1, 2)
        for label, line in outcome.lines.items():
            kind, name = label.split(", ")
            (left if kind == "m" else right).plot(line["x"], line["y"], label=name, lw=1)
        left.axhline(1, color="grey", lw=0.6)
        left.set(xlabel="depth", ylabel="metric exponent")
        right.set(xlabel="time", ylabel="x", ylim=(0, 1.02))
        left.legend()
        right.legend()


def _closed_time(m: float, low: float, high: float) -> float:
    """The integral of x^(-m) from low to high, by the solution of the theory."""
    import sympy

    from theory.power_flow import PowerFlow, t, x0

    solution = PowerFlow(sympy.nsimplify(m)).solution.subs(x0, sympy.nsimplify(low))
    if m == 1:
        return float(np.log(high / low))
    base = sympy.nsimplify(high) ** (1 - sympy.nsimplify(m))
    time = (sympy.nsimplify(low) ** (1 - sympy.nsimplify(m)) - base) / (sympy.nsimplify(m) - 1)
    if abs(float(solution.subs(t, time)) - high) > 1e-9 * high:
        raise ArithmeticError("the time does not put the solution at the goal")
    return float(time)


EXPERIMENT = Figure2()
