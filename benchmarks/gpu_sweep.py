"""The sweep of the regression experiment with 10,000 lanes in one launch on a GPU, beside the same on the CPU.

    python benchmarks/gpu_sweep.py [--out benchmarks/results/gpu_sweep.json] [--lanes 10000] [--steps 10000]

n = 100, k = 80, L = 3, a third of the lanes each at q = 1, 1.5, 2; and small systems (n = 20, L = 3) in as many lanes.
The launch is compiled and warmed up by a short one that is not timed; its time is that of the clock from before the
weights are sent to after they are back. A few lanes are taken on the CPU too, and the largest distance is given.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from numerics.experiments.running import ExperimentError, provenance
from numerics.sweep import Data, NoKernel, Setting, Sweep, cores
from verify.records import write_json

HERE = Path(__file__).resolve().parent
DEPTH, RATE, SCALE, INDICES, CHECKED = 3, 1e-4, 0.1, (1.0, 1.5, 2.0), 8


def swept(features: int, samples: int, support: int, lanes: int, steps: int) -> dict[str, Any]:
    """Microseconds per trajectory-step of one launch, on the CPU, and how far both end apart."""
    seeds = tuple(range(-(-lanes // len(INDICES))))
    settings = [Setting(q, DEPTH, RATE) for q in INDICES]
    wide = Sweep(Data.gaussian(seeds, features, samples, support), settings)
    weights = wide.start(SCALE)
    wide.advance(weights.copy(), 0, 2, device="cuda")
    begun = time.perf_counter()
    wide.advance(weights, 0, steps, device="cuda")
    spent = time.perf_counter() - begun
    found: dict[str, Any] = {
        "lanes": len(seeds) * len(INDICES), "steps": steps, "seconds, one launch": spent,
        "microseconds per trajectory-step": 1e6 * spent / (len(seeds) * len(INDICES) * steps),
    }  # fmt: skip
    few = Sweep(Data.gaussian(seeds[:CHECKED], features, samples, support), settings)
    alone = few.start(SCALE)
    try:
        few.advance(alone.copy(), 0, 2)
    except NoKernel:
        return found
    begun = time.perf_counter()
    few.advance(alone, 0, steps)
    spent = time.perf_counter() - begun
    there, here = wide.products(weights)[:, : few.data.samples.shape[0]], few.products(alone)
    own = 1e6 * spent / (len(few.data.seeds) * len(INDICES) * steps)
    return found | {
        f"microseconds per trajectory-step on {cores()} cores": own,
        "times faster": own / found["microseconds per trajectory-step"],
        "largest distance of x to that of the CPU": {
            f"q = {q:g}": float(np.max(np.abs(there[m] - here[m]))) for m, q in enumerate(INDICES)
        },
    }


def rounded(found: Any) -> Any:
    """Numbers to four digits."""
    if isinstance(found, dict):
        return {name: rounded(value) for name, value in found.items()}
    return float(f"{found:.4g}") if isinstance(found, float) else found


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
    found = rounded(
        {
            "n = 100, k = 80, L = 3": swept(100, 80, 5, chosen.lanes, chosen.steps),
            "n = 20, k = 10, L = 3": swept(20, 10, 3, chosen.lanes, chosen.steps),
        }
    )
    write_json(chosen.out, found | {"machine": machine})
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
