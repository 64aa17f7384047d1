"""Figure 1 of the mirror-flow paper: solution sets of the balance equation, and level sets of Q(grad R).

The balance equation keeps Q(R'(a)) - Q(R'(b)) = c for two weights of consecutive layers: one curve for each map and c.
The level sets Q(R'(u)) + Q(R'(v)) = C of the hyperbolic entropy all tend to those of the horizon |u| + |v|; they have
its shape to within a tolerance from the size on at which |2 D/A - 1| falls below it, where (A, 0) and (D, D) lie on
one level set. That size is proportional to sqrt(lam).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.experiments.checkpoints import State
from numerics.experiments.running import Outcome
from numerics.experiments.settings import require

if TYPE_CHECKING:
    from numerics.networks.potentials import Potential

FARTHEST = 1e9


@dataclass(frozen=True)
class Settings:
    """balances: the c; smoothings: the lam of the entropy; level: C less twice the least value; reach: largest |b|."""

    potentials: tuple[str, ...] = ("square", "entropy", "smoothed-3")
    balances: tuple[float, ...] = (0.0, 0.5, 1.0)
    smoothings: tuple[str, ...] = ("1/10", "1", "10")
    level: float = 8.0
    reach: float = 3.0
    points: int = 120
    tolerance: float = 0.1

    def check(self) -> None:
        require(len(self.potentials) >= 1 and len(self.smoothings) >= 2, "potentials and smoothings must be some")
        require(all(c >= 0 for c in self.balances), "balances must be at least 0")
        require(self.level > 0 and self.reach > 0, "level and reach must be positive")
        require(8 <= self.points <= 2000, "points must lie between 8 and 2000")
        require(0 < self.tolerance < 0.4, "tolerance must lie in (0, 0.4)")
        require(all(Fraction(t) > 0 for t in self.smoothings), "smoothings must be positive")


def inverse(potential: Potential, value: float) -> float:
    """The size s >= 0 with Q(R'(s)) = value; nan where the value is below the least one."""
    from scipy.optimize import brentq

    def gap(s: float) -> float:
        return float(potential.dual(np.array(s))) - value

    if gap(0.0) > 0:
        return math.nan
    high = 1.0
    while gap(high) < 0:
        high *= 2
        if high > FARTHEST:
            return math.nan
    return float(brentq(gap, 0.0, high, xtol=1e-14, rtol=1e-15))


def shape(potential: Potential, size: float) -> float:
    """2 D/A for A = size: 1 where the level set through (A, 0) has the shape of |u| + |v| at its corners' middle."""
    least, at_size = float(potential.dual(np.array(0.0))), float(potential.dual(np.array(size)))
    return 2 * inverse(potential, (at_size + least) / 2) / size


def size_of_agreement(potential: Potential, tolerance: float) -> float:
    """The A beyond which |2 D/A - 1| stays below the tolerance; 2 D/A falls to 1 as A grows."""
    from scipy.optimize import brentq

    def gap(log_size: float) -> float:
        return abs(shape(potential, math.exp(log_size)) - 1) - tolerance

    return math.exp(float(brentq(gap, math.log(1e-6), math.log(1e6), xtol=1e-12)))


class Figure1:
    """Units of work: the balance curves of each potential, then the level set of each smoothing."""

    name = "mf-figure-1"
    title = "Balance equations of three mirror maps, and level sets that tend to those of the horizon"
    kind = Settings

    def total(self, s: Settings) -> int:
        return len(s.potentials) + len(s.smoothings)

    def part(self, s: Settings) -> int:
        return 1

    def start(self, s: Settings) -> State:
        return {
            "balance": np.zeros((len(s.potentials), len(s.balances), s.points)),
            "level": np.zeros((len(s.smoothings), 2, s.points)),
            "sizes": np.zeros(len(s.smoothings)),
        }

    def advance(self, s: Settings, state: State, done: int, units: int) -> None:
        from numerics.networks.potentials import potential

        for k in range(done, done + units):
            if k < len(s.potentials):
                it = potential(s.potentials[k], "1")
                for row, c in enumerate(s.balances):
                    state["balance"][k, row] = [inverse(it, float(it.dual(np.array(b))) + c) for b in self._grid(s)]
                continue
            row = k - len(s.potentials)
            it = potential("entropy", s.smoothings[row])
            least = float(it.dual(np.array(0.0)))
            end = inverse(it, s.level + least)
            across = end * np.sin(np.linspace(-math.pi / 2, math.pi / 2, s.points))
            up = [inverse(it, s.level + 2 * least - float(it.dual(np.array(u)))) for u in across]
            state["level"][row] = across, np.nan_to_num(np.array(up))
            state["sizes"][row] = size_of_agreement(it, s.tolerance)

    def _grid(self, s: Settings) -> np.ndarray:
        return np.linspace(-s.reach, s.reach, s.points)

    def outcome(self, s: Settings, state: State) -> Outcome:
        found = Outcome({}, {})
        roots = np.sqrt([float(Fraction(t)) for t in s.smoothings])
        found.measured |= {f"size_{k}": [float(v)] for k, v in enumerate(state["sizes"], 1)}
        found.measured["scale_error"] = [float(np.ptp(state["sizes"] / roots) / np.mean(state["sizes"] / roots))]
        b = self._grid(s)
        for k, name in enumerate(s.potentials):
            for row, c in enumerate(s.balances):
                found.lines[f"balance, {name}, c = {c:g}"] = {"x": b.tolist(), "y": state["balance"][k, row].tolist()}
        for row, lam in enumerate(s.smoothings):
            across, up = state["level"][row]
            found.lines[f"level, lam = {lam}"] = {"x": across.tolist(), "y": up.tolist()}
        found.lines["level, horizon"] = {"x": [-s.level, 0.0, s.level], "y": [0.0, s.level, 0.0]}
        found.notes.append("the figure names no numbers: maps, smoothings and levels are ours; upper halves are shown")
        found.notes.append("size_k: size from which on the level set of the k-th smoothing has the horizon's shape")
        return found

    def draw(self, outcome: Outcome, figure: Any) -> None:
        left, right = figure.subplots(1, 2)
        maps: list[str] = []
        for label, line in outcome.lines.items():
            part, name = label.split(", ", 1)
            if part == "level":
                right.plot(line["x"], line["y"], "--" if name == "horizon" else "-", lw=1, label=name)
                continue
            kind = name.split(", ")[0]
            maps += [] if kind in maps else [kind]
            left.plot(line["x"], line["y"], lw=1, color=f"C{maps.index(kind)}", label=name)
        left.set(xlabel="b", ylabel="a", title="Q(R'(a)) - Q(R'(b)) = c")
        right.set(xlabel="u", ylabel="v", title="Q(R'(u)) + Q(R'(v)) = C", aspect="equal")
        left.legend(fontsize=5)
        right.legend(fontsize=6)


EXPERIMENT = Figure1()
