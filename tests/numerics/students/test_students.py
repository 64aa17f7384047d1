"""The compiled loop of students against the plain one, and against itself in other pieces."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from numerics.students import DIVERGED, REACHED, Data, Lane, Potential, Students, students
from numerics.sweep import NoKernel
from tests.numerics.students import cases

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed: pip install .[simulate]"
)


def trained(lanes: list[Lane], *stops: int, data: Data = cases.DATA, workers: int | None = None):
    side_by_side = Students(data, lanes, cases.NEURONS, cases.SEEDS, "balanced")
    state = side_by_side.start()
    for stop in stops:
        side_by_side.advance(state, stop, workers=workers)
    return side_by_side, state


@needs_numba
def test_every_lane_moves_as_the_reference() -> None:
    assert cases.worst(*trained(cases.LANES, cases.STEPS)) < cases.CLOSE


@needs_numba
@pytest.mark.parametrize("broken", ["rate", "loss", "step", "potential", "below"])
def test_a_broken_step_is_refused(broken: str) -> None:
    lane = Lane(2, Potential("entropy", 0.1), 0.1, 0.7, -1e9, cases.STEPS)
    assert cases.worst(*trained([lane], cases.STEPS)) < cases.CLOSE
    other = {
        "rate": 0.1001, "loss": "logistic", "step": "metric", "potential": Potential("entropy", 0.101), "below": 0.0,
    }  # fmt: skip
    side_by_side, state = trained([replace(lane, **{broken: other[broken]})], cases.STEPS)
    side_by_side.lanes = (lane,)
    assert cases.worst(side_by_side, state) > 1e3 * cases.CLOSE


@needs_numba
@pytest.mark.parametrize("points", [1, 2, 3, 6])
def test_few_points_and_neurons_that_none_activates_agree(points: int) -> None:
    few = Data(cases.DATA.points[:points], np.where(np.arange(points) % 2, -1.0, 1.0), cases.DATA.teacher)
    assert cases.worst(*trained(cases.LANES[::7], cases.STEPS, data=few)) < cases.CLOSE


@needs_numba
def test_cuts_and_threads_change_no_bit() -> None:
    lanes = cases.LANES[::5]
    _, state = trained(lanes, cases.STEPS, workers=1)
    _, cut = trained(lanes, 1, 2, 17, 18, cases.STEPS, workers=3)
    assert all(np.array_equal(cut[name], state[name]) for name in state)
    _, other = trained(lanes, cases.STEPS - 1)
    assert not all(np.array_equal(other[name], state[name]) for name in state)


@needs_numba
def test_a_lane_that_diverges_is_recorded_and_touches_no_other() -> None:
    calm, wild = Lane(2, Potential("square"), 0.1, steps=50), Lane(2, Potential("square"), 1e6, steps=50)
    _, alone = trained([calm], 50)
    _, state = trained([wild, calm], 20, 50)
    assert (state["status"][0] == DIVERGED).all() and (state["steps"][0] < 20).all()
    assert np.array_equal(state["theta_1"], alone["theta_0"]) and (state["status"][1] == 0).all()


@needs_numba
def test_a_loss_of_1e_400_and_less_means_something() -> None:
    """Linear in log L: below the doubles the loss still halves, and the margins still grow."""
    lane = Lane(2, Potential("square"), 0.1, 0.1, -400 * np.log(10), 10**6)
    _, state = trained([lane], 10**6)
    assert (state["status"] == REACHED).all()
    assert (state["log_loss"] < -400 * np.log(10)).all() and (state["log_loss"] > -420 * np.log(10)).all()
    assert np.exp(state["log_loss"]).max() == 0.0, "the loss itself has left the doubles"
    _, unscaled = trained([replace(lane, below=0.0)], 10**4)
    assert (unscaled["log_loss"] > -10 * np.log(10)).all(), "without rescaling it is nowhere near"


def test_without_numba_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import numerics.students as package

    monkeypatch.delattr(package, "kernel", raising=False)
    monkeypatch.setitem(sys.modules, "numerics.students.kernel", None)
    with pytest.raises(NoKernel, match=r"pip install 'mirrorproof\[simulate\]'"):
        students.kernel()


@pytest.mark.parametrize(
    "bad",
    [{"depth": 4}, {"rate": 0.0}, {"rate": np.inf}, {"below": -1.0}, {"steps": -1}, {"step": "x"}, {"loss": "x"},
     {"potential": Potential("entropy", 0.0)}, {"potential": Potential("x")},
     {"potential": Potential("power", 1.0, 1.5)}],
)  # fmt: skip
def test_lanes_that_cannot_be_run_are_refused(bad: dict) -> None:
    good = Lane(2, Potential("square"), 0.1)
    good.check()
    with pytest.raises(ValueError, match=r"must|is one of|2 or 3|no potential"):
        replace(good, **bad).check()


ONCE = """
import hashlib
from numerics.students import Data, Lane, Potential, Students
lanes = [Lane(depth, Potential(kind, 0.1), 0.05, 0.1, -99.0, 300) for depth in (2, 3) for kind in ("entropy", "power")]
students = Students(Data.drawn(7, 60, 3), lanes, 37, (1, 2), "balanced")
state = students.start()
students.advance(state, 300)
print(hashlib.sha256(b"".join(state[name].tobytes() for name in sorted(state))).hexdigest())
"""


@needs_numba
@pytest.mark.slow
def test_what_is_compiled_anew_and_what_comes_from_a_cache_agree_to_the_last_bit(tmp_path: Path) -> None:
    """Killed while it was compiled for the first time, a run goes on with code from the cache."""
    place = {"env": os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}, "cwd": Path(__file__).resolve().parents[3]}
    found = {
        subprocess.run([sys.executable, "-c", ONCE], capture_output=True, text=True, check=True, **place).stdout  # type: ignore[call-overload]
        for _ in range(2)
    }
    assert len(found) == 1 and len(found.pop()) == 65
