"""Students side by side: all lanes times all seeds on one data set, on all cores, taken up at any step."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import numpy as np

from numerics.students import networks
from numerics.students.data import Array, Data
from numerics.students.lanes import Lane
from numerics.students.maps import KINDS
from numerics.sweep import NoKernel, cores

RUNNING, REACHED, DIVERGED = 0, 1, 2


def kernel() -> ModuleType:
    """The compiled loop; raises NoKernel."""
    try:
        from numerics.students import kernel as found
    except ImportError:
        raise NoKernel("students need numba: pip install 'mirrorproof[simulate]'") from None
    return found


class Students:
    """The state of lane l is theta[l]: (S, P), steps, log_loss and status: (lanes, S).

    status: 0 under way or at its last step, 1 below the target, 2 diverged; a lane that ended is left as it is.
    """

    def __init__(self, data: Data, lanes: Sequence[Lane], neurons: int, seeds: Sequence[int], start: str) -> None:
        if not lanes or not seeds:
            raise ValueError("one lane and one seed or more are needed")
        for lane in lanes:
            lane.check()
        if neurons < 1:
            raise ValueError("a student has one neuron or more")
        self.data, self.lanes, self.neurons, self.seeds = data, tuple(lanes), neurons, tuple(seeds)
        self._start = start
        self._axes = [np.ascontiguousarray(data.points[:, k]) for k in (0, 1)]

    def start(self) -> dict[str, Array]:
        """The state before the first step; a seed starts all lanes of the same depth alike."""
        shape = len(self.lanes), len(self.seeds)
        state = {"steps": np.zeros(shape, np.int64), "log_loss": np.full(shape, np.nan),
                 "status": np.zeros(shape, np.int64)}  # fmt: skip
        for index, lane in enumerate(self.lanes):
            each = [networks.start(lane.depth, self.neurons, seed, self._start) for seed in self.seeds]
            state[f"theta_{index}"] = np.array(each)
        return state

    def advance(self, state: dict[str, Array], until: int, *, workers: int | None = None) -> None:
        """All lanes up to step ``until``, or their own last one, in place. workers: threads; all cores if None.

        What comes out depends on neither the threads nor how the steps are cut. Raises NoKernel.
        """
        compiled = kernel()
        jobs = [
            (lane, seed)
            for lane, its in enumerate(self.lanes) for seed in range(len(self.seeds))
            if state["status"][lane, seed] == RUNNING and state["steps"][lane, seed] < min(until, its.steps)
        ]  # fmt: skip
        jobs.sort(key=lambda job: -self.lanes[job[0]].depth)  # the longest first

        def job(found: tuple[int, int]) -> None:
            index, lane = found, self.lanes[found[0]]
            loop = compiled.two_layers if lane.depth == 2 else compiled.three_layers
            done, log_loss, status = loop(
                state[f"theta_{index[0]}"][index[1]], self.neurons, *self._axes, self.data.labels,
                KINDS.index(lane.potential.kind), lane.potential.p, lane.potential.lam, lane.step == "metric",
                lane.loss == "logistic", lane.rate, lane.below, lane.log_target,
                min(until, lane.steps) - int(state["steps"][index]),
            )  # fmt: skip
            state["steps"][index] += done
            state["log_loss"][index] = log_loss
            state["status"][index] = status

        with ThreadPoolExecutor(workers or cores()) as pool:
            for result in [pool.submit(job, j) for j in jobs]:
                result.result()
