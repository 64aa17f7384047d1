"""One cell, worked at until it is done, fails or is to be left: from its last checkpoint, with its curves on disk."""

from __future__ import annotations

import ctypes
import importlib
import json
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerics.experiments.checkpoints import CheckpointError, write_whole
from numerics.experiments.running import ExperimentError
from numerics.experiments.settings import SettingsError
from training.data.places import Missing
from training.experiments import checkpoints
from training.experiments.cells import Cell, Course, Diverged, Finished

if TYPE_CHECKING:
    import torch

CHECKPOINT_SECONDS = 5.0
SHARE = 20.0  # between two checkpoints lies so many times what one of them takes to write
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MOST = -1, -3, 2**30  # of mallopt; bytes
THREADS = 1  # of torch on a CPU: sums do not depend on how many cells are trained at a time


@dataclass(frozen=True)
class Task:
    """A cell to train, as it is sent to the process that does it. target: "module:name" of the experiment."""

    target: str
    settings: Any
    cell: Cell
    folder: Path
    fingerprint: str
    data: Path | None
    device: str = "cpu"
    checkpoint_seconds: float = CHECKPOINT_SECONDS

    @property
    def record(self) -> Path:
        return self.folder / f"{self.cell.key}.json"

    @property
    def checkpoint(self) -> Path:
        return self.folder / f"{self.cell.key}.safetensors"

    @property
    def curves(self) -> Path:
        return self.folder / f"{self.cell.key}.jsonl"


@dataclass(frozen=True)
class Worked:
    """What became of a cell; again: worth another try; lost: the process that worked at it is of no more use."""

    finished: Finished
    again: bool = False
    lost: bool = False


class _Left(Exception):
    """The cell was left at the end of a unit, as asked for."""


class _Prepared:
    """The data of the experiment at hand, loaded once in a process."""

    held: tuple[Any, Any] | None = None

    @classmethod
    def of(cls, task: Task) -> Any:
        wanted = (task.target, task.settings, task.data)
        if cls.held is None or cls.held[0] != wanted:
            cls.held = None  # what was held goes before the next comes
            cls.held = (wanted, find(task.target).prepare(task.settings, task.data))
        return cls.held[1]


def find(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name or "EXPERIMENT")


def work(task: Task, stop: Callable[[], bool] | None = None) -> Worked | None:
    """Train the cell to its end and write what became of it; None where ``stop`` asked to leave off.

    A cell that fails is recorded as failed. Raises what ends the whole run: Missing, SettingsError, CheckpointError,
    and ExperimentError where files cannot be written.
    """
    import torch

    found, again, lost = Finished(task.cell), False, False
    try:
        with steady(torch.device(task.device)):
            _train(task, found, stop)
    except _Left:
        return None
    except (Missing, SettingsError, CheckpointError, ExperimentError):
        raise
    except Diverged as error:
        found.failure = _line(error)
    except (MemoryError, torch.OutOfMemoryError) as error:
        found.failure, again = f"out of memory: {_line(error)}", True
    except Exception as error:  # a defect met in one cell must not end the others
        found.failure = f"{type(error).__name__}: {_line(error)}"
        lost = again = _gone(error)
    with _disk(task.record):
        checkpoints.keep(task.record, found, task.fingerprint, again)
        if not again:
            checkpoints.remove(task.checkpoint)
    return Worked(found, again, lost)


def _train(task: Task, found: Finished, stop: Callable[[], bool] | None) -> None:
    import torch

    begun, spent = time.monotonic(), time.process_time()
    prepared = _Prepared.of(task)
    seed_all(task.cell.seed, -1)
    course: Course = find(task.target).begin(task.settings, task.cell, prepared, torch.device(task.device))
    done = 0
    before = checkpoints.load(task.checkpoint, task.fingerprint)
    if before is not None:
        tensors, head = before
        if head["cell"] != task.cell.key:
            raise CheckpointError(f"{task.checkpoint}: the checkpoint is of {head['cell']}; remove it, or use --fresh")
        course.load(tensors, head["plain"])
        done, found.curves[:] = head["done"], head["curves"]
        begun, spent = begun - head["seconds"], spent - head["processor"]
    with _disk(task.curves):
        write_whole(task.curves, "".join(_row(k, course.total, row) for k, row in enumerate(found.curves)).encode())
    saved, pause = time.monotonic(), task.checkpoint_seconds

    def clock() -> None:
        found.seconds, found.processor = time.monotonic() - begun, time.process_time() - spent

    try:
        while done < course.total:
            seed_all(task.cell.seed, done)
            row = course.advance(done)
            if not math.isfinite(row.get("loss", 0.0)):
                raise Diverged(f"the loss is {row['loss']} after unit {done + 1} of {course.total}")
            found.curves.append(row)
            with _disk(task.curves), task.curves.open("a", encoding="utf-8") as out:
                out.write(_row(done, course.total, row))
            done += 1
            clock()
            leaving = bool(stop and stop()) and done < course.total
            if leaving or done == course.total or time.monotonic() - saved > pause:
                writing = time.monotonic()
                _save(task, course, done, found)
                saved = time.monotonic()
                pause = max(task.checkpoint_seconds, SHARE * (saved - writing))
            if leaving:
                raise _Left
        found.measured = course.measured()
        found.state = checkpoints.digest(course.tensors())
    finally:
        clock()


def _save(task: Task, course: Course, done: int, found: Finished) -> None:
    head = {
        "fingerprint": task.fingerprint, "cell": task.cell.key, "done": done, "plain": course.plain(),
        "curves": found.curves, "seconds": found.seconds, "processor": found.processor,
    }  # fmt: skip
    with _disk(task.checkpoint, "; the checkpoint before is kept"):
        checkpoints.save(task.checkpoint, course.tensors(), head)


def seed_all(seed: int, unit: int) -> None:
    """torch's own generators, set anew for every unit: what draws from them (dropout) depends on these alone."""
    import torch

    torch.manual_seed((seed * 1_000_003 + unit + 1) % 2**63)


def keep_freed_memory() -> bool:
    """Have the C library keep what is freed for what is asked for next; False where it cannot be told so.

    A training step frees and takes the same hundreds of megabytes again, and glibc gives each back to the system: the
    pages that come anew are a tenth of a step of ResNet-20 on a CPU. It lasts as long as the process does.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):  # not glibc
        return False
    return bool(mallopt(_MMAP_THRESHOLD, _MOST) and mallopt(_TRIM_THRESHOLD, _MOST))


@contextmanager
def steady(device: torch.device) -> Iterator[None]:
    """One thread, no denormal numbers, kernels that add in a fixed order; as it was before when this is left.

    Deep products go through denormal numbers, which a CPU adds a hundred times slower; here they count as zero.
    """
    import torch

    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    threads, fixed = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    warned, state = torch.is_deterministic_algorithms_warn_only_enabled(), torch.get_rng_state()
    try:
        if device.type == "cpu":
            torch.set_num_threads(THREADS)
            keep_freed_memory()
        torch.set_flush_denormal(True)
        torch.use_deterministic_algorithms(True, warn_only=True)
        yield
    finally:
        torch.use_deterministic_algorithms(fixed, warn_only=warned)
        torch.set_flush_denormal(False)
        torch.set_num_threads(threads)
        torch.set_rng_state(state)


@contextmanager
def _disk(file: Path, more: str = "") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExperimentError(f"{file}: {error.strerror or error}{more}") from None


def _row(unit: int, total: int, row: dict[str, float]) -> str:
    finite = {name: value if math.isfinite(value) else None for name, value in row.items()}
    return json.dumps({"unit": unit + 1, "of": total} | finite) + "\n"


def _gone(error: Exception) -> bool:
    """Whether the accelerator itself failed, after which nothing in this process can use it."""
    return type(error).__name__ == "AcceleratorError" or "CUDA error" in str(error)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
