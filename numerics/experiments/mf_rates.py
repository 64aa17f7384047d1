"""The rates of Theorem 4.6 far out: one weight, f = theta^L, for potentials of every degree alpha, by quadrature.

The theory expects log(1/loss) = log t + e log log t + log c + o(1), e = 2 - alpha/L, with c and e from the rate of the
loss; log (alpha Q)^(L/alpha) = log log t + O(1), log Q = (alpha/L) log log t + O(1) and log theta = (1/L) log log t +
O(1). Between the last two levels the slopes are measured; what they may be off by is derived from the rate of the loss,
before any quadrature, see ``budget``.

Besides: f = theta_1 + ... + theta_n with equal weights under the entropy, until Q and the horizon differ by a given
part of Q. There log t is of the order n sqrt(lam).
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
    from numerics.networks.one_weight import OneWeight


@dataclass(frozen=True)
class Settings:
    """layers: the L; between: an alpha in [1, 2]; degrees: the p of the smoothed potentials; levels: of log(1/loss).

    gaps: up to which gap the potential with gaps is followed. counts: the n; difference: of Q and the horizon over Q.
    """

    layers: tuple[int, ...] = (1, 2, 3)
    between: str = "3/2"
    degrees: tuple[str, ...] = ("5/2", "3", "4")
    smoothing: str = "1"
    levels: tuple[int, ...] = (10, 100, 1000, 10_000, 100_000, 1_000_000)
    gaps: int = 100
    counts: tuple[int, ...] = (10, 100, 1000, 10_000, 100_000)
    difference: float = 0.1

    def check(self) -> None:
        require(min(self.layers) >= 1, "layers must be at least 1")
        require(len(self.levels) >= 2 and min(self.levels) >= 10, "levels must be two or more from 10 on")
        require(list(self.levels) == sorted(set(self.levels)), "levels must rise")
        require(self.gaps >= 3, "gaps must be at least 3")
        require(len(self.counts) >= 2 and min(self.counts) >= 2, "counts must be two or more from 2 on")
        require(list(self.counts) == sorted(set(self.counts)), "counts must rise")
        require(0.01 <= self.difference < 1, "difference must lie in [1/100, 1)")

    def potentials(self) -> list[str]:
        return ["square", "entropy", "between", *(f"smoothed-{p}" for p in self.degrees)]


COLUMNS = ("log_time", "radius", "log_dual", "log_size")


class MirrorRates:
    """Units of work: one potential and one L each, then the potential with gaps, then the equal weights."""

    name = "mf-rates"
    title = "The rates of the loss and of the conjugate for one weight, log t up to a million"
    kind = Settings

    def cases(self, s: Settings) -> list[tuple[str, int]]:
        return [(potential, n) for potential in s.potentials() for n in s.layers]

    def total(self, s: Settings) -> int:
        return len(self.cases(s)) + 2

    def part(self, s: Settings) -> int:
        return 1

    def start(self, s: Settings) -> State:
        return {
            "levels": np.zeros((len(self.cases(s)), len(s.levels), len(COLUMNS))),
            "slopes": np.zeros((len(self.cases(s)), 4)),  # of z by log t; powers less those derived: of log, Q, theta
            "derived": np.zeros((len(self.cases(s)), 4)),  # e, log c, alpha, the budget of the power of log
            "ends": np.zeros((len(self.cases(s)), 2)),  # z - log t - e log log t - log c at the end, and its budget
            "gaps": np.zeros((s.gaps - 1, 4)),
            "equal": np.zeros((len(s.counts), 4)),  # log t and z there, log t at r = sqrt(lam), less its lower bound
        }

    def advance(self, s: Settings, state: State, done: int, units: int) -> None:
        for k in range(done, done + units):
            if k < len(self.cases(s)):
                self._case(s, state, k)
            elif k == len(self.cases(s)):
                self._gaps(s, state)
            else:
                self._equal(s, state)

    def _case(self, s: Settings, state: State, k: int) -> None:
        flow = weight(s, *self.cases(s)[k])
        for row, z in enumerate(s.levels):
            ball = flow.log_time(z)
            state["levels"][k, row] = float(ball), float(ball.rad()), flow.log_dual(z), flow.log_size(z)
        c, e = (float(v) for v in flow.order)
        alpha, low, high = float(flow.alpha), s.levels[-2], s.levels[-1]
        first, last = state["levels"][k, -2], state["levels"][k, -1]
        spread = math.log(last[0] / first[0])
        ahead = [z - row[0] for z, row in ((low, first), (high, last))]
        state["slopes"][k] = (
            (high - low) / (last[0] - first[0]),
            (ahead[1] - ahead[0]) / spread - e,
            (last[2] - first[2]) / spread - alpha / flow.layers,
            (last[3] - first[3]) / spread - 1 / flow.layers,
        )
        state["derived"][k] = e, math.log(c), alpha, budget(flow, low, high)
        state["ends"][k] = (
            ahead[1] - e * math.log(last[0]) - math.log(c),
            abs(flow.constant_gap(high)) + (1 + abs(e)) * _turn(flow, high),
        )

    def _gaps(self, s: Settings, state: State) -> None:
        from numerics.networks.gaps import crossings

        for row, at in enumerate(crossings(s.gaps)):
            state["gaps"][row] = float(at.log_t), float(at.log_t - at.z), float(at.log_d - at.log_t.log() * 2), at.n

    def _equal(self, s: Settings, state: State) -> None:
        import sympy

        from numerics.networks.one_weight import equal_weights

        lam = sympy.Rational(s.smoothing)
        for row, n in enumerate(s.counts):
            flow, offset = equal_weights(n, lam), n * math.sqrt(lam)
            z = math.ceil(offset * (1 - s.difference) / math.sqrt(1 - (1 - s.difference) ** 2))
            early = max(1, math.ceil(offset))
            soon = float(flow.log_time(early))
            # at r = sqrt(lam) at least (e^(n r) - 1)/(n sqrt(2 lam)) has passed; z is at most by one above n r
            bound = offset + math.log(-math.expm1(-offset)) - math.log(offset * math.sqrt(2))
            state["equal"][row] = float(flow.log_time(z)), z, soon, soon - bound

    def outcome(self, s: Settings, state: State) -> Outcome:
        found = Outcome({}, {})
        groups = {"one": ("entropy",), "between": ("between",), "two": ("square",),
                  "above": tuple(f"smoothed-{p}" for p in s.degrees)}  # fmt: skip
        for name, members in groups.items():
            rows = [k for k, (potential, _) in enumerate(self.cases(s)) if potential in members]
            slopes, derived, ends = state["slopes"][rows], state["derived"][rows], state["ends"][rows]
            found.measured |= {
                f"slope_{name}": [float(np.max(np.abs(slopes[:, 0] - 1)))],
                f"power_{name}": [float(np.max(np.abs(slopes[:, 1])))],
                f"power_spare_{name}": [float(np.min(derived[:, 3] - np.abs(slopes[:, 1])))],
                f"dual_{name}": [float(np.max(np.abs(slopes[:, 2])))],
                f"dual_spare_{name}": [float(np.min(self._dual_budget(s, rows, state) - np.abs(slopes[:, 2])))],
                f"size_{name}": [float(np.max(np.abs(slopes[:, 3])))],
                f"constant_{name}": [float(np.max(np.abs(ends[:, 0])))],
                f"constant_spare_{name}": [float(np.min(ends[:, 1] - np.abs(ends[:, 0])))],
                f"log_time_{name}": [float(np.min(state["levels"][rows, -1, 0]))],
                f"radius_{name}": [float(np.max(state["levels"][rows, :, 1]))],
            }
        gaps = state["gaps"]
        found.measured |= {
            "gap_loss_by_time": [float(gaps[-1, 1])], "gap_count": [float(s.gaps)],
            "gap_log_time": [float(gaps[-1, 0])], "gap_dual_low": [float(np.min(gaps[:, 2]))],
            "gap_dual_high": [float(np.max(gaps[:, 2]))],
        }  # fmt: skip
        equal, root = state["equal"], math.sqrt(float(Fraction(s.smoothing)))
        part = 1 - s.difference
        scale = equal[-1, 0] / (s.counts[-1] * root)
        found.measured |= {
            "equal_power": [math.log(equal[-1, 0] / equal[-2, 0]) / math.log(s.counts[-1] / s.counts[-2])],
            "equal_scale_error": [abs(scale / (part / math.sqrt(1 - part**2)) - 1)],
            "equal_spare": [float(np.min(equal[:, 3]))],
        }  # fmt: skip
        found.lines["equal weights"] = {"x": [float(n) for n in s.counts], "y": equal[:, 0].tolist()}
        for k, (potential, n) in enumerate(self.cases(s)):
            y = state["levels"][k, :, 0]
            e, log_c = state["derived"][k, :2]
            levels = np.array(s.levels, dtype=float)
            found.lines[f"observed {potential}, L = {n}"] = {"x": y.tolist(), "y": (levels - y).tolist()}
            found.lines[f"derived {potential}, L = {n}"] = {"x": y.tolist(), "y": (e * np.log(y) + log_c).tolist()}
        found.lines["observed gaps"] = {"x": gaps[:, 0].tolist(), "y": (-gaps[:, 1]).tolist()}
        found.notes.append("power_*, dual_*, size_*: largest distance of observed powers of log t from those derived")
        found.notes.append("*_spare_*: what the derived budget leaves; radius_*: of the ball that holds log t")
        return found

    def _dual_budget(self, s: Settings, rows: list[int], state: State) -> np.ndarray:
        """Of log Q: how far its slope by log z is from alpha/L, and by how much log z and log log t differ."""
        budgets = []
        for k in rows:
            flow = weight(s, *self.cases(s)[k])
            low, high = s.levels[-2], s.levels[-1]
            steepness = float(flow.alpha) / flow.layers
            exact = (flow.log_dual(high) - flow.log_dual(low)) / math.log(high / low)
            budgets.append(abs(exact - steepness) + (steepness + 1) * 2 * _turn(flow, low))
        return np.array(budgets)

    def draw(self, outcome: Outcome, figure: Any) -> None:
        names = sorted({label.split(", L = ")[1] for label in outcome.lines if ", L = " in label}, key=int)
        axes = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
        for ax, n in zip(axes, names, strict=True):
            chosen = [label for label in outcome.lines if label.startswith("observed") and label.endswith(f", L = {n}")]
            for k, label in enumerate(chosen):
                line, derived = outcome.lines[label], outcome.lines[label.replace("observed", "derived")]
                name = label.removeprefix("observed ").split(",")[0]
                ax.plot(line["x"], line["y"], "o", color=f"C{k}", ms=3, label=name)
                ax.plot(derived["x"], derived["y"], "-", color=f"C{k}", lw=0.8)
            if n == "1":
                line = outcome.lines["observed gaps"]
                ax.plot(line["x"], line["y"], ":", color="grey", lw=1, label="with gaps")
            ax.set(xscale="log", xlabel="log t", title=f"L = {n}", ylim=(-35, 35))
        axes[0].set_ylabel("log(1/loss) - log t; lines: derived")
        axes[-1].legend(*axes[0].get_legend_handles_labels(), fontsize=6, loc="lower right")


def weight(s: Settings, potential: str, layers: int) -> OneWeight:
    """The flow of one weight of a case."""
    import sympy

    from numerics.networks.one_weight import BetweenPotential, OneWeight, x
    from numerics.networks.potentials import expression
    from theory.potentials import MirrorPotential

    lam = sympy.Rational(s.smoothing)
    if potential == "between":
        return OneWeight(BetweenPotential(sympy.Rational(s.between), lam), layers)
    return OneWeight(MirrorPotential(expression(potential, lam), x), layers)


def _turn(flow: OneWeight, z: int) -> float:
    """A bound of |log z - log log t| from the rate alone: log t = z - log r(z) + log I, where log I, about e/z, is
    taken to be below 2 in size; the difference is at most 2 |log t - z|/z while that is below one.
    """
    _, e = flow.order
    return 2 * (abs(flow.constant_gap(z)) + abs(math.log(float(flow.order[0]))) + abs(float(e)) * math.log(z) + 2) / z


def budget(flow: OneWeight, low: int, high: int) -> float:
    """What the measured power of log t may differ from e by: the local powers of the rate, and log z for log log t."""
    local = max(abs(flow.local_exponent(z) - float(flow.order[1])) for z in (low, high))
    spread = math.log(high / low)
    return local + 2 * (1 + abs(float(flow.order[1]))) * _turn(flow, low) * (1 + 1 / spread)


EXPERIMENT = MirrorRates()
