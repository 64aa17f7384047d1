"""What the benchmarks share: what they ran on, numbers as they are written down, and the picture of a growth."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from verify.records import version


def alone() -> None:
    """Begin again with one thread for NumPy and SciPy, unless told otherwise: threads that wait for each other take
    the time of a processor too, and would spoil whatever ours is compared with."""
    if "OPENBLAS_NUM_THREADS" not in os.environ:
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"OPENBLAS_NUM_THREADS": "1"})


def processor() -> str:
    """The name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def versions(*names: str) -> dict[str, str]:
    """Of mirrorproof, of Python, and of those packages that are installed."""
    found = {"mirrorproof": version(), "python": platform.python_version()}
    for name in names:
        try:
            found[name] = installed(name)
        except PackageNotFoundError:
            continue
    return found


def rounded(found: Any) -> Any:
    """Numbers to four digits."""
    if isinstance(found, dict):
        return {name: rounded(value) for name, value in found.items()}
    return float(f"{found:.4g}") if isinstance(found, float) else found


def draw_growth(
    found: Mapping[str, Mapping[int, float]], expected: Mapping[str, Mapping[int, float]], file: Path
) -> None:
    """Time against each of what is varied, beside what the count of operations says, where matplotlib is installed."""
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("svg")
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": file.stem, "font.size": 8}):
        figure = Figure(figsize=(1.0 + 2.0 * len(found), 2.4), layout="constrained")
        for at, (name, line) in zip(figure.subplots(1, len(found)), found.items(), strict=True):
            at.plot(list(line), list(line.values()), "o-", label="measured")
            at.plot(list(line), list(expected[name].values()), ":", label="operations")
            at.set(xscale="log", yscale="log", xlabel=name)
            at.legend()
        figure.supylabel("microseconds", fontsize=8)
        figure.savefig(file, format="svg", metadata={"Date": None})
