"""How long a step takes: ours, and torch's own SGD and Adam, on the same parameters in one run.

    python benchmarks/optim_speed.py [--out benchmarks/results/optim_speed.json] [--seconds 0.5] [--threads 1]

The parameters have the shapes of a ResNet-20 for CIFAR-10 (0.27 million entries) and of two wide layers of a million
entries each. Each optimizer is run eagerly and compiled (ours by ``compiled=True``, torch's by ``fused=True``), with no
look for NaN ("ignore", as torch's own) and with the default one ("raise"); steepest descent also with "skip", which
keeps a copy to give back. Times are of the processor, the best of 15 rounds in which all of them take turns, so that a
busy machine is unkind to all alike; ratios are to SGD and to Adam run the same way.
What a compilation took is told beside; those that would begin after ``--compiling`` seconds of the processor are left
out. The file is written after each part.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from common import processor

from training.optim import HyperbolicEntropy, MirrorDescent, Power, SmoothedHomogeneous, SteepestDescent

HERE = Path(__file__).resolve().parent
ROUNDS = 15


def resnet20() -> Iterator[tuple[int, ...]]:
    yield (16, 3, 3, 3)
    yield from ((16,), (16,))
    before = 16
    for width in (16, 32, 64):
        for _ in range(3):
            yield from ((width, before, 3, 3), (width,), (width,), (width, width, 3, 3), (width,), (width,))
            before = width
    yield from ((10, 64), (10,))


SHAPES = {"wide": [(1024, 1024)] * 2, "resnet20": list(resnet20())}  # the quicker to compile first


def parameters(shapes: list[tuple[int, ...]]) -> list[torch.nn.Parameter]:
    torch.manual_seed(0)
    found = [torch.nn.Parameter(0.1 * torch.randn(s)) for s in shapes]
    for p in found:
        p.grad = 1e-3 * torch.randn_like(p)
    return found


def optimizers(shapes: list[tuple[int, ...]], compiled: bool) -> dict[str, Callable[[], Callable[[], Any]]]:
    """Name -> what makes one step on parameters of its own."""
    rate = 1e-6
    steps: dict[str, Callable[[], Callable[[], Any]]] = {}
    for name, theirs in (("torch SGD", torch.optim.SGD), ("torch Adam", torch.optim.Adam)):
        steps[name] = lambda theirs=theirs: theirs(parameters(shapes), lr=rate, fused=compiled).step  # type: ignore
    maps = {"entropy": HyperbolicEntropy(0.01), "p = 3, smoothed": SmoothedHomogeneous(3, 0.1),
            "p = 10, smoothed": SmoothedHomogeneous(10, 0.1), "balanced depth 2": Power.balanced(2)}  # fmt: skip
    for nan in ("ignore", "raise", "skip"):
        shared = {"nan": nan, "compiled": compiled}

        def steepest(q: float, shared: dict[str, Any] = shared) -> Callable[[], Any]:
            return SteepestDescent(parameters(shapes), rate, q, **shared).step

        def mirror(potential: Any, form: str = "dual", shared: dict[str, Any] = shared) -> Callable[[], Any]:
            return MirrorDescent(parameters(shapes), rate, potential, form=form, **shared).step

        for q in (1.0, 1.5, 2.0):
            steps[f"steepest q = {q:g}, {nan}"] = partial(steepest, q)
        if nan == "skip":
            break
        for name, potential in maps.items():
            steps[f"mirror {name}, {nan}"] = partial(mirror, potential)
        steps[f"metric entropy, {nan}"] = partial(mirror, maps["entropy"], "metric")
    return steps


def built(makers: dict[str, Callable[[], Callable[[], Any]]], most: float) -> tuple[dict[str, Any], dict[str, float]]:
    """The steps, each taken once, and the seconds of the processor that this took, until ``most`` are spent."""
    steps, spent = {}, {}
    for name, make in makers.items():
        if sum(spent.values()) > most:
            print(f"{name}: left out, the time for compiling is spent", flush=True)
            continue
        children = os.times()
        steps[name] = make()
        steps[name]()
        after = os.times()
        spent[name] = sum(after[:4]) - sum(children[:4])  # the compiler is a process of its own
    return steps, spent


def measured(steps: dict[str, Callable[[], Any]], seconds: float) -> dict[str, float]:
    """Microseconds of the processor for one step of each."""
    counts = {}
    for name, step in steps.items():
        for _ in range(3):
            step()
        begun, count = time.process_time(), 0
        while time.process_time() - begun < seconds / ROUNDS:
            step()
            count += 1
        counts[name] = count
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(ROUNDS):
        for name, step in steps.items():
            begun = time.process_time()
            for _ in range(counts[name]):
                step()
            best[name] = min(best[name], (time.process_time() - begun) / counts[name])
    return {name: 1e6 * t for name, t in best.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "optim_speed.json")
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--compiling", type=float, default=300, help="seconds of the processor")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # no pool of processes, each with torch of its own
    machine = {"torch": torch.__version__, "python": platform.python_version(), "machine": processor()}
    settings = {"threads": options.threads, "seconds": options.seconds, "rounds": ROUNDS, "dtype": "float32"}
    command = "python benchmarks/optim_speed.py"
    record = {"command": command, "date": time.strftime("%Y-%m-%d"), **machine, **settings, "steps": {}}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for way, shape in itertools.product(("eager", "compiled"), SHAPES):
        torch.compiler.reset()
        steps, spent = built(optimizers(SHAPES[shape], way == "compiled"), options.compiling)
        times = measured(steps, options.seconds)
        sgd, adam = times["torch SGD"], times["torch Adam"]
        found = {
            name: {"us": round(t, 1), "to SGD": round(t / sgd, 3), "to Adam": round(t / adam, 3)}
            | ({"first step s": round(spent[name], 1)} if way == "compiled" else {})
            for name, t in times.items()
        }
        for name, row in found.items():
            print(f"{shape:9} {way:9} {name:34} {row['us']:9.1f} us  {row['to SGD']:6.2f} {row['to Adam']:6.2f}"
                  f"  {spent[name]:5.1f} s", flush=True)  # fmt: skip
        record["steps"][f"{shape}, {way}"] = found
        options.out.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
