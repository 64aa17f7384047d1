"""Running an experiment that trains: its cells one after another or spread over processes, to one file of results.

A cell does not depend on how many are trained at a time, nor on where it was interrupted: the end is bitwise the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from numerics.experiments.running import ExperimentError, Run, described, installed, provenance, run_name, written
from numerics.experiments.settings import SettingsError, plain, read
from training.experiments import NAMES, checkpoints
from training.experiments.cells import Cell, Finished
from training.experiments.sources import source_hash
from training.experiments.spreading import Pool, done, spread
from training.experiments.working import CHECKPOINT_SECONDS, THREADS, Task, find, work

FOLDER = Path(__file__).resolve().parent
CELLS = "cells"  # folder of checkpoints, curves and records of the cells, in that of the run
LOCK_SECONDS = 2.0
Progress = Callable[[float, int, Finished | None], None]


def forms(name: str) -> dict[str, Path]:
    """The settings that an experiment comes with: small, full and what else there is."""
    found = {file.name.split(".")[-2]: file for file in FOLDER.glob(f"{name}.*.toml")}
    return dict(sorted(found.items(), key=lambda item: (item[0] != "small", item[0] != "full", item[0])))


def train(
    name: str, folder: Path, *, settings_file: Path | None = None, form: str = "small", data: Path | None = None,
    device: str = "cpu", fresh: bool = False, pool: Pool | None = None, workers: int = 1,
    progress: Progress | None = None, stop: Callable[[], bool] | None = None,
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
) -> Run[Any] | None:  # fmt: skip
    """Run the experiment of this name, or take it up where it was left, in its folder; None where ``stop`` asked so.

    pool: makes executors of so many processes; the cells are trained in this process without one. progress: called
    with the cells done (and their fractions), the number of all, and a cell when it is finished.
    Raises SettingsError, Missing, CheckpointError, and ExperimentError where the run cannot go on.
    """
    require_torch()
    target = NAMES[name]
    chosen = find(target)
    settings: Any = read(chosen.kind, settings_file or _form(run_name(chosen), form))
    source = origin(target, device)
    print_ = fingerprint(chosen, target, settings, source)
    own = folder / CELLS
    with _alone(folder):
        if fresh:
            shutil.rmtree(own, ignore_errors=True)
        found, tasks = _begun(chosen, settings, folder, print_, fresh)
        waiting = [Task(target, settings, cell, own, print_, data, device, checkpoint_seconds) for cell in tasks]
        total = len(found) + len(waiting)

        def tell(fraction: float, finished: Finished | None) -> None:
            if finished is not None:
                found[finished.cell.key] = finished
            if progress:
                progress(len(found) + fraction, total, finished)

        tell(0.0, None)
        if pool is not None:
            spread(waiting, pool, workers, tell, stop)
        else:
            for task in waiting:
                worked = work(task, _looking(task, tell, stop))
                if worked is None:
                    break
                tell(0.0, worked.finished)
        if len(found) < total:
            return None
        return _finish(chosen, settings, found, folder, source | {"fingerprint": print_[:16]})


def _looking(task: Task, tell: Callable[[float, Finished | None], None], stop: Callable[[], bool] | None) -> Any:
    """``stop``, which is asked after every unit, telling how far the cell has come."""

    def asked() -> bool:
        tell(done(task.curves), None)
        return bool(stop and stop())

    return asked


def _begun(
    chosen: Any, settings: Any, folder: Path, print_: str, fresh: bool
) -> tuple[dict[str, Finished], list[Cell]]:
    """The cells that are finished, here or beside where another experiment looks at the same run, and those that are
    not."""
    places = [folder / CELLS, *(folder.parent / other / CELLS for other in getattr(chosen, "beside", ()))]
    found: dict[str, Finished] = {}
    waiting = []
    for cell in chosen.cells(settings):
        records = [place / f"{cell.key}.json" for place in (places[:1] if fresh else places)]
        known = (_kept(record, print_, own=k == 0) for k, record in enumerate(records))
        first = next((one for one in known if one is not None), None)
        if first is None:
            waiting.append(cell)
        elif first.cell != cell:
            found_in = f"{records[0]}: the record is of {first.cell.key}"
            raise checkpoints.CheckpointError(f"{found_in}; remove it, or use --fresh")
        else:
            found[cell.key] = first
    return found, waiting


def _kept(record: Path, print_: str, own: bool) -> Finished | None:
    try:
        return checkpoints.kept(record, print_)
    except checkpoints.CheckpointError:
        if own:
            raise
        return None


def _finish(chosen: Any, settings: Any, found: dict[str, Finished], folder: Path, source: dict[str, Any]) -> Run[Any]:
    cells: list[Cell] = chosen.cells(settings)
    failed = [f"{c.arm}, seed {c.seed}: failed: {found[c.key].failure}" for c in cells if found[c.key].failure]
    if len(failed) == len(cells):
        raise ExperimentError(f"every cell failed; {failed[0]}")
    outcome = chosen.outcome(settings, found)
    outcome.notes += failed
    ends = hashlib.sha256("".join(f"{c.key} {found[c.key].state}\n" for c in cells).encode()).hexdigest()
    seconds = sum(one.seconds for one in found.values())
    results = described(chosen, settings, outcome, source, state=ends, seconds=seconds)
    results["processor"] = round(sum(one.processor for one in found.values()), 3)
    results["cells"] = {
        c.key: {"seconds": round(one.seconds, 2), "processor": round(one.processor, 2), "state": one.state[:16]}
        | ({"failure": one.failure} if one.failure else {})
        for c in cells
        for one in (found[c.key],)
    }
    return Run(results, written(folder / "results.json", results), outcome)


def fingerprint(chosen: Any, target: str, settings: Any, source: dict[str, Any]) -> str:
    """What a cell is good for: the experiment, its settings but for the list of seeds, the sources, torch, the device.

    A cell depends on its own seed alone, so that seeds can be added.
    """
    apart = {name: value for name, value in plain(settings).items() if name != "seeds"}
    place = source.get("accelerator", "cpu")
    text = json.dumps([run_name(chosen), apart, source["code"], source["versions"]["torch"], place], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def origin(target: str, device: str) -> dict[str, Any]:
    """The provenance: date, device, versions, commit, code. Raises SettingsError where the device is not there."""
    source = provenance()
    more = {lib: known for lib in ("torch", "safetensors", "transformers") if (known := installed(lib))}
    source["versions"] |= {name: more[name] for name in sorted(more)}
    source["code"] = source_hash(target.partition(":")[0])
    if device == "cpu":
        return source | {"threads": THREADS}
    return source | {"accelerator": accelerator()}


def accelerator() -> str:
    """The name of the GPU. Asked for in a process of its own: one that has used CUDA cannot fork others that do."""
    ask = "import torch; print(torch.cuda.get_device_name() if torch.cuda.is_available() else '')"
    try:
        done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SettingsError(f"the GPU does not answer: {error}") from None
    if done.returncode or not done.stdout.strip():
        raise SettingsError("no GPU is to be seen: torch finds no CUDA device; --device cpu goes without")
    return done.stdout.strip()


def require_torch() -> None:
    """Raises SettingsError that says what to install where torch or safetensors are not."""
    for name in ("torch", "safetensors"):
        if not installed(name):
            raise SettingsError(f"training needs {name}: pip install 'mirrorproof[train]'")


def _form(name: str, form: str) -> Path:
    known = forms(name)
    if form not in known:
        raise SettingsError(f"{name} has no form {form!r}; there are {', '.join(known) or 'none: say --settings FILE'}")
    return known[form]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two runs in one folder would write over each other: the second is refused. Drafts that a kill left go."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR)
    except OSError as error:
        raise ExperimentError(f"{folder}: {error.strerror or error}") from None
    try:
        if not _locked(lock):
            raise ExperimentError(f"{folder}: another run is at work here; name another folder by --out")
        for draft in (folder / CELLS).glob(".*.*.[0-9]*"):
            draft.unlink(missing_ok=True)
        yield
    finally:
        _unlock(lock)
        os.close(lock)


def _locked(lock: int) -> bool:
    """Whether the lock was free, or is within the time that the processes of a killed run take to go."""
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return True
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() > until:
                return False
            time.sleep(LOCK_SECONDS / 20)


def _unlock(lock: int) -> None:
    """For the processes too that share it and are about to go."""
    with suppress(ImportError, OSError):
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_UN)
