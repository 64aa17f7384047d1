"""Cells spread over a pool of processes; a process that is lost costs its cell at most, and the others go on."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from pathlib import Path

from numerics.experiments.running import ExperimentError
from training.experiments import checkpoints
from training.experiments.cells import Finished
from training.experiments.working import Task, Worked, work

Pool = Callable[[int], AbstractContextManager[Executor]]
Tell = Callable[[float, Finished | None], None]
LOOK_SECONDS = 0.2  # how soon a wish to stop is seen
LOST = "its process was lost twice: killed, or out of memory"


class _Broken(Exception):
    """The pool is of no more use."""


def spread(tasks: Sequence[Task], pool: Pool, workers: int, tell: Tell, stop: Callable[[], bool] | None) -> None:
    """Work at the tasks, so many at a time, and tell what becomes of each; returns early where ``stop`` asked so.

    Where a process dies, the cells under way are taken up again one by one; one whose process dies a second time is
    recorded as failed. The pool's processes are killed where the work is left.
    """
    waiting, suspects = deque(tasks), deque[Task]()
    while waiting or suspects:
        under_way: dict[Future[Worked | None], Task] = {}
        alone = bool(suspects)
        queue = deque([suspects.popleft()]) if alone else waiting
        try:
            with pool(1 if alone else min(workers, len(queue))) as executor:
                _work_off(queue, executor, 1 if alone else workers, under_way, tell, stop)
        except KeyboardInterrupt:
            return
        except _Broken as broken:
            left = list(under_way.values())
            if not left and broken.__cause__ is not None:
                raise ExperimentError("no process can be started for the cells") from None
            if broken.__cause__ is None:  # one cell has told that its process is of no use: the others are innocent
                waiting.extendleft(reversed(left))
            elif alone:
                for task in left:
                    _lost(task, tell)
            else:
                suspects.extend(left)


def _work_off(
    queue: deque[Task], executor: Executor, most: int, under_way: dict[Future[Worked | None], Task], tell: Tell,
    stop: Callable[[], bool] | None,
) -> None:  # fmt: skip
    while queue or under_way:
        while queue and len(under_way) < most:
            try:
                under_way[executor.submit(work, queue[0])] = queue[0]
            except BrokenProcessPool as error:
                raise _Broken from error
            queue.popleft()
        for future in wait(under_way, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED).done:
            try:
                worked = future.result()
            except (BrokenProcessPool, CancelledError) as error:
                raise _Broken from error
            del under_way[future]
            assert worked is not None
            tell(_fraction(under_way.values()), worked.finished)
            if worked.lost:
                raise _Broken
        tell(_fraction(under_way.values()), None)
        if stop and stop() and (queue or under_way):
            raise KeyboardInterrupt  # the units under way are not waited for


def _lost(task: Task, tell: Tell) -> None:
    found = Finished(task.cell, failure=LOST)
    try:
        checkpoints.keep(task.record, found, task.fingerprint, again=True)
    except OSError as error:
        raise ExperimentError(f"{task.record}: {error.strerror or error}") from None
    tell(0.0, found)


def _fraction(tasks: Iterable[Task]) -> float:
    """How much of the cells under way is done, from the last lines of their curves."""
    return sum(done(task.curves) for task in tasks)


def done(curves: Path) -> float:
    """The share of a cell's units that is done; 0 where that is not known."""
    try:
        with curves.open("rb") as lines:
            lines.seek(0, 2)
            lines.seek(max(0, lines.tell() - 4096))
            last = lines.read().splitlines()[-1]
        row = json.loads(last)
        return float(row["unit"] / row["of"])
    except (OSError, ValueError, IndexError, KeyError, TypeError):
        return 0.0
