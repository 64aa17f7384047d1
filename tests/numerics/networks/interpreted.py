"""The GPU's kernel for networks in Triton's interpreter: ``python -m tests.numerics.networks.interpreted``.

Triton decides when it is imported whether it interprets. Reads {"texts": [network, ...], "steps": n, "mutants": {name:
[old, new]}} and prints the largest distance to the plain loop, of the kernel itself and of each mutant; and of the
kernel in two pieces to the kernel in one.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from numerics import networks as package
from numerics.networks import descend_lanes
from tests.numerics.networks.test_lanes import gaps, problem

SOURCE = Path(package.__file__).parent / "gpu_kernel.py"


def distance(texts: list[str], steps: int) -> float:
    far: list[float] = []
    for text in texts:
        found, wanted = (descend_lanes(*problem(text), steps, engine=engine) for engine in ("cuda", "numpy"))
        far += gaps(found, wanted)
    return max(far)


def pieces(text: str, steps: int) -> float:
    network, lanes, places = problem(text)
    whole = descend_lanes(network, lanes, places, steps, engine="cuda")
    half = descend_lanes(network, lanes, places, 1, engine="cuda")
    rest = descend_lanes(network, lanes, [place for place, _ in half], steps - 1, engine="cuda")
    joined = [(end, np.concatenate([a, b])) for (_, a), (end, b) in zip(half, rest, strict=True)]
    return max(gaps(joined, whole))


def mutated(old: str, new: str, folder: Path) -> Any:
    source = SOURCE.read_text(encoding="utf-8")
    assert old in source, old
    file = folder / "gpu_kernel.py"
    file.write_text(source.replace(old, new))
    spec: Any = importlib.util.spec_from_file_location("gpu_kernel", file)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found.descend


def main() -> None:
    asked, found = json.load(sys.stdin), {}
    with np.errstate(all="ignore"), tempfile.TemporaryDirectory() as folder:
        found["itself"] = distance(asked["texts"], asked["steps"])
        found["pieces"] = pieces(asked["texts"][0], asked["steps"])
        import numerics.networks.gpu_kernel as kernel

        for name, change in asked["mutants"].items():
            kernel.descend = mutated(*change, Path(folder))
            found[name] = distance(asked["texts"], asked["steps"])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
