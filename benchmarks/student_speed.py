"""How long mirror descent of the two-layer student takes: in the compiled loop, and in the loop a reader would write.

    python benchmarks/student_speed.py [--out benchmarks/results/student_speed.json] [--seconds 12]

The compiled loop trains what Table 2 needs, six seeds with three potentials to a loss of 1e-50, on all cores, as often
as fits. The plain NumPy loop, in one process, does an equal number of steps of each student of one seed from the same
start; its time for the whole is that for a step times the steps that the compiled loop needed, potential by potential.
Both are of one run, and the students of the plain loop must stand where the compiled ones stand. Times are of the clock
and of the processor, the latter over all cores together: on a busy machine it is the fairer one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from common import alone, rounded

from numerics.experiments.mf_rescaled import METHODS, Settings
from numerics.experiments.running import provenance
from numerics.students import REACHED, Data, Lane, Students, reference
from numerics.sweep import cores
from verify.records import version, write_json

HERE = Path(__file__).resolve().parent
CLOSE = 1e-6  # relative, after some thousand steps


def timed(run: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    begun, used = time.perf_counter(), time.process_time()
    found = run()
    return found, {"clock": time.perf_counter() - begun, "processor": time.process_time() - used}


def compiled(data: Data, lanes: list[Lane], s: Settings, seconds: float) -> tuple[dict[str, Any], dict[str, float]]:
    """The final state, and the best time of those runs that fit into so many seconds, at least two."""
    students, spent, best = Students(data, lanes, s.neurons, s.seeds, s.start), 0.0, {}
    students.advance(students.start(), 1)  # compiles
    rounds = 0
    while rounds < 2 or spent < seconds:
        state = students.start()
        _, took = timed(lambda state=state: students.advance(state, max(s.epochs)))  # type: ignore[misc]
        best = {clock: min(took[clock], best.get(clock, np.inf)) for clock in took}
        spent, rounds = spent + took["clock"], rounds + 1
    if not np.all(state["status"] == REACHED):
        raise SystemExit("a student has not reached its target")
    return state, best


def plain(data: Data, lane: Lane, s: Settings, seconds: float) -> tuple[dict[str, float], int]:
    """Seconds for a step of the first seed, from about so many seconds; checked against the compiled loop."""
    students = Students(data, [lane], s.neurons, s.seeds[:1], s.start)
    begun = students.start()["theta_0"][0]
    _, took = timed(lambda: reference.descend(begun, lane, data, 200, neurons=s.neurons))
    steps = max(200, int(200 * seconds / took["clock"]))
    (theta, done, _, _), took = timed(lambda: reference.descend(begun, lane, data, steps, neurons=s.neurons))
    state = students.start()
    students.advance(state, done)
    away = np.abs(theta - state["theta_0"][0]).max() / np.abs(theta).max()
    if not away < CLOSE:
        raise SystemExit(f"{lane}: the two loops are {away:.1e} apart after {done} steps")
    return {clock: value / done for clock, value in took.items()}, done


def measure(seconds: float) -> dict[str, Any]:
    s = Settings()
    data = Data.drawn(s.data_seed, s.points, s.teacher)
    lanes = [replace(lane, steps=max(s.epochs)) for lane, depth in zip(s.lanes, s.depths, strict=True) if depth == 2]
    state, whole = compiled(data, lanes, s, seconds / 2)
    steps = {method: int(state["steps"][k].sum()) for k, method in enumerate(METHODS)}
    each = {method: plain(data, lane, s, seconds / 6) for method, lane in zip(METHODS, lanes, strict=True)}
    loop = {clock: sum(each[m][0][clock] * steps[m] for m in METHODS) for clock in whole}
    total = sum(steps.values())
    return {
        "students": f"{len(METHODS)} potentials, {len(s.seeds)} seeds, {s.neurons} neurons, {s.points} points",
        "steps to a loss of 1e-50, all seeds": steps,
        "seconds": {"compiled, all cores": whole, "plain loop, from its time for a step": loop},
        "microseconds per step": {
            "compiled": {clock: 1e6 * value / total for clock, value in whole.items()},
            **{f"plain, {m}": {clock: 1e6 * v for clock, v in each[m][0].items()} for m in METHODS},
        },
        "steps of the plain loop that were timed and compared": {m: each[m][1] for m in METHODS},
        "times faster": {clock: loop[clock] / whole[clock] for clock in whole},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "student_speed.json")
    parser.add_argument("--seconds", type=float, default=12.0, help="for all of it, about")
    chosen = parser.parse_args()
    alone()
    load = os.getloadavg()[0]  # of others: a busy machine makes every figure worse
    found = rounded(measure(chosen.seconds))
    origin = provenance()
    found |= {
        "machine": {"processor": origin["device"], "cores used": cores(), "load before": round(load, 1)},
        "versions": {"mirrorproof": version(), "python": platform.python_version()} | origin["versions"],
        "date": origin["date"],
    }
    write_json(chosen.out, found)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
