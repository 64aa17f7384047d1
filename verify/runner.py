"""Claims become records: each claim is judged in a process of its own, many at a time through an executor.

The order of the records is the order of the jobs, however many workers there are, and what one claim does (hang,
crash, eat memory) touches no other.
"""

from __future__ import annotations

import dataclasses
import importlib
import multiprocessing
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify import sandbox
from verify.cache import Cache, lasting
from verify.claim import Claim
from verify.records import Judged, Record, claim_record, error_record, judged, plain, settle_tiers
from verify.verdict import Verdict

if TYPE_CHECKING:
    from verify.judge import Settings
    from verify.statement import Statement

Progress = Callable[[Record, int, int], None]
ENGINES = ("sympy", "flint", "z3", "cvc5", "numpy")
# what provers load when they first need it; loaded once here, or again in every process
LATE = ("verify.provers.refute", "verify.exact.elementary", "verify.exact.rules", "verify.language.integrals")
FEW = 2  # claims for which it does not pay to load every engine beforehand
MEMORY_FACTOR = 4  # a whole claim may hold several provers' answers
PATIENCE = 40  # a whole claim may take so many times what one statement may take,
SETTLING = 60.0  # and so many seconds more


@dataclass(frozen=True)
class Job:
    """One claim to verify: built already, or the module and the name under which its function is declared."""

    id: str
    claim: Claim | None = None
    module: str = ""
    paper: str = ""
    rests_on: tuple[str, ...] = ()

    @classmethod
    def of(cls, claim: Claim) -> Job:
        return cls(claim.id, claim, paper=claim.paper, rests_on=claim.rests_on)

    def build(self) -> Claim:
        if self.claim is not None:
            return self.claim
        from verify.claim import collect

        declared = {c.id: c for c in collect(importlib.import_module(self.module))}
        return declared[self.id].build(self.paper)


class Interrupted(Exception):
    """The run was interrupted; ``records`` are those that were finished."""

    def __init__(self, records: list[Record], total: int) -> None:
        super().__init__(f"interrupted: {len(records)} of {total} claims are finished")
        self.records = records


def cores() -> int:
    """How many processes this one may run at a time."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def verify(
    jobs: Sequence[Job],
    settings: Settings,
    *,
    workers: int | None = None,
    cache: Path | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Record]:
    """The records of the jobs, in their order; raises ``Interrupted`` on KeyboardInterrupt.

    workers: processes at a time, the number of cores where None. cache: its folder; None for none. executor: where
    the work goes instead of a local pool (a Dask client's, say); it is left open. progress: called with each record
    as it is finished, the number finished and the number of all.
    """
    done: dict[str, Record] = {}

    def finish(record: Record) -> None:
        done[record["id"]] = record
        if progress:
            progress(record, len(done), len(jobs))

    def finished() -> list[Record]:
        return settle_tiers(done[job.id] for job in jobs if job.id in done)

    store = Cache(cache, settings_json(settings))
    try:
        store.prune()
        waiting = []
        for job in jobs:
            record = recalled(job, store)
            if record is None:
                waiting.append(job)
            else:
                finish(record)
        count = min(workers or cores(), len(waiting))
        if executor is not None:
            _spread(executor, waiting, settings, cache, finish)
        elif count > 1:
            _in_pool(count, waiting, settings, cache, finish)
        else:
            if waiting:
                preload(all_engines=len(waiting) > FEW)
            for job in waiting:
                finish(verify_one(job, settings, cache))
    except KeyboardInterrupt:
        raise Interrupted(finished(), len(jobs)) from None
    return finished()


def settings_json(settings: Settings) -> dict[str, Any]:
    return {name: plain(value) for name, value in dataclasses.asdict(settings).items()}


def preload(all_engines: bool) -> None:
    """Load what the provers need, so that the processes forked from here on share it."""
    from verify.checker import PROOFS, REFUTATIONS
    from verify.judge import PROVERS

    checkers = sorted({module for module, _ in (*PROOFS.values(), *REFUTATIONS.values())})
    sandbox.preload(("verify.judge", *PROVERS, *LATE, *checkers, *ENGINES) if all_engines else ("verify.judge",))


def recalled(job: Job, store: Cache) -> Record | None:
    """The record from the cache alone, or None where a statement of the claim is not in it."""
    if job.claim is None:
        return store.recall_claim(job.id, job.module)
    if store.root is None or not job.claim.statements:
        return None
    results: dict[str, Judged] = {}
    for role, statement in job.claim.statements.items():
        found = store.recall(statement)
        if found is None:
            return None
        results[role] = found
    return claim_record(job.claim, results, _derivation(job.claim))


def _in_pool(
    count: int, jobs: Sequence[Job], settings: Settings, cache: Path | None, finish: Callable[[Record], None]
) -> None:
    preload(all_engines=len(jobs) > FEW)
    before = set(multiprocessing.active_children())
    context: Any = multiprocessing.get_context(sandbox.START_METHOD)
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_work, initargs=(os.getpid(),))
    try:
        _spread(pool, jobs, settings, cache, finish)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        raise
    pool.shutdown()


def _work(parent: int) -> None:
    """A worker leaves interrupts to the one who leads, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sandbox.die_with_parent(parent)
    if sandbox.START_METHOD != "fork":
        preload(all_engines=True)


def _spread(
    executor: Executor, jobs: Iterable[Job], settings: Settings, cache: Path | None, finish: Callable[[Record], None]
) -> None:
    with warnings.catch_warnings():
        # A pool forks its workers now; they touch no lock of a thread that the caller may own.
        warnings.simplefilter("ignore", DeprecationWarning)
        futures: dict[Future[Record], Job] = {executor.submit(verify_one, job, settings, cache): job for job in jobs}
    for future in as_completed(futures):
        try:
            finish(future.result())
        except BrokenProcessPool:
            finish(error_record(futures[future].id, "the worker process died"))


def verify_one(job: Job, settings: Settings, cache: Path | None = None) -> Record:
    """The record of one claim, judged in a process of its own; raises nothing that the claim could cause."""
    limit = settings.seconds * PATIENCE + SETTLING + settings.mutants * settings.mutant_seconds * PATIENCE
    outcome: sandbox.Outcome[Record]
    if sandbox.START_METHOD == "fork":
        outcome = sandbox.run(examine, (job, settings, cache), limit, settings.memory_mb * MEMORY_FACTOR)
    else:  # a process that is not forked from here is dear: only the provers get one
        outcome = _examine_here(job, settings, cache)
    if isinstance(outcome, sandbox.Done):
        return outcome.value
    more: dict[str, Any] = {"paper": job.paper, "rests_on": list(job.rests_on)}
    if isinstance(outcome, sandbox.TimedOut):
        detail = f"stopped after {outcome.seconds:.0f} s"
        return error_record(job.id, detail, Verdict.undecided, outcome.seconds, **more)
    if isinstance(outcome, sandbox.OutOfMemory):
        return error_record(job.id, "out of memory", Verdict.undecided, outcome.seconds, **more)
    return error_record(job.id, outcome.detail, seconds=outcome.seconds, **more)


def _examine_here(job: Job, settings: Settings, cache: Path | None) -> sandbox.Outcome[Record]:
    begun = time.monotonic()
    try:
        return sandbox.Done(examine(job, settings, cache), time.monotonic() - begun)
    except MemoryError:
        return sandbox.OutOfMemory(time.monotonic() - begun)
    except Exception as error:  # a defect met on one claim must not end the run of all
        return sandbox.Crashed(f"{type(error).__name__}: {' '.join(str(error).split())}", time.monotonic() - begun)


def examine(job: Job, settings: Settings, cache: Path | None) -> Record:
    """The record of one claim, in this process."""
    store = Cache(cache, settings_json(settings))
    claim = job.build()
    results = {role: _judge(statement, settings, store) for role, statement in claim.statements.items()}
    record = claim_record(claim, results, _derivation(claim))
    if results and all(lasting(r, settings.seconds) for r in results.values()):
        store.keep_claim(job.id, job.module, record)
    return record


def _judge(statement: Statement, settings: Settings, store: Cache) -> Judged:
    from verify.judge import judge

    found = store.recall(statement)
    if found is None:
        begun = time.monotonic()
        found = judged(judge(statement, settings), time.monotonic() - begun)
        store.keep(statement, found)
    return found


def _derivation(claim: Claim) -> Any:
    if claim.derivation is None:
        return None
    return plain(claim.derivation)


def unsatisfiable(record: Record) -> bool:
    """Whether the claim's hypotheses admit no values at all."""
    from verify.judge import UNSATISFIABLE

    return record["verdict"] == "error" and any(UNSATISFIABLE in e["detail"] for e in record["evidence"])
