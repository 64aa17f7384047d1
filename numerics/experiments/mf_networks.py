"""Mirror flow of small homogeneous networks: the laws of the theory along paths followed far out.

Every network is run with every potential from the starts of every seed. The labels are the signs of the outputs at the
start, so that the data can be separated. Draws in which an output is small beside the others are not taken; those whose
path ends before the goal, on surfaces that are not transversal, or slides along many of them at once, are passed over,
and it is counted how many.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from numerics.experiments.checkpoints import State
from numerics.experiments.running import Outcome
from numerics.experiments.settings import require

QUANTITIES = (
    "balance", "balance_printed", "dissipation", "growth", "euler", "growth_gap", "multi_soft_rise", "multi_soft_total",
    "end", "soft_rise", "soft_total", "soft_late", "tangential_spare", "log_dual_rise", "chain_gap", "integral_gap",
    "dual_turn", "dual_angle_gap", "angle_spare", "angle_least_gap", "angle_end", "residual_ratio", "margin_gap",
    "hard_fall", "hard_over_soft", "log_power", "size_power", "size_over", "log_time", "time_error", "kkt_begin",
    "kkt_end", "neuron_balance", "neuron_gap", "horizon_spare", "horizon_end", "steps", "events", "slides", "ambiguous",
    "passed",
)  # fmt: skip
COLUMN = {name: k for k, name in enumerate(QUANTITIES)}
POINTS = 48
MIXED = ("entropy", "smoothed-3", "square")
DRAWS = 30


@dataclass(frozen=True)
class Settings:
    """networks: widths from the output to the input, then the activations; potentials: one for all layers, or
    ``mixed``, one for each (``mixed logistic`` under the logistic loss). goal: log(1/loss) at the end; steps,
    stretches, surfaces: see ``follow_flow``."""

    networks: tuple[str, ...] = ("1-3-2 linear", "1-3-2 relu", "1-3-2 square", "1-3-3-2 linear linear",
                                 "1-3-3-2 relu relu")  # fmt: skip
    potentials: tuple[str, ...] = ("square", "entropy", "smoothed-3", "smoothed-4", "mixed", "mixed logistic")
    seeds: tuple[int, ...] = (1, 2, 3)
    samples: int = 4
    start: float = 0.3
    smoothing: str = "1/100"
    goal: float = 1000.0
    tolerance: float = 1e-10
    steps: int = 12_000
    stretches: int = 150
    surfaces: int = 2

    def check(self) -> None:
        require(self.samples >= 1, "samples must be at least 1")
        require(self.start > 0, "start must be positive")
        require(self.goal > 5, "goal must be above 5")
        require(1e-12 <= self.tolerance < 1e-6, "tolerance must lie in [1e-12, 1e-6)")
        require(self.steps >= 100 and self.stretches >= 1, "steps must be at least 100 and stretches 1")
        for text in self.networks:
            _network(text)
        for text in self.potentials:
            _potentials(text, 3, self.smoothing)


def _network(text: str) -> Any:
    from numerics.networks import Network

    return Network.read(text)


def separated(random: np.random.Generator, network: Any, samples: int, size: float) -> tuple[Any, Any, Any]:
    """(inputs, theta, labels): Gaussian, the labels the signs of the outputs, none of which is small beside another."""
    while True:
        inputs = random.normal(size=(network.widths[-1], samples))
        theta = np.where(network.mask, size * random.normal(size=network.size), 0.0)
        outputs = network.outputs(theta, inputs)
        if np.min(np.abs(outputs)) >= 0.1 * np.max(np.abs(outputs)):
            return inputs, theta, np.sign(outputs)


def _potentials(text: str, layers: int, smoothing: str) -> tuple[tuple[Any, ...], str]:
    from numerics.networks import potential

    kind, *loss = text.split()
    require(loss in ([], ["logistic"]), f"{text!r} is no potential and loss")
    names = MIXED[:layers] if kind == "mixed" else (kind,) * layers
    require(len(names) == layers, "mixed potentials are for up to three layers")
    return tuple(potential(name, smoothing) for name in names), loss[0] if loss else "exponential"


class MirrorNetworks:
    """Units of work: one path each."""

    name = "mf-networks"
    title = "Mirror flow of small homogeneous networks: laws along the path"
    kind = Settings

    def cases(self, s: Settings) -> list[tuple[str, str]]:
        return [(network, potential) for network in s.networks for potential in s.potentials]

    def total(self, s: Settings) -> int:
        return len(self.cases(s)) * len(s.seeds)

    def part(self, s: Settings) -> int:
        return 1

    def start(self, s: Settings) -> State:
        shape = (len(self.cases(s)), len(s.seeds))
        return {
            "values": np.full((*shape, len(QUANTITIES)), np.nan),
            "curves": np.full((len(self.cases(s)), 3, POINTS), np.nan),
        }

    def advance(self, s: Settings, state: State, done: int, units: int) -> None:
        for unit in range(done, done + units):
            case, seed = divmod(unit, len(s.seeds))
            values, curve = self._path(s, case, s.seeds[seed])
            for name, value in values.items():
                if name in COLUMN:
                    state["values"][case, seed, COLUMN[name]] = value
            if seed == 0 and curve is not None:
                state["curves"][case] = curve

    def _path(self, s: Settings, case: int, seed: int) -> tuple[dict[str, float], np.ndarray | None]:
        """The quantities of the first draw that can be followed to the goal, and curves over log t."""
        from numerics.flows import NoProgress, Undetermined
        from numerics.networks import LOSSES, MirrorFlow, follow_flow
        from numerics.networks.kkt import kkt_residual
        from numerics.networks.laws import horizon_laws, neurons, study

        text, potentials = self.cases(s)[case]
        network = _network(text)
        potential, loss = _potentials(potentials, network.depth, s.smoothing)
        random = np.random.default_rng([seed, case])
        passed = 0
        while passed < DRAWS:
            inputs, theta, labels = separated(random, network, s.samples, s.start)
            flow = MirrorFlow(network, potential, inputs, labels, LOSSES[loss])
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", RuntimeWarning)  # refused trial steps leave the doubles
                    course = follow_flow(flow, theta, s.goal, rtol=s.tolerance, steps=s.steps, stretches=s.stretches,
                                         surfaces=s.surfaces)  # fmt: skip
                break
            except (NoProgress, Undetermined):
                passed += 1
        else:
            return {"passed": float(passed)}, None
        found = study(course)
        values = found.values | {
            "steps": len(course.steps), "events": course.events, "slides": course.slides,
            "ambiguous": float(course.ambiguous), "passed": float(passed),
        }  # fmt: skip
        if "mixed" not in potentials:
            values |= {
                "kkt_begin": kkt_residual(flow, course.steps[0][0]), "kkt_end": kkt_residual(flow, course.steps[-1][2]),
            }  # fmt: skip
            values |= horizon_laws(course, *_alignment(potentials, network.size, s.smoothing))
            if network.depth == 2 and network.degree == 2:
                values |= neurons(course)
        at = np.linspace(0, len(found.z) - 1, POINTS).astype(int)
        at[0] = min(3, len(found.z) - 1)
        return values, np.array([found.log_t[at], found.soft[at], found.hard[at]])

    def outcome(self, s: Settings, state: State) -> Outcome:
        found = Outcome({}, {})
        for name, (quantity, worst, chosen) in MEASURED.items():
            rows = [k for k, (net, pot) in enumerate(self.cases(s)) if chosen(net, pot)]
            if not rows:
                continue
            table = state["values"][rows, :, COLUMN[quantity]]
            found.measured[name] = [float(v) for v in worst(table, axis=0)]
        for name, chosen, reduced in RATES:
            gaps = [
                state["values"][k, :, COLUMN["log_power"]] - _exponent(net, pot)
                for k, (net, pot) in enumerate(self.cases(s))
                if chosen(net, pot)
            ]
            if gaps:
                found.measured[name] = [float(v) for v in reduced(np.array(gaps))]
        for k, (net, pot) in enumerate(self.cases(s)):
            log_t, soft, hard = state["curves"][k]
            if np.all(np.isfinite(state["curves"][k])):
                for kind, line in (("soft", soft), ("hard", hard)):
                    found.lines[f"{net}, {pot}, {kind}"] = {"x": log_t.tolist(), "y": (line - soft[-1]).tolist()}
        self._notes(s, state, found)
        return found

    def _notes(self, s: Settings, state: State, found: Outcome) -> None:
        values = state["values"]
        for label in ("passed", "slides", "events", "steps"):
            found.notes.append(f"{label}: {int(np.nansum(values[..., COLUMN[label]]))} over {self.total(s)} paths")
        lost = int(np.sum(np.isnan(values[..., COLUMN["balance"]])))
        found.notes.append(f"paths that no draw could follow to the goal: {lost}")

    def draw(self, outcome: Outcome, figure: Any) -> None:
        shown = [k for k in ("square", "entropy", "smoothed-3", "mixed") if any(f", {k}, " in n for n in outcome.lines)]
        axes = figure.subplots(1, max(1, len(shown)), sharey=True, squeeze=False)[0]
        for ax, pot in zip(axes, shown, strict=False):
            nets = [n.split(", ")[0] for n in outcome.lines if n.endswith(f", {pot}, soft")]
            for k, net in enumerate(nets):
                for kind, style in (("soft", "-"), ("hard", ":")):
                    line = outcome.lines[f"{net}, {pot}, {kind}"]
                    ax.plot(line["x"], line["y"], style, color=f"C{k}", lw=1, label=net if kind == "soft" else None)
            ax.set(title=pot, xlabel="log t", xscale="symlog", xlim=(0, None), ylim=(-2.2, 0.2), xticks=(0, 10, 1000))
        axes[0].set_ylabel("log margin, less its soft end (dotted: hard margin)")
        axes[0].legend(fontsize=6)


@cache
def _alignment(potential: str, count: int, smoothing: str) -> tuple[float, float]:
    """(c, a) of phi <= (alpha Q)^(1/alpha) <= c phi + a, by the theory."""
    import sympy

    from numerics.networks.potentials import expression, x
    from theory.alignment import Alignment, number
    from theory.potentials import MirrorPotential

    if potential == "square":
        return 1.0, 0.0
    lam, p = sympy.Rational(smoothing), sympy.Rational(potential.partition("-")[2] or 1)
    entropy = potential == "entropy"
    shift = (sympy.Integer(0), sympy.sqrt(lam)) if entropy else (p * lam / (2 * (p - 1)), p * lam / 2)
    found = Alignment(MirrorPotential(expression(potential, lam), x), *shift)
    return float(found.factor), float(found.offset.subs(number, count))


def _single(net: str, pot: str) -> bool:
    """One potential for all layers."""
    return "mixed" not in pot


def _plain(net: str) -> bool:
    """Activations of degree one."""
    return "square" not in net and "relu2" not in net


def _of_degree_one(kind: str) -> Callable[[str, str], bool]:
    return lambda net, pot: _plain(net) and pot.startswith(kind)


def _two_plain_layers(kind: str) -> Callable[[str, str], bool]:
    return lambda net, pot: _plain(net) and net.count("-") == 2 and pot.startswith(kind)


def _exponent(net: str, pot: str) -> float:
    """2 - alpha/L, the power of the logarithm in Theorem 4.6."""
    alpha = {"square": 2.0, "entropy": 1.0}.get(pot) or float(pot.partition("-")[2])
    return 2 - alpha / float(_network(net).degree)


def _up_to_two(net: str, pot: str) -> bool:
    return pot in ("square", "entropy")


def _above_two(net: str, pot: str) -> bool:
    return pot.startswith("smoothed")


def _above_two_or_square(net: str, pot: str) -> bool:
    return pot == "square" or _above_two(net, pot)


# name -> (quantity, the worst over cases, the cases)
MEASURED: dict[str, tuple[str, Callable[..., np.ndarray], Callable[[str, str], bool]]] = {
    "balance_entropy": ("balance", np.max, _of_degree_one("entropy")),
    "balance_smoothed": ("balance", np.max, _of_degree_one("smoothed")),
    "balance_square": ("balance", np.max, _of_degree_one("square")),
    "balance_mixed": ("balance", np.max, _of_degree_one("mixed")),
    "balance_relu": ("balance", np.max, lambda net, pot: "relu" in net),
    "balance_squared": ("balance", np.max, lambda net, pot: "square" in net),
    "balance_squared_printed": ("balance_printed", np.min, lambda net, pot: "square" in net),
    "neurons_entropy": ("neuron_balance", np.max, _two_plain_layers("entropy")),
    "neurons_smoothed": ("neuron_balance", np.max, _two_plain_layers("smoothed")),
    "neuron_gap_entropy": ("neuron_gap", np.max, _two_plain_layers("entropy")),
    "neuron_gap_smoothed": ("neuron_gap", np.max, _two_plain_layers("smoothed")),
    "dissipation": ("dissipation", np.max, lambda net, pot: True),
    "growth": ("growth", np.max, lambda net, pot: True),
    "euler": ("euler", np.max, lambda net, pot: True),
    "growth_gap": ("growth_gap", np.min, lambda net, pot: "logistic" not in pot),
    "log_dual_rise": ("log_dual_rise", np.min, _single),
    "soft_rise": ("soft_rise", np.min, _single),
    "soft_total": ("soft_total", np.max, _single),
    "multi_rise": ("multi_soft_rise", np.min, lambda net, pot: pot == "mixed" and _plain(net)),
    "tangential_spare": ("tangential_spare", np.min, _single),
    "chain_gap": ("chain_gap", np.min, _single),
    "integral_gap": ("integral_gap", np.min, _single),
    "dual_turn": ("dual_turn", np.max, _single),
    "dual_angle_gap": ("dual_angle_gap", np.min, _single),
    "angle_spare": ("angle_spare", np.min, _single),
    "angle_least_gap": ("angle_least_gap", np.min, _single),
    "residual_ratio": ("residual_ratio", np.max, _above_two_or_square),
    "soft_late": ("soft_late", np.max, _single),
    "angle_end": ("angle_end", np.max, _above_two_or_square),
    "margin_gap": ("margin_gap", np.max, _single),
    "hard_over_soft": ("hard_over_soft", np.min, _single),
    "hard_fall": ("hard_fall", np.min, _single),
    "size_over": ("size_over", np.max, _single),
    "log_time": ("log_time", np.min, _single),
    "time_error": ("time_error", np.max, _single),
    "end": ("end", np.min, lambda net, pot: True),
    "kkt_begin": ("kkt_begin", np.min, _single),
    "kkt_square": ("kkt_end", np.max, lambda net, pot: pot == "square"),
    "kkt_smoothed": ("kkt_end", np.max, _above_two),
    "kkt_entropy": ("kkt_end", np.max, lambda net, pot: pot == "entropy" and net == "1-3-2 linear"),
    "horizon_spare": ("horizon_spare", np.min, _single),
    "horizon_entropy": ("horizon_end", np.max, lambda net, pot: pot == "entropy"),
    "horizon_smoothed": ("horizon_end", np.max, _above_two),
}  # fmt: skip
# the observed power of the logarithm less the derived one: the largest distance, and the least difference
RATES: tuple[tuple[str, Callable[[str, str], bool], Callable[[np.ndarray], np.ndarray]], ...] = (
    ("power_error", _up_to_two, lambda gaps: np.max(np.abs(gaps), axis=0)),
    ("power_short", _above_two, lambda gaps: np.min(gaps, axis=0)),
)


EXPERIMENT = MirrorNetworks()
