"""The sweep of the regression experiment with 10,000 lanes in one launch on a GPU, beside the same on the CPU.

    python benchmarks/gpu_sweep.py [--out benchmarks/results/gpu_sweep.json] [--lanes 10000] [--steps 10000]

n = 100, k = 80, L = 3, a third of the lanes each at q = 1, 1.5, 2; and small systems (n = 20, L = 3) in as many lanes;
the exponential loss on separable data by signs, gradients and Adam; and descents of networks of two and three layers.
The launch is compiled and warmed up by a short one that is not timed; its time is that of the clock from before the
weights are sent to after they are back. A few lanes are taken on the CPU too, and the largest distance is given.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from common import rounded

from numerics.experiments.running import ExperimentError, provenance
from numerics.networks import Network, descend_lanes
from numerics.sweep import Adam, Data, NoKernel, Setting, Sweep, cores
from verify.records import write_json

HERE = Path(__file__).resolve().parent
DEPTH, RATE, SCALE, CHECKED = 3, 1e-4, 0.1, 8
REGRESSION = {f"q = {q:g}": Setting(q, DEPTH, RATE) for q in (1.0, 1.5, 2.0)}
CLASSIFIED = {
    "signs": Setting(1.0, DEPTH, RATE, rescaled=True), "gradient": Setting(2.0, DEPTH, RATE),
    "Adam": Setting(2.0, DEPTH, RATE, adam=Adam()),
}  # fmt: skip


def swept(data: Callable[[tuple[int, ...]], Data], named: dict[str, Setting], lanes: int, steps: int) -> dict[str, Any]:
    """Microseconds per trajectory-step of one launch, on the CPU, and how far both end apart."""
    seeds, settings = tuple(range(-(-lanes // len(named)))), list(named.values())
    wide = Sweep(data(seeds), settings)
    weights = wide.start(SCALE)
    wide.advance(weights.copy(), 0, 2, device="cuda")
    begun = time.perf_counter()
    wide.advance(weights, 0, steps, device="cuda")
    spent = time.perf_counter() - begun
    found: dict[str, Any] = {
        "lanes": len(seeds) * len(named), "steps": steps, "seconds, one launch": spent,
        "microseconds per trajectory-step": 1e6 * spent / (len(seeds) * len(named) * steps),
    }  # fmt: skip
    few = Sweep(data(seeds[:CHECKED]), settings)
    alone = few.start(SCALE)
    try:
        few.advance(alone.copy(), 0, 2)
    except NoKernel:
        return found
    begun = time.perf_counter()
    few.advance(alone, 0, steps)
    spent = time.perf_counter() - begun
    there, here = wide.products(weights)[:, : few.data.samples.shape[0]], few.products(alone)
    own = 1e6 * spent / (len(few.data.seeds) * len(named) * steps)
    return found | {
        f"microseconds per trajectory-step on {cores()} cores": own,
        "times faster": own / found["microseconds per trajectory-step"],
        "largest distance of x to that of the CPU": {
            name: float(np.max(np.abs(there[m] - here[m]))) for m, name in enumerate(named)
        },
    }


def networks(text: str, lanes: int, steps: int) -> dict[str, Any]:
    """The same for descents of a network by four rules in turn."""
    from network_speed import RULES, SAMPLES, problem

    network = Network.read(text)
    chosen, places = problem(network, list(RULES.values()), lanes, SAMPLES)
    descend_lanes(network, chosen, places, 2, engine="cuda", every=steps)
    begun = time.perf_counter()
    there = descend_lanes(network, chosen, places, steps, engine="cuda", every=steps)
    spent = time.perf_counter() - begun
    found: dict[str, Any] = {
        "lanes": lanes, "steps": steps, "seconds, one launch": spent,
        "microseconds per lane and step": 1e6 * spent / (lanes * steps),
    }  # fmt: skip
    few = 8 * len(RULES)
    try:
        descend_lanes(network, chosen[:few], places[:few], 2, every=steps)
    except NoKernel:
        return found
    begun = time.perf_counter()
    here = descend_lanes(network, chosen[:few], places[:few], steps, every=steps)
    own = 1e6 * (time.perf_counter() - begun) / (min(few, lanes) * steps)
    return found | {
        f"microseconds per lane and step on {cores()} cores": own,
        "times faster": own / found["microseconds per lane and step"],
        "largest distance of a weight to that of the CPU": max(
            float(np.max(np.abs(a.theta - b.theta))) for (a, _), (b, _) in zip(here, there, strict=False)
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "gpu_sweep.json")
    parser.add_argument("--lanes", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=10_000)
    chosen = parser.parse_args()
    try:
        machine = provenance("cuda")
    except ExperimentError as error:
        sys.exit(f"error: {error}")
    size = chosen.lanes, chosen.steps
    found = rounded(
        {
            "n = 100, k = 80, L = 3": swept(lambda s: Data.gaussian(s, 100, 80, 5), REGRESSION, *size),
            "n = 20, k = 10, L = 3": swept(lambda s: Data.gaussian(s, 20, 10, 3), REGRESSION, *size),
            "separable, n = 100, k = 80, L = 3": swept(lambda s: Data.separable(s, 100, 80, 2), CLASSIFIED, *size),
            "two layers, 100 neurons, 2 inputs, 64 samples": networks("1-100-2 relu", *size),
            "three layers, 32 neurons, 2 inputs, 64 samples": networks("1-32-32-2 relu relu", *size),
        }
    )
    write_json(chosen.out, found | {"machine": machine})
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
