"""How long a step of a descent of a network takes: in the compiled lanes, and in the loops that are usually written.

    python benchmarks/network_speed.py [--out benchmarks/results/network_speed.json] [--seconds 1]

Networks of two and three layers and a linear model, 64 lanes by gradient descent, sign descent, q = 3/2 and Adam, on
all cores; against one lane in plain NumPy and, where torch is installed, in the usual loop over its automatic
derivatives and optimizers. Each loop ends where the compiled lane of the same start ends, or there is no result. What
the layout brings is seen from groups of which one lane alone is wanted: eight lanes to a vector, or one. How time grows
with neurons, inputs, samples, lanes and steps is measured beside the count of operations, and drawn where matplotlib is
installed.

Times are of the clock and of the processor, the latter over all cores together: on a busy machine it is the fairer one.
A step is counted as 6 operations for each weight and sample (two for the outputs, two for the slopes of what lies
below, two for the weights' own), less the slopes by the inputs.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from common import alone, draw_growth, rounded, versions

from numerics.experiments.running import provenance
from numerics.networks import Lane, Network, Place, Rule, descend, descend_lanes
from numerics.sweep import Adam, cores
from verify.records import write_json

HERE = Path(__file__).resolve().parent
LANES, SAMPLES, RATE, CLOSE, CHECKED = 64, 64, 1e-3, 1e-8, 100
NETWORKS = {
    "linear model, 100 inputs": "1-100", "two layers, 100 neurons, 2 inputs": "1-100-2 relu",
    "two layers, 32 neurons, 32 inputs": "1-32-32 relu", "three layers, 32 neurons, 2 inputs": "1-32-32-2 relu relu",
}  # fmt: skip
RULES = {"q = 2": Rule(RATE), "q = 1.5": Rule(RATE, q=1.5), "q = 1": Rule(RATE, q=1.0), "Adam": Rule(RATE, adam=Adam())}
BASE = {"neurons": 32, "inputs": 8, "samples": 32, "lanes": 16, "steps": 1}


def problem(network: Network, rules: list[Rule], lanes: int, samples: int) -> tuple[list[Lane], list[Place]]:
    """Lanes with data and a start of their own, the rules in turn."""
    chosen, places = [], []
    for k in range(lanes):
        draw = np.random.default_rng(k)
        inputs = draw.standard_normal((network.widths[-1], samples))
        chosen.append(Lane(inputs, np.where(inputs[0] > 0, 1.0, -1.0), rules[k % len(rules)], k))
        wide = [draw.standard_normal(a * b) / np.sqrt(b) for a, b in network.shapes]
        places.append(Place.start(np.concatenate(wide) / 2))
    return chosen, places


def timed(run: Callable[[int], Any], seconds: float) -> dict[str, float]:
    """Microseconds for each of the steps that fit into about so many seconds, by both clocks; the best of three."""
    run(2)
    steps, spent = 1, 0.0
    while spent < seconds / 4:
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


def together(network: Network, rules: list[Rule], seconds: float, lanes: int = LANES, samples: int = SAMPLES,
             workers: int | None = None) -> dict[str, float]:  # fmt: skip
    """Microseconds for a step of one lane of many."""
    chosen, places = problem(network, rules, lanes, samples)
    found = timed(lambda n: descend_lanes(network, chosen, places, n, every=1000, workers=workers), seconds)
    return {name: value / lanes for name, value in found.items()}


def plain(network: Network, rule: Rule, seconds: float) -> dict[str, float]:
    (lane,), (place,) = problem(network, [rule], 1, SAMPLES)
    checked(network, lane, place, descend(network, lane.inputs, lane.labels, rule, place, CHECKED)[0].theta)
    return timed(lambda n: descend(network, lane.inputs, lane.labels, rule, place, n), seconds)


def torch_loop(network: Network, rule: Rule, seconds: float) -> dict[str, float]:
    """One lane as it is usually written: a tensor for each layer, ``backward``, and torch's own SGD or Adam."""
    import torch

    torch.set_num_threads(1)  # more are slower at this size
    (lane,), (place,) = problem(network, [rule], 1, SAMPLES)
    inputs, labels = torch.tensor(lane.inputs), torch.tensor(lane.labels)
    kinked = [s.kinked for s in network.activations]

    def run(steps: int) -> np.ndarray:
        weights = [torch.tensor(w, requires_grad=True) for w in network.weights(place.theta)]
        optimizer: Any = (torch.optim.Adam if rule.adam else torch.optim.SGD)(weights, lr=rule.rate)
        for _ in range(steps):
            below = inputs
            for w, on in zip(reversed(weights[1:]), reversed(kinked), strict=True):
                below = torch.relu(w @ below) if on else w @ below
            optimizer.zero_grad()
            torch.exp(-labels * (weights[0] @ below)[0]).sum().backward()
            if rule.q != 2:
                for w in weights:
                    w.grad = torch.sign(w.grad) * torch.abs(w.grad) ** (rule.q - 1)
            optimizer.step()
        return np.concatenate([w.detach().numpy().ravel() for w in weights])

    checked(network, lane, place, run(CHECKED))
    return timed(run, seconds)


def checked(network: Network, lane: Lane, place: Place, theta: np.ndarray) -> None:
    """Ends the program where the compiled lane does not end there."""
    own = descend_lanes(network, [lane], [place], CHECKED)[0][0].theta
    away = float(np.abs(theta - own).max() / np.abs(own).max())
    if not away < CLOSE:
        raise SystemExit(f"{network.widths}, {lane.rule}: the loops are {away:.1e} apart after {CHECKED} steps")


def operations(network: Network, samples: int) -> int:
    """Of a step of a lane."""
    weights = sum(a * b for a, b in network.shapes)
    return samples * (6 * weights - 2 * network.shapes[-1][0] * network.shapes[-1][1])


def growth(seconds: float) -> dict[str, dict[int, float]]:
    """Microseconds of processor time for all lanes and steps, one thing varied, q = 2, two layers, on one core."""

    def one(**varied: int) -> float:
        at = BASE | varied
        network = Network.read(f"1-{at['neurons']}-{at['inputs']} relu")
        found = together(network, [Rule(RATE)], seconds, at["lanes"], at["samples"], 1)
        return found["processor"] * at["lanes"] * at["steps"]

    network = Network.read(f"1-{BASE['neurons']}-{BASE['inputs']} relu")
    chosen, places = problem(network, [Rule(RATE)], BASE["lanes"], BASE["samples"])
    lasted = {}
    for steps in (1000, 2000, 4000, 8000):
        begun = time.process_time()
        descend_lanes(network, chosen, places, steps, every=1000, workers=1)
        lasted[steps] = 1e6 * (time.process_time() - begun)
    return {
        "neurons": {n: one(neurons=n) for n in (16, 32, 64, 128)},
        "inputs": {n: one(inputs=n) for n in (2, 8, 32, 128)},
        "samples": {n: one(samples=n) for n in (16, 32, 64, 128)},
        "lanes": {n: one(lanes=n) for n in (8, 16, 32, 64)},
        "steps": lasted,
    }


def expected(found: dict[str, dict[int, float]], name: str) -> dict[int, float]:
    """Microseconds by the count: so many for an operation of the products, and for a neuron's activation, fitted."""
    rows, times = [], []
    for key, line in found.items():
        for value, time_ in line.items():
            rows.append(counts(key, value))
            times.append(time_)
    scaled = np.array(rows, dtype=float) / np.array(times)[:, None]  # so that each time counts alike
    rates = np.linalg.lstsq(scaled, np.ones(len(times)), rcond=None)[0]
    return {value: float(rates @ counts(name, value)) for value in found[name]}


def counts(name: str, value: int) -> tuple[int, int]:
    """Operations of the products, and activations, where one of neurons, inputs, samples, lanes, steps is varied."""
    at = BASE | {name: value}
    network, many = Network.read(f"1-{at['neurons']}-{at['inputs']} relu"), at["lanes"] * at["steps"]
    return operations(network, at["samples"]) * many, (at["neurons"] + 1) * at["samples"] * many


def measure(seconds: float) -> dict[str, Any]:
    from importlib.util import find_spec

    found: dict[str, Any] = {}
    for name, text in NETWORKS.items():
        network, rows = Network.read(text), {}
        for label, rule in RULES.items():
            own = together(network, [rule], seconds)
            alone = together(network, [rule], seconds, lanes=1, workers=1)
            loops = {"numpy": plain(network, rule, seconds)}
            if find_spec("torch"):
                loops["torch"] = torch_loop(network, rule, seconds)
            rows[label] = {
                "microseconds per lane and step": {"compiled, 64 lanes": own, "compiled, a vector for one lane": alone}
                | {f"loop, {loop}": value for loop, value in loops.items()},
                f"times faster, on {cores()} cores": {
                    loop: {"clock": value["clock"] / own["clock"],
                           "processor": value["processor"] / (own["processor"] / cores())}
                    for loop, value in loops.items()
                },
                "operations per microsecond of processor time": operations(network, SAMPLES) / own["processor"],
            }  # fmt: skip
        mixed = [replace(rule, decoupled=d) for rule in RULES.values() for d in (0.0, 1e-3)]
        rows["eight rules in turn"] = together(network, mixed, seconds)
        found[name] = rows
    return found


GROWTH = "growth, microseconds of processor time"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "network_speed.json")
    parser.add_argument("--seconds", type=float, default=0.5, help="for each figure, three times over")
    chosen = parser.parse_args()
    alone()
    load, begun = os.getloadavg()[0], time.perf_counter()  # of others: a busy machine makes every figure worse
    found = rounded(measure(chosen.seconds))
    grown = growth(chosen.seconds)
    origin = provenance()
    found |= {
        GROWTH: rounded(grown),
        "growth, measured over what the count of operations says": rounded(
            {name: {k: value / expected(grown, name)[k] for k, value in line.items()} for name, line in grown.items()}
        ),
        "machine": {"processor": origin["device"], "cores used": cores(), "load before": round(load, 1)},
        "versions": versions("numpy", "numba", "llvmlite", "torch"), "date": origin["date"],
        "seconds": round(time.perf_counter() - begun, 1),
    }  # fmt: skip
    write_json(chosen.out, found)
    draw_growth(grown, {name: expected(grown, name) for name in grown}, chosen.out.with_suffix(".svg"))
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
