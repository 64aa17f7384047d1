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
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify import sandbox
from verify.cache import Cache, lasting
from verify.claim import Claim
from verify.cluster import ClusterError
from verify.records import Judged, Record, claim_record, error_record, judged, plain, settle_tiers
from verify.verdict import Verdict

if TYPE_CHECKING:
    from verify.judge import Settings
    from verify.statement import Statement

Progress = Callable[[Record, int, int], None]
Examined = tuple[Record, dict[str, Judged]]
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
    """The run was interrupted, or those who did the work were lost; ``records`` are those that were finished."""

    def __init__(self, records: list[Record], total: int, why: str = "interrupted") -> None:
        super().__init__(f"{why}: {len(records)} of {total} claims are finished")
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
    the work goes instead of a local pool (a Dask client's, say); it is left open, and shares no files with this
    process. progress: called with each record as it is finished, the number finished and the number of all.
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
            _send(executor, waiting, settings, store, finish)
        elif count > 1:
            _in_pool(count, waiting, settings, cache, finish)
        else:
            if waiting:
                preload(all_engines=len(waiting) > FEW)
            for job in waiting:
                finish(verify_one(job, settings, cache))
    except KeyboardInterrupt:
        raise Interrupted(finished(), len(jobs)) from None
    except CancelledError:
        raise Interrupted(finished(), len(jobs), "the cluster was lost") from None
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
    with pool(count, preload_engines=True) as executor:
        _spread(executor, jobs, settings, cache, finish)


@contextmanager
def pool(count: int, *, preload_engines: bool = False) -> Iterator[Executor]:
    """So many processes of this machine; killed where the work is left by an exception."""
    before = set(multiprocessing.active_children())
    context: Any = multiprocessing.get_context(sandbox.START_METHOD)
    own = ProcessPoolExecutor(count, mp_context=context, initializer=_work, initargs=(os.getpid(), preload_engines))
    try:
        yield own
    except BaseException:
        own.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        raise
    own.shutdown()


def _work(parent: int, preload_engines: bool) -> None:
    """A worker leaves interrupts to the one who leads, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sandbox.die_with_parent(parent)
    if preload_engines and sandbox.START_METHOD != "fork":
        preload(all_engines=True)


def _send(
    executor: Executor, jobs: Iterable[Job], settings: Settings, store: Cache, finish: Callable[[Record], None]
) -> None:
    """Judge the jobs on workers that share no files with this process; what is lasting is kept in the cache here."""
    tasks = {executor.submit(verify_afar, job, settings): job for job in jobs}
    measured = []
    try:
        for task in as_completed(tasks):
            job = tasks[task]
            try:
                record, results = task.result()
            except (CancelledError, ClusterError):
                raise
            except Exception as error:  # the worker died, and those that took the claim over died too
                record, results = error_record(job.id, f"no worker survived it: {type(error).__name__}"), {}
            if "measurement" in record:  # what was measured here is known here alone
                measured.append(job)
                continue
            _keep(store, job, record, results, settings)
            finish(record)
    finally:
        for task in tasks:
            task.cancel()
    for job in measured:
        finish(verify_one(job, settings, store.root))


def _keep(store: Cache, job: Job, record: Record, results: Mapping[str, Judged], settings: Settings) -> None:
    for role, found in results.items():
        if job.claim is not None:
            store.keep(job.claim.statements[role], found)
    if results and all(lasting(r, settings.seconds) for r in results.values()):
        store.keep_claim(job.id, job.module, record)


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
    outcome = _apart(examine, job, settings, cache)
    return outcome.value[0] if isinstance(outcome, sandbox.Done) else _unexamined(job, outcome)


def verify_afar(job: Job, settings: Settings) -> Examined:
    """The same on a worker elsewhere, with what was judged of each statement, so that the one who asked may keep it."""
    with _Afar.lock:
        if not _Afar.ready:
            preload(all_engines=True)
            _Afar.ready = True
    outcome = _apart(examine, job, settings, None)
    return outcome.value if isinstance(outcome, sandbox.Done) else (_unexamined(job, outcome), {})


class _Afar:
    """Whether this worker has loaded the engines; its threads ask one after another."""

    lock = threading.Lock()
    ready = False


def _apart(
    function: Callable[[Job, Settings, Path | None], Examined], job: Job, settings: Settings, cache: Path | None
) -> sandbox.Outcome[Examined]:
    limit = settings.seconds * PATIENCE + SETTLING + settings.mutants * settings.mutant_seconds * PATIENCE
    if sandbox.START_METHOD == "fork":
        return sandbox.run(function, (job, settings, cache), limit, settings.memory_mb * MEMORY_FACTOR)
    begun = time.monotonic()  # a process that is not forked from here is dear: only the provers get one
    try:
        return sandbox.Done(function(job, settings, cache), time.monotonic() - begun)
    except MemoryError:
        return sandbox.OutOfMemory(time.monotonic() - begun)
    except Exception as error:  # a defect met on one claim must not end the run of all
        return sandbox.Crashed(f"{type(error).__name__}: {' '.join(str(error).split())}", time.monotonic() - begun)


def _unexamined(job: Job, outcome: sandbox.TimedOut | sandbox.OutOfMemory | sandbox.Crashed) -> Record:
    more: dict[str, Any] = {"paper": job.paper, "rests_on": list(job.rests_on)}
    if isinstance(outcome, sandbox.TimedOut):
        detail = f"stopped after {outcome.seconds:.0f} s"
        return error_record(job.id, detail, Verdict.undecided, outcome.seconds, **more)
    if isinstance(outcome, sandbox.OutOfMemory):
        return error_record(job.id, "out of memory", Verdict.undecided, outcome.seconds, **more)
    return error_record(job.id, outcome.detail, seconds=outcome.seconds, **more)


def examine(job: Job, settings: Settings, cache: Path | None) -> Examined:
    """The record of one claim, and what was judged of each of its statements, in this process."""
    store = Cache(cache, settings_json(settings))
    claim = job.build()
    results = {role: _judge(statement, settings, store) for role, statement in claim.statements.items()}
    record = claim_record(claim, results, _derivation(claim))
    if results and all(lasting(r, settings.seconds) for r in results.values()):
        store.keep_claim(job.id, job.module, record)
    return record, results


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
