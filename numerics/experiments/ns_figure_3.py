"""Figure 3 of Never Saddle: the path along the balance |m|^q - |w|^q = 0.1^q from (0.1, 0) to m w = +-0.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.experiments.checkpoints import State
from numerics.experiments.running import Outcome
from numerics.experiments.settings import require

NODES = 400  # of the quadrature
POINTS = 60


@dataclass(frozen=True)
class Settings:
    width: float = 0.1
    goal: float = 0.1
    indices: tuple[float, ...] = (1.0, 1.5, 2.0)
    tolerance: float = 1e-10

    def check(self) -> None:
        require(self.width > 0 and self.goal > 0, "width and goal must be positive")
        require(all(1 <= q <= 2 for q in self.indices), "indices must lie in [1, 2]")
        require(1e-13 <= self.tolerance < 1, "tolerance must lie in [1e-13, 1)")


class Figure3:
    """Units of work: one index each; the length along the simulated flow and, as a check, by quadrature."""

    name = "ns-figure-3"
    title = "Paths along the balance from a start near the saddle"
    kind = Settings

    def total(self, s: Settings) -> int:
        return len(s.indices)

    def part(self, s: Settings) -> int:
        return 1

    def start(self, s: Settings) -> State:
        count = len(s.indices)
        zeros = {name: np.zeros(count) for name in ("lengths", "errors", "quadrature", "balance", "times")}
        return zeros | {"paths": np.zeros((count, 2, POINTS))}

    def advance(self, s: Settings, state: State, done: int, units: int) -> None:
        for k in range(done, done + units):
            q = s.indices[k]
            fine, coarse = (_flow(s, q, t) for t in (s.tolerance / 100, s.tolerance))
            state["lengths"][k], state["times"][k] = fine.states[-1][2], fine.times[-1]
            state["errors"][k] = abs(fine.states[-1][2] - coarse.states[-1][2])
            m, w = np.array([y[0] for y in fine.states]), np.array([y[1] for y in fine.states])
            state["balance"][k] = np.max(np.abs(np.abs(m) ** q - np.abs(w) ** q - s.width**q))
            state["quadrature"][k] = _length(s, q)
            grid = np.linspace(0, w[-1], POINTS)
            state["paths"][k] = (grid**q + s.width**q) ** (1 / q), grid

    def outcome(self, s: Settings, state: State) -> Outcome:
        found = Outcome({}, {})
        for k, q in enumerate(s.indices):
            name = f"{q:g}".replace(".", "_")
            found.measured[f"length_{name}"] = [float(state["lengths"][k])]
            found.measured[f"time_{name}"] = [float(state["times"][k])]
            found.measured[f"error_{name}"] = [abs(float(state["lengths"][k] - state["quadrature"][k]))]
            for sign, side in ((1, ""), (-1, ", mirrored")):
                found.lines[f"q = {q:g}{side}"] = {
                    "x": state["paths"][k, 0].tolist(), "y": (sign * state["paths"][k, 1]).tolist(),
                }  # fmt: skip
        found.notes.append(
            f"length along the flow of unit force; budget {np.max(state['errors']):.1e}, drift of the balance"
            f" {np.max(state['balance']):.1e}; error_*: against quadrature of the curve"
        )
        return found

    def draw(self, outcome: Outcome, figure: Any) -> None:
        axes = figure.subplots()
        colours: dict[str, str] = {}
        for label, line in outcome.lines.items():
            q = label.split(",")[0]
            first = q not in colours
            axes.plot(line["x"], line["y"], color=colours.setdefault(q, f"C{len(colours)}"), label=q if first else None)
        axes.set(xlabel="m", ylabel="w")
        axes.set_aspect("equal")
        axes.legend()


def _flow(s: Settings, q: float, tolerance: float) -> Any:
    """The piece of steepest descent of -m w from (width, 0) up to m w = goal, with its length as third coordinate."""
    from numerics.flows import SwitchedField, follow
    from numerics.flows.embedded import eighth_order

    def velocity(y: np.ndarray, signs: np.ndarray) -> np.ndarray:
        if signs[0] > 0:
            return np.zeros(3)
        m, w = max(y[0], 0.0), max(y[1], 0.0)
        v = (w ** (q - 1) if q > 1 else 1.0), m ** (q - 1)
        return np.array([v[0], v[1], np.hypot(*v)])

    field = SwitchedField(
        velocity,
        lambda y: np.array([y[0] * y[1] - s.goal]),
        lambda y, signs: np.array([[y[1], y[0], 0.0]]),
        1,
    )
    span = 100 * (1 + s.goal / s.width)
    return follow(field, [s.width, 0.0, 0.0], span, rtol=tolerance, pair=eighth_order()).pieces[0]


def _length(s: Settings, q: float) -> float:
    """The length of m(w) = (w^q + width^q)^(1/q) from w = 0 to m w = goal, by Gauss-Legendre in u = w^(1/4)."""
    low, high = 0.0, s.goal / s.width
    for _ in range(200):
        w = (low + high) / 2
        low, high = (w, high) if w * (w**q + s.width**q) ** (1 / q) < s.goal else (low, w)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    u = high**0.25 * (nodes + 1) / 2
    w = u**4
    slope = w ** (q - 1) * (w**q + s.width**q) ** (1 / q - 1)
    return float(high**0.25 / 2 * weights @ (4 * u**3 * np.sqrt(1 + slope**2)))


EXPERIMENT = Figure3()
