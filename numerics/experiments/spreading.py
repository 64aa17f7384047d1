"""Runs spread over an executor: each group of seeds is a task of its own, and the merged end is bitwise the local one.

A task is a leg: some seconds of work on a state. The state comes back and is checkpointed here, so that a worker that
dies, or an interrupt, loses no more than the leg under way, and no file system is shared. Seeds that an experiment
computes independently (its attribute ``together`` says how many it computes as one; none where it has none) are
shares: their states differ from that of the whole run by the length of one axis at most, along which they are joined.
"""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from numerics.experiments import checkpoints
from numerics.experiments.checkpoints import State
from numerics.experiments.running import (
    Experiment,
    ExperimentError,
    Progress,
    Run,
    default_settings,
    fingerprint,
    finish,
    provenance,
    shared,
)
from numerics.experiments.settings import read

LEG_SECONDS = 20.0
LOOK_SECONDS = 0.2  # how soon a wish to stop is seen
SHARES = "shares"  # folder of the checkpoints of shares, in the folder of the run


@dataclass(frozen=True)
class Wanted:
    """A run to make: an experiment, its settings (its own where no file is named), the folder of the run."""

    experiment: Experiment
    folder: Path
    settings_file: Path | None = None


@dataclass
class Share:
    """The part of a run that belongs to some of its seeds."""

    experiment: Experiment
    settings: Any
    file: Path  # its checkpoint
    total: int
    print_: str  # the fingerprint of its settings and of the sources, as the work begins
    state: State | None = None

    @property
    def done(self) -> int:
        return 0 if self.state is None else int(self.state["_done"])

    def keep(self, state: State) -> None:
        self.state = state
        try:
            checkpoints.save(self.file, state, self.experiment.name, self.print_)
        except OSError as error:
            raise ExperimentError(f"{self.file}: {error.strerror or error}; the checkpoint before is kept") from None


@dataclass
class Plan:
    """A run to make, with what it is good for and where it comes from, as the work begins."""

    wanted: Wanted
    settings: Any
    print_: str
    source: dict[str, Any]  # its provenance
    shares: list[Share] = field(default_factory=list)  # none where the run is another experiment's too

    @classmethod
    def of(cls, wanted: Wanted) -> Plan:
        chosen = wanted.experiment
        settings: Any = read(chosen.kind, wanted.settings_file or default_settings(chosen))
        print_ = fingerprint(chosen, settings)
        return cls(wanted, settings, print_, provenance() | {"fingerprint": print_[:16]})


def leg(name: str, settings: Any, state: State | None, seconds: float) -> State:
    """The state after about so many seconds of work on it, at least one part; from the start where it is None."""
    from numerics.experiments import experiment

    chosen, begun = experiment(name), time.monotonic()
    if state is None:
        state = chosen.start(settings) | {"_done": np.array(0), "_seconds": np.array(0.0)}
    state = {key: np.array(value) for key, value in state.items()}  # what came over a network may be read-only
    done, total = int(state["_done"]), chosen.total(settings)
    while done < total:
        units = min(max(1, chosen.part(settings)), total - done)
        chosen.advance(settings, state, done, units)
        done += units
        if time.monotonic() - begun >= seconds:
            break
    state["_done"] = np.array(done)
    state["_seconds"] = state["_seconds"] + (time.monotonic() - begun)
    known = [str(d) for d in state.get("_devices", np.array([], dtype=str))]
    state["_devices"] = np.array(sorted({*known, provenance()["device"]}))
    return state


def spread(
    wanted: Sequence[Wanted], executor: Executor, *, fresh: bool = False, progress: Progress | None = None,
    stop: Callable[[], bool] | None = None, leg_seconds: float = LEG_SECONDS,
) -> list[Run[Any]] | None:  # fmt: skip
    """Make the runs, or take them up where they were left; their results in order, None where ``stop`` asked to leave.

    Raises SettingsError, CheckpointError, and ExperimentError where a run cannot go on, from what a task raised.
    """
    plans: list[Plan] = []
    for w in wanted:
        plan = Plan.of(w)
        if not _elsewhere(plan, plans, fresh):
            plan.shares = _shares(plan, fresh)
        plans.append(plan)
    shares = [share for plan in plans for share in plan.shares]
    total = sum(share.total for share in shares)
    pending: dict[Future[State], Share] = {}

    def submit(share: Share) -> None:
        task = executor.submit(leg, share.experiment.name, share.settings, share.state, leg_seconds)
        pending[task] = share

    def tell() -> None:
        if progress:
            progress(sum(share.done for share in shares), total)

    try:
        for share in shares:
            if share.done < share.total:
                submit(share)
        tell()
        while pending:
            problem: ExperimentError | None = None
            for task in wait(pending, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED).done:
                share = pending.pop(task)
                try:
                    share.keep(_result(task, share))
                except ExperimentError as error:  # what came back with it is kept first
                    problem = problem or error
                    continue
                tell()
                if share.done < share.total:
                    submit(share)
            if problem:
                raise problem
            if stop and stop() and pending:
                return None
    finally:
        for task in pending:
            task.cancel()
    return [_finished(plan) for plan in plans]


def _result(task: Future[State], share: Share) -> State:
    try:
        return task.result()
    except ExperimentError:
        raise
    except CancelledError as error:
        raise ExperimentError(f"{share.experiment.name}: the workers were lost; the same command goes on") from error
    except Exception as error:
        text = " ".join(str(error).split())
        raise ExperimentError(f"{share.experiment.name}: {type(error).__name__}: {text}"[:500]) from error


def _elsewhere(plan: Plan, plans: Sequence[Plan], fresh: bool) -> bool:
    """Whether the run is that of another experiment which looks at it too, planned here or made before."""
    folder, chosen = plan.wanted.folder, plan.wanted.experiment
    beside = [folder.parent / other for other in getattr(chosen, "beside", ())]
    if any(other.wanted.folder in beside and other.print_ == plan.print_ for other in plans):
        return True
    if fresh or (folder / "checkpoint.npz").exists():
        return False
    state = shared(chosen, folder, plan.print_)
    return state is not None and int(state["_done"]) == chosen.total(plan.settings)


def _shares(plan: Plan, fresh: bool) -> list[Share]:
    """The shares of a run, each with what its checkpoint holds."""
    chosen, folder = plan.wanted.experiment, plan.wanted.folder / SHARES
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    shares = [
        Share(chosen, own, folder / f"{name}.npz", chosen.total(own), fingerprint(chosen, own))
        for name, own in _groups(chosen, plan.settings)
    ]
    if fresh:
        return shares
    for share in shares:
        share.state = checkpoints.load(share.file, chosen.name, share.print_)
    if all(share.state is None for share in shares):
        whole = checkpoints.load(plan.wanted.folder / "checkpoint.npz", chosen.name, plan.print_)
        if whole is not None:
            for share, state in zip(shares, _cut(whole, shares), strict=True):
                share.state = state
    return shares


def _groups(chosen: Experiment, settings: Any) -> Iterator[tuple[str, Any]]:
    together: int = getattr(chosen, "together", 0)
    seeds: tuple[int, ...] = getattr(settings, "seeds", ())
    if not together or len(seeds) <= together:
        yield "all", settings
        return
    for k in range(0, len(seeds), together):
        yield f"from-seed-{seeds[k]}", dataclasses.replace(settings, seeds=seeds[k : k + together])


def _cut(whole: State, shares: Sequence[Share]) -> list[State]:
    """The states of the shares that a state of the whole run consists of."""
    if len(shares) == 1:
        return [whole]
    starts = [share.experiment.start(share.settings) for share in shares]
    own: list[State] = [{"_done": whole["_done"], "_seconds": whole["_seconds"] / len(shares)} for _ in shares]
    for name in starts[0]:
        axis = _axis(whole[name], starts[0][name], name)
        if axis is None:
            pieces = [whole[name]] * len(shares)
        else:
            pieces = np.split(whole[name], np.cumsum([start[name].shape[axis] for start in starts])[:-1], axis)
        for state, piece in zip(own, pieces, strict=True):
            state[name] = piece
    return own


def join(states: Sequence[State], shapes: State) -> State:
    """The state of the whole run, of the shapes of this one, from those of its shares."""
    found: State = {}
    for name, whole in shapes.items():
        axis = _axis(whole, states[0][name], name)
        same = axis is None and all(np.array_equal(states[0][name], s[name], equal_nan=True) for s in states)
        if axis is None and not same:
            raise ExperimentError(f"{name} belongs to no seed, but differs from seed to seed")
        found[name] = states[0][name] if axis is None else np.concatenate([s[name] for s in states], axis)
        if found[name].shape != whole.shape:
            raise ExperimentError(f"{name} is of shape {found[name].shape}, not {whole.shape}")
    return found


def _axis(whole: np.ndarray, part: np.ndarray, name: str) -> int | None:
    """The axis along which the array of a share is shorter than that of the whole, None where both are alike."""
    if whole.ndim != part.ndim:
        raise ExperimentError(f"{name}: a share has {part.ndim} axes, not {whole.ndim}")
    axes = [k for k, (m, n) in enumerate(zip(whole.shape, part.shape, strict=True)) if m != n]
    if len(axes) > 1:
        raise ExperimentError(f"{name}: a share is of shape {part.shape}, the whole of {whole.shape}")
    return axes[0] if axes else None


def _finished(plan: Plan) -> Run[Any]:
    """The run whose shares are all done: their states joined, and what the experiment makes of that."""
    chosen, folder = plan.wanted.experiment, plan.wanted.folder
    if not plan.shares:
        state = shared(chosen, folder, plan.print_)
        if state is None:
            raise ExperimentError(f"{chosen.name}: the run that it looks at is gone")
        return finish(chosen, plan.settings, state, folder, plan.source)
    states = [share.state for share in plan.shares if share.state is not None]
    whole = states[0] if len(states) == 1 else join(states, chosen.start(plan.settings))
    seconds = sum(float(s["_seconds"]) for s in states)
    whole |= {"_done": np.array(chosen.total(plan.settings)), "_seconds": np.array(seconds)}
    try:
        checkpoints.save(folder / "checkpoint.npz", whole, chosen.name, plan.print_)
    except OSError as error:
        raise ExperimentError(f"{folder}: {error.strerror or error}") from None
    found = finish(chosen, plan.settings, whole, folder, plan.source | {"device": _devices(states)})
    with suppress(OSError):
        shutil.rmtree(folder / SHARES)
    return found


def _devices(states: Iterable[State]) -> str:
    here = np.array([provenance()["device"]])
    return "; ".join(sorted({str(d) for state in states for d in state.get("_devices", here)}))
