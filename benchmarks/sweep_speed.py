"""How long a step of a trajectory takes: in the compiled sweep, and in the loops that a researcher would write.

    python benchmarks/sweep_speed.py [--out benchmarks/results/sweep_speed.json] [--seconds 2]

The regression experiment (n = 100, k = 80, L = 3, q = 1, 1.5, 2, 64 seeds) on all cores, against one trajectory in
NumPy and, where torch is installed, by its automatic derivatives; and a small system (n = 20, L = 3, 64 lanes) on one
core. Times are of the clock and of the processor: on a busy machine the second is the fairer one. The arithmetic of a
step is counted as 2 n^2 for the gradient A r and 5 L n for layers: two products, decay left out, the step itself.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from numerics.experiments.running import provenance
from numerics.sweep import Data, Setting, Sweep, cores, reference
from numerics.sweep.settings import start
from verify.records import version, write_json

HERE = Path(__file__).resolve().parent
SEEDS, FEATURES, SAMPLES, DEPTH, RATE, SCALE = 64, 100, 80, 3, 1e-4, 0.1
INDICES = (1.0, 1.5, 2.0)


def timed(run: Callable[[int], None], seconds: float) -> dict[str, float]:
    """Microseconds for each of the steps that fit into about so many seconds, by both clocks; the best of three."""
    run(1)
    steps, spent = 1, 0.0
    while spent < seconds / 10:
        begun = time.perf_counter()
        run(steps)
        spent = time.perf_counter() - begun
        steps *= 2
    steps = max(1, int(steps / 2 * seconds / max(spent, 1e-9)))
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


def torch_loop(data: Data, q: float, seconds: float) -> dict[str, float] | None:
    """One trajectory by automatic derivatives; None where torch is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(cores())
    z, truth = torch.tensor(data.samples[0]), torch.tensor(data.truth)

    def run(steps: int) -> None:
        w = torch.tensor(start(Setting(q, DEPTH, RATE), FEATURES, SCALE), requires_grad=True)
        for _ in range(steps):
            loss = (z @ (torch.prod(w, dim=0) - truth)).square().mean() / 2
            (slope,) = torch.autograd.grad(loss, w)
            with torch.no_grad():
                w -= RATE * torch.sign(slope) * torch.abs(slope) ** (q - 1)

    return timed(run, seconds)


def multiplication_rate(seconds: float) -> float:
    """Floating point operations in a microsecond of processor time: the product of two matrices of 1000 rows."""
    a = np.random.default_rng(0).standard_normal((1000, 1000))
    found = timed(lambda steps: [a @ a for _ in range(steps)] and None, seconds)
    return 2e9 / found["processor"]


def measure(seconds: float) -> dict[str, Any]:
    data = Data.gaussian(tuple(range(SEEDS)), FEATURES, SAMPLES, 5)
    rate = multiplication_rate(seconds)
    arithmetic = 2 * FEATURES**2 + 5 * DEPTH * FEATURES
    sweep = swept(data, INDICES, DEPTH, seconds, cores())
    loops = {"numpy": numpy_loop(data, 2.0, seconds), "torch": torch_loop(data, 2.0, seconds)}
    single = {f"q = {q:g}": swept(data, (q,) * 3, DEPTH, seconds, cores()) for q in INDICES}
    small = Data.gaussian(tuple(range(64)), 20, 10, 3)
    return {
        "microseconds per trajectory-step": {
            "sweep, 3 indices, 64 seeds": sweep,
            **{f"loop, {name}, q = 2": value for name, value in loops.items() if value},
            **{f"sweep, three rates a seed, {q}": value for q, value in single.items()},
            **{
                f"n = 20, L = 3, 64 lanes, one core, q = {q:g}": swept(small, (q,), 3, seconds, 1) for q in INDICES
            },
        },
        "times faster than the loop": {
            name: {clock: value[clock] / sweep[clock] for clock in sweep} for name, value in loops.items() if value
        },
        "share of the rate of matrix multiplication": {
            q: arithmetic / value["processor"] / rate for q, value in single.items()
        },
        "matrix multiplication, operations per microsecond of processor time": rate,
        "operations of a step, n = 100, L = 3": arithmetic,
        "largest memory, MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def rounded(found: Any) -> Any:
    """Numbers to four digits."""
    if isinstance(found, dict):
        return {name: rounded(value) for name, value in found.items()}
    return float(f"{found:.4g}") if isinstance(found, float) else found


def versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    found = {"mirrorproof": version(), "python": platform.python_version()}
    for name in ("numpy", "numba", "llvmlite", "torch"):
        try:
            found[name] = installed(name)
        except PackageNotFoundError:
            continue
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "sweep_speed.json")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure, three times over")
    chosen = parser.parse_args()
    load = os.getloadavg()[0]  # of others: a busy machine makes every figure worse
    found = rounded(measure(chosen.seconds))
    found |= {"machine": {"processor": provenance()["device"], "load before": round(load, 1)}, "versions": versions()}
    write_json(chosen.out, found)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
