"""How long a step of a trajectory takes: in the compiled sweep, and in the loops that a researcher would write.

    python benchmarks/sweep_speed.py [--out benchmarks/results/sweep_speed.json] [--seconds 2]

The regression experiment (n = 100, k = 80, L = 3, q = 1, 1.5, 2, 64 seeds) on all cores, against one trajectory in
NumPy and, where torch is installed, by its automatic derivatives: as it is usually written, a tensor for each layer and
``backward``, and as tersely as it can be; and a small system (n = 20 coordinates, L = 3 layers, 64 lanes) on one core.
How long the cells of Figures 7 to 10 and Table 4 take at all their steps is found from some of them. How time grows
with n, L, lanes and steps is measured and, where matplotlib is installed, drawn.

Times are of the clock and of the processor, the latter over all cores together: on a busy machine it is the fairer one,
and what it says of all cores is divided by their number. The arithmetic of a step is counted as 2 n^2 for the gradient
A r and 5 L n for the layers: three products, the step and its scale. The rate it is compared with is that of the
product of two matrices of 1000 rows, on one core, in time of the processor.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

import numpy as np
from common import alone, draw_growth, rounded, versions

from numerics.experiments.running import provenance
from numerics.sweep import Data, Setting, Sweep, cores, reference
from numerics.sweep.settings import start
from verify.records import write_json

if TYPE_CHECKING:
    import torch

HERE = Path(__file__).resolve().parent
SEEDS, FEATURES, SAMPLES, DEPTH, RATE, SCALE = 64, 100, 80, 3, 1e-4, 0.1
INDICES = (1.0, 1.5, 2.0)


def timed(run: Callable[[int], None], seconds: float) -> dict[str, float]:
    """Microseconds for each of the steps that fit into about so many seconds, by both clocks; the best of three."""
    run(1)
    steps, spent = 1, 0.0
    while spent < seconds / 4:  # of the processor: a stall says nothing
        steps *= 2
        begun = time.process_time()
        run(steps)
        spent = time.process_time() - begun
    steps = max(1, int(steps * seconds / spent))
    best = {"clock": np.inf, "processor": np.inf}
    for _ in range(3):
        begun, used = time.perf_counter(), time.process_time()
        run(steps)
        found = {"clock": time.perf_counter() - begun, "processor": time.process_time() - used}
        best = {name: min(best[name], 1e6 * found[name] / steps) for name in best}
    return best


def swept(data: Data, indices: tuple[float, ...], depth: int, seconds: float, workers: int) -> dict[str, float]:
    """Microseconds for a step of one trajectory of a sweep."""
    sweep = Sweep(data, [Setting(q, depth, RATE) for q in indices])
    weights = sweep.start(SCALE)
    found = timed(lambda steps: sweep.advance(weights, 0, steps, workers=workers), seconds)
    lanes = len(data.seeds) * len(indices)
    return {name: value / lanes for name, value in found.items()}


def numpy_loop(data: Data, q: float, seconds: float) -> dict[str, float]:
    setting = Setting(q, DEPTH, RATE)

    def run(steps: int) -> None:
        begun = start(setting, FEATURES, SCALE)
        reference.descend(begun, setting, data.samples[0], data.truth, 0, 0, steps)

    return timed(run, seconds)


def torch_loop(data: Data, q: float, seconds: float, *, terse: bool) -> dict[str, float]:
    """One trajectory by automatic derivatives."""
    import torch

    torch.set_num_threads(1)  # more are slower at this size
    z, truth = torch.tensor(data.samples[0]), torch.tensor(data.truth)
    target = z @ truth

    def direction(slope: torch.Tensor) -> torch.Tensor:
        return torch.sign(slope) * torch.abs(slope) ** (q - 1)

    def usual(steps: int) -> None:
        layers = [torch.tensor(w, requires_grad=True) for w in start(Setting(q, DEPTH, RATE), FEATURES, SCALE)]
        for _ in range(steps):
            x = layers[0] * layers[1] * layers[2]
            loss = ((z @ x - target) ** 2).mean() / 2
            loss.backward()
            with torch.no_grad():
                for w in layers:
                    w -= RATE * direction(w.grad)
                    w.grad = None

    def tersely(steps: int) -> None:
        w = torch.tensor(start(Setting(q, DEPTH, RATE), FEATURES, SCALE), requires_grad=True)
        for _ in range(steps):
            loss = (z @ (torch.prod(w, dim=0) - truth)).square().mean() / 2
            (slope,) = torch.autograd.grad(loss, w)
            with torch.no_grad():
                w -= RATE * direction(slope)

    return timed(tersely if terse else usual, seconds)


def loops(data: Data, seconds: float) -> dict[str, dict[str, dict[str, float]]]:
    """Microseconds a step of the loops, for each q; those of torch where it is installed."""
    from importlib.util import find_spec

    found = {"numpy": {f"q = {q:g}": numpy_loop(data, q, seconds) for q in INDICES}}
    if find_spec("torch"):
        for terse in (False, True):
            each = {f"q = {q:g}": torch_loop(data, q, seconds, terse=terse) for q in INDICES}
            found["torch, tersely" if terse else "torch"] = each
    return found


def figures(seconds: float) -> dict[str, float]:
    """Minutes for all cells of Figures 7 to 10 and Table 4 at all their steps on all cores, from some of the steps."""
    from numerics.experiments import ns_figure_7, ns_table_4

    wide, narrow = ns_figure_7.Settings(), ns_table_4.Settings()
    parts = [(wide.steps, wide.scale, list(ns_figure_7.sweeps(wide).values()))]
    parts += [(narrow.steps, narrow.scale, [ns_table_4.sweep(narrow)])]
    minutes = {"clock": 0.0, "processor": 0.0}
    for steps, scale, sweeps in parts:
        for sweep in sweeps:
            weights = sweep.start(scale)
            found = timed(lambda count, w=weights, s=sweep: s.advance(w, 0, count), seconds)  # type: ignore[misc]
            for name in minutes:
                minutes[name] += found[name] * steps / 6e7 / (cores() if name == "processor" else 1)
    return minutes


def multiplication_rate(seconds: float) -> float:
    """Floating point operations in a microsecond of processor time: the product of two matrices of 1000 rows."""
    a = np.random.default_rng(0).standard_normal((1000, 1000))
    found = timed(lambda steps: [a @ a for _ in range(steps)] and None, seconds)
    return 2e9 / found["processor"]


def measure(seconds: float) -> dict[str, Any]:
    data = Data.gaussian(tuple(range(SEEDS)), FEATURES, SAMPLES, 5)
    small = Data.gaussian(tuple(range(SEEDS)), 20, 10, 3)
    arithmetic = count(lanes=1)
    sweep = swept(data, INDICES, DEPTH, seconds, cores())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    single = {f"q = {q:g}": swept(data, (q,) * 3, DEPTH, seconds, cores()) for q in INDICES}
    tiny = {f"q = {q:g}": swept(small, (q,), DEPTH, seconds, 1) for q in INDICES}
    grown = growth(seconds)
    rate = multiplication_rate(seconds)
    minutes = figures(seconds / 4)
    slow = loops(data, seconds / 4)
    return {
        "microseconds per trajectory-step": {
            "sweep, 3 indices, 64 seeds": sweep,
            **{f"loop, {name}, {q}": value for name, each in slow.items() for q, value in each.items()},
            **{f"sweep, three lanes a seed, {q}": value for q, value in single.items()},
            **{f"n = 20, L = 3, 64 lanes, one core, {q}": value for q, value in tiny.items()},
        },
        f"times faster than the loop, mean over q, on {cores()} cores": {
            name: {
                "clock": mean(value["clock"] for value in each.values()) / sweep["clock"],
                "processor": mean(value["processor"] for value in each.values()) / (sweep["processor"] / cores()),
            }
            for name, each in slow.items()
        },
        "share of the rate of matrix multiplication": {
            q: arithmetic / value["processor"] / rate for q, value in single.items()
        },
        "matrix multiplication, operations per microsecond of processor time": rate,
        "operations of a step, n = 100, L = 3": arithmetic,
        f"minutes for all cells of Figures 7 to 10 and Table 4, 1e6 steps, 8 seeds, on {cores()} cores": minutes,
        GROWTH: grown,
        "growth, measured over what the count of operations says": {
            name: {k: value / expected(grown, name)[k] for k, value in line.items()} for name, line in grown.items()
        },
        "largest memory once the sweep of 64 seeds was through, MiB": memory,
    }  # fmt: skip


GROWTH = "growth, microseconds of processor time, for 24 lanes and one step where these are not varied"


def growth(seconds: float) -> dict[str, dict[int, float]]:
    """Microseconds of processor time for all steps and lanes, one of n, L, lanes and steps varied, q = 2."""

    def one(n: int = FEATURES, depth: int = DEPTH, lanes: int = 24, steps: int = 1) -> float:
        data = Data.gaussian(tuple(range(lanes // 3)), n, SAMPLES, 5)
        return swept(data, (2.0,) * 3, depth, seconds / 4, 1)["processor"] * lanes * steps

    sweep = Sweep(Data.gaussian(tuple(range(8)), FEATURES, SAMPLES, 5), [Setting(2.0, DEPTH, RATE)] * 3)
    weights, lasted = sweep.start(SCALE), {}
    for steps in (1000, 3000, 10_000, 30_000):
        lasted[steps] = np.inf
        for _ in range(3):
            begun = time.process_time()
            sweep.advance(weights, 0, steps, workers=1)
            lasted[steps] = min(lasted[steps], 1e6 * (time.process_time() - begun))
    return {
        "n": {n: one(n=n) for n in (25, 50, 100, 200)},
        "L": {depth: one(depth=depth) for depth in (1, 3, 10, 30)},
        "lanes": {lanes: one(lanes=lanes) for lanes in (24, 48, 96, 192)},
        "steps": lasted,
    }


def count(n: int = FEATURES, depth: int = DEPTH, lanes: int = 24, steps: int = 1) -> int:
    """Operations of all steps and lanes."""
    return (2 * n**2 + 5 * depth * n) * lanes * steps


def expected(found: dict[str, dict[int, float]], name: str) -> dict[int, float]:
    """Microseconds by the count: so many for a product with the matrix, so many for a layer, fitted to all times."""
    rows, times = [], []
    for key, line in found.items():
        for value, time_ in line.items():
            rows.append(operations(key, value))
            times.append(time_)
    scaled = np.array(rows, dtype=float) / np.array(times)[:, None]  # so that each time counts alike
    rates = np.linalg.lstsq(scaled, np.ones(len(times)), rcond=None)[0]
    return {value: float(rates @ operations(name, value)) for value in found[name]}


def operations(name: str, value: int) -> tuple[int, int]:
    """Those of the product with the matrix and those of the layers where one of n, L, lanes and steps is varied."""
    chosen = {"depth" if name == "L" else name: value}
    matrix = count(**{**chosen, "depth": 0})
    return matrix, count(**chosen) - matrix


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "sweep_speed.json")
    parser.add_argument("--seconds", type=float, default=1.5, help="for each figure, three times over")
    chosen = parser.parse_args()
    alone()
    load, begun = os.getloadavg()[0], time.perf_counter()  # of others: a busy machine makes every figure worse
    found = rounded(measure(chosen.seconds))
    found |= {
        "machine": {
            "processor": provenance()["device"], "load before": round(load, 1), "cores": cores(),
            "load after, with our own": round(os.getloadavg()[0], 1),
        },
        "versions": versions("numpy", "numba", "llvmlite", "torch"), "seconds": round(time.perf_counter() - begun, 1),
    }  # fmt: skip
    write_json(chosen.out, found)
    grown = found[GROWTH]
    draw_growth(grown, {name: expected(grown, name) for name in grown}, chosen.out.with_suffix(".svg"))
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
