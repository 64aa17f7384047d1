"""Running an experiment: in parts, with progress, from checkpoints, to one results file that names what produced it.

What a part computes does not depend on where parts begin, so that a run that was stopped or killed and taken up again
ends bitwise where an undisturbed one ends; the results file carries the digest of the final state.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from numerics.experiments import checkpoints
from numerics.experiments.checkpoints import CheckpointError, State
from numerics.experiments.settings import FOLDER, SettingsError, plain, read

S = TypeVar("S")
Progress = Callable[[int, int], None]
CHECKPOINT_SECONDS = 5.0
SCHEMA = 1


class ExperimentError(RuntimeError):
    """A run that cannot go on; what was checkpointed stays. The message is one line."""


@dataclass
class Outcome:
    """What an experiment found.

    measured: quantity -> one number per seed. lines: what the figure plots: label -> {"x": [...], "y": [...]}.
    notes: choices made where the paper leaves them open, and what went wrong (a lane that diverged).
    """

    measured: dict[str, list[float]]
    lines: dict[str, dict[str, list[float]]]
    notes: list[str] = field(default_factory=list)


class Experiment(Protocol):
    """One experiment; its module is imported when it is asked for."""

    name: str
    title: str
    kind: type  # the dataclass of its settings; with ``seeds`` where it has any

    def total(self, settings: Any) -> int:
        """How many units of work the whole is."""

    def start(self, settings: Any) -> State:
        """The state before anything was done, from the seeds alone."""

    def advance(self, settings: Any, state: State, done: int, units: int) -> None:
        """Do the units done, ..., done + units - 1 in place."""

    def part(self, settings: Any) -> int:
        """Units that take about a second at most."""

    def outcome(self, settings: Any, state: State) -> Outcome:
        """What the final state shows."""

    def draw(self, outcome: Outcome, figure: Any) -> None:
        """The figure, on an empty one of matplotlib."""


@dataclass(frozen=True)
class Run(Generic[S]):
    """A finished run: its results as plain data, and the file they are in."""

    results: dict[str, Any]
    file: Path
    outcome: Outcome


def default_settings(experiment: Experiment) -> Path:
    return FOLDER / f"{run_name(experiment)}.toml"


def run_name(experiment: Experiment) -> str:
    """The name of its run: its own, or where several experiments look at one run, ``reads``."""
    return getattr(experiment, "reads", experiment.name)


def shared(experiment: Experiment, folder: Path, print_: str) -> State | None:
    """The state of a finished run that another experiment left beside this one's folder, where they share the run."""
    for other in getattr(experiment, "beside", ()):
        try:
            state = checkpoints.load(folder.parent / other / "checkpoint.npz", other, print_)
        except CheckpointError:
            continue
        if other != experiment.name and state is not None:
            return state
    return None


def run(
    experiment: Experiment, folder: Path, *, settings_file: Path | None = None, fresh: bool = False,
    progress: Progress | None = None, stop: Callable[[], bool] | None = None,
    checkpoint_seconds: float = CHECKPOINT_SECONDS, device: str = "cpu",
) -> Run | None:  # fmt: skip
    """Run an experiment, or take it up where it was left, in its folder; None where ``stop`` asked to leave off.

    device: ``cpu``, or one of the experiment's ``devices``; they differ by rounding, so that a run stays on its own.
    Raises SettingsError, CheckpointError, and ExperimentError where files cannot be written.
    """
    if device != "cpu" and device not in getattr(experiment, "devices", ()):
        raise SettingsError(f"{experiment.name} runs on the cpu alone, not on {device}")
    placed = {} if device == "cpu" else {"device": device}
    settings: Any = read(experiment.kind, settings_file or default_settings(experiment))
    print_ = fingerprint(experiment, settings, device)
    source = provenance(device)  # of the sources that are loaded now
    checkpoint = folder / "checkpoint.npz"
    state = None if fresh else checkpoints.load(checkpoint, experiment.name, print_)
    if state is None and not fresh:
        state = shared(experiment, folder, print_)
    if state is None:
        try:
            state = experiment.start(settings) | {"_done": _number(0), "_seconds": _number(0.0)}
        except (MemoryError, OverflowError, ValueError) as error:  # too large, for the most part
            raise ExperimentError(f"no run can begin with these settings: {error}") from None
    total, saved = experiment.total(settings), time.monotonic()
    done, spent, begun = int(state["_done"]), float(state["_seconds"]), time.monotonic()

    def save() -> None:
        state["_done"], state["_seconds"] = _number(done), _number(spent + time.monotonic() - begun)
        try:
            checkpoints.save(checkpoint, state, experiment.name, print_)
        except OSError as error:
            raise ExperimentError(f"{checkpoint}: {error.strerror or error}; the checkpoint before is kept") from None

    while done < total:
        units = min(max(1, experiment.part(settings)), total - done)
        experiment.advance(settings, state, done, units, **placed)
        done += units
        if progress:
            progress(done, total)
        leaving = bool(stop and stop())
        if leaving or done == total or time.monotonic() - saved > checkpoint_seconds:
            save()
            saved = time.monotonic()
        if leaving and done < total:
            return None
    return finish(experiment, settings, state, folder, source | {"fingerprint": print_[:16]})


def finish(experiment: Experiment, settings: Any, state: State, folder: Path, source: dict[str, Any]) -> Run[Any]:
    """What the experiment makes of a state that is complete, written to its folder; source: the provenance."""
    outcome = experiment.outcome(settings, state)
    kept = {name: array for name, array in state.items() if not name.startswith("_")}
    end, seconds = checkpoints.digest(kept), float(state["_seconds"])
    results = described(experiment, settings, outcome, source, state=end, seconds=seconds)
    return Run(results, written(folder / "results.json", results), outcome)


def written(file: Path, results: dict[str, Any]) -> Path:
    """The file of the results, whole. Raises ExperimentError where it cannot be written."""
    try:
        checkpoints.write_whole(file, _text(results).encode())
    except OSError as error:
        raise ExperimentError(f"{file}: {error.strerror or error}") from None
    return file


def _number(value: float) -> Any:
    import numpy as np

    return np.array(value)


def fingerprint(experiment: Experiment, settings: Any, device: str = "cpu") -> str:
    """What a checkpoint is good for: the experiment, its settings, and the sources and the device that compute."""
    placed = [] if device == "cpu" else [device]
    text = json.dumps([run_name(experiment), plain(settings), source_hash(), *placed], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def source_hash() -> str:
    """SHA-256 over the sources of ``numerics`` and ``theory``."""
    root = Path(__file__).resolve().parent.parent.parent
    total = hashlib.sha256()
    for file in sorted([*(root / "numerics").rglob("*.py"), *(root / "theory").rglob("*.py")]):
        total.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:16]


def described(
    experiment: Any, settings: Any, outcome: Outcome, origin: dict[str, Any], *, state: str, seconds: float
) -> dict[str, Any]:
    """The results as plain data; state: the digest of the final state, origin: the provenance."""
    return {
        "schema": SCHEMA,
        "experiment": experiment.name,
        "title": experiment.title,
        "seeds": list(getattr(settings, "seeds", ())),
        "settings": plain(settings),
        "measured": {name: [_finite(v) for v in values] for name, values in outcome.measured.items()},
        "lines": {
            label: {axis: [_finite(v) for v in values] for axis, values in line.items()}
            for label, line in outcome.lines.items()
        },
        "notes": outcome.notes,
        "state": state,
        "seconds": round(seconds, 3),
        "provenance": origin,
    }


def _text(results: dict[str, Any]) -> str:
    """JSON with every list of plain values on one line."""
    text = json.dumps(results, indent=1, allow_nan=False)
    return re.sub(r"\[\s+([^\[\]{}\"]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text) + "\n"


def _finite(value: float) -> float | None:
    """A number as JSON knows it, to nine digits; None for what is not finite."""
    return float(f"{float(value):.9g}") if math.isfinite(value) else None


def provenance(device: str = "cpu") -> dict[str, Any]:
    """What produces the results: date, device, versions, code. Raises ExperimentError where the device is not there."""
    import numpy

    compiled = {name: known for name in ("numba", "llvmlite") if (known := installed(name))}
    found: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "device": f"{_processor()}, {os.cpu_count()} cores",
        "versions": {"python": platform.python_version(), "numpy": numpy.__version__} | compiled,
        "code": source_hash(),
    }
    if device != "cpu":
        from numerics.sweep.gpu import NoGpu, name

        try:
            found["accelerator"] = name()
        except NoGpu as error:
            raise ExperimentError(str(error)) from None
        found["versions"] |= {lib: known for lib in ("torch", "triton") if (known := installed(lib))}
    commit = _commit()
    return found | ({"commit": commit} if commit else {})


def installed(name: str) -> str:
    """The version of a library, empty where it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or sys.platform


def _commit() -> str:
    """The commit of the sources, where they lie in a repository."""
    root = Path(__file__).resolve().parent.parent.parent
    if not (root / ".git").exists():
        return ""
    try:
        asked = ["git", "-C", str(root), "rev-parse", "--short=12", "HEAD"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


__all__ = ["Experiment", "ExperimentError", "Outcome", "Run", "SettingsError", "default_settings", "fingerprint", "run"]
