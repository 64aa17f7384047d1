"""How long the exact number of conservation laws takes, on the sizes of a published experiment.

    python benchmarks/laws_speed.py [--out benchmarks/results/laws_speed.json] [--repeat 3] [--jobs 2]

"Abide by the law and follow the flow" (Marcotte, Gribonval, Peyre, 2023) draws 50 linear networks (2 to 4 layers,
widths 2 to 5) and 50 ReLU networks (2 to 4 layers, widths 2 to 9, half of them with biases) and computes the rank of
the Lie algebra, and for 10 smaller ones of each kind all laws of degree 2; its notebooks show the wall times for 64
cores. Networks of the same distribution are drawn here, in the same order; the published stream also feeds points of
evaluation, so that from the second network on the draws themselves differ. Each network's laws of degree at most 2 are
found, all of them, and the number is exact where their independent gradients meet the rank; a number that is not exact
fails the run. Figures are wall times of whole sets on ``jobs`` processes, the best of the repetitions, and the
processor time of the same repetition, which a busy machine changes less; starting the processes and importing is timed
apart.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version as library
from pathlib import Path
from typing import Any

import numpy as np
from common import processor

from numerics.laws import count_laws
from numerics.laws.networks import linear, relu
from verify.records import version, write_json
from verify.runner import cores

HERE = Path(__file__).resolve().parent
PUBLISHED = {  # seconds, from the progress bars of the notebooks
    "linear": 34 * 60 + 23, "relu": 3600 + 53 * 60 + 11, "linear, all laws": 91.6, "relu, all laws": 44.9,
}  # fmt: skip
Network = tuple[str, tuple[int, ...], bool]


def drawn(kind: str, many: int, deepest: int, widest: int, biases: bool) -> list[Network]:
    """Networks of the distribution of one of the published loops, drawn in its order from its seed."""
    np.random.seed(0)  # the published generator
    answer = []
    for _ in range(many):
        depth = np.random.randint(2, deepest + 1)
        widths = tuple(int(np.random.randint(2, widest + 1)) for _ in range(depth + 1))
        answer.append((kind, widths, bool(biases and np.random.random() < 0.5)))
    return answer


def examined(network: Network) -> dict[str, Any]:
    kind, widths, bias = network
    begun, used = time.perf_counter(), time.process_time()
    found = count_laws(linear(widths) if kind == "linear" else relu(widths, bias), degree=2)
    return {
        "seconds": time.perf_counter() - begun, "processor": time.process_time() - used,
        "weights": found.weights, "least": found.least, "most": found.most,
        "all laws": found.laws.complete, "laws": len(found.laws.laws), "brackets of": found.length,
    }  # fmt: skip


def ready(_: int) -> float:
    examined(("linear", (2, 2, 2), False))
    time.sleep(0.05)
    return time.perf_counter()


def measure(repeat: int, jobs: int) -> dict[str, Any]:
    sets = {
        "linear": drawn("linear", 50, 4, 5, False), "relu": drawn("relu", 50, 4, 9, True),
        "linear, all laws": drawn("linear", 10, 3, 4, False), "relu, all laws": drawn("relu", 10, 3, 4, False),
    }  # fmt: skip
    figures: dict[str, Any] = {}
    begun = time.perf_counter()
    with ProcessPoolExecutor(jobs) as pool:
        list(pool.map(ready, range(2 * jobs)))
        started = time.perf_counter() - begun
        for name, networks in sets.items():
            order = sorted(networks, key=lambda n: -sum(n[1]))  # the longest first: an even end
            walls, used = [], []
            for _ in range(repeat):
                begun = time.perf_counter()
                found = list(pool.map(examined, order))
                walls.append(time.perf_counter() - begun)
                used.append(sum(r["processor"] for r in found))
            for network, record in zip(order, found, strict=True):
                if record["least"] != record["most"] or not record["all laws"]:
                    raise RuntimeError(f"{network}: between {record['least']} and {record['most']} laws")
                if network[0] == "relu" and record["most"] != sum(network[1][1:-1]):
                    raise RuntimeError(f"{network}: {record['most']} laws")
            lengths = [record["brackets of"] for record in found]
            figures[name] = {
                "networks": len(networks), "seconds": round(min(walls), 3), "processor seconds": round(min(used), 3),
                "seconds of each, most": round(max(r["seconds"] for r in found), 3),
                "weights, most": max(r["weights"] for r in found),
                "brackets needed": {str(k): lengths.count(k) for k in sorted(set(lengths))},
                "published seconds on 64 cores": PUBLISHED[name], "times faster": round(PUBLISHED[name] / min(walls)),
            }  # fmt: skip
    return {"sets": figures, "seconds to start": round(started, 3), "jobs": jobs, "exact": True}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "laws_speed.json")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args()
    load = os.getloadavg()[0]  # of others: a busy machine makes every figure worse
    found = measure(chosen.repeat, chosen.jobs) | {
        "machine": {
            "processor": processor(), "cores": cores(), "system": platform.system(),
            "load before": round(load, 1),
        },
        "versions": {"mirrorproof": version(), "python-flint": library("python-flint"), "numpy": library("numpy"),
                     "python": platform.python_version()},
    }  # fmt: skip
    write_json(chosen.out, found)
    print(json.dumps(found["sets"], indent=1))


if __name__ == "__main__":
    main()
