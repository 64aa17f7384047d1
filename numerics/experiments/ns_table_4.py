"""Table 4 of Never Saddle: sign descent with coupled and decoupled decay, balance and distance to the truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from numerics.experiments.checkpoints import State
from numerics.experiments.running import ExperimentError, Outcome
from numerics.experiments.settings import require
from numerics.sweep import Data, NoGpu, NoKernel, Setting, Sweep
from numerics.sweep.sweep import DEVICES, LANES

# The printed rows: (depth, column of the strength or none, strength) -> (balance, truth). Appendix I calls the first
# column decoupled and the second coupled, Algorithms 1 and 2 have it the other way round.
PRINTED = {
    (1, "none", 0.0): (0.0, 7.1), (1, "first", 1e-4): (0.0, 7.0), (1, "first", 1e-3): (0.0, 5.8),
    (1, "first", 1e-2): (0.0, 1.0), (1, "second", 1e-4): (0.0, 7.1), (1, "second", 1e-3): (0.0, 7.1),
    (1, "second", 1e-2): (0.0, 7.1),
    (2, "none", 0.0): (1.1e-4, 4.8e-1), (2, "first", 1e-4): (7.3e-5, 4.7e-1), (2, "first", 1e-3): (1.8e-3, 4.1e-1),
    (2, "first", 1e-2): (6.7e-4, 4.8e-1), (2, "second", 1e-4): (5.3e-4, 4.8e-1), (2, "second", 1e-3): (5.1e-3, 4.7e-1),
    (2, "second", 1e-2): (3.5e-2, 4.7e-1),
    (10, "none", 0.0): (1.5e-4, 2.1e-4), (10, "first", 1e-4): (1.5e-4, 1.4e-4), (10, "first", 1e-3): (2.9e-4, 4.9e-5),
    (10, "first", 1e-2): (1.6e-3, 7.9e-6), (10, "second", 1e-4): (1.2e-1, 2.5e-4),
    (10, "second", 1e-3): (3.9e-1, 2.9e-4), (10, "second", 1e-2): (7.8e-1, 3.0e-3),
}  # fmt: skip
KINDS = ("balance", "truth")
READINGS = {"text": ("decoupled", "coupled"), "algorithms": ("coupled", "decoupled")}


@dataclass(frozen=True)
class Settings:
    """Defaults: the setting of the table; seeds, the scales of the loss and the measures of the distances are ours."""

    samples: int = 80
    features: int = 100
    support: int = 5
    depths: tuple[int, ...] = (1, 2, 10)
    strengths: tuple[float, ...] = (1e-4, 1e-3, 1e-2)
    loss_scales: tuple[float, ...] = (1.0, 160.0)
    index: float = 1.0
    scale: float = 0.1
    rate: float = 1e-4
    steps: int = 1_000_000
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8)
    part_steps: int = 2_000

    def check(self) -> None:
        for name in ("depths", "strengths", "loss_scales", "seeds"):
            values = getattr(self, name)
            require(len(set(values)) == len(values), f"{name} must differ")
        require(min(self.samples, self.features) >= 1, "samples and features must be at least 1")
        require(0 <= self.support <= self.features, "support must lie between 0 and features")
        require(min(self.depths) >= 1, "depths must be at least 1")
        require(all(0 < a < 1 for a in self.strengths), "strengths must lie in (0, 1)")
        require(len({strength(a) for a in self.strengths}) == len(self.strengths), "strengths are told by one digit")
        require(1 <= self.index <= 2, "index must lie in [1, 2]")
        require(min(self.loss_scales) > 0, "loss_scales must be positive")
        require(1 in self.loss_scales, "loss_scales must hold 1")
        require(self.index == 1 or self.loss_scales == (1.0,), "loss_scales other than 1 go with index 1 alone")
        require(self.rate > 0, "rate must be positive")
        require(self.steps >= 1 and self.part_steps >= 1, "steps and part_steps must be at least 1")
        require(self.steps % self.part_steps == 0, "steps must be a multiple of part_steps")
        require(min(self.seeds) >= 0, "seeds must not be negative")

    @property
    def rows(self) -> list[Row]:
        found = []
        for depth in self.depths:
            found.append(Row(depth, "none", 0.0))
            for decay in self.strengths:
                found += [Row(depth, "coupled", decay, scale) for scale in self.loss_scales]
                found.append(Row(depth, "decoupled", decay))
        return found

    @property
    def cells(self) -> list[Setting]:
        """At q = 1 a loss c f with coupled decay a moves as f does with a/c."""
        return [
            Setting(self.index, r.depth, self.rate, r.decay / r.loss_scale * (r.way == "coupled"),
                    r.decay * (r.way == "decoupled"))
            for r in self.rows
        ]  # fmt: skip

    def name(self, row: Row) -> str:
        """coupled_1e4 at the largest depth, else coupled_1e4_depth_2; with another loss, coupled_1e4_loss_160."""
        text = row.way + (f"_{strength(row.decay)}" if row.decay else "")
        text += f"_loss_{row.loss_scale:g}" if row.loss_scale != 1 else ""
        return text + (f"_depth_{row.depth}" if row.depth != max(self.depths) else "")


@dataclass(frozen=True)
class Row:
    """way: none, coupled or decoupled."""

    depth: int
    way: str
    decay: float
    loss_scale: float = 1.0


def strength(decay: float) -> str:
    """1e4 for 1e-4: a part of a name."""
    digit, _, exponent = f"{decay:.0e}".partition("e-")
    return f"{digit}e{int(exponent)}"


@lru_cache(maxsize=2)
def sweep(s: Settings) -> Sweep:
    return Sweep(Data.gaussian(s.seeds, s.features, s.samples, s.support), s.cells)


class Table4:
    """Units of work: ``part_steps`` steps of all rows each."""

    name = "ns-table-4"
    title = "Sign descent with coupled and decoupled decay: the balance and the distance to the truth"
    kind = Settings
    devices = DEVICES
    together = LANES

    def total(self, s: Settings) -> int:
        return s.steps // s.part_steps

    def part(self, s: Settings) -> int:
        work = s.part_steps * len(s.seeds) * len(s.rows) * s.features * (s.features + 50)
        return max(1, int(1e10 / work))

    def start(self, s: Settings) -> State:
        state = {"weights": sweep(s).start(s.scale)}
        for kind in KINDS:
            state[kind] = np.full((self.total(s) + 1, len(s.rows), len(s.seeds)), np.nan)
        look(s, state, 0)
        return state

    def advance(self, s: Settings, state: State, done: int, units: int, device: str = "cpu") -> None:
        for unit in range(done, done + units):
            try:
                sweep(s).advance(state["weights"], unit * s.part_steps, s.part_steps, device=device)
            except (NoKernel, NoGpu) as error:
                raise ExperimentError(str(error)) from None
            look(s, state, unit + 1)

    def outcome(self, s: Settings, state: State) -> Outcome:
        found, swept = Outcome({}, {}), sweep(s)
        for m, row in enumerate(s.rows):
            name = s.name(row)
            layers = swept.layers(state["weights"], m)
            r = np.prod(layers, axis=1) - swept.data.truth
            if not np.all(np.isfinite(r)):
                found.notes.append(f"{name}: diverged")
            for kind in KINDS:
                found.measured[f"{kind}_{name}"] = state[kind][-1, m].tolist()
            found.measured[f"kept_{name}"] = off_balance(layers, s, 0.0, s.steps).tolist()
            found.measured[f"truth_l1_{name}"] = np.sum(np.abs(r), axis=-1).tolist()
        self._compare(s, found)
        self._fit(s, state, found)
        found.notes += [
            "balance_*: mean over coordinates and layers i > 1 of ||w_1|^q - |w_i|^q - b|, b the balance of the start"
            " times exp(-q a t) with the decay a of the row, coupled or decoupled; kept_*: with b that of the start",
            "truth_*: |x - x*|_2^2, which of the usual measures comes closest to the printed rows without decay;"
            " truth_l1_*: |x - x*|_1",
            "misfit_*: mean over the printed rows of a depth of |log10(ours/printed)|, the first column of strengths"
            " read as decoupled decay (text of Appendix I) or as coupled decay (Algorithms 1 and 2)",
            f"least_misfit_*: its least value after any multiple of {s.part_steps} steps; best_steps_*: after how many",
            "the loss is the mean over samples of <z, x - x*>^2/2, without label noise; *_loss_c: c times that (160:"
            " the sum of squares), which at q = 1 matters to coupled decay alone; the paper does not say which it is",
        ]
        return found

    def _compare(self, s: Settings, found: Outcome) -> None:
        """The misfit of both readings of the columns, and the lines of the figure beside the printed ones."""
        for kind, at in (("balance", 0), ("truth", 1)):
            own = {name.removeprefix(f"{kind}_"): np.array(values) for name, values in found.measured.items()
                   if name.startswith(f"{kind}_")}  # fmt: skip
            for reading, loss_scale, said in readings(s):
                for depth, values in misfits(s, own, at, reading, loss_scale).items():
                    found.measured[f"misfit_{kind}_{said}_depth_{depth}"] = values.tolist()
            for depth in s.depths:
                tail = f"_depth_{depth}" if depth != max(s.depths) else ""
                for way in ("coupled", "decoupled"):
                    names = [f"{kind}_{way}_{strength(a)}{tail}" for a in s.strengths]
                    seeds = np.array([found.measured[name] for name in names])
                    found.lines[f"{kind}, L = {depth}, {way}"] = {
                        "x": list(s.strengths), "y": np.median(seeds, axis=1).tolist(),
                        "low": np.min(seeds, axis=1).tolist(), "high": np.max(seeds, axis=1).tolist(),
                    }  # fmt: skip
                for column in ("first", "second"):
                    shown = [a for a in s.strengths if (depth, column, a) in PRINTED]
                    if shown:
                        found.lines[f"{kind}, L = {depth}, printed {column} column"] = {
                            "x": shown, "y": [PRINTED[depth, column, a][at] for a in shown],
                        }  # fmt: skip

    def _fit(self, s: Settings, state: State, found: Outcome) -> None:
        """The least misfit along the way, and where: the printed rows may be those of fewer steps."""
        names = [s.name(row) for row in s.rows]
        for at, kind in enumerate(KINDS):
            own = {name: state[kind][1:, m] for m, name in enumerate(names)}
            for reading, loss_scale, said in readings(s):
                for depth, path in misfits(s, own, at, reading, loss_scale).items():
                    known = np.where(np.isfinite(path), path, np.inf)
                    tail = f"{kind}_{said}_depth_{depth}"
                    found.measured[f"least_misfit_{tail}"] = known.min(axis=0).tolist()
                    found.measured[f"best_steps_{tail}"] = ((known.argmin(axis=0) + 1.0) * s.part_steps).tolist()

    def draw(self, outcome: Outcome, figure: Any) -> None:
        keys = {name: name.split(", ") for name in outcome.lines}
        rows, columns = (list(dict.fromkeys(parts[k] for parts in keys.values())) for k in (0, 1))
        styles = {"coupled": "C0-", "decoupled": "C1-", "printed first column": "C2:", "printed second column": "C3:"}
        grid = figure.subplots(len(rows), len(columns), sharex=True, squeeze=False)
        for name, line in outcome.lines.items():
            row, column, kind = keys[name]
            at = grid[rows.index(row), columns.index(column)]
            if any(value > 0 for value in line["y"]):
                at.plot(line["x"], line["y"], styles[kind], marker=".", lw=1.0, label=kind)
                at.set(xscale="log", yscale="log")
            at.set_title(f"{row}, {column}", fontsize=8)
        handles, labels = grid[-1, -1].get_legend_handles_labels()
        for at in grid.flat:
            if not at.lines:  # one layer has no balance: room for the legend
                at.set_axis_off()
                at.set_title("")
        figure.legend(handles, labels, fontsize=6, loc="upper left")
        figure.supxlabel("decay", fontsize=8)


def misfits(
    s: Settings, own: dict[str, np.ndarray], at: int, reading: str, loss_scale: float
) -> dict[int, np.ndarray]:
    """For each depth, the mean over its printed rows of |log10(ours/printed)|; own: name of a row -> distances."""
    gaps: dict[int, list[np.ndarray]] = {}
    for (depth, column, decay), values in PRINTED.items():
        way = column if column == "none" else READINGS[reading][column == "second"]
        name = s.name(Row(depth, way, decay, loss_scale if way == "coupled" else 1.0))
        if name in own and values[at] > 0:
            gaps.setdefault(depth, []).append(np.abs(np.log10(np.maximum(own[name], 1e-300) / values[at])))
    return {depth: np.mean(rows, axis=0) for depth, rows in gaps.items()}


def readings(s: Settings) -> list[tuple[str, float, str]]:
    """Of the columns and of the scale of the loss, and what each is called."""
    return [
        (reading, scale, reading + (f"_loss_{scale:g}" if scale != 1 else ""))
        for scale in s.loss_scales for reading in READINGS
    ]  # fmt: skip


def look(s: Settings, state: State, unit: int) -> None:
    """Both distances of all rows after so many units, kept in the state."""
    swept = sweep(s)
    with np.errstate(over="ignore", invalid="ignore"):
        for m, row in enumerate(s.rows):
            layers = swept.layers(state["weights"], m)
            state["balance"][unit, m] = off_balance(layers, s, row.decay, unit * s.part_steps)
            state["truth"][unit, m] = np.sum((np.prod(layers, axis=1) - swept.data.truth) ** 2, axis=-1)


def off_balance(layers: np.ndarray, s: Settings, decay: float, steps: int) -> np.ndarray:
    """The mean distance of the balances of the first layer with the others to the predicted one: (S,)."""
    sizes = np.abs(layers) ** s.index
    predicted = -(s.scale**s.index) * np.exp(-s.index * decay * s.rate * steps)
    if layers.shape[1] == 1:
        return np.zeros(len(layers))
    return np.mean(np.abs(sizes[:, :1] - sizes[:, 1:] - predicted), axis=(1, 2))


EXPERIMENT = Table4()
