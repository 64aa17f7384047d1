"""The GPU's kernel in Triton's interpreter, in a process of its own: ``python -m tests.numerics.sweep.interpreted``.

Triton decides when it is imported whether it interprets. Reads {"settings": [...], "steps": n, "mutants": {name: [old,
new]}} and prints, for the kernel itself and each mutant, the largest distances to the reference.
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


def distances(chosen: list[int], steps: int) -> dict[str, float]:
    data = replace(cases.DATA, samples=cases.DATA.samples[:2], seeds=cases.DATA.seeds[:2])
    sweep = Sweep(data, [cases.SETTINGS[k] for k in chosen])
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
        found["itself"] = distances(asked["settings"], asked["steps"])
        import numerics.sweep.gpu_kernel as kernel

        own = kernel.descend
        for name, (old, new) in asked["mutants"].items():
            kernel.descend = mutated(old, new, Path(folder)).descend
            found[name] = distances(asked["settings"], asked["steps"])
        kernel.descend = own
    print(json.dumps(found))


if __name__ == "__main__":
    main()
