"""The GPU's kernel in Triton's interpreter, in a process of its own: ``python -m tests.numerics.sweep.interpreted``.

Triton decides when it is imported whether it interprets. Reads {"runs": {name of the loss: [settings, by number]},
"steps": n, "seeds": S, "mutants": {name: [loss, old, new]}} and prints, for each loss and each mutant, the largest
distances to the reference.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from numerics import sweep as package
from numerics.sweep import Sweep
from tests.numerics.sweep import cases

SOURCE = Path(package.__file__).parent / "gpu_kernel.py"


def distances(loss: str, chosen: list[int], steps: int, seeds: int) -> dict[str, float]:
    whole, settings = {"square": (cases.DATA, cases.SETTINGS), "exponential": (cases.SEPARABLE, cases.CLASSIFIED)}[loss]
    data = replace(whole, samples=whole.samples[:seeds], seeds=whole.seeds[:seeds])
    sweep = Sweep(data, [settings[k] for k in chosen])
    weights = sweep.start(cases.SCALE)
    sweep.advance(weights, 0, 1, device="cuda")
    sweep.advance(weights, 1, steps - 1, device="cuda")
    return cases.worst(sweep, weights, steps)


def mutated(old: str, new: str, folder: Path) -> ModuleType:
    source = SOURCE.read_text(encoding="utf-8")
    assert old in source, old
    file = folder / "gpu_kernel.py"
    file.write_text(source.replace(old, new))
    spec: Any = importlib.util.spec_from_file_location("gpu_kernel", file)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def main() -> None:
    asked, found = json.load(sys.stdin), {}
    with np.errstate(all="ignore"), tempfile.TemporaryDirectory() as folder:
        for loss, chosen in asked["runs"].items():
            found[loss] = distances(loss, chosen, asked["steps"], asked["seeds"])
        import numerics.sweep.gpu_kernel as kernel

        own = kernel.descend
        for name, (loss, old, new) in asked["mutants"].items():
            kernel.descend = mutated(old, new, Path(folder)).descend
            found[name] = distances(loss, asked["runs"][loss], asked["steps"], asked["seeds"])
        kernel.descend = own
    print(json.dumps(found))


if __name__ == "__main__":
    main()
